import SQLite
import Survey

/// The outcome of each household's latest visit up to the cut-off date.
struct LatestVisits {
    private var outcomes: [Int64: String] = [:]

    init(_ connection: Connection, _ cutoff: Cutoff) throws(CoverageError) {
        var condition = "t.started_at <= \(literal(Cutoff.bound(cutoff.day)))"
        if let start = cutoff.roundStart {
            condition += " AND t.started_at >= \(literal(start.description))"
        }
        // With a bare max() SQLite takes the other columns from the row that holds the greatest.
        let sql = """
            SELECT ifnull(a.target, t.household), max(t.started_at), t.outcome
            FROM visit t LEFT JOIN alias a ON a.record = t.household
            WHERE t._flags & 14 = 0 AND t.household IS NOT NULL AND \(condition) GROUP BY 1
            """
        let rows = try wrapped { () throws(SQLiteError) in
            try connection.prepare(sql).rows { row throws(SQLiteError) in
                (household: row.integer(0), outcome: row.isNull(2) ? nil : try row.text(2))
            }
        }
        for row in rows { outcomes[row.household] = row.outcome }
    }

    /// `inaccessible` where nobody has been there.
    func outcome(of household: Int64) -> String {
        outcomes[household] ?? "inaccessible"
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
