import Causality
import Foundation
import Node
import Pages
import Replication
import Store
import Survey
import Testing

/// What pages say to those who work there: their own words, once, and no more than they need.
@Suite struct WordsTests {
    @Test func `a row does not say again where its heading is`() throws {
        let hub = try PagesHub(seed: 471)
        try hub.addHouse("Số 6, tổ 8, Thôn 2", village: "thon-2", group: "Tổ 8", head: "Lê Mẫu")
        try hub.addHouse("Tổ 9", village: "thon-2", group: "Tổ 9", head: "Lê Thử")
        try hub.addHouse("Tổ 1, số 7", head: "Lê Nháp")
        try hub.addHouse("Số 6B, 2", village: "thon-2", group: "Tổ 8", head: "Lê Ví")
        let page = try hub.browser(of: "hoa").get("/today").body
        #expect(page.contains("<span>Số 6 · 1\u{A0}người</span>"))
        #expect(page.contains("<span>1\u{A0}người</span>"))
        #expect(page.contains("<span>Số 6B · 1\u{A0}người</span>"), "the village without its kind")
        #expect(
            page.contains("<span>Tổ 1, số 7 · 1\u{A0}người</span>"),
            "of no group in particular"
        )
    }

    @Test func `a search says who in the household was found`() throws {
        let hub = try PagesHub(seed: 472)
        let home = try hub.addHouse("Tổ 1, số 7", head: "Trần Sen")
        try hub.node("hoa") { node in
            let saved = try node.addRecord(
                "resident",
                [
                    FieldInput("household", home.description),
                    FieldInput("full_name", "Nguyễn Thị <Ví>"), FieldInput("birth", "5/3/1970"),
                    FieldInput("sex", "nu"), FieldInput("nationality", "vn"),
                    FieldInput("residence", "permanent"), FieldInput("presence", "here"),
                    FieldInput("relation", "other"),
                ],
                acceptsProposals: true
            )
            #expect(saved.id != nil, "\(saved.problems)")
        }
        let browser = try hub.browser(of: "lan")
        func found(_ words: String) throws -> String {
            _ = try browser.get("/search")
            let sent = try browser.post("/search", [("words", words)])
            return try browser.get(try #require(sent.location)).body
        }
        #expect(try found("nguyeenx thi").contains("có Nguyễn Thị &lt;Ví&gt;"))
        let own = try found("tran sen")
        #expect(own.contains("Trần Sen") && !own.contains("có Trần Sen"))
        #expect(try !found("so 7").contains("<span>có "))
    }

    @Test func `the access log speaks of what was seen, in the reader's language`() throws {
        let hub = try PagesHub(seed: 473)
        let home = try hub.addHouse("Tổ 1, số 7")
        let lan = try hub.browser(of: "lan")
        _ = try lan.get("/")
        _ = try lan.get("/?show=not-visited")
        _ = try lan.get("/household/\(home)")
        let admin = try hub.browser(of: "admin")
        let page = try admin.get("/access").body
        for code in [">open<", ">not-visited<", ">household<", ">\(home)<"] {
            #expect(!page.contains(code), "\(code)")
        }
        #expect(page.contains("Còn lại") && page.contains("Chưa đến"))
        #expect(page.contains(">Hộ gia đình \(home)<"))
        #expect(page.contains("data-label=\"Lý do\" data-none></td>"), "nothing takes no line")
        admin.setCookie("doorstep-language", "en")
        let english = try admin.get("/access").body
        #expect(english.contains("To do") && !english.contains("Còn lại"))
    }

    @Test func `an error keeps menu, name and language of whoever is signed in`() throws {
        let hub = try PagesHub(seed: 474)
        let lan = try hub.browser(of: "lan")
        _ = try lan.get("/")
        let replies = [
            (404, try lan.get("/khong-co")), (404, try lan.get("/household/x/y")),
            (404, try lan.get("/visit/0000000000000001")), (405, try lan.post("/coverage")),
            (404, try lan.get("/nodes/x/y/z")),
            (400, try lan.request("POST", "/search", ["Content-Type: text/plain"], "x")),
            (413, try lan.post("/search", [("words", String(repeating: "a", count: 5000))])),
        ]
        for (status, reply) in replies {
            #expect(reply.status == status)
            #expect(reply.body.contains(">Hôm nay</a>"), "\(status) \(reply.body.suffix(600))")
            #expect(reply.body.contains("Đăng xuất"))
        }
        #expect(try lan.post("/coverage").header("Allow") == "GET, HEAD")
        // Nobody else learns what there is.
        let stranger = hub.browser()
        let unknown = try stranger.get("/khong-co")
        #expect(unknown.status == 404 && !unknown.body.contains("Đăng xuất"))
    }

    @Test func `the bar is one short line, whatever is wrong`() throws {
        let hub = try PagesHub(seed: 475)
        let village = try PagesHub(village: hub)
        let codes = [
            "unreachable", "no-name", "cut", "timeout", "portal", "other-key", "certificate-time",
            "wrong-hub", "no-hub", "not-enrolled", "revoked", "version", "busy", "disk-full",
            "hub-disk-full", "hub-failed", "damaged", "too-large", "refused", "no-address",
            "failed",
        ]
        for code in codes {
            try village.node("lan") { node in
                let parent = try #require(try node.store.identity()?.parent).node
                try node.store.note([
                    Contact(
                        node: parent,
                        at: 1_780_000_000_000,
                        triedAt: village.clock.now + 60_000,
                        problem: code
                    )
                ])
            }
            let page = try village.browser(of: "lan").get("/sync").body
            let start = try #require(page.range(of: "href=\"/sync\">")).upperBound
            let words = page[start...].prefix { $0 != "<" }
            #expect(words.count <= 60 && !words.contains("kiểm tra"), "\(words)")
        }
    }

    @Test func `an officer is told that the notice names nobody to ask`() throws {
        let hub = try PagesHub(seed: 476)
        let officer = try hub.browser(of: "hoa")
        #expect(try officer.get("/").body.contains("chưa ghi nơi để người dân hỏi"))
        #expect(try !hub.browser(of: "an").get("/").body.contains("chưa ghi nơi"))
        try hub.node("hoa") { node in
            let saved = try node.setNotice(version: nil, contact: "cô Hoa, 0235 990 001")
            #expect(!saved.isRefused)
        }
        #expect(try !officer.get("/").body.contains("chưa ghi nơi để người dân hỏi"))
    }
}
