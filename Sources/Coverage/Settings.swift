import SQLite
import Survey

/// What the commune decided about its indicators, from the roster.
struct Settings {
    private var targets: [String: Int] = [:]
    /// The reading that is printed, by headline.
    private var readings: [String: String] = [:]

    fileprivate init() {}

    func target(of indicator: Indicator) -> Int? {
        targets[indicator.name] ?? indicator.target
    }

    /// A headline is printed unless another reading of it was chosen; companions always are.
    func isPrinted(_ indicator: Indicator) -> Bool {
        switch indicator.role {
        case .headline: (readings[indicator.name] ?? indicator.name) == indicator.name
        case .reading(let headline): readings[headline] == indicator.name
        case .companion, .information: true
        }
    }

    fileprivate mutating func set(_ indicator: String, percent: Int?, reading: String?) {
        if let percent { targets[indicator] = percent }
        if let reading { readings[indicator] = reading }
    }
}

extension CoverageReader {
    func settings(_ connection: Connection) throws(CoverageError) -> Settings {
        var settings = Settings()
        try wrapped { () throws(SQLiteError) in
            let statement = try connection.prepare(
                """
                SELECT indicator, percent, reading FROM target
                WHERE _flags & \(RowFlags.gone) = 0 AND \(Self.isOfRoster(1))
                ORDER BY \(Self.byRecordID(of: "target"))
                """
            )
            try bindRoster(statement, at: 1)
            while try statement.step() {
                let name = try statement.text(0)
                let reading = try statement.text(2)
                // What is no reading of it, here or in this version, does not take its place.
                let isKnown = survey.indicator(name).map { survey.isReading(reading, of: $0) }
                settings.set(
                    name,
                    percent: statement.isNull(1)
                        ? nil : Int(min(max(statement.integer(1), 0), 100)),
                    reading: isKnown == true ? reading : nil
                )
            }
        }
        return settings
    }
}
