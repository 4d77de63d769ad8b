import Causality
import Foundation
import Node
import Pages
import Survey
import Testing

/// The list of those who go from door to door, and what is found in it.
@Suite struct TodayTests {
    private func links(_ page: PageReply) -> [String] {
        // The list, without where to go next.
        page.body.split(separator: "<ol").dropFirst().joined().split(separator: "href=\"")
            .dropFirst()
            .map { String($0.prefix { $0 != "\"" }) }.filter { $0.hasPrefix("/household/") }
            .map { String($0.dropFirst("/household/".count)) }
    }

    @Test func `field staff see first what is theirs, an officer how things stand`() throws {
        let hub = try PagesHub(seed: 401)
        let mine = try hub.addHouse("Tổ 1, số 2", assignedTo: "lan")
        let nobodys = try hub.addHouse("Tổ 1, số 3")
        let others = try hub.addHouse("Tổ 1, số 4", assignedTo: "binh")
        let elsewhere = try hub.addHouse("Tổ 9", village: "thon-2")
        let lan = try hub.browser(of: "lan")
        let page = try lan.get("/")
        #expect(page.status == 200)
        #expect(links(page) == [mine, nobodys].map(\.description))
        #expect(page.body.contains("<b>0/2</b>"))
        #expect(page.body.contains("&lt;i&gt;Thị") && !page.body.contains("<i>Thị"))
        #expect(page.body.contains("action=\"/begin\""))
        #expect(page.value(of: "household") == mine.description)
        let all = try lan.get("/?of=all")
        #expect(links(all) == [mine, nobodys, others].map(\.description))
        let officer = try hub.browser(of: "hoa")
        #expect(try links(officer.get("/")).isEmpty)
        #expect(try officer.get("/").body.contains("href=\"/today\""))
        let whole = Set([mine, nobodys, others, elsewhere].map(\.description))
        #expect(try Set(links(officer.get("/today"))) == whole)
        #expect(try lan.get("/overview").status == 200)
    }

    @Test func `those who keep the accounts see nobody's house`() throws {
        let hub = try PagesHub(seed: 402)
        let home = try hub.addHouse("Tổ 1, số 2")
        for name in ["admin", "an"] {
            let browser = try hub.browser(of: name)
            #expect(try links(browser.get("/")).isEmpty)
            for path in ["/today", "/search", "/search/x", "/household/\(home)"] {
                #expect(try browser.get(path).status == 403, "\(path)")
            }
            #expect(try browser.post("/search", [("words", "vu")]).status == 403)
        }
        #expect(try hub.node { try $0.accessEntries(AccessQuery()) }.isEmpty)
    }

    @Test func `each filter has its households, and its address says nothing of them`() throws {
        let hub = try PagesHub(seed: 403)
        let homes = try (1...6).map { try hub.addHouse("Tổ 1, số \($0)") }
        try hub.visit(homes[0], "complete")
        try hub.visit(homes[1], "no-contact")
        try hub.visit(homes[2], "postponed")
        let browser = try hub.browser(of: "lan")
        let expected: [(String, [RecordID])] = [
            ("open", Array(homes[1...])), ("not-visited", Array(homes[3...])),
            ("away", [homes[1]]), ("call-again", [homes[2]]), ("done", [homes[0]]),
            ("<script>", Array(homes[1...])),
        ]
        for (filter, homes) in expected {
            let page = try browser.get("/?show=\(filter == "<script>" ? "%3Cscript%3E" : filter)")
            #expect(links(page) == homes.map(\.description), "\(filter)")
            #expect(page.body.contains("<b>1/6</b>"))
        }
        let page = try browser.get("/")
        for words in ["Chưa đến 3", "Vắng nhà 1", "Hẹn lại 1", "Đã xong 1", "Còn lại 5"] {
            #expect(page.body.contains(">\(words)</a>"), "\(words)")
        }
        #expect(try browser.get("/?show=lacking").status == 200)
    }

    @Test func `a long list is turned over by bounded pages`() throws {
        let hub = try PagesHub(seed: 404)
        for number in 1...45 { try hub.addHouse("Tổ 1, số \(number)") }
        let browser = try hub.browser(of: "lan")
        let first = try links(browser.get("/"))
        let second = try links(browser.get("/?page=2"))
        #expect(first.count == 40 && second.count == 5)
        #expect(Set(first).isDisjoint(with: second))
        for page in ["3", "999999999999999999999", "-1", "0", "x"] {
            let links = try links(browser.get("/?page=\(page)"))
            #expect(links == (page == "3" ? second : first), "\(page)")
        }
    }

    @Test func `a search finds without accents and with keys left over, and leaves no trace`()
        throws
    {
        let hub = try PagesHub(seed: 405)
        let wanted = try hub.addHouse("Tổ 2, số 8", head: "Trần Thị Mẫu Hường")
        try hub.addHouse("Tổ 2, số 9", head: "Phạm Văn Ví Dụ")
        let elsewhere = try hub.addHouse("Tổ 7", village: "thon-2", head: "Trần Thị Mẫu Hường")
        let browser = try hub.browser(of: "lan")
        _ = try browser.get("/search")
        for words in ["tran thi mau huong", "HƯỜNG", "traanf thij maaux huwowngf"] {
            let reply = try browser.post("/search", [("words", words)])
            let path = try #require(reply.location)
            #expect(reply.status == 303 && path.hasPrefix("/search/") && !path.contains("?"))
            let page = try browser.get(path)
            #expect(links(page) == [wanted.description], "\(words)")
            #expect(page.header("Cache-Control") == "no-store")
            #expect(!links(page).contains(elsewhere.description))
            let other = try hub.browser(of: "binh")
            #expect(try other.get(path).location == "/search", "another session's search")
        }
        let script = try browser.post("/search", [("words", "\"><script>x</script>")])
        let none = try browser.get(try #require(script.location))
        #expect(none.status == 200 && !none.body.contains("<script>") && links(none).isEmpty)
        let long = try browser.post("/search", [("words", String(repeating: "ă", count: 101))])
        #expect(long.status == 422 && long.body.contains("101 ký tự, tối đa 80"))
        #expect(try browser.post("/search", [("words", "  ")]).location == "/search")
        let log = try hub.node { try $0.accessEntries(AccessQuery()) }
        #expect(
            !log.isEmpty
                && log.allSatisfy {
                    $0.filter?.lowercased().contains("h") != true || $0.filter == "household"
                }
        )
    }

    @Test func `where to go next stands above a list that begins elsewhere`() throws {
        let hub = try PagesHub(seed: 406)
        let homes = try (1...4).map { try hub.addHouse("Tổ 1, số \($0)") }
        let browser = try hub.browser(of: "lan")
        #expect(try !browser.get("/").body.contains("id=\"next\""))
        try hub.visit(homes[1], "no-contact")
        let page = try browser.get("/").body
        let next = try #require(page.range(of: "id=\"next\"")).upperBound
        let list = try #require(page.range(of: "<ol")).lowerBound
        #expect(page[next..<list].contains("/household/\(homes[2])"))
        #expect(try !browser.get("/?show=away").body.contains("id=\"next\""))
    }
}
