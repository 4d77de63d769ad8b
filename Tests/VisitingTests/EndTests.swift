import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// What an end saves: what was said, as it was said, and of those who were asked.
@Suite struct EndTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let person: RecordID

    init() throws {
        doors = try Doorsteps(seed: 81)
        home = try doors.family(of: 2)
        person = try doors.somebody(at: home)
    }

    private func row() throws -> RecordRow { try #require(try doors.hub.store.row(of: person)) }

    @Test func `whoever confirms an answer says it today, and nobody has seen a paper again`()
        throws
    {
        _ = try doors.hub.editRecord(
            person,
            [
                FieldInput("idcard_status", "valid"),
                FieldInput("idcard_source", "document-seen"),
                FieldInput("idcard_observed_on", "2026-02-01"),
            ]
        )
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        try desk.change(key) { try $0.confirm(.person(person)) }
        _ = try desk.saved(key)
        #expect(try row().text("idcard_observed_on") == "2026-08-03")
        #expect(try row().text("idcard_source") == "proxy", "another adult answered")
    }

    @Test func `a pension of somebody who has just been recorded as dead is not confirmed`()
        throws
    {
        let benefit = try #require(
            try doors.hub.addRecord(
                "benefit",
                [
                    FieldInput("resident", person.description), FieldInput("kind", "pension"),
                    FieldInput("channel", "cash-home"),
                ]
            ).id
        )
        doors.now += 24 * 3_600_000
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        let sections = try desk.form(key).confirmable(.benefits).filter { $0.record == benefit }
        #expect(!sections.isEmpty)
        try desk.take(key, person, "presence", "deceased")
        #expect(try desk.form(key).confirmable(.benefits).allSatisfy { $0.record != benefit })
        try desk.change(key) { try $0.confirm(.benefits) }
        let saved = try desk.finish(key)
        guard case .saved = saved else {
            Issue.record("\(saved)")
            return
        }
        let days = try doors.hub.store.row(of: benefit)?.dictionary
            .filter { $0.key.hasSuffix("_observed_on") }.values
        #expect(days?.contains(.text("2026-08-04")) == false)
    }

    @Test func `who was added and not told of is no matter where nobody was asked after all`()
        throws
    {
        let count = try doors.people(of: home).count
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        let added = try desk.change(key) { try $0.addPerson() }
        _ = try desk.change(key) { try $0.add("payment_account", of: added) }
        #expect(try desk.form(key).blocking.contains { $0.record == added })
        try desk.take(key, .visit, "outcome", "refused")
        #expect(try desk.form(key).steps == [.outcome, .finish])
        _ = try desk.saved(key)
        #expect(try doors.people(of: home).count == count)
    }

    @Test func `half a person stands in the way with his page, and goes with one tap`() throws {
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        let added = try desk.change(key) { try $0.addPerson() }
        try desk.take(key, added, "full_name", "Trần Thị Ví Dụ")
        try desk.take(key, added, "sex", "female")
        try desk.take(key, .visit, "outcome", "refused")
        try desk.take(key, .visit, "refusal_scope", "some-questions")
        let form = try desk.form(key)
        #expect(form.steps == [.outcome, .person(added), .finish])
        #expect(form.blocking.allSatisfy { $0.step == .person(added) } && !form.blocking.isEmpty)
        #expect(form.screen(.person(added)) != nil)
        try desk.change(key) { try $0.remove(added) }
        _ = try desk.saved(key)
    }
}
