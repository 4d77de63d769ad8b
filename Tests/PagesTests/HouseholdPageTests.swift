import Causality
import Node
import Pages
import Store
import Survey
import Testing

@Suite struct HouseholdPageTests {
    @Test func `the card shows who lives there, whom to call, what is lacking`() throws {
        let hub = try PagesHub(seed: 411)
        let home = try hub.addHouse("Tổ <4>", phone: "0905123456", assignedTo: "lan")
        try hub.visit(home, "no-contact")
        let browser = try hub.browser(of: "lan")
        let page = try browser.get("/household/\(home)")
        #expect(page.status == 200 && page.header("Cache-Control") == "no-store")
        #expect(page.body.contains("Vũ &lt;i&gt;Thị&lt;/i&gt; &quot;Ví Dụ&quot; &amp; con"))
        #expect(page.body.contains("Tổ &lt;4&gt;") && !page.body.contains("<4>"))
        #expect(page.body.contains("href=\"tel:0905123456\""))
        #expect(page.body.contains("Không gặp ai"))
        #expect(page.body.contains("Đến nhưng không gặp: "))
        #expect(page.body.contains("41\u{A0}tuổi") && page.body.contains("sinh\u{A0}05/03/1985"))
        #expect(page.value(of: "household") == home.description)
    }

    @Test func `a household that does not agree is not called`() throws {
        let hub = try PagesHub(seed: 412)
        let home = try hub.addHouse("Tổ 4", phone: "0905123456")
        try hub.node("hoa") { node in
            let notice = try node.addRecord(
                "notice",
                [
                    FieldInput("household", home.description),
                    FieldInput("round", node.round(of: node.today)),
                    FieldInput("given_on", node.today.description),
                    FieldInput("given_how", "read-aloud"), FieldInput("basis", "consent"),
                    FieldInput("notice_version", "1"),
                    FieldInput("consent_contact_by_phone", "no"),
                ]
            )
            _ = try #require(notice.id, "\(notice.problems)")
        }
        let page = try hub.browser(of: "lan").get("/household/\(home)")
        #expect(page.status == 200 && !page.body.contains("tel:"))
    }

    @Test func `another village's household is not there, and nobody is said to have read it`()
        throws
    {
        let hub = try PagesHub(seed: 413)
        let own = try hub.addHouse("Tổ 4")
        let other = try hub.addHouse("Tổ 5", village: "thon-2")
        let browser = try hub.browser(of: "lan")
        for path in [
            other.description, "0123456789abcdef-1", "x", "..", "%3Cscript%3E",
            String(repeating: "9", count: 100),
        ] {
            let reply = try browser.get("/household/\(path)")
            #expect([400, 404].contains(reply.status), "\(path)")
            #expect(!reply.body.contains("Ví Dụ") || !reply.body.contains("Vũ"))
        }
        #expect(try hub.node { try $0.accessEntries(AccessQuery()) }.isEmpty)
        #expect(try browser.get("/household/\(own)").status == 200)
        let log = try hub.node { try $0.accessEntries(AccessQuery()) }
        #expect(log.map(\.record) == [own.description] && log.map(\.who) == ["lan"])
        #expect(log.first?.action == "show" && log.first?.via == "page")
        let officer = try hub.browser(of: "hoa")
        #expect(try officer.get("/household/\(other)").status == 200)
    }

    @Test func `nothing but a number is dialled`() {
        for (number, path) in [
            ("0905 123 456", "tel:0905123456"), ("+84905123456", "tel:+84905123456"),
        ] {
            #expect(TelephonePath(number)?.text == path)
        }
        for number in ["", "12", "0905;ext=1", "javascript:1", "090512345678901234", "+", "０９０"] {
            #expect(TelephonePath(number) == nil, "\(number)")
        }
    }

    @Test func `what nobody has asked yet is said once, and what is known to lack at each`() throws
    {
        let hub = try PagesHub(seed: 414)
        let home = try hub.addHouse("Số 75, tổ 7, Thôn 2", village: "thon-2", group: "Tổ 7")
        try hub.node("hoa") { node in
            let saved = try node.addRecord(
                "resident",
                [
                    FieldInput("household", home.description), FieldInput("full_name", "Lê Mẫu"),
                    FieldInput("birth", "5/3/1970"), FieldInput("sex", "nam"),
                    FieldInput("nationality", "vn"), FieldInput("residence", "permanent"),
                    FieldInput("presence", "here"), FieldInput("relation", "spouse"),
                    FieldInput("payment_has_any", "no"),
                    FieldInput("payment_observed_on", node.today.description),
                    FieldInput("payment_source", "self"),
                ],
                acceptsProposals: true
            )
            #expect(saved.id != nil, "\(saved.problems)")
        }
        let page = try hub.browser(of: "hoa").get("/household/\(home)").body
        #expect(page.ranges(of: "Chưa hỏi ai trong đợt này.").count == 1)
        #expect(!page.contains("Chưa đến: "))
        #expect(page.ranges(of: "<ul class=\"lacks\">").count == 1)
        // The group and the village stand in the address already.
        #expect(page.contains(">Số 75, tổ 7, Thôn 2<"))
    }

    @Test func `after the head has died the card says so, and calls nobody who is gone`() throws {
        let hub = try PagesHub(seed: 415)
        let home = try hub.addHouse("Tổ 4", phone: "0905123456")
        let head = try hub.node { node in
            try #require(try node.store.children(of: home).first { $0.type.name == "resident" }).id
        }
        func say(_ presence: String, of person: RecordID) throws {
            let saved = try hub.node("hoa") { node in
                try node.editRecord(person, [FieldInput("presence", presence)])
            }
            #expect(!saved.isRefused, "\(saved.problems)")
        }
        let heir = try hub.node("hoa") { node in
            let facts = [
                ("household", home.description), ("full_name", "Lê Thị Mẫu"),
                ("birth", "1/5/1983"), ("sex", "female"), ("residence", "permanent"),
                ("presence", "here"), ("relation", "spouse"), ("payment_has_any", "no"),
            ]
            let inputs = facts.map { FieldInput($0.0, $0.1) }
            return try #require(try node.addRecord("resident", inputs).id)
        }
        let browser = try hub.browser(of: "lan")
        let before = try browser.get("/household/\(home)").body
        #expect(before.contains("tel:0905123456") && before.contains("Còn thiếu:"))
        try say("deceased", of: head)
        let page = try browser.get("/household/\(home)").body
        #expect(page.contains("chưa có chủ hộ: chọn khi đến") && !page.contains("tel:"))
        #expect(page.contains("· chưa có chủ hộ</h1>"))
        #expect(try browser.get("/").body.contains("· chưa có chủ hộ</b>"))
        try say("moved", of: heir)
        let empty = try browser.get("/household/\(home)").body
        #expect(empty.contains("Không còn ai ở hộ này") && !empty.contains("Chưa hỏi ai"))
        let list = try browser.get("/").body
        #expect(list.contains("· không còn ai ở</b>") && list.contains(">Chưa đến 0</a>"))
    }
}
