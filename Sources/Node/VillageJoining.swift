package import Causality
import Replication
import Store
import Survey

/// Villages that become one: a merge joins two records of one village, not the people of two.
extension LocalNode {
    /// Says that a record is the same as another, which stands for both from now on.
    ///
    /// - Parameters:
    ///   - id: the record that is merged.
    ///   - target: the record that stands for both.
    ///   - overrulesDismissal: as ``Store/Store/merge(_:into:overrulesDismissal:author:)`` has it.
    /// - Returns: the entries that were written.
    /// - Throws: ``NodeError/villageInhabited(name:households:)`` where households lie under the path of
    ///   a village that would lose its name; else what the store throws.
    @discardableResult
    package func mergeDuplicates(
        _ id: RecordID,
        into target: RecordID,
        overrulesDismissal: Bool = false
    ) throws -> [Dot] {
        try store.transaction {
            try requireEmpty(id, besides: target)
            return try store.merge(
                id,
                into: target,
                overrulesDismissal: overrulesDismissal,
                author: user
            )
        }
    }

    /// Refuses to put anybody where there is no village any more.
    func requireStanding(_ scope: String) throws {
        let villages = try villages()
        guard let village = villages.first(where: { $0.scope == scope }),
            village.hasEnded(by: today)
        else { return }
        let next = successor(of: village, villages)
        throw NodeError.villageEnded(
            name: village.name,
            into: next.map { "\($0.name) (\($0.scope))" }
        )
    }

    /// The village that an ended one has gone into at last, where that one still stands.
    private func successor(of village: Village, _ villages: [Village]) -> Village? {
        var seen: Set<String> = []
        var next: Village? = village
        while let one = next, one.hasEnded(by: today) {
            guard let path = one.joinedInto, seen.insert(path).inserted else { return nil }
            next = villages.first { $0.scope == path }
        }
        return next
    }

    /// Refuses to take away a village's name while people live there; `target` stands for it then.
    func requireEmpty(_ id: RecordID, besides target: RecordID? = nil) throws {
        guard let village = try store.row(of: id), village.type.name == "village",
            try village.scope == store.rosterScope(), let path = village.text("scope"),
            try target.flatMap({ try store.row(of: $0) })?.text("scope") != path
        else { return }
        var households = 0
        try store.forEachRecord(of: "household", under: path) { _ in households += 1 }
        guard households == 0 else {
            throw NodeError.villageInhabited(
                name: village.text("name") ?? path,
                households: households
            )
        }
    }

    /// A village is joined into another one of the roster, and not, however far, into itself.
    func joiningProblems(
        _ type: RecordType,
        _ id: RecordID?,
        _ changed: [String: Value]
    ) throws -> [Problem] {
        guard type.name == "village", let field = type.field("merged_into"),
            let path = changed[field.name]?.text
        else { return [] }
        let roster = try store.rosterScope()
        var joined: [String: String?] = [:]
        try store.forEachRecord(of: "village", under: roster) { row in
            guard row.scope == roster, row.id != id, let scope = row.text("scope") else { return }
            joined[scope] = row.text(field.name)
        }
        let own = try changed["scope"]?.text ?? id.flatMap { try store.row(of: $0)?.text("scope") }
        var seen: Set<String> = []
        var next: String? = path
        while let village = next, village != own, seen.insert(village).inserted {
            guard let following = joined[village] else {
                return [
                    Problem(
                        .blocks,
                        field.name,
                        "unknown_village",
                        Label(
                            "\(field.label.vi): không có thôn \(village): xem 'doorstep village list'",
                            "\(field.label.en): no village \(village): see 'doorstep village list'"
                        )
                    )
                ]
            }
            next = following
        }
        guard next != nil else { return [] }
        return [
            Problem(
                .blocks,
                field.name,
                "joined_in_circle",
                Label(
                    "\(field.label.vi): thôn này nhập vào chính nó",
                    "\(field.label.en): the village would be joined into itself"
                )
            )
        ]
    }
}
