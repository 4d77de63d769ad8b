import Causality
import Foundation
import Node
import Store
import Terminal
import Testing

/// Who can open what a phone keeps, in a real browser.
@Suite(.serialized) struct PhoneKeyTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
    }

    private func id(_ user: String) throws -> String {
        try #require(try village.node().users().first { $0.name == user }).id.description
    }

    private func newcomer(_ code: String, _ password: String, _ phone: Phone) throws {
        try phone.giveName("moi", code)
        try phone.browser.wait(until: "location.pathname === '/password'")
        // A refused one opens nothing later.
        try phone.browser.type("#new", "ngắn")
        try phone.browser.type("#again", "ngắn")
        try phone.browser.run(
            "document.querySelectorAll('input').forEach((one) => one.removeAttribute('minlength'))"
        )
        try phone.browser.tap("form[action='/password'] button")
        try phone.browser.wait(until: "document.querySelector('.error')")
        try phone.browser.type("#new", password)
        try phone.browser.type("#again", password)
        try phone.browser.tap("form[action='/password'] button")
        try phone.browser.wait(until: "location.search.includes('done')")
        try phone.browser.open("\(phone.node.address)/phone")
        try phone.waitUntilMet()
    }

    private func unlock(_ phone: Phone, _ password: String) throws {
        try phone.browser.open("\(phone.node.address)/phone")
        try phone.browser.type("#password", password)
        try phone.browser.tap("#phone form button")
    }

    @Test func `the password of the first day opens the phone the next`() throws {
        let hub = village.hub
        let code = try village.addNewcomer("moi")
        let password = "mật khẩu của tôi"
        let phone = try Phone(hub)
        try newcomer(code, password, phone)
        hub.kill()
        try phone.record(1)
        let user = try id("moi")
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try unlock(phone, code)
        try phone.browser.wait(until: "document.body.innerText.includes('không đúng')")
        try unlock(phone, "ngắn")
        try phone.browser.wait(until: "document.body.innerText.includes('không đúng')")
        try unlock(phone, password)
        try phone.browser.wait(until: "document.querySelector('h1').innerText === 'Hôm nay'")
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try phone.loseSession()
        try hub.start()
        try phone.signIn("moi", password)
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 1)
    }

    @Test func `a forgotten password locks nothing away that was recorded under it`() throws {
        let hub = village.hub
        let code = try village.addNewcomer("moi")
        let phone = try Phone(hub)
        try newcomer(code, "mật khẩu của tôi", phone)
        hub.kill()
        try phone.record(1)
        let next = try village.resetPassword("moi")
        let user = try id("moi")
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try hub.start()
        try phone.loseSession()
        try newcomer(next, "mật khẩu khác hẳn", phone)
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 1)
        hub.kill()
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try unlock(phone, "mật khẩu khác hẳn")
        try phone.browser.wait(until: "document.querySelector('h1').innerText === 'Hôm nay'")
    }

    /// As an earlier version kept it: one key, wrapped by a password that nobody types any more.
    @Test func `what stays locked under an old password is named on every page`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        try phone.signIn()
        hub.kill()
        try phone.record(1)
        let user = try id("lan")
        try hub.start()
        try phone.change("share", of: user, "return null;")
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try phone.loseSession()
        hub.kill()
        let code = try village.resetPassword("lan")
        try hub.start()
        try phone.giveName("lan", code)
        let password = "mật khẩu mới toanh"
        try phone.browser.type("#new", password)
        try phone.browser.type("#again", password)
        try phone.browser.tap("form[action='/password'] button")
        try phone.browser.wait(
            until: "document.querySelector('#phone-sign')?.innerText.includes('còn khóa')"
        )
        try phone.browser.tap("#phone-sign")
        try PageChecks.check(phone.browser, "phone-sealed")
        try PageChecks.picture(phone.browser, "phone-sealed")
        try phone.browser.type("#password", ServedVillage.password)
        try phone.browser.tap("#phone form button")
        // A page that is left before the key is made stays locked.
        try phone.browser.wait(until: "!document.querySelector('#phone #password')")
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 1)
        // From here on the new one opens it.
        hub.kill()
        try phone.change("open", of: user, "return { ...value, until: 1 };")
        try unlock(phone, password)
        try phone.browser.wait(until: "document.querySelector('h1').innerText === 'Hôm nay'")
    }

    @Test func `a quiet phone asks for the PIN, near the node and away from it`() throws {
        let hub = village.hub
        let phone = try Phone(hub)
        try phone.signIn()
        try phone.browser.open("\(hub.address)/pin")
        try phone.browser.type("#new", "2580")
        try phone.browser.type("#again", "2580")
        try phone.browser.tap(saying: "Lưu mã PIN")
        try phone.browser.wait(until: "location.search.includes('done')")
        try phone.browser.open("\(hub.address)/phone")
        try phone.waitUntilMet()
        let isLocked = "document.querySelector('#phone-pin')"
        let isQuiet = "localStorage.setItem('doorstep-seen', String(Date.now() - 11 * 60000))"
        try phone.browser.run(isQuiet)
        try phone.browser.open("\(hub.address)/phone")
        try phone.browser.wait(until: isLocked)
        try PageChecks.check(phone.browser, "phone-pin")
        try PageChecks.picture(phone.browser, "phone-pin")
        #expect(try !phone.keys(of: id("lan")).contains("open"))
        hub.kill()
        try phone.browser.type("#phone-pin", "9999")
        try phone.browser.tap("#phone form button")
        try phone.browser.wait(until: "document.body.innerText.includes('còn 4 lần')")
        try phone.browser.type("#phone-pin", "2580")
        try phone.browser.tap("#phone form button")
        try phone.browser.wait(until: "document.querySelector('h1').innerText === 'Hôm nay'")
        // The fifth wrong one in a row leaves the password alone.
        try phone.browser.run(isQuiet)
        try phone.browser.open("\(hub.address)/phone")
        for left in (0..<5).reversed() {
            try phone.browser.type("#phone-pin", "9999")
            try phone.browser.tap("#phone form button")
            let words = left > 0 ? "còn \(left) lần" : "Gõ mật khẩu"
            try phone.browser.wait(until: "document.body.innerText.includes('\(words)')")
        }
        try unlock(phone, ServedVillage.password)
        try phone.browser.wait(until: "document.querySelector('h1').innerText === 'Hôm nay'")
    }

    /// A phone on which lan has recorded a visit away from the node, and mai has signed in since; with
    /// lan's id.
    private func takenOver() throws -> (phone: Phone, lan: String) {
        try village.addUser("mai", "--role", "field-staff", "--village", "Mẫu 1")
        let phone = try Phone(village.hub)
        try phone.signIn()
        let lan = try id("lan")
        village.hub.kill()
        try phone.record(1)
        try phone.loseSession()
        try village.hub.start()
        try phone.signIn("mai")
        return (phone, lan)
    }

    @Test func `nothing of another user lies open, and a blocked one is wiped by whoever comes`()
        throws
    {
        let hub = village.hub
        let (phone, lan) = try takenOver()
        #expect(try !phone.keys(of: lan).contains("open"))
        #expect(try phone.keys(of: lan).contains { $0.hasPrefix("visit-") })
        let sign = try phone.browser.text("return document.querySelector('#phone-sign').innerText")
        #expect(sign.contains("1 lượt đến của") && !sign.contains("Đã gửi hết"), "\(sign)")
        hub.kill()
        try village.run("user", "block", "hub", "lan")
        try hub.start()
        try phone.browser.open("\(hub.address)/phone")
        try phone.waitUntilMet()
        #expect(try !phone.databases().contains("doorstep-\(lan)"))
        #expect(try phone.databases().contains("doorstep-\(id("mai"))"))
    }

    @Test func `a blocked user's phone is wiped also where nobody is signed in on it`() throws {
        let hub = village.hub
        let (phone, lan) = try takenOver()
        try phone.browser.open("\(hub.address)/")
        try phone.browser.tap("form[action='/sign-out'] button")
        try phone.browser.wait(until: "location.pathname === '/sign-in'")
        try phone.browser.open("\(hub.address)/phone")
        try phone.browser.wait(
            until: "document.querySelector('#phone-sign')?.innerText.includes('1 lượt đến của')"
        )
        #expect(try phone.databases().contains("doorstep-\(lan)"))
        hub.kill()
        try village.run("user", "block", "hub", "lan")
        try hub.start()
        try phone.browser.open("\(hub.address)/phone")
        try phone.browser.wait(
            until:
                "document.querySelector('#phone-sign')?.innerText === 'Chưa đăng nhập trên điện thoại này'"
        )
        #expect(try !phone.databases().contains("doorstep-\(lan)"))
    }
}
