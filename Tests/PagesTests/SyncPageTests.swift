import Causality
import Node
import Pages
import Replication
import Store
import Survey
import Testing

@Suite struct SyncPageTests {
    @Test func `every page of a village's node tells how the sync stands, and leads to it`() throws
    {
        let hub = try PagesHub(seed: 421)
        let village = try PagesHub(village: hub)
        let browser = try village.browser(of: "lan")
        for path in ["/", "/coverage", "/search", "/sync", "/password"] {
            let page = try browser.get(path)
            #expect(page.body.contains("class=\"sync\" href=\"/sync\""), "\(path)")
        }
        let page = try browser.get("/sync")
        #expect(page.body.contains("Đồng bộ ngay") && page.body.contains("hub"))
        #expect(page.header("Refresh") == nil)
        let asked = try browser.post("/sync")
        #expect(asked.status == 303)
        let path = try #require(asked.location)
        #expect(path == "/sync?asked=\(village.clock.now)")
        village.clock.now += 60_000
        #expect(try browser.get(path).header("Refresh") == "3")
        village.clock.now += 120_000
        let late = try browser.get(path)
        #expect(late.header("Refresh") == nil && late.body.contains("Xem lại"))
        for word in ["x", "-1", "99999999999999999999999"] {
            let reply = try browser.get("/sync?asked=\(word)")
            #expect(reply.status == 200 && reply.header("Refresh") == nil, "\(word)")
        }
    }

    @Test func `a change that is not sent is told, and a topmost hub has nobody above`() throws {
        let hub = try PagesHub(seed: 422)
        let village = try PagesHub(village: hub)
        try village.node("lan") { node in
            let parent = try #require(try node.store.identity()?.parent).node
            let now = village.clock.now
            try node.store.note([Contact(node: parent, at: now, triedAt: now)])
            let saved = try node.addRecord("household", [FieldInput("state", "occupied")])
            #expect(saved.id != nil)
        }
        let page = try village.browser(of: "lan").get("/coverage")
        #expect(page.body.contains("1 thay đổi chờ gửi"))
        let home = try village.node("hoa") { node in
            try node.addRecord("household", [FieldInput("state", "occupied")]).id
        }
        // Looking at somebody's record enters a line of the access log, which is no work.
        let browser = try village.browser(of: "lan")
        #expect(try browser.get("/household/\(#require(home))").status == 200)
        let looked = try browser.get("/sync")
        #expect(looked.body.contains(">2 thay đổi chờ gửi"))
        #expect(looked.body.contains("2 thay đổi, 1 dòng nhật ký xem"))
        let top = try hub.browser(of: "hoa")
        let above = try top.get("/sync")
        #expect(above.status == 200 && !above.body.contains("Đồng bộ ngay"))
        #expect(!above.body.contains("class=\"sync\""))
        #expect(try top.post("/sync").status == 404)
        let auditor = try hub.browser(of: "an")
        _ = try auditor.get("/sync")
        #expect(try auditor.post("/sync").status == 403)
    }

    @Test func `a lead says where the hub is now, and field staff does not`() throws {
        let hub = try PagesHub(seed: 424)
        let village = try PagesHub(village: hub)
        func said() throws -> HubAddress? { try village.node { try HubAddress.said($0.store) } }
        let lead = try village.browser(of: "binh")
        #expect(try lead.get("/sync").body.contains("name=\"address\""))
        let staff = try village.browser(of: "lan")
        #expect(try !staff.get("/sync").body.contains("name=\"address\""))
        let form = [("do", "address"), ("address", " 192.168.7.5:9443 ")]
        #expect(try staff.post("/sync", form).status == 403)
        #expect(try lead.post("/sync", form, token: "x").status == 403)
        #expect(try said() == nil)
        for wrong in ["", "x y", "http://192.168.7.5", "a:0", "<b>"] {
            _ = try lead.get("/sync")
            let reply = try lead.post("/sync", [("do", "address"), ("address", wrong)])
            #expect(reply.status == 422 && reply.body.contains("id=\"address-error\""), "\(wrong)")
            #expect(!reply.body.contains("<b>"))
        }
        #expect(try said() == nil)
        _ = try lead.get("/sync")
        let reply = try lead.post("/sync", form)
        #expect(reply.status == 303 && reply.location?.hasPrefix("/sync?asked=") == true)
        #expect(try said() == HubAddress("192.168.7.5:9443"))
        #expect(try village.node { try HubAddress.known($0.store).first } == said())
        #expect(try lead.get("/sync").body.contains("192.168.7.5:9443"))
        #expect(village.log.all.contains { $0.contains("event=hub-address") })
        #expect(try hub.browser(of: "hoa").get("/sync").body.contains("name=\"address\"") == false)
    }

    @Test func `a village that syncs by stick has no alarm, and no command for its staff`() throws {
        let hub = try PagesHub(seed: 423)
        let village = try PagesHub(village: hub)
        func note(_ problem: SyncProblem) throws {
            try village.node("lan") { node in
                let parent = try #require(try node.store.identity()?.parent).node
                let tried = village.clock.now + 60_000
                try node.store.note([Contact(node: parent, triedAt: tried, problem: problem.code)])
            }
        }
        try note(.noAddress)
        try village.node("lan") { node in
            _ = try node.addRecord("household", [FieldInput("state", "occupied")])
        }
        let lan = try village.browser(of: "lan")
        let sign = "class=\"sync\" href=\"/sync\">1 thay đổi chờ USB"
        for path in ["/", "/coverage", "/sync"] {
            let page = try lan.get(path).body
            #expect(page.contains(sign), "\(path)")
            #expect(!page.contains("doorstep sync") && !page.contains("sync bad"), "\(path)")
        }
        // Out of reach says as little where news came by a stick since the last exchange.
        try note(.unreachable)
        #expect(try lan.get("/").body.contains(sign))
        // What somebody can do something about stays red, in words without commands.
        try note(.notEnrolled)
        let bad = try lan.get("/sync").body
        #expect(bad.contains("class=\"sync bad\"") && bad.contains("báo cán bộ xã"))
        #expect(!bad.contains("doorstep enrol"))
        for (problem, command) in [(SyncProblem.failed, "doctor"), (.noName, "sync")] {
            #expect(problem.label.vi.contains("doorstep \(command)"))
            #expect(!problem.plainLabel.vi.contains("doorstep"))
        }
        // A stick that does not come for a week is missed.
        try note(.noAddress)
        village.clock.now += 8 * 24 * 3_600_000
        #expect(try village.browser(of: "lan").get("/").body.contains("class=\"sync bad\""))
    }
}
