import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

/// What a phone's day brings besides one visit a house: midnight, a second visit, hasty fingers.
@Suite(.serialized) struct PhoneAgainTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
    }

    private func phone() throws -> Phone {
        let phone = try Phone(village.hub)
        try phone.signIn()
        return phone
    }

    /// Begins a visit at which another adult answers, or goes on with it.
    private func meet(_ phone: Phone, _ home: String, _ words: String, _ outcome: String) throws {
        let browser = phone.browser
        try browser.open("\(village.hub.address)/phone#house-\(home)")
        try browser.wait(
            until: "document.querySelector('#phone').dataset.shown === 'house-\(home)'"
        )
        try browser.tap(saying: words)
        try browser.tap(saying: outcome)
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '2'")
    }

    private func go(_ browser: WebBrowser, to step: String) throws {
        let visit = try browser.text("return location.hash.split('/')[0]")
        try browser.run("location.hash = arguments[0]", .string("\(visit)/\(step)"))
        try browser.wait(
            until: "document.querySelector('.steps [aria-current]')?.hash.endsWith('/\(step)')"
        )
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
    }

    private func finish(_ browser: WebBrowser) throws {
        try go(browser, to: "finish")
        try browser.tap("#finish")
        try browser.wait(until: "document.querySelector('.notice.good')")
    }

    /// Changes the visits that lie on the phone: `all`, the earliest first, then kept again.
    private func change(_ browser: WebBrowser, _ body: String, _ given: JSONValue = .null) throws {
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const all = await vault.visits();
            \(body)
            for (const one of all) await vault.keep(one);
            return null;
            """,
            given
        )
    }

    private func visits(_ browser: WebBrowser) throws -> String {
        JSONText.encode(
            try browser.await(
                """
                const { vault } = await DoorstepPhone.current();
                return (await vault.visits()).map((one) => [one.state, ...one.inputs]);
                """
            )
        )
    }

    private func row(_ type: String, _ id: String) throws -> RecordRow {
        try #require(try village.records(of: type).first { $0.id.description == id })
    }

    @Test func `a visit that passes midnight takes what happened today, each answer with its day`()
        throws
    {
        let phone = try phone()
        let browser = phone.browser
        let person = try village.adult()
        let today = try village.node().today
        try meet(phone, person.home, "Bắt đầu lượt đến", "Một phần")
        try go(browser, to: "devices")
        try browser.tap("[id='\(person.home).smartphone.2']")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        // That was yesterday.
        try change(
            browser,
            """
            all[0].begun -= 86400000;
            all[0].clock.begun.at -= 86400000;
            """
        )
        try browser.reload()
        try go(browser, to: "person-\(person.id)")
        try browser.tap("[id='\(person.id).payment.no']")
        try go(browser, to: "members")
        try browser.tap("[id='\(person.id).presence.deceased']")
        let words = [String(today.description.suffix(2)), "\(today.parts.month)", "\(today.year)"]
        try browser.type("[id='\(person.id).presence_on']", words.joined(separator: "/"))
        try browser.run("document.activeElement.blur()")
        try finish(browser)
        try phone.waitUntilEmpty()
        let inputs = try visits(browser)
        #expect(inputs == "[]")
        let gone = try row("resident", person.id)
        #expect(gone.text("presence_on") == today.description)
        #expect(gone.text("payment_observed_on") == today.description)
        let yesterday = today.adding(days: -1).description
        #expect(try row("household", person.home).text("devices_observed_on") == yesterday)
        let visit = try #require(try village.records(of: "visit").first)
        #expect(visit.text("started_at")?.hasPrefix(yesterday) == true)
        #expect(visit.text("ended_at")?.hasPrefix(today.description) == true)
    }

    @Test func `the second visit the same day knows the first, and both are the node's`() throws {
        let phone = try phone()
        let browser = phone.browser
        let person = try village.adult()
        village.hub.kill()
        try meet(phone, person.home, "Bắt đầu lượt đến", "Một phần")
        try go(browser, to: "devices")
        try browser.tap("[id='\(person.home).smartphone.2']")
        try go(browser, to: "members")
        try browser.tap(saying: "+ Thêm người")
        try browser.type("[id$='.full_name']", "Trần Thị Ví Dụ")
        try browser.type("[id$='.birth']", "12/3/1980")
        try browser.run("document.activeElement.blur()")
        try browser.tap("[id$='.sex.female']")
        try browser.tap("[id$='.residence.permanent']")
        try finish(browser)
        try meet(phone, person.home, "Lượt đến mới", "Một phần")
        try go(browser, to: "devices")
        #expect(
            try browser.text(
                "return document.getElementById(arguments[0]).ariaPressed",
                .string("\(person.home).smartphone.2")
            ) == "true"
        )
        try browser.tap("[id='\(person.home).smartphone.3']")
        // Who was added in the morning is of the house by now.
        try go(browser, to: "members")
        try browser.tap(
            xpath: "//details[.//b='Trần Thị Ví Dụ']//button[contains(@id,'.presence.moved')]"
        )
        try finish(browser)
        #expect(try village.records(of: "visit").isEmpty)
        try village.hub.start()
        try phone.signIn()
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 2)
        #expect(try row("household", person.home)["smartphone"] == .integer(3))
        let added = try village.records(of: "resident").filter {
            $0.text("full_name") == "Trần Thị Ví Dụ"
        }
        #expect(added.map { $0.text("presence") } == ["moved"])
        #expect(try village.node().store.conflicts().isEmpty)
    }

    @Test func `the second visit waits until the first is put right, and nothing is lost`() throws {
        let phone = try phone()
        let browser = phone.browser
        let person = try village.adult()
        village.hub.kill()
        for (words, number) in [("Bắt đầu lượt đến", "2"), ("Lượt đến mới", "3")] {
            try meet(phone, person.home, words, "Một phần")
            try go(browser, to: "devices")
            try browser.tap("[id='\(person.home).smartphone.\(number)']")
            try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
            try finish(browser)
        }
        // As if the node's rule had changed meanwhile.
        try change(
            browser,
            "all[0].inputs.push(['answer', given[0] + '.phone', '12', false]);",
            .string(person.home)
        )
        try village.hub.start()
        try phone.signIn()
        try browser.open("\(village.hub.address)/phone#outbox")
        try browser.wait(until: "document.body.innerText.includes('Chờ lượt đến trước')")
        try PageChecks.check(browser, "phone-outbox-waiting")
        try PageChecks.picture(browser, "phone-outbox-waiting")
        #expect(try village.records(of: "visit").isEmpty)
        try browser.tap(saying: "Sửa")
        let field = "[id='\(person.home).phone']"
        try browser.wait(until: "document.querySelector(\"\(field)\")")
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        try browser.type(field, "0905990001")
        try browser.run("document.activeElement.blur()")
        try finish(browser)
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 2)
        #expect(try row("household", person.home)["smartphone"] == .integer(3))
        #expect(try village.node().store.conflicts().isEmpty)
    }

    @Test func `two quick taps begin one visit and add one person`() throws {
        let phone = try phone()
        let browser = phone.browser
        let person = try village.adult()
        let twice = """
            const button = [...document.querySelectorAll('#phone button')]
                .find((one) => one.innerText.trim() === arguments[0]);
            button.click();
            button.click();
            """
        try browser.open("\(village.hub.address)/phone#house-\(person.home)")
        try browser.wait(until: "document.querySelector('#phone .actions button')")
        try browser.run(twice, .string("Bắt đầu lượt đến"))
        try browser.wait(until: "location.hash.startsWith('#visit-')")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try go(browser, to: "members")
        try browser.run(twice, .string("+ Thêm người"))
        try browser.wait(until: "location.hash.includes('person-0000000000000000-3')")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        // Also once the first is kept, while nothing was said of it.
        try go(browser, to: "members")
        try browser.tap(saying: "+ Thêm người")
        try browser.wait(until: "location.hash.includes('person-0000000000000000-3')")
        let kept = try visits(browser)
        #expect(kept.components(separatedBy: "\"open\"").count == 2, "\(kept)")
        #expect(kept.components(separatedBy: "\"add\"").count == 2, "\(kept)")
    }

    @Test(arguments: ["list", "reload", "node"])
    func `what is typed and left at once is there again`(way: String) throws {
        let phone = try phone()
        let browser = phone.browser
        let person = try village.adult()
        try meet(phone, person.home, "Bắt đầu lượt đến", "Hoàn thành")
        try go(browser, to: "finish")
        // Keeping takes as long as it takes; until it is done the browser asks before it leaves.
        try browser.run(
            """
            const seal = crypto.subtle.encrypt.bind(crypto.subtle);
            const held = new Promise((resolve) => { window.goOn = resolve; });
            crypto.subtle.encrypt = (...given) => held.then(() => seal(...given));
            """
        )
        try browser.type("main textarea", "Chó dữ, gọi trước")
        let mayLeave = "dispatchEvent(new Event('beforeunload', { cancelable: true }))"
        #expect(try browser.run("return \(mayLeave)") == .bool(false))
        if way == "list" { try browser.run("location.hash = '#list'") }
        try browser.run("goOn()")
        try browser.wait(until: mayLeave)
        if way == "reload" { try browser.reload() }
        if way == "node" { try browser.open("\(village.hub.address)/today") }
        try browser.open("\(village.hub.address)/phone#house-\(person.home)")
        try browser.tap(saying: "Ghi tiếp lượt đến")
        try go(browser, to: "finish")
        let note = "document.querySelector('main textarea').value"
        #expect(try browser.text("return \(note)") == "Chó dữ, gọi trước")
    }

    @Test func `what was said of the node does not stay when it is so no more`() throws {
        let phone = try phone()
        let browser = phone.browser
        try browser.open("\(village.hub.address)/phone#outbox")
        try browser.tap("#send")
        try browser.wait(until: "document.querySelector('#reach.good')")
        let signedOut = """
            window.fetch = async () => new Response('{"v":1,"state":"signed-out"}',
                { status: 401, headers: { 'Content-Type': 'application/json' } });
            DoorstepPhone.refresh({});
            """
        try browser.run(signedOut)
        try browser.wait(
            until:
                "document.querySelector('#reach:not(.good)')?.innerText.includes('Đăng nhập lại')"
        )
        // Nobody has asked: a needed sign-in is told all the same.
        try browser.reload()
        try phone.waitUntilMet()
        try browser.wait(until: "document.querySelector('#send')")
        #expect(try browser.run("return document.querySelector('#reach')") == .null)
        try browser.run(signedOut)
        try browser.wait(until: "document.querySelector('#reach a[href^=\"/sign-in\"]')")
        try PageChecks.picture(browser, "phone-outbox-signed-out")
    }

    @Test func `what was confirmed and a colleague had changed is told until it was seen`() throws {
        let person = try village.adult()
        let id = try #require(RecordID(person.id))
        let answered = [FieldInput("payment_has_any", "no")]
        _ = try village.node(user: "lan").editRecord(id, answered)
        _ = try village.addColleague()
        let phone = try phone()
        let browser = phone.browser
        village.hub.kill()
        try meet(phone, person.home, "Bắt đầu lượt đến", "Một phần")
        try go(browser, to: "person-\(person.id)")
        try browser.tap("#same")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        try finish(browser)
        let changed = [FieldInput("payment_has_any", "yes")]
        _ = try village.node(user: "mai").editRecord(id, changed)
        try village.hub.start()
        try phone.signIn()
        try browser.wait(
            until: "document.querySelector('#news')?.innerText.includes('như lần trước')"
        )
        try PageChecks.check(browser, "phone-news")
        try PageChecks.picture(browser, "phone-news")
        try browser.reload()
        try browser.tap("#seen")
        try browser.wait(until: "!document.querySelector('#news')")
        try browser.reload()
        try phone.waitUntilMet()
        #expect(try browser.run("return document.querySelector('#news')") == .null)
    }

    @Test func `a visit begun at the node is gone on with there; away from it that is said`() throws
    {
        let person = try village.adult()
        let home = try #require(RecordID(person.home))
        _ = try village.visiting("lan").begin(home)
        let phone = try phone()
        let browser = phone.browser
        try browser.open("\(village.hub.address)/phone#house-\(person.home)")
        try browser.wait(until: "document.querySelector('#at-node')")
        #expect(try browser.run("return document.querySelectorAll('button.main').length") == 0)
        try PageChecks.check(browser, "phone-house-draft")
        try PageChecks.picture(browser, "phone-house-draft")
        village.hub.kill()
        try browser.run("DoorstepPhone.refresh({})")
        try browser.wait(
            until:
                "!document.querySelector('#at-node') && document.body.innerText.includes('gần máy')"
        )
        try PageChecks.picture(browser, "phone-house-draft-away")
        try browser.open("\(village.hub.address)/phone#list")
        try browser.wait(until: "document.body.innerText.includes('Đang ngoài tầm máy thôn')")
        try village.hub.start()
        try browser.run("DoorstepPhone.refresh({})")
        try browser.wait(until: "!document.body.innerText.includes('Đang ngoài tầm máy thôn')")
    }
}
