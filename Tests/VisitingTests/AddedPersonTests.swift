import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Whoever is added at the door may answer it, agree, and stand for a child, in the same visit.
@Suite struct AddedPersonTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let desk: VisitDesk
    private let key: VisitKey
    private let added: RecordID

    init() throws {
        doors = try Doorsteps(seed: 93)
        home = try doors.family(of: 2)
        desk = try doors.desk("lan")
        key = try desk.begin(home)
        try desk.meet(key)
        added = try Self.add("Trần Thị Ví Dụ", born: "12/3/1980", desk, key)
    }

    private static func add(
        _ name: String,
        born: String,
        _ desk: VisitDesk,
        _ key: VisitKey
    ) throws -> RecordID {
        let added = try desk.change(key) { try $0.addPerson() }
        for (field, text) in [
            ("full_name", name), ("birth", born), ("sex", "female"), ("residence", "permanent"),
        ] {
            try desk.take(key, added, field, text)
        }
        return added
    }

    private func row(_ name: String) throws -> RecordRow {
        try #require(try doors.people(of: home).first { $0.text("full_name") == name })
    }

    private func offered(_ step: Step, _ field: String) throws -> [String] {
        let screen = try #require(try desk.form(key).screen(step))
        let question = screen.groups.flatMap(\.questions).first { $0.id.field == field }
        guard case .choice(let choices) = try #require(question).input else { return [] }
        return choices.map(\.code)
    }

    @Test func `an added person is the respondent and gives the consent`() throws {
        try desk.take(key, .visit, "respondent_kind", "member")
        #expect(try offered(.outcome, "respondent").contains(added.description))
        try desk.take(key, .visit, "respondent", added.description)
        try desk.take(key, added, "phone", "0905990001")
        try desk.take(key, .notice, "given_how", "read-aloud")
        try desk.take(key, .notice, "consent_contact_by_phone", "yes")
        #expect(try offered(.notice, "given_by").contains(added.description))
        try desk.take(key, .notice, "given_by", added.description)
        let saved = try desk.saved(key)
        let person = try row("Trần Thị Ví Dụ")
        #expect(person.text("phone") == "0905990001")
        let children = try doors.hub.store.children(of: home)
        let notice = try #require(children.last { $0.type.name == "notice" })
        #expect(notice["given_by"].record == person.id)
        #expect(notice.text("consent_contact_by_phone") == "yes")
        let visit = try #require(try saved.visit.flatMap { try doors.hub.store.row(of: $0) })
        #expect(visit["respondent"].record == person.id)
    }

    @Test func `an added person is guardian of a child, recorded before or added besides`() throws {
        let known = try doors.somebody(at: home)
        let child = try Self.add("Trần Thị Thử", born: "1/2/2019", desk, key)
        // Added before the one who is to stand for it.
        let elder = try Self.add("Lê Thị Mẫu", born: "1/2/1950", desk, key)
        for id in [known, child] {
            _ = try desk.change(key) { try $0.answer(SectionID(id, "idcard"), .yes) }
        }
        try desk.take(key, known, "birth", "1/2/2018")
        try desk.take(key, known, "guardian", added.description)
        try desk.take(key, child, "guardian", elder.description)
        _ = try desk.saved(key)
        let names = try [known, row("Trần Thị Thử").id].map { id in
            try doors.hub.store.row(of: id)?["guardian"].record.flatMap {
                try doors.hub.store.row(of: $0)?.text("full_name")
            }
        }
        #expect(names == ["Trần Thị Ví Dụ", "Lê Thị Mẫu"])
    }

    @Test func `a phone's visit names whom it adds, and is the same visit when it comes again`()
        throws
    {
        let person = RecordID(origin: 0, counter: 3)
        func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(record, field), text, accepts: false)
        }
        let visit = PhoneVisit(
            key: VisitKey(4_712),
            household: home,
            token: try doors.hub.store.token(scope: Doorsteps.scope),
            begun: doors.now - 3_600_000,
            ended: doors.now - 3_000_000,
            inputs: [
                answer(.visit, "outcome", "complete"), .told("2026-02"),
                answer(.notice, "given_how", "read-aloud"),
                answer(.notice, "consent_contact_by_phone", "yes"),
                .add(type: "resident", parent: home, id: person),
                answer(person, "full_name", "Trần Thị Nháp"), answer(person, "birth", "1/5/1980"),
                answer(person, "sex", "female"), answer(person, "residence", "permanent"),
                answer(.visit, "respondent_kind", "member"),
                answer(.visit, "respondent", person.description),
                answer(.notice, "given_by", person.description),
            ]
        )
        for _ in 0..<2 {
            guard case .saved = try desk.take(visit) else {
                Issue.record("not taken")
                return
            }
        }
        let children = try doors.hub.store.children(of: home)
        let notice = try #require(children.last { $0.type.name == "notice" })
        #expect(try notice["given_by"].record == row("Trần Thị Nháp").id)
    }
}
