import Causality
import Foundation
import Node
import Pages
import Testing

@Suite struct PINPageTests {
    private let hub: PagesHub
    private let browser: Browser

    init() throws {
        hub = try PagesHub(seed: 431)
        browser = try hub.browser(of: "lan")
        _ = try browser.get("/pin")
        let saved = try browser.post("/pin", [("new", "2580"), ("again", "2580")])
        #expect(saved.status == 303 && saved.place == "/?done=pin")
    }

    @Test func `a quiet session asks for the number and leads back`() throws {
        #expect(try browser.get("/").body.contains("Nhập mã PIN") == false)
        hub.clock.now += PINRules.lockAfter
        let locked = try browser.get("/today")
        #expect(locked.location == "/pin?next=%2Ftoday")
        let page = try browser.get("/pin?next=%2Ftoday")
        #expect(page.status == 200 && page.body.contains("name=\"unlock-pin\""))
        #expect(page.body.contains("inputmode=\"numeric\"") && !page.body.contains("<nav"))
        let next = page.value(of: "next")
        #expect(next == "/today")
        let wrong = try browser.post("/pin", [("unlock-pin", "1111"), ("next", "/today")])
        #expect(wrong.status == 422 && wrong.body.contains("còn 4 lần"))
        #expect(wrong.value(of: "next") == "/today")
        let open = try browser.post("/pin", [("unlock-pin", "2580"), ("next", "/today")])
        #expect(open.status == 303 && open.location == "/today")
        #expect(try browser.get("/today").status == 200)
    }

    @Test func `a locked page comes back with what was asked of it`() throws {
        _ = try browser.get("/")
        hub.clock.now += PINRules.lockAfter
        let locked = try browser.get("/today?show=lacking&page=2")
        let path = try #require(locked.location)
        #expect(path == "/pin?next=%2Ftoday%3Fshow%3Dlacking%26page%3D2")
        #expect(try browser.get(path).value(of: "next") == "/today?show=lacking&amp;page=2")
        let open = try browser.post(
            "/pin",
            [("unlock-pin", "2580"), ("next", "/today?show=lacking&page=2")]
        )
        #expect(open.location == "/today?show=lacking&page=2")
    }

    @Test func `what was typed before the lock is carried on with the number`() throws {
        let home = try hub.addHouse("Tổ 1")
        _ = try browser.get("/search")
        hub.clock.now += PINRules.lockAfter
        let typed = "\"><b>hường</b>"
        let kept = try browser.post("/search", [("words", typed)])
        #expect(kept.status == 200 && !kept.body.contains("<b>hường"))
        #expect(kept.body.contains("action=\"/search\""))
        #expect(kept.value(of: "words") == "&quot;&gt;&lt;b&gt;hường&lt;/b&gt;")
        let found = try browser.post("/search", [("words", "ví dụ"), ("unlock-pin", "2580")])
        let path = try #require(found.location)
        #expect(try browser.get(path).body.contains(home.description))
    }

    @Test func `a locked session does nothing but sign out, and echoes no stranger's form`() throws
    {
        hub.clock.now += PINRules.lockAfter
        for path in ["/", "/household/0123456789abcdef-1", "/coverage", "/sync", "/password"] {
            #expect(try browser.get(path).location?.hasPrefix("/pin?next=") == true, "\(path)")
        }
        let before = try hub.state()
        for path in ["/password", "/sync", "/pin", "/search"] {
            let reply = try browser.post(path, [("new", "1379"), ("again", "1379")])
            #expect(reply.status == 200 && reply.body.contains("unlock-pin"), "\(path)")
            let isSecret = ["/password", "/pin"].contains(path)
            #expect(reply.body.contains("1379") != isSecret, "\(path)")
        }
        let stranger = try browser.post(
            "/search",
            [("words", "xyzzy"), ("unlock-pin", "2580")],
            token: "x"
        )
        #expect(stranger.status == 403 && !stranger.body.contains("xyzzy"))
        #expect(try hub.state() == before)
        #expect(try browser.get("/").location?.hasPrefix("/pin") == true)
        let out = try browser.post("/sign-out")
        #expect(out.location == "/sign-in")
    }

    @Test func `the fifth wrong number ends the session`() throws {
        hub.clock.now += PINRules.lockAfter
        _ = try browser.get("/pin")
        for _ in 0..<4 {
            #expect(try browser.post("/pin", [("unlock-pin", "9999")]).status == 422)
        }
        let last = try browser.post("/pin", [("unlock-pin", "9999")])
        #expect(last.status == 403 && last.cookies.first?.contains("Max-Age=0") == true)
        #expect(try browser.post("/pin", [("unlock-pin", "2580")]).location == "/sign-in")
    }

    @Test(arguments: [true, false])
    func `who has no number goes on with the password, and what was typed too`(
        isForgotten: Bool
    ) throws {
        let owner = try #require(try browser.get("/search").value(of: "form-owner"))
        let form = [("words", "hường"), ("form-owner", owner)]
        hub.clock.now += PINRules.lockAfter
        let asked = try browser.post("/search", form)
        #expect(asked.body.contains("name=\"unlock-forgotten\""))
        let signIn: String
        if isForgotten {
            let reply = try browser.post("/search", form + [("unlock-forgotten", "1")])
            signIn = try #require(reply.location)
        } else {
            for _ in 0..<4 { _ = try browser.post("/search", form + [("unlock-pin", "9999")]) }
            let ended = try browser.post("/search", form + [("unlock-pin", "9999")])
            #expect(ended.status == 403)
            let link = try #require(ended.body.range(of: "href=\"/sign-in"))
            let rest = ended.body[link.lowerBound...].dropFirst("href=\"".count)
            signIn = String(rest.prefix { $0 != "\"" })
        }
        #expect(signIn.hasPrefix("/sign-in?next=%2Fagain%2F"))
        let next = try #require(try browser.get(signIn).value(of: "next"))
        #expect(try browser.signIn("lan", PagesHub.password, next: next).location == next)
        let offer = try browser.get(next)
        #expect(offer.status == 200 && offer.value(of: "words") == "hường")
        #expect(offer.value(of: "unlock-pin") == nil)
    }

    @Test func `a number that will not do is told at its field`() throws {
        for (fields, field) in [
            ([("current", "2580"), ("new", "12"), ("again", "12")], "new"),
            ([("current", "2580"), ("new", "1379"), ("again", "1378")], "again"),
            ([("current", "1111"), ("new", "1379"), ("again", "1379")], "current"),
        ] {
            let reply = try browser.post("/pin", fields)
            #expect(reply.status == 422 && reply.body.contains("id=\"\(field)-error\""), "\(field)")
        }
        for name in ["admin", "an"] {
            let other = try hub.browser(of: name)
            #expect(try other.get("/pin").status == 403)
            _ = try other.get("/")
            #expect(try other.post("/pin", [("new", "1379"), ("again", "1379")]).status == 403)
        }
    }
}
