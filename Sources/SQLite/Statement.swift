public import CSQLite

/// A prepared statement.
///
/// Parameters count from 1 and columns from 0, as in SQLite. Used from the thread of its connection only. Keeps the database open while it lives.
@safe
public final class Statement {
    @usableFromInline let pointer: OpaquePointer
    private let database: Database

    init(pointer: OpaquePointer, database: Database) {
        unsafe self.pointer = pointer
        self.database = database
    }

    deinit {
        unsafe sqlite3_finalize(pointer)
    }

    /// Runs to the next row; false when there is none, and the statement is then reset.
    ///
    /// Bindings stay. A failure resets the statement too.
    @inlinable
    public func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(pointer)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw failure(code) }
        unsafe sqlite3_reset(pointer)
        return false
    }

    /// Runs to the end and ignores the rows, if any.
    @inlinable
    public func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Abandons the rows not read yet; bindings stay.
    @inlinable
    public func reset() {
        // The code is that of the last step, which has been thrown already.
        unsafe sqlite3_reset(pointer)
    }

    /// Sets every parameter to NULL.
    @inlinable
    public func clearBindings() {
        unsafe sqlite3_clear_bindings(pointer)
    }

    /// The statement's text, with its placeholders.
    public var sql: String {
        guard let text = unsafe sqlite3_sql(pointer) else { return "" }
        return unsafe String(cString: text)
    }

    /// Describes the failure just met, and resets the statement.
    @usableFromInline
    func failure(_ code: Int32) -> SQLiteError {
        // A run-time error without a finer code may quote a value (FTS5 quotes the query): with
        // parameters bound, only the general text of the code is safe to pass on.
        let parameters = unsafe sqlite3_bind_parameter_count(pointer)
        let mayQuote = code == SQLITE_ERROR && parameters > 0
        let message = mayQuote ? Database.text(of: code) : database.message
        unsafe sqlite3_reset(pointer)
        return SQLiteError(code: code, message: message, sql: sql)
    }
}

// MARK: - Parameters

