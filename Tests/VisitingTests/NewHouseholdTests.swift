import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// A household that is on no list, begun at its door.
@Suite struct NewHouseholdTests {
    private let doors: Doorsteps
    private let desk: VisitDesk

    init() throws {
        doors = try Doorsteps(seed: 96)
        desk = try doors.desk("lan")
    }

    @Test func `it is saved as the user's own and begun once, with who lives there`() throws {
        let new = NewHousehold(address: "Nhà sau chợ", group: "Tổ 3", name: "Trần Thị Ví Dụ")
        let id = desk.newHouseholdID()
        var keys: [VisitKey] = []
        for _ in 0..<2 {
            guard case .begun(let key) = try desk.beginNew(new, as: id, in: Doorsteps.scope) else {
                Issue.record("refused")
                return
            }
            keys.append(key)
        }
        #expect(keys[0] == keys[1], "sent twice it is one household")
        let row = try #require(try doors.hub.store.row(of: id))
        #expect(row.text("assigned_to") == "lan" && row.text("state") == "occupied")
        #expect(row.text("code") != nil && row.scope == Doorsteps.scope)
        let form = try desk.form(keys[0])
        #expect(form.members.map { form.name(of: $0.id).vi } == ["Trần Thị Ví Dụ"])
        #expect(form.members.allSatisfy { form.values(of: $0.id)["relation"] == .text("head") })
    }

    @Test func `a name that was told at a closed door goes into the visit's note`() throws {
        let new = NewHousehold(address: "Nhà sau chợ", group: "Tổ 3", name: "Trần Thị Ví Dụ")
        let id = desk.newHouseholdID()
        guard case .begun(let key) = try desk.beginNew(new, as: id, in: Doorsteps.scope) else {
            Issue.record("refused")
            return
        }
        try desk.take(key, .visit, "outcome", "no-contact")
        try desk.take(key, .visit, "note", "Khóa cửa")
        #expect(try desk.form(key).blocking.isEmpty)
        let saved = try desk.saved(key)
        let row = try #require(try saved.visit.flatMap { try doors.hub.store.row(of: $0) })
        #expect(row.text("note") == "Khóa cửa; Ở đây: Trần Thị Ví Dụ")
        #expect(try doors.people(of: id).isEmpty)
    }

    @Test func `somebody whom an answer names is no mere name`() throws {
        let home = try doors.family(of: 2)
        let key = try desk.begin(home)
        try desk.meet(key)
        let added = try desk.change(key) { try $0.addPerson() }
        try desk.take(key, added, "full_name", "Trần Thị Ví Dụ")
        try desk.take(key, home, "head", added.description)
        try desk.take(key, .visit, "outcome", "no-contact")
        let form = try desk.form(key)
        #expect(form.onlyNamed.isEmpty)
        #expect(form.blocking.contains { $0.record == added && $0.problem.field == "birth" })
    }

    @Test func `what the form would refuse is refused, and nothing is saved`() throws {
        let long = String(repeating: "a", count: 201)
        for (new, code) in [
            (NewHousehold(address: long, group: "", name: ""), "address"),
            (NewHousehold(address: "Tổ 1", group: "", name: long), "full_name"),
        ] {
            let id = desk.newHouseholdID()
            guard case .refused(let problems) = try desk.beginNew(new, as: id, in: Doorsteps.scope)
            else {
                Issue.record("taken")
                continue
            }
            #expect(problems.map(\.field) == [code] && problems[0].text.vi.contains("201"))
            #expect(try doors.hub.store.row(of: id) == nil)
        }
        #expect(try desk.openVisits().isEmpty)
    }

    @Test func `households of that address or with that person are shown first`() throws {
        let home = try doors.family(of: 2)
        let person = try #require(try doors.people(of: home).first)
        let name = try #require(person.text("full_name"))
        let address = try #require(try doors.hub.store.row(of: home)?.text("address"))
        let both = NewHousehold(address: address, group: "", name: name)
        #expect(try desk.likelyHouseholds(both, in: Doorsteps.scope).first?.id == home)
        let named = NewHousehold(address: "Nhà sau chợ", group: "", name: name.lowercased())
        #expect(try desk.likelyHouseholds(named, in: Doorsteps.scope).contains { $0.id == home })
        let strange = NewHousehold(address: "Nhà sau chợ", group: "", name: "Zyx Wvu")
        #expect(try desk.likelyHouseholds(strange, in: Doorsteps.scope).isEmpty)
    }
}
