import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

/// Every page as somebody sees it: on a small phone in Vietnamese, on a laptop in English and in the
/// dark.
@Suite(.serialized) struct LookTests {
    struct Setting: CustomTestStringConvertible {
        let name: String
        let options: WebBrowser.Options
        let language: Language
        var testDescription: String { name }
    }

    private static let settings = [
        Setting(name: "phone", options: .init(), language: .vi),
        Setting(
            name: "laptop",
            options: .init(width: 1280, height: 800, isDark: true),
            language: .en
        ),
    ]

    @Test(arguments: settings)
    func `pages can be read, reached and touched`(setting: Setting) throws {
        let village = try ServedVillage()
        try village.addUser("hoa", "--role", "commune-officer")
        try village.addUser("mai", "--role", "village-lead", "--village", "Mẫu 1")
        try village.hub.start()
        let (visit, home) = try begin(village)
        let browser = try village.hub.browser("look", setting.options)
        let walk = Walk(village.hub.address, browser, setting)
        try walk.look(["/sign-in", "/trust", "/phone"])
        try walk.chooseLanguage()
        try walk.signIn("lan")
        try walk.look(["/"])
        let steps = try village.visiting("lan").form(visit).steps.map { "/visit/\(visit)/\($0)" }
        try walk.look(
            ["/?show=lacking", "/search", "/household/\(home)", "/sync", "/pin", "/password"]
                + steps
        )
        try walk.look(["/phone", "/phone#house-\(home)", "/phone#outbox"])
        try walk.signOut()
        try walk.signIn("mai")
        try walk.look(["/lead", "/lead/assign"])
        try walk.signOut()
        try walk.signIn("hoa")
        try walk.look([
            "/", "/today", "/coverage", "/nodes", "/nodes/new", "/users", "/users/new",
            "/users/lan", "/ui", "/nowhere",
        ])
    }

    @Test func `the check of a page finds what is wrong`() throws {
        let village = try ServedVillage(households: 1)
        try village.hub.start()
        let browser = try village.hub.browser("look")
        try browser.open("\(village.hub.address)/sign-in")
        #expect(try PageChecks.faults(browser).isEmpty)
        let faults = [
            ("no label", "document.querySelector('#name').labels[0].remove()"),
            ("not one h1", "document.querySelector('h1').remove()"),
            ("no language", "document.documentElement.lang = ''"),
            ("contrast", "document.querySelector('.hint').setAttribute('style', 'color:#999')"),
            (
                "a target of",
                "document.querySelector('main button').setAttribute('style', 'min-height:1rem;padding:0')"
            ),
            ("an id twice", "document.querySelector('header').id = 'main'"),
            ("wider than", "document.querySelector('main').setAttribute('style', 'width:90rem')"),
            ("no landmark", "document.querySelector('footer').remove()"),
        ]
        for (fault, script) in faults {
            try browser.reload()
            // The page's own policy forbids styles in elements; the check is not about it.
            _ = try browser.command("Page.setBypassCSP", ["enabled": true])
            try browser.run(script)
            let found = try PageChecks.faults(browser)
            #expect(found.contains { $0.hasPrefix(fault) }, "\(fault): \(found)")
        }
    }

