import Causality
import Node
import Store
import Terminal
import Testing

/// An answer that is tapped again as it stands is said again.
@Suite(.serialized) struct SaidAgainTests {
    private let village: ServedVillage
    private let person: ServedVillage.Adult

    init() throws {
        village = try ServedVillage(households: 6)
        person = try village.adult()
        let id = try #require(RecordID(person.id))
        let facts = [("bhyt_insured", "yes"), ("bhyt_observed_on", "1/5/2026")]
        let saved = try village.node().editRecord(id, facts.map { FieldInput($0.0, $0.1) })
        #expect(!saved.isRefused, "\(saved.problems)")
        try village.hub.start()
    }

    @Test func `on the node's page`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        try browser.meet(person, at: village.hub)
        let question = "\(person.id).bhyt_insured"
        let chosen = "document.querySelector(\"[name='q.\(question)'][value='yes']\")"
        try browser.wait(until: "\(chosen)?.checked")
        try browser.run("\(chosen).closest('label').click()")
        try browser.wait(
            until: "document.querySelector(\"[id='g.\(person.id).bhyt'] .badge.good\")"
        )
        #expect(try browser.run("return \(chosen).checked") == true)
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
        let button = "[id='\(person.id).bhyt_insured.yes']"
        try browser.wait(until: "document.querySelector(\"\(button)[aria-pressed=true]\")")
        try browser.tap(button)
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        #expect(
            try browser.text("return document.querySelector(\"\(button)\").ariaPressed") == "true"
        )
    }
}
