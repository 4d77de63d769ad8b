import Causality
import Coverage
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing

/// A day of field work at a village's own node, from the sign-in to the coverage at the hub.
@Suite struct DayTests {
    @Test func `twenty visits of a day reach the hub, whatever breaks between`() throws {
        let village = try ServedVillage(households: 28)
        try village.addUser("mai", "--role", "field-staff", "--village", "Mẫu 1")
        try village.hub.start()
        try village.enrol()
        try village.thon.start()
        let lan = try Day(village, "lan")
        for _ in 0..<16 { try lan.findNobody() }
        #expect(lan.taps == 16 * 3, "begin, nobody met, finish: \(lan.taps)")

        // Everything of a family, and the node loses its power in the middle.
        let family = try lan.beginInterview()
        try lan.typePhone("0905990001")
        try lan.waitUntilKept()
        village.thon.kill()
        try village.thon.start()
        try lan.browser.reload()
        #expect(try lan.phone() == "0905 990 001" || lan.phone() == "0905990001")
        try lan.goThrough()
        #expect(try village.phone(of: family, in: "thon") == "0905990001")

        // A colleague, at another browser, writes another number at the same house.
        let shared = try lan.beginInterview()
        try lan.typePhone("0905990002")
        try lan.waitUntilKept()
        let mai = try Day(village, "mai")
        #expect(try mai.beginInterview(at: shared) == shared)
        try mai.typePhone("0905990003")
        try mai.goThrough()
        try lan.reachEnd()
        try lan.browser.tap(saying: "Kết thúc lượt đến")
        try lan.browser.wait(until: "location.pathname.endsWith('/colleague')")
        try lan.browser.wait(until: "document.body.innerText.includes('mai')")
        try PageChecks.check(lan.browser, "a colleague's change")
        try PageChecks.picture(lan.browser, "day-colleague")
        try lan.browser.tap(xpath: "//label[contains(., 'Của tôi')]")
        try lan.browser.tap(saying: "Ghi lựa chọn")
        try lan.finishIfOpen()
        #expect(try village.phone(of: shared, in: "thon") == "0905990002")

        // Somebody who is recorded next door already.
        _ = try lan.beginInterview()
        let known = try village.somebody(besides: lan.household)
        try lan.add(known.name, born: known.birth)
        try lan.browser.wait(
            until: "document.querySelector('#problems').innerText.includes(\(quoted(known.name)))"
        )
        try PageChecks.picture(lan.browser, "day-duplicate")
        try lan.browser.tap("button[name='remove']")
        try lan.goThrough()

        try lan.browser.open("\(village.thon.address)/sync")
        try lan.browser.tap(saying: "Đồng bộ ngay")
        try Patience.wait(until: "the visits at the hub") {
            try village.records(of: "visit").count == 20
        }
        let report = try village.node().coverage()
        let total = report.visits.reduce(0) { $0 + $1.visited }
        #expect(total == 3)
    }

    private func quoted(_ text: String) -> String { JSONText.encode(.string(text)) }
}

/// A member of field staff at a browser.
private final class Day {
    let village: ServedVillage
    let browser: WebBrowser
    private(set) var taps = 0
    private(set) var household = ""

    init(_ village: ServedVillage, _ user: String) throws {
        self.village = village
        browser = try village.thon.browser(user)
        try browser.open("\(village.thon.address)/sign-in")
        try browser.type("#name", user)
        try browser.type("#password", ServedVillage.password)
        try browser.tap("form[action='/sign-in'] button")
        try browser.wait(until: "document.querySelector('form[action=\"/sign-out\"]')")
    }

    private func tap(_ selector: String) throws {
        taps += 1
        try browser.tap(selector)
    }

    /// The next household where nobody was, or that one.
    private func begin(at household: String? = nil) throws {
        let address = village.thon.address
        if let household {
            try browser.open("\(address)/household/\(household)")
        } else {
            try browser.open("\(address)/?show=not-visited")
        }
        let form = "form[action='/begin']"
        self.household = try browser.text(
            "return document.querySelector(arguments[0]).elements.household.value",
            .string(form)
        )
        try tap("\(form) button")
        try browser.wait(until: "location.pathname.startsWith('/visit/')")
    }

