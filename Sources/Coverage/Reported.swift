import SQLite
import Survey

extension CoverageReader {
    /// The latest figure of each agency target that was reported by the cut-off date.
    ///
    /// Survey indicators that an agency measures better have a line too.
    func agencyLines(
        _ figures: [String: AgencyFigure],
        _ settings: Settings
    ) -> [AgencyLine] {
        survey.indicators.compactMap { indicator in
            let isAgency =
                if case .agency = indicator.measure { true } else { indicator.prefersAgency }
            guard isAgency else { return nil }
            return AgencyLine(
                indicator: indicator,
                target: settings.target(of: indicator),
                figure: figures[indicator.name]
            )
        }
    }

    /// By indicator, of the latest period and of that the latest report.
    func agencyFigures(
        _ connection: Connection
    ) throws(SQLiteError) -> [String: AgencyFigure] {
        let statement = try connection.prepare(
            """
            SELECT indicator, numerator, denominator, permille, period, reported_by, reported_on,
            source_system, document_no
            FROM agency_figure WHERE _flags & \(RowFlags.gone) = 0 AND reported_on <= ?1
            AND \(Self.isOfRoster(2))
            ORDER BY reported_on, \(Self.byRecordID(of: "agency_figure"))
            """
        )
        try statement.bind(Cutoff.bound(cutoff.day), at: 1)
        try bindRoster(statement, at: 2)
        var figures: [String: AgencyFigure] = [:]
        while try statement.step() {
            func number(_ column: Int32) -> Int? {
                statement.isNull(column) ? nil : Int(statement.integer(column))
            }
            let counted = number(1).flatMap { part in
                number(2).flatMap { Permille(part, of: $0) }
            }
            // Of nothing there is no rate: it says less than any earlier figure.
            guard number(2) != 0 || number(3) != nil else { continue }
            let name = try statement.text(0)
            let period = PartialDate(try statement.text(4))?.lastDay
            // A year is of later than its September, though its text comes first.
            if let known = figures[name], let last = PartialDate(known.period)?.lastDay,
                period ?? last < last
            {
                continue
            }
            figures[name] = AgencyFigure(
                numerator: number(1),
                denominator: number(2),
                rate: counted ?? number(3).flatMap { Permille($0, of: 1000) },
                isRateOnly: counted == nil && number(3) != nil,
                period: try statement.text(4),
                reportedBy: try statement.text(5),
                reportedOn: try statement.text(6),
                sourceSystem: try statement.text(7),
                documentNumber: try statement.text(8)
            )
        }
        return figures
    }

    /// The latest state of each milestone at the cut-off date.
    func milestoneLines(_ connection: Connection) throws(CoverageError) -> [MilestoneLine] {
        var states: [String: (state: String, since: String, evidence: String)] = [:]
        try wrapped { () throws(SQLiteError) in
            let statement = try connection.prepare(
                """
                SELECT indicator, state, state_on, evidence FROM milestone
                WHERE _flags & \(RowFlags.gone) = 0 AND state_on <= ?1
                AND \(Self.isOfRoster(2)) ORDER BY state_on, \(Self.byRecordID(of: "milestone"))
                """
            )
            try statement.bind(Cutoff.bound(cutoff.day), at: 1)
            try bindRoster(statement, at: 2)
            while try statement.step() {
                states[try statement.text(0)] = (
                    try statement.text(1), try statement.text(2), try statement.text(3)
                )
            }
        }
        return survey.indicators.filter { $0.measure == .milestone }.map { indicator in
            let state = states[indicator.name]
            return MilestoneLine(
                indicator: indicator,
                state: state?.state,
                since: state?.since,
                evidence: state?.evidence
            )
        }
    }

    /// Households to be visited, by what came of their visits: lived in or vacant at the cut-off date.
    func visitTallies(
        _ visits: VisitOutcomes,
        _ connection: Connection,
        _ places: Places
    ) throws(CoverageError) -> [VisitTally] {
        var tallies = Array(repeating: VisitTally(), count: places.all.count)
        try wrapped { () throws(SQLiteError) in
            // What came about later had not: who moved was here, what was built was not.
            let bound = literal(Cutoff.bound(cutoff.day))
            let statement = try connection.prepare(
                """
                SELECT id, _scope FROM household
                WHERE _flags & \(RowFlags.gone) = 0 AND
                CASE WHEN rtrim(state_on, '?') > \(bound) THEN state <> 'occupied'
                ELSE state IN ('occupied', 'vacant') END
                """
            )
            while try statement.step() {
                guard let place = places.position(statement.integer(1)) else { continue }
                tallies[place].count(visits.outcome(of: statement.integer(0)))
            }
        }
        return tallies
    }
}

extension VisitTally {
    fileprivate mutating func count(_ outcome: String) {
        households += 1
        switch outcome {
        case "complete", "partial": visited += 1
        case "refused": refused += 1
        case "no-contact": noContact += 1
        case "postponed": postponed += 1
        case "vacant", "moved", "not-found": notThere += 1
        default: notYetVisited += 1
        }
    }
}
