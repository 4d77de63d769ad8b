import Causality
import Node
import Store
import Survey
import Testing
import Visiting

/// A visit over plain forms: every page posted as a browser without scripts does.
@Suite struct VisitTests {
    private var outcome: QuestionID { QuestionID(.visit, "outcome") }
    private var respondentKind: QuestionID { QuestionID(.visit, "respondent_kind") }
    private var howTold: QuestionID { QuestionID(.notice, "given_how") }

    @Test func `a closed door is three taps`() throws {
        let door = try Door(seed: 201)
        try door.begin()
        #expect(door.step == "outcome")
        try door.tap("set", "\(outcome)=no-contact")
        #expect(door.step == "finish")
        try door.tap("do", "finish")
        #expect(door.step == "done" && door.taps == 3)
        let visit = try #require(try door.visits().first)
        #expect(visit.text("outcome") == "no-contact" && visit.text("by") == "lan")
    }

    @Test func `what comes to a visit that has ended is named, and what stands there is not`()
        throws
    {
        let door = try Door(seed: 207)
        try door.begin()
        try door.tap("set", "\(outcome)=no-contact")
        let note = "q.\(QuestionID(.visit, "note"))"
        let path = "/visit/\(door.key)/finish"
        let shown = "w.\(QuestionID(.visit, "note"))"
        try door.tap("do", "finish", [(note, "Nhà khóa cửa")])
        #expect(door.step == "done")
        func send(_ text: String) throws -> PageReply {
            try door.browser.post(path, [(shown, ""), (note, text), ("do", "finish")])
        }
        #expect(try send("Nhà khóa cửa").location?.hasSuffix("/done") == true)
        let late = try send("Hẹn tối thứ bảy")
        #expect(late.status == 422 && late.body.contains("Hẹn tối thứ bảy"))
        #expect(late.body.contains("action=\"/begin\""))
        #expect(try door.visits().map { $0.text("note") } == ["Nhà khóa cửa"])
    }

    @Test func `a card that is read is no page that was gone through`() throws {
        let door = try Door(seed: 208)
        try door.begin()
        try door.tap("set", "\(outcome)=complete")
        try door.tap("set", "\(respondentKind)=other-adult")
        let step = "person-\(door.people[0])"
        let card = "048080990001||Trần Văn Ví Dụ|12031980|Nam|Tổ 1|01022022"
        let reply = try door.browser.post(
            "/visit/\(door.key)/\(step)",
            [("do", "next"), ("card", card)]
        )
        #expect(reply.status == 200 && reply.body.contains("card-line"))
        let page = try door.browser.get("/visit/\(door.key)/\(step)")
        #expect(page.status == 200)
        #expect(try !passed(door).contains(step))
    }

    /// Pages that were gone through.
    private func passed(_ door: Door) throws -> Set<String> {
        try door.hub.node("lan") { node in
            let desk = VisitDesk(node)
            let key = try #require(VisitKey(door.key))
            return try desk.form(key).draft.passed
        }
    }

    @Test func `a family of four with nothing new`() throws {
        let door = try Door(seed: 202)
        for round in 0..<2 {
            let before = door.taps
            try door.begin()
            try door.tap("set", "\(outcome)=complete")
            try door.tap("set", "\(respondentKind)=other-adult")
            #expect(door.step == "members")
            try door.tap("do", "confirm")
            #expect(door.step == "devices")
            try door.tap(
                "do",
                round == 0 ? "next" : "confirm",
                round == 0 ? [(door.input(door.home, "smartphone"), "2")] : []
            )
            for person in door.people {
                #expect(door.step == "person-\(person)")
                if round == 0, try door.row(person).text("birth") ?? "" < "2000" {
                    try door.tap("section", "\(SectionID(person, "idcard"))=yes")
                    try door.tap("section", "\(SectionID(person, "payment"))=yes")
                    try door.tap("do", "next")
                } else {
                    let button = door.body.contains("value=\"confirm\"") ? "confirm" : "next"
                    try door.tap("do", button)
                }
            }
            #expect(door.step == "benefits")
            try door.tap("do", "next")
            if round == 0 {
                #expect(door.step == "notice")
                try door.tap("set", "\(howTold)=read-aloud")
            }
            #expect(door.step == "finish")
            try door.tap("do", "finish")
            #expect(door.step == "done")
            if round == 1 { #expect(door.taps - before == 11) }
            door.hub.clock.now += 3 * 24 * 3_600_000
            _ = try door.browser.signIn("lan", PagesHub.password)
        }
        #expect(try door.visits().count == 2)
        let head = try door.row(door.people[0])
        #expect(head.text("idcard_status") == "valid" && head.text("payment_has_any") == "yes")
        #expect(try door.row(door.home)["smartphone"] == .integer(2))
    }

    @Test func `pages that are only gone through answer nothing`() throws {
        let door = try Door(seed: 203)
        let person = door.people[0]
        _ = try door.hub.node("hoa") { node in
            let facts = [
                ("personal_id", "048080990001"), ("phone", "0905990001"),
                ("idcard_status", "expired"), ("idcard_kind", "cmnd"),
                ("idcard_observed_on", "1/5/2026"), ("needs_help", "elderly,disability"),
            ]
            return try node.editRecord(person, facts.map { FieldInput($0.0, $0.1) })
        }
        let before = try door.people.map { try door.row($0).dictionary }
        try door.begin()
        try door.tap("set", "\(outcome)=partial")
        try door.tap("set", "\(respondentKind)=other-adult")
        while door.step != "finish" {
            try door.tap("do", door.step == "members" ? "confirm" : "next")
        }
        try door.tap("do", "finish")
        #expect(door.step == "done")
        let after = try door.people.map { try door.row($0).dictionary }
        #expect(after == before)
        #expect(try door.visits().count == 1)
    }
}
