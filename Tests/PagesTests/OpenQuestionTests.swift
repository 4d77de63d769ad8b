import Causality
import Foundation
import Node
import Replication
import Store
import Survey
import Testing
import Visiting

/// What a visit leaves open, and where that is asked.
@Suite struct OpenQuestionTests {
    private func visit(_ field: String) -> QuestionID { QuestionID(.visit, field) }

    /// A visit at which another adult answers.
    private func met(_ seed: UInt64) throws -> Door {
        let door = try Door(seed: seed)
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=complete")
        try door.tap("set", "\(visit("respondent_kind"))=other-adult")
        return door
    }

    private func say(_ door: Door, _ person: RecordID, _ presence: String) throws {
        try door.open("/visit/\(door.key)/members")
        try door.tap("do", "next", [(door.input(person, "presence"), presence)])
    }

    /// The lines of the open page's lists that say something.
    private func lines(_ door: Door, _ words: String) -> [Substring] {
        door.body.split(separator: "<li").dropFirst().filter { $0.contains(words) }
    }

    @Test(arguments: ["away-long", "deceased", "moved"])
    func `since when somebody is away or gone is open, and leads to where it is asked`(
        presence: String
    ) throws {
        let door = try met(281)
        let person = door.people[1]
        try say(door, person, presence)
        try door.open("/visit/\(door.key)/finish")
        let line = try #require(lines(door, "Từ ngày").first)
        #expect(line.contains("value=\"members\"") && line.contains("Lê Thị Mẫu"))
        try door.tap("do", "finish")
        #expect(door.step == "done" && door.body.contains("Từ ngày"))
        try door.open("/household/\(door.home)")
        #expect(door.body.contains("chưa ghi từ ngày nào"))
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=complete")
        try door.open("/visit/\(door.key)/members")
        try door.tap("do", "next", [(door.input(person, "presence_on"), "2025")])
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Từ ngày").isEmpty)
    }

    @Test func `of whoever is gone nothing else is open, nor of what was theirs`() throws {
        let door = try met(282)
        let person = door.people[1]
        try door.open("/visit/\(door.key)/benefits")
        try door.tap("do", "add-benefit", [("benefit-of", person.description)])
        let benefit = RecordID(origin: 0, counter: 3)
        try door.tap("do", "next", [(door.input(benefit, "kind"), "pension")])
        try say(door, person, "deceased")
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Lê Thị Mẫu").count == 1, "since when, and no more")
        try door.tap("do", "finish")
        #expect(door.step == "done")
        #expect(lines(door, "Lê Thị Mẫu").count == 1)
    }

    @Test func `a household that was not told in this round is asked about it before the end`()
        throws
    {
        let door = try met(283)
        try door.open("/visit/\(door.key)/finish")
        let line = try #require(lines(door, "Đã thông báo bằng").first)
        #expect(line.contains("value=\"notice\""))
        try door.tap("go", "notice")
        try door.tap("set", "\(QuestionID(.notice, "given_how"))=read-aloud")
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Đã thông báo bằng").isEmpty)
        // Where nobody was asked, nobody has to be told.
        try door.open("/visit/\(door.key)/outcome")
        try door.tap("set", "\(visit("outcome"))=no-contact")
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Đã thông báo bằng").isEmpty)
    }

    @Test func `what is open is said once, with whom it concerns`() throws {
        let door = try met(284)
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Loại giấy tờ").count == 1)
        let line = try #require(lines(door, "Loại giấy tờ").first)
        for person in door.people {
            #expect(line.contains("value=\"\(Step.person(person))\""))
        }
        let end = try #require(door.body.range(of: "hỏi tiếp lần sau"))
        #expect(try end.lowerBound < #require(door.body.range(of: "Loại giấy tờ")).lowerBound)
        try door.tap("do", "finish")
        #expect(door.step == "done")
        #expect(door.body.ranges(of: "Loại giấy tờ").count == 1)
        #expect(door.body.contains("4 người"))
        // The program numbers households; nobody at a door can.
        #expect(!door.body.contains("Mã hộ"))
        #expect(!door.body.contains("<b></b>"))
    }

    @Test func `who the head is is not asked where the relations say it`() throws {
        let door = try met(285)
        try door.open("/visit/\(door.key)/devices")
        let field = "f.\(QuestionID(door.home, "head"))"
        let start = try #require(door.body.range(of: "id=\"\(field)\"")).upperBound
        #expect(!door.body[start...].prefix(400).contains("cần hỏi"))
        try door.open("/visit/\(door.key)/finish")
        #expect(lines(door, "Chủ hộ").isEmpty)
        try door.tap("do", "finish")
        #expect(!door.body.contains("Chủ hộ"))
    }

