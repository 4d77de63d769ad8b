import Causality
import Foundation
import Node
import SQLite
import Store
import Survey
import Testing
import Visiting

/// A village in the middle of a round, with what makes pages long: forty households, a family of
/// eight, names and an address that fill several lines, visits of today by several people.
struct BusyVillage {
    static let longName = "Công Tằng Tôn Nữ Nguyễn Phước Thị Phương Nghi Hoàng Ngân Nguyệt"
    private static let longAddress =
        "Số 48/21/7, kiệt 3, đường Nguyễn Phước Nguyên Chu nối dài, sau nhà sinh hoạt cộng đồng"

    let village: ServedVillage
    /// The household of eight.
    let family: RecordID
    /// Of the family, born before 1990.
    let adult: RecordID
    /// The visit that `lan` has begun there.
    let visit: VisitKey
    /// A household that was visited today, and one that was not.
    let visited: RecordID
    let next: RecordID

    init() throws {
        village = try ServedVillage(households: 40)
        try village.addUser(
            "mai",
            "--role",
            "village-lead",
            "--village",
            "Mẫu 1",
            fullName: "Công Huyền Tôn Nữ Thị Hồng Nhung Bảo Ngọc"
        )
        try village.addUser("hoa", "--role", "commune-officer", fullName: "Trần Thị Ngọc Hoa")
        try village.addUser("quan", "--role", "administrator", fullName: "Võ Minh Quân")
        let lan = try village.visiting("lan")
        let items = try lan.node.worklist().items
        let largest = try #require(items.max { $0.people < $1.people })
        family = largest.id
        adult = try Self.grow(family, lan.node)
        let others = items.filter { $0.id != largest.id }
        try lan.node.assign(others.prefix(12).map(\.id), to: "lan")
        try lan.node.assign(others.suffix(9).map(\.id), to: "mai")
        let outcomes = ["no-contact", "refused", "postponed", "moved", "no-contact"]
        for (item, outcome) in zip(others, outcomes) { try Self.visit(item.id, outcome, lan) }
        visited = try #require(others.dropFirst(2).first).id
        next = try #require(others.dropFirst(outcomes.count).first).id
        let mai = try village.visiting("mai")
        for item in others.suffix(3) { try Self.visit(item.id, "no-contact", mai) }
        visit = try lan.begin(family)
        try Self.answer(visit, lan, [("outcome", "complete"), ("respondent_kind", "other-adult")])
    }

    /// Makes a household one of eight with long names; returns an adult of it.
    private static func grow(_ home: RecordID, _ node: LocalNode) throws -> RecordID {
        let old = try node.store.children(of: home).filter { $0.type.name == "resident" }
        for number in old.count..<8 {
            let saved = try node.addRecord(
                "resident",
                [
                    FieldInput("household", home.description),
                    FieldInput("full_name", "Nguyễn Phước Tôn Thất Bảo Khánh \(number)"),
                    FieldInput("sex", "male"), FieldInput("birth", "\(number)/8/20\(10 + number)"),
                    FieldInput("relation", "grandchild"), FieldInput("presence", "here"),
                ]
            )
            #expect(!saved.isRefused, "\(saved.problems)")
        }
        _ = try node.editRecord(home, [FieldInput("address", longAddress)])
        let head = try #require(old.first { $0.text("relation") == "head" })
        _ = try node.editRecord(head.id, [FieldInput("full_name", longName)])
        return try #require(old.first { ($0.text("birth") ?? "9") < "1990" }?.id)
    }

    private static func answer(
        _ key: VisitKey,
        _ desk: VisitDesk,
        _ answers: [(field: String, text: String)]
    ) throws {
        for (field, text) in answers {
            let outcome = try desk.answer(key, QuestionID(.visit, field), text)
            #expect(outcome.isAccepted, "\(field)")
        }
    }

    private static func visit(_ home: RecordID, _ outcome: String, _ desk: VisitDesk) throws {
        let key = try desk.begin(home)
        try answer(key, desk, [("outcome", outcome), ("note", "Nhà khóa cửa, hỏi hàng xóm")])
        if outcome == "postponed" {
            let tomorrow = CalendarDay(milliseconds: desk.node.now + 86_400_000).description
            let outcome = try desk.answer(key, QuestionID(.visit, "next_on"), tomorrow)
            #expect(outcome.isAccepted)
        }
        guard case .saved = try desk.finish(key) else {
            Issue.record("a visit with \(outcome) is not saved")
            return
        }
    }

    /// A colleague changes the telephone that the visit has answered too.
    func changeBesides() throws {
        let lan = try village.visiting("lan")
        let question = QuestionID(family, "phone")
        #expect(try lan.answer(visit, question, "0905990002").isAccepted)
        let mai = try village.node(user: "mai")
        let saved = try mai.editRecord(family, [FieldInput("phone", "0905990003")])
        #expect(!saved.isRefused)
    }

    /// Name of a child of another household.
    func somebodyElse() throws -> String {
        let known = try village.records(of: "resident").first {
            $0["household"].record != family && $0.text("relation") == "child"
        }
        return try #require(known?.text("full_name"))
    }

    /// All sessions of the hub's pages have been quiet for so long that they ask for their PIN.
    func letTimePass() throws {
        let node = try village.node()
        let before = Int64(clamping: node.now - PINRules.lockAfter - 1000)
        try node.store.db.cached("UPDATE session SET used = ?1").run(before)
    }
}
