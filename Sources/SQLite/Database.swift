internal import CSQLite

/// The open database, shared by a connection and its statements; closed with the last of them.
@safe
final class Database {
    let pointer: OpaquePointer

    init(path: String, flags: Int32) throws(SQLiteError) {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            path,
            &opened,
            flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            nil
        )
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let message = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) }
            unsafe sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message ?? Self.text(of: code), sql: "")
        }
        unsafe pointer = opened
    }

    deinit {
        unsafe sqlite3_close_v2(pointer)
    }

    func configure() throws(SQLiteError) {
        try check(unsafe sqlite3_busy_timeout(pointer, SQLiteLimits.busyMilliseconds))
        try check(unsafe doorstep_sqlite_refuse_double_quoted_strings(pointer))
        unsafe sqlite3_limit(pointer, SQLITE_LIMIT_LENGTH, SQLiteLimits.valueBytes)
    }

    /// On an open connection it always succeeds.
    func setBusyTimeout(_ milliseconds: Int32) {
        unsafe sqlite3_busy_timeout(pointer, milliseconds)
    }

    /// Whoever closes the file last leaves its write-ahead log as it is.
    func keepJournal() throws(SQLiteError) {
        try check(unsafe doorstep_sqlite_keep_journal(pointer))
    }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(pointer) == 0 }

    var message: String { unsafe String(cString: sqlite3_errmsg(pointer)) }

    static func text(of code: Int32) -> String {
        guard let text = unsafe sqlite3_errstr(code) else { return "unknown error" }
        return unsafe String(cString: text)
    }

    /// The failure of the last call on this database.
    var failure: SQLiteError {
        unsafe SQLiteError(code: sqlite3_extended_errcode(pointer), message: message, sql: "")
    }

    func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code: code, message: message, sql: "") }
    }

    /// Compiles the first statement of the text, nil if it holds none, and how many bytes it took.
    func prepare(
        _ sql: Substring.UTF8View,
        flags: UInt32
    ) throws(SQLiteError) -> (statement: Statement?, used: Int) {
        var compiled: OpaquePointer?
        var used = 0
        var code = SQLITE_NOMEM
        var text = String(Substring(sql))
        text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                code = unsafe sqlite3_prepare_v3(
                    pointer,
                    characters.baseAddress,
                    Int32(clamping: characters.count),
                    flags,
                    &compiled,
                    &tail
                )
                guard let tail = unsafe tail, let start = characters.baseAddress else { return }
                used = unsafe tail - start
            }
        }
        guard code == SQLITE_OK else { throw SQLiteError(code: code, message: message, sql: text) }
        guard let compiled = unsafe compiled else { return (nil, max(used, 1)) }
        return unsafe (Statement(pointer: compiled, database: self), max(used, 1))
    }
}
