import SQLite

/// Several processes with one file: a page that is served, a command, a backup.
extension Store {
    /// Runs a body that only reads, so that all it sees is of one moment; nobody waits for it.
    package func reading<R>(_ body: () throws -> R) throws -> R {
        if db.isInTransaction { return try body() }
        do {
            try db.cached("BEGIN DEFERRED").run()
            try forgetIfOthersWrote()
            let result = try body()
            // Were it to stay open, the next save would join it and never be committed.
            try db.execute("ROLLBACK")
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// Throws away what is held in memory where another connection has committed since.
    ///
    /// Else a segment could be sealed with the hash of one that is no longer the last.
    func forgetIfOthersWrote() throws {
        guard let known = dataVersion else { return }
        let current = try currentDataVersion()
        guard current != known else { return }
        cache = StoreCache()
        dataVersion = current
    }

    func currentDataVersion() throws -> Int64 {
        try db.cached("PRAGMA data_version").first { $0.integer(0) } ?? 0
    }
}
