import Causality
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

@testable import Visiting

/// Visits that a phone has recorded away from every node.
@Suite struct PhoneTests {
    let doors: Doorsteps
    let home: RecordID

    init() throws {
        doors = try Doorsteps(seed: 11)
        home = try doors.family(of: 2)
        try doors.agree(home)
    }

    /// A village's node that holds what the hub holds, by the test's clock.
    private func village() throws -> LocalNode {
        let store = try doors.commune.village("thon-1")
        let node = try reopened(store)
        try sync(node)
        return node
    }

    private func reopened(_ store: Store) throws -> LocalNode {
        let random = store.environment.random
        let doors = doors
        return LocalNode(
            try Store(
                db: store.db,
                description: .doorstep,
                environment: StoreEnvironment(wall: { doors.now }, random: random)
            ),
            user: "lan"
        )
    }

    private func sync(_ node: LocalNode) throws {
        for _ in 0..<2 { _ = try TestExchange(node.store, with: doors.hub.store) }
    }

    private func token(_ node: LocalNode) throws -> Token {
        try node.store.token(scope: Doorsteps.scope)
    }

    /// A visit with a person who was found there, and a new phone number.
    private func visit(
        _ key: Int64 = 4_711,
        token: Token,
        phone: String = "0905990001",
        told: String? = "2026-02",
        more: [PhoneInput] = []
    ) -> PhoneVisit {
        let added = RecordID(origin: 0, counter: 3)
        func answer(_ record: RecordID, _ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(record, field), text, accepts: false)
        }
        return PhoneVisit(
            key: VisitKey(key),
            household: home,
            token: token,
            begun: doors.now - 3_600_000,
            ended: doors.now - 3_000_000,
            inputs: [
                answer(.visit, "outcome", "complete"),
                answer(.visit, "respondent_kind", "other-adult"),
                answer(home, "phone", phone),
                .add(type: "resident", parent: home, id: added),
                answer(added, "full_name", "Trần Thị Ví Dụ"), answer(added, "birth", "12/3/1980"),
                answer(added, "sex", "female"), answer(added, "residence", "permanent"),
                .section(SectionID(added, "idcard"), .yes), .pass(.outcome),
            ] + (told.map { [.told($0)] } ?? [])
                + [answer(.notice, "given_how", "read-aloud")] + more
        )
    }

    private func visits(_ node: LocalNode) throws -> [RecordRow] {
        try node.store.children(of: home).filter { $0.type.name == "visit" }
    }

    private func standing(_ result: PhoneResult) -> PhoneStanding? {
        if case .saved(let standing, _, _) = result { return standing }
        return nil
    }

    @Test func `a phone's visit is saved with its own times and names, once`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let sent = visit(token: try token(node))
        #expect(try desk.standing(of: sent.key) == .unknown)
        let people = try doors.people(of: home).count
        #expect(standing(try desk.take(sent)) == .here)
        let row = try #require(try visits(node).first)
        #expect(row.id == sent.key.record && row.text("by") == "lan")
        #expect(row.text("started_at") == "2026-08-03T07:30")
        #expect(row.text("ended_at") == "2026-08-03T07:40")
        let before = try token(node)
        #expect(standing(try desk.take(sent)) == .here)
        #expect(try token(node) == before, "nothing is written the second time")
        try sync(node)
        #expect(try desk.standing(of: sent.key) == .above)
        #expect(standing(try desk.take(sent)) == .above)
        #expect(try doors.people(of: home).count == people + 1)
    }

    /// The old node has sent the visit up and is gone; the new one has not synced since.
    @Test(arguments: [false, true])
    func `a visit offered again to a node that lost it, or took its place, is the same visit`(
        isReplaced: Bool
    ) throws {
        let old = try village()
        let other =
            isReplaced ? try village() : try reopened(doors.commune.copy(of: old.store))
        if !isReplaced { try other.store.leaveOwnLogs() }
        let sent = visit(token: try token(old))
        #expect(standing(try VisitDesk(old).take(sent)) == .here)
        try sync(old)
        let before = try doors.people(of: home).count
        let desk = VisitDesk(other)
        #expect(try desk.standing(of: sent.key) == .unknown)
        #expect(standing(try desk.take(sent)) == .here)
        try sync(other)
        #expect(try desk.standing(of: sent.key) == .above)
        for node in [other, doors.hub] {
            #expect(try visits(node).map(\.id) == [sent.key.record])
            let people = try node.store.children(of: home).filter { $0.type.name == "resident" }
            #expect(people.count == before)
            #expect(try node.store.conflicts().isEmpty)
        }
    }

    @Test func `a colleague's change meanwhile is decided at the node, and only there`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let token = try token(node)
        let colleague = LocalNode(node.store, user: "hoa")
        _ = try colleague.editRecord(home, [FieldInput("phone", "0905990002")])
        let sent = visit(token: token)
        guard case .undecided = try desk.take(sent) else {
            Issue.record("saved over a colleague's change")
            return
        }
        #expect(try visits(node).isEmpty && desk.standing(of: sent.key) == .undecided)
        guard case .undecided = try desk.take(sent) else {
            Issue.record("sent again, it was not the same")
            return
        }
        let open = try #require(try desk.openVisits().first)
        #expect(open.key == sent.key)
        let saved = try desk.saved(open.key, [QuestionID(home, "phone"): .mine])
        #expect(saved.visit == sent.key.record)
        #expect(try desk.standing(of: sent.key) == .here)
        #expect(try node.store.requireRecord(home).text("phone") == "0905990001")
    }

    @Test func `what was on the phone's screen is no conflict`() throws {
        let node = try village()
        let colleague = LocalNode(node.store, user: "hoa")
        _ = try colleague.editRecord(home, [FieldInput("phone", "0905990002")])
        let result = try VisitDesk(node).take(visit(token: try token(node)))
        #expect(standing(result) == .here)
        #expect(try node.store.requireRecord(home).text("phone") == "0905990001")
    }

    @Test func `given up at the node, it is given up on the phone`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let token = try token(node)
        _ = try LocalNode(node.store, user: "hoa")
            .editRecord(home, [FieldInput("phone", "0905990002")])
        let sent = visit(token: token)
        _ = try desk.take(sent)
        try desk.giveUp(sent.key)
        #expect(try desk.standing(of: sent.key) == .givenUp)
        guard case .givenUp = try desk.take(sent) else {
            Issue.record("taken again")
            return
        }
        #expect(try visits(node).isEmpty)
    }

    @Test func `what is refused saves nothing, names the question, and a mended visit is taken`()
        throws
    {
        let node = try village()
        let desk = VisitDesk(node)
        let token = try token(node)
        let wrong = visit(token: token, phone: "12")
        guard case .refused(let problems) = try desk.take(wrong) else {
            Issue.record("taken")
            return
        }
        #expect(problems.map(\.question) == [QuestionID(home, "phone")])
        #expect(problems.first?.step == .devices)
        #expect(try self.token(node) == token && desk.openVisits().isEmpty)
        let mended = visit(
            token: token,
            phone: "12",
            more: [.answer(QuestionID(home, "phone"), "0905990001", accepts: false)]
        )
        #expect(standing(try desk.take(mended)) == .here)
    }

    @Test func `a new person without a name is refused, not half saved`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let sent = visit(
            token: try token(node),
            more: [
                .add(type: "resident", parent: home, id: RecordID(origin: 0, counter: 4))
            ]
        )
        guard case .refused(let problems) = try desk.take(sent) else {
            Issue.record("taken")
            return
        }
        #expect(try !problems.isEmpty && visits(node).isEmpty)
        #expect(try desk.standing(of: sent.key) == .unknown)
    }

    @Test func `a question that the form does not ask is left out and named`() throws {
        let node = try village()
        let nowhere = QuestionID(home, "code")
        let sent = visit(
            token: try token(node),
            more: [.answer(nowhere, "x", accepts: false)]
        )
        guard case .saved(.here, let dropped, _) = try VisitDesk(node).take(sent) else {
            Issue.record("not saved")
            return
        }
        #expect(dropped == [nowhere])
    }

    @Test func `a key that names somebody else's record changes nothing`() throws {
        let node = try village()
        let key = VisitKey(99)
        try node.store.save(scope: Doorsteps.scope, author: "hoa") {
            $0.set("household", key.record, [Cell("state", .text("occupied"))])
        }
        let sent = PhoneVisit(
            key: key,
            household: home,
            token: try token(node),
            begun: doors.now,
            ended: doors.now,
            inputs: [.answer(QuestionID(.visit, "outcome"), "no-contact", accepts: false)]
        )
        let before = try token(node)
        #expect(throws: NodeError.recordExists) { try VisitDesk(node).take(sent) }
        #expect(try token(node) == before)
    }

    @Test func `a phone whose clock is years off does not say when somebody was at the door`()
        throws
    {
        let node = try village()
        let sent = PhoneVisit(
            key: VisitKey(5),
            household: home,
            token: try token(node),
            begun: 0,
            ended: doors.now + 86_400_000,
            inputs: [.answer(QuestionID(.visit, "outcome"), "no-contact", accepts: false)]
        )
        #expect(standing(try VisitDesk(node).take(sent)) == .here)
        #expect(try visits(node).first?.text("started_at") == "2026-08-03T08:30")
    }

    @Test func `the same visit with other inputs is told apart, wherever it has come to`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let token = try token(node)
        let note = QuestionID(.visit, "note")
        #expect(standing(try desk.take(visit(token: token))) == .here)
        let other = visit(token: token, more: [.answer(note, "hẹn tối thứ bảy", accepts: false)])
        guard case .differs = try desk.take(other) else {
            Issue.record("answered as if it had been taken")
            return
        }
        #expect(standing(try desk.take(visit(token: token))) == .here)
        try sync(node)
        guard case .differs = try desk.take(other) else {
            Issue.record("answered as if the hub had it")
            return
        }
        #expect(try visits(node).first?.text("note") == nil)
    }

    @Test func `the notice that was read out is the one on the phone's screen`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let sent = visit(token: try token(node), told: "2025-11")
        #expect(standing(try desk.take(sent)) == .here)
        let notice = try node.store.children(of: home).first {
            $0.type.name == "notice" && $0.id.origin == sent.key.origin
        }
        #expect(notice?.text("notice_version") == "2025-11")
    }

    @Test func `a notice that was not on the screen was not read out`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let untold = visit(token: try token(node), told: nil)
        guard case .refused(let problems) = try desk.take(untold) else {
            Issue.record("recorded as read out")
            return
        }
        let question = QuestionID(.notice, "given_how")
        #expect(problems.map(\.question) == [question] && problems.first?.step == .notice)
        // Mended on the phone: it was not given after all.
        let mended = visit(
            token: try token(node),
            told: nil,
            more: [.answer(question, "", accepts: false)]
        )
        #expect(standing(try desk.take(mended)) == .here)
        let told = try node.store.children(of: home).filter {
            $0.type.name == "notice" && $0.id.origin == mended.key.origin
        }
        #expect(told.isEmpty)
    }

    /// A colleague's change keeps the visit open at the node, and the node's notice changes meanwhile.
    @Test func `an undecided visit keeps which notice was read out`() throws {
        let node = try village()
        let desk = VisitDesk(node)
        let token = try token(node)
        _ = try LocalNode(node.store, user: "hoa")
            .editRecord(home, [FieldInput("phone", "0905990002")])
        let sent = visit(token: token, told: "2025-11")
        _ = try desk.take(sent)
        _ = try desk.saved(sent.key, [QuestionID(home, "phone"): .mine])
        let notice = try node.store.children(of: home).first {
            $0.type.name == "notice" && $0.id.origin == sent.key.origin
        }
        #expect(notice?.text("notice_version") == "2025-11")
    }

    @Test func `what is wrong with a day of leaving leads to the page that asks it`() throws {
        let person = try doors.somebody(at: home)
        func answer(_ field: String, _ text: String) -> PhoneInput {
            .answer(QuestionID(person, field), text, accepts: false)
        }
        let wrong = visit(
            token: try token(doors.hub),
            more: [answer("presence", "away-long"), answer("presence_on", "1/1/2031")]
        )
        guard case .refused(let problems) = try doors.desk("lan").take(wrong) else {
            Issue.record("taken")
            return
        }
        #expect(problems.map(\.step) == [.members])
        #expect(problems.map(\.question) == [QuestionID(person, "presence_on")])
    }

    @Test func `an account of a child is left out, and the rest is saved`() throws {
        let child = try #require(
            try doors.hub.addRecord(
                "resident",
                [
                    FieldInput("household", home.description), FieldInput("full_name", "Lê Mẫu"),
                    FieldInput("birth", "5/3/2020"), FieldInput("sex", "nam"),
                    FieldInput("nationality", "vn"), FieldInput("residence", "permanent"),
                    FieldInput("presence", "here"), FieldInput("relation", "grandchild"),
                ]
            ).id
        )
        let account = RecordID(origin: 0, counter: 4)
        let sent = visit(
            token: try token(doors.hub),
            more: [
                .add(type: "payment_account", parent: child, id: account),
                .answer(QuestionID(account, "kind"), "bank", accepts: false),
            ]
        )
        guard case .saved(_, let dropped, _) = try doors.desk("lan").take(sent) else {
            Issue.record("not saved")
            return
        }
        #expect(dropped.contains(QuestionID(child, "payment_account")))
        #expect(try doors.hub.store.children(of: child).isEmpty)
    }
}
