package import SQLite

/// Prepared statements whose text is generated from the data description, kept for the next use.
///
/// Which fields a change sets decides the text, so there can be very many: at the limit all are let
/// go and the common ones soon come back. A statement in use stays with whoever uses it.
package struct StatementCache {
    /// Statements kept: all that a survey of some twenty types uses every day, at some kilobytes each.
    package static let countMax = 256

    /// What a statement is found by.
    ///
    /// For the statements of every change the text itself would be long to put together, and to hash.
    package enum Key: Hashable {
        case text(String)
        /// Reads a record's row.
        case row(table: String)
        /// Sets the columns at these positions of a new row.
        case insertion(table: String, columns: [Int])
        /// Sets the columns at these positions of a row that exists.
        case update(table: String, columns: [Int])
    }

    private var statements: [Key: Statement] = [:]

    package init() {}

    package var count: Int { statements.count }

    /// The statement of this text, ready to be bound.
    package mutating func statement(
        _ sql: String,
        of db: Connection
    ) throws(SQLiteError) -> Statement {
        try statement(.text(sql), of: db) { sql }
    }

    /// The statement of this key, whose text is made where it is not kept yet.
    package mutating func statement(
        _ key: Key,
        of db: Connection,
        sql: () -> String
    ) throws(SQLiteError) -> Statement {
        if let statement = statements[key] {
            statement.reset()
            return statement
        }
        if statements.count == Self.countMax { statements.removeAll(keepingCapacity: true) }
        let statement = try db.prepare(sql())
        statements[key] = statement
        return statement
    }
}
