import Causality
import Coverage
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// A working day in a synthetic village.
@Suite struct DayTests {
    @Test func `twenty visits, and the figures, the list and the lead know of them`() throws {
        let doors = try Doorsteps(seed: 11, households: 24)
        let lan = try doors.node("lan")
        let desk = VisitDesk(lan)
        let before = try lan.worklist()
        #expect(before.done == 0 && before.total == before.items.count && before.total >= 20)
        var asked: Set<RecordID> = []
        for (number, item) in before.items.prefix(20).enumerated() {
            let key = try desk.begin(item.id)
            switch number {
            case 3: try desk.take(key, .visit, "outcome", "no-contact")
            case 7:
                try desk.take(key, .visit, "outcome", "postponed")
                try desk.take(key, .visit, "next_on", "5/8/2026")
            case 11:
                try desk.take(key, .visit, "outcome", "refused")
                try desk.take(key, .visit, "refusal_scope", "visit")
            default: asked.formUnion(try survey(desk, key, item.id))
            }
            doors.now += 12 * 60_000
            _ = try desk.saved(key)
        }
        try checkFigures(lan, asked)
        let after = try lan.worklist()
        #expect(after.done == 18 && after.total == before.total)
        func filtered(_ filter: WorklistQuery.Filter) throws -> [WorklistItem] {
            var query = WorklistQuery()
            query.filter = filter
            return try lan.worklist(query).items
        }
        #expect(try filtered(.away).map(\.id) == [before.items[3].id])
        #expect(try filtered(.callAgain).map(\.id) == [before.items[7].id])
        #expect(try filtered(.notVisited).count == before.total - 20)
        #expect(try filtered(.open).count == before.total - 18)
        let days = try lan.staffDay(lan.today)
        #expect(days.map(\.user) == ["lan"] && days[0].visits == 20)
        #expect(days[0].outcomes["complete"] == 17 && days[0].medianMinutes == 12)
        #expect(try lan.leadMatters().map(\.kind) == [.refused])
        doors.now += 3 * 24 * 3_600_000
        #expect(Set(try lan.leadMatters().map(\.kind)) == [.refused, .overdue])
        #expect(try lan.worklist().due == 1)
    }

    /// Everybody there says that he has a payment account; returns the adults who live there.
    private func survey(
        _ desk: VisitDesk,
        _ key: VisitKey,
        _ home: RecordID
    ) throws -> Set<RecordID> {
        try desk.meet(key)
        try desk.change(key) { try $0.confirm(.members) }
        try desk.take(key, home, "smartphone", "1")
        try desk.take(key, home, "tablet", "0")
        var adults: Set<RecordID> = []
        for case .person(let id) in try desk.form(key).steps {
            let form = try desk.form(key)
            let record = try #require(form.record(id))
            guard let payment = record.type.field("payment_has_any"),
                form.isAsked(payment, record, record.values)
            else { continue }
            _ = try desk.change(key) { try $0.answer(SectionID(id, "payment"), .yes) }
            adults.insert(id)
        }
        try desk.take(key, .notice, "given_how", "read-aloud")
        return adults
    }

    private func checkFigures(_ node: LocalNode, _ asked: Set<RecordID>) throws {
        #expect(asked.count > 20)
        let missing = try node.missing("epayment-account")
        #expect(Set(missing.map(\.record.id)).isDisjoint(with: asked))
        for id in asked {
            let row = try #require(try node.store.row(of: id))
            #expect(row.text("payment_has_any") == "yes")
            #expect(row.text("payment_observed_on") == "2026-08-03")
        }
    }

    @Test func `the list follows the houses, and is found in without accents`() throws {
        let doors = try Doorsteps(seed: 12)
        let node = try doors.node("lan")
        let all = try node.worklist().items
        let keys = all.map { SortKey.place($0.group ?? "") }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
        let someone = try #require(all.first { $0.head?.isEmpty == false })
        var query = WorklistQuery()
        query.search = TextFold.fold(try #require(someone.head))
        #expect(try node.worklist(query).items.contains { $0.id == someone.id })
        query.search = try #require(someone.code)
        #expect(try node.worklist(query).items.contains { $0.id == someone.id })
        query.search = "zzz"
        #expect(try node.worklist(query).items.isEmpty)
        query.search = ""
        query.scopes = []
        #expect(try node.worklist(query).items.isEmpty)
    }

    @Test(arguments: [
        ("nguyeenx vawn hungf", "nguyen van hung"), ("ddoox thij booongs", "do thi bong"),
        ("traanf suwowng", "tran suong"), ("Đỗ 12", "đỗ 12"), ("xuaan", "xuan"), ("", ""),
    ])
    func `keys of an input method that was off are no letters`(typed: String, meant: String) {
        #expect(TelexLeftovers.removed(from: typed) == meant)
    }

    @Test func `the card tells who lives there and what each lacks, as the figures do`() throws {
        let doors = try Doorsteps(seed: 13)
        let node = try doors.node("lan")
        let home = try doors.family(of: 2)
        let card = try node.householdCard(home)
        #expect(card.members.count == (try doors.people(of: home).count))
        let figures = Set(try node.missing("id-card").map(\.record.id))
        for member in card.members {
            let isLacking = member.lacks.contains { $0.indicator.name == "id-card" }
            #expect(isLacking == figures.contains(member.id))
        }
        #expect(card.members.contains { !$0.lacks.isEmpty })
        _ = try VisitDesk(node).begin(home)
        let colleague = try doors.node("hoa")
        #expect(try colleague.householdCard(home).openVisits.map(\.user) == ["lan"])
    }

    @Test func `nobody is called who does not want it`() throws {
        let doors = try Doorsteps(seed: 13)
        let node = try doors.node("lan")
        let home = try doors.family(of: 2)
        let desk = VisitDesk(node)
        _ = try node.editRecord(home, [FieldInput("phone", "0905990001")])
        #expect(try node.householdCard(home).phones.contains { $0.number == "0905990001" })
        let key = try desk.begin(home)
        try desk.meet(key)
        for (field, text) in [
            ("given_how", "screen"), ("consent_contact_by_phone", "no"),
        ] {
            try desk.take(key, .notice, field, text)
        }
        let phone = QuestionID(home, "phone")
        #expect(throws: VisitingError.noQuestion) { try desk.answer(key, phone, "0905990002") }
        _ = try desk.saved(key)
        let card = try node.householdCard(home)
        #expect(card.phones.isEmpty && card.isTold)
    }

    @Test func `households are given to those who may visit them`() throws {
        let doors = try Doorsteps(seed: 14)
        let other = try doors.hub.addVillage("Thôn Mẫu 2").scope
        for (name, villages) in [("lan", [Doorsteps.scope]), ("hoa", [other])] {
            _ = try doors.hub.addUser(
                name,
                UserDraft(displayName: "Ví Dụ", role: .fieldStaff, villages: villages)
            )
        }
        let some = Array(doors.households.prefix(3))
        #expect(try doors.hub.assign(some, to: "lan") == 3)
        #expect(try doors.hub.assign(some, to: "lan") == 0)
        #expect(throws: VisitingError.noSuchStaff) { try doors.hub.assign(some, to: "hoa") }
        #expect(throws: VisitingError.noSuchStaff) { try doors.hub.assign(some, to: "ai-do") }
        var query = WorklistQuery()
        query.assignedTo = "hoa"
        let all = try doors.hub.worklist().total
        #expect(try doors.hub.worklist(query).total == all - 3)
        #expect(try doors.hub.assign(some, to: nil) == 3)
        #expect(try doors.hub.worklist(query).total == all)
    }
}
