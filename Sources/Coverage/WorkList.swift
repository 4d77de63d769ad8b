package import SQLite
import Survey

/// Somebody or something that lacks what an indicator asks for, or of which it is not known.
package struct WorkItem: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Lacks it; with the codes of the reason, where one was given.
        case no(reason: String?)
        case unknown(Cause)
        /// Counts if the date of birth says so: to be put right.
        case ageUncertain

        /// Codes of the reason why somebody lacks it.
        package var reason: String? {
            if case .no(let reason) = self { return reason }
            return nil
        }
    }

    /// The record's local key.
    package let record: Int64
    /// Scope path.
    package let scope: String
    package let state: State
}

/// A fact of which the imported list and the survey say different things.
package struct Disagreement: Hashable, Sendable {
    package let record: Int64
    /// The record that holds what the list says, where it is another one of the same thing.
    package let listed: Int64?
    package let scope: String
    /// The section, so that one answer is one line whatever it is made of.
    package let section: String
    /// Names of the surveyed fields that differ.
    package let fields: [String]
}

extension CoverageReader {
    /// Who lacks it, of whom it is unknown and whose age must be put right, by place.
    ///
    /// - Parameters:
    ///   - indicator: name of one that is counted over records.
    ///   - connection: of a node's database.
    /// - Returns: rows in the order of scopes and keys; people who live here, or records of other types.
    /// - Throws: ``CoverageError/unknownIndicator(_:)`` for any other name.
    package func missing(
        _ indicator: String,
        _ connection: Connection
    ) throws(CoverageError) -> [WorkItem] {
        guard let found = survey.indicator(indicator), let rule = found.rule,
            let type = survey.type(rule.type)
        else { throw .unknownIndicator(indicator) }
        let places = try Places(connection, under: under, on: cutoff.day)
        var items: [WorkItem] = []
        let scan = try StateScan(
            connection,
            type,
            [found],
            survey: survey,
            cutoff: cutoff,
            visits: try VisitOutcomes(connection, cutoff),
            reason: rule.reason
        )
        try scan.run(connection) { row throws(CoverageError) in
            guard row.membership.contains(.defacto), let place = places.position(row.scope) else {
                return
            }
            let state: WorkItem.State
            switch row.states[0] {
            case .no: state = .no(reason: row.reason)
            case .ageUncertain: state = .ageUncertain
            case let other:
                guard let cause = other.cause else { return }
                state = .unknown(cause)
            }
            items.append(
                WorkItem(record: row.id, scope: places.all[place].scope, state: state)
            )
        }
        return items.sorted { ($0.scope, $0.record) < ($1.scope, $1.record) }
    }

    /// Where the imported list and the survey differ: one line for each record and section.
    package func disagreements(_ connection: Connection) throws(CoverageError) -> [Disagreement] {
        let places = try Places(connection, under: under, on: cutoff.day)
        var found: [Disagreement] = []
        for type in survey.types {
            let pairs = type.fields.filter { type.registerField(of: $0.name) != nil }
            let sections = Dictionary(grouping: pairs) { $0.section ?? type.name }
            for (section, fields) in sections.sorted(by: { $0.key < $1.key }) {
                found += try disagreements(connection, type, section, fields, places)
            }
            if let counterparts = try Counterparts(type, survey, cutoff) {
                found += try disagreements(connection, type, counterparts, places)
            }
        }
        return found.sorted {
            ($0.scope, $0.record, $0.section, $0.listed ?? 0)
                < ($1.scope, $1.record, $1.section, $1.listed ?? 0)
        }
    }

    /// Of one thing that a visitor and a list have each recorded by itself.
    private func disagreements(
        _ connection: Connection,
        _ type: RecordType,
        _ counterparts: Counterparts,
        _ places: Places
    ) throws(CoverageError) -> [Disagreement] {
        let fields = counterparts.fields
        let found = try wrapped { () throws(SQLiteError) in
            try connection.prepare(counterparts.disagreements).rows { row throws(SQLiteError) in
                guard let place = places.position(row.integer(2)) else { return [Disagreement]() }
                let differing = fields.enumerated()
                    .filter { row.integer(Int32($0.offset) + 3) == 1 }
                    .map(\.element)
                let sections = Dictionary(grouping: differing) { $0.section ?? type.name }
                return sections.map { section, fields in
                    Disagreement(
                        record: row.integer(0),
                        listed: row.integer(1),
                        scope: places.all[place].scope,
                        section: section,
                        fields: fields.map(\.name)
                    )
                }
            }
        }
        return found.flatMap(\.self)
    }

    private func disagreements(
        _ connection: Connection,
        _ type: RecordType,
        _ section: String,
        _ fields: [Field],
        _ places: Places
    ) throws(CoverageError) -> [Disagreement] {
        let differs = fields.map { field in
            "ifnull(\(quoted(field.name)) <> 'unknown' AND "
                + "\(quoted(field.name)) <> \(quoted(field.name + "_register")), 0)"
        }
        let sql = """
            SELECT id, _scope, \(differs.joined(separator: ", ")) FROM \(quoted(type.name))
            WHERE _flags & \(RowFlags.gone) = 0 AND (\(differs.joined(separator: " OR ")))
            """
        return try wrapped { () throws(SQLiteError) in
            try connection.prepare(sql).rows { row throws(SQLiteError) -> Disagreement? in
                guard let place = places.position(row.integer(1)) else { return nil }
                let names = fields.enumerated().filter { row.integer(Int32($0.offset) + 2) == 1 }
                return Disagreement(
                    record: row.integer(0),
                    listed: nil,
                    scope: places.all[place].scope,
                    section: section,
                    fields: names.map(\.element.name)
                )
            }
        }.compactMap(\.self)
    }
}
