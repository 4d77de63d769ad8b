import Causality
import Terminal
import Testing

/// Whoever adds an account or a benefit is at its first question.
@Suite(.serialized) struct AddingTests {
    private let village: ServedVillage
    private let person: ServedVillage.Adult
    private let account = "0000000000000000-3"
    private let benefit = "0000000000000000-4"

    init() throws {
        village = try ServedVillage(households: 6)
        person = try village.adult()
        try village.hub.start()
    }

    @Test func `on the node's page`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let base = try browser.meet(person, at: village.hub)
        try browser.tap("button[value='add-account']")
        try browser.wait(until: "document.activeElement.name === 'q.\(account).kind'")
        try browser.open(base + "benefits")
        try browser.tap("button[value='add-benefit']")
        try browser.wait(until: "document.activeElement.name === 'q.\(benefit).kind'")
    }

    @Test func `on the phone`() throws {
        let phone = try Phone(village.hub)
        try phone.signIn()
        let browser = phone.browser
        try browser.open("\(village.hub.address)/phone#house-\(person.home)")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '2'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        try browser.run("location.hash = arguments[0]", .string("\(visit)/person-\(person.id)"))
        try browser.tap(saying: "+ Tài khoản thanh toán")
        try browser.wait(until: "document.activeElement.id.startsWith('\(account).kind')")
        try browser.tap(saying: "+ Lương hưu, trợ cấp")
        try browser.wait(until: "document.activeElement.id.startsWith('\(benefit).kind')")
        #expect(try browser.text("return location.hash").hasSuffix("/benefits"))
    }
}
