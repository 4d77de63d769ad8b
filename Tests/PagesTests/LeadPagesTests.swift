import Causality
import Node
import Pages
import Store
import Survey
import Testing
import Visiting

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
        #expect(reply.status == 303 && reply.place == "/lead/assign?done=assigned-2")
        #expect(try browser.get(#require(reply.location)).body.contains("Đã giao 2 hộ."))
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
        // One that may not be given holds up all: half of a list is nobody's meaning.
        let mixed = try browser.post(
            "/lead/assign",
            [
                ("household", home.description), ("household", elsewhere.description),
                ("staff", "binh"),
            ]
        )
        #expect(mixed.status == 422 && mixed.body.contains("Có hộ không giao được"))
        let nobody = try browser.post(
            "/lead/assign",
            [("household", home.description), ("staff", "?")]
        )
        #expect(nobody.status == 422 && nobody.body.contains("id=\"staff-error\""))
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

    @Test func `a group or the whole list goes by one button, and the list stays where it was`()
        throws
    {
        let hub = try PagesHub(seed: 444)
        let first = try (1...2).map { try hub.addHouse("Số \($0)", group: "Tổ 1") }
        let second = try (3...64).map { try hub.addHouse("Số \($0)", group: "Tổ 2") }
        let elsewhere = try hub.addHouse("Số 9", village: "thon-2", group: "Tổ 1")
        let browser = try hub.browser(of: "binh")
        let page = try browser.get("/lead/assign")
        #expect(page.body.contains("Giao cả Tổ 1: 2 hộ</button>"))
        // Of which only a part stands on this page.
        #expect(page.body.contains("Giao cả Tổ 2: 62 hộ</button>"))
        let reply = try browser.post(
            "/lead/assign",
            [("all", first[1].description), ("staff", "lan"), ("of", ""), ("page", "2")]
        )
        #expect(reply.place == "/lead/assign?page=2&done=assigned-2")
        #expect(try first.map { try owner($0, hub) } == ["lan", "lan"])
        #expect(try owner(second[0], hub) == nil && owner(elsewhere, hub) == nil)
        // Another list shows none of that group any more.
        let gone = try browser.post(
            "/lead/assign",
            [("all", first[1].description), ("staff", "binh"), ("of", "")]
        )
        #expect(gone.status == 422 && gone.body.contains("id=\"household-error\""))
        let rest = try browser.post("/lead/assign", [("all", "*"), ("staff", "binh"), ("of", "")])
        #expect(rest.place == "/lead/assign?done=assigned-62")
        #expect(try second.allSatisfy { try owner($0, hub) == "binh" })
        #expect(try owner(first[0], hub) == "lan" && owner(elsewhere, hub) == nil)
    }

    @Test func `the lead sees who has done how much of what he was given`() throws {
        let hub = try PagesHub(seed: 445)
        let homes = try (1...3).map { try hub.addHouse("Số \($0)", assignedTo: "lan") }
        _ = try hub.addHouse("Số 4")
        _ = try hub.addHouse("Số 5", village: "thon-2", assignedTo: "hoa")
        try hub.visit(homes[0], "complete")
        try hub.visit(homes[1], "no-contact")
        let page = try hub.browser(of: "binh").get("/lead").body
        #expect(page.contains("data-label=\"Được giao\">3<"))
        #expect(page.contains("data-label=\"Đã xong\">1<"))
        #expect(page.contains("data-label=\"Còn\">2<"))
        #expect(page.contains("Chưa giao</a>"))
        #expect(!page.contains("data-label=\"Được giao\">5<"))
    }

    @Test func `a visit of somebody who is blocked goes on with the lead, and stays his`() throws {
        let hub = try PagesHub(seed: 446)
        let home = try hub.addHouse("Số 1")
        let key = try hub.node("lan") { node in
            let desk = VisitDesk(node)
            let key = try desk.begin(home)
            _ = try desk.answer(key, QuestionID(.visit, "outcome"), "no-contact")
            return key
        }
        let lead = try hub.browser(of: "binh")
        #expect(try !lead.get("/household/\(home)").body.contains("/lead/take-over"))
        let form = [("visit", key.description)]
        #expect(try lead.post("/lead/take-over", form).status == 422)
        try hub.node("admin") { try $0.setBlocked(true, user: "lan") }
        #expect(try lead.get("/lead").body.contains("Lượt đến chưa kết thúc: 1"))
        #expect(try lead.get("/household/\(home)").body.contains("/lead/take-over"))
        for name in ["an", "admin"] {
            let other = try hub.browser(of: name)
            _ = try other.get("/")
            #expect(try other.post("/lead/take-over", form).status == 403, "\(name)")
        }
        let reply = try lead.post("/lead/take-over", form)
        #expect(reply.status == 303 && reply.location == "/visit/\(key)")
        #expect(try lead.post("/lead/take-over", form).status == 404)
        let saved = try hub.node("binh") { node in
            let desk = VisitDesk(node)
            guard case .saved(let saved) = try desk.finish(key) else { return nil as RecordID? }
            return saved.visit
        }
        let visit = try #require(saved)
        let (by, authors, open) = try hub.node { node in
            (
                try node.store.row(of: visit)?.text("by"),
                try node.history(of: visit).map(\.author),
                try VisitDesk(node).openVisits(ofEverybody: true)
            )
        }
        #expect(by == "lan" && Set(authors) == ["binh"] && open.isEmpty)
    }
}
