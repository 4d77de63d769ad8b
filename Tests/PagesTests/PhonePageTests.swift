import Causality
import Node
import Replication
import Store
import Terminal
import Testing
import Visiting

@testable import Pages

/// What a phone and its node say to each other, and what the node says to others.
@Suite struct PhonePageTests {
    private let hub: PagesHub

    init() throws { hub = try PagesHub(seed: 131) }

    private func household() throws -> RecordID {
        try hub.node("binh") { node in
            let saved = try node.addRecord(
                "household",
                [FieldInput("state", "occupied"), FieldInput("address", "Tổ 1")],
                place: PagesHub.path + "/thon-1"
            )
            return try #require(saved.id)
        }
    }

    private func json(_ reply: PageReply) throws -> JSONValue {
        #expect(reply.header("Content-Type")?.hasPrefix("application/json") == true)
        #expect(reply.header("Cache-Control") == "no-store")
        return try JSONText.decode(Array(reply.body.utf8))
    }

    private func text(_ value: JSONValue?) -> String {
        if case .string(let text)? = value { text } else { "" }
    }

    private func post(
        _ browser: Browser,
        _ path: String,
        _ body: JSONValue,
        form: String,
        _ more: [String] = []
    ) throws -> PageReply {
        try browser.request(
            "POST",
            path,
            ["Content-Type: application/json", "Form-Token: \(form)"] + more,
            JSONText.encode(body)
        )
    }

    private func visit(_ key: String, at home: RecordID, _ token: String) -> JSONValue {
        let now = Int64(hub.clock.now)
        let outcome = "\(RecordID.visit).outcome"
        return [
            "v": 1, "visit": .string(key), "household": .string(home.description),
            "token": .string(token), "begun": .integer(now - 60_000), "ended": .integer(now),
            "inputs": [["answer", .string(outcome), "no-contact", false]],
        ]
    }

    private func token() throws -> String {
        try hub.node { try $0.store.token(scope: PagesHub.path + "/thon-1").text }
    }

    @Test func `a phone gets its user's list, and its visit is taken once`() throws {
        let home = try household()
        let browser = try hub.browser(of: "lan")
        let session = try json(browser.get("/phone/session"))
        #expect(session["v"] == 1 && text(session["user"]?["name"]) == "lan")
        let list = try json(browser.get("/phone/list"))
        guard case .array(let households)? = list["households"] else {
            Issue.record("no list")
            return
        }
        #expect(households.map { text($0["id"]) } == [home.description])
        let form = text(session["form"])
        let sent = visit("77", at: home, try token())
        for _ in 0..<2 {
            let reply = try json(post(browser, "/phone/visit", sent, form: form))
            #expect(reply["state"] == "above", "\(reply)")
        }
        let known = try json(
            post(browser, "/phone/known", ["v": 1, "visits": ["77", "78"]], form: form)
        )
        #expect(known["visits"] == ["77": "above", "78": "unknown"])
        let count = try hub.node { try $0.store.children(of: home).count }
        #expect(count == 1)
        let empty = try json(browser.get("/phone/list"))
        guard case .array(let still)? = empty["households"] else { return }
        #expect(still.map { text($0["state"]) } == ["away"])
    }

    @Test func `nobody learns anything without a session, and no other page can post`() throws {
        let home = try household()
        let stranger = hub.browser()
        for path in ["/phone/session", "/phone/list"] {
            let reply = try stranger.get(path)
            #expect(reply.status == 401 && !reply.body.contains(home.description))
            #expect(try json(reply)["state"] == "signed-out")
        }
        // More than is read of anybody.
        let long = JSONValue.object([.init("v", .string(String(repeating: "x", count: 200_000)))])
        let refused = try post(stranger, "/phone/visit", long, form: "")
        #expect(try refused.status == 401 && json(refused)["state"] == "signed-out")
        let browser = try hub.browser(of: "lan")
        let form = text(try json(browser.get("/phone/session"))["form"])
        let sent = visit("5", at: home, try token())
        #expect(try post(browser, "/phone/visit", sent, form: "").status == 403)
        let foreign = try post(
            browser,
            "/phone/visit",
            sent,
            form: form,
            ["Origin: https://example.com"]
        )
        #expect(foreign.status == 403)
        #expect(try hub.node { try $0.store.children(of: home).isEmpty })
    }