    private func answer(_ words: String) throws {
        taps += 1
        try browser.tap(saying: words)
    }

    func findNobody() throws {
        try begin()
        try answer("Không gặp ai")
        try browser.wait(until: "location.pathname.endsWith('/finish')")
        try answer("Kết thúc lượt đến")
        try browser.wait(until: "location.pathname.endsWith('/done')")
    }

    private func goOn() throws {
        let before = try browser.address
        try tap(".do button")
        try browser.wait(until: "location.href !== \(JSONText.encode(.string(before)))")
    }

    /// From page to page; a family has some twenty.
    private func goOn(to end: String) throws {
        for _ in 0..<30 {
            if try browser.address.hasSuffix(end) { return }
            try goOn()
        }
        throw WebBrowser.Failed(description: "never at \(end): \(try browser.address)")
    }

    /// Begins a visit where somebody answers, up to the page of the household's devices.
    @discardableResult
    func beginInterview(at household: String? = nil) throws -> String {
        try begin(at: household)
        try answer("Hoàn thành")
        try browser.wait(until: "document.querySelector('[value*=\"respondent_kind=\"]')")
        try tap("button[value*='respondent_kind=other-adult']")
        try browser.wait(
            until:
                "document.querySelector('[value*=\"other-adult\"][aria-pressed=true]') || !location.pathname.endsWith('/outcome')"
        )
        try goOn(to: "/devices")
        return self.household
    }

    private var phoneField: String { "[name='q.\(household).phone']" }

    /// Unfolds what is rarely asked.
    private func openAll() throws {
        try browser.run(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
    }

    func typePhone(_ number: String) throws {
        try openAll()
        try browser.type(phoneField, number)
        try browser.run("document.activeElement.blur()")
    }

    func phone() throws -> String {
        try browser.text("return document.querySelector(arguments[0]).value", .string(phoneField))
    }

    func waitUntilKept() throws {
        try browser.wait(until: "document.querySelector('#kept').textContent.includes('Đã ghi')")
    }

    func reachEnd() throws {
        try goOn(to: "/finish")
    }

    /// To the end of the visit, where nothing is new on the pages that are left.
    func goThrough() throws {
        try reachEnd()
        try answer("Kết thúc lượt đến")
        try browser.wait(until: "location.pathname.endsWith('/done')")
    }

    func finishIfOpen() throws {
        try browser.wait(until: "!location.pathname.endsWith('/colleague')")
        if try browser.run("return location.pathname.endsWith('/done')") == .bool(true) { return }
        try goThrough()
    }

    func add(_ name: String, born birth: String) throws {
        let path = try browser.address.replacing("/devices", with: "/members")
        try browser.open(path)
        try browser.tap("button[value='add-person']")
        try browser.wait(until: "location.pathname.includes('/person-')")
        try openAll()
        try browser.type("[name^='q.'][name$='.full_name']", name)
        try browser.type("[name^='q.'][name$='.birth']", birth)
        try browser.run("document.activeElement.blur()")
    }
}

extension ServedVillage {
    fileprivate func phone(of household: String, in name: String) throws -> String? {
        try records(of: "household", in: name).first { $0.id.description == household }?
            .text("phone")
    }

    /// Name and birth, as they are typed, of somebody of another household.
    fileprivate func somebody(besides household: String) throws -> (name: String, birth: String) {
        for row in try records(of: "resident", in: "thon") {
            guard row["household"].record?.description != household,
                let name = row.text("full_name"), let birth = row.text("birth"),
                birth.utf8.count == 10
            else { continue }
            let parts = birth.split(separator: "-")
            return (name, "\(parts[2])/\(parts[1])/\(parts[0])")
        }
        throw WebBrowser.Failed(description: "nobody there")
    }
}
