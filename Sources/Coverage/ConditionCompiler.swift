import Survey

/// Turns conditions over records into SQL expressions of value 1, 0 or NULL, with the joins they need.
///
/// Texts in the SQL come from the data description and from days, never from records.
struct ConditionCompiler {
    /// A table in the query: its name there, and what its rows are.
    struct Node {
        let name: String
        let type: RecordType
    }

    /// Records that refer to the root's, folded to one row each: scanned once, however many ask.
    struct ChildTable {
        let name: String
        let node: Node
        let link: String
        /// The table whose records are referred to.
        let owner: String
        var compiler: ConditionCompiler
        var columns: [String] = []

        var sql: String {
            let columns = columns.enumerated().map { "\($0.element) AS e\($0.offset)" }
            return """
                \(name) AS MATERIALIZED (
                SELECT ifnull(a.target, t.\(quoted(link))) AS parent, \
                \(columns.joined(separator: ", "))
                FROM \(quoted(node.type.name)) t
                LEFT JOIN alias a ON a.record = t.\(quoted(link)) \
                \(compiler.joins.joined(separator: " "))
                WHERE t._flags & 14 = 0 AND t.\(quoted(link)) IS NOT NULL GROUP BY 1)
                """
        }

        mutating func column(_ sql: String) -> String {
            let position = columns.firstIndex(of: sql) ?? columns.count
            if position == columns.count { columns.append(sql) }
            return "\(name).e\(position)"
        }
    }

    let survey: DataDescription
    let cutoff: Cutoff
    /// Prefix of the names that this compiler gives, so that nested ones differ.
    let prefix: String
    /// Whether facts become columns of an inner query, computed once a row however often they are read.
    let namesFacts: Bool
    private(set) var children: [ChildTable] = []
    private(set) var joins: [String] = []
    /// What the columns `f0`, `f1`, … of the inner query are.
    private(set) var facts: [String] = []
    private var factNames: [String: String] = [:]

    init(
        _ survey: DataDescription,
        _ cutoff: Cutoff,
        prefix: String = "k",
        namesFacts: Bool = false
    ) {
        self.survey = survey
        self.cutoff = cutoff
        self.prefix = prefix
        self.namesFacts = namesFacts
    }

    /// Definitions of the child tables, innermost first.
    var tables: [String] {
        children.flatMap { $0.compiler.tables + [$0.sql] }
    }

    /// The name of an expression in the inner query, or the expression itself where none is wanted.
    mutating func fact(_ sql: String) -> String {
        guard namesFacts else { return sql }
        if let name = factNames[sql] { return name }
        let name = "f\(facts.count)"
        facts.append(sql)
        factNames[sql] = name
        return name
    }

    /// An expression over the query's tables, or over the inner query's columns.
    mutating func sql(_ predicate: Predicate, on node: Node) throws(CoverageError) -> String {
        switch predicate {
        case .always: return "1"
        case .unknown: return "NULL"
        case .isOneOf(let field, let codes): return fact(try isOneOf(field, codes, on: node))
        case .isFilled(let field): return fact("(\(try counted(field, on: node)) IS NOT NULL)")
        case .isAtLeast(let field, let least):
            return fact("(\(try counted(field, on: node)) >= \(least))")
        case .contains(let field, let code):
            let value = try counted(field, on: node)
            return fact("(instr(',' || \(value) || ',', \(literal(",\(code),"))) > 0)")
        case .ageAtLeast(let years, let birth):
            return fact(try age(years, birth, on: node))
        case .isReached(let field):
            let bound = literal(Cutoff.bound(cutoff.day))
            return fact("(\(try date(field, on: node)) <= \(bound))")
        case .isPast(let field):
            let bound = literal(Cutoff.bound(cutoff.day.adding(days: -1)))
            return fact("(\(try date(field, on: node)) || '~' <= \(bound))")
        case .isFrom(let field, let day):
            let bound = literal(Cutoff.bound(day.adding(days: -1)))
            return fact("(\(try date(field, on: node)) || '~' > \(bound))")
        case .and(let parts): return try join(parts, " AND ", empty: "1", on: node)
        case .or(let parts): return try join(parts, " OR ", empty: "0", on: node)
        case .not(let part): return "(NOT \(try sql(part, on: node)))"
        case .certain(let part): return "ifnull(\(try sql(part, on: node)), 0)"
        case .hasChild(let type, let link, let condition):
            return fact(try hasChild(type, link, condition, on: node))
        case .parent(let field, let condition):
            return try sql(condition, on: parent(field, of: node))
        }
    }

