internal import CSQLite

/// The arguments of one call of a registered function, lent for the call.
@safe
public struct SQLArguments: ~Copyable {
    private let values: UnsafeBufferPointer<OpaquePointer?>

    fileprivate init(_ values: UnsafeBufferPointer<OpaquePointer?>) {
        unsafe self.values = values
    }

    /// How many arguments the call has.
    public var count: Int { unsafe values.count }

    /// Whether the argument is NULL.
    public func isNull(_ index: Int) -> Bool {
        unsafe sqlite3_value_type(value(index)) == SQLITE_NULL
    }

    /// The argument as a whole number, 0 for NULL.
    public func integer(_ index: Int) -> Int64 {
        unsafe sqlite3_value_int64(value(index))
    }

    /// The argument as text, empty for NULL; what is not UTF-8 is repaired with U+FFFD.
    public func text(_ index: Int) -> String {
        let value = unsafe value(index)
        guard let start = unsafe sqlite3_value_text(value) else { return "" }
        let count = unsafe Int(sqlite3_value_bytes(value))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count),
            as: UTF8.self
        )
    }

    /// The argument's bytes, none for NULL.
    public func blob(_ index: Int) -> [UInt8] {
        let value = unsafe value(index)
        let start = unsafe sqlite3_value_blob(value)
        let count = unsafe Int(sqlite3_value_bytes(value))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func value(_ index: Int) -> OpaquePointer? {
        precondition(unsafe values.indices.contains(index), "the function has no such argument")
        return unsafe values[index]
    }
}

extension Connection {
    /// Makes a scalar function callable from SQL on this connection.
    ///
    /// A deterministic function, same result for same arguments and no effects, may also be used by
    /// indexes, triggers and views; any other only in statements of the program itself.
    public func register(
        function name: String,
        arguments count: Int,
        deterministic: Bool,
        _ body: @escaping (borrowing SQLArguments) -> SQLValue
    ) throws(SQLiteError) {
        let trust = deterministic ? SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS : SQLITE_DIRECTONLY
        // SQLite releases the box, also when it refuses the function.
        let box = unsafe Unmanaged.passRetained(FunctionBox(body)).toOpaque()
        let code = unsafe sqlite3_create_function_v2(
            database.pointer,
            name,
            Int32(clamping: count),
            SQLITE_UTF8 | trust,
            box,
            { context, count, values in
                guard let box = unsafe sqlite3_user_data(context) else { return }
                let values = unsafe UnsafeBufferPointer(
                    start: values.map { unsafe UnsafePointer($0) },
                    count: Int(count)
                )
                let function = unsafe Unmanaged<FunctionBox>.fromOpaque(box).takeUnretainedValue()
                unsafe setResult(function.body(SQLArguments(values)), of: context)
            },
            nil,
            nil,
            { box in
                guard let box = unsafe box else { return }
                unsafe Unmanaged<FunctionBox>.fromOpaque(box).release()
            }
        )
        try database.check(code)
    }
}

private final class FunctionBox {
    let body: (borrowing SQLArguments) -> SQLValue

    init(_ body: @escaping (borrowing SQLArguments) -> SQLValue) {
        self.body = body
    }
}

@unsafe
private func setResult(_ value: SQLValue, of context: OpaquePointer?) {
    switch value {
    case .null: unsafe sqlite3_result_null(context)
    case .integer(let value): unsafe sqlite3_result_int64(context, value)
    case .real(let value): unsafe sqlite3_result_double(context, value)
    case .text(let value):
        unsafe sqlite3_result_text64(
            context,
            value,
            UInt64(value.utf8.count),
            doorstep_sqlite_transient(),
            UInt8(SQLITE_UTF8)
        )
    case .blob(let value) where value.isEmpty: unsafe sqlite3_result_zeroblob(context, 0)
    case .blob(let value):
        unsafe sqlite3_result_blob64(
            context,
            value,
            UInt64(value.count),
            doorstep_sqlite_transient()
        )
    }
}
