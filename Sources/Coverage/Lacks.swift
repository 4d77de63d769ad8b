package import SQLite
package import Survey

/// One thing that somebody lacks, or of which it is not known whether he has it.
package struct Lack: Hashable, Sendable {
    package let indicator: Indicator
    package let state: WorkItem.State
}

extension CoverageReader {
    /// What residents and households lack by the printed targets, by type and record key.
    ///
    /// One pass over each type; records that lack nothing are left out. People who live here only.
    ///
    /// - Parameters:
    ///   - household: only the household of this key and its people; nil for all.
    ///   - connection: of a node's database.
    /// - Returns: by name of the type and local key of the record.
    /// - Throws: what reading the database throws.
    package func lacks(
        household: Int64? = nil,
        _ connection: Connection
    ) throws(CoverageError) -> [String: [Int64: [Lack]]] {
        var lacks: [String: [Int64: [Lack]]] = [:]
        try scanTargets(household: household, connection) { type, indicators, row in
            let own = zip(indicators, row.states).compactMap { indicator, state in
                state.lack.map { Lack(indicator: indicator, state: $0) }
            }
            if !own.isEmpty { lacks[type.name, default: [:]][row.id] = own }
        }
        return lacks
    }

    /// The records that are known to lack something of what ``lacks(household:_:)`` tells, by type and
    /// record key.
    ///
    /// - Throws: what reading the database throws.
    package func recordsLacking(
        _ connection: Connection
    ) throws(CoverageError) -> [String: Set<Int64>] {
        var lacking: [String: Set<Int64>] = [:]
        try scanTargets(household: nil, connection) { type, _, row in
            if row.states.contains(.no) { lacking[type.name, default: []].insert(row.id) }
        }
        return lacking
    }

    /// Calls `body` for every household and every resident who lives here, with their states by the
    /// printed targets.
    private func scanTargets(
        household: Int64?,
        _ connection: Connection,
        _ body: (RecordType, [Indicator], StateScan.Row) throws(CoverageError) -> Void
    ) throws(CoverageError) {
        let places = try Places(connection, under: under, on: cutoff.day)
        let settings = try settings(connection)
        let visits = try VisitOutcomes(connection, cutoff)
        for type in survey.types where ["household", "resident"].contains(type.name) {
            let indicators = surveyIndicators(of: type).filter {
                $0.role.isTarget && settings.isPrinted($0)
            }
            guard !indicators.isEmpty else { continue }
            let scan = try StateScan(
                connection,
                type,
                indicators,
                survey: survey,
                cutoff: cutoff,
                visits: visits,
                household: household
            )
            try scan.run(connection) { row throws(CoverageError) in
                guard row.membership.contains(.defacto), places.position(row.scope) != nil else {
                    return
                }
                try body(type, indicators, row)
            }
        }
    }
}

extension Indicator.Role {
    /// Whether it is a target of the plan, in whichever reading.
    fileprivate var isTarget: Bool {
        switch self {
        case .headline, .reading: true
        case .companion, .information: false
        }
    }
}

extension RowState {
    /// What it says of somebody to be helped or asked; nil for whoever has it or is not concerned.
    fileprivate var lack: WorkItem.State? {
        switch self {
        case .no: .no(reason: nil)
        case .ageUncertain: .ageUncertain
        default: cause.map { .unknown($0) }
        }
    }
}
