import Causality
import Node
import Pages
import Replication
import Store
import TestSupport
import Testing

/// An officer's work at the hub, by its pages: users and nodes.
@Suite struct KeepingTests {
    let hub: PagesHub
    let admin: Browser

    init() throws {
        hub = try PagesHub(seed: 98)
        admin = try hub.browser(of: "admin")
    }

    private func id(of name: String) throws -> String {
        try #require(try hub.node { try $0.user(named: name) }).id.description
    }

    // MARK: Users

    @Test func `a new user gets a code, which is shown once`() throws {
        _ = try admin.get("/users/new")
        let made = try admin.post(
            "/users/new",
            [
                ("full-name", "Trần <i>Mới</i>"), ("name", "tran.moi"), ("role", "field-staff"),
                ("village", PagesHub.path + "/thon-2"),
            ]
        )
        let shown = try #require(made.location)
        #expect(made.status == 303 && shown.hasPrefix("/shown/"))
        // Another session's reader sees nothing, and uses nothing up.
        #expect(try hub.browser(of: "hoa").get(shown).status == 404)
        #expect(try admin.request("HEAD", shown, []).status == 405)
        let page = try admin.get(shown)
        let code = try #require(
            page.body.split(separator: "class=\"code\">").last?.prefix { $0 != "<" }
        )
        #expect(page.status == 200 && code.count == 11)
        #expect(try admin.get(shown).status == 404)
        let list = try admin.get("/users")
        #expect(list.body.contains("Trần &lt;i&gt;Mới&lt;/i&gt;") && !list.body.contains("<i>"))
        let user = try #require(try hub.node { try $0.user(named: "tran.moi") })
        #expect(user.villages == [PagesHub.path + "/thon-2"])
        // A field worker has no way in at the hub but the code given for it.
        let entered = try hub.browser().signIn("tran.moi", String(code))
        #expect(entered.location == "/password")
    }

    @Test(arguments: [
        ("full-name", "", "full-name-error"), ("name", "Lan Nguyễn", "name-error"),
        ("name", "admin", "name-error"), ("role", "village-lead", "village-error"),
    ])
    func `what is wrong with a new user is told at its field, and what was typed stays`(
        field: String,
        value: String,
        error: String
    ) throws {
        let before = try hub.state()
        _ = try admin.get("/users/new")
        var fields = ["full-name": "Trần \"Mới\"", "name": "tran.moi", "role": "commune-officer"]
        fields[field] = value
        let reply = try admin.post("/users/new", fields.map { ($0.key, $0.value) })
        #expect(reply.status == 422)
        #expect(reply.body.contains("id=\"\(error)\"") && reply.body.contains("role=\"alert\""))
        if field != "full-name" { #expect(reply.body.contains("value=\"Trần &quot;Mới&quot;\"")) }
        #expect(try hub.state() == before)
    }

    @Test func `a user is blocked and let in again, the last administrator is not`() throws {
        _ = try admin.get("/users")
        let path = "/users/" + (try id(of: "lan"))
        #expect(try admin.get(path).status == 200)
        let blocked = try admin.post(path, [("do", "block")])
        #expect(blocked.place == "/users?done=blocked")
        #expect(try hub.node { try $0.user(named: "lan") }?.isBlocked == true)
        let told = try #require(blocked.location)
        #expect(try admin.get(told).body.contains("role=\"status\""))
        // A link from elsewhere tells nobody of what has not happened here.
        let other = try hub.browser(of: "admin")
        for path in [told, "/users?done=blocked", "/users?done=blocked.", "/users?done=.x"] {
            #expect(try !other.get(path).body.contains("role=\"status\""), "\(path)")
        }
        _ = try admin.post(path, [("do", "unblock")])
        #expect(try hub.node { try $0.user(named: "lan") }?.isBlocked == false)
        let last = try admin.post("/users/" + (try id(of: "admin")), [("do", "block")])
        #expect(last.status == 422 && last.body.contains("quản trị cuối cùng"))
        #expect(try admin.get("/users/0-1").status == 404)
        #expect(try admin.post("/users/0-1", [("do", "block")]).status == 404)
        #expect(try admin.post(path, [("do", "delete")]).status == 400)
    }

    // MARK: Nodes

    private func invite() throws -> (code: String, number: Int) {
        _ = try admin.get("/nodes/new")
        let made = try admin.post(
            "/nodes/new",
            [("name", "Máy <b>1</b>"), ("village", PagesHub.path + "/thon-1")]
        )
        let page = try admin.get(try #require(made.location))
        let code = page.body.split(separator: "class=\"code\">").last?.prefix { $0 != "<" }
        let number = try hub.node { try $0.store.invites().last?.number }
        return (String(try #require(code)), try #require(number))
    }

    @Test func `a name that is too long is told with the limit, and stays typed`() throws {
        _ = try admin.get("/nodes/new")
        let long = String(repeating: "Máy ", count: 50)
        let village = ("village", PagesHub.path + "/thon-1")
        let reply = try admin.post("/nodes/new", [("name", long), village])
        #expect(reply.status == 422 && reply.body.contains("249 byte, tối đa 200;"))
        let typed = reply.value(of: "name")
        #expect(typed?.hasPrefix("Máy Máy") == true)
        let none = try admin.post("/nodes/new", [("name", " "), village])
        #expect(none.status == 422 && none.body.contains("Máy cần có tên."))
    }

    /// A machine calls with a code; returns the number that it shows.
    private func call(_ code: String) throws -> String {
        let machine = try hub.commune.unenrolled()
        return try hub.lane.run { store in
            let identity = try #require(try store.identity())
            let card = try HubCard(
                certificate: identity.certificate,
                issuedAt: 1,
                pins: [],
                addresses: ["127.0.0.1:8443"],
                key: identity.signingKey
            )
            let enrolment = try CodeEnrolment(
                machine,
                code: InviteCode(code),
                card: card,
                fingerprint: nil
            )
            let response = try Invitations.respond(
                to: enrolment.call(),
                from: "192.0.2.7",
                at: store
            )
            guard case .answer = response else { throw StoreError.unknownInvite }
            return enrolment.comparison
        }
    }

    @Test func `a node is approved by the number that it shows, and by no other`() throws {
        let (code, number) = try invite()
        let path = "/nodes/waiting/\(number)"
        #expect(try admin.get(path).body.contains("Chưa có máy nào"))
        let early = try admin.post(path, [("do", "approve"), ("comparison", "")])
        #expect(early.status == 422)
        let comparison = try call(code)
        let page = try admin.get(path)
        #expect(page.body.contains("192.0.2.7") && !page.body.contains("<b>1"))
        #expect(try admin.get("/").body.contains("đang chờ duyệt"))
        let wrong = try admin.post(path, [("do", "approve"), ("comparison", "000000")])
        #expect(wrong.status == 422 && wrong.body.contains("id=\"comparison-error\""))
        #expect(try hub.node { try $0.store.invite(number) }?.state == .waiting)
        let right = try admin.post(path, [("do", "approve"), ("comparison", comparison)])
        #expect(right.place == "/nodes?done=approved")
        #expect(try hub.node { try $0.store.children().map(\.name) } == ["Máy <b>1</b>"])
        #expect(
            try admin.post(path, [("do", "approve"), ("comparison", comparison)]).status == 422
        )
    }

    @Test func `a node that waits, or an open code, is refused`() throws {
        let (code, number) = try invite()
        _ = try call(code)
        let path = "/nodes/waiting/\(number)"
        #expect(try admin.post(path, [("do", "refuse")]).place == "/nodes?done=refused")
        #expect(try hub.node { try $0.store.children() }.isEmpty)
        #expect(try admin.get(path).status == 404)
        #expect(try admin.post("/nodes/waiting/999", [("do", "refuse")]).status == 422)
        #expect(try admin.get("/nodes/waiting/x").status == 404)
    }

    @Test func `a node is renamed, replaced and revoked`() throws {
        let (code, number) = try invite()
        let comparison = try call(code)
        let approve = [("do", "approve"), ("comparison", comparison)]
        _ = try admin.post("/nodes/waiting/\(number)", approve)
        let node = try #require(try hub.node { try $0.store.children().first?.node })
        let path = "/nodes/\(node)"
        #expect(try admin.get(path).body.contains("value=\"Máy &lt;b&gt;1&lt;/b&gt;\""))
        let village = ("village", PagesHub.path + "/thon-2")
        let long = try admin.post(path, [("name", String(repeating: "y", count: 201)), village])
        #expect(long.status == 422 && long.body.contains("201 byte, tối đa 200;"))
        #expect(try admin.post(path, [("name", "Máy 2"), village]).status == 303)
        let changed = try hub.node { try $0.store.children().first }
        #expect(changed?.name == "Máy 2" && changed?.writes == [PagesHub.path + "/thon-2"])
        #expect(try admin.post(path, [("name", ""), village]).body.contains("id=\"name-error\""))
        let nowhere = try admin.post(path, [("name", "Máy 2"), ("village", "48/21004")])
        #expect(nowhere.body.contains("id=\"village-error\""))
        let replaced = try admin.post(path, [("do", "replace")])
        #expect(replaced.location?.hasPrefix("/shown/") == true)
        #expect(try admin.get(path + "/revoke").status == 200)
        #expect(try hub.node { try $0.store.isRevoked(node) } == false)
        #expect(try admin.post(path + "/revoke").place == "/nodes?done=revoked")
        #expect(try hub.node { try $0.store.isRevoked(node) })
        #expect(try admin.get(path + "/revoke").status == 404)
        // Its place can be taken all the same, and nothing else be done with it.
        let page = try admin.get(path).body
        #expect(page.contains("value=\"replace\"") && !page.contains("/revoke\""))
        let late = try admin.post(path, [("do", "replace")])
        #expect(late.location?.hasPrefix("/shown/") == true)
        #expect(try admin.post(path, [("name", "Máy 3"), village]).status == 404)
        #expect(try admin.get("/nodes/0000000000000000").status == 404)
    }

    @Test func `the hub itself is no node that is revoked`() throws {
        let own = try #require(try hub.node { try $0.store.identity()?.node })
        #expect(try admin.get("/nodes/\(own)").status == 404)
        #expect(try admin.post("/nodes/\(own)/revoke").status != 303)
        #expect(try hub.node { try $0.store.isRevoked(own) } == false)
    }

    // MARK: The access log

    @Test func `the access log is turned page by page`() throws {
        let place = PagesHub.path + "/thon-1"
        // What other nodes write may be anything.
        try hub.node("hoa") { node in
            for count in 1...51 {
                try node.store.save(scope: place, author: "hoa") {
                    _ = $0.add(
                        "access",
                        [
                            Cell("who", .text("hoa")), Cell("action", .text("missing")),
                            Cell("scope", .text(place)), Cell("filter", .text("<i>vneid</i>")),
                            Cell("count", .integer(Int64(count))),
                            Cell("reason", .text("\"họp\"")), Cell("at", .integer(Int64(count))),
                        ]
                    )
                }
            }
        }
        let first = try admin.get("/access")
        #expect(first.body.contains("page=2") && !first.body.contains("page=0"))
        #expect(first.body.contains("&lt;i&gt;vneid") && first.body.contains("&quot;họp&quot;"))
        let second = try admin.get("/access?page=2")
        #expect(second.body.contains("page=1") && !second.body.contains("page=3"))
        for odd in ["-1", "x", "99999999999999999999", "1000"] {
            #expect(try admin.get("/access?page=\(odd)").status == 200, "\(odd)")
        }
    }
}
