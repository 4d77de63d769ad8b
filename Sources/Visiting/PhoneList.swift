package import Causality
package import Coverage
package import Node
import Store
package import Survey

/// What a phone takes along: the user's own households that are still open, and how to ask there.
package struct PhoneList: Sendable {
    package struct Household: Sendable {
        package let item: WorklistItem
        /// Whether it is assigned to the user, or he has visited it in this round or begun to: only of
        /// these a phone gets personal numbers in full.
        package let isOwn: Bool
        /// A visit that would begin now: everything that its pages show.
        package let form: VisitForm
        /// What is known to be lacking, by record.
        package let lacks: [RecordID: [Lack]]
        package let phones: [HouseholdCard.Phone]
        /// The latest one that is saved.
        package let last: HouseholdCard.Visit?
        /// Who made the last visit of the round, as colleagues know him.
        package let visitedBy: String?
        /// The user's own visit that is begun at this node and not finished.
        package let begun: VisitKey?
    }

    package let households: [Household]
    /// Of all the user's households in this round.
    package let done: Int
    package let total: Int
    /// Open ones beyond the limit, which the phone does not get.
    package let left: Int
    package let round: String
    package let today: CalendarDay
    /// Optional fields that the commune collects.
    package let collected: Set<FieldName>
}

extension LocalNode {
    /// The open households of this round that are the user's, or nobody's in particular, as one
    /// moment shows them.
    ///
    /// Goes to the access log. `scopes`: the villages in which the user records.
    package func phoneList(scopes: Set<String>) throws -> PhoneList {
        let list = try store.reading { try PhoneListReader(self).list(scopes) }
        if let type = description.type("household") {
            logList(
                .worklist,
                Array(repeating: type, count: list.households.count),
                scope: scopes.count == 1 ? scopes.first : nil,
                filter: "phone"
            )
        }
        return list
    }
}

private struct PhoneListReader {
    let node: LocalNode
    let desk: VisitDesk
    let reader: WorklistReader

    init(_ node: LocalNode) {
        self.node = node
        desk = VisitDesk(node)
        reader = WorklistReader(node)
    }

    func list(_ scopes: Set<String>) throws -> PhoneList {
        var query = WorklistQuery()
        query.scopes = scopes
        query.assignedTo = node.user
        query.filter = .open
        let list = try reader.list(query)
        let items = list.items.prefix(VisitingLimits.phoneHouseholds)
        let lacks = try reader.reader().lacks(node.store.db)
        let tokens = try Dictionary(
            uniqueKeysWithValues: Set(items.map(\.scope)).map {
                ($0, try node.store.token(scope: $0))
            }
        )
        let visitors = try Dictionary(
            uniqueKeysWithValues: Set(items.compactMap(\.visitedBy)).map {
                ($0, try node.displayName(of: $0))
            }
        )
        return PhoneList(
            households: try items.compactMap { item in
                try tokens[item.scope].map {
                    try household(
                        item,
                        $0,
                        lacks,
                        visitedBy: item.visitedBy.flatMap { visitors[$0] }
                    )
                }
            },
            done: list.done,
            total: list.total,
            left: list.items.count - items.count,
            round: list.round,
            today: node.today,
            collected: try node.collectedFields()
        )
    }

    private func household(
        _ item: WorklistItem,
        _ token: Token,
        _ lacks: [String: [Int64: [Lack]]],
        visitedBy: String?
    ) throws -> PhoneList.Household {
        let draft = VisitDraft(
            household: item.id,
            round: reader.round,
            begun: node.now,
            token: token
        )
        let form = try desk.form(draft)
        var found: [RecordID: [Lack]] = [:]
        for record in [form.household] + form.people {
            guard let key = try node.store.locate(record.id)?.key else { continue }
            let known = (lacks[record.type.name]?[key] ?? []).filter(\.isKnown)
            if !known.isEmpty { found[record.id] = known }
        }
        let cards = CardReader(node)
        let children = try node.store.children(of: item.id)
        let people = children.filter { $0.type.name == "resident" }
        let phones = try node.store.row(of: item.id).map {
            cards.phones($0, people, form.consents)
        }
        let begun = try desk.drafts.open(household: item.id.description)
        return PhoneList.Household(
            item: item,
            isOwn: item.assignedTo == node.user || item.visitedBy == node.user || begun != nil,
            form: form,
            lacks: found,
            phones: phones ?? [],
            last: cards.visits(children).first,
            visitedBy: visitedBy,
            begun: begun
        )
    }
}
