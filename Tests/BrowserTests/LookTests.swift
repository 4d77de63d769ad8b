import Causality
import Foundation
import Node
import Store
import Terminal
import Testing

@testable import Pages

/// Every page of the node as somebody sees it: on a small phone in Vietnamese, on a laptop in English
/// and in the dark; of all other screens, themes and languages pictures are made where they are asked.
@Suite(.serialized) struct LookTests {
    /// And each walk is held to its list where it ends.
    @Test func `no page is left out of the walks`() {
        let shown = Route.all.filter { $0.parts.contains("*") || $0.page([])?.show != nil }
        let pages = Set(shown.map(\.path))
        let known = LookedAt.all.union(LookedAt.noPages)
        #expect(pages.subtracting(known).isEmpty, "no walk looks at them")
        #expect(known.subtracting(pages).isEmpty, "no such pages")
        #expect(LookedAt.all.isDisjoint(with: LookedAt.noPages))
    }

    /// Whoever is at the door.
    @Test(arguments: Setting.extremes)
    func `pages for field staff can be read, reached and touched`(setting: Setting) throws {
        let busy = try BusyVillage()
        let village = busy.village
        let code = try village.addNewcomer("moi")
        try village.hub.start()
        let walk = try Walk(village.hub, setting)
        try walk.look("/sign-in", "sign-in")
        try walk.fill("/sign-in", [("name", "lan"), ("password", "sai mật khẩu")])
        try walk.see("sign-in-wrong")
        try walk.look("/trust", "trust")
        try walk.look("/nowhere", "error-404-signed-out")
        try walk.open("/sign-in")
        try walk.fill("/sign-in", [("name", "moi"), ("password", code)])
        try walk.see("password-first")
        try walk.fill("/password", [("new", "ngắn"), ("again", "ngắn hơn")])
        try walk.see("password-refused")
        let password = "mật khẩu của tôi"
        try walk.fill("/password", [("new", password), ("again", password)])
        try walk.see("password-saved")
        try walk.signOut()
        try walk.signIn("lan")
        try list(walk, busy)
        try quiet(walk, busy)
        try visit(walk, busy)
        try ends(walk, busy)
        try late(walk)
        walk.expectSeen(LookedAt.byFieldStaff)
    }

    private func list(_ walk: Walk, _ busy: BusyVillage) throws {
        try walk.look("/", "today")
        try walk.look("/?show=lacking", "today-lacking")
        try walk.look("/?show=call-again", "today-call-again")
        try walk.look("/search", "search")
        try walk.browser.type("#words", "nguyen")
        try walk.send("form[action='/search'] button")
        try walk.see("search-results")
        try walk.browser.type("#words", "xyzzy")
        try walk.send("form[action='/search'] button")
        try walk.see("search-none")
        try unlisted(walk)
        try walk.look("/household/\(busy.family)", "household")
        try walk.look("/household/\(busy.visited)", "household-visited")
        try walk.look("/record/\(busy.family)", "record-household")
        try walk.look("/record/\(busy.adult)", "record-person")
        try walk.look("/sync", "sync-hub")
        try walk.look("/password", "password")
        try walk.look("/nowhere", "error-404")
        try walk.look("/users", "error-403")
        try walk.open("/household/\(busy.visited)")
        try walk.browser.run(
            "document.querySelector('form[action=\"/begin\"] [name=household]').value = arguments[0]",
            .string("\(busy.adult)")
        )
        try walk.send("form[action='/begin'] button")
        try walk.see("error-no-household")
    }

    /// A household that is on no list.
    private func unlisted(_ walk: Walk) throws {
        let button = "form[action='/new-household'] button"
        try walk.look("/new-household", "household-new")
        try walk.browser.type("#group", String(repeating: "Tổ đoàn kết ", count: 12))
        try walk.send(button)
        try walk.see("household-new-refused")
        try walk.open("/new-household")
        try walk.browser.type("#address", "Nhà sau chợ, cạnh \(BusyVillage.longName)")
        try walk.browser.type("#full_name", BusyVillage.longName)
        try walk.send(button)
        try walk.see("household-new-likely")
    }

    private func quiet(_ walk: Walk, _ busy: BusyVillage) throws {
        try walk.look("/pin", "pin")
        try walk.fill("/pin", [("new", "2580"), ("again", "2581")])
        try walk.see("pin-refused")
        try walk.fill("/pin", [("new", "2580"), ("again", "2580")])
        try walk.see("pin-saved")
        try busy.letTimePass()
        try walk.look("/today", "pin-prompt")
        let field = "#unlock-pin"
        try walk.browser.type(field, "9999")
        try walk.send("main form button")
        try walk.see("pin-wrong")
        try walk.browser.type(field, "2580")
        try walk.send("main form button")
        try walk.look("/pin", "pin-change")
    }

