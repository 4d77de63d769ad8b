import HTTP
import Node
import Pages
import Testing

/// A session that ends under somebody's hands, without JavaScript: nothing typed is lost.
@Suite struct LateFormTests {
    private let hub: PagesHub
    private let fields = [
        ("name", "Máy <b>mới</b> & \"1\""), ("village", PagesHub.path + "/thon-1"),
    ]

    init() throws { hub = try PagesHub(seed: 481) }

    /// A browser whose session is over, with a form still open; and the form's fields.
    private func lost(_ name: String = "admin") throws -> (Browser, [(String, String)]) {
        let browser = try hub.browser(of: name)
        let page = try browser.get("/nodes/new")
        let owner = try #require(page.value(of: "form-owner"))
        try end(browser)
        return (browser, fields + [("form-owner", owner)])
    }

    private func end(_ browser: Browser) throws {
        let cookie = try #require(browser.cookies[SessionToken.cookieName])
        let session = try #require(SessionToken(cookie))
        try hub.node { try $0.signOut(session) }
    }

    /// Where the sign-in leads.
    private func next(_ browser: Browser, _ signIn: String?) throws -> String {
        let path = try #require(signIn)
        let page = try browser.get(path)
        return try #require(page.value(of: "next"))
    }

    @Test func `a form sent too late is offered again after the sign-in`() throws {
        let before = try hub.state()
        let (browser, form) = try lost()
        let reply = try browser.post("/nodes/new", form)
        let path = try #require(reply.location)
        #expect(reply.status == 303 && path.hasPrefix("/sign-in?next=%2Fagain%2F"))
        let signIn = try browser.get(path)
        #expect(signIn.body.contains("được giữ lại") && !signIn.body.contains("mới"))
        let next = try #require(signIn.value(of: "next"))
        let back = try browser.signIn("admin", PagesHub.password, next: next)
        #expect(back.status == 303 && back.location == next)
        let offer = try browser.get(next)
        #expect(offer.status == 200 && offer.body.contains("action=\"/nodes/new\""))
        #expect(offer.value(of: "name") == "Máy &lt;b&gt;mới&lt;/b&gt; &amp; &quot;1&quot;")
        #expect(offer.value(of: "village") == PagesHub.path + "/thon-1")
        #expect(try hub.state() == before, "nothing is done before")
        #expect(try browser.post("/nodes/new", fields).status == 303)
        #expect(try hub.state() != before)
    }

    @Test func `another user is not shown it, and a stranger's form is not kept`() throws {
        let (browser, form) = try lost()
        let next = try next(browser, browser.post("/nodes/new", form).location)
        _ = try browser.signIn("hoa", PagesHub.password, next: next)
        let refused = try browser.get(next)
        #expect(refused.status == 403 && !refused.body.contains("mới"))
        #expect(refused.body.contains("người dùng khác"))
        for owner in ["", "x", String(form[2].1.dropLast()), "0000000000000001-1.00"] {
            let fresh = hub.browser()
            let reply = try fresh.post("/nodes/new", fields + [("form-owner", owner)], token: "")
            #expect(reply.location == "/sign-in", "\(owner)")
        }
        let foreign = try browser.post("/nodes/new", form, origin: "https://evil.example")
        #expect(foreign.status == 403 && !foreign.body.contains("mới"))
    }

    @Test func `a form of the session before is offered by the next one of the same user`() throws {
        let (browser, form) = try lost()
        _ = try browser.signIn("admin", PagesHub.password)
        let before = try hub.state()
        let offer = try browser.post("/nodes/new", form, token: "old")
        #expect(offer.status == 200 && offer.body.contains("Gửi lại"))
        #expect(try hub.state() == before)
        let other = try hub.browser(of: "hoa")
        #expect(try other.post("/nodes/new", form, token: "old").status == 403)
    }

    @Test func `a form with a password in it is typed anew`() throws {
        let browser = try hub.browser(of: "lan")
        let owner = try #require(try browser.get("/password").value(of: "form-owner"))
        try end(browser)
        let form = [("current", "bí mật"), ("new", "bí mật"), ("form-owner", owner)]
        for path in ["/password", "/pin"] {
            #expect(try browser.post(path, form).location == "/sign-in", "\(path)")
        }
    }

    @Test func `what is kept is bounded in number and in time`() throws {
        let (browser, form) = try lost()
        let paths = try (0..<6).map { _ in
            let location = try browser.post("/nodes/new", form).location
            return try next(browser, location)
        }
        _ = try browser.signIn("admin", PagesHub.password)
        let states = try paths.map { try browser.get($0).status }
        #expect(states == [404, 404, 200, 200, 200, 200])
        hub.clock.now += 3_600_001
        #expect(try browser.get(paths[5]).status == 404)
    }

    @Test func `a page comes back with what was asked of it`() throws {
        let browser = hub.browser()
        let first = try browser.get("/today?show=lacking&page=2")
        #expect(first.location == "/sign-in?next=%2Ftoday%3Fshow%3Dlacking%26page%3D2")
        let next = try next(browser, first.location)
        #expect(next == "/today?show=lacking&amp;page=2")
        let back = try browser.signIn("lan", PagesHub.password, next: "/today?show=lacking&page=2")
        #expect(back.location == "/today?show=lacking&page=2")
        for bad in [
            "//evil.example", "/a?b=c#d", "/a?x=//y\\", "https://e.example/?a", "/a?", "?a",
        ] {
            let reply = try hub.browser().signIn("lan", PagesHub.password, next: bad)
            #expect(reply.location == "/", "\(bad)")
        }
    }
}
