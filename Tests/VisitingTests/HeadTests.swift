import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Who heads a household after its head has died or moved, and households that nobody is left in.
@Suite struct HeadTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let head: RecordID
    private let heir: RecordID
    private let desk: VisitDesk

    init() throws {
        doors = try Doorsteps(seed: 95)
        home = try doors.family(of: 3)
        desk = try doors.desk("lan")
        let people = try doors.people(of: home).filter { $0.text("presence") == "here" }
        let known = try people.first { $0.text("relation") == "head" } ?? #require(people.first)
        head = known.id
        heir = try #require(people.first { $0.id != known.id }).id
        try record(home, [("head", head.description), ("phone", "0905990001")])
        try record(head, [("relation", "head"), ("phone", "0905990001")])
        try record(heir, [("relation", "spouse"), ("phone", "0905990002")])
    }

    private func record(_ id: RecordID, _ facts: [(String, String)]) throws {
        let saved = try doors.hub.editRecord(id, facts.map { FieldInput($0.0, $0.1) })
        #expect(!saved.isRefused, "\(saved.problems)")
    }

    private func name(_ id: RecordID) throws -> String? {
        try doors.hub.store.row(of: id)?.text("full_name")
    }

    private func item(_ id: RecordID) throws -> WorklistItem {
        try #require(try doors.hub.worklist().items.first { $0.id == id })
    }

    private func question(_ key: VisitKey) throws -> (question: Question, isFolded: Bool) {
        let groups = try #require(try desk.form(key).screen(.devices)).groups
        let group = try #require(
            groups.first { $0.questions.contains { $0.id.field == "head" } }
        )
        let found = group.questions.first { $0.id.field == "head" }
        return (try #require(found), group.isFolded)
    }

    @Test func `after the head's death the visit asks for another, and takes whom it is told`()
        throws
    {
        let key = try desk.begin(home)
        try desk.meet(key)
        #expect(try question(key).isFolded)
        try desk.take(key, head, "presence", "deceased")
        let (asked, isFolded) = try question(key)
        #expect(!isFolded && !asked.isFolded && asked.isNeeded && asked.value == .null)
        guard case .choice(let choices) = asked.input else {
            Issue.record("no choice")
            return
        }
        #expect(choices.contains { $0.code == heir.description })
        #expect(!choices.contains { $0.code == head.description })
        let form = try desk.form(key)
        #expect(form.missing.contains { $0.question == asked.id && $0.step == .devices })
        #expect(form.warnings.contains { $0.problem.code == "head_missing" && $0.step == .devices })
        // Chosen wrongly first: of two heads none is left over.
        let other = try #require(
            form.members.first { ![head, heir].contains($0.id) && !form.isGone($0) }
        )
        try desk.take(key, home, "head", other.id.description)
        #expect(try desk.form(key).values(of: other.id)["relation"] == .text("head"))
        try desk.take(key, home, "head", heir.description)
        let told = try desk.form(key)
        #expect(told.values(of: other.id)["relation"] == other.values["relation"])
        #expect(!told.missing.contains { $0.question == asked.id })
        #expect(!told.warnings.contains { $0.problem.field == "head" })
        _ = try desk.saved(key)
        #expect(try doors.hub.store.row(of: heir)?.text("relation") == "head")
        #expect(try item(home).head == name(heir))
        #expect(try doors.hub.summary(of: home)?.household?.head == name(heir))
    }

    @Test func `a head who is dead or has moved heads nothing, and is not called`() throws {
        try record(head, [("presence", "deceased")])
        #expect(try item(home).head == nil)
        let card = try doors.hub.householdCard(home)
        #expect(card.household.household?.head == nil)
        let numbers = card.phones.map(\.number)
        #expect(numbers.contains("0905990002") && !numbers.contains("0905990001"))
        #expect(card.members.first { $0.id == head }?.isGone == true && !card.isEmptied)
        // Whoever is recorded as the head is so, whomever the household still names.
        try record(heir, [("relation", "head")])
        #expect(try item(home).head == name(heir))
        #expect(try doors.hub.summary(of: home)?.household?.head == name(heir))
    }

    @Test func `a household that everybody has left is shown so, and is none to visit`() throws {
        for person in try doors.people(of: home) { try record(person.id, [("presence", "moved")]) }
        let found = try item(home)
        #expect(found.isEmptied && found.people == 0 && found.head == nil)
        var query = WorklistQuery()
        query.filter = .notVisited
        let list = try doors.hub.worklist(query)
        #expect(!list.items.contains { $0.id == home } && list.next?.id != home)
        #expect(try doors.hub.householdCard(home).isEmptied)
        #expect(try doors.hub.householdCard(home).phones.isEmpty)
    }

    @Test func `the next household is the one behind the last in the order of the way`() throws {
        let lan = try doors.node("lan")
        let order = try lan.worklist().items.map(\.id)
        #expect(try lan.worklist().next?.id == order.first)
        func visit(_ place: Int, _ outcome: String) throws {
            doors.now += 60_000
            let saved = try lan.addVisit(to: order[place], outcome: outcome)
            #expect(!saved.isRefused, "\(saved.problems)")
        }
        try visit(4, "no-contact")
        #expect(try lan.worklist().next?.id == order[5])
        try visit(5, "complete")
        _ = try doors.node("hoa").addVisit(to: order[6], outcome: "complete")
        #expect(try lan.worklist().next?.id == order[7])
        // Behind the last comes the first again; who was not at home is tried another day.
        try visit(order.count - 1, "complete")
        #expect(try lan.worklist().next?.id == order[0])
        for place in 0..<4 { try visit(place, "complete") }
        #expect(try lan.worklist().next?.id == order[7])
    }
}
