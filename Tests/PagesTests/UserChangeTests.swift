import Causality
import Node
import Pages
import Testing

@Suite struct UserChangeTests {
    private let hub: PagesHub
    private let admin: Browser

    init() throws {
        hub = try PagesHub(seed: 461)
        admin = try hub.browser(of: "admin")
    }

    private func user(_ name: String) throws -> User {
        try #require(try hub.node { try $0.user(named: name) })
    }

    private func path(_ name: String) throws -> String { "/users/\(try user(name).id)" }

    private func change(
        _ name: String,
        _ role: String,
        _ villages: [String] = [],
        fullName: String = "Ví Dụ"
    ) throws -> PageReply {
        _ = try admin.get(path(name))
        return try admin.post(
            path(name),
            [("do", "change"), ("full-name", fullName), ("role", role)]
                + villages.map { ("village", PagesHub.path + "/" + $0) }
        )
    }

    @Test func `role and villages are changed, and count at once`() throws {
        let lan = try hub.browser(of: "lan")
        #expect(try lan.get("/lead").status == 403)
        let page = try admin.get(path("lan"))
        #expect(page.body.contains("value=\"field-staff\" selected"))
        #expect(page.body.contains("value=\"48/21004/thon-1\" checked"))
        let reply = try change("lan", "village-lead", ["thon-1", "thon-2"], fullName: "Lan <b>")
        // In the second village there is no password of hers yet.
        #expect(try reply.status == 303 && reply.place == path("lan") + "?done=moved")
        let changed = try user("lan")
        #expect(changed.role == .villageLead && changed.displayName == "Lan <b>")
        #expect(changed.villages == ["48/21004/thon-1", "48/21004/thon-2"])
        #expect(try lan.get("/lead").status == 200)
        let officer = try change("lan", "commune-officer")
        #expect(officer.status == 303)
        #expect(try user("lan").villages.isEmpty)
    }

    @Test func `the rules are those of the command`() throws {
        let staff = try change("lan", "field-staff")
        #expect(staff.status == 422 && staff.body.contains("id=\"village-error\""))
        let nameless = try change("lan", "field-staff", ["thon-1"], fullName: " ")
        #expect(nameless.status == 422 && nameless.body.contains("id=\"full-name-error\""))
        let last = try change("admin", "auditor")
        #expect(last.status == 422 && last.body.contains("id=\"role-error\""))
        #expect(try change("lan", "emperor", ["thon-1"]).status == 400)
        #expect(try user("admin").role == .administrator)
        #expect(try user("lan").role == .fieldStaff)
    }

    @Test func `an officer who only gives codes changes nobody`() throws {
        let officer = try hub.browser(of: "hoa")
        let page = try officer.get(path("lan"))
        #expect(!page.body.contains("value=\"change\""))
        let reply = try officer.post(
            path("lan"),
            [("do", "change"), ("full-name", "X"), ("role", "administrator")]
        )
        #expect(reply.status == 403)
        #expect(try user("lan").role == .fieldStaff)
    }
}
