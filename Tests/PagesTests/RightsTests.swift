import Node
import Pages
import Store
import Testing

/// Every page for every role, and for whoever is not signed in.
@Suite struct RightsTests {
    /// By path: who sees it at the hub; everybody else is refused.
    static let pages: [(path: String, roles: Set<String>)] = [
        ("/", ["admin", "hoa", "an", "binh", "lan"]),
        ("/coverage", ["admin", "hoa", "an", "binh", "lan"]),
        ("/coverage/vneid-level2", ["admin", "hoa", "an", "binh", "lan"]),
        ("/nodes", ["admin", "hoa"]), ("/nodes/new", ["admin", "hoa"]),
        ("/users", ["admin", "hoa"]), ("/users/new", ["admin"]), ("/access", ["admin", "an"]),
        ("/password", ["admin", "hoa", "an", "binh", "lan"]),
    ]

    @Test(arguments: ["admin", "hoa", "an", "binh", "lan"])
    func `a role sees its pages and no other`(name: String) throws {
        let hub = try PagesHub(seed: 91)
        let browser = try hub.browser(of: name)
        for (path, roles) in Self.pages {
            let reply = try browser.get(path)
            #expect(reply.status == (roles.contains(name) ? 200 : 403), "\(path)")
            #expect(!reply.body.contains("<script>") && !reply.body.contains("<b>M"), "\(path)")
            #expect(reply.body.contains("&lt;script&gt;"), "\(path)")
        }
        let overview = try browser.get("/")
        for (path, roles) in Self.pages where ["/nodes", "/users", "/access"].contains(path) {
            #expect(overview.body.contains("href=\"\(path)\"") == roles.contains(name), "\(path)")
        }
    }

    @Test func `whoever is not signed in is led to the sign-in, and back`() throws {
        let hub = try PagesHub(seed: 92)
        let before = try hub.state()
        for (path, _) in Self.pages {
            let reply = try hub.browser().get(path)
            #expect(reply.status == 303, "\(path)")
            let next =
                path == "/"
                ? ""
                : "?next="
                    + path.split(separator: "/").reduce("") {
                        $0 + "%2F" + $1
                    }
            #expect(reply.location == "/sign-in" + next)
            #expect(reply.header("Cache-Control") == "no-store")
        }
        for path in ["/nodes/new", "/users/new", "/password", "/sign-out", "/nodes/waiting/1"] {
            let reply = try hub.browser().post(path, [("name", "x"), ("do", "approve")])
            #expect(reply.status == 303 && reply.location == "/sign-in", "\(path)")
        }
        #expect(try hub.state() == before)
        let browser = hub.browser()
        let back = try browser.signIn("admin", PagesHub.password, next: "/users")
        #expect(back.location == "/users")
    }

    @Test(arguments: ["an", "binh", "lan"])
    func `a form without the right changes nothing`(name: String) throws {
        let hub = try PagesHub(seed: 93)
        let users = try hub.node { try $0.users() }
        let admin = try #require(users.first { $0.name == "admin" }).id
        let before = try hub.state()
        let browser = try hub.browser(of: name)
        _ = try browser.get("/")
        let forms: [(String, [(String, String)])] = [
            ("/nodes/new", [("name", "x"), ("village", PagesHub.path + "/thon-1")]),
            ("/users/new", [("name", "x"), ("full-name", "X"), ("role", "administrator")]),
            ("/users/\(admin)", [("do", "block")]), ("/users/\(admin)", [("do", "reset")]),
            ("/nodes/0011223344556677/revoke", []),
        ]
        for (path, fields) in forms {
            #expect(try browser.post(path, fields).status == 403, "\(path)")
        }
        #expect(try hub.state() == before)
    }

    @Test func `an officer resets the staff below and nobody beside or above`() throws {
        let hub = try PagesHub(seed: 94)
        let users = try hub.node { try $0.users() }
        func path(_ name: String) throws -> String {
            "/users/\(try #require(users.first { $0.name == name }).id)"
        }
        let browser = try hub.browser(of: "hoa")
        _ = try browser.get("/")
        #expect(try browser.post(path("admin"), [("do", "reset")]).status == 403)
        #expect(try browser.post(path("hoa"), [("do", "reset")]).status == 403)
        #expect(try browser.post(path("lan"), [("do", "block")]).status == 403)
        let reset = try browser.post(path("lan"), [("do", "reset")])
        #expect(reset.status == 303 && reset.location?.hasPrefix("/shown/") == true)
    }

    @Test func `a village's node has no pages of a hub, and shows its own figures`() throws {
        let hub = try PagesHub(seed: 95)
        let village = try PagesHub(village: hub)
        let browser = try village.browser(of: "binh")
        for path in ["/nodes", "/nodes/new", "/users", "/users/new"] {
            #expect(try browser.get(path).status == 404, "\(path)")
        }
        #expect(try browser.get("/coverage").status == 200)
        #expect(try browser.get("/access").status == 403)
        let overview = try browser.get("/")
        #expect(overview.body.contains("Đã gửi hết") || overview.body.contains("chờ gửi"))
        #expect(try village.browser().signIn("hoa", PagesHub.password).status == 422)
    }

    @Test func `a blocked user is out at the next request`() throws {
        let hub = try PagesHub(seed: 96)
        let browser = try hub.browser(of: "hoa")
        #expect(try browser.get("/nodes").status == 200)
        try hub.node("admin") { try $0.setBlocked(true, user: "hoa") }
        #expect(try browser.get("/nodes").status == 303)
        #expect(try hub.browser().signIn("hoa", PagesHub.password).status == 422)
    }
}
