import Causality
import Node
import Store
import Survey
import TestSupport
import Testing

@testable import Visiting

/// Whoever is moved, merged or deleted while a visit is open: what he was asked is not thrown away.
@Suite struct ElsewhereTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let other: RecordID
    private let person: RecordID

    init() throws {
        doors = try Doorsteps(seed: 71)
        home = try doors.family(of: 2)
        try doors.agree(home)
        let home = home
        other = try #require(doors.households.first { $0 != home })
        person = try doors.somebody(at: home)
    }

    private func begun(by user: String = "lan") throws -> (desk: VisitDesk, key: VisitKey) {
        let desk = try doors.desk(user)
        let key = try desk.begin(home)
        try desk.meet(key)
        try desk.take(key, person, "phone", "0905990001")
        _ = try desk.change(key) { try $0.answer(SectionID(person, "vneid"), .yes) }
        return (desk, key)
    }

    private func move() throws {
        let moved = try doors.node("binh").editRecord(
            person,
            [FieldInput("household", other.description), FieldInput("relation", "other")]
        )
        #expect(!moved.isRefused, "\(moved.problems)")
    }

    private func row(_ id: RecordID? = nil) throws -> RecordRow {
        try #require(try doors.hub.store.row(of: id ?? person))
    }

    private func phoneVisit(_ inputs: [PhoneInput], token: Token) -> PhoneVisit {
        func visit(_ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(.visit, field), text, accepts: false)
        }
        return PhoneVisit(
            key: VisitKey(4_711),
            household: home,
            token: token,
            begun: doors.now - 3_600_000,
            ended: doors.now - 3_000_000,
            inputs: [visit("outcome", "partial"), visit("respondent_kind", "other-adult")] + inputs
        )
    }

    private func asked() -> [PhoneInput] {
        [
            .answer(QuestionID(person, "phone"), "0905990001", accepts: false),
            .section(SectionID(person, "vneid"), .yes),
        ]
    }

    // MARK: On the node's pages

    @Test func `answers of somebody who was moved are saved where he is now, and that is said`()
        throws
    {
        let (desk, key) = try begun()
        try move()
        let form = try desk.form(key)
        #expect(!form.members.contains { $0.id == person })
        #expect(form.answeredElsewhere.map(\.person) == [person])
        _ = try desk.saved(key)
        #expect(try row().text("phone") == "0905990001")
        #expect(try row().text("vneid_state") == "activated")
        #expect(try row()["household"].record == other)
    }

    @Test func `an account of somebody who was moved is saved, also where it alone was asked`()
        throws
    {
        let account = try #require(
            try doors.node("binh").addRecord(
                "payment_account",
                [FieldInput("resident", person.description), FieldInput("kind", "bank")]
            ).id
        )
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        try desk.take(key, account, "kind", "ewallet")
        try move()
        #expect(try desk.form(key).answeredElsewhere.map(\.person) == [person])
        _ = try desk.saved(key)
        #expect(try row(account).text("kind") == "ewallet")
    }

    @Test func `they can be left out, and nothing else goes with them`() throws {
        let (desk, key) = try begun()
        try desk.take(key, home, "smartphone", "3")
        try move()
        try desk.change(key) { $0.forget(elsewhere: person) }
        #expect(try desk.form(key).answeredElsewhere.isEmpty)
        _ = try desk.saved(key)
        #expect(try row().text("phone") != "0905990001")
        #expect(try row(home)["smartphone"] == .integer(3))
    }

    @Test func `nobody who lives here can be left out so`() throws {
        let (desk, key) = try begun()
        try desk.change(key) { $0.forget(elsewhere: person) }
        #expect(try desk.form(key).draft.answers[QuestionID(person, "phone")] != nil)
    }

    private func add(
        _ name: String,
        born: String,
        to household: RecordID,
        _ more: FieldInput...
    ) throws -> RecordID {
        let added = try doors.node("binh").addRecord(
            "resident",
            [
                FieldInput("household", household.description), FieldInput("full_name", name),
                FieldInput("birth", born), FieldInput("sex", "female"),
                FieldInput("residence", "permanent"), FieldInput("relation", "other"),
                FieldInput("presence", "here"),
            ] + more
        )
        return try #require(added.id, "\(added.problems)")
    }

    @Test func `answers of a duplicate go to the record that stands for it`() throws {
        let twin = try add("Trần Thị Ví Dụ", born: "1980", to: other)
        let (desk, key) = try begun()
        try doors.hub.store.merge(person, into: twin, author: "binh")
        _ = try desk.saved(key)
        #expect(try row(twin).text("phone") == "0905990001")
    }

    @Test func `somebody deleted meanwhile is for a person to decide, and is not lost`() throws {
        let (desk, key) = try begun()
        try doors.node("binh").deleteRecord(person, reason: "nhầm", withChildren: true)
        #expect(try desk.form(key).answeredElsewhere.map(\.person) == [person])
        _ = try desk.saved(key)
        #expect(try row().flags & RecordFlags.clash != 0)
        #expect(try row().text("phone") == "0905990001")
    }

    // MARK: From a phone

    @Test func `a phone's answers of somebody who was moved are saved where he is now`() throws {
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        try move()
        let added = RecordID(origin: 0, counter: 3)
        let account: [PhoneInput] = [
            .add(type: "payment_account", parent: person, id: added),
            .answer(QuestionID(added, "kind"), "bank", accepts: false),
        ]
        let result = try desk.take(phoneVisit(asked() + account, token: token))
        guard case .saved(.above, let dropped, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(dropped.isEmpty)
        #expect(try row().text("phone") == "0905990001")
        let accounts = try doors.hub.store.children(of: person)
            .filter { $0.type.name == "payment_account" && $0.text("kind") == "bank" }
        #expect(accounts.count == 1)
    }

    @Test func `a phone's answer that names a duplicate names the record that stands for it`()
        throws
    {
        let twin = try add("Trần Thị Ví Dụ", born: "1980", to: home)
        let card = [FieldInput("idcard_kind", "can-cuoc"), FieldInput("idcard_status", "valid")]
        let child = try add("Trần Thị Nháp", born: "2019", to: home, card[0], card[1])
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        try doors.hub.store.merge(person, into: twin, author: "binh")
        func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(record, field), text, accepts: false)
        }
        let said = [
            answer(.visit, "respondent_kind", "member"),
            answer(.visit, "respondent", person.description),
            .told("2026-02"), answer(.notice, "given_how", "read-aloud"),
            answer(.notice, "consent_contact_by_phone", "yes"),
            answer(.notice, "given_by", person.description),
            answer(child, "guardian", person.description),
        ]
        let result = try desk.take(phoneVisit(said, token: token))
        guard case .saved(_, let dropped, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(dropped.isEmpty)
        #expect(try row(VisitKey(4_711).record)["respondent"].record == twin)
        let notice = try doors.hub.store.children(of: home).last { $0.type.name == "notice" }
        #expect(notice?["given_by"].record == twin)
        #expect(try row(child)["guardian"].record == twin)
    }

    @Test(arguments: [true, false])
    func `who answered a phone's visit is named where he is now`(isMerged: Bool) throws {
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        var here = person
        if isMerged {
            here = try add("Trần Thị Ví Dụ", born: "1980", to: other)
            try doors.hub.store.merge(person, into: here, author: "binh")
        } else {
            try move()
        }
        let said: [PhoneInput] = [
            ("respondent_kind", "member"), ("respondent", person.description),
        ]
        .map { .answer(QuestionID(.visit, $0.0), $0.1, accepts: false) }
        guard case .saved(_, let dropped, _) = try desk.take(phoneVisit(said, token: token)) else {
            Issue.record("not saved")
            return
        }
        #expect(dropped.isEmpty)
        #expect(try row(VisitKey(4_711).record)["respondent"].record == here)
    }

    @Test func `a phone's answer makes nobody head of a household that is not his any more`() throws
    {
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        try move()
        let said: [PhoneInput] = [
            .answer(QuestionID(home, "head"), person.description, accepts: false)
        ]
        guard case .refused(let problems) = try desk.take(phoneVisit(said, token: token)) else {
            Issue.record("not refused")
            return
        }
        #expect(problems.first?.question == QuestionID(home, "head"))
    }

    @Test func `a phone's answers of an erased person are left out, with the account, and told`()
        throws
    {
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        try doors.hub.store.redact([person], reason: "request", on: "2026-08-03")
        let added = RecordID(origin: 0, counter: 3)
        let late = RecordID(origin: 0, counter: 4)
        func answer(_ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(late, field), text, accepts: false)
        }
        let more: [PhoneInput] = [
            .add(type: "payment_account", parent: person, id: added),
            .answer(QuestionID(added, "kind"), "bank", accepts: false),
            .add(type: "resident", parent: home, id: late),
            answer("full_name", "Trần Thị Ví Dụ"), answer("birth", "12/3/1980"),
            answer("sex", "female"), answer("residence", "permanent"),
        ]
        let result = try desk.take(phoneVisit(asked() + more, token: token))
        guard case .saved(.above, let dropped, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(Set(dropped.map(\.record)) == [person, added])
        #expect(try doors.people(of: home).contains { $0.text("full_name") == "Trần Thị Ví Dụ" })
        #expect(try row()["phone"].text == nil)
    }

    @Test func `a node that has not got somebody's record takes nothing before it has`() throws {
        let desk = try doors.desk("lan")
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        let nobody = QuestionID(RecordID(origin: 9, counter: 9), "phone")
        let inputs = asked() + [.answer(nobody, "0905990009", accepts: false)]
        let result = try desk.take(phoneVisit(inputs, token: token))
        guard case .refused(let problems) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(problems.map(\.question) == [nobody])
        #expect(try row().text("phone") != "0905990001")
        #expect(try desk.standing(of: VisitKey(4_711)) == .unknown)
    }

    @Test func `what a colleague has changed is not confirmed by a phone that shows it otherwise`()
        throws
    {
        let desk = try doors.desk("lan")
        let key = try desk.begin(home)
        try desk.meet(key)
        for section in ["idcard", "vneid"] {
            _ = try desk.change(key) { try $0.answer(SectionID(person, section), .yes) }
        }
        _ = try desk.saved(key)
        let token = try desk.node.store.token(scope: Doorsteps.scope)
        doors.now += 3 * 24 * 3_600_000
        _ = try doors.node("hoa").editRecord(person, [FieldInput("vneid_state", "locked")])
        doors.now += 3 * 24 * 3_600_000
        let result = try desk.take(phoneVisit([.confirm(.person(person))], token: token))
        guard case .saved = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try row().text("idcard_observed_on") == "2026-08-09")
        #expect(try row().text("vneid_observed_on") == "2026-08-06")
    }
}