    /// A village of 505 households, and somebody of whom everything is recorded: the longest pages.
    @Test func `the longest pages are light on the line`() throws {
        let village = try ServedVillage(households: 505)
        let (visit, home) = try begin(village)
        let desk = try village.visiting("lan")
        let person = try everything(visit, desk)
        try village.hub.start()
        let browser = try village.hub.browser("look")
        let walk = try Walk(village.hub.address, browser, #require(Self.settings.first))
        try walk.signIn("lan")
        let longest = [
            "/", "/household/\(home)", "/visit/\(visit)/person-\(person)",
            "/visit/\(visit)/members",
            "/visit/\(visit)/finish", "/record/\(person)", "/phone", "/coverage", "/search",
        ]
        for path in longest {
            try browser.open(village.hub.address + path)
            let traffic = try PageChecks.traffic(browser)
            #expect((1_000..<PageChecks.pageBytesMax).contains(Int(traffic.bytes)), "\(path)")
            try PageChecks.note("\(path.split(separator: "/").last ?? "first"): \(traffic.bytes)")
        }
    }

    /// Answers every question that the visit asks of one person, as long as another is asked.
    private func everything(_ visit: VisitKey, _ desk: VisitDesk) throws -> RecordID {
        let form = try desk.form(visit)
        let person = try #require(
            form.people.first { ($0.values["birth"]?.text ?? "9") < "1990" }?.id
        )
        for _ in 0..<3 {
            let groups = try desk.form(visit).screen(.person(person))?.groups ?? []
            for question in groups.flatMap(\.questions) where question.value == .null {
                let text =
                    switch question.input {
                    case .choice(let choices), .choices(let choices): choices.first?.code ?? ""
                    case .text(let max): String(repeating: "Ví dụ dài ", count: max / 20)
                    case .number: "3"
                    case .digits: "0905123456"
                    case .date: "3/8/2024"
                    case .time: "3/8/2024 8:30"
                    }
                _ = try? desk.answer(visit, question.id, text)
            }
        }
        return person
    }

    /// A visit with every kind of page, at a household whose head has a long name.
    private func begin(_ village: ServedVillage) throws -> (VisitKey, RecordID) {
        let desk = try village.visiting("lan")
        let list = try desk.node.worklist()
        let item = try #require(list.items.max { $0.people < $1.people })
        let people = try desk.node.store.children(of: item.id)
        let head = try #require(people.first { $0.text("relation") == "head" }?.id)
        let name = "Công Tằng Tôn Nữ Nguyễn Phước Thị Phương Nghi Hoàng Ngân Nguyệt"
        _ = try desk.node.editRecord(head, [FieldInput("full_name", name)])
        let key = try desk.begin(item.id)
        for (field, text) in [("outcome", "complete"), ("respondent_kind", "other-adult")] {
            let outcome = try desk.answer(key, QuestionID(.visit, field), text)
            #expect(outcome.isAccepted)
        }
        return (key, item.id)
    }
}

/// A way through the pages, with a look at each.
private struct Walk {
    let address: String
    let browser: WebBrowser
    let setting: LookTests.Setting

    init(_ address: String, _ browser: WebBrowser, _ setting: LookTests.Setting) {
        self.address = address
        self.browser = browser
        self.setting = setting
    }

    func look(_ paths: [String]) throws {
        for path in paths {
            try browser.open(address + path)
            if path.hasPrefix("/phone") {
                try browser.wait(
                    until:
                        "document.querySelector('#phone').dataset.shown !== undefined || document.querySelector('main .button')"
                )
            }
            let name = path.split { !$0.isLetter && !$0.isNumber }
                .map { $0.count > 16 || $0.first?.isNumber == true ? "x" : String($0) }
                .joined(separator: "-")
            try PageChecks.check(browser, "\(setting.name) \(path)")
            let traffic = try PageChecks.traffic(browser)
            #expect(traffic.foreign.isEmpty, "\(path): \(traffic.foreign)")
            #expect((1_000..<PageChecks.pageBytesMax).contains(Int(traffic.bytes)), "\(path)")
            try PageChecks.picture(browser, "\(setting.name)-\(name.isEmpty ? "first" : name)")
        }
    }

    func chooseLanguage() throws {
        guard setting.language == .en else { return }
        try browser.open(address + "/sign-in")
        try browser.tap("form[action='/language'] button")
        try browser.wait(until: "document.documentElement.lang === 'en'")
    }

    func signIn(_ user: String) throws {
        try browser.open(address + "/sign-in")
        try browser.type("#name", user)
        try browser.type("#password", ServedVillage.password)
        try browser.tap("form[action='/sign-in'] button")
        try browser.wait(until: "document.querySelector('form[action=\"/sign-out\"]')")
    }

    func signOut() throws {
        try browser.open(address + "/password")
        try browser.tap("form[action='/sign-out'] button")
        try browser.wait(until: "location.pathname === '/sign-in'")
    }
}
