import Causality
import Foundation
import Node
import SQLite
import Store
import Survey
import Terminal
import Testing

/// What stands around the phone's own pages, and what the phone does by itself.
@Suite(.serialized) struct PhoneFrameTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
    }

    private static let sign = "document.querySelector('#phone-sign')?.innerText"

    /// Of the node, as the header of every page has it.
    private static let name = "return document.querySelector('header .name').innerText"

    /// Waits until the sign of the page says so.
    private func waitForSign(_ words: String, _ phone: Phone) throws {
        try phone.browser.wait(until: "(\(Self.sign) ?? '').includes('\(words)')")
    }

    private func id(_ user: String) throws -> String {
        try #require(try village.node().users().first { $0.name == user }).id.description
    }

    @Test func `every page of the phone says in words how things stand, and leads to the node's`()
        throws
    {
        let (hub, thon) = (village.hub, village.thon)
        try village.enrol()
        hub.kill()
        try thon.start()
        let phone = try Phone(thon)
        let browser = phone.browser
        try phone.signIn()
        try waitForSign("Đã gửi hết", phone)
        #expect(try browser.text(Self.name) == "Thôn Mẫu 1")
        try browser.wait(
            until: "document.querySelector('header #who')?.innerText === 'Lê Thị Lan'"
        )
        for path in ["/", "/sync"] {
            try browser.wait(until: "document.querySelector('header nav a[href=\"\(path)\"]')")
        }
        thon.kill()
        try phone.record(1)
        try waitForSign("Ngoài tầm máy thôn · 1 lượt đến chưa gửi từ ", phone)
        try phone.lookAt("phone-away-outbox", at: "outbox")
        #expect(try browser.text(Self.name) == "Thôn Mẫu 1")
        try browser.tap("header nav a[href='#list']")
        try phone.lookAt("phone-away-list", at: "")
        try waitForSign("1 lượt đến chưa gửi từ ", phone)
        try browser.tap("ul.list a")
        try browser.tap(saying: "Lượt đến mới")
        try waitForSign("1 lượt đến đang ghi", phone)
        try browser.tap(saying: "Không gặp ai")
        try browser.tap("#next")
        try browser.run("window.confirm = () => true")
        try browser.tap(saying: "Bỏ lượt đến này")
        try browser.wait(until: "location.hash === ''")
        try thon.start()
        try browser.run("DoorstepPhone.refresh({})")
        try waitForSign("1 lượt đến đã tới máy thôn, chờ tới xã", phone)
        try browser.open("\(thon.address)/")
        try browser.tap(saying: "Dùng khi đi xa")
        try browser.wait(until: "document.querySelector('#phone')?.dataset.shown === ''")
        try phone.loseSession()
        try browser.run("DoorstepPhone.refresh({})")
        try waitForSign("Đăng nhập lại để gửi", phone)
    }

    @Test func `a node that was renamed is called so from the next contact on`() throws {
        let (hub, thon) = (village.hub, village.thon)
        try village.enrol()
        try thon.start()
        let phone = try Phone(thon)
        let browser = phone.browser
        try phone.signIn()
        #expect(try browser.text(Self.name) == "Thôn Mẫu 1")
        thon.kill()
        let renamed = "Máy <1> & thôn Mẫu"
        try village.run("node", "change", "hub", "Thôn Mẫu 1", "--name", renamed)
        try village.run("sync", "thon")
        hub.kill()
        try thon.start()
        // The page is open all the while.
        try browser.run("DoorstepPhone.refresh({})")
        try browser.wait(until: "document.querySelector('header .name').innerText === '\(renamed)'")
        // The page that is kept is written behind that.
        let kept =
            "return (await (await caches.match('/phone'))?.text() ?? '').includes('&lt;1&gt; &amp; ');"
        try Patience.wait(until: "the kept page has the name") {
            try browser.await(kept) == .bool(true)
        }
        thon.kill()
        try browser.open("\(thon.address)/phone")
        try browser.wait(until: "document.querySelector('#phone').dataset.met === 'away'")
        #expect(try browser.text(Self.name) == renamed)
        try PageChecks.check(browser, "phone-renamed")
    }

    @Test func `a mark that is not well written shows today's list`() throws {
        let phone = try Phone(village.hub)
        let browser = phone.browser
        try phone.signIn()
        try browser.open("\(village.hub.address)/sync")
        try browser.open("\(village.hub.address)/phone#%")
        try browser.wait(until: "document.querySelector('.progress b')")
        #expect(try browser.text("return document.querySelector('h1').innerText") == "Hôm nay")
    }

    @Test func `the list is asked for and opened once, whatever pages are gone through`() throws {
        let phone = try Phone(village.hub)
        let browser = phone.browser
        try phone.signIn()
        func walk() throws {
            for (mark, page) in [("#outbox", "outbox"), ("#leave", "leave"), ("#list", "")] {
                try browser.run("location.hash = arguments[0]", .string(mark))
                let shown = "document.querySelector('#phone').dataset.shown"
                try browser.wait(until: "\(shown) === '\(page)'")
            }
            try browser.tap("ul.list a")
            try browser.wait(
                until: "document.querySelector('#phone').dataset.shown.startsWith('house-')"
            )
        }
        // What meeting the node draws anew is drawn by then.
        try walk()
        try browser.run(
            """
            window.opened = [];
            const { decrypt } = SubtleCrypto.prototype;
            SubtleCrypto.prototype.decrypt = function (how, ...rest) {
                window.opened.push(new TextDecoder().decode(how.additionalData));
                return decrypt.call(this, how, ...rest);
            };
            """
        )
        try walk()
        #expect(try browser.run("return window.opened.includes('list')") == .bool(false))
        let asked = try browser.run(
            "return performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/phone/list')).length"
        )
        #expect(asked == 1)
    }

    @Test func `English reads as an officer would say it`() throws {
        let phone = try Phone(village.hub)
        let browser = phone.browser
        try phone.signIn()
        try browser.tap("footer button[lang='en']")
        try browser.wait(
            until: "document.documentElement.lang === 'en' && document.querySelector('.progress b')"
        )
        try browser.wait(until: "document.querySelector('#phone').dataset.met")
        try browser.tap("ul.list a")
        try browser.tap(saying: "Start a visit")
        try browser.tap("[id='0000000000000000-1.outcome.complete']")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        try browser.run("location.hash = arguments[0]", .string("\(visit)/members"))
        try browser.tap(saying: "+ Add a person")
        try browser.tap(saying: "Later, back to the household")
        try browser.tap(saying: "Continue the visit")
        try browser.wait(until: "document.querySelector('.steps')")
        try browser.run("location.hash = arguments[0]", .string("\(visit)/finish"))
        try browser.wait(until: "document.body.innerText.includes('Discard this visit')")
        // The node has found something wrong in it.
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const [visit] = await vault.visits();
            return vault.keep({ ...visit, state: 'refused', message: ['Không hợp', 'Does not fit'] });
            """
        )
        try browser.open("\(village.hub.address)/phone#outbox")
        try browser.wait(until: "document.body.innerText.includes('needs correction')")
        try PageChecks.picture(browser, "phone-outbox-english")
        try browser.tap(saying: "Correct")
        try browser.wait(until: "location.hash.startsWith('\(visit)')")
    }

    /// The session waits for its PIN as well: what opened the phone opens it.
    @Test func `a PIN that opens the phone away from the node opens its session there`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        try browser.open("\(hub.address)/pin")
        try browser.type("#new", "2580")
        try browser.type("#again", "2580")
        try browser.tap(saying: "Lưu mã PIN")
        try browser.wait(until: "location.search.includes('done')")
        try browser.open("\(hub.address)/phone")
        try phone.waitUntilMet()
        hub.kill()
        try phone.record(1)
        try village.node().store.db.execute("UPDATE session SET used = used - 660000")
        try browser.run(
            "localStorage.setItem('doorstep-seen', String(Date.now() - 11 * 60000))"
        )
        try browser.reload()
        try browser.type("#phone-pin", "2580")
        try browser.tap("#phone form button")
        try browser.wait(until: "document.querySelector('h1').innerText !== 'Mở khóa'")
        #expect(try village.records(of: "visit").isEmpty)
        try hub.start()
        try browser.run("DoorstepPhone.refresh({})")
        try waitForSign("Đã gửi hết", phone)
        #expect(try village.records(of: "visit").count == 1)
        // Nothing of it lies in the browser.
        let stored = try browser.await(
            "return JSON.stringify([{...localStorage}, {...sessionStorage}]);"
        )
        #expect(!JSONText.encode(stored).contains("2580"))
    }

    @Test func `a list that has not met the node for days goes, and what was recorded stays`()
        throws
    {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        hub.kill()
        try browser.tap("ul.list a")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Hoàn thành")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        // Two days later it says how old it is.
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const list = await vault.read('list');
            list.fetched -= 2 * 86400000 + 60000;
            await vault.write('list', list, { fetched: list.fetched });
            return null;
            """
        )
        try browser.open("\(hub.address)/phone")
        try browser.wait(until: "document.body.innerText.includes('Danh sách đã 2 ngày')")
        try PageChecks.check(browser, "phone-old-list")
        try PageChecks.picture(browser, "phone-old-list")
        let user = try id("lan")
        try phone.change(
            "list",
            of: user,
            "return { ...value, fetched: value.fetched - 86400000 };"
        )
        try browser.open("\(hub.address)/phone")
        try browser.wait(until: "document.body.innerText.includes('không có danh sách')")
        #expect(try !phone.keys(of: user).contains("list"))
        try browser.open("\(hub.address)/phone\(visit)/members")
        try browser.wait(
            until: "document.querySelector('#phone').dataset.shown.startsWith('visit-')"
        )
        try browser.wait(until: "document.querySelector('#same')")
    }

    @Test func `signing out says what it waits for, and can be stopped`() throws {
        let phone = try Phone(village.hub)
        let browser = phone.browser
        try phone.signIn()
        try browser.open("\(village.hub.address)/password")
        try browser.wait(until: "navigator.serviceWorker.controller")
        try browser.run("window.fetch = () => new Promise(() => {})")
        try browser.tap(saying: "Đăng xuất")
        try browser.wait(
            until: "document.querySelector('#leaving')?.innerText.includes('Đang gửi nốt')"
        )
        try PageChecks.check(browser, "leaving")
        try PageChecks.picture(browser, "leaving")
        try browser.tap("#leaving button")
        try browser.wait(until: "!document.querySelector('#leaving')")
        #expect(try browser.address.hasSuffix("/password"))
        #expect(try phone.databases().contains("doorstep-\(id("lan"))"))
    }

    @Test func `a phone whose clock was put right meanwhile tells the node the right time`() throws
    {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        // What the clock said, with the difference as it was, and what the node's clock says now.
        let times = try browser.run(
            """
            const [hour, now] = [3600000, Date.now()];
            const read = (at, offset, since) => Math.round(
                (DoorstepPhone.nodeTime({ at, offset, since }, now) - now) / hour);
            return [
                // Right all along; five hours fast until after the visit; until before it.
                read(now - hour, 0, now - 2 * hour),
                read(now - hour + 5 * hour, -5 * hour, now - 2 * hour),
                read(now - hour, -5 * hour, now - 2 * hour),
                // A year slow, put right before the visit.
                read(now - hour, 8760 * hour, now - 2 * hour),
            ];
            """
        )
        #expect(times == [-1, -1, -1, -1])
        hub.kill()
        try phone.record(1)
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const [visit] = await vault.visits();
            for (const stamp of Object.values(visit.clock)) stamp.offset -= 5 * 3600000;
            visit.begun -= 5 * 3600000;
            return vault.keep(visit);
            """
        )
        try hub.start()
        try phone.signIn()
        try phone.waitUntilEmpty()
        let begun = try #require(village.records(of: "visit").first?.text("started_at"))
        // Việt Nam's time, to the minute.
        let now = Int(try village.node().now / 60_000) + 7 * 60
        let parts = begun.suffix(5).split(separator: ":").compactMap { Int($0) }
        try #require(parts.count == 2, "\(begun)")
        let ago = (now - parts[0] * 60 - parts[1]) % (24 * 60)
        #expect((0..<30).contains(ago), "\(begun)")
    }
}
