import Foundation
import Node
import Store
import Terminal
import Testing

/// The phone's own pages in several tabs, full of visits, or without room.
@Suite(.serialized) struct PhoneTabTests {
    let village: ServedVillage
    let phone: Phone

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
        phone = try Phone(village.hub)
        try phone.signIn()
    }

    private var browser: WebBrowser { phone.browser }

    private func begin() throws {
        try browser.open("\(village.hub.address)/phone")
        try browser.tap("ul.list a")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.wait(until: "location.hash.startsWith('#visit-')")
    }

    /// No word between tabs: each learns of the other only from what is kept.
    private func silence() throws {
        try browser.run("BroadcastChannel.prototype.postMessage = () => {};")
    }

    @Test func `two tabs with one visit lose nothing of each other`() throws {
        try begin()
        let first = try browser.tab
        let address = try browser.address
        try silence()
        let second = try browser.openTab()
        try browser.open(address)
        try silence()
        try browser.tap(saying: "Không gặp ai")
        try browser.tap("#next")
        try browser.type("main textarea", "Nhà khóa cửa")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        try browser.go(toTab: first)
        try browser.tap(saying: "Hẹn lại")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '4'")
        try browser.reload()
        try browser.wait(until: "document.querySelector('#phone').dataset.shown")
        let kept = try browser.await(
            "const { vault } = await DoorstepPhone.current(); return (await vault.visits())[0].inputs;"
        )
        let text = JSONText.encode(kept)
        #expect(text.contains("Nhà khóa cửa") && text.contains("postponed"), "\(text)")
        _ = second
    }

    @Test func `what is typed into a visit that another tab has finished is named, not lost`()
        throws
    {
        try begin()
        let first = try browser.tab
        try browser.tap(saying: "Không gặp ai")
        try browser.tap("#next")
        let address = try browser.address
        try silence()
        _ = try browser.openTab()
        try browser.open(address)
        try silence()
        try browser.tap("#finish")
        try browser.wait(until: "document.querySelector('.notice.good')")
        try phone.waitUntilEmpty()
        try browser.go(toTab: first)
        try browser.type("main textarea", "chủ hộ hẹn tối thứ bảy")
        try browser.wait(until: "document.querySelector('#unkept')")
        try browser.run("document.activeElement.blur()")
        try browser.wait(
            until:
                "document.querySelector('.notice.bad')?.innerText.includes('chủ hộ hẹn tối thứ bảy')"
        )
        try PageChecks.check(browser, "phone-ended-elsewhere")
        try PageChecks.picture(browser, "phone-ended-elsewhere")
        #expect(try village.records(of: "visit").count == 1)
    }

    @Test func `tabs that can talk follow each other`() throws {
        try begin()
        let first = try browser.tab
        let address = try browser.address
        _ = try browser.openTab()
        try browser.open(address)
        try browser.tap(saying: "Không gặp ai")
        let isPressed =
            "document.querySelector('[id$=\"outcome.no-contact\"]')?.ariaPressed === 'true'"
        try browser.wait(until: isPressed)
        try browser.go(toTab: first)
        try browser.wait(until: isPressed)
    }

    @Test func `nobody at home in the morning: the phone records a second try, and counts none`()
        throws
    {
        let done = "document.querySelector('.progress b').innerText"
        try browser.wait(until: "document.querySelector('.progress b')")
        let before = try browser.text("return \(done)")
        village.hub.kill()
        try phone.record(1)
        try browser.open("\(village.hub.address)/phone")
        try browser.wait(until: "document.querySelector('.progress b')")
        #expect(try browser.text("return \(done)") == before)
        try browser.tap(xpath: "(//li//a[span='vắng, chưa gửi'])[1]")
        try PageChecks.picture(browser, "phone-second-try")
        try browser.tap(saying: "Lượt đến mới")
        try browser.tap(saying: "Không gặp ai")
        try browser.tap("#next")
        try browser.tap("#finish")
        try browser.wait(until: "document.querySelector('.notice.good')")
        try village.hub.start()
        try phone.signIn()
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 2)
    }

    /// The browser has no room left for what pages put into their databases.
    private func fill() throws {
        try browser.run(
            """
            window.put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function () {
                throw new DOMException('full', 'QuotaExceededError');
            };
            """
        )
    }

    private func makeRoom() throws {
        try browser.run("IDBObjectStore.prototype.put = window.put")
    }

    @Test func `a phone that is full begins no visit, says so and leads to what makes room`()
        throws
    {
        try browser.open("\(village.hub.address)/phone")
        try phone.waitUntilMet()
        try browser.tap("ul.list a")
        let shown = "document.querySelector('#phone').dataset.shown"
        try browser.wait(until: "\(shown).startsWith('house-')")
        try fill()
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.wait(until: "document.querySelector('#unkept')?.innerText.includes('hết chỗ')")
        #expect(try browser.text("return location.hash").hasPrefix("#house-"))
        let count = """
            const { vault } = await DoorstepPhone.current();
            return (await vault.visits()).length;
            """
        #expect(try browser.await(count) == 0)
        try PageChecks.check(browser, "phone-full-begin")
        try PageChecks.picture(browser, "phone-full-begin")
        try browser.tap("#unkept a")
        try browser.wait(until: "\(shown) === 'outbox'")
        #expect(try browser.run("return document.querySelector('#unkept')") == .null)
        try browser.run("history.back()")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.wait(until: "document.querySelector('#unkept')")
        try makeRoom()
        try browser.tap(saying: "Thử lại")
        try browser.wait(until: "\(shown).startsWith('visit-')")
        try browser.tap(saying: "Không gặp ai")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        #expect(try browser.await(count) == 1)
    }

    @Test func `what a full phone has not kept is not lost to another visit`() throws {
        try begin()
        let visit = try browser.text("return location.hash")
        try fill()
        try browser.tap(saying: "Không gặp ai")
        try browser.wait(until: "document.querySelector('#unkept')")
        try browser.tap("header nav a[href='#list']")
        try browser.tap(xpath: "(//ul[@class='list']//a)[2]")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.wait(until: "location.hash === '\(visit)'")
        try browser.wait(until: "document.querySelector('#unkept')")
        try makeRoom()
        try browser.tap(saying: "Thử lại")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        let kept = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            return (await vault.visits()).map((one) => one.inputs);
            """
        )
        #expect(kept == [[["answer", "0000000000000000-1.outcome", "no-contact", false]]])
    }

    @Test func `a phone that cannot write says so, and writes once it can`() throws {
        try begin()
        try fill()
        try browser.tap(saying: "Không gặp ai")
        try browser.wait(
            until: "document.querySelector('#unkept')?.innerText.includes('không ghi được')"
        )
        try PageChecks.check(browser, "phone-full")
        try PageChecks.picture(browser, "phone-full")
        try makeRoom()
        try browser.tap(saying: "Thử lại")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        try browser.wait(until: "!document.querySelector('#unkept')")
    }

    @Test func `the notice is read out as the node has it, and no other is recorded`() throws {
        try begin()
        village.hub.kill()
        try browser.tap(saying: "Hoàn thành")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        try browser.open("\(village.hub.address)/phone\(visit)/notice")
        try browser.wait(until: "document.body.innerText.includes('Quyền của ông bà')")
        try PageChecks.check(browser, "phone-notice")
        try PageChecks.picture(browser, "phone-notice")
        try browser.tap(saying: "Đọc cho nghe")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        let kept = try browser.await(
            "const { vault } = await DoorstepPhone.current(); return (await vault.visits())[0].inputs;"
        )
        #expect(JSONText.encode(kept).contains("\"told\""))
    }

    @Test func `the node's certificate can be looked after whatever the phone keeps`() throws {
        village.hub.kill()
        for path in ["/trust", "/sign-in?direct"] {
            #expect(throws: (any Error).self) { try browser.open(village.hub.address + path) }
        }
        try browser.open("\(village.hub.address)/phone")
        try browser.wait(until: "document.querySelector('a[href=\"/trust\"]')")
    }

    @Test func `one visit that the node cannot read holds up no other`() throws {
        village.hub.kill()
        try phone.record(2)
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const [first] = await vault.visits();
            first.inputs.unshift(['word of another program']);
            return vault.keep(first);
            """
        )
        try village.hub.start()
        try phone.signIn()
        try browser.open("\(village.hub.address)/phone#outbox")
        try browser.wait(until: "document.body.innerText.includes('không đọc được lượt đến này')")
        #expect(try village.records(of: "visit").count == 1)
        try PageChecks.picture(browser, "phone-unreadable")
    }

    /// The household's page of the visit that is open, with everything unfolded.
    private func openDevices() throws {
        let visit = try browser.text("return location.hash.split('/')[0]")
        try browser.open("\(village.hub.address)/phone\(visit)/devices")
        try browser.wait(
            until: "document.querySelector('.steps [aria-current]')?.hash.endsWith('/devices')"
        )
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
    }

    @Test func `what cannot be right is said at the door, and a second tap takes nothing away`()
        throws
    {
        try begin()
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Hoàn thành")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        try openDevices()
        try browser.type("[id$='.phone']", "12")
        try browser.run("document.activeElement.blur()")
        try browser.wait(
            until: "document.querySelector('.error')?.innerText.includes('di động 10 số')"
        )
        try PageChecks.check(browser, "phone-wrong")
        try PageChecks.picture(browser, "phone-wrong")
    }

    @Test func `a tap that ends a line in which somebody has typed is not lost`() throws {
        try begin()
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try openDevices()
        try browser.type("[id$='.phone']", "0905990001")
        // A mouse that is held for a while.
        try browser.press("#next", for: 300)
        try browser.wait(until: "!location.hash.endsWith('/devices')")
    }
}
