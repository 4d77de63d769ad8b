import Foundation
import Node
import Store
import Survey
import Terminal
import Testing

/// A phone that leaves its node and comes back, in a real browser.
@Suite(.serialized) struct PhoneTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage()
        try village.hub.start()
    }

    @Test func `a visit far from the node outlives a killed browser and reaches the node once`()
        throws
    {
        let hub = village.hub
        var phone = try Phone(hub)
        try phone.signIn()
        try phone.lookAt("phone-list", at: "")
        try phone.browser.tap("ul.list a")
        try phone.lookAt("phone-house", at: "house-")
        hub.kill()
        try phone.browser.tap(saying: "Bắt đầu lượt đến")
        try phone.lookAt("phone-outcome", at: "visit-")
        try phone.browser.tap(saying: "Không gặp ai")
        try phone.browser.tap("#next")
        try phone.browser.type("main textarea", "Nhà khóa cửa")
        try phone.browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        phone.browser.kill()
        phone = try Phone(hub)
        try phone.browser.open("\(hub.address)/")
        try phone.browser.tap("ul.list a")
        try phone.browser.tap(saying: "Ghi tiếp lượt đến")
        try phone.browser.wait(
            until: "document.querySelector('main textarea').value === 'Nhà khóa cửa'"
        )
        try phone.lookAt("phone-finish", at: "visit-")
        try phone.browser.tap("#finish")
        try phone.browser.wait(until: "document.querySelector('.notice.good')")
        try phone.browser.open("\(hub.address)/phone#outbox")
        try phone.lookAt("phone-outbox", at: "outbox")
        #expect(try village.records(of: "visit").isEmpty)
        try hub.start()
        try phone.signIn()
        try phone.waitUntilEmpty()
        let visits = try village.records(of: "visit")
        #expect(visits.count == 1 && visits.first?.text("outcome") == "no-contact")
        #expect(visits.first?.text("by") == "lan" && visits.first?.text("note") == "Nhà khóa cửa")
    }

    @Test func `what the phone keeps cannot be read, and goes when its user signs out`() throws {
        let phone = try Phone(village.hub)
        try phone.signIn()
        let name = try #require(
            village.records(of: "resident").compactMap { $0.text("full_name") }.first
        )
        let stored = try phone.browser.await(Self.everything)
        let text = JSONText.encode(stored)
        #expect(text.contains("list") && !text.contains(name))
        try phone.browser.open("\(village.hub.address)/password")
        try phone.browser.tap(saying: "Đăng xuất")
        try phone.browser.wait(until: "location.pathname === '/sign-in'")
        #expect(try phone.databases() == [])
    }

    @Test func `whoever signs out far from the node is warned, and loses nothing by one tap`()
        throws
    {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        hub.kill()
        try phone.record(1)
        try browser.open("\(hub.address)/phone#")
        try browser.tap(saying: "Đăng xuất khỏi điện thoại")
        try phone.lookAt("phone-leave", at: "leave")
        #expect(
            try browser.text("return document.body.innerText").contains(
                "1 lượt đến trên điện thoại"
            )
        )
        #expect(try browser.run("return document.querySelector('#leave').disabled") == .bool(true))
        try browser.run("window.confirm = () => false")
        try browser.tap(xpath: "//label[input[@id='understood']]")
        try browser.tap("#leave")
        #expect(try phone.databases().contains { $0.hasPrefix("doorstep-") }, "asked once more")
        try browser.run("window.confirm = () => true")
        try browser.tap("#leave")
        try browser.wait(until: "document.body.innerText.includes('không còn giữ gì')")
        #expect(try phone.databases().allSatisfy { !$0.hasPrefix("doorstep-") })
        // The session ends as soon as the node is in reach.
        try hub.start()
        try browser.open("\(hub.address)/today")
        try browser.wait(until: "location.pathname === '/sign-in'")
        try browser.open("\(hub.address)/today")
        #expect(try browser.address.contains("/sign-in"))
    }

    @Test func `a phone away from the node shows who a new person may be`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        let known = try #require(
            try village.records(of: "resident").first { $0.text("birth")?.count == 10 }
        )
        let name = try #require(known.text("full_name"))
        hub.kill()
        try browser.tap("ul.list a")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap("#next")
        try browser.tap(saying: "+ Thêm người")
        try browser.wait(until: "location.hash.includes('person-0000000000000000')")
        try browser.type("[id$='.full_name']", TextFold.fold(name))
        try browser.wait(until: "document.querySelector('#matches b')")
        #expect(
            try browser.text("return document.querySelector('#matches').innerText").contains(name)
        )
        try phone.lookAt("phone-matches", at: "visit-")
        try browser.type("[id$='.birth']", "1/1/1931")
        try browser.wait(until: "!document.querySelector('#matches b')")
    }

    @Test func `each reason why nothing is sent has its own words`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        let browser = phone.browser
        try phone.signIn()
        try browser.open("\(hub.address)/phone#outbox")
        func told(_ words: String) throws {
            try browser.tap("#send")
            try browser.wait(
                until: "document.querySelector('#reach')?.innerText.includes('\(words)')"
            )
        }
        try told("Đã gặp máy thôn")
        for (status, type, body, words) in [
            (401, "application/json", #"{"v":1,"state":"signed-out"}"#, "Đăng nhập lại để gửi"),
            (401, "application/json", #"{"v":1,"state":"locked"}"#, "Nhập mã PIN"),
            (403, "application/json", #"{"v":1,"state":"not-allowed"}"#, "không ghi được nữa"),
            (403, "text/html", "<p>no</p>", "Máy thôn gặp lỗi"),
            (500, "text/html", "<p>no</p>", "Máy thôn gặp lỗi"),
            (503, "text/html", "<p>no</p>", "đang bận"),
            (200, "text/html", "<p>Wi-Fi</p>", "không phải máy thôn"),
        ] {
            try browser.run(
                """
                const [status, type, body] = arguments;
                window.fetch = async () => new Response(body,
                    { status, headers: { 'Content-Type': type } });
                """,
                .integer(Int64(status)),
                .string(type),
                .string(body)
            )
            try told(words)
        }
        try browser.run("window.fetch = async () => { throw new TypeError('away'); }")
        try told("Chưa gặp được")
    }

    @Test func `a phone whose user is blocked wipes itself when it next meets the node`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        try phone.signIn()
        try phone.record(1)
        try phone.waitUntilEmpty()
        hub.kill()
        try village.run("user", "block", "hub", "lan")
        try hub.start()
        try phone.browser.run("DoorstepPhone.refresh({})")
        try phone.browser.wait(until: "location.pathname === '/sign-in'")
        #expect(try phone.databases().allSatisfy { !$0.hasPrefix("doorstep-") })
    }

    /// The village's node goes back to an older state, then the hub comes in reach.
    @Test func `a restored node gets the visit again, and it stays one`() throws {
        let (hub, thon) = (village.hub, village.thon)
        try village.enrol()
        hub.kill()
        // Served once, so that there is a certificate that the phone trusts.
        try thon.start()
        let recoveryKey = try village.backUp("thon")
        let phone = try Phone(thon)
        try phone.signIn()
        try phone.record(2)
        try phone.browser.wait(until: Self.bothAtNode)
        // Sent once more, as when the reply was lost.
        try phone.browser.run("DoorstepPhone.refresh({})")
        try hub.start()
        thon.kill()
        try village.run("sync", "thon")
        #expect(try village.records(of: "visit").count == 2)
        hub.kill()
        try village.restore("thon", recoveryKey)
        try thon.start()
        try phone.signIn()
        try phone.browser.open("\(thon.address)/phone#outbox")
        try phone.browser.wait(until: Self.bothAtNode)
        #expect(try village.records(of: "visit", in: "thon").count == 2)
        thon.kill()
        try hub.start()
        try village.run("sync", "thon")
        try thon.start()
        try phone.signIn()
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 2)
        #expect(try village.node().store.conflicts().isEmpty)
    }

    private static let bothAtNode =
        "document.body.innerText.split('Máy thôn đã nhận').length === 3"

    /// Everything that lies in the browser's databases, as far as it is no key.
    private static let everything = """
        const found = [];
        for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((resolve) => {
                const request = indexedDB.open(name);
                request.onsuccess = () => resolve(request.result);
            });
            const items = database.transaction('items').objectStore('items');
            const [keys, values] = await Promise.all(['getAllKeys', 'getAll'].map(
                (word) => new Promise((resolve) => {
                    const request = items[word]();
                    request.onsuccess = () => resolve(request.result);
                })));
            database.close();
            found.push(name, keys, values.map((value) => value?.data
                ? new TextDecoder().decode(value.data) : JSON.stringify(value)));
        }
        return found;
        """
}

