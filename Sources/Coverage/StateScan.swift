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
        fileprivate(set) var isOffList = false
        /// Without what another record of the same person takes.
        fileprivate(set) var membership: Membership = .everywhere
        fileprivate(set) var isDuplicate = false
        /// By position of the indicator.
        fileprivate(set) var states: [RowState] = []
        fileprivate(set) var reason: String?
    }

    private let query: StateQuery
    private let count: Int
    private let visits: VisitOutcomes
    private let disputes: Disputes
    private let duplicates: Duplicates

    init(
        _ connection: Connection,
        _ type: RecordType,
        _ indicators: [Indicator],
        survey: DataDescription,
        cutoff: Cutoff,
        visits: VisitOutcomes,
        reason: Reason? = nil,
        household: Int64? = nil
    ) throws(CoverageError) {
        query = try StateQuery(
            type,
            indicators,
            survey: survey,
            cutoff: cutoff,
            reason: reason,
            household: household
        )
        count = indicators.count
        self.visits = visits
        disputes = try Disputes(connection, type, indicators, survey: survey, cutoff: cutoff)
        do {
            duplicates =
                type.name == "resident" ? try Duplicates(connection, cutoff) : .none
        } catch { throw .sqlite(error) }
    }

    func run(
        _ connection: Connection,
        _ body: (Row) throws(CoverageError) -> Void
    ) throws(CoverageError) {
        let (children, judge, statement) = try wrapped { () throws(SQLiteError) in
            var children: [ChildFacts] = []
            for (sql, facts) in zip(query.children, query.facts.dropFirst()) {
                children.append(try ChildFacts(connection, sql, words: facts.wordCount))
            }
            return (
                children, try Judge(connection, query, count: count),
                try connection.prepare(query.scan)
            )
        }
        let words = query.facts.reduce(0) { $0 + $1.wordCount }
        var facts = [Int64](repeating: 0, count: words)
        var row = Row()
        while try wrapped({ () throws(SQLiteError) in try statement.step() }) {
            try wrapped { () throws(SQLiteError) in
                try read(statement, children, &facts, into: &row)
                let household = statement.integer(StateQuery.Column.household.rawValue)
                let isAway = statement.integer(StateQuery.Column.isAway.rawValue) == 1
                let cause = visits.cause(household: household, isAway: isAway)
                row.states = try judge.states(facts, cause: cause)
            }
            settle(&row)
            try body(row)
        }
    }

    /// Reads everything but the states.
    private func read(
        _ statement: Statement,
        _ children: [ChildFacts],
        _ facts: inout [Int64],
        into row: inout Row
    ) throws(SQLiteError) {
        func number(_ column: StateQuery.Column) -> Int64 { statement.integer(column.rawValue) }
        row.id = number(.id)
        row.scope = number(.scope)
        row.presence = Presence(rawValue: Int(number(.presence))) ?? .here
        row.residence = Residence(rawValue: Int(number(.residence)))
        row.isOffList = number(.isOffList) == 1
        row.membership = Membership(row.presence, row.residence)
        row.isDuplicate = false
        if let child = query.reasonChild {
            row.reason = children[child].texts[row.id]
        } else {
            let column = StateQuery.Column.reason.rawValue
            row.reason = statement.isNull(column) ? nil : try statement.text(column)
        }
        let own = query.facts[0].wordCount
        for word in 0..<own {
            facts[word] = statement.integer(StateQuery.firstWord + Int32(word))
        }
        var next = own
        for child in children { child.read(row.id, into: &facts, at: &next) }
    }

    /// Takes duplicates and disputes into account.
    private func settle(_ row: inout Row) {
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

/// The packed facts of records that refer to others, by the key of what they refer to.
private struct ChildFacts {
    private var positions: [Int64: Int] = [:]
    private var words: [Int64] = []
    private let width: Int
    /// For work lists.
    private(set) var texts: [Int64: String] = [:]

    init(_ connection: Connection, _ sql: String, words width: Int) throws(SQLiteError) {
        self.width = width
        let statement = try connection.prepare(sql)
        while try statement.step() {
            let key = statement.integer(0)
            if !statement.isNull(1) {
                // In an order of their own, whichever record came first.
                texts[key] = try statement.text(1).split(separator: ",").sorted()
                    .joined(separator: ",")
            }
            positions[key] = words.count
            for word in 0..<width { words.append(statement.integer(Int32(word) + 2)) }
        }
    }

    /// Writes the words of a record, zeros where nothing refers to it, and moves `next` behind them.
    func read(_ key: Int64, into facts: inout [Int64], at next: inout Int) {
        let position = positions[key]
        for word in 0..<width { facts[next + word] = position.map { words[$0 + word] } ?? 0 }
        next += width
    }
}

func wrapped<R>(_ body: () throws(SQLiteError) -> R) throws(CoverageError) -> R {
    do { return try body() } catch { throw .sqlite(error) }
}
