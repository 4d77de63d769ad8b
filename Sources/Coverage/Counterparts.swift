import SQLite
import Survey

/// Records of one thing that a visitor and an imported list have both made: the list's counts.
///
/// Whichever came first, figures are the same: an import that finds the visitor's record writes to that
/// one, and one that does not yet know of it makes another (indicators 1.6 and 4.5).
struct Counterparts {
    private let type: RecordType
    private let sameness: RecordType.Sameness
    private let link: String
    private let parent: String
    private let cutoff: Cutoff
    /// The fields that a list fills in, each with the surveyed one.
    private let pairs: [(surveyed: Field, listed: Field)]
    private let isOpen: [String: String]

    /// Nil for a type of which nobody can tell.
    init?(
        _ type: RecordType,
        _ survey: DataDescription,
        _ cutoff: Cutoff
    ) throws(CoverageError) {
        guard let sameness = type.sameness, let link = type.parent,
            case .reference(let parent) = type.field(link)?.kind
        else { return nil }
        self.type = type
        self.sameness = sameness
        self.link = link
        self.parent = parent
        self.cutoff = cutoff
        pairs = type.fields.compactMap { field in
            type.registerField(of: field.name).map { (field, $0) }
        }
        var isOpen: [String: String] = [:]
        for name in ["t", "o"] {
            var compiler = ConditionCompiler(survey, cutoff)
            let node = ConditionCompiler.Node(name: name, type: type)
            isOpen[name] = try compiler.sql(sameness.among, on: node)
        }
        self.isOpen = isOpen
    }

    /// The condition that a row `t`, whose parent's alias is `a`, counts through another one.
    var outranked: String {
        """
        (ifnull(NOT \(isListed("t")) AND (\(owner("t", alias: "a")), \(same("t"))) IN \
        (SELECT \(owner("o", alias: "b")), \(same("o")) FROM \(others)), 0))
        """
    }

    /// Pairs of records of which the list says something else than the visitor: keys of both, scope of
    /// the visitor's, and for each of ``fields`` whether they differ.
    var disagreements: String {
        let listed = pairs.map { "o.\(quoted($0.listed.name)) AS \(quoted($0.listed.name))" }
        let differs = pairs.map { pair in
            let surveyed = "t.\(quoted(pair.surveyed.name))"
            return "ifnull(\(surveyed) <> 'unknown' AND "
                + "\(surveyed) <> l.\(quoted(pair.listed.name)), 0)"
        }
        return """
            WITH l AS MATERIALIZED (SELECT \(owner("o", alias: "b")) AS owner, \(same("o")) AS same,
            o.id AS id, \(listed.joined(separator: ", ")) FROM \(others))
            SELECT t.id, l.id, t._scope, \(differs.joined(separator: ", "))
            FROM \(quoted(type.name)) t
            LEFT JOIN alias a ON a.type = \(literal(parent)) AND a.record = t.\(quoted(link))
            JOIN l ON l.owner = \(owner("t", alias: "a")) AND l.same = \(same("t"))
            WHERE t._flags & \(RowFlags.gone) = 0 AND NOT \(isListed("t")) AND \(isOpen["t"] ?? "1")
            AND (\(differs.joined(separator: " OR ")))
            """
    }

    /// The surveyed fields, in the order of ``disagreements``.
    var fields: [Field] { pairs.map(\.surveyed) }

    /// Records of a list, with their parents' aliases.
    private var others: String {
        """
        \(quoted(type.name)) o
        LEFT JOIN alias b ON b.type = \(literal(parent)) AND b.record = o.\(quoted(link))
        WHERE o._flags & \(RowFlags.gone) = 0 AND \(isListed("o")) AND \(isOpen["o"] ?? "1")
        AND o.\(quoted(link)) IS NOT NULL AND \(same("o")) IS NOT NULL
        """
    }

    private func owner(_ name: String, alias: String) -> String {
        "ifnull(\(alias).target, \(name).\(quoted(link)))"
    }

    /// NULL where it does not tell.
    private func same(_ name: String) -> String {
        let column = "\(name).\(quoted(sameness.field))"
        let vague = sameness.vague.sorted().map(literal).joined(separator: ", ")
        return "iif(\(column) IN (\(vague)), NULL, \(column))"
    }

    /// Whether a list says something of it that counts at the cut-off date.
    private func isListed(_ name: String) -> String {
        let filled = pairs.map { "\(name).\(quoted($0.listed.name)) IS NOT NULL" }
        let isFilled = "(\(filled.joined(separator: " OR ")))"
        guard cutoff.hasLater, type.field(RecordType.registerDay) != nil else { return isFilled }
        let day = "\(name).\(quoted(RecordType.registerDay))"
        return "(\(isFilled) AND ifnull(\(day) <= \(literal(Cutoff.bound(cutoff.day))), 1))"
    }
}