extension Statement {
    /// Binds NULL.
    @inlinable
    public func bindNull(at index: Int32) throws(SQLiteError) {
        let code = unsafe sqlite3_bind_null(pointer, index)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds a whole number.
    @inlinable
    public func bind(_ value: Int64, at index: Int32) throws(SQLiteError) {
        let code = unsafe sqlite3_bind_int64(pointer, index, value)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds a floating-point number.
    @inlinable
    public func bind(_ value: Double, at index: Int32) throws(SQLiteError) {
        let code = unsafe sqlite3_bind_double(pointer, index, value)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds text, which SQLite copies; NUL characters inside survive.
    @inlinable
    public func bind(_ value: String, at index: Int32) throws(SQLiteError) {
        var value = value
        let code = value.withUTF8 { unsafe textCode($0, index, doorstep_sqlite_transient()) }
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds a blob, which SQLite copies.
    @inlinable
    public func bind(_ value: [UInt8], at index: Int32) throws(SQLiteError) {
        let code = unsafe value.withUnsafeBufferPointer {
            unsafe blobCode($0, index, doorstep_sqlite_transient())
        }
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds a blob, which SQLite copies.
    @inlinable
    public func bind(_ value: Span<UInt8>, at index: Int32) throws(SQLiteError) {
        let code = unsafe value.withUnsafeBufferPointer {
            unsafe blobCode($0, index, doorstep_sqlite_transient())
        }
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds UTF-8 that nobody copies: it must outlive the next binding of this parameter.
    ///
    /// For bulk loading out of one decoded buffer. The bytes must be valid UTF-8.
    @inlinable @unsafe
    public func bindText(
        unowned bytes: UnsafeBufferPointer<UInt8>,
        at index: Int32
    ) throws(SQLiteError) {
        let code = unsafe textCode(bytes, index, doorstep_sqlite_static())
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds a blob that nobody copies: it must outlive the next binding of this parameter.
    @inlinable @unsafe
    public func bindBlob(
        unowned bytes: UnsafeBufferPointer<UInt8>,
        at index: Int32
    ) throws(SQLiteError) {
        let code = unsafe blobCode(bytes, index, doorstep_sqlite_static())
        if code != SQLITE_OK { throw failure(code) }
    }

    /// Binds the values to the parameters 1, 2, … and returns the statement, ready to be run.
    @inlinable @discardableResult
    public func bind<each Value: SQLBindable>(
        all value: repeat each Value
    ) throws(SQLiteError) -> Statement {
        var index: Int32 = 0
        for one in repeat each value {
            index += 1
            try one.bind(to: self, at: index)
        }
        return self
    }

    /// Binds the values to the parameters 1, 2, … and runs to the end.
    @inlinable
    public func run<First: SQLBindable, each Value: SQLBindable>(
        _ first: First,
        _ value: repeat each Value
    ) throws(SQLiteError) {
        try bind(all: first, repeat each value)
        try run()
    }

    // A null pointer would bind NULL: an empty buffer, which may have none, gets a literal's.
    @usableFromInline
    func textCode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ index: Int32,
        _ owner: sqlite3_destructor_type?
    ) -> Int32 {
        guard let start = bytes.baseAddress else {
            return unsafe sqlite3_bind_text64(
                pointer,
                index,
                "",
                0,
                doorstep_sqlite_transient(),
                UInt8(SQLITE_UTF8)
            )
        }
        return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            unsafe sqlite3_bind_text64(
                pointer,
                index,
                $0,
                UInt64(bytes.count),
                owner,
                UInt8(SQLITE_UTF8)
            )
        }
    }

    @usableFromInline
    func blobCode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ index: Int32,
        _ owner: sqlite3_destructor_type?
    ) -> Int32 {
        guard let start = bytes.baseAddress, bytes.count > 0 else {
            return unsafe sqlite3_bind_zeroblob(pointer, index, 0)
        }
        return unsafe sqlite3_bind_blob64(pointer, index, start, UInt64(bytes.count), owner)
    }
}

// MARK: - Columns

extension Statement {
    /// How many columns the rows have.
    public var columnCount: Int32 { unsafe sqlite3_column_count(pointer) }

    /// The name of a column, or its expression where it has none.
    public func columnName(_ column: Int32) -> String {
        guard let name = unsafe sqlite3_column_name(pointer, column) else { return "" }
        return unsafe String(cString: name)
    }

    /// How the current row's value is stored.
    @inlinable
    public func columnType(_ column: Int32) -> ColumnType {
        unsafe ColumnType(rawValue: sqlite3_column_type(pointer, column)) ?? .null
    }

    /// Whether the column is NULL in the current row.
    @inlinable
    public func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// The column as a whole number, 0 for NULL.
    @inlinable
    public func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(pointer, column)
    }

    /// The column as a floating-point number, 0 for NULL.
    @inlinable
    public func real(_ column: Int32) -> Double {
        unsafe sqlite3_column_double(pointer, column)
    }

    /// The column as text, empty for NULL; text that is not UTF-8 is an error, not a guess.
    @inlinable
    public func text(_ column: Int32) throws(SQLiteError) -> String {
        // sqlite3_column_bytes must follow sqlite3_column_text, which may convert the value.
        guard let start = unsafe sqlite3_column_text(pointer, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(pointer, column))
        let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw .notUnicode(column: columnName(column))
        }
        return text
    }

    /// The column's bytes, none for NULL.
    @inlinable
    public func blob(_ column: Int32) -> [UInt8] {
        withBlob(column) { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
        }
    }

    /// Lends the column's bytes, which SQLite owns, for the time of the call.
    @inlinable
    public func withBlob<R, E: Error>(
        _ column: Int32,
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let start = unsafe sqlite3_column_blob(pointer, column)
        let count = unsafe Int(sqlite3_column_bytes(pointer, column))
        let bytes = unsafe UnsafeBufferPointer(
            start: start?.assumingMemoryBound(to: UInt8.self),
            count: start == nil ? 0 : count
        )
        return try unsafe body(bytes.span)
    }

    /// The column as whatever SQLite stored.
    public func value(_ column: Int32) throws(SQLiteError) -> SQLValue {
        switch columnType(column) {
        case .null: .null
        case .integer: .integer(integer(column))
        case .real: .real(real(column))
        case .text: .text(try text(column))
        case .blob: .blob(blob(column))
        }
    }

    /// Maps every row; the statement is reset afterwards, whatever happens.
    @inlinable
    public func rows<R>(
        _ map: (Statement) throws(SQLiteError) -> R
    ) throws(SQLiteError) -> [R] {
        defer { reset() }
        var result: [R] = []
        while try step() { result.append(try map(self)) }
        return result
    }

    /// Maps the first row, nil if there is none; the statement is reset afterwards.
    @inlinable
    public func first<R>(
        _ map: (Statement) throws(SQLiteError) -> R
    ) throws(SQLiteError) -> R? {
        defer { reset() }
        return try step() ? try map(self) : nil
    }
}
