import SQLite

extension Statement {
    /// Calls `body` for each row; the statement is reset afterwards, whatever happens.
    func eachRow(_ body: (Statement) throws -> Void) throws {
        defer { reset() }
        while try step() { try body(self) }
    }

    /// The text of a column; nil for NULL.
    func optional(_ column: Int32) throws(SQLiteError) -> String? {
        isNull(column) ? nil : try text(column)
    }
}
