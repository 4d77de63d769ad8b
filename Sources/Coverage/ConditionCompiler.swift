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
    /// Whether facts become columns of inner queries: computed once a row, however often they are read.
    ///
    /// Only numbers pass from query to query: SQLite copies a text each time.
    let namesColumns: Bool
    private(set) var children: [ChildTable] = []
    private(set) var joins: [String] = []
    /// Conditions on single fields, and causes, over the tables.
    private(set) var facts = NamedColumns(prefix: "f")
    /// Conditions that several indicators share, over the facts.
    private(set) var conditions = NamedColumns(prefix: "c")
    private let shared: Set<Predicate>

    init(
        _ survey: DataDescription,
        _ cutoff: Cutoff,
        prefix: String = "k",
        namesColumns: Bool = false,
        shared: Set<Predicate> = []
    ) {
        self.survey = survey
        self.cutoff = cutoff
        self.prefix = prefix
        self.namesColumns = namesColumns
        self.shared = shared
    }

    /// Definitions of the child tables, innermost first.
    var tables: [String] {
        children.flatMap { $0.compiler.tables + [$0.sql] }
    }

    /// The name of a number that the inner query computes, or the expression where none is wanted.
    mutating func fact(_ sql: String) -> String {
        namesColumns ? facts.name(of: sql) : sql
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
        case .isRenewalDue(let birth, let issued):
            return fact(try isRenewalDue(birth, issued, on: node))
        case .and(let parts): return joined(try parts.map(part), " AND ", empty: "1")
        case .or(let parts): return joined(try parts.map(part), " OR ", empty: "0")
        case .not(let other): return "(NOT \(try part(other)))"
        case .certain(let other): return "ifnull(\(try part(other)), 0)"
        case .hasChild(let type, let link, let condition):
            return fact(try hasChild(type, link, condition, on: node))
        case .parent(let field, let condition):
            return try expression(condition, on: parent(field, of: node), isInside: isInside)
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
    private func joined(_ parts: [String], _ word: String, empty: String) -> String {
        parts.isEmpty ? empty : "(\(parts.joined(separator: word)))"
    }

    private func isOneOf(
        _ field: String,
        _ codes: [String],
        on node: Node
    ) throws(CoverageError) -> String {
        let value = try counted(field, on: node)
        let others = try description(of: field, on: node).knownCodes?.filter { !codes.contains($0) }
        guard !codes.isEmpty, let others else {
            return codes.isEmpty
                ? "iif(\(value) IS NULL, NULL, 0)"
                : "(\(value) IN (\(codes.map(literal).joined(separator: ", "))))"
        }
        // A list of cases costs less than IN, which looks up each value in a table of its own. A code
        // of a newer version is in neither list: unknown.
        let cases =
            codes.map { " WHEN \(literal($0)) THEN 1" }
            + others.map { " WHEN \(literal($0)) THEN 0" }
        return "(CASE \(value)\(cases.joined()) END)"
    }

    private func date(_ field: String, on node: Node) throws(CoverageError) -> String {
        "rtrim(\(try counted(field, on: node)), '?')"
    }

    /// A suspect date is trusted for its year only; a whole and certain one needs one comparison.
    private func age(
        _ years: Int,
        _ birth: String,
        on node: Node
    ) throws(CoverageError) -> String {
        let text = try counted(birth, on: node)
        let known = "iif(substr(\(text), -1) = '?', substr(\(text), 1, 4), \(text))"
        let bound = literal(cutoff.birthBound(years: years))
        return """
            (CASE WHEN length(\(text)) = 10 THEN \(text) <= \(bound) \
            WHEN \(known) || '~' <= \(bound) THEN 1 WHEN \(known) > \(bound) THEN 0 END)
            """
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
        joins.append("LEFT JOIN \(name) ON \(name).parent = +\(node.name).id")
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
    var definitions: String {
        expressions.enumerated().map { ",\n\($0.element) AS \(prefix)\($0.offset)_" }.joined()
    }

    /// The names that a text reads, for the list of columns of a query that passes them on.
    func read(by text: String) -> String {
        expressions.indices.map { "\(prefix)\($0)_" }.filter(text.contains).map { ", \($0)" }
            .joined()
    }
}
