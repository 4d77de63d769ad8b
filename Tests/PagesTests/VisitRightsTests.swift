import Causality
import Node
import Pages
import Replication
import Store
import Survey
import Testing
import Visiting

/// Who may see and change a visit, and what pages make of what no page of ours sends.
@Suite struct VisitRightsTests {
    private static let words = ["outcome", "members", "finish", "give-up", "colleague", "done"]

    @Test func `only those who record in the village begin a visit`() throws {
        let door = try Door(seed: 231)
        let form = [("household", door.home.description)]
        for name in ["admin", "an"] {
            let browser = try door.hub.browser(of: name)
            _ = try browser.get("/coverage")
            #expect(try browser.post("/begin", form).status == 403, "\(name)")
        }
        for name in ["binh", "hoa"] {
            let browser = try door.hub.browser(of: name)
            _ = try browser.get("/coverage")
            #expect(try browser.post("/begin", form).status == 303, "\(name)")
        }
        #expect(try door.hub.browser().post("/begin", form).location == "/sign-in")
        #expect(try door.browser.get("/begin").status == 405)
        _ = try door.browser.get("/")
        for id in ["", "x", "0000000000000000-1", "0011223344556677-9"] {
            #expect(try door.browser.post("/begin", [("household", id)]).status == 404, "\(id)")
        }
        let person = [("household", door.people[0].description)]
        #expect(try door.browser.post("/begin", person).status == 404)
        let other = try door.hub.node("hoa") { node in
            try node.addRecord(
                "household",
                [FieldInput("state", "occupied")],
                place: PagesHub.path + "/thon-2"
            ).id
        }
        let elsewhere = [("household", try #require(other).description)]
        #expect(try door.browser.post("/begin", elsewhere).status == 403)
        #expect(try door.hub.node("lan") { try VisitDesk($0).openVisits().isEmpty })
    }

    @Test func `a visit is its user's own`() throws {
        let door = try Door(seed: 232)
        try door.begin()
        let paths = Self.words.map { "/visit/\(door.key)/\($0)" } + ["/visit/\(door.key)"]
        for name in ["binh", "hoa"] {
            let browser = try door.hub.browser(of: name)
            _ = try browser.get("/coverage")
            for path in paths { #expect(try browser.get(path).status == 404, "\(path)") }
            for path in paths.dropLast(2) where !path.hasSuffix("done") {
                #expect(try browser.post(path, [("do", "finish")]).status == 404, "\(path)")
            }
        }
        let auditor = try door.hub.browser(of: "an")
        for path in paths { #expect(try auditor.get(path).status == 403, "\(path)") }
        let nobody = door.hub.browser()
        for path in paths { #expect(try nobody.get(path).status == 303, "\(path)") }
        for key in ["0", "-1", "x", "9223372036854775807", "99999999999999999999"] {
            #expect(try door.browser.get("/visit/\(key)/outcome").status == 404, "\(key)")
        }
        for step in ["x", "person-", "person-0000000000000000-1", "finish/x"] {
            let reply = try door.browser.get("/visit/\(door.key)/\(step)")
            #expect(reply.status == 404 || reply.status == 303, "\(step)")
        }
        #expect(try door.hub.node("lan") { try VisitDesk($0).openVisits().count } == 1)
    }

    @Test func `whose village is taken away sees his visit no more`() throws {
        let door = try Door(seed: 233)
        try door.begin()
        _ = try door.hub.node("hoa") { node in
            try node.store.save(scope: PagesHub.path, author: "admin") { batch in
                guard let user = try? node.user(named: "lan") else { return }
                batch.set("user", user.id, [Cell("villages", .text("thon-2"))])
            }
        }
        let reply = try door.browser.get("/visit/\(door.key)/outcome")
        #expect(reply.status == 403)
        let sent = try door.browser.post("/visit/\(door.key)/outcome", [("do", "next")])
        #expect(sent.status == 403)
    }

    // MARK: Hostile

    @Test func `names with signs of HTML stay names on every page`() throws {
        let door = try Door(seed: 234)
        let hostile = "<script>alert(1)</script> \"'&"
        _ = try door.hub.node("hoa") { node in
            try node.store.save(scope: Door.scope, author: hostile) { batch in
                batch.set("resident", door.people[0], [Cell("full_name", .text(hostile))])
                batch.set("household", door.home, [Cell("address", .text(hostile))])
            }
        }
        try door.begin()
        try door.tap("set", "\(QuestionID(.visit, "outcome"))=complete")
        try door.tap("set", "\(QuestionID(.visit, "respondent_kind"))=other-adult")
        let note = door.input(.visit, "note")
        let steps = try door.hub.node("lan") {
            try VisitDesk($0).form(try #require(VisitKey(door.key))).steps
        }
        for step in steps.map(\.description) + ["give-up"] {
            let reply = try door.open("/visit/\(door.key)/\(step)")
            #expect(reply.status == 200 && !reply.body.contains("<script>"), "\(step)")
            #expect(reply.body.contains("&lt;script&gt;"), "\(step)")
            #expect(reply.header("Content-Security-Policy")?.contains("unsafe") == false)
        }
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "keep", [(note, "\(hostile)\r\n</textarea>")])
        #expect(!door.body.contains("<script>") && door.body.contains("&lt;/textarea&gt;"))
        try door.tap("do", "finish")
        #expect(door.step == "done" && !door.body.contains("<script>"))
    }

    @Test func `what the page did not ask is not taken`() throws {
        let door = try Door(seed: 235)
        try door.begin()
        let path = "/visit/\(door.key)/outcome"
        let stranger = try #require(
            try door.hub.node("hoa") { node in
                try node.addRecord(
                    "household",
                    [FieldInput("state", "occupied")],
                    place: Door.scope
                ).id
            }
        )
        func draft() throws -> VisitDraft {
            try door.hub.node("lan") {
                try VisitDesk($0).form(try #require(VisitKey(door.key))).draft
            }
        }
        let before = try draft()
        let questions = [
            QuestionID(stranger, "phone"), QuestionID(door.home, "code"),
            QuestionID(door.home, "assigned_to"), QuestionID(.visit, "by"),
            QuestionID(.visit, "nothing"), QuestionID(RecordID(origin: 0, counter: 9), "birth"),
            QuestionID(door.people[0], "household"),
        ]
        for question in questions {
            let pairs = [("w.\(question)", ""), ("q.\(question)", "1")]
            #expect(try door.browser.post(path, pairs + [("do", "keep")]).status == 303)
            let set = [("set", "\(question)=1")]
            #expect(try door.browser.post(path, set).status == 303, "\(question.field)")
        }
        for button in [
            ("set", "x"), ("set", "=="), ("section", "x=yes"), ("go", "nowhere"), ("accept", "y"),
            ("section", "\(SectionID(stranger, "idcard"))=yes"), ("remove", "\(door.people[0])"),
            ("do", "confirm-number"), ("do", "\u{202e}"), ("seen", "zz"), ("card-line", "a=b"),
        ] {
            #expect(try door.browser.post(path, [button]).status == 303, "\(button)")
        }
        // An answer without what was shown is none.
        _ = try door.browser.post(path, [("q.\(QuestionID(.visit, "note"))", "x"), ("do", "keep")])
        #expect(try draft() == before)
    }

    @Test func `a form without the secret, or over a bound, changes nothing`() throws {
        let door = try Door(seed: 236)
        try door.begin()
        let path = "/visit/\(door.key)/finish"
        let note = QuestionID(.visit, "note")
        let fields = [("w.\(note)", ""), ("q.\(note)", "a"), ("do", "keep")]
        for token in ["", "x"] {
            let sent = token.isEmpty ? fields : fields + [("form-token", token)]
            #expect(try door.browser.post(path, sent, token: "").status == 403)
        }
        let foreign = try door.browser.post(path, fields, origin: "https://evil.example")
        #expect(foreign.status == 403)
        let long = String(repeating: "a", count: 40_000)
        let wide = [("w.\(note)", ""), ("q.\(note)", long)]
        #expect(try door.browser.post(path, wide).status == 413)
        let huge = (0..<40).map { ("x\($0)", String(repeating: "a", count: 4000)) }
        #expect(try door.browser.post(path, huge).status == 413)
        let many = (0...FormLimits.fieldsMax).map { ("x\($0)", "a") }
        #expect(try door.browser.post(path, many).status == 413)
        let refused = try door.browser.post(
            path,
            [("w.\(note)", ""), ("q.\(note)", String(repeating: "a", count: 5000))]
        )
        #expect(refused.status == 422 && refused.body.contains("5000 ký tự, tối đa 500"))
        let form = try door.hub.node("lan") {
            try VisitDesk($0).form(try #require(VisitKey(door.key)))
        }
        #expect(form.draft.answers.isEmpty)
    }
}
