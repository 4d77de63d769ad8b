import Causality
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

/// What is asked of every page, asked of itself and of the longest.
@Suite(.serialized) struct PageCheckTests {
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
        let desk = try village.visiting("lan")
        let home = try #require(try desk.node.worklist().items.max { $0.people < $1.people }).id
        let visit = try desk.begin(home)
        for (field, text) in [("outcome", "complete"), ("respondent_kind", "other-adult")] {
            #expect(try desk.answer(visit, QuestionID(.visit, field), text).isAccepted)
        }
        let person = try everything(visit, desk)
        try village.hub.start()
        let walk = try Walk(village.hub, Setting(screen: .phone, isDark: false, language: .vi))
        let browser = walk.browser
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
}
