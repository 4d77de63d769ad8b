import Causality
import Foundation
import Node
import Store
import Survey
import Testing
import Visiting

@testable import Pages

/// The last page of a visit, and what browsers keep of its pages.
@Suite struct VisitEndTests {
    /// A visit in which the second of the family was asked and then moved to another household.
    private func movedAway(seed: UInt64) throws -> (door: Door, person: RecordID, other: RecordID) {
        let door = try Door(seed: seed)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        try door.tap("set", "\(RecordID.visit).respondent_kind=other-adult")
        let person = door.people[1]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        try door.tap("do", "keep", [(door.input(person, "phone"), "0905990001")])
        let other = try door.hub.node("binh") { node in
            let home = try #require(
                try node.addRecord(
                    "household",
                    [FieldInput("state", "occupied")],
                    place: Door.scope
                ).id
            )
            let moved = try node.editRecord(
                person,
                [FieldInput("household", home.description), FieldInput("relation", "other")]
            )
            #expect(!moved.isRefused)
            return home
        }
        return (door, person, other)
    }

    @Test func `the end names who has moved meanwhile, and saves what was asked`() throws {
        let (door, person, _) = try movedAway(seed: 261)
        try door.open("/visit/\(door.key)/finish")
        #expect(door.body.contains("Không còn ở hộ này") && door.body.contains("Lê Thị Mẫu"))
        #expect(door.body.contains("name=\"forget\""))
        try finish(door)
        #expect(try door.row(person).text("phone") == "0905990001")
    }

    @Test func `what was asked of him may be left out there`() throws {
        let (door, person, _) = try movedAway(seed: 262)
        try door.open("/visit/\(door.key)/finish")
        try door.tap("forget", person.description)
        #expect(!door.body.contains("Không còn ở hộ này"))
        try finish(door)
        #expect(try door.row(person).text("phone") == nil)
    }

    private func finish(_ door: Door) throws {
        try door.open("/visit/\(door.key)/notice")
        try door.tap("set", "\(QuestionID(.notice, "given_how"))=read-aloud")
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.step == "done", "\(door.body)")
    }

    @Test func `half a person added at a closed door is named once, with the way to his page`()
        throws
    {
        let door = try Door(seed: 263)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        try door.open("/visit/\(door.key)/members")
        try door.tap("do", "add-person")
        let added = try #require(RecordID(String(door.step.dropFirst("person-".count))))
        let known = [
            (door.input(added, "full_name"), "Trần Thị Mới"), (door.input(added, "sex"), "female"),
        ]
        try door.tap("do", "keep", known)
        try door.open("/visit/\(door.key)/outcome")
        try door.tap("set", "\(RecordID.visit).outcome=no-contact")
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.page?.status == 422)
        #expect(door.body.components(separatedBy: "Ngày sinh: bắt buộc").count == 2)
        try door.tap("go", "\(Step.person(added))")
        try door.tap("remove", added.description)
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.step == "done")
    }

    @Test func `no name of a resident stands where browsers keep it`() throws {
        let door = try Door(seed: 264)
        func title() throws -> String {
            let start = try #require(door.body.range(of: "<title>")).upperBound
            let end = try #require(door.body.range(of: "</title>")).lowerBound
            return String(door.body[start..<end])
        }
        try door.open("/household/\(door.home)")
        #expect(try !title().contains("Ví Dụ") && door.body.contains("Ví Dụ"))
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        try door.open("/visit/\(door.key)/\(Step.person(door.people[0]))")
        #expect(try !title().contains("Ví Dụ") && door.body.contains("Ví Dụ"))
    }

    @Test func `what comes from another page after the end is shown, not thrown away`() throws {
        let door = try Door(seed: 265)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=no-contact")
        try door.open("/visit/\(door.key)/finish")
        let note = door.input(.visit, "note")
        try door.tap("do", "finish", [(note, "hẹn tối")])
        #expect(door.step == "done")
        let path = "/visit/\(door.key)/finish"
        func send(_ text: String) throws -> PageReply {
            try door.browser.post(
                path,
                [("w.\(note.dropFirst(2))", ""), (note, text), ("do", "finish")]
            )
        }
        #expect(try send("hẹn tối").location?.hasSuffix("/done") == true, "sent twice is no loss")
        let late = try send("hẹn sáng mai")
        #expect(late.status == 422 && late.body.contains("hẹn sáng mai"))
    }

    @Test func `what comes late about somebody added, and a large button, are shown too`() throws {
        let door = try Door(seed: 267)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=no-contact")
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        let added = QuestionID(RecordID(origin: 0, counter: 3), "full_name")
        let late = try door.browser.post(
            "/visit/\(door.key)/person-\(added.record)",
            [("w.\(added)", ""), ("q.\(added)", "Trần Thị Muộn"), ("do", "keep")]
        )
        #expect(late.status == 422 && late.body.contains("Trần Thị Muộn"))
        let button = try door.browser.post(
            "/visit/\(door.key)/\(Step.person(door.people[0]))",
            [("section", "\(SectionID(door.people[0], "vneid"))=yes")]
        )
        #expect(button.status == 422 && button.body.contains("VNeID"))
        #expect(button.body.contains("chưa ghi"))
    }

    @Test func `a scanner's Enter goes through no page`() throws {
        let door = try Door(seed: 266)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        let person = door.people[0]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        let text = "048080990001||Trần Văn Ví Dụ|12031980|Nam|Thôn Mẫu 1|01022022"
        try door.tap("do", "next", [("card", text)])
        #expect(door.body.contains("Ghi các mục đã đánh dấu"))
        let isPassed = try door.hub.node("lan") { node in
            try VisitDesk(node).form(try #require(VisitKey(door.key))).isDone(.person(person))
        }
        #expect(!isPassed)
    }

    @Test func `as last time is asked once more where a colleague has changed it meanwhile`() throws
    {
        let door = try Door(seed: 267)
        let person = door.people[0]
        try door.hub.node("hoa") { node in
            _ = try node.editRecord(person, [FieldInput("vneid_level", "none")])
        }
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        try door.tap("set", "\(RecordID.visit).respondent_kind=other-adult")
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        try door.hub.node("hoa") { node in
            _ = try node.editRecord(
                person,
                [FieldInput("vneid_level", "2"), FieldInput("vneid_state", "activated")]
            )
        }
        try door.tap("do", "confirm")
        #expect(door.body.contains("Đồng nghiệp vừa sửa"))
        #expect(door.step == "\(Step.person(person))")
        try door.tap("do", "confirm")
        #expect(door.step != "\(Step.person(person))")
    }

    @Test func `a voluntary answer waits for the household's yes`() throws {
        let door = try Door(seed: 268)
        let person = door.people[0]
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        try door.tap("set", "\(RecordID.visit).respondent_kind=other-adult")
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        try door.tap("do", "keep", [(door.input(person, "needs_help"), "elderly")])
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.page?.status == 422)
        #expect(door.body.contains("hỏi hộ có đồng ý không"))
        try door.tap("go", "\(Step.notice)")
        let told = "\(QuestionID(.notice, "given_how"))=paper"
        try door.tap("set", told, [(door.input(.notice, "consent_needs_help"), "yes")])
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.step == "done", "\(door.body)")
        #expect(try door.row(person).text("needs_help") == "elderly")
    }
}