    @Test func `who may not record gets nothing, and nothing is taken for another village`() throws
    {
        let auditor = try hub.browser(of: "an")
        #expect(try auditor.get("/phone/list").status == 403)
        let elsewhere = try hub.node("admin") { node in
            try #require(
                try node.addRecord(
                    "household",
                    [FieldInput("state", "occupied"), FieldInput("address", "Tổ 9")],
                    place: PagesHub.path + "/thon-2"
                ).id
            )
        }
        let browser = try hub.browser(of: "lan")
        let form = text(try json(browser.get("/phone/session"))["form"])
        let sent = visit("6", at: elsewhere, try token())
        let reply = try json(post(browser, "/phone/visit", sent, form: form))
        #expect(reply["state"] == "refused")
        #expect(try hub.node { try $0.store.children(of: elsewhere).isEmpty })
        let list = try browser.get("/phone/list")
        #expect(!list.body.contains(elsewhere.description))
    }

    @Test func `a blocked user's phone is told so, and only that phone`() throws {
        let browser = try hub.browser(of: "lan")
        let ticket = text(try json(browser.get("/phone/session"))["ticket"])
        try hub.node("admin") { try $0.setBlocked(true, user: "lan") }
        let reply = try browser.get("/phone/session", ["Phone-Ticket: \(ticket)"])
        #expect(reply.status == 401)
        #expect(try json(reply)["state"] == "blocked")
        for wrong in ["", "x", ticket + "0", String(ticket.dropLast()) + "g"] {
            let reply = try browser.get("/phone/session", ["Phone-Ticket: \(wrong)"])
            #expect(try json(reply)["state"] == "signed-out")
        }
    }

    @Test func `a node that does not know a user yet has his phone wipe nothing`() throws {
        let other = try PagesHub(seed: 132)
        let ticket = try other.node { elsewhere in
            let stranger = try #require(try elsewhere.users().first { $0.name == "lan" })
            return try hub.node { try PhoneTicket.text(for: stranger, at: $0) }
        }
        let reply = try hub.browser().get("/phone/session", ["Phone-Ticket: \(ticket)"])
        #expect(try json(reply)["state"] == "signed-out")
    }

    @Test func `what a phone asks by itself keeps no session awake`() throws {
        let browser = try hub.browser(of: "lan")
        _ = try browser.get("/pin")
        _ = try browser.post("/pin", [("new", "2580"), ("again", "2580")])
        let session = try json(browser.get("/phone/session"))
        #expect(session["quiet"] == .integer(Int64(PINRules.lockAfter)))
        for _ in 0..<3 {
            hub.clock.now += PINRules.lockAfter / 2
            _ = try browser.get("/phone/session")
        }
        #expect(try json(browser.get("/phone/session"))["state"] == "locked")
    }

    @Test func `the node's part of a phone's key is its user's, and only for his own session`()
        throws
    {
        func share(_ name: String) throws -> String {
            text(try json(hub.browser(of: name).get("/phone/session"))["share"])
        }
        let lan = try share("lan")
        #expect(lan.utf8.count == 64 && lan.allSatisfy(\.isHexDigit))
        #expect(try share("lan") == lan && share("binh") != lan)
        #expect(try !hub.browser().get("/phone/session").body.contains("share"))
    }

    @Test func `signing out wipes nothing that the browser's own script has not asked about`()
        throws
    {
        for name in ["lan", "an"] {
            let browser = try hub.browser(of: name)
            let page = try browser.get(name == "an" ? "/overview" : "/today")
            #expect(page.body.contains(Script.phone.path.text), "its script is on every page")
            let reply = try browser.post("/sign-out", [])
            #expect(reply.header("Clear-Site-Data") == "\"cache\"")
        }
    }

    @Test func `whatever a phone sends, the node answers and changes nothing by it`() throws {
        let home = try household()
        let browser = try hub.browser(of: "lan")
        let form = text(try json(browser.get("/phone/session"))["form"])
        let good = visit("9", at: home, try token())
        guard case .object(let members) = good else { return }
        for member in members {
            for wrong: JSONValue in [
                nil, -1, "", "x", [], [[]], .string(String(repeating: "a", count: 5_000)),
            ] {
                let body = JSONValue.object(
                    members.map { $0.key == member.key ? .init($0.key, wrong) : $0 }
                )
                let isAllowed = member.key == "inputs" && wrong == []
                let reply = try post(browser, "/phone/visit", body, form: form)
                #expect(
                    isAllowed || reply.status == 400 || reply.status == 409,
                    "\(member.key) \(wrong)"
                )
            }
        }
        for text in ["", "{", "[]", "{\"v\":2}", "{\"v\":1,\"visits\":7}"] {
            let reply = try browser.request(
                "POST",
                "/phone/known",
                ["Content-Type: application/json", "Form-Token: \(form)"],
                text
            )
            #expect([400, 409].contains(reply.status), "\(text)")
        }
        let large = String(repeating: " ", count: VisitingLimits.phoneVisitBytes + 1)
        let reply = try browser.request(
            "POST",
            "/phone/visit",
            ["Content-Type: application/json", "Form-Token: \(form)"],
            large
        )
        #expect(reply.status == 413)
        #expect(try hub.node { try $0.store.children(of: home).isEmpty })
    }

    @Test func `the phone's own page and its files are the same for everybody`() throws {
        let stranger = hub.browser()
        let page = try stranger.get("/phone")
        let signedIn = try hub.browser(of: "lan").get("/phone")
        #expect(page.status == 200 && page.body == signedIn.body)
        let name = try #require(hub.node { try $0.store.identity()?.certificate.name })
        #expect(page.body.contains(">\(name)</a>"), "it names the node")
        let worker = try stranger.get("/worker.js")
        #expect(worker.status == 200 && worker.header("Cache-Control") == "no-cache")
        #expect(worker.header("Content-Type")?.hasPrefix("text/javascript") == true)
        let files = worker.body.split(separator: "'").filter {
            $0.hasPrefix("/") && !$0.hasSuffix("/")
        }
        #expect(files.count > 3)
        for file in files {
            let reply = try stranger.get(String(file))
            #expect(reply.status == 200 && !reply.body.isEmpty, "\(file)")
        }
    }
}
