import Causality
import Node
import Store
import Survey
import Testing
import Visiting

/// A visit over plain forms: every page posted as a browser without scripts does.
@Suite struct VisitTests {
    private var outcome: QuestionID { QuestionID(.visit, "outcome") }
    private var respondentKind: QuestionID { QuestionID(.visit, "respondent_kind") }
    private var howTold: QuestionID { QuestionID(.notice, "given_how") }

    @Test func `a closed door is three taps`() throws {
        let door = try Door(seed: 201)
        try door.begin()
        #expect(door.step == "outcome")
        try door.tap("set", "\(outcome)=no-contact")
        #expect(door.step == "finish")
        try door.tap("do", "finish")
        #expect(door.step == "done" && door.taps == 3)
        let visit = try #require(try door.visits().first)
        #expect(visit.text("outcome") == "no-contact" && visit.text("by") == "lan")
    }

    @Test func `a family of four with nothing new`() throws {
        let door = try Door(seed: 202)
        for round in 0..<2 {
            let before = door.taps
            try door.begin()
            try door.tap("set", "\(outcome)=complete")
            try door.tap("set", "\(respondentKind)=other-adult")
            #expect(door.step == "members")
            try door.tap("do", "confirm")
            #expect(door.step == "devices")
            try door.tap(
                "do",
                round == 0 ? "next" : "confirm",
                round == 0 ? [(door.input(door.home, "smartphone"), "2")] : []
            )
            for person in door.people {
                #expect(door.step == "person-\(person)")
                if round == 0, try door.row(person).text("birth") ?? "" < "2000" {
                    try door.tap("section", "\(SectionID(person, "idcard"))=yes")
                    try door.tap("section", "\(SectionID(person, "payment"))=yes")
                    try door.tap("do", "next")
                } else {
                    let button = door.body.contains("value=\"confirm\"") ? "confirm" : "next"
                    try door.tap("do", button)
                }
            }
            #expect(door.step == "benefits")
            try door.tap("do", "next")
            if round == 0 {
                #expect(door.step == "notice")
                try door.tap("set", "\(howTold)=read-aloud")
            }
            #expect(door.step == "finish")
            try door.tap("do", "finish")
            #expect(door.step == "done")
            if round == 1 { #expect(door.taps - before == 11) }
            door.hub.clock.now += 3 * 24 * 3_600_000
            _ = try door.browser.signIn("lan", PagesHub.password)
        }
        #expect(try door.visits().count == 2)
        let head = try door.row(door.people[0])
        #expect(head.text("idcard_status") == "valid" && head.text("payment_has_any") == "yes")
        #expect(try door.row(door.home)["smartphone"] == .integer(2))
    }

    @Test func `pages that are only gone through answer nothing`() throws {
        let door = try Door(seed: 203)
        let person = door.people[0]
        _ = try door.hub.node("hoa") { node in
            let facts = [
                ("personal_id", "048080990001"), ("phone", "0905990001"),
                ("idcard_status", "expired"), ("idcard_kind", "cmnd"),
                ("idcard_observed_on", "1/5/2026"), ("needs_help", "elderly,disability"),
            ]
            return try node.editRecord(person, facts.map { FieldInput($0.0, $0.1) })
        }
        let before = try door.people.map { try door.row($0).dictionary }
        try door.begin()
        try door.tap("set", "\(outcome)=partial")
        try door.tap("set", "\(respondentKind)=other-adult")
        while door.step != "finish" {
            try door.tap("do", door.step == "members" ? "confirm" : "next")
        }
        try door.tap("do", "finish")
        #expect(door.step == "done")
        let after = try door.people.map { try door.row($0).dictionary }
        #expect(after == before)
        #expect(try door.visits().count == 1)
    }
}