    /// The page's script has told what came of what was sent.
    private let said = "document.querySelector('#kept').innerText !== ''"

    private func visit(_ walk: Walk, _ busy: BusyVillage) throws {
        let base = "/visit/\(busy.visit)/"
        let browser = walk.browser
        for step in ["outcome", "members", "devices", "benefits", "notice", "finish", "give-up"] {
            try walk.look(base + step, "visit-\(step)")
        }
        let page = "\(base)person-\(busy.adult)"
        try walk.look(page, "visit-person")
        try browser.run(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
        try walk.see("visit-person-open")
        let phone = "[id='q.\(busy.adult).phone']"
        try browser.type(phone, "0905 99")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector(\"\(phone)[aria-invalid]\")")
        try walk.see("visit-person-refused")
        try walk.open(page)
        try browser.run("document.querySelector('.scan').open = true")
        try browser.type("#card", "048080990001||Trần Văn Ví Dụ|12031980|Nam|Tổ 1|01022022\n")
        try browser.wait(until: "document.querySelector('[name=card-line]')")
        try walk.see("visit-card")
        try walk.open(page)
        try browser.run("document.querySelector('.scan').open = true")
        try browser.type("#card", "https://example.com\n")
        try browser.wait(until: said)
        try walk.see("visit-card-unreadable")
        try walk.open(base + "members")
        try walk.send("button[value='add-person']")
        try walk.see("visit-person-new")
        let name = try busy.somebodyElse()
        try browser.type("[name^='q.'][name$='.full_name']", name)
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector('#problems .notice')")
        try walk.see("visit-person-known")
        try walk.send("button[name='remove']")
        try busy.changeBesides()
        try walk.look(base + "devices", "visit-colleague-notice")
        try walk.look(base + "colleague", "visit-colleague")
        try browser.run("document.querySelector('main form').noValidate = true")
        try walk.send("main .do button")
        try walk.see("visit-colleague-incomplete")
        try browser.run("document.querySelector('[value=mine]').click()")
        try walk.send("main .do button")
        try walk.look(base + "finish", "visit-finish-known")
    }

    private func ends(_ walk: Walk, _ busy: BusyVillage) throws {
        try walk.send("button[name='do'][value='finish']")
        try walk.see("visit-done")
        try walk.open("/household/\(busy.next)")
        try walk.send("form[action='/begin'] button")
        try walk.see("visit-begun")
        try walk.browser.tap("button[value*='outcome=complete']")
        try walk.browser.wait(until: "document.querySelector('[value*=\"respondent_kind=\"]')")
        try walk.see("visit-respondent")
        // Somebody new of whom nothing is known stands in the way of the end.
        let base = try walk.path.replacing("/outcome", with: "")
        try walk.open(base + "/members")
        try walk.send("button[value='add-person']")
        try walk.open(base + "/finish")
        try walk.see("visit-finish-missing")
        try walk.browser.tap("button[name='do'][value='finish']")
        try walk.browser.wait(until: said)
        try walk.see("visit-finish-refused")
        try walk.look("/", "today-open-visit")
    }

    /// What was sent after the session had ended.
    private func late(_ walk: Walk) throws {
        try walk.open("/search")
        _ = try walk.browser.await(
            """
            const body = new URLSearchParams(new FormData(document.querySelector('[action="/sign-out"]')));
            body.append('keep', 'others');
            await fetch('/sign-out', { method: 'POST', body, redirect: 'manual' });
            """
        )
        try walk.browser.type("#words", "nguyen")
        try walk.send("form[action='/search'] button")
        try walk.see("sign-in-again")
        try walk.fill("/sign-in", [("name", "lan"), ("password", ServedVillage.password)])
        try walk.see("again")
    }

    /// Lead, officer and administrator, and the village's own node.
    @Test(arguments: Setting.extremes)
    func `pages for whoever leads or keeps order can be read, reached and touched`(
        setting: Setting
    ) throws {
        let busy = try BusyVillage()
        let village = busy.village
        // Of several villages whoever is of the commune chooses one.
        try village.run("village", "add", "hub", "Mẫu 2")
        try village.hub.start()
        try village.enrol()
        let walk = try Walk(village.hub, setting)
        try walk.signIn("mai")
        try walk.look("/lead", "lead")
        try walk.look("/lead/assign", "lead-assign")
        try walk.look("/lead/assign?of=all", "lead-assign-all")
        try walk.send("main .do button")
        try walk.see("lead-assign-refused")
        try walk.look("/", "lead-today")
        try walk.signOut()
        try walk.signIn("hoa")
        let pages = [
            ("/", "overview"), ("/today", "officer-today"), ("/coverage", "coverage"),
            ("/new-household", "officer-household-new"), ("/ui", "ui"),
        ]
        for (path, name) in pages { try walk.look(path, name) }
        try walk.browser.open(village.hub.address + "/coverage")
        try walk.send("main a[href^='/coverage/']")
        try walk.see("coverage-one")
        try users(walk, busy)
        try walk.signOut()
        try walk.signIn("quan")
        try walk.look("/", "administrator-overview")
        try walk.look("/overview", "administrator-overview-itself")
        try walk.look("/users", "administrator-users")
        try walk.look("/users/new", "user-new")
        try walk.browser.run("document.querySelector('main form').noValidate = true")
        try walk.send("form[action='/users/new'] button")
        try walk.see("user-new-refused")
        try walk.look("/access", "access")
        try nodes(walk, busy)
        try walk.signOut()
        walk.expectSeen(LookedAt.inTheOffice)
        try ownNode(busy, setting)
    }

    private func users(_ walk: Walk, _ busy: BusyVillage) throws {
        try walk.look("/users", "users")
        let lan = try #require(try busy.village.node().users().first { $0.name == "lan" })
        try walk.look("/users/\(lan.id)", "user")
        try walk.send("button[value='reset']")
        try walk.see("user-code")
        try walk.browser.reload()
        try walk.see("code-gone")
    }

    private func nodes(_ walk: Walk, _ busy: BusyVillage) throws {
        try walk.look("/nodes/new", "node-new")
        try walk.browser.type(
            "#name",
            "Máy tính xách tay của thôn Mẫu 1, để ở nhà sinh hoạt cộng đồng"
        )
        try walk.browser.tap("main [name=village]")
        try walk.send("form[action='/nodes/new'] button")
        try walk.see("invitation")
        try walk.look("/nodes", "nodes")
        try walk.send("main a[href^='/nodes/waiting/']")
        try walk.see("node-waiting")
        try walk.open("/nodes")
        try walk.send(
            "main a[href^='/nodes/']:not([href^='/nodes/waiting/']):not([href='/nodes/new'])"
        )
        try walk.see("node")
        try walk.look(walk.path + "/revoke", "node-revoke")
    }

    /// A village's node: how things stand with the hub, and sticks.
    private func ownNode(_ busy: BusyVillage, _ setting: Setting) throws {
        let village = busy.village
        try FileManager.default.createDirectory(
            at: village.path("USB thôn Mẫu"),
            withIntermediateDirectories: true
        )
        try village.thon.start()
        let walk = try Walk(village.thon, setting, profile: "thon")
        try walk.signIn("mai")
        try walk.look("/sync", "sync")
        let address = "form:has(#address)"
        try walk.browser.type("#address", "máy xã ở ủy ban")
        try walk.send("\(address) button")
        try walk.see("sync-address-refused")
        try walk.look("/stick", "stick-none")
        _ = try village.node("thon", user: "mai")
            .editRecord(busy.family, [FieldInput("phone", "0905990004")])
        village.hub.kill()
        try walk.open("/sync")
        try walk.send("form[action='/sync'] button")
        try walk.see("sync-asked")
        try walk.browser.wait(until: "document.querySelector('.sync.bad')")
        try walk.see("sync-failed")
        try walk.look("/", "today-bad-sign")
        // Where nobody answers.
        try walk.open("/sync")
        try walk.browser.type("#address", "127.0.0.1:\(try ServedVillage.freePort())")
        try walk.send("\(address) button")
        try walk.browser.wait(until: "document.querySelector('.notice.bad')")
        try walk.see("sync-address-said")
        village.thon.kill()
        village.thon.carriers = ["USB thôn Mẫu"]
        try village.thon.start()
        try walk.look("/stick", "stick")
        try walk.browser.run("document.querySelector('main [type=radio]')?.click()")
        try walk.send("form[action='/stick'] button")
        try walk.browser.wait(until: "document.querySelector('.notice.good, .notice.bad')")
        try walk.see("stick-done")
        walk.expectSeen(LookedAt.onVillageNode)
    }

    /// Nobody can sign in yet.
    @Test(arguments: Setting.extremes)
    func `the page of a node without users can be read`(setting: Setting) throws {
        let village = try ServedVillage(households: 1)
        try village.run("init", "fresh")
        let fresh = ServedNode(village, "fresh")
        defer { fresh.kill() }
        try fresh.start()
        let walk = try Walk(fresh, setting)
        try walk.look("/sign-in", "first-steps")
        walk.expectSeen(["/sign-in"])
    }
}
