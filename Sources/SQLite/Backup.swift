internal import CSQLite

extension Connection {
    /// Writes a copy of the database, as it is now, to a new file; others may write meanwhile.
    ///
    /// `onStep` hears how many pages are left of how many. Inside a transaction, or when the file
    /// exists already, it is refused. An unfinished copy is the caller's to remove.
    public func backup(
        to path: String,
        onStep: (_ left: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(SQLiteError) {
        guard !isInTransaction else {
            throw SQLiteError(
                code: SQLITE_MISUSE,
                message: "a backup inside a transaction",
                sql: ""
            )
        }
        try createPrivateFile(path, mayExist: false)
        let target = try Database(path: path, flags: SQLITE_OPEN_READWRITE)
        // Within a reading transaction the copy is of one moment, and writers cannot restart it.
        try transaction(.deferred) { () throws(SQLiteError) in
            _ = try cached("SELECT count(*) FROM sqlite_schema").first { $0.integer(0) }
            try copy(to: target, onStep)
        }
    }

    /// Copies everything into an open database.
    func copyAll(to target: Database) throws(SQLiteError) {
        guard !isInTransaction else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "a copy inside a transaction", sql: "")
        }
        try copy(to: target) { _, _ in }
    }

    private func copy(
        to target: Database,
        _ onStep: (_ left: Int, _ total: Int) -> Void
    ) throws(SQLiteError) {
        let source = database
        guard let copy = unsafe sqlite3_backup_init(target.pointer, "main", source.pointer, "main")
        else { throw target.failure }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            code = unsafe sqlite3_backup_step(copy, SQLiteLimits.backupPagesPerStep)
            unsafe onStep(
                Int(sqlite3_backup_remaining(copy)),
                Int(sqlite3_backup_pagecount(copy))
            )
        }
        let finish = unsafe sqlite3_backup_finish(copy)
        guard code == SQLITE_DONE, finish == SQLITE_OK else { throw target.failure }
    }
}
