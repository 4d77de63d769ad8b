import Causality
import Node
import Pages
import Store
import Survey
import Testing

@Suite struct RecordPageTests {
    @Test func `a record is shown with who wrote what, and the reading is entered`() throws {
        let hub = try PagesHub(seed: 471)
        let home = try hub.addHouse("Tổ <4>")
        let person = try #require(
            try hub.node { try $0.store.children(of: home).first { $0.type.name == "resident" } }
        ).id
        let saved = try hub.node("binh") {
            try $0.editRecord(person, [FieldInput("phone", "0905123456")])
        }
        #expect(!saved.isRefused)
        let browser = try hub.browser(of: "lan")
        #expect(try browser.get("/household/\(home)").body.contains("href=\"/record/\(person)\""))
        let page = try browser.get("/record/\(person)")
        #expect(page.status == 200 && page.header("Cache-Control") == "no-store")
        #expect(page.body.contains("Vũ &lt;i&gt;Thị&lt;/i&gt;") && !page.body.contains("<i>Thị"))
        #expect(page.body.contains("data-label=\"Ai\">Lan &lt;script&gt;"))
        #expect(!page.body.contains(">binh<"))
        #expect(page.body.contains("0905 123 456"))
        let log = try hub.node { try $0.accessEntries(AccessQuery()) }
            .filter { $0.record == person.description }
        #expect(Set(log.map(\.action)) == ["show", "history"])
        #expect(Set(log.map(\.who)) == ["lan"])
    }

    @Test func `what is another village's, or no record of the survey, is not there`() throws {
        let hub = try PagesHub(seed: 472)
        let other = try hub.addHouse("Tổ 5", village: "thon-2")
        let user = try #require(try hub.node { try $0.users() }.first).id
        let browser = try hub.browser(of: "lan")
        for path in [other.description, user.description, "0123456789abcdef-1", "x"] {
            #expect(try browser.get("/record/\(path)").status == 404, "\(path)")
        }
        let officer = try hub.browser(of: "hoa")
        #expect(try officer.get("/record/\(other)").status == 200)
        #expect(try officer.get("/record/\(user)").status == 404)
        let own = try hub.addHouse("Tổ 1")
        for name in ["admin", "an"] {
            let keeper = try hub.browser(of: name)
            #expect(try keeper.get("/record/\(own)").status == 403)
        }
    }

    @Test func `a personal number is masked until somebody asks, which is entered`() throws {
        let hub = try PagesHub(seed: 473)
        let home = try hub.addHouse("Số 1")
        let number = "048185000123"
        let person = try hub.node("hoa") { node in
            let id = try #require(
                try node.store.children(of: home).first { $0.type.name == "resident" }
            ).id
            let saved = try node.editRecord(
                id,
                [FieldInput("personal_id", number), FieldInput("old_cmnd", "201234567")],
                acceptsProposals: true
            )
            #expect(!saved.isRefused, "\(saved.problems)")
            return id
        }
        let browser = try hub.browser(of: "lan")
        // Nothing is hidden of a household.
        #expect(try !browser.get("/record/\(home)").body.contains("Hiện số"))
        let page = try browser.get("/record/\(person)")
        #expect(page.body.contains("Hiện số</button>"))
        #expect(page.body.contains("048•••••0123") && page.body.contains("201•••••4567"))
        for whole in [number, "201234567"] { #expect(!page.body.contains(whole)) }
        func entered() throws -> [String] {
            try hub.node { try $0.accessEntries(AccessQuery()) }
                .filter { $0.record == person.description && $0.action == "numbers" }.map(\.who)
        }
        #expect(try entered().isEmpty)
        #expect(try browser.post("/record/\(person)", token: "x").status == 403)
        #expect(try entered().isEmpty)
        let shown = try browser.post("/record/\(person)")
        #expect(shown.status == 200 && shown.body.contains(number))
        #expect(shown.body.contains("201234567") && !shown.body.contains("•••"))
        #expect(try entered() == ["lan"])
        #expect(try hub.browser(of: "an").post("/record/\(person)").status == 403)
    }
}
