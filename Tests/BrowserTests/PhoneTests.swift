import Foundation
import Store
import Terminal
import Testing

/// A phone that leaves its node and comes back, in a real browser.
@Suite(.serialized) struct PhoneTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage()
        try village.serve()
    }

    private func signIn(_ browser: WebBrowser) throws {
        try browser.open("\(village.address)/sign-in?next=/phone")
        try browser.type("#name", "lan")
        try browser.type("#password", ServedVillage.password)
        try browser.tap("form[action='/sign-in'] button")
        try browser.wait(until: "document.querySelector('#phone')?.dataset.met === 'reached'")
    }

    @Test func `a visit far from the node outlives a killed browser and reaches the node once`()
        throws
    {
        var browser = try village.browser()
        try signIn(browser)
        try PageChecks.picture(browser, "phone-list")
        try browser.wait(until: "navigator.serviceWorker.controller")
        try browser.tap("ul.list a")
        try PageChecks.picture(browser, "phone-house")
        village.kill()
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Không gặp ai")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        browser.kill()
        browser = try village.browser()
        try browser.open("\(village.address)/")
        try browser.wait(until: "document.querySelector('ul.list')")
        try browser.tap("ul.list a")
        try browser.tap(saying: "Ghi tiếp lượt đến")
        try browser.tap("#next")
        try PageChecks.picture(browser, "phone-finish")
        try browser.tap("#finish")
        try browser.wait(until: "document.querySelector('.notice.good')")
        #expect(try village.records(of: "visit").isEmpty)
        try village.serve()
        try signIn(browser)
        try browser.open("\(village.address)/phone#outbox")
        try browser.wait(until: "document.body.innerText.includes('Không còn gì')")
        let visits = try village.records(of: "visit")
        #expect(visits.count == 1 && visits.first?.text("outcome") == "no-contact")
        #expect(visits.first?.text("by") == "lan")
    }
}
