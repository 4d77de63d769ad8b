import Survey

/// What one record type is asked for its indicators, as SQL.
///
/// A scan reads each live record once and packs what the conditions read, its facts, into a few
/// numbers. What a record is to every indicator follows from these alone: a second query judges
/// them, once for all records that have the same.
struct StateQuery {
    /// The scan: the columns of ``Column``, then the words of facts.
    let scan: String
    /// The facts of records that refer to those scanned: key, text or NULL, words.
    let children: [String]
    /// The states of all indicators, from all facts as parameters.
    let judgement: String
    /// How the words hold the facts: those of the scan, then those of each child.
    let facts: [PackedFacts]
    /// The child that the reason comes from; nil where the scan has it, or none was asked for.
    let reasonChild: Int?

    /// Columns before the words of facts.
    enum Column: Int32, CaseIterable {
        case id
        case scope
        case presence
        case residence
        /// Said to be away, whenever that was.
        case isAway
        /// On no list that was imported: met at the door.
        case isOffList
        /// The household whose visits tell why an answer is missing.
        case household
        /// A code or several, where the query was asked for reasons.
        case reason
    }

    static let firstWord = Int32(Column.allCases.count)

    /// The indicators are all counted over records of `type`; `reason` is that of a work list;
    /// `household` is the key of the only one whose records are scanned.
    init(
        _ type: RecordType,
        _ indicators: [Indicator],
        survey: DataDescription,
        cutoff: Cutoff,
        reason: Reason? = nil,
        household: Int64? = nil
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
        scan = builder.scan + (household.map { builder.condition(ofHousehold: $0) } ?? "")
        facts = builder.facts
        judgement = builder.judgement
        children = builder.children.map(\.query)
        reasonChild = builder.children.firstIndex { $0.text != nil }
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
        node = ConditionCompiler.Node(name: ConditionCompiler.root, type: type)
        read = rules.reduce(into: Set()) { $0.formUnion($1.fields(in: survey.types)) }.sorted()
        let parts = rules.flatMap {
            $0.population.composites + $0.answer(in: survey.types).composites
        }
        let uses = Dictionary(parts.map { ($0, 1) }, uniquingKeysWith: +)
        compiler = ConditionCompiler(
            survey,
            cutoff,
            packsFacts: true,
            shared: Set(uses.filter { $0.value > 1 }.keys)
        )
    }

    var facts: [PackedFacts] { ([compiler.facts] + children.map(\.facts)).map(PackedFacts.init) }
    var children: [ChildTable] { compiler.apart }

    var scan: String {
        let isResident = node.type.name == "resident"
        var joins = compiler.joins
        if isResident {
            joins.append(
                "LEFT JOIN alias h ON h.type = 'household' AND h.record = t.household"
            )
        }
        let tables = compiler.tables
        let household =
            switch node.type.name {
            case "resident": "ifnull(h.target, t.household)"
            case "household": "t.id"
            default: "NULL"
            }
        let columns = [
            "t.id", "t._scope", isResident ? Presence.sql("t", compiler.cutoff) : "0",
            isResident ? Residence.sql("t") : "2",
            isResident ? "t.presence = 'away-short' OR t.presence = 'away-long'" : "0",
            node.type.field("on_list") == nil ? "0" : "t.on_list IS NOT 'yes'", household, reason,
        ]
        return """
            \(tables.isEmpty ? "" : "WITH ")\(tables.joined(separator: ",\n"))
            SELECT \((columns + PackedFacts(compiler.facts).words).joined(separator: ",\n"))
            FROM \(quoted(node.type.name)) t \(joins.joined(separator: " "))
            WHERE t._flags & \(RowFlags.gone) = 0\(isResident ? bornCondition : "")
            """
    }

    /// Narrows the scan to one household, people of households merged into it included.
    func condition(ofHousehold key: Int64) -> String {
        guard node.type.name == "resident" else { return " AND t.id = \(key)" }
        return """
             AND t.household IN (SELECT \(key) UNION ALL SELECT record FROM alias
                WHERE type = 'household' AND target = \(key))
            """
    }

    /// Whoever is born after the cut-off date is nowhere yet.
    private var bornCondition: String {
        let bound = literal(Cutoff.bound(compiler.cutoff.day))
        // The mark of a suspect date only makes it greater: most dates need no call.
        return """
             AND (t.birth IS NULL OR t.birth <= \(bound) OR rtrim(t.birth, '?') <= \(bound))
            """
    }

    var judgement: String {
        var definitions = ["1 AS one"]
        for facts in facts { definitions += facts.definitions(parameter: definitions.count) }
        let conditions = ["*"] + compiler.conditions.definitions
        // Each limit keeps SQLite from computing a fact or condition once for every use.
        return """
            SELECT \(states.joined(separator: ",\n"))
            FROM (SELECT \(conditions.joined(separator: ",\n"))
            FROM (SELECT \(definitions.joined(separator: ",\n")) LIMIT 1) WHERE one
            LIMIT 1) WHERE one
            """
    }

    mutating func addReason(_ given: Reason?) throws(CoverageError) {
        guard let given else { return }
        let field = given.field
        if let parts = given.parts, let link = compiler.survey.type(field.type)?.parent {
            return try compiler.setChildReason(field, link, on: node, parts)
        }
        reason = "nullif(t.\(quoted(field.field)), '')"
        guard let implied = given.implied else { return }
        let cases = implied.reasons.sorted { $0.key < $1.key }
            .map { " WHEN \(literal($0.key)) THEN \(literal($0.value))" }
        let said = try compiler.counted(implied.field, on: node)
        reason = "coalesce(\(reason), CASE \(said)\(cases.joined()) END)"
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
            "CASE \(population) WHEN 1 THEN \(inside) WHEN 0 THEN 0 ELSE \(doubtful) END"
        )
    }

    /// The first section that says why wins; then the visits.
    private mutating func cause(of rule: SurveyRule) throws(CoverageError) -> String {
        var causes: [String] = []
        for section in rule.sections {
            let type = compiler.survey.sections.first { $0.name == section }?.type ?? rule.type
            let fields = read.filter { $0.type == type }
                .compactMap { compiler.survey.type(type)?.field($0.field) }
            if type == rule.type {
                if let sql = compiler.cause(section: section, read: fields, on: node) {
                    causes.append(sql)
                }
            } else if let link = compiler.survey.type(type)?.parent {
                let limit = raw(Cause.allCases[Cause.allCases.count - 1])
                causes.append(
                    try compiler.childColumn(type, link, on: node, limit: limit) { inner, child in
                        "max(\(inner.cause(section: section, read: fields, on: child) ?? "NULL"))"
                    }
                )
            }
        }
        causes.append(visitCause(section: rule.sections.first))
        return causes.count == 1 ? causes[0] : "coalesce(\(causes.joined(separator: ", ")))"
    }

    /// Why an answer is missing where its section does not say, as the raw value of a state.
    private mutating func visitCause(section: String?) -> String {
        switch node.type.name {
        case "resident", "household": return "\(RowState.asVisited.rawValue)"
        default:
            guard let section, node.type.field("\(section)_observed_on") != nil else {
                return "\(raw(.notAsked))"
            }
            let observed = "t.\(quoted("\(section)_observed_on"))"
            let isObserved = compiler.fact(.computed("(\(observed) IS NOT NULL)", limit: 1))
            return "iif(\(isObserved), \(raw(.notAsked)), \(raw(.notVisited)))"
        }
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
