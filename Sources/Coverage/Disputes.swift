import SQLite
import Survey

/// Records with fields of differing siblings, and what that means for each indicator of the scan.
struct Disputes {
    /// What a record's disputed fields touch: positions of indicators.
    struct Effect {
        /// The answer itself is disputed.
        var answers: Set<Int> = []
        /// Whether it belongs to the population is disputed.
        var members: Set<Int> = []
        /// Where the person is at all is disputed.
        var presence = false
    }

    private(set) var effects: [Int64: Effect] = [:]

    init(
        _ connection: Connection,
        _ type: RecordType,
        _ indicators: [Indicator],
        survey: DataDescription,
        cutoff: Cutoff
    ) throws(CoverageError) {
        let reads = indicators.enumerated().map { Reads($0.offset, $0.element, survey) }
        let types = Set(reads.flatMap { $0.all.map(\.type) }).compactMap(survey.type)
        for source in types {
            let counterparts = try Counterparts(source, survey, cutoff)
            let disputes = try wrapped { () throws(SQLiteError) in
                try Self.fields(connection, source, of: type, counterparts)
            }
            for dispute in disputes
            where source.field(dispute.field)?.merge == .review {
                let name = FieldName(source.name, dispute.field)
                apply(name, to: dispute.record, reads)
            }
        }
    }

    private mutating func apply(_ name: FieldName, to record: Int64, _ reads: [Reads]) {
        var effect = effects[record] ?? Effect()
        for read in reads {
            if read.members.contains(name) { effect.members.insert(read.position) }
            if read.answers.contains(name) { effect.answers.insert(read.position) }
        }
        if name.type == "resident", ["presence", "presence_on"].contains(name.field) {
            effect.presence = true
        }
        effects[record] = effect
    }

    /// Disputed fields of live records of `source`, each with the record of `root` that they count for.
    ///
    /// A surveyed value under a register's value decides nothing, so its dispute does not either; nor
    /// does that of a record which counts through one of a list.
    private static func fields(
        _ connection: Connection,
        _ source: RecordType,
        of root: RecordType,
        _ counterparts: Counterparts?
    ) throws(SQLiteError) -> [(record: Int64, field: String)] {
        let isRoot = source.name == root.name
        guard isRoot || source.parent.flatMap(source.field)?.kind == .reference(to: root.name)
        else {
            return []
        }
        let link = source.parent.map { "t.\(quoted($0))" } ?? "NULL"
        let overruled = source.fields.compactMap { field in
            source.registerField(of: field.name).map {
                " AND NOT (s.field = \(literal(field.name)) AND t.\(quoted($0.name)) IS NOT NULL)"
            }
        }
        // From the few siblings to their records, whatever the planner thinks of their numbers.
        let sql = """
            SELECT \(isRoot ? "t.id" : "ifnull(a.target, \(link))"), s.field
            FROM sibling s CROSS JOIN \(quoted(source.name)) t ON t.id = s.record
            LEFT JOIN alias a ON a.type = \(literal(root.name))
                AND a.record = \(isRoot ? "NULL" : link)
            WHERE s.type = \(literal(source.name))
                AND t._flags & \(RowFlags.gone | RowFlags.disputed) = \(RowFlags.disputed)
                \(overruled.joined())
                \(isRoot ? "" : counterparts.map { " AND NOT \($0.outranked)" } ?? "")
            GROUP BY s.record, s.field
            HAVING count(DISTINCT s.kind || ':' || ifnull(s.value, '')) > 1
            """
        return try connection.prepare(sql).rows { row throws(SQLiteError) in
            (row.integer(0), try row.text(1))
        }
    }

    private struct Reads {
        let position: Int
        let members: Set<FieldName>
        let answers: Set<FieldName>
        let all: Set<FieldName>

        init(_ position: Int, _ indicator: Indicator, _ survey: DataDescription) {
            self.position = position
            all = indicator.rule?.fields(in: survey.types) ?? []
            members = indicator.rule?.populationFields(in: survey.types) ?? []
            answers = all.subtracting(members)
        }
    }
}

extension Disputes.Effect {
    /// The state once the dispute is taken into account.
    func applied(to state: RowState, indicator: Int) -> RowState {
        let isMemberDisputed = members.contains(indicator) || presence
        switch state {
        case .outside: return isMemberDisputed ? .mayBelong : .outside
        case .ageUncertain, .mayBelong: return state
        default:
            return isMemberDisputed || answers.contains(indicator) ? .unknown(.conflict) : state
        }
    }
}
