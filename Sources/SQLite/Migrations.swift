/// One numbered step from an older schema to the next; its number is its place in the list.
public struct Migration {
    private let body: (Connection) throws(SQLiteError) -> Void

    /// A step that is a script.
    public init(_ sql: StaticString) {
        body = { (connection) throws(SQLiteError) in try connection.execute(sql.description) }
    }

    /// A step that needs more than SQL.
    public init(_ body: @escaping (Connection) throws(SQLiteError) -> Void) {
        self.body = body
    }

    func apply(to connection: Connection) throws(SQLiteError) {
        try body(connection)
    }
}

/// Brings a file's schema up to date.
public enum Migrations {
    /// Applies the steps that the file lacks, each with its number in one transaction.
    ///
    /// Returns how many were applied. A file of a newer program is refused and left alone.
    @discardableResult
    public static func apply(
        _ steps: [Migration],
        to connection: Connection
    ) throws(SQLiteError) -> Int {
        let known = Int32(clamping: steps.count)
        var applied = 0
        // The lock comes first: another process may be doing the same.
        while try connection.userVersion != known {
            let isApplied = try connection.transaction(.immediate) { () throws(SQLiteError) in
                let found = try connection.userVersion
                guard (0...known).contains(found) else {
                    throw .newerFile(found: found, known: known)
                }
                guard found < known else { return false }
                try steps[Int(found)].apply(to: connection)
                try connection.setUserVersion(found + 1)
                return true
            }
            if isApplied { applied += 1 }
        }
        return applied
    }
}
