package import Causality
package import Coverage
package import Node
import SQLite
import Store
package import Survey

/// All that somebody needs before he knocks: who lives there, what each lacks, what was said last.
package struct HouseholdCard: Sendable {
    package struct Member: Sendable {
        package let id: RecordID
        package let name: String
        /// As precise as it is known.
        package let birth: String?
        /// Completed years; nil where the date of birth does not tell.
        package let age: Int?
        package let relation: Label?
        package let presence: Label?
        /// By the printed targets; what is not known comes with its cause.
        package let lacks: [Lack]
        package let problems: [Problem]
        /// Whether it is still open since when he is gone, or away for long.
        package let lacksDay: Bool
        /// Dead, moved away, or never there.
        package let isGone: Bool
    }

    package struct Visit: Hashable, Sendable {
        package let id: RecordID
        package let round: String
        package let at: LocalTime?
        /// Sign-in name.
        package let by: String
        package let outcome: Label
        package let note: String?
    }

    /// A number that may be called: where the household was not asked, `isAgreed` is nil.
    package struct Phone: Hashable, Sendable {
        package let owner: String
        /// As it is dialled.
        package let number: String
        package let isAgreed: Bool?
    }

    package let household: RecordSummary
    package let group: String?
    package let state: Label
    package let assignedTo: String?
    package let members: [Member]
    /// What the household as a whole lacks.
    package let lacks: [Lack]
    /// The latest first.
    package let visits: [Visit]
    /// None where the household does not agree to be called.
    package let phones: [Phone]
    /// Whether it was told about its data in this round.
    package let isTold: Bool
    /// What it said to the voluntary purposes: field of the notice, answer's code.
    package let consents: [String: String]
    /// Open checks of the household itself; those of people stand at them.
    package let problems: [Problem]
    /// Visits that are begun here and not finished, a colleague's too.
    package let openVisits: [OpenVisit]
    /// Those of them whose authors cannot end them; see ``VisitDesk/takeOver(_:)``.
    package let left: [OpenVisit]

    /// Whether everybody who is recorded there is dead or gone.
    package var isEmptied: Bool { !members.isEmpty && members.allSatisfy(\.isGone) }
}

extension LocalNode {
    /// The card of a household.
    ///
    /// Goes to the access log.
    package func householdCard(_ id: RecordID) throws -> HouseholdCard {
        let (card, row) = try store.reading { try CardReader(self).card(id) }
        logRecord(.show, row.id, type: row.type, scope: row.scope) { card.members.map(\.id) }
        return card
    }
}

struct CardReader {
    let node: LocalNode

    init(_ node: LocalNode) {
        self.node = node
    }

    func card(_ id: RecordID) throws -> (HouseholdCard, RecordRow) {
        let store = node.store
        guard let row = try store.row(of: id).flatMap({ try store.survivor(of: $0) }),
            row.type.name == "household", !row.isGone, let key = try store.locate(row.id)?.key
        else { throw VisitingError.noHousehold }
        let children = try store.children(of: row.id)
        let lacks = try WorklistReader(node).reader().lacks(household: key, store.db)
        let matters = try node.openMatters(of: row.id)
        let open = Dictionary(grouping: matters) { $0.record.id }
            .mapValues { $0.flatMap(\.problems) }
        let undated = Set(
            matters.filter { $0.unanswered.contains { $0.name == "presence_on" } }.map(\.record.id)
        )
        let people = children.filter { $0.type.name == "resident" }
        let consents = try consents(row.id)
        let round = node.round(of: node.today)
        let begun = try VisitDesk(node).openVisits(ofEverybody: true)
            .filter { $0.household == row.id }
        let card = HouseholdCard(
            household: try node.summary(of: row, try node.placeNames()),
            group: row.text("group"),
            state: label("state", of: row) ?? Label("", ""),
            assignedTo: row.text("assigned_to"),
            members: try people.map { person in
                try member(
                    person,
                    lacks["resident"] ?? [:],
                    open[person.id] ?? [],
                    lacksDay: undated.contains(person.id)
                )
            },
            lacks: lacks["household"]?[key] ?? [],
            visits: visits(children),
            phones: phones(row, people, consents),
            isTold: children.contains {
                $0.type.name == "notice" && $0.text("round") == round
            },
            consents: consents,
            problems: open[row.id] ?? [],
            openVisits: begun,
            left: try begun.filter { try !node.isStaff($0.user, of: row.scope) }
        )
        return (card, row)
    }

    private func member(
        _ row: RecordRow,
        _ lacks: [Int64: [Lack]],
        _ problems: [Problem],
        lacksDay: Bool
    ) throws -> HouseholdCard.Member {
        let key = try node.store.locate(row.id)?.key
        return HouseholdCard.Member(
            id: row.id,
            name: row.text("full_name") ?? "",
            birth: row.text("birth"),
            age: row.text("birth").flatMap { PartialDate($0)?.age(on: node.today) },
            relation: label("relation", of: row),
            presence: label("presence", of: row),
            lacks: key.flatMap { lacks[$0] } ?? [],
            problems: problems,
            lacksDay: lacksDay,
            isGone: LocalNode.isGone(row)
        )
    }

    private func label(_ name: String, of row: RecordRow) -> Label? {
        guard let field = row.type.field(name), row[name] != .null else { return nil }
        return Label(field.words(row[name], .vi), field.words(row[name], .en))
    }

    func visits(_ children: [RecordRow]) -> [HouseholdCard.Visit] {
        children.filter { $0.type.name == "visit" }.map { row in
            HouseholdCard.Visit(
                id: row.id,
                round: row.text("round") ?? "",
                at: row.text("started_at").flatMap { LocalTime($0) },
                by: row.text("by") ?? "",
                outcome: label("outcome", of: row) ?? Label("", ""),
                note: row.text("note")
            )
        }.sorted { ($0.at?.description ?? "", $0.id) > ($1.at?.description ?? "", $1.id) }
    }

    private func consents(_ household: RecordID) throws -> [String: String] {
        let known = try Consents(node.store, household: household)
        let fields = Purpose.Name.allCases.compactMap(\.consent)
        return Dictionary(
            uniqueKeysWithValues: fields.compactMap { field in
                known.answer(field).map { (field, $0) }
            }
        )
    }

    /// Nobody is called who said no (law, R3), or who is dead or lives elsewhere by now, under
    /// whosever name the number stands.
    func phones(
        _ household: RecordRow,
        _ people: [RecordRow],
        _ consents: [String: String]
    ) -> [HouseholdCard.Phone] {
        let answer = Purpose.Name.contactByPhone.consent.flatMap { consents[$0] }
        guard answer == nil || answer == "yes" else { return [] }
        let gone = people.filter { LocalNode.isGone($0) }
        let here = people.filter { !LocalNode.isGone($0) }
        let theirs = here.compactMap { person in
            person.text("phone").map { (person.text("full_name") ?? "", $0) }
        }
        let own = household.text("phone").flatMap { number in
            let isOfGone = gone.contains { $0.text("phone") == number }
            return isOfGone && !theirs.contains { $0.1 == number } ? nil : ("", number)
        }
        return ([own].compactMap(\.self) + theirs).map { owner, number in
            HouseholdCard.Phone(owner: owner, number: number, isAgreed: answer.map { $0 == "yes" })
        }
    }
}
