import Survey

/// Turns conditions over records into SQL expressions of value 1, 0 or NULL, with the facts they read.
///
/// Texts in the SQL come from the data description and from days, never from records.
struct ConditionCompiler {
    /// A table in the query: its name there, and what its rows are.
    struct Node {
        let name: String
        let type: RecordType
    }

    let survey: DataDescription
    let cutoff: Cutoff
    /// Prefix of the names that this compiler gives, so that nested ones differ.
    let prefix: String
    /// Whether facts are packed by a scan and judged by another query, under short names.
    let packsFacts: Bool
    private(set) var children: [ChildTable] = []
    private(set) var joins: [String] = []
    /// What the conditions read, over the tables of the scan.
    private(set) var facts = FactList(prefix: "f")
    /// Conditions that several indicators share, over the facts.
    private(set) var conditions = NamedColumns(prefix: "c")
    private let shared: Set<Predicate>

    init(
        _ survey: DataDescription,
        _ cutoff: Cutoff,
        prefix: String = "k",
        packsFacts: Bool = false,
        shared: Set<Predicate> = []
    ) {
        self.survey = survey
        self.cutoff = cutoff
        self.prefix = prefix
        self.packsFacts = packsFacts
        self.shared = shared
    }

    /// Definitions of the child tables that are joined, innermost first.
    var tables: [String] {
        children.filter { !$0.isApart }.flatMap { $0.compiler.tables + [$0.table] }
    }

    /// The child tables that are read by queries of their own.
    var apart: [ChildTable] { children.filter(\.isApart) }

    /// The name under which a fact is judged, or the expression where nothing is packed.
    mutating func fact(_ fact: Fact) -> String {
        packsFacts ? facts.name(of: fact) : fact.sql
    }

    /// A condition as a fact.
    private mutating func fact(_ sql: String) -> String {
        fact(.computed(sql, limit: 1))
    }

    /// An expression over the query's tables, or over the inner query's columns.
    mutating func sql(_ predicate: Predicate, on node: Node) throws(CoverageError) -> String {
        guard shared.contains(predicate) else { return try expression(predicate, on: node) }
        return conditions.name(of: try expression(predicate, on: node, isInside: true))
    }

    /// `isInside`: within a condition that has a name already, whose parts get none.
    private mutating func expression(
        _ predicate: Predicate,
        on node: Node,
        isInside: Bool = false
    ) throws(CoverageError) -> String {
        func part(_ predicate: Predicate) throws(CoverageError) -> String {
            isInside
                ? try expression(predicate, on: node, isInside: true)
                : try sql(predicate, on: node)
        }
        switch predicate {
        case .always: return "1"
        case .unknown: return "NULL"
        case .isOneOf(let field, let codes): return try isOneOf(field, codes, on: node)
        case .isFilled(let field): return fact("(\(try counted(field, on: node)) IS NOT NULL)")
        case .isAtLeast(let field, let least):
            return fact("(\(try counted(field, on: node)) >= \(least))")
        case .contains(let field, let code):
            let value = try counted(field, on: node)
            return fact("(instr(',' || \(value) || ',', \(literal(",\(code),"))) > 0)")
        case .ageAtLeast(let years, let birth):
            let bound = cutoff.birthBound(years: years)
            return fact(.age(birth: try counted(birth, on: node), bound: bound))
        case .isReached(let field):
            let bound = literal(Cutoff.bound(cutoff.day))
            return fact("(\(try date(field, on: node)) <= \(bound))")
        case .isPast(let field):
            let bound = literal(Cutoff.bound(cutoff.day.adding(days: -1)))
            return fact("(\(try date(field, on: node)) || '~' <= \(bound))")
        case .isFrom(let field, let day):
            let bound = literal(Cutoff.bound(day.adding(days: -1)))
            return fact("(\(try date(field, on: node)) || '~' > \(bound))")
        case .isRenewalDue(let birth, let issued):
            return fact(try isRenewalDue(birth, issued, on: node))
        case .and(let parts): return joined(try parts.map(part), " AND ", empty: "1")
        case .or(let parts): return joined(try parts.map(part), " OR ", empty: "0")
        case .not(let other): return "(NOT \(try part(other)))"
        case .certain(let other): return "ifnull(\(try part(other)), 0)"
        case .hasChild(let type, let link, let condition):
            return try hasChild(type, link, condition, on: node)
        case .parent(let field, let condition):
            return try expression(condition, on: parent(field, of: node), isInside: isInside)
        }
    }

    /// An aggregate over the records of `type` that refer to the node's record through `link`: NULL
    /// or 0 to `limit`; NULL where there are none.
    mutating func childColumn(
        _ type: String,
        _ link: String,
        on node: Node,
        limit: Int,
        _ aggregate: (inout ConditionCompiler, Node) throws(CoverageError) -> String
    ) throws(CoverageError) -> String {
        let position = try childTable(type, link, on: node)
        let column = try aggregate(&children[position].compiler, children[position].node)
        return children[position].column(column, limit: limit)
    }

