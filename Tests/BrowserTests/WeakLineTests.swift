import Causality
import Foundation
import HTTP
import Store
import Terminal
import Testing

/// A visit on the node's own pages over a line that comes and goes.
@Suite(.serialized) struct WeakLineTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
    }

    private var hub: ServedNode { village.hub }

    /// A visit at an adult's page: the person's id.
    private func meet(_ browser: WebBrowser) throws -> String {
        try browser.signIn(at: hub)
        let person = try village.adult()
        try browser.meet(person, at: hub)
        return person.id
    }

    /// From now on the page's clock stands: what would happen later waits for `ring`.
    private func stopClock(_ browser: WebBrowser) throws {
        try browser.run(
            """
            window.due = [];
            window.flying = 0;
            const [later, get] = [window.setTimeout, window.fetch];
            window.setTimeout = (body, time) =>
                time >= 1000 ? window.due.push(body) : later(body, time);
            window.fetch = (...words) => {
                window.flying += 1;
                return get(...words).finally(() => { window.flying -= 1; });
            };
            """
        )
    }

    private func ring(_ browser: WebBrowser) throws {
        try browser.run("window.due.splice(0).forEach((body) => body())")
    }

    private func openAll(_ browser: WebBrowser) throws {
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
    }

    private let isLost = "document.querySelector('#kept').textContent.includes('Chưa gửi')"
    private let next = ".do button[value='next']"

    @Test func `what was tapped last stays, whenever the line comes back`() throws {
        let browser = try hub.browser()
        let person = try meet(browser)
        try stopClock(browser)
        func button(_ word: String) -> String { "button[value='\(person).payment=\(word)']" }
        func isPressed(_ word: String) -> String {
            "document.querySelector(\"\(button(word))\").getAttribute('aria-pressed') === 'true'"
        }
        hub.kill()
        try browser.tap(button("yes"))
        try browser.wait(until: isLost)
        try hub.start()
        try browser.tap(button("no"))
        try browser.wait(until: isPressed("no"))
        try ring(browser)
        try browser.wait(until: "window.flying === 0")
        #expect(try browser.run("return \(isPressed("no"))") == .bool(true))
        try browser.reload()
        #expect(try browser.run("return \(isPressed("no"))") == .bool(true))
    }

    /// The copy on the phone takes a moment, in which somebody goes on.
    @Test func `what is typed while a copy is made is not replaced by the reply before it`() throws
    {
        let browser = try hub.browser()
        let person = try meet(browser)
        try openAll(browser)
        try browser.run(
            """
            const phone = globalThis.DoorstepPhone;
            window.held = [];
            window.current = phone.current;
            phone.current = () => new Promise((go) => window.held.push(go)).then(window.current);
            """
        )
        try browser.tap("button[value='\(person).payment=yes']")
        try browser.wait(until: "window.held.length > 0")
        let phone = "[id='q.\(person).phone']"
        try browser.type(phone, "0905 99")
        try browser.run("document.activeElement.blur()")
        try browser.run(
            "globalThis.DoorstepPhone.current = window.current; window.held.splice(0).forEach((go) => go())"
        )
        try browser.wait(until: "document.querySelector(\"\(phone)[aria-invalid]\")")
        let typed = "return document.querySelector(\"\(phone)\").value"
        #expect(try browser.text(typed) == "0905 99")
    }

    @Test func `out of reach the page stays with what was typed, and goes on by itself`() throws {
        var browser = try hub.browser()
        let person = try meet(browser)
        let page = String(try browser.address.prefix { $0 != "#" })
        let phone = "[id='q.\(person).phone']"
        let typed = "return document.querySelector(\"\(phone)\").value"
        try openAll(browser)
        hub.kill()
        try browser.type(phone, "0905990001")
        try browser.tap(next)
        try browser.wait(until: isLost)
        #expect(try browser.address.hasPrefix(page))
        #expect(try browser.text(typed) == "0905990001")
        try PageChecks.picture(browser, "visit-lost")
        // More is typed while the line is away; a phone without power finds it again.
        try browser.type(phone, "0905990002")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector('main form').dataset.aside")
        browser.kill()
        try hub.start()
        browser = try hub.browser()
        try browser.signIn(at: hub)
        try browser.open(page)
        try browser.wait(until: "document.querySelector('#kept').textContent.includes('điền lại')")
        #expect(try browser.text(typed) == "0905990002")
        try PageChecks.picture(browser, "visit-refilled")
        hub.kill()
        try openAll(browser)
        try browser.tap(next)
        try browser.wait(until: isLost)
        try hub.start()
        try browser.wait(until: "!location.href.startsWith('\(page)')")
        try browser.open(page)
        #expect(try browser.text(typed).filter(\.isNumber) == "0905990002")
    }

    /// A field that was never left: no answer yet, and not to be typed again either.
    @Test func `what was typed and not left is there again, however the page was left`() throws {
        var browser = try hub.browser()
        let person = try meet(browser)
        let page = String(try browser.address.prefix { $0 != "#" })
        let phone = "[id='q.\(person).phone']"
        let digits = "return document.querySelector(\"\(phone)\").value.replaceAll(' ', '')"
        let ways: [(WebBrowser) throws -> Void] = [
            { try $0.reload() },
            { try $0.open("\(hub.address)/sync") },
            { browser in
                browser.kill()
                try hub.start()
            },
        ]
        for (index, leave) in ways.enumerated() {
            let typed = "090599000\(index + 1)"
            try openAll(browser)
            // Out of reach, so that only what lies aside can bring it back.
            hub.kill()
            try browser.type(phone, typed)
            try browser.wait(until: "document.querySelector('main form').dataset.aside")
            if index < 2 { try hub.start() }
            try leave(browser)
            if index == 2 {
                browser = try hub.browser()
                try browser.signIn(at: hub)
            }
            try browser.open(page)
            try browser.wait(
                until: "document.querySelector(\"\(phone)\").value.endsWith('\(index + 1)')"
            )
            #expect(try browser.text(digits) == typed)
        }
    }

    @Test func `a session that waits for its PIN or has ended is said to be so`() throws {
        let browser = try hub.browser()
        let person = try meet(browser)
        _ = try browser.command("Network.enable")
        _ = try browser.command("Network.clearBrowserCookies")
        try openAll(browser)
        let phone = "[id='q.\(person).phone']"
        try browser.type(phone, "0905990001")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector('#kept button')")
        try PageChecks.picture(browser, "visit-signed-out")
        // Signed in again elsewhere, the page goes on.
        let tab = try browser.tab
        _ = try browser.openTab()
        try browser.signIn(at: hub)
        try browser.go(toTab: tab)
        try browser.tap(next)
        try browser.wait(until: "!location.pathname.includes('person-\(person)')")
        try browser.run("history.back()")
        try browser.wait(until: "document.querySelector(\"\(phone)\")")
        let typed = "return document.querySelector(\"\(phone)\").value"
        #expect(try browser.text(typed).filter(\.isNumber) == "0905990001")
    }

    @Test func `a colleague's value that was never shown is not overwritten without a word`() throws
    {
        let browser = try hub.browser()
        let person = try meet(browser)
        let phone = "[id='q.\(person).phone']"
        try openAll(browser)
        // The cursor stands in the line, and nothing is typed yet.
        try browser.run("document.querySelector(\"\(phone)\").focus()")
        let colleague = try village.addColleague()
        let mai = try hub.browser("mai")
        try mai.signIn("mai", at: hub)
        let base = try mai.meet(village.adult(), at: hub)
        try openAll(mai)
        try mai.type(phone, "0905999000")
        try mai.tap(next)
        try mai.wait(until: "!location.pathname.includes('person-\(person)')")
        try mai.open("\(base)finish")
        try mai.tap(saying: "Kết thúc lượt đến")
        try mai.wait(until: "location.pathname.endsWith('/done')")
        // Another answer brings a fresh page, which leaves the line under the cursor as it was.
        let button = "button[value='\(person).payment=no']"
        try browser.run(
            "document.querySelector('main form').requestSubmit(document.querySelector(\"\(button)\"))"
        )
        try browser.wait(
            until: "document.querySelector(\"\(button)\").getAttribute('aria-pressed') === 'true'"
        )
        try browser.type(phone, "0905111000")
        try browser.run("document.activeElement.blur()")
        try browser.wait(
            until: "document.querySelector('#problems').innerText.includes('\(colleague)')"
        )
    }
}
