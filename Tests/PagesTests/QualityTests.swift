import Causality
import Node
import Pages
import Store
import Survey
import Testing
import Visiting

/// What can be said of every page without a browser: it can be read aloud, filled in by keyboard and
/// keypad, and holds nothing that its policy forbids.
@Suite struct QualityTests {
    /// What is wrong with a page, in words.
    private func faults(_ page: PageReply) -> [String] {
        var tags = Tags(page.body)
        var found: [String] = []
        var (ids, labels, inputs): (Set<String>, Set<String>, [Tags.Tag]) = ([], [], [])
        var (headings, isInLabel) = (0, false)
        while let tag = tags.next() {
            if let id = tag["id"], !ids.insert(id).inserted { found.append("id twice: \(id)") }
            for (name, value) in tag.attributes {
                if name == "style" || name.hasPrefix("on") {
                    found.append("\(name) of \(tag.name)")
                }
                let isPlace = ["href", "src", "action"].contains(name)
                let isOwn = ["/", "#", "tel:", "data:,"].contains { value.hasPrefix($0) }
                if isPlace, !isOwn || value.hasPrefix("//") { found.append("leads to \(value)") }
            }
            switch tag.name {
            case "h1": headings += 1
            case "html" where !["vi", "en"].contains(tag["lang"]): found.append("no language")
            case "script" where tag["src"] == nil: found.append("a script of the page's own")
            case "label":
                isInLabel = true
                if let target = tag["for"] { labels.insert(target) }
            case "/label": isInLabel = false
            case "input" where tag["type"] == "hidden": break
            case "input", "select", "textarea":
                if !isInLabel, tag["aria-label"] == nil { inputs.append(tag) }
            default: break
            }
        }
        if headings != 1 { found.append("\(headings) headings of the page") }
        for input in inputs where !labels.contains(input["id"] ?? "") {
            found.append("no label: \(input["name"] ?? "")")
        }
        return found
    }

    /// Names that the page's texts may refer to, and those that they do refer to.
    private func lost(_ page: PageReply) -> [String] {
        var tags = Tags(page.body)
        var (ids, asked): (Set<String>, [String]) = ([], [])
        while let tag = tags.next() {
            if let id = tag["id"] { ids.insert(id) }
            let words = tag["aria-describedby"]?.split(separator: " ").map(String.init) ?? []
            asked += words + [tag["for"]].compactMap(\.self)
        }
        return asked.filter { !ids.contains($0) }
    }

    @Test(arguments: ["lan", "binh", "hoa", "an", "admin"], ["vi", "en"])
    func `every page can be read aloud and holds nothing foreign`(
        name: String,
        language: String
    )
        throws
    {
        let hub = try PagesHub(seed: 481)
        let home = try hub.addHouse("Tổ 1, số 7", group: "Tổ 1", phone: "0905990001")
        try hub.visit(home, "no-contact")
        let browser = try hub.browser(of: name)
        browser.setCookie("doorstep-language", language)
        for path in [
            "/", "/overview", "/today", "/search", "/household/\(home)", "/record/\(home)", "/sync",
            "/pin", "/stick", "/trust", "/lead", "/lead/assign", "/password", "/coverage",
            "/coverage/vneid-level2", "/nodes", "/nodes/new", "/users", "/users/new", "/access",
            "/phone", "/sign-in", "/khong-co",
        ] {
            let page = try browser.get(path)
            guard page.status != 303 else { continue }
            #expect(faults(page).isEmpty, "\(path): \(faults(page))")
            #expect(lost(page).isEmpty, "\(path): \(lost(page))")
        }
    }

    @Test func `every page of a visit can be, and digits have a keypad`() throws {
        let door = try Door(seed: 482)
        try door.begin()
        try door.tap("set", "\(QuestionID(.visit, "outcome"))=complete")
        try door.tap("set", "\(QuestionID(.visit, "respondent_kind"))=other-adult")
        let person = door.people[0]
        try door.open("/visit/\(door.key)/benefits")
        try door.tap("do", "add-benefit", [("benefit-of", person.description)])
        let steps: [Step] =
            [.outcome, .members, .devices, .benefits, .notice, .finish]
            + door.people.map { .person($0) }
        for step in steps {
            let page = try door.open("/visit/\(door.key)/\(step)")
            #expect(faults(page).isEmpty, "\(step): \(faults(page))")
            #expect(lost(page).isEmpty, "\(step): \(lost(page))")
            var tags = Tags(page.body)
            while let tag = tags.next() {
                guard tag.name == "input", tag["type"] == nil,
                    let question = tag["name"].flatMap({ QuestionID(String($0.dropFirst(2))) }),
                    let type = question.record == person ? "resident" : nil,
                    let field = DataDescription.doorstep.type(type)?.field(question.field)
                else { continue }
                let wantsDigits =
                    switch field.kind {
                    case .phone, .personalID, .oldPersonalID, .date, .partialDate, .integer: true
                    default: false
                    }
                #expect((tag["inputmode"] == "numeric") == wantsDigits, "\(field.name)")
            }
        }
    }

    @Test func `what is refused is told where it stands, and at the top`() throws {
        let door = try Door(seed: 483)
        try door.begin()
        try door.tap("set", "\(QuestionID(.visit, "outcome"))=complete")
        let person = door.people[0]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        let input = door.input(person, "personal_id")
        let page = try door.tap("do", "next", [(input, "12")])
        #expect(page.status == 422 && faults(page).isEmpty && lost(page).isEmpty)
        #expect(page.body.contains("id=\"\(input)-error\""))
        #expect(page.body.contains("class=\"notice bad\" role=\"alert\""))
    }
}
