import Causality
import Node
import Store
import Survey
import Terminal
import Testing

/// What the phone itself tells away from the node: days that cannot be, and whom nobody calls any more.
@Suite(.serialized) struct OddDayTests {
    private let village: ServedVillage
    private let person: ServedVillage.Adult
    private let row: RecordRow

    init() throws {
        village = try ServedVillage(households: 6)
        let person = try village.adult()
        self.person = person
        row = try #require(
            try village.records(of: "resident").first { $0.id.description == person.id }
        )
        try village.hub.start()
    }

    /// Somebody of the household answers, and the phone has no network.
    private func meet(_ phone: Phone, _ outcome: String) throws -> PhoneDoors {
        let doors = PhoneDoors(phone)
        try doors.loseNetwork()
        try doors.begin(person.home)
        try doors.tell(outcome, [("respondent_kind", "other-adult")])
        return doors
    }

    private func typed(_ day: CalendarDay) -> String {
        let (year, month, day) = day.parts
        return "\(day)/\(month)/\(year)"
    }

    /// Types a day and waits until that is told beside it, as a warning: it holds nothing up.
    private func type(
        _ day: String,
        _ field: String,
        telling words: String,
        _ doors: PhoneDoors
    ) throws {
        try doors.give(.typed(person.id, field, day))
        try doors.browser.wait(
            until: """
                [...document.querySelectorAll('#phone .warning')]
                    .some((one) => one.innerText.includes('\(words)'))
                """
        )
        #expect(try doors.browser.run("return document.querySelector('#phone .error')") == .null)
    }

    @Test func `a day before the law, before the birth or to come is told at its line`() throws {
        let phone = try Phone(village.hub)
        try phone.signIn()
        let doors = try meet(phone, "complete")
        try doors.go(to: "person-\(person.id)")
        try doors.give(.section(person.id, "idcard", "yes"))
        try doors.give(.choice(person.id, "idcard_kind", "can-cuoc"))
        let card = "idcard_issued_on"
        try type("15/4/2021", card, telling: "trước 01/07/2024 chưa có loại thẻ này", doors)
        let birth = try #require(row.text("birth").flatMap { CalendarDay($0) })
        try type(typed(birth.adding(days: -1)), card, telling: "trước ngày sinh", doors)
        let tomorrow = CalendarDay(milliseconds: try village.node().now).adding(days: 1)
        try type(typed(tomorrow), card, telling: "ở tương lai", doors)
        try doors.give(.section(person.id, "vneid", "yes"))
        let law = "trước 01/01/2022 pháp luật chưa có loại này"
        try type("1/6/2021", "vneid_activated_on", telling: law, doors)
    }

    @Test(arguments: ["deceased", "moved", "not-found"])
    func `nobody is called whom the phone has recorded as dead or gone`(presence: String) throws {
        let number = "0905990001"
        let saved = try village.node().editRecord(row.id, [FieldInput("phone", number)])
        #expect(!saved.isRefused, "\(saved.problems)")
        let phone = try Phone(village.hub)
        try phone.signIn()
        let browser = phone.browser
        let call = "document.querySelector(\"a[href='tel:\(number)']\")"
        func openHouse() throws {
            try browser.run("location.hash = arguments[0]", .string("house-\(person.home)"))
            let shown = "document.querySelector('#phone').dataset.shown"
            try browser.wait(until: "\(shown) === 'house-\(person.home)'")
        }
        try openHouse()
        try browser.wait(until: call)
        let doors = try meet(phone, "partial")
        #expect(try doors.step() == "members")
        try doors.give(.choice(person.id, "presence", presence))
        if presence != "not-found" {
            let today = CalendarDay(milliseconds: try village.node().now)
            try doors.give(.typed(person.id, "presence_on", typed(today)))
        }
        try doors.go(to: "finish")
        try doors.finish()
        try openHouse()
        #expect(try browser.run("return \(call)") == .null, "before it is sent")
        try doors.findNetwork()
        try phone.waitUntilEmpty()
        try openHouse()
        #expect(try browser.run("return \(call)") == .null, "in the node's own list")
        let now = try village.records(of: "resident").first { $0.id == row.id }
        #expect(now?.text("presence") == presence && now?.text("phone") == number)
    }
}
