import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Numbers, cards, and people who may be recorded already.
@Suite struct PersonTests {
    private func begin(_ doors: Doorsteps) throws -> (VisitDesk, VisitKey, RecordID) {
        let desk = try doors.desk("lan")
        let key = try desk.begin(try doors.family(of: 1))
        try desk.meet(key)
        let person = try desk.change(key) { try $0.addPerson() }
        for (field, text) in [
            ("full_name", "Trần Thị Ví Dụ"), ("birth", "12/3/1985"), ("sex", "female"),
            ("residence", "permanent"),
        ] {
            try desk.take(key, person, field, text)
        }
        return (desk, key, person)
    }

    @Test func `a number that fits nothing is warned of until the card was looked at`() throws {
        let doors = try Doorsteps(seed: 31)
        let (desk, key, person) = try begin(doors)
        let number = QuestionID(person, "personal_id")
        #expect(try !desk.answer(key, number, "0480859900").isAccepted)
        // Of a man born in 1985.
        let codes = try desk.answer(key, number, "048 085 990001").problems.map(\.code)
        #expect(codes == ["id_sex"])
        #expect(try desk.form(key).warnings.contains { $0.problem.code == "id_sex" })
        #expect(try desk.change(key) { try $0.confirmNumber(of: person) }.isAccepted)
        #expect(try !desk.form(key).warnings.contains { $0.problem.code == "id_sex" })
        let saved = try desk.saved(key)
        #expect(!saved.open.flatMap(\.problems).contains { $0.code == "id_sex" })
        let row = try #require(
            try doors.hub.store.records(
                of: "resident",
                in: Doorsteps.scope,
                where: "personal_id",
                is: "048085990001"
            ).first
        )
        #expect(row.text("personal_id_checked_on") == "2026-08-03")
        // Another number has not been looked at.
        _ = try doors.hub.editRecord(row.id, [FieldInput("personal_id", "048085990002")])
        #expect(try doors.hub.store.row(of: row.id)?.text("personal_id_checked_on") == nil)
    }

    @Test func `a card's text is proposed beside what is recorded, and answers nothing`() throws {
        let doors = try Doorsteps(seed: 31)
        let (desk, key, person) = try begin(doors)
        let form = try desk.form(key)
        let text = "048185990001||Trần Thị Ví Dụ|12031986|Nữ|Thôn Mẫu 1|01022022"
        let found = try form.proposals(qr: text, for: person)
        let compared = Dictionary(
            uniqueKeysWithValues: found.map { ($0.question.field, $0.comparison) }
        )
        #expect(compared["full_name"] == .same && compared["birth"] == .differs)
        #expect(compared["personal_id"] == .new)
        for proposal in found {
            #expect(try desk.answer(key, proposal.question, proposal.text).isAccepted)
        }
        #expect(try desk.form(key).values(of: person)["birth"] == .text("1986-03-12"))
        #expect(throws: QRText.Refusal.self) { try form.proposals(qr: "x|y", for: person) }
    }

    @Test func `somebody who is recorded already is shown while he is typed in`() throws {
        let doors = try Doorsteps(seed: 32)
        let (desk, key, person) = try begin(doors)
        #expect(try desk.likelyMatches(key, person).isEmpty)
        let known = try #require(
            try doors.households.lazy.flatMap { try doors.people(of: $0) }
                .first { $0.text("birth")?.count == 10 && $0.text("personal_id") != nil }
        )
        try desk.take(key, person, "full_name", try #require(known.text("full_name")))
        try desk.take(key, person, "birth", try #require(known.text("birth")))
        let found = try desk.likelyMatches(key, person)
        #expect(found.first?.person.id == known.id && found.first?.reason == .nameAndBirth)
        try desk.take(key, person, "personal_id", try #require(known.text("personal_id")))
        #expect(try desk.likelyMatches(key, person).first?.reason == .personalID)
    }

    // MARK: Moving somebody here

    /// Somebody of another household who heads none, typed in once more.
    private func typedAgain(
        _ doors: Doorsteps,
        _ isMeant: (RecordRow) -> Bool
    ) throws -> (desk: VisitDesk, key: VisitKey, added: RecordID, known: RecordRow) {
        let (desk, key, added) = try begin(doors)
        let home = try desk.household(key)
        let known = try #require(
            try doors.households.lazy.filter { $0 != home }.flatMap { try doors.people(of: $0) }
                .first { $0.text("birth")?.count == 10 && isMeant($0) }
        )
        for field in ["full_name", "birth", "sex"] {
            try desk.take(key, added, field, try #require(known.text(field)))
        }
        try desk.take(key, added, "phone", "0905 123 456")
        return (desk, key, added, known)
    }

    private func isChild(_ row: RecordRow) -> Bool {
        row.text("relation") == "child" && row.text("presence") == "here"
    }

    @Test func `a recorded person moves into the household, with what was said, in the history`()
        throws
    {
        let doors = try Doorsteps(seed: 33)
        let (desk, key, added, known) = try typedAgain(doors, isChild)
        let home = try desk.household(key)
        let old = try #require(known["household"].record)
        let match = try #require(try desk.likelyMatches(key, added).first)
        #expect(match.person.id == known.id && match.moveRefusal == nil)
        try doors.agree(home)
        try desk.change(key) { try desk.moveHere(known.id, for: added, in: &$0) }
        let form = try desk.form(key)
        #expect(form.draft.added.isEmpty && form.people.contains { $0.id == known.id })
        #expect(form.steps.contains(.person(known.id)))
        #expect(form.values(of: known.id)["phone"]?.text?.isEmpty == false)
        #expect(form.values(of: known.id)["relation"] == nil, "to another head")
        #expect(try doors.hub.store.row(of: known.id)?["household"].record == old, "not yet")
        try desk.take(key, known.id, "relation", "sibling")
        _ = try desk.saved(key)
        let moved = try #require(try doors.hub.store.row(of: known.id))
        #expect(moved["household"].record == home && moved.text("relation") == "sibling")
        #expect(try !doors.people(of: old).contains { $0.id == known.id })
        #expect(try doors.people(of: home).contains { $0.id == known.id })
        let history = try doors.hub.history(of: known.id)
        #expect(history.contains { $0.author == "lan" })
    }

    @Test func `a visit that is given up, or a move that is taken back, moves nobody`() throws {
        let doors = try Doorsteps(seed: 34)
        let (desk, key, added, known) = try typedAgain(doors, isChild)
        try desk.change(key) { try desk.moveHere(known.id, for: added, in: &$0) }
        try desk.change(key) { try $0.remove(known.id) }
        let form = try desk.form(key)
        #expect(!form.people.contains { $0.id == known.id } && !form.isMovedIn(known.id))
        #expect(!form.draft.answers.keys.contains { $0.record == known.id })
        try desk.giveUp(key)
        #expect(try doors.hub.store.row(of: known.id)?["household"] == known["household"])
    }

    @Test func `whom a visit cannot move is told why, and nothing is lost of what was typed`()
        throws
    {
        let doors = try Doorsteps(seed: 35)
        let (desk, key, added, known) = try typedAgain(doors) { row in
            let home = row["household"].record
            let others = home.flatMap { try? doors.people(of: $0) } ?? []
            return row.text("relation") == "head"
                && others.count { $0.text("presence") == "here" } > 1
        }
        #expect(
            try desk.likelyMatches(key, added).first { $0.person.id == known.id }?.moveRefusal
                == .headsOtherHousehold
        )
        let before = try desk.form(key).draft
        #expect(throws: VisitingError.headsOtherHousehold) {
            try desk.change(key) { try desk.moveHere(known.id, for: added, in: &$0) }
        }
        let member = try #require(try doors.people(of: try desk.household(key)).first?.id)
        #expect(throws: VisitingError.livesHere) {
            try desk.change(key) { try desk.moveHere(member, for: added, in: &$0) }
        }
        #expect(try desk.form(key).draft == before)
    }
}