/// A user's phone at the phone's own pages.
struct Phone {
    let node: ServedNode
    let browser: WebBrowser

    init(_ node: ServedNode, _ options: WebBrowser.Options = .init()) throws {
        self.node = node
        browser = try node.browser("phone", options)
    }

    /// Signs in where that is asked, and waits until the phone has met the node.
    func signIn(_ user: String = "lan", _ password: String = ServedVillage.password) throws {
        try giveName(user, password)
        try waitUntilMet()
    }

    /// Fills the form of the sign-in where there is one.
    func giveName(_ user: String, _ password: String) throws {
        try browser.open("\(node.address)/sign-in?next=/phone")
        if try browser.run("return location.pathname === '/sign-in'") == .bool(true) {
            try browser.type("#name", user)
            try browser.type("#password", password)
            try browser.tap("form[action='/sign-in'] button")
        }
    }

    func waitUntilMet(_ word: String = "reached") throws {
        try browser.wait(until: "document.querySelector('#phone')?.dataset.met === '\(word)'")
        if word == "reached" { try browser.wait(until: "navigator.serviceWorker.controller") }
    }

    /// The browser forgets its session, as when that has run out.
    func loseSession() throws {
        _ = try browser.command("Network.enable")
        _ = try browser.command("Network.clearBrowserCookies")
    }

