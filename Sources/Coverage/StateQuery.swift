import Survey

/// The one query over a record type: per live record, what it is to every indicator of that type.
///
/// What several indicators read is computed once a row: the inner queries name facts and shared
/// conditions, and are kept from being flattened into the outer one, which would compute each once
/// per use.
struct StateQuery {
    let type: RecordType
    let indicators: [Indicator]
    let sql: String

    /// Columns before the indicators' states.
    enum Column: Int32, CaseIterable {
        case id
        case scope
        case presence
        case residence
        /// A code or several, where the query was asked for reasons.
        case reason
    }

    static let firstState = Int32(Column.allCases.count)

    /// The indicators are all counted over records of `type`; `reason` is a field of work lists, of
    /// this type or of one that refers to it.
    init(
        _ type: RecordType,
        _ indicators: [Indicator],
        survey: DataDescription,
        cutoff: Cutoff,
        reason: FieldName? = nil
    ) throws(CoverageError) {
        let rules = indicators.compactMap(\.rule)
        var builder = StateQueryBuilder(type, rules, survey: survey, cutoff: cutoff)
        try builder.addReason(reason)
        for indicator in indicators {
            guard let rule = indicator.rule, rule.type == type.name else {
                throw .unknownIndicator(indicator.name)
            }
            try builder.add(rule)
        }
        self.type = type
        self.indicators = indicators
        sql = builder.sql
    }
}

private struct StateQueryBuilder {
    private let node: ConditionCompiler.Node
    private var compiler: ConditionCompiler
    private var states: [String] = []
    private var reason = "NULL"
    /// Every field that the indicators read, in a fixed order.
    private let read: [FieldName]

    init(_ type: RecordType, _ rules: [SurveyRule], survey: DataDescription, cutoff: Cutoff) {
        node = ConditionCompiler.Node(name: "t", type: type)
        read = rules.reduce(into: Set()) { $0.formUnion($1.fields(in: survey.types)) }.sorted()
        let parts = rules.flatMap {
            $0.population.composites + $0.answer(in: survey.types).composites
        }
        let uses = Dictionary(parts.map { ($0, 1) }, uniquingKeysWith: +)
        compiler = ConditionCompiler(
            survey,
            cutoff,
            namesColumns: true,
            shared: Set(uses.filter { $0.value > 1 }.keys)
        )
    }

    var sql: String {
        let visits = VisitJoin(node, compiler.cutoff)
        let isResident = node.type.name == "resident"
        let tables = (visits.map { [$0.table] } ?? []) + compiler.tables
        let states = states.joined()
        // The limits together with the outer conditions keep SQLite from flattening the queries.
        let kept = "LIMIT -1) WHERE scope IS NOT NULL"
        return """
            \(tables.isEmpty ? "" : "WITH ")\(tables.joined(separator: ",\n"))
            SELECT \(Self.common)\(states)
            FROM (SELECT \(Self.common)\(compiler.facts.read(by: states))\
            \(compiler.conditions.definitions)
            FROM (SELECT t.id AS id, t._scope AS scope,
            \(isResident ? Presence.sql("t", compiler.cutoff) : "0") AS presence,
            \(isResident ? Residence.sql("t") : "2") AS residence,
            \(reason) AS reason\(compiler.facts.definitions)
            FROM \(quoted(node.type.name)) t
            \(visits?.join ?? "") \(compiler.joins.joined(separator: " "))
            WHERE t._flags & 14 = 0\(isResident ? bornCondition : "") \(kept)
            \(kept)
            """
    }

    private static let common = "id, scope, presence, residence, reason"

    /// Whoever is born after the cut-off date is nowhere yet.
    private var bornCondition: String {
        let bound = literal(Cutoff.bound(compiler.cutoff.day))
        return " AND (t.birth IS NULL OR rtrim(t.birth, '?') <= \(bound))"
    }

    mutating func addReason(_ field: FieldName?) throws(CoverageError) {
        guard let field else { return }
        if field.type == node.type.name {
            reason = "t.\(quoted(field.field))"
        } else if let link = compiler.survey.type(field.type)?.parent {
            reason = try compiler.childColumn(field.type, link, on: node) { _, child in
                "min(\(child.name).\(quoted(field.field)))"
            }
        }
    }

    mutating func add(_ rule: SurveyRule) throws(CoverageError) {
        let population = try compiler.sql(rule.population, on: node)
        let types = compiler.survey.types
        let numerator = try compiler.sql(rule.answer(in: types), on: node)
        var cause = try cause(of: rule)
        if let saysNot = rule.saysNotApplicable(in: types) {
            cause = "CASE WHEN \(try compiler.sql(saysNot, on: node)) THEN 3 ELSE \(cause) END"
        }
        var inside = "CASE \(numerator) WHEN 1 THEN 1 WHEN 0 THEN 2 ELSE \(cause) END"
        if let other = rule.notApplicable {
            inside = "CASE WHEN \(try compiler.sql(other, on: node)) THEN 3 ELSE \(inside) END"
        }
        var doubtful = "5"
        for age in rule.population.ages.reversed() {
            let isKnown = try compiler.sql(age, on: node)
            doubtful = "iif(\(isKnown) IS NULL, 4, \(doubtful))"
        }
        states.append(
            ",\nCASE \(population) WHEN 1 THEN \(inside) WHEN 0 THEN 0 ELSE \(doubtful) END"
        )
    }

