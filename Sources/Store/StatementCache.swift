package import SQLite

/// Prepared statements whose text is generated from the data description, kept for the next use.
///
/// Which fields a change sets decides the text, so there can be very many: at the limit all are let
/// go and the common ones soon come back. A statement in use stays with whoever uses it.
package struct StatementCache {
    /// Statements kept: all that a survey of some twenty types uses every day, at some kilobytes each.
    package static let countMax = 256

    private var statements: [String: Statement] = [:]

    package init() {}

    package var count: Int { statements.count }

    /// The statement of this text, ready to be bound.
    package mutating func statement(
        _ sql: String,
        of db: Connection
    ) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] {
            statement.reset()
            return statement
        }
        if statements.count == Self.countMax { statements.removeAll(keepingCapacity: true) }
        let statement = try db.prepare(sql)
        statements[sql] = statement
        return statement
    }
}
