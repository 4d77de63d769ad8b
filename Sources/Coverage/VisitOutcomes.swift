import SQLite
import Survey

/// What came of the visits to each household up to the cut-off date.
///
/// The best outcome stands: whoever was surveyed once is not unvisited by a later call at a closed
/// door. Of calls that all failed the latest says why, of several that began at one time the one with the
/// greatest record id, on every node the same; a house that could not be reached was not
/// visited (indicators 1.4). Who refused some questions only was visited, in part: the sections that
/// they refused say so themselves.
struct VisitOutcomes {
    private var outcomes: [Int64: Visit] = [:]

    /// What ranks a visit before others to the same household; its parts in this order.
    private struct Visit {
        let outcome: String?
        let rank: Int
        let start: String
        let origin: UInt64
        let counter: UInt32

        /// Whether it stands, and not the other.
        func outranks(_ other: Visit) -> Bool {
            (rank, start, origin, counter) > (other.rank, other.start, other.origin, other.counter)
        }
    }

    init(_ connection: Connection, _ cutoff: Cutoff) throws(CoverageError) {
        var condition = "t.started_at <= \(literal(Cutoff.bound(cutoff.day)))"
        if let start = cutoff.roundStart {
            condition += " AND t.started_at >= \(literal(start.description))"
        }
        let sql = """
            SELECT ifnull(a.target, t.household), iif(t.outcome = 'refused' AND \
            t.refusal_scope = 'some-questions', 'partial', t.outcome), t.started_at, o.id, t.id
            FROM visit t JOIN origin o ON o.n = t.id >> 32
            LEFT JOIN alias a ON a.type = 'household' AND a.record = t.household
            WHERE t._flags & \(RowFlags.gone) = 0 AND t.household IS NOT NULL AND \(condition)
            """
        // Chosen here: as one text to take the greatest of, the same took SQLite more than twice as long.
        try wrapped { () throws(SQLiteError) in
            let statement = try connection.prepare(sql)
            while try statement.step() {
                let outcome = statement.isNull(1) ? nil : try statement.text(1)
                let visit = Visit(
                    outcome: outcome,
                    rank: Self.rank(outcome),
                    start: try statement.text(2),
                    origin: UInt64(bitPattern: statement.integer(3)),
                    counter: UInt32(truncatingIfNeeded: statement.integer(4))
                )
                let household = statement.integer(0)
                if let known = outcomes[household], !visit.outranks(known) { continue }
                outcomes[household] = visit
            }
        }
    }

    private static func rank(_ outcome: String?) -> Int {
        switch outcome {
        case "complete": 4
        case "partial": 3
        case "refused": 2
        case "inaccessible": 0
        default: 1
        }
    }

    /// `inaccessible` where nobody has been there.
    func outcome(of household: Int64) -> String {
        outcomes[household].flatMap(\.outcome) ?? "inaccessible"
    }

    /// Why an answer of the household, or of somebody in it, is missing.
    func cause(household: Int64, isAway: Bool) -> Cause {
        switch outcome(of: household) {
        case "complete", "partial": isAway ? .absentNoProxy : .notAsked
        case "inaccessible": .notVisited
        case "refused": .refused
        case "postponed": .notAsked
        default: .noContact
        }
    }
}
