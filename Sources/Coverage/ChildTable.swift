import Survey

/// Records that refer to others, folded to one row for each of those: scanned once, however many ask.
struct ChildTable {
    let name: String
    let node: ConditionCompiler.Node
    let link: String
    /// The table whose records are referred to, and their type.
    let owner: String
    let ownerType: String
    /// Read by a query of its own and found by key, which costs less than a join; else joined.
    let isApart: Bool
    var compiler: ConditionCompiler
    /// Leaves out records that count through those of an imported list.
    let counterparts: Counterparts?
    private(set) var facts: FactList
    /// A text beside the numbers, for work lists.
    var text: String?

    init(
        name: String,
        node: ConditionCompiler.Node,
        link: String,
        owner: String,
        ownerType: String,
        isApart: Bool,
        compiler: ConditionCompiler,
        counterparts: Counterparts?
    ) {
        self.name = name
        self.node = node
        self.link = link
        self.owner = owner
        self.ownerType = ownerType
        self.isApart = isApart
        self.compiler = compiler
        self.counterparts = counterparts
        facts = FactList(prefix: name + "e")
    }

    mutating func column(_ sql: String, limit: Int) -> String {
        let column = facts.name(of: .computed(sql, limit: limit))
        return isApart ? column : "\(name).\(column)"
    }

    /// The definition of the table, where it is joined.
    var table: String {
        "\(name) AS MATERIALIZED (\(select(facts.named)))"
    }

    /// The query that stands apart: parent, text, packed facts.
    var query: String {
        let tables = compiler.tables
        return (tables.isEmpty ? "" : "WITH \(tables.joined(separator: ",\n")) ")
            + select([text ?? "NULL"] + PackedFacts(facts).words)
    }

    private func select(_ columns: [String]) -> String {
        let link = "t.\(quoted(link))"
        return """
            SELECT ifnull(a.target, \(link)) AS parent, \(columns.joined(separator: ", "))
            FROM \(quoted(node.type.name)) t
            LEFT JOIN alias a ON a.type = \(literal(ownerType)) AND a.record = \(link) \
            \(compiler.joins.joined(separator: " "))
            WHERE t._flags & \(RowFlags.gone) = 0 AND \(link) IS NOT NULL \
            \(counterparts.map { " AND NOT \($0.outranked)" } ?? "") GROUP BY 1
            """
    }
}
