import Node
import Pages
import Testing

/// Signing in, staying in, and forms that others have made.
@Suite struct SessionTests {
    let hub: PagesHub

    init() throws {
        hub = try PagesHub(seed: 97)
    }

    @Test func `the cookie is kept from scripts, from plain lines and from other sites`() throws {
        let browser = hub.browser()
        let reply = try browser.signIn("admin", PagesHub.password)
        let cookie = try #require(reply.cookies.first)
        #expect(cookie.hasPrefix("__Host-doorstep=") && reply.cookies.count == 1)
        for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            #expect(cookie.contains("; " + part))
        }
        #expect(!cookie.contains("Domain"))
        _ = try browser.get("/")
        let out = try browser.post("/sign-out")
        #expect(out.status == 303 && out.cookies.first?.contains("Max-Age=0") == true)
        #expect(try browser.get("/").status == 303)
    }

    @Test func `who guesses leaves a line in the log, without what he typed`() throws {
        let browser = hub.browser()
        for (name, password) in [("lan", "sai"), ("sai-lan", "sai"), ("lan", PagesHub.password)] {
            _ = try browser.signIn(name, password)
        }
        let lines = hub.log.all.filter { $0.contains("event=sign-in-refused") }
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.hasSuffix("from=127.0.0.1 problem=wrong") })
    }

    @Test func `every reply has its headers`() throws {
        let browser = try hub.browser(of: "admin")
        for path in ["/", "/coverage", "/nodes", "/none", Stylesheet.path.text, "/sign-in"] {
            let reply = try browser.get(path)
            let policy = reply.header("Content-Security-Policy") ?? ""
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path)")
            #expect(
                policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'")
            )
            #expect(reply.header("X-Content-Type-Options") == "nosniff")
            #expect(reply.header("Referrer-Policy") == "same-origin")
            let isSheet = path == Stylesheet.path.text
            #expect(reply.header("Cache-Control")?.contains("immutable") == isSheet)
        }
    }

    @Test(arguments: [30 * 60_000, 8 * 3_600_000] as [UInt64])
    func `a session ends when nobody uses it`(time: UInt64) throws {
        let browser = try hub.browser(of: "admin")
        hub.clock.now += 29 * 60_000
        #expect(try browser.get("/nodes").status == 200)
        hub.clock.now += time
        #expect(try browser.get("/nodes").location == "/sign-in?next=%2Fnodes")
        let before = try hub.state()
        #expect(try browser.post("/nodes/new", [("name", "x")]).location == "/sign-in")
        #expect(try hub.state() == before)
    }

    @Test func `a session ends after its day, however busy`() throws {
        let browser = try hub.browser(of: "admin")
        for _ in 0..<23 {
            hub.clock.now += 20 * 60_000
            #expect(try browser.get("/").status == 200)
        }
        hub.clock.now += 20 * 60_000
        #expect(try browser.get("/").status == 303)
    }

    @Test func `an unknown name and a wrong password are told alike, the sixth try waits`() throws {
        let browser = hub.browser()
        let wrong = try browser.signIn("admin", "không đúng đâu")
        let unknown = try browser.signIn("nobody", "không đúng đâu")
        #expect(wrong.status == 422 && unknown.status == 422)
        func told(_ reply: PageReply) -> String {
            reply.body.split(separator: "<form").first.map(String.init) ?? ""
        }
        #expect(told(wrong) == told(unknown) && told(wrong).contains("Sai tên đăng nhập"))
        for _ in 0..<4 { _ = try browser.signIn("admin", "không đúng đâu") }
        let waiting = try browser.signIn("admin", PagesHub.password)
        #expect(waiting.status == 422 && waiting.body.contains("chờ"))
        #expect(waiting.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
        hub.clock.now += 5_000
        #expect(try browser.signIn("admin", PagesHub.password).status == 303)
    }

    @Test func `a one-time code opens nothing but the choice of a password`() throws {
        let browser = hub.browser()
        let code = try #require(hub.codes["moi"])
        #expect(
            try browser.signIn("moi", code, next: "/nodes").location == "/password?next=%2Fnodes"
        )
        for path in ["/", "/nodes", "/coverage", "/users"] {
            #expect(try browser.get(path).location == "/password", "\(path)")
        }
        let before = try hub.state()
        #expect(try browser.get("/password?next=%2Fsearch").value(of: "next") == "/search")
        let try1 = try browser.post("/nodes/new", [("name", "x")])
        #expect(try1.location == "/password")
        #expect(try hub.state() == before)
        let fields = [("new", "bốn con thuyền"), ("again", "bốn con thuyền kia")]
        let differ = try browser.post("/password", fields)
        #expect(differ.status == 422 && differ.body.contains("id=\"again-error\""))
        #expect(differ.body.contains("aria-describedby=\"again-error\" aria-invalid=\"true\""))
        let saved = try browser.post(
            "/password",
            [("new", "bốn con thuyền"), ("again", "bốn con thuyền"), ("next", "/search")]
        )
        #expect(saved.status == 303 && saved.place == "/search?done=password")
        #expect(try browser.get(#require(saved.location)).status == 200)
        #expect(try browser.get("/nodes").status == 200)
        #expect(try hub.browser().signIn("moi", code).status == 422)
        #expect(try hub.browser().signIn("moi", "bốn con thuyền").status == 303)
    }

    @Test func `a password is changed by whoever knows the present one`() throws {
        let browser = try hub.browser(of: "hoa")
        let other = try hub.browser(of: "hoa")
        _ = try browser.get("/password")
        let new = [("new", "bốn con thuyền"), ("again", "bốn con thuyền")]
        let wrong = try browser.post("/password", [("current", "không đúng đâu")] + new)
        #expect(wrong.status == 422 && wrong.body.contains("id=\"current-error\""))
        let saved = try browser.post("/password", [("current", PagesHub.password)] + new)
        #expect(saved.status == 303)
        #expect(try other.get("/").status == 303, "other sessions end")
        #expect(try browser.get("/").status == 200)
    }

    // MARK: Forms of others

    @Test func `a form without this session's secret, or of another site, changes nothing`() throws
    {
        let browser = try hub.browser(of: "admin")
        let other = try hub.browser(of: "admin")
        let before = try hub.state()
        let own = try #require(try browser.get("/nodes/new").formToken)
        let foreign = try #require(try other.get("/nodes/new").formToken)
        #expect(own != foreign)
        let fields = [("name", "Máy"), ("village", PagesHub.path + "/thon-1")]
        for token in ["", "x", String(own.dropLast()), foreign] {
            let form = fields + [("form-token", token)]
            #expect(try browser.post("/nodes/new", form, token: "").status == 403)
        }
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
            let reply = try browser.post("/nodes/new", fields, token: own, origin: origin)
            #expect(reply.status == 403, "\(origin)")
        }
        for site in ["cross-site", "same-site", "none"] {
            let reply = try browser.post(
                "/nodes/new",
                fields,
                token: own,
                ["Sec-Fetch-Site: \(site)"]
            )
            #expect(reply.status == 403, "\(site)")
        }
        #expect(try hub.state() == before)
        #expect(try browser.post("/nodes/new", fields, token: own).status == 303)
        #expect(try hub.state() != before)
    }

    @Test func `another site's page signs nobody in`() throws {
        let browser = hub.browser()
        let reply = try browser.post(
            "/sign-in",
            [("name", "admin"), ("password", PagesHub.password)],
            token: "",
            origin: "https://evil.example"
        )
        #expect(reply.status == 403 && reply.cookies.isEmpty)
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example/", "/\\evil.example", "/a/../b", "/a?b",
        "javascript:alert(1)", "/x\r\nSet-Cookie: a=b",
    ])
    func `nobody is led away from the node`(next: String) throws {
        let reply = try hub.browser().signIn("admin", PagesHub.password, next: next)
        #expect(reply.status == 303 && reply.location == "/" && reply.cookies.count == 1)
        let form = [("language", "en"), ("back", next)]
        let language = try hub.browser().post("/language", form, token: "")
        #expect(language.location == "/" && language.cookies.count == 1)
    }

    @Test func `two cookies of the session's name are none`() throws {
        let browser = try hub.browser(of: "admin")
        let token = try #require(browser.cookies["__Host-doorstep"])
        let twice = "Cookie: __Host-doorstep=\(token)"
        #expect(try hub.browser().get("/", [twice]).status == 200)
        let planted = twice + "; __Host-doorstep=\(token)"
        #expect(try hub.browser().get("/", [planted]).status == 303)
    }

    @Test func `the language is the reader's, and errors are in it too`() throws {
        let browser = hub.browser()
        #expect(try browser.get("/sign-in").body.contains("lang=\"vi\""))
        let form = [("language", "en"), ("back", "/sign-in")]
        let reply = try browser.post("/language", form, token: "")
        #expect(reply.location == "/sign-in")
        #expect(try browser.get("/sign-in").body.contains("Password or one-time code"))
        #expect(try browser.get("/none").body.contains("No such page"))
        _ = try browser.post("/language", [("language", "<x>"), ("back", "/")], token: "")
        #expect(try browser.get("/sign-in").body.contains("lang=\"en\""))
    }

    @Test func `a hub without users says how to make one`() throws {
        let browser = try PagesHub(emptySeed: 99).browser()
        #expect(try browser.get("/").location == "/sign-in")
        let page = try browser.get("/sign-in")
        #expect(page.body.contains("doorstep user add") && !page.body.contains("password"))
        #expect(try browser.signIn("admin", PagesHub.password).cookies.isEmpty)
    }

    @Test func `what no page takes is refused in words`() throws {
        let browser = try hub.browser(of: "admin")
        let wrong = try browser.request("PUT", "/nodes", [])
        #expect(wrong.status == 405 && wrong.header("Allow") == "GET, HEAD")
        #expect(try browser.post("/coverage").status == 405)
        #expect(try browser.get("/sign-out").status == 405)
        let large = [("name", String(repeating: "a", count: 20_000))]
        #expect(try browser.post("/nodes/new", large).status == 413)
        #expect(
            try browser.post("/nodes/new", [("a", String(repeating: "a", count: 5000))]).status
                == 413
        )
        let json = try browser.request(
            "POST",
            "/nodes/new",
            ["Content-Type: application/json", "Origin: null"],
            "{}"
        )
        #expect(json.status == 403)
        let typed = try browser.request("POST", "/nodes/new", ["Content-Type: text/plain"], "a=b")
        #expect(typed.status == 400)
        let bad = try browser.request(
            "POST",
            "/nodes/new",
            ["Content-Type: application/x-www-form-urlencoded"],
            "a=%ff"
        )
        #expect(bad.status == 400 && bad.body.contains("Chưa có gì thay đổi"))
    }
}
