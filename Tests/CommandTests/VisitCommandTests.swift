import Foundation
import Terminal
import Testing

/// A visit by the pages of the built command, which is killed in the middle of it.
@Suite struct VisitCommandTests {
    let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        let words = [
            "user", "add", "hub", "mai", "--full-name", "Ví Dụ", "--role", "field-staff",
            "--village", "Mẫu 1", "--password-stdin",
        ]
        let password = Array((PagesCommandTests.password + "\n").utf8)
        #expect(try doorstep.run(words, input: password).code == 0)
    }

    private func add(_ words: String...) throws -> String {
        let result = try doorstep.run(["record", "add", "hub"] + words + ["--json"])
        guard case .string(let id)? = try result.json()["id"] else {
            Issue.record("not added: \(result.errors)")
            return ""
        }
        return id
    }

    /// The last page's token of what was seen, beside what is sent.
    private func send(
        _ browser: TLSBrowser,
        _ path: String,
        _ fields: (String, String)...
    ) throws -> String? {
        let seen = browser.value("seen", in: browser.last).map { [("seen", $0)] } ?? []
        return try browser.send(path, seen + fields).map { String($0.prefix { $0 != "#" }) }
    }

    @Test func `answers outlive a killed node, and the visit is finished on the next one`() throws {
        let house = try add("household", "state=occupied", "address=Tổ 1", "--village", "Mẫu 1")
        let person = try add(
            "resident",
            "household=\(house)",
            "full_name=Trần Thị Mẫu",
            "birth=1/2/1980",
            "sex=female",
            "nationality=vn",
            "residence=permanent",
            "presence=here"
        )
        var hub = try ServedHub(doorstep)
        let browser = TLSBrowser(hub)
        #expect(try browser.signIn("mai", PagesCommandTests.password) == "/")
        _ = try browser.page("/")
        let visit = try #require(try send(browser, "/begin", ("household", house)))
        let outcome = "0000000000000000-1"
        _ = try browser.page("\(visit)/outcome")
        _ = try send(browser, "\(visit)/outcome", ("set", "\(outcome).outcome=complete"))
        _ = try send(
            browser,
            "\(visit)/outcome",
            ("set", "\(outcome).respondent_kind=other-adult")
        )
        let page = "\(visit)/person-\(person)"
        _ = try browser.page(page)
        let question = "\(person).phone"
        let next = try send(
            browser,
            page,
            ("w.\(question)", ""),
            ("q.\(question)", "0905 990 001"),
            ("do", "next")
        )
        #expect(next != nil)
        hub.kill()
        hub = try ServedHub(doorstep)
        browser.address = hub.address
        #expect(try browser.page(page).contains("value=\"0905990001\""))
        // A phone number is kept with the household's yes.
        let notice = "0000000000000000-2"
        _ = try browser.page("\(visit)/notice")
        _ = try send(
            browser,
            "\(visit)/notice",
            ("w.\(notice).consent_contact_by_phone", ""),
            ("q.\(notice).consent_contact_by_phone", "yes"),
            ("set", "\(notice).given_how=read-aloud")
        )
        _ = try browser.page("\(visit)/finish")
        #expect(try send(browser, "\(visit)/finish", ("do", "finish")) == "\(visit)/done")
        #expect(try send(browser, "\(visit)/finish", ("do", "finish")) == "\(visit)/done")
        #expect(hub.stop() == 0)
        let shown = try doorstep("record", "show", "hub", person, "--json")
        #expect(shown.output.contains("0905990001"))
        #expect(try doorstep("verify", "hub").code == 0)
        let log = try hub.logged()
        #expect(!log.contains("0905") && !log.contains(person) && !log.contains("level=error"))
    }

    @Test func `the notice's version and whom to ask are the commune's`() throws {
        let words = ["setting", "notice", "hub", "2026-02", "--contact", "UBND xã, 0235 3000 000"]
        let named = try doorstep.run(words)
        #expect(named.code == 0 && !named.errors.contains("--contact"))
        let list = try doorstep("setting", "list", "hub", "--json").json()
        #expect(list["notice_version"] == "2026-02")
        #expect(list["notice_contact"] == "UBND xã, 0235 3000 000")
        let unnamed = try doorstep("setting", "notice", "hub", "2026-03")
        #expect(unnamed.code == 0 && unnamed.errors.contains("--contact"))
        let later = try doorstep("setting", "list", "hub", "--json").json()
        #expect(later["notice_version"] == "2026-03" && later["notice_contact"] == .null)
        let long = String(repeating: "a", count: 21)
        #expect(try doorstep("setting", "notice", "hub", long).code != 0)
        #expect(try doorstep("setting", "notice", "hub", "").code != 0)
    }
}