    /// Changes what lies under a key in a user's database; `body` gets `value` and returns another.
    func change(_ key: String, of user: String, _ body: String) throws {
        _ = try browser.await(
            """
            const [id, key] = given;
            const database = await new Promise((resolve) => {
                const request = indexedDB.open('doorstep-' + id);
                request.onsuccess = () => resolve(request.result);
            });
            const items = database.transaction('items', 'readwrite').objectStore('items');
            await new Promise((resolve) => {
                const request = items.get(key);
                request.onsuccess = () => {
                    const value = request.result;
                    items.put((() => { \(body) })(), key).onsuccess = resolve;
                };
            });
            database.close();
            return null;
            """,
            .string(user),
            .string(key)
        )
    }

    /// What lies in a user's database, by name.
    func keys(of user: String) throws -> [String] {
        let found = try browser.await(
            """
            const database = await new Promise((resolve) => {
                const request = indexedDB.open('doorstep-' + given[0]);
                request.onsuccess = () => resolve(request.result);
            });
            const keys = await new Promise((resolve) => {
                const request = database.transaction('items').objectStore('items').getAllKeys();
                request.onsuccess = () => resolve(request.result);
            });
            database.close();
            return keys;
            """,
            .string(user)
        )
        guard case .array(let names) = found else { return ["no answer"] }
        return names.map { name in
            if case .string(let text) = name { text } else { "?" }
        }
    }

    /// `page`: what its address begins with behind the `#`; empty for the list.
    func lookAt(_ name: String, at page: String) throws {
        let shown = "document.querySelector('#phone').dataset.shown"
        try browser.wait(
            until: page.isEmpty ? "\(shown) === ''" : "\(shown)?.startsWith('\(page)')"
        )
        try PageChecks.check(browser, name)
        try PageChecks.picture(browser, name)
    }

    /// Records visits at which nobody was met, at the first households of the list.
    func record(_ count: Int) throws {
        for _ in 0..<count {
            try browser.open("\(node.address)/phone")
            // Meeting the node draws the list anew: a tap meanwhile would land beside it.
            try browser.wait(until: "document.querySelector('#phone')?.dataset.met")
            try browser.tap(xpath: "(//li//a[span='chưa đến'])[1]")
            try browser.tap(saying: "Bắt đầu lượt đến")
            try browser.tap(saying: "Không gặp ai")
            try browser.tap("#next")
            try browser.tap("#finish")
            try browser.wait(until: "document.querySelector('.notice.good')")
        }
        try browser.open("\(node.address)/phone#outbox")
    }

    func waitUntilEmpty() throws {
        try browser.open("\(node.address)/phone#outbox")
        try browser.wait(until: "document.body.innerText.includes('Không còn gì')")
    }

    /// Names of the databases that the origin has in this browser.
    func databases() throws -> [String] {
        let names = "return (await indexedDB.databases()).map((one) => one.name).sort();"
        guard case .array(let found) = try browser.await(names) else { return ["no answer"] }
        return found.map { name in
            if case .string(let text) = name { text } else { "?" }
        }
    }
}
