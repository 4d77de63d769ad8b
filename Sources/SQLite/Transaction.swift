extension Connection {
    /// When a transaction takes the write lock.
    public enum TransactionKind: Hashable, Sendable {
        /// At once: the only safe choice for one that writes after reading.
        case immediate
        /// At the first write; for consistent reading.
        case deferred
    }

    /// Commits what the body does, or undoes all of it when the body throws.
    ///
    /// Inside another transaction it is a savepoint, undone on its own. The closure names its error
    /// type, `{ () throws(StoreError) in … }`, because Swift does not infer it.
    public func transaction<R, E: WrapsSQLiteError>(
        _ kind: TransactionKind = .immediate,
        _ body: () throws(E) -> R
    ) throws(E) -> R {
        let depth = isInTransaction ? savepoints + 1 : 0
        savepoints = depth
        defer { savepoints = max(depth - 1, 0) }
        do {
            try begin(kind, depth: depth)
        } catch {
            // An interrupted BEGIN may have begun.
            undo(depth: depth)
            throw .sqlite(error)
        }
        let result: R
        do {
            result = try body()
        } catch {
            undo(depth: depth)
            throw error
        }
        do {
            try commit(depth: depth)
        } catch {
            undo(depth: depth)
            throw .sqlite(error)
        }
        return result
    }

    private func begin(_ kind: TransactionKind, depth: Int) throws(SQLiteError) {
        if depth > 0 {
            try execute("SAVEPOINT nested_\(depth)")
        } else if kind == .immediate {
            try cached("BEGIN IMMEDIATE").run()
        } else {
            try cached("BEGIN DEFERRED").run()
        }
    }

    private func commit(depth: Int) throws(SQLiteError) {
        if depth > 0 {
            try execute("RELEASE nested_\(depth)")
        } else {
            try cached("COMMIT").run()
        }
    }

    /// Undoes as far as there is something left to undo.
    ///
    /// After a full disk, say, SQLite has rolled back by itself. What fails here is left to it as
    /// well: the error that the caller is told is the first one.
    private func undo(depth: Int) {
        guard isInTransaction else { return }
        if depth > 0 {
            try? execute("ROLLBACK TO nested_\(depth); RELEASE nested_\(depth)")
        } else {
            try? cached("ROLLBACK").run()
        }
    }
}
