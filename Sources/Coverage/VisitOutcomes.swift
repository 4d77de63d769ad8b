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
    private var outcomes: [Int64: String] = [:]

    init(_ connection: Connection, _ cutoff: Cutoff) throws(CoverageError) {
        var condition = "t.started_at <= \(literal(Cutoff.bound(cutoff.day)))"
        if let start = cutoff.roundStart {
            condition += " AND t.started_at >= \(literal(start.description))"
        }
        // A time may be a part of another one: the space sorts before whatever goes on.
        // With a bare max() SQLite takes the other columns from the row that holds the greatest.
        let sql = """
            SELECT ifnull(a.target, t.household), max(CASE t.outcome \
            WHEN 'complete' THEN '4' WHEN 'partial' THEN '3' \
            WHEN 'refused' THEN iif(t.refusal_scope = 'some-questions', '3', '2') \
            WHEN 'inaccessible' THEN '0' ELSE '1' END || t.started_at || ' ' || \
            printf('%016X%08X', o.id, t.id & 0xffffffff)), \
            iif(t.outcome = 'refused' AND t.refusal_scope = 'some-questions', 'partial', t.outcome)
            FROM visit t JOIN origin o ON o.n = t.id >> 32
            LEFT JOIN alias a ON a.type = 'household' AND a.record = t.household
            WHERE t._flags & \(RowFlags.gone) = 0 AND t.household IS NOT NULL AND \(condition) GROUP BY 1
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
