internal import CSQLite

extension Connection {
    /// A copy of a database, as it is now, in memory: a moment to go back to.
    ///
    /// Refused inside a transaction, like ``backup(to:onStep:)``.
    public convenience init(copying source: Connection) throws(SQLiteError) {
        try self.init(path: ":memory:", mode: .memory)
        try source.copyAll(to: database)
    }
}
