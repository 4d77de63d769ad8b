import Causality
import Node
import Store
import Survey
import Testing

/// A household that is on no list, begun by the pages of whoever may record in its village.
@Suite struct NewHouseholdPageTests {
    private func households(_ hub: PagesHub) throws -> Int {
        try hub.node { node in
            var count = 0
            try node.store.forEachRecord(of: "household") { _ in count += 1 }
            return count
        }
    }

    @Test func `likely ones are shown before it is recorded, and it leads to its visit`() throws {
        let hub = try PagesHub(seed: 431)
        let known = try hub.addHouse("Tổ 1, số 2", head: "Trần Thị Mẫu Hường")
        let browser = try hub.browser(of: "lan")
        for path in ["/", "/search"] {
            let way = "<a class=\"button plain\" href=\"/new-household\">"
            #expect(try browser.get(path).body.contains(way), "\(path): not what most come for")
        }
        let page = try browser.get("/new-household")
        let id = try #require(page.value(of: "id"))
        let typed = [
            ("id", id), ("address", "Nhà sau chợ"), ("group", "Tổ 1"),
            ("full_name", "tran thi mau huong"),
        ]
        let likely = try browser.post("/new-household", typed + [("do", "look")])
        #expect(likely.status == 200 && likely.body.contains("/household/\(known)"))
        #expect(try households(hub) == 1)
        let added = try browser.post("/new-household", typed + [("do", "add")])
        #expect(added.status == 303 && added.location?.hasPrefix("/visit/") == true)
        #expect(try browser.post("/new-household", typed + [("do", "add")]).status == 303)
        #expect(try households(hub) == 2, "sent twice it is one household")
        let record = try #require(RecordID(id))
        let row = try #require(try hub.node { try $0.store.row(of: record) })
        #expect(row.text("address") == "Nhà sau chợ" && row.text("assigned_to") == "lan")
    }

    @Test func `what cannot be saved is told at its line, and stays typed`() throws {
        let hub = try PagesHub(seed: 432)
        let browser = try hub.browser(of: "lan")
        let id = try #require(try browser.get("/new-household").value(of: "id"))
        let empty = try browser.post("/new-household", [("id", id), ("group", "Tổ 9")])
        #expect(empty.status == 422 && empty.body.contains("cách nhận ra nhà."))
        #expect(empty.value(of: "group") == "Tổ 9")
        let long = String(repeating: "a", count: 201)
        let refused = try browser.post("/new-household", [("id", id), ("address", long)])
        #expect(refused.status == 422 && refused.body.contains("201 ký tự, tối đa 200"))
        #expect(refused.value(of: "address") == long)
        #expect(try households(hub) == 0)
    }

    @Test func `nobody begins one where he does not record`() throws {
        let hub = try PagesHub(seed: 433)
        let lan = try hub.browser(of: "lan")
        let id = try #require(try lan.get("/new-household").value(of: "id"))
        let typed = [("id", id), ("address", "Nhà sau chợ"), ("do", "add")]
        for name in ["admin", "an"] {
            let browser = try hub.browser(of: name)
            #expect(try browser.get("/new-household").status == 403)
            #expect(try browser.post("/new-household", typed).status == 403)
        }
        // An officer chooses the village, and only one of the commune's.
        let hoa = try hub.browser(of: "hoa")
        #expect(try hoa.get("/new-household").body.contains("name=\"village\""))
        #expect(try hoa.post("/new-household", typed).status == 422)
        for village in ["48/99999/thon-1", "x"] {
            let reply = try hoa.post("/new-household", typed + [("village", village)])
            #expect([403, 404, 422].contains(reply.status), "\(village): \(reply.status)")
        }
        // A record of another village is none of hers.
        let other = try hub.addHouse("Tổ 9", village: "thon-2")
        let foreign = [("id", other.description), ("address", "Tổ 9"), ("do", "add")]
        #expect(try lan.post("/new-household", foreign).status == 403)
        #expect(try households(hub) == 1)
    }
}
