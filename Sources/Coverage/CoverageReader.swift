package import SQLite
package import Survey

/// Makes figures and work lists from a node's typed tables.
///
/// Reads only; the caller holds one read transaction around each call, so that all figures of a
/// report are of one moment.
package struct CoverageReader {
    let survey: DataDescription
    package let cutoff: Cutoff
    /// Only this scope and those below it; nil for all.
    let under: String?
    /// Where the commune's targets and reported figures stand; nil for every scope.
    ///
    /// What a village writes under their names in its own scope does not count.
    let roster: String?
    /// What places are called that another hub keeps, by path.
    let names: [String: String]

    package init(
        _ survey: DataDescription = .doorstep,
        cutoff: Cutoff,
        under: String? = nil,
        roster: String? = nil,
        names: [String: String] = [:]
    ) {
        self.survey = survey
        self.cutoff = cutoff
        self.under = under
        self.roster = roster
        self.names = names
    }

    /// Whether any answer, or list of an agency, is dated after that day.
    ///
    /// Looked up once, so that figures of today need not compare the day of every answer.
    package static func hasAnswers(
        after day: CalendarDay,
        _ survey: DataDescription,
        _ connection: Connection
    ) throws(SQLiteError) -> Bool {
        for type in survey.types {
            let days = type.fields.map(\.name).filter {
                $0.hasSuffix("_observed_on") || $0 == RecordType.registerDay
            }
            guard !days.isEmpty else { continue }
            let later = days.map { "\(quoted($0)) > ?1" }.joined(separator: " OR ")
            let sql = "SELECT 1 FROM \(quoted(type.name)) WHERE \(later) LIMIT 1"
            let found = try connection.prepare(sql)
                .bind(all: Cutoff.bound(day)).first { _ in true }
            if found != nil { return true }
        }
        return false
    }

    /// The condition that a record is the commune's; the roster's path is bound at this number.
    static func isOfRoster(_ parameter: Int) -> String {
        "(?\(parameter) IS NULL OR _scope = (SELECT n FROM scope WHERE path = ?\(parameter)))"
    }

    /// The order of a table's records by their ids, the same on every node: local keys are not.
    static func byRecordID(of table: String) -> String {
        """
        (SELECT o.id FROM origin o WHERE o.n = "\(table)".id >> 32), "\(table)".id & 0xffffffff
        """
    }

    func bindRoster(_ statement: Statement, at index: Int32) throws(SQLiteError) {
        if let roster {
            try statement.bind(roster, at: index)
        } else {
            try statement.bindNull(at: index)
        }
    }

    /// Every figure of the data description, in one pass over each record type.
    package func report(_ connection: Connection) throws(CoverageError) -> CoverageReport {
        let places = try Places(connection, under: under, on: cutoff.day, names: names)
        let settings = try settings(connection)
        let figures = try wrapped { () throws(SQLiteError) in try agencyFigures(connection) }
        let visits = try VisitOutcomes(connection, cutoff)
        var tallies: [String: [CountedTallies]] = [:]
        var population = Array(repeating: PopulationTally(), count: places.all.count)
        for type in survey.types {
            let indicators = surveyIndicators(of: type)
            guard !indicators.isEmpty else { continue }
            var counter = StateCounter(indicators.count, places: places.all.count)
            let scan = try StateScan(
                connection,
                type,
                indicators,
                survey: survey,
                cutoff: cutoff,
                visits: visits
            )
            try scan.run(connection) { row throws(CoverageError) in
                guard let place = places.position(row.scope) else { return }
                counter.count(row, at: place)
                guard type.name == "resident" else { return }
                if row.isDuplicate {
                    population[place].duplicates += 1
                } else {
                    population[place].count(
                        row.presence,
                        row.residence,
                        isOffList: row.isOffList
                    )
                }
            }
            for (index, indicator) in indicators.enumerated() {
                tallies[indicator.name] = counter.tallies(index)
            }
        }
        return CoverageReport(
            cutoff: cutoff,
            places: places.all,
            lines: survey.indicators.compactMap { indicator in
                // Where an agency's figure is there, the report prints that (indicators 4.7).
                let isReported = indicator.prefersAgency && figures[indicator.name] != nil
                return line(indicator, tallies[indicator.name], settings, isReported: isReported)
            },
            agencyFigures: agencyLines(figures, settings),
            milestones: try milestoneLines(connection),
            population: population,
            visits: try visitTallies(visits, connection, places)
        )
    }

    func surveyIndicators(of type: RecordType) -> [Indicator] {
        survey.indicators.filter { $0.rule?.type == type.name }
    }

    private func line(
        _ indicator: Indicator,
        _ tallies: [CountedTallies]?,
        _ settings: Settings,
        isReported: Bool
    ) -> CoverageLine? {
        guard let tallies else { return nil }
        return CoverageLine(
            indicator: indicator,
            target: settings.target(of: indicator),
            definition: indicator.definition,
            isPrinted: settings.isPrinted(indicator) && !isReported,
            byPlace: tallies.map(\.living),
            registeredByPlace: tallies.map(\.registered)
        )
    }
}

/// The counts of one indicator in one place, in both universes.
struct CountedTallies {
    var living = Tally()
    var registered = Tally()
}

/// Counts states in flat memory: one addition for each record and indicator.
struct StateCounter {
    private let indicators: Int
    private var living: [Int]
    private var registered: [Int]
    private var notFound: [Int]

    init(_ indicators: Int, places: Int) {
        self.indicators = indicators
        living = Array(repeating: 0, count: places * indicators * RowState.count)
        registered = living
        notFound = Array(repeating: 0, count: places * indicators)
    }

    mutating func count(_ row: StateScan.Row, at place: Int) {
        let first = place * indicators
        let isLiving = row.membership.contains(.defacto)
        let isRegistered = row.membership.contains(.dejure)
        let isNotFound = row.membership.contains(.notFound)
        for (index, state) in row.states.enumerated() where state != .outside {
            let slot = (first + index) * RowState.count + state.rawValue
            if isLiving { living[slot] += 1 }
            if isRegistered { registered[slot] += 1 }
            if isNotFound { notFound[first + index] += 1 }
        }
    }

    /// One indicator's counts by place.
    func tallies(_ indicator: Int) -> [CountedTallies] {
        stride(from: indicator, to: notFound.count, by: indicators).map { position in
            var tallies = CountedTallies(
                living: tally(living, position),
                registered: tally(registered, position)
            )
            tallies.living.notFound = notFound[position]
            return tallies
        }
    }

    private func tally(_ counts: [Int], _ position: Int) -> Tally {
        let first = position * RowState.count
        func number(_ state: RowState) -> Int { counts[first + state.rawValue] }
        var tally = Tally()
        tally.yes = number(.yes)
        tally.no = number(.no)
        tally.notApplicable = number(.notApplicable)
        tally.ageUncertain = number(.ageUncertain)
        tally.mayBelong = number(.mayBelong)
        tally.unknownByCause = Cause.allCases.map { number(.unknown($0)) }
        return tally
    }
}
