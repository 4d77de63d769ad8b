import Causality
import Node
import Pages
import Store
import Survey
import Testing

@Suite struct LeadPagesTests {
    private func owner(_ home: RecordID, _ hub: PagesHub) throws -> String? {
        try hub.node { try $0.store.row(of: home)?.text("assigned_to") }
    }

    @Test func `the lead sees who did what today and what goes wrong, in his village alone`() throws
    {
        let hub = try PagesHub(seed: 441)
        let homes = try (1...3).map { try hub.addHouse("Tổ 1, số \($0)") }
        let elsewhere = try hub.addHouse("Tổ 9", village: "thon-2")
        try hub.visit(homes[0], "complete")
        for _ in 0..<3 { try hub.visit(homes[1], "no-contact") }
        try hub.visit(homes[2], "refused", by: "binh")
        try hub.visit(elsewhere, "refused", by: "hoa")
        let page = try hub.browser(of: "binh").get("/lead")
        #expect(page.status == 200)
        #expect(page.body.contains("Nhiều lần không gặp: 1") && page.body.contains("Từ chối: 1"))
        #expect(page.body.contains("/household/\(homes[1])"))
        #expect(!page.body.contains("/household/\(elsewhere)"))
        #expect(page.body.contains("data-label=\"Lượt đến\">4<"))
        #expect(page.body.contains("&lt;script&gt;") && !page.body.contains("<i>Thị"))
        let officer = try hub.browser(of: "hoa").get("/lead")
        #expect(officer.body.contains("/household/\(elsewhere)"))
    }

    @Test func `several households are given away at once, to whoever may visit there`() throws {
        let hub = try PagesHub(seed: 442)
        let homes = try (1...3).map { try hub.addHouse("Tổ 1, số \($0)") }
        let elsewhere = try hub.addHouse("Tổ 9", village: "thon-2")
        let browser = try hub.browser(of: "binh")
        let page = try browser.get("/lead/assign")
        #expect(page.body.contains("value=\"\(homes[0])\""))
        #expect(!page.body.contains("\(elsewhere)") && page.body.contains("value=\"lan\""))
        #expect(!page.body.contains("value=\"an\"") && !page.body.contains("value=\"admin\""))
        let two = homes[..<2].map { ("household", $0.description) }
        let reply = try browser.post("/lead/assign", two + [("staff", "lan"), ("of", "")])
        #expect(reply.status == 303 && reply.location == "/lead/assign?done=assigned")
        #expect(try homes.map { try owner($0, hub) } == ["lan", "lan", nil])
        let lan = try #require(try hub.node { try $0.users() }.first { $0.name == "lan" }).id
        let theirs = try browser.get("/lead/assign?of=\(lan)")
        #expect(theirs.body.contains("value=\"\(homes[0])\""))
        #expect(!theirs.body.contains("value=\"\(homes[2])\"") && !theirs.body.contains("of=lan"))
        _ = try browser.post("/lead/assign", [two[0], ("staff", ""), ("of", "\(lan)")])
        #expect(try owner(homes[0], hub) == nil)
    }

    @Test func `what may not be given away stays, and is told`() throws {
        let hub = try PagesHub(seed: 443)
        let home = try hub.addHouse("Tổ 1")
        let elsewhere = try hub.addHouse("Tổ 9", village: "thon-2")
        let browser = try hub.browser(of: "binh")
        _ = try browser.get("/lead/assign")
        for staff in ["an", "nobody", "<script>", "admin"] {
            let reply = try browser.post(
                "/lead/assign",
                [("household", home.description), ("staff", staff)]
            )
            #expect(reply.status == 422 && reply.body.contains("id=\"staff-error\""), "\(staff)")
        }
        let none = try browser.post("/lead/assign", [("staff", "lan"), ("household", "x")])
        #expect(none.status == 422 && none.body.contains("id=\"household-error\""))
        _ = try browser.post(
            "/lead/assign",
            [("household", elsewhere.description), ("staff", "binh")]
        )
        #expect(try owner(home, hub) == nil && owner(elsewhere, hub) == nil)
        for name in ["lan", "an", "admin"] {
            let other = try hub.browser(of: name)
            for path in ["/lead", "/lead/assign"] {
                #expect(try other.get(path).status == 403, "\(path)")
            }
            _ = try other.get("/")
            let form = [("household", home.description), ("staff", "lan")]
            #expect(try other.post("/lead/assign", form).status == 403)
        }
        #expect(try owner(home, hub) == nil)
    }
}