    /// An aggregate over the records of `type` that refer to the node's record through `link`.
    mutating func childColumn(
        _ type: String,
        _ link: String,
        on node: Node,
        _ aggregate: (inout ConditionCompiler, Node) throws(CoverageError) -> String
    ) throws(CoverageError) -> String {
        let position = try childTable(type, link, on: node)
        let column = try aggregate(&children[position].compiler, children[position].node)
        return children[position].column(column)
    }
}

extension ConditionCompiler {
    private mutating func join(
        _ parts: [Predicate],
        _ word: String,
        empty: String,
        on node: Node
    ) throws(CoverageError) -> String {
        var texts: [String] = []
        for part in parts { texts.append(try sql(part, on: node)) }
        return texts.isEmpty ? empty : "(\(texts.joined(separator: word)))"
    }

    private func isOneOf(
        _ field: String,
        _ codes: [String],
        on node: Node
    ) throws(CoverageError) -> String {
        var value = try counted(field, on: node)
        if try description(of: field, on: node).mayBeUnknown {
            value = "nullif(\(value), 'unknown')"
        }
        if codes.isEmpty { return "iif(\(value) IS NULL, NULL, 0)" }
        if codes.count == 1 { return "(\(value) = \(literal(codes[0])))" }
        return "(\(value) IN (\(codes.map(literal).joined(separator: ", "))))"
    }

    private func date(_ field: String, on node: Node) throws(CoverageError) -> String {
        "rtrim(\(try counted(field, on: node)), '?')"
    }

    /// A suspect date is trusted for its year only.
    private func age(
        _ years: Int,
        _ birth: String,
        on node: Node
    ) throws(CoverageError) -> String {
        let text = try counted(birth, on: node)
        let born = "iif(substr(\(text), -1) = '?', substr(\(text), 1, 4), \(text))"
        let bound = literal(cutoff.birthBound(years: years))
        return "(CASE WHEN \(born) || '~' <= \(bound) THEN 1 WHEN \(born) > \(bound) THEN 0 END)"
    }

    private mutating func hasChild(
        _ type: String,
        _ link: String,
        _ condition: Predicate,
        on node: Node
    ) throws(CoverageError) -> String {
        // 2 where some record satisfies it, 1 where some may: the greatest decides.
        let column = try childColumn(type, link, on: node) {
            (compiler, child) throws(CoverageError) in
            "max(ifnull((\(try compiler.sql(condition, on: child))) * 2, 1))"
        }
        return "(CASE \(column) WHEN 2 THEN 1 WHEN 1 THEN NULL ELSE 0 END)"
    }

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
        let name = "\(prefix)\(children.count)"
        children.append(
            ChildTable(
                name: name,
                node: Node(name: "t", type: record),
                link: link,
                owner: node.name,
                compiler: ConditionCompiler(survey, cutoff, prefix: "\(name)_")
            )
        )
        joins.append("LEFT JOIN \(name) ON \(name).parent = \(node.name).id")
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
            LEFT JOIN alias \(name)_a ON \(name)_a.record = \(column) \
            LEFT JOIN \(quoted(target)) \(name) ON \(name).id = ifnull(\(name)_a.target, \(column))
            """
        if !joins.contains(join) { joins.append(join) }
        return Node(name: name, type: type)
    }
}