    /// The first section that says why wins; then the latest visit.
    private mutating func cause(of rule: SurveyRule) throws(CoverageError) -> String {
        var causes: [String] = []
        for section in rule.sections {
            let type = compiler.survey.sections.first { $0.name == section }?.type ?? rule.type
            let fields = read.filter { $0.type == type }
                .compactMap { compiler.survey.type(type)?.field($0.field) }
            if type == rule.type {
                if let sql = compiler.cause(section: section, read: fields, on: node) {
                    causes.append(compiler.fact(sql))
                }
            } else if let link = compiler.survey.type(type)?.parent {
                let column = try compiler.childColumn(type, link, on: node) { inner, child in
                    "max(\(inner.cause(section: section, read: fields, on: child) ?? "NULL"))"
                }
                causes.append(compiler.fact(column))
            }
        }
        causes.append(compiler.fact(visitCause(section: rule.sections.first)))
        return causes.count == 1 ? causes[0] : "coalesce(\(causes.joined(separator: ", ")))"
    }

    /// Why an answer is missing where its section does not say, as the raw value of a state.
    private func visitCause(section: String?) -> String {
        switch node.type.name {
        case "resident", "household":
            let asked =
                node.type.name == "household"
                ? "\(raw(.notAsked))"
                : "iif(t.presence IN ('away-short', 'away-long'), "
                    + "\(raw(.absentNoProxy)), \(raw(.notAsked)))"
            return """
                CASE ifnull(v.outcome, 'inaccessible') WHEN 'complete' THEN \(asked) \
                WHEN 'inaccessible' THEN \(raw(.notVisited)) WHEN 'refused' THEN \(raw(.refused)) \
                WHEN 'partial' THEN \(asked) WHEN 'postponed' THEN \(raw(.notAsked)) \
                ELSE \(raw(.noContact)) END
                """
        default:
            guard let section, node.type.field("\(section)_observed_on") != nil else {
                return "\(raw(.notAsked))"
            }
            let observed = "t.\(quoted("\(section)_observed_on"))"
            return "iif(\(observed) IS NULL, \(raw(.notVisited)), \(raw(.notAsked)))"
        }
    }
}

/// What came of the visits to a household up to the cut-off date, joined to its residents or to
/// itself.
///
/// The best outcome stands: whoever was surveyed once is not unvisited by a later call at a closed
/// door. Of calls that all failed the latest says why; a house that could not be reached was not
/// visited (indicators 1.4). Who refused some questions only was visited, in part: the sections
/// that they refused say so themselves.
struct VisitJoin {
    let table: String
    let join: String

    /// Nil for records of which no visit is kept.
    init?(_ node: ConditionCompiler.Node, _ cutoff: Cutoff) {
        switch node.type.name {
        case "resident":
            join = """
                LEFT JOIN alias h ON h.record = t.household
                LEFT JOIN visited v ON v.household = ifnull(h.target, t.household)
                """
        case "household": join = "LEFT JOIN visited v ON v.household = +t.id"
        default: return nil
        }
        var condition = "t.started_at <= \(literal(Cutoff.bound(cutoff.day)))"
        if let start = cutoff.roundStart {
            condition += " AND t.started_at >= \(literal(start.description))"
        }
        // With a bare max() SQLite takes the other columns from the row that holds the greatest.
        table = """
            visited AS MATERIALIZED (
            SELECT ifnull(a.target, t.household) AS household, max(CASE t.outcome \
            WHEN 'complete' THEN '4' WHEN 'partial' THEN '3' \
            WHEN 'refused' THEN iif(t.refusal_scope = 'some-questions', '3', '2') \
            WHEN 'inaccessible' THEN '0' ELSE '1' END || t.started_at), \
            iif(t.refusal_scope = 'some-questions' AND t.outcome = 'refused', 'partial', t.outcome) \
            AS outcome
            FROM visit t LEFT JOIN alias a ON a.record = t.household
            WHERE t._flags & 14 = 0 AND t.household IS NOT NULL AND \(condition) GROUP BY 1)
            """
    }
}

extension Predicate {
    /// The combined conditions in it, itself included, on the record's own fields.
    var composites: [Predicate] {
        switch self {
        case .and(let parts), .or(let parts): [self] + parts.flatMap(\.composites)
        case .not(let part), .certain(let part): [self] + part.composites
        default: []
        }
    }

    /// The age conditions in it, on the record's own birth date.
    var ages: [Predicate] {
        switch self {
        case .ageAtLeast: [self]
        case .and(let parts), .or(let parts): parts.flatMap(\.ages)
        case .not(let part), .certain(let part): part.ages
        default: []
        }
    }
}
