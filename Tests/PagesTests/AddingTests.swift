import Causality
import Node
import Store
import Survey
import Testing
import Visiting

/// What is added in a visit stands open, and the page comes back at its first question.
@Suite struct AddingTests {
    private let door: Door
    private let person: RecordID
    private let added = RecordID(origin: 0, counter: 3)

    init() throws {
        door = try Door(seed: 251)
        person = door.people[0]
        try door.begin()
        for (field, code) in [("outcome", "complete"), ("respondent_kind", "other-adult")] {
            try door.tap("set", "\(QuestionID(.visit, field))=\(code)")
        }
    }

    @Test(arguments: [("add-account", "account-of", "account"), ("add-benefit", "benefit-of", "")])
    func `the first question of what was added`(
        button: String,
        whose: String,
        section: String
    ) throws {
        let step = button == "add-account" ? "\(Step.person(person))" : "benefits"
        let path = "/visit/\(door.key)/\(step)"
        try door.open(path)
        let reply = try door.browser.post(path, [("do", button), (whose, person.description)])
        #expect(reply.location == "\(path)#f.\(QuestionID(added, "kind"))")
        try door.open(path)
        let group = "class=\"card\" id=\"g.\(SectionID(added, section))\""
        #expect(door.body.contains("<section \(group)") && !door.body.contains("<details \(group)"))
        #expect(door.body.contains("id=\"f.\(QuestionID(added, "kind"))\""))
    }

    @Test func `no line is cut by the browser, and one that is too long is told with its limit`()
        throws
    {
        for step in ["devices", "\(Step.person(person))", "finish"] {
            try door.open("/visit/\(door.key)/\(step)")
            #expect(!door.body.contains("maxlength"), "\(step)")
        }
        let note = door.input(.visit, "note")
        let long = String(repeating: "ă", count: 501)
        let reply = try door.tap("do", "keep", [(note, long)])
        #expect(reply.status == 422 && door.body.contains("501 ký tự, tối đa 500"))
        #expect(door.body.contains(long), "what was typed is there to be shortened")
    }
}
