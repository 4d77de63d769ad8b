import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// What is said again is of the day of the visit, and a new state has a day of its own.
@Suite struct SaidAgainTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let person: RecordID
    private let desk: VisitDesk

    init() throws {
        doors = try Doorsteps(seed: 94)
        home = try doors.family(of: 2)
        person = try doors.somebody(at: home)
        desk = try doors.desk("lan")
        try record([
            ("birth", "12/3/1980"), ("idcard_kind", "cccd-chip"), ("idcard_status", "expired"),
            ("idcard_issued_on", "5/6/2021"), ("idcard_expires_on", "12/3/2026"),
            ("idcard_observed_on", "1/5/2026"), ("vneid_level", "1"), ("vneid_state", "activated"),
            ("vneid_activated_on", "7/8/2023"), ("vneid_observed_on", "1/5/2026"),
            ("service_used_online_12m", "helped"), ("service_observed_on", "1/5/2026"),
        ])
    }

    private func record(_ facts: [(String, String)]) throws {
        let saved = try doors.hub.editRecord(person, facts.map { FieldInput($0.0, $0.1) })
        #expect(!saved.isRefused, "\(saved.problems)")
    }

    private func row() throws -> RecordRow { try #require(try doors.hub.store.row(of: person)) }

    private func begin() throws -> VisitKey {
        let key = try desk.begin(home)
        try desk.meet(key)
        return key
    }

    private func question(_ key: VisitKey, _ field: String) throws -> Question? {
        try desk.form(key).screen(.person(person))?.groups.flatMap(\.questions)
            .first { $0.id.field == field }
    }

    @Test(arguments: ["choice", "button", "page", "section"])
    func `an answer that is given again as it stood is of the day of the visit`(
        how: String
    ) throws {
        let key = try begin()
        let section = SectionID(person, "service")
        let card = SectionID(person, "idcard")
        switch how {
        case "choice": try desk.take(key, person, "service_used_online_12m", "helped")
        case "button":
            try record([("idcard_status", "valid"), ("idcard_observed_on", "1/5/2026")])
            _ = try desk.change(key) { try $0.answer(card, .yes) }
        case "page": try desk.change(key) { try $0.confirm(.person(person)) }
        default: try desk.change(key) { try $0.confirm(section) }
        }
        let before = try row().dictionary
        _ = try desk.saved(key)
        let after = try row()
        let isOfCard = how == "button"
        let name = isOfCard ? "idcard" : "service"
        #expect(after.text("\(name)_observed_on") == "2026-08-03")
        #expect(after.text("\(isOfCard ? "service" : "vneid")_observed_on") != nil)
        for (field, value) in before
        where !field.hasSuffix("_observed_on") && !field.hasSuffix("_source") {
            #expect(after[field] == value, "\(field)")
        }
    }

    @Test func `what somebody has said since is not dated back`() throws {
        let token = try doors.hub.store.token(scope: Doorsteps.scope)
        let then = doors.now
        doors.now += 5 * 24 * 3_600_000
        try record([("service_used_online_12m", "helped"), ("service_observed_on", "8/8/2026")])
        func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(record, field), text, accepts: false)
        }
        let result = try desk.take(
            PhoneVisit(
                key: VisitKey(4_713),
                household: home,
                token: token,
                begun: then,
                ended: then + 600_000,
                inputs: [
                    answer(.visit, "outcome", "complete"),
                    answer(.visit, "respondent_kind", "other-adult"),
                    answer(person, "service_used_online_12m", "helped"),
                    answer(person, "idcard_status", "expired"),
                ]
            )
        )
        guard case .saved = result else {
            Issue.record("not taken: \(result)")
            return
        }
        #expect(try row().text("service_observed_on") == "2026-08-08")
        #expect(try row().text("idcard_observed_on") == "2026-08-03")
    }

    // MARK: The day of a state

    @Test func `another level of the account asks its day anew, and keeps no old one`() throws {
        let key = try begin()
        #expect(try question(key, "vneid_activated_on")?.isFolded == true)
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        let day = try #require(try question(key, "vneid_activated_on"))
        #expect(day.value == .null && !day.isFolded)
        _ = try desk.saved(key)
        #expect(try row().text("vneid_level") == "2")
        #expect(try row().text("vneid_activated_on") == nil)
    }

    @Test func `a card that is another has another day, one that is lost has not`() throws {
        let key = try begin()
        try desk.take(key, person, "idcard_status", "lost")
        #expect(try question(key, "idcard_issued_on")?.value == .text("2021-06-05"))
        _ = try desk.change(key) { try $0.answer(SectionID(person, "idcard"), .yes) }
        for field in ["idcard_issued_on", "idcard_expires_on"] {
            let day = try #require(try question(key, field))
            #expect(day.value == .null && !day.isFolded, "\(field)")
        }
        try desk.take(key, person, "idcard_issued_on", "1/7/2026")
        #expect(try question(key, "idcard_issued_on")?.value == .text("2026-07-01"))
        // Taken back, it is the same card as before.
        try desk.take(key, person, "idcard_status", "expired")
        try desk.change(key) { $0.takeBack(QuestionID(person, "idcard_issued_on")) }
        #expect(try desk.form(key).values(of: person)["idcard_issued_on"] == .text("2021-06-05"))
        _ = try desk.change(key) { try $0.answer(SectionID(person, "idcard"), .yes) }
        try desk.take(key, person, "idcard_issued_on", "1/7/2026")
        _ = try desk.saved(key)
        #expect(try row().text("idcard_issued_on") == "2026-07-01")
        #expect(try row().text("idcard_expires_on") == nil)
    }

    @Test func `what is told for the first time takes no day away`() throws {
        try record([("vneid_level", ""), ("vneid_state", ""), ("idcard_status", "")])
        try record([("vneid_activated_on", "7/8/2023")])
        let key = try begin()
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        _ = try desk.change(key) { try $0.answer(SectionID(person, "idcard"), .yes) }
        let values = try desk.form(key).values(of: person)
        #expect(values["vneid_activated_on"] == .text("2023-08-07"))
        #expect(values["idcard_issued_on"] == .text("2021-06-05"))
    }
}