    /// Why some of the records that refer to the node's record lack what they should have.
    mutating func setChildReason(
        _ field: FieldName,
        _ link: String,
        on node: Node,
        _ parts: Reason.Parts
    ) throws(CoverageError) {
        let position = try childTable(field.type, link, on: node)
        let child = children[position].node
        let counts = try children[position].compiler.sql(.certain(parts.among), on: child)
        let has = try children[position].compiler.sql(.certain(parts.satisfied), on: child)
        let given = "nullif(\(child.name).\(quoted(field.field)), '')"
        children[position].text = """
            CASE WHEN max(\(counts) AND \(has)) AND max(\(counts) AND NOT \(has)) \
            THEN \(literal(parts.mixed)) \
            ELSE group_concat(DISTINCT iif(\(counts), \(given), NULL)) END
            """
    }
}

extension ConditionCompiler {
    private func joined(_ parts: [String], _ word: String, empty: String) -> String {
        parts.isEmpty ? empty : "(\(parts.joined(separator: word)))"
    }

    private mutating func isOneOf(
        _ field: String,
        _ codes: [String],
        on node: Node
    ) throws(CoverageError) -> String {
        let value = try counted(field, on: node)
        let others = try description(of: field, on: node).knownCodes?.filter { !codes.contains($0) }
        guard !codes.isEmpty, let others else {
            return fact(
                codes.isEmpty
                    ? "iif(\(value) IS NULL, NULL, 0)"
                    : "(\(value) IN (\(codes.map(literal).joined(separator: ", "))))"
            )
        }
        // A code of a newer version is in neither list: unknown.
        let numbers = codes.map { CodeNumber($0, 1) } + others.map { CodeNumber($0, 0) }
        return fact(.coded(value: value, numbers, other: nil))
    }

    private func date(_ field: String, on node: Node) throws(CoverageError) -> String {
        "rtrim(\(try counted(field, on: node)), '?')"
    }

    private mutating func hasChild(
        _ type: String,
        _ link: String,
        _ condition: Predicate,
        on node: Node
    ) throws(CoverageError) -> String {
        // 2 where some record satisfies it, 1 where some may: the greatest decides.
        let column = try childColumn(type, link, on: node, limit: 2) {
            (compiler, child) throws(CoverageError) in
            "max(ifnull((\(try compiler.sql(condition, on: child))) * 2, 1))"
        }
        let sql = "(CASE \(column) WHEN 2 THEN 1 WHEN 1 THEN NULL ELSE 0 END)"
        return isApart(node) ? sql : fact(sql)
    }

    /// Whether children of the node are read by a query of their own, and judged with its facts.
    private func isApart(_ node: Node) -> Bool {
        packsFacts && node.name == Self.root
    }

    /// The name of the table whose records are counted.
    static let root = "t"

    private mutating func childTable(
        _ type: String,
        _ link: String,
        on node: Node
    ) throws(CoverageError) -> Int {
        guard let record = survey.type(type), record.field(link) != nil else {
            throw .unknownField(FieldName(type, link))
        }
        let known = children.firstIndex {
            $0.node.type.name == type && $0.link == link && $0.owner == node.name
        }
        if let known { return known }
        let child = ChildTable(
            name: "\(prefix)\(children.count)",
            node: Node(name: Self.root, type: record),
            link: link,
            owner: node.name,
            ownerType: node.type.name,
            isApart: isApart(node),
            compiler: ConditionCompiler(survey, cutoff, prefix: "\(prefix)\(children.count)_"),
            counterparts: try Counterparts(record, survey, cutoff)
        )
        children.append(child)
        if !child.isApart {
            joins.append("LEFT JOIN \(child.name) ON \(child.name).parent = +\(node.name).id")
        }
        return children.count - 1
    }

    private mutating func parent(
        _ field: String,
        of node: Node
    ) throws(CoverageError) -> Node {
        guard case .reference(let target) = try description(of: field, on: node).kind,
            let type = survey.type(target)
        else { throw .unknownField(FieldName(node.type.name, field)) }
        let name = "p_\(node.name)_\(field)"
        let column = "\(node.name).\(quoted(field))"
        let join = """
            LEFT JOIN alias \(name)_a \
            ON \(name)_a.type = \(literal(target)) AND \(name)_a.record = \(column) \
            LEFT JOIN \(quoted(target)) \(name) ON \(name).id = ifnull(\(name)_a.target, \(column))
            """
        if !joins.contains(join) { joins.append(join) }
        return Node(name: name, type: type)
    }
}

/// Expressions that an inner query computes under short names.
struct NamedColumns {
    let prefix: String
    private(set) var expressions: [String] = []
    private var names: [String: String] = [:]

    init(prefix: String) { self.prefix = prefix }

    mutating func name(of expression: String) -> String {
        if let name = names[expression] { return name }
        let name = "\(prefix)\(expressions.count)_"
        expressions.append(expression)
        names[expression] = name
        return name
    }

    /// For the inner query's list of columns.
    var definitions: [String] {
        expressions.enumerated().map { "\($0.element) AS \(prefix)\($0.offset)_" }
    }
}
