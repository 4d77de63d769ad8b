import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Refusals at the door, and answers that a phone would have had refused and that are asked no more.
@Suite struct RefusalTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let person: RecordID
    private let desk: VisitDesk

    init() throws {
        doors = try Doorsteps(seed: 98)
        home = try doors.family(of: 2)
        try doors.agree(home)
        person = try doors.somebody(at: home)
        desk = try doors.desk("lan")
    }

    private func row(_ id: RecordID) throws -> RecordRow {
        try #require(try doors.hub.store.row(of: id))
    }

    @Test func `a refusal after answers says first what becomes of them`() throws {
        let before = try row(person).text("vneid_state")
        let key = try desk.begin(home)
        try desk.meet(key)
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        try desk.take(key, .visit, "outcome", "refused")
        let blocking = try desk.form(key).blocking
        #expect(blocking.map(\.problem.field) == ["refusal_scope"])
        #expect(blocking.map(\.step) == [.outcome])
        guard case .refused = try desk.finish(key) else {
            Issue.record("saved without a word on what was answered")
            return
        }
        try desk.take(key, .visit, "refusal_scope", "visit")
        _ = try desk.saved(key)
        #expect(try row(person).text("vneid_state") == before)
    }

    @Test func `a door where nothing was asked is refused in one tap`() throws {
        let key = try desk.begin(home)
        try desk.take(key, .visit, "outcome", "refused")
        #expect(try desk.form(key).blocking.isEmpty)
    }

    // MARK: From a phone

    private static let added = RecordID(origin: 0, counter: 3)

    private func take(_ inputs: [PhoneInput]) throws -> PhoneResult {
        try desk.take(
            PhoneVisit(
                key: VisitKey(4_712),
                household: home,
                token: try desk.node.store.token(scope: Doorsteps.scope),
                begun: doors.now - 3_600_000,
                ended: doors.now - 3_000_000,
                inputs: [
                    answer(.visit, "outcome", "partial"),
                    answer(.visit, "respondent_kind", "other-adult"),
                ] + inputs
            )
        )
    }

    private func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
        .answer(QuestionID(record, field), text, accepts: false)
    }

    /// What cannot be read, and what takes the question away afterwards.
    private var undone: [(String, [PhoneInput])] {
        [
            (
                "somebody who was added and removed",
                [
                    .add(type: "resident", parent: home, id: Self.added),
                    answer(Self.added, "full_name", "Trần Thị Ví Dụ"),
                    answer(Self.added, "birth", "31/02/2020"), .remove(Self.added),
                ]
            ),
            (
                "a day since when somebody is away who is here",
                [
                    answer(person, "presence", "away-long"),
                    answer(person, "presence_on", "1/1/2031"),
                    answer(person, "presence", "here"),
                ]
            ),
            (
                "half a phone number, and no consent to calls",
                [
                    answer(person, "phone", "0905"), .told("2026-02"),
                    answer(.notice, "given_how", "read-aloud"),
                    answer(.notice, "consent_contact_by_phone", "no"),
                ]
            ),
            (
                "half a number of somebody who has moved",
                [
                    answer(person, "personal_id", "0490"), answer(person, "presence", "moved"),
                    answer(person, "presence_on", "2026-07"),
                ]
            ),
            (
                "half a number, and all of it refused",
                [
                    answer(person, "personal_id", "0490"), answer(.visit, "outcome", "refused"),
                    answer(.visit, "refusal_scope", "visit"),
                ]
            ),
            (
                "a day that was agreed and is past, and somebody who answers after all",
                [
                    answer(.visit, "outcome", "postponed"), answer(.visit, "next_on", "1/1/2020"),
                    answer(.visit, "outcome", "partial"),
                ]
            ),
        ]
    }

    @Test(arguments: 0..<6)
    func `what was refused and is asked no more holds up no visit`(position: Int) throws {
        let (words, inputs) = undone[position]
        guard case .saved = try take(inputs) else {
            Issue.record("refused: \(words)")
            return
        }
    }

    @Test func `what is still asked and cannot be read does`() throws {
        guard case .refused(let problems) = try take([answer(person, "personal_id", "0490")]) else {
            Issue.record("saved")
            return
        }
        #expect(problems.map(\.question) == [QuestionID(person, "personal_id")])
    }

    @Test func `an answer that is taken back leaves what stood there`() throws {
        let number = "049180990017"
        #expect(
            try !doors.hub.editRecord(person, [FieldInput("personal_id", number)]).isRefused
        )
        let question = QuestionID(person, "personal_id")
        guard case .saved = try take([answer(person, "personal_id", "04"), .takeBack(question)])
        else {
            Issue.record("refused")
            return
        }
        #expect(try row(person).text("personal_id") == number)
    }
}
