import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Voluntary answers: asked for by themselves, kept with a yes, gone with a no.
@Suite struct ConsentTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let person: RecordID
    private let desk: VisitDesk
    private let key: VisitKey

    init() throws {
        doors = try Doorsteps(seed: 91)
        home = try doors.family(of: 2)
        person = try doors.somebody(at: home)
        desk = try doors.desk("lan")
        key = try desk.begin(home)
        try desk.meet(key)
    }

    private func row() throws -> RecordRow { try #require(try doors.hub.store.row(of: person)) }

    private func consents() throws -> [String] {
        let screen = try #require(try desk.form(key).screen(.notice))
        return screen.groups.flatMap(\.questions).filter { $0.id.field.hasPrefix("consent_") }
            .map { question in
                #expect(!question.isFolded && question.value == .null, "asked, never preset")
                return question.id.field
            }
    }

    @Test func `what the commune collects with consent is asked for, and nothing else`() throws {
        #expect(try consents() == ["consent_contact_by_phone", "consent_needs_help"])
        _ = try doors.hub.setOptionalField("household.latitude", isOn: true)
        #expect(try consents().contains("consent_gps"))
        #expect(
            try desk.form(key).screen(.notice)?.groups.flatMap(\.questions)
                .contains { $0.id.field == "basis" } == false,
            "on what the rest of the collection rests is no question for a door"
        )
    }

    @Test func `silence is no consent`() throws {
        try desk.take(key, person, "phone", "0905990001")
        try desk.take(key, .notice, "given_how", "read-aloud")
        guard case .refused(let problems) = try desk.finish(key) else {
            Issue.record("saved without a yes")
            return
        }
        #expect(problems.map(\.problem.code) == ["consent_unasked"])
        #expect(problems.first?.step == .notice)
        try desk.take(key, .notice, "consent_contact_by_phone", "yes")
        _ = try desk.saved(key)
        #expect(try row().text("phone") == "0905990001")
        // Once is enough.
        let next = try desk.begin(home)
        try desk.meet(next)
        try desk.take(next, person, "phone", "0905990002")
        _ = try desk.saved(next)
        #expect(try row().text("phone") == "0905990002")
    }

    @Test func `a no after the answer takes the answer, and the visit ends`() throws {
        let before = try row().text("phone")
        try desk.take(key, person, "phone", "0905990001")
        try desk.take(key, .notice, "given_how", "read-aloud")
        try desk.take(key, .notice, "consent_contact_by_phone", "no")
        #expect(try desk.form(key).declined.map(\.question) == [QuestionID(person, "phone")])
        _ = try desk.saved(key)
        #expect(try row().text("phone") == before)
        let notice = try doors.hub.store.children(of: home).last { $0.type.name == "notice" }
        #expect(notice?.text("consent_contact_by_phone") == "no")
    }

    @Test func `a consent without word of how the household was told is no end`() throws {
        try desk.take(key, .notice, "consent_contact_by_phone", "yes")
        guard case .refused(let problems) = try desk.finish(key) else {
            Issue.record("a consent got lost")
            return
        }
        #expect(problems.contains { $0.problem.field == "given_how" && $0.step == .notice })
    }

    @Test func `of a household that refuses all of it nothing is saved but that`() throws {
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        try desk.take(key, .notice, "given_how", "read-aloud")
        let before = try row().dictionary
        try desk.take(key, .visit, "outcome", "refused")
        try desk.take(key, .visit, "refusal_scope", "visit")
        let declined = try desk.form(key).declined
        #expect(declined.contains { $0.question.record == person })
        _ = try desk.saved(key)
        #expect(try row().dictionary == before)
        #expect(try doors.hub.store.children(of: home).contains { $0.type.name == "notice" })
    }

    @Test func `who refuses some questions has answered the others`() throws {
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        try desk.take(key, .visit, "outcome", "refused")
        try desk.take(key, .visit, "refusal_scope", "some-questions")
        _ = try desk.saved(key)
        #expect(try row().text("vneid_state") == "activated")
    }

    @Test func `a house that was left is so from today, until the outcome is another`() throws {
        try desk.take(key, .visit, "outcome", "moved")
        let house = try desk.form(key).values(of: home)
        #expect(house["state"] == .text("moved") && house["state_on"] == .text("2026-08-03"))
        #expect(try desk.form(key).steps.contains(.members), "who has moved is said there")
        try desk.take(key, .visit, "outcome", "vacant")
        #expect(try desk.form(key).values(of: home)["state"] == .text("vacant"))
        try desk.take(key, .visit, "outcome", "complete")
        #expect(try desk.form(key).values(of: home)["state"] != .text("vacant"))
        try desk.take(key, .visit, "outcome", "not-found")
        _ = try desk.saved(key)
        #expect(try doors.hub.store.row(of: home)?.text("state") == "not-found")
    }
}