    @Test func `nothing is offered that nobody at a door can say`() throws {
        let door = try met(286)
        try door.open("/visit/\(door.key)/\(Step.person(door.people[0]))")
        #expect(door.body.contains("document-seen"))
        #expect(!door.body.contains("register-import") && !door.body.contains("\"agency\""))
        // What a list said stands there as it is.
        _ = try door.hub.node("hoa") { node in
            try node.editRecord(
                door.people[1],
                [
                    FieldInput("idcard_status", "valid"),
                    FieldInput("idcard_source", "register-import"),
                ]
            )
        }
        try door.open("/visit/\(door.key)/\(Step.person(door.people[1]))")
        #expect(door.body.contains("value=\"register-import\" selected"))
        // Once agreed, it can be taken back; what was never agreed to cannot.
        try door.open("/visit/\(door.key)/notice")
        func offers(_ field: String, _ code: String) -> Bool {
            lines(of: door, field).contains { $0.contains("value=\"\(code)\"") }
        }
        #expect(offers("consent_contact_by_phone", "withdrawn"))
        #expect(offers("consent_needs_help", "yes") && !offers("consent_needs_help", "withdrawn"))
    }

    /// The inputs of one question of the notice.
    private func lines(of door: Door, _ field: String) -> [Substring] {
        let name = "name=\"q.\(QuestionID(.notice, field))\""
        return door.body.split(separator: "<input").filter { $0.contains(name) }
    }

    @Test func `an account is offered from fifteen years on`() throws {
        let door = try met(287)
        let (adult, child) = (door.people[0], door.people[3])
        try door.open("/visit/\(door.key)/\(Step.person(adult))")
        #expect(door.body.contains("value=\"add-account\""))
        try door.open("/visit/\(door.key)/\(Step.person(child))")
        #expect(!door.body.contains("value=\"add-account\""))
        let fields = [("do", "add-account"), ("account-of", child.description)]
        #expect(try door.browser.post(door.here, fields).status == 303)
        let form = try door.hub.node("lan") { node in
            try VisitDesk(node).form(try #require(VisitKey(door.key)))
        }
        #expect(form.belongings("payment_account").isEmpty)
    }

    @Test func `a card without an end is a tap, of whoever may have one`() throws {
        let door = try met(288)
        let (elder, adult) = (door.people[0], door.people[1])
        _ = try door.hub.node("hoa") { node in
            try node.editRecord(elder, [FieldInput("birth", "12/3/1950")])
        }
        func set(_ person: RecordID) -> String {
            "\(QuestionID(person, "idcard_expires_on"))=\(CalendarDay.never)"
        }
        try door.open("/visit/\(door.key)/\(Step.person(adult))")
        try door.tap("section", "\(SectionID(adult, "idcard"))=yes")
        #expect(!door.body.contains(set(adult)))
        try door.open("/visit/\(door.key)/\(Step.person(elder))")
        try door.tap("section", "\(SectionID(elder, "idcard"))=yes")
        try door.tap("set", set(elder))
        #expect(door.body.contains("value=\"Không thời hạn\""))
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(try door.row(elder).text("idcard_expires_on") == "9999-12-31")
    }

    @Test func `the notice names who asks, what is asked and what is collected, and no more`()
        throws
    {
        let door = try met(289)
        try door.open("/visit/\(door.key)/notice")
        for words in ["họ tên", "ngày sinh", "số định danh", "số điện thoại"] {
            #expect(door.body.contains(words), "\(words)")
        }
        let hub = try #require(try door.hub.node { try $0.store.identity()?.certificate.name })
        #expect(door.body.contains("Ủy ban nhân dân") && door.body.contains("(\(hub))"))
        #expect(!door.body.contains("vị trí nhà") && !door.body.contains("tiếng dân tộc"))
        _ = try door.hub.node("hoa") { node in
            try node.setOptionalField("household.latitude", isOn: true)
        }
        try door.open("/visit/\(door.key)/notice")
        #expect(door.body.contains("vị trí nhà") && !door.body.contains("tiếng dân tộc"))
    }

    @Test(arguments: ["next", "keep", "read"])
    func `a code that is no card's is told at its field, which waits for the next`(
        tap: String
    )
        throws
    {
        let door = try met(290)
        let person = door.people[0]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        let fields = [
            ("card", "https://vi-du.example/x"), ("do", tap),
            ("w.\(QuestionID(person, "other_name"))", ""),
            (door.input(person, "other_name"), "Ví"),
        ]
        let reply = try door.browser.post(door.here, fields)
        #expect(reply.status == 422)
        let form = try #require(PageForm(reply.body, action: door.here), "the page itself")
        #expect(form.fields.contains { $0 == ("card", "") })
        let error = try #require(reply.body.range(of: "id=\"card-error\""))
        #expect(reply.body[error.upperBound...].prefix(200).contains("Không phải mã QR"))
        #expect(reply.body.contains("aria-invalid=\"true\" aria-describedby=\"card-error"))
        // What was typed besides is kept.
        try door.open(door.here)
        #expect(door.body.contains("value=\"Ví\""))
    }
}
