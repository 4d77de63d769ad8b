import SQLite
import Survey

/// One pass over a record type: every live record with what it is to every indicator.
struct StateScan {
    /// The record that the scan stands at.
    struct Row {
        fileprivate(set) var id: Int64 = 0
        fileprivate(set) var scope: Int64 = 0
        fileprivate(set) var presence = Presence.here
        fileprivate(set) var residence: Residence?
        /// Without what another record of the same person takes.
        fileprivate(set) var membership: Membership = .everywhere
        fileprivate(set) var isDuplicate = false
        /// By position of the indicator.
        fileprivate(set) var states: [RowState] = []
        fileprivate(set) var reason: String?
    }

    private let query: StateQuery
    private let disputes: Disputes
    private let duplicates: Duplicates

    init(
        _ connection: Connection,
        _ type: RecordType,
        _ indicators: [Indicator],
        survey: DataDescription,
        cutoff: Cutoff,
        reason: FieldName? = nil
    ) throws(CoverageError) {
        query = try StateQuery(
            type,
            indicators,
            survey: survey,
            cutoff: cutoff,
            reason: reason
        )
        do {
            disputes = try Disputes(connection, type, indicators, survey: survey)
            duplicates =
                type.name == "resident" ? try Duplicates(connection, cutoff) : .none
        } catch { throw .sqlite(error) }
    }

    func run(
        _ connection: Connection,
        _ body: (Row) throws(CoverageError) -> Void
    ) throws(CoverageError) {
        let statement = try wrapped { () throws(SQLiteError) in try connection.prepare(query.sql) }
        var row = Row()
        row.states = Array(repeating: .outside, count: query.indicators.count)
        while try wrapped({ () throws(SQLiteError) in try statement.step() }) {
            try wrapped { () throws(SQLiteError) in try read(statement, into: &row) }
            try body(row)
        }
    }

    private func read(_ statement: Statement, into row: inout Row) throws(SQLiteError) {
        func number(_ column: StateQuery.Column) -> Int64 { statement.integer(column.rawValue) }
        row.id = number(.id)
        row.scope = number(.scope)
        row.presence = Presence(rawValue: Int(number(.presence))) ?? .here
        row.residence = Residence(rawValue: Int(number(.residence)))
        row.reason =
            statement.isNull(StateQuery.Column.reason.rawValue)
            ? nil : try statement.text(StateQuery.Column.reason.rawValue)
        row.membership = Membership(row.presence, row.residence)
        row.isDuplicate = false
        for index in row.states.indices {
            let raw = Int(statement.integer(StateQuery.firstState + Int32(index)))
            // A number of no meaning would be a mistake of the compiler's, never of the data.
            row.states[index] = raw < RowState.count ? RowState(rawValue: raw) : .outside
        }
        if let lost = duplicates.lost[row.id] {
            row.membership.subtract(lost)
            row.isDuplicate = true
        }
        guard let effect = disputes.effects[row.id] else { return }
        if effect.presence, !row.membership.contains(.defacto), !row.isDuplicate {
            row.membership.insert(.notFound)
        }
        for index in row.states.indices {
            row.states[index] = effect.applied(to: row.states[index], indicator: index)
        }
    }
}

func wrapped<R>(_ body: () throws(SQLiteError) -> R) throws(CoverageError) -> R {
    do { return try body() } catch { throw .sqlite(error) }
}
