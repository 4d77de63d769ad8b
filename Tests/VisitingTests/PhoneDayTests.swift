import CBOR
import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Visits that last longer than a day, and several of one phone to one household.
@Suite struct PhoneDayTests {
    private static let day: UInt64 = 86_400_000
    let doors: Doorsteps
    let home: RecordID

    init() throws {
        doors = try Doorsteps(seed: 11)
        home = try doors.family(of: 2)
        try doors.agree(home)
    }

    private func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
        .answer(QuestionID(record, field), text, accepts: false)
    }

    /// A visit at which another adult answers; by default it was begun and ended an hour ago.
    private func visit(
        _ key: Int64,
        token: Token,
        begun: UInt64? = nil,
        ended: UInt64? = nil,
        outcome: String = "partial",
        _ inputs: [PhoneInput]
    ) -> PhoneVisit {
        let begun = begun ?? doors.now - 3_600_000
        return PhoneVisit(
            key: VisitKey(key),
            household: home,
            token: token,
            begun: begun,
            ended: ended ?? begun + 600_000,
            inputs: [
                answer(.visit, "outcome", outcome),
                answer(.visit, "respondent_kind", "other-adult"),
            ] + inputs
        )
    }

    private func token() throws -> Token { try doors.hub.store.token(scope: Doorsteps.scope) }

    private func row(_ id: RecordID) throws -> RecordRow {
        try #require(try doors.hub.store.row(of: id))
    }

    private func take(_ visit: PhoneVisit, as user: String = "lan") throws -> PhoneResult {
        try doors.desk(user).take(visit)
    }

    private func expectSaved(_ result: PhoneResult) {
        if case .saved = result { return }
        Issue.record("\(result)")
    }

    // MARK: Days

    @Test func `a phone's visit that passes midnight takes the dates of its last day`() throws {
        let person = try doors.somebody(at: home)
        let child = RecordID(origin: 0, counter: 3)
        let begun = doors.now - Self.day
        let sent = visit(
            1,
            token: try token(),
            begun: begun,
            ended: doors.now - 60_000,
            [
                answer(home, "smartphone", "2"), .at(doors.now - 120_000),
                answer(person, "presence", "deceased"), answer(person, "presence_on", "3/8/2026"),
                .add(type: "resident", parent: home, id: child),
                answer(child, "full_name", "Trần Thị Ví Dụ"), answer(child, "birth", "3/8/2026"),
                answer(child, "sex", "female"), answer(child, "residence", "permanent"),
            ]
        )
        expectSaved(try take(sent))
        #expect(try row(person).text("presence_on") == "2026-08-03")
        let born = RecordID(origin: sent.key.origin, counter: child.counter)
        #expect(try row(born).text("birth") == "2026-08-03")
        #expect(try row(home).text("devices_observed_on") == "2026-08-02")
    }

    @Test func `each answer of a phone is dated with the day on which it was given`() throws {
        let people = try doors.people(of: home).filter { $0.text("presence") == "here" }
        let (first, second) = (people[0].id, people[1].id)
        let sent = visit(
            1,
            token: try token(),
            begun: doors.now - 2 * Self.day,
            ended: doors.now - 60_000,
            [
                .section(SectionID(first, "vneid"), .unknown),
                .at(doors.now - Self.day), .section(SectionID(second, "vneid"), .unknown),
            ]
        )
        // It comes two days later.
        doors.now += 2 * Self.day
        expectSaved(try take(sent))
        #expect(try row(first).text("vneid_observed_on") == "2026-08-01")
        #expect(try row(second).text("vneid_observed_on") == "2026-08-02")
    }

    @Test func `what a phone says again is dated, also where only its source is new`() throws {
        let person = try doors.somebody(at: home)
        let yesterday = doors.now - Self.day
        let inputs: [PhoneInput] = [.section(SectionID(person, "vneid"), .unknown)]
        expectSaved(
            try take(visit(1, token: try token(), begun: yesterday, inputs))
        )
        let more = visit(
            2,
            token: try token(),
            begun: yesterday + 60_000,
            [.section(SectionID(person, "vneid"), .no)]
        )
        expectSaved(try take(more))
        #expect(try row(person).text("vneid_observed_on") == "2026-08-02")
    }

    @Test(arguments: [
        (UInt64(0), "2026-08-02"), (UInt64.max, "2026-08-03"), (UInt64(1) << 62, "2026-08-03"),
    ])
    func `no time of an answer lies outside its visit`(time: UInt64, day: String) throws {
        let sent = visit(
            1,
            token: try token(),
            begun: doors.now - Self.day,
            ended: doors.now - 60_000,
            [.at(time), answer(home, "smartphone", "2")]
        )
        expectSaved(try take(sent))
        #expect(try row(home).text("devices_observed_on") == day)
    }

    @Test func `a visit that a phone says is of tomorrow is of now, with all its answers`() throws {
        let sent = visit(
            1,
            token: try token(),
            begun: doors.now + 2 * Self.day,
            ended: doors.now + 3 * Self.day,
            [.at(doors.now + 3 * Self.day), answer(home, "smartphone", "2")]
        )
        expectSaved(try take(sent))
        #expect(try row(home).text("devices_observed_on") == "2026-08-03")
    }

    @Test func `a draft at the node that is finished days later keeps the days of its answers`()
        throws
    {
        let desk = try doors.desk("lan")
        let people = try doors.people(of: home).filter { $0.text("presence") == "here" }
        let key = try desk.begin(home)
        try desk.meet(key)
        _ = try desk.change(key) { try $0.answer(SectionID(people[0].id, "vneid"), .unknown) }
        try desk.take(key, .notice, "given_how", "read-aloud")
        doors.now += 2 * Self.day
        _ = try desk.change(key) { try $0.answer(SectionID(people[1].id, "vneid"), .unknown) }
        // What happened since can be said.
        try desk.take(key, people[1].id, "presence", "deceased")
        try desk.take(key, people[1].id, "presence_on", "5/8/2026")
        _ = try desk.saved(key)
        #expect(try row(people[0].id).text("vneid_observed_on") == "2026-08-03")
        #expect(try row(people[1].id).text("vneid_observed_on") == "2026-08-05")
        let notice = try doors.hub.store.children(of: home).last { $0.type.name == "notice" }
        #expect(notice?.text("given_on") == "2026-08-03")
    }

    @Test func `a phone's visit that waits at the node can say there what happened since`() throws {
        let desk = try doors.desk("lan")
        let person = try doors.somebody(at: home)
        let token = try token()
        _ = try doors.node("hoa").editRecord(home, [FieldInput("phone", "0905990002")])
        let sent = visit(1, token: token, [answer(home, "phone", "0905990001")])
        guard case .undecided = try take(sent) else {
            Issue.record("saved over a colleague's change")
            return
        }
        doors.now += Self.day
        try desk.take(sent.key, person, "presence", "deceased")
        try desk.take(sent.key, person, "presence_on", "4/8/2026")
        _ = try desk.saved(sent.key, [QuestionID(home, "phone"): .mine])
        #expect(try row(person).text("presence_on") == "2026-08-04")
        #expect(try row(home).text("contact_observed_on") ?? "2026-08-03" == "2026-08-03")
    }

    /// Version 1 has no days, 5 does not note what was confirmed.
    @Test(arguments: [1, 5] as [UInt64])
    func `a draft of an earlier program is read; its answers are of the day it was begun`(
        version: UInt64
    ) throws {
        let days = version == 1 ? [] : ["2026-08-03"]
        var writer = CBORWriter()
        writer.array(10)
        writer.write(version)
        writer.write(home.description)
        writer.write("2026-1")
        writer.write(doors.now)
        writer.write(try token().encode())
        writer.write(2 as UInt64)
        writer.array(5 + days.count)
        for text in [home.description, "phone", "0905990001"] { writer.write(text) }
        writer.null()
        writer.write(1 as UInt64)
        for day in days { writer.write(day) }
        writer.array(2 + days.count)
        for text in [home.description, "devices"] + days { writer.write(text) }
        writer.array(0)
        writer.array(0)
        let draft = try VisitDraft(encoded: writer.bytes)
        let answer = try #require(draft.answers[QuestionID(home, "phone")])
        #expect(answer.isBlind && answer.day.description == "2026-08-03")
        #expect(draft.confirmed.values.map(\.day.description) == ["2026-08-03"])
        #expect(try VisitDraft(encoded: draft.encode()) == draft)
    }

    // MARK: Several visits of one phone

    /// Both were begun on what the phone knew in the morning, and say another number.
    private func twoVisits() throws -> (first: PhoneVisit, second: PhoneVisit) {
        let token = try token()
        let first = visit(1, token: token, [answer(home, "phone", "0905990001")])
        let second = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [answer(home, "phone", "0905990003")]
        )
        return (first, second)
    }

    @Test func `the second visit of a phone the same day is no conflict with the first`() throws {
        let (first, second) = try twoVisits()
        expectSaved(try take(first))
        expectSaved(try take(second))
        #expect(try row(home).text("phone") == "0905990003")
        #expect(try doors.hub.store.conflicts().isEmpty)
    }

    @Test func `the first visit of a phone that comes after the second does not win unasked`()
        throws
    {
        let (first, second) = try twoVisits()
        expectSaved(try take(second))
        guard case .undecided = try take(first) else {
            Issue.record("an older answer has won")
            return
        }
        #expect(try row(home).text("phone") == "0905990003")
    }

    @Test(arguments: ["hoa", "lan"])
    func `what was written at the node between two visits of a phone is told`(
        author: String
    )
        throws
    {
        let token = try token()
        expectSaved(try take(visit(1, token: token, [answer(home, "phone", "0905990001")])))
        _ = try doors.node(author).editRecord(home, [FieldInput("phone", "0905990002")])
        let second = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [answer(home, "phone", "0905990003")]
        )
        guard case .undecided = try take(second) else {
            Issue.record("saved over what was written at the node")
            return
        }
    }

    @Test func `the first visit of another user's phone is a colleague's`() throws {
        let token = try token()
        let first = visit(1, token: token, [answer(home, "phone", "0905990001")])
        expectSaved(try take(first, as: "hoa"))
        let second = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [answer(home, "phone", "0905990003")]
        )
        guard case .undecided = try take(second) else {
            Issue.record("saved over a colleague's change")
            return
        }
    }

    @Test func `what a phone has decided at the node is known to its next visit`() throws {
        let token = try token()
        _ = try doors.node("hoa").editRecord(home, [FieldInput("phone", "0905990002")])
        let first = visit(1, token: token, [answer(home, "phone", "0905990001")])
        guard case .undecided = try take(first) else {
            Issue.record("saved over a colleague's change")
            return
        }
        _ = try doors.desk("lan").saved(first.key, [QuestionID(home, "phone"): .mine])
        let second = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [answer(home, "phone", "0905990003")]
        )
        expectSaved(try take(second))
        #expect(try row(home).text("phone") == "0905990003")
    }

    @Test func `whom a given-up visit was to add, the next one asks for nothing`() throws {
        let token = try token()
        _ = try doors.node("hoa").editRecord(home, [FieldInput("phone", "0905990002")])
        let first = visit(1, token: token, [answer(home, "phone", "0905990001")])
        guard case .undecided = try take(first) else {
            Issue.record("saved over a colleague's change")
            return
        }
        let added = RecordID(origin: first.key.origin, counter: 3)
        let second = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [answer(added, "job", "x")]
        )
        guard case .refused = try take(second) else {
            Issue.record("somebody who may still come was left out")
            return
        }
        try doors.desk("lan").giveUp(first.key)
        guard case .saved(_, let dropped, _) = try take(second) else {
            Issue.record("it can never be sent")
            return
        }
        #expect(dropped == [QuestionID(added, "job")])
    }

    @Test func `what was confirmed and a colleague has changed is told`() throws {
        let person = try doors.somebody(at: home)
        let answered = visit(1, token: try token(), [.section(SectionID(person, "vneid"), .no)])
        expectSaved(try take(answered))
        let token = try token()
        let colleague = visit(3, token: token, [.section(SectionID(person, "vneid"), .yes)])
        expectSaved(try take(colleague, as: "hoa"))
        let confirmed = visit(
            2,
            token: token,
            begun: doors.now - 60_000,
            [.confirmSection(SectionID(person, "vneid"))]
        )
        guard case .saved(_, let dropped, let changed) = try take(confirmed) else {
            Issue.record("not saved")
            return
        }
        let name = try #require(try row(person).text("full_name"))
        #expect(dropped.isEmpty && changed.count == 1)
        #expect(changed.first?.vi.hasPrefix("\(name): ") == true)
    }
}
