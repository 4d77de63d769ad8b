import Causality
import Node
import Store
import Survey
import TestSupport
import Testing

@testable import Visiting

/// Two people at the same household.
@Suite struct ColleagueTests {
    private struct Meeting {
        let doors: Doorsteps
        let mine: VisitDesk
        let key: VisitKey
        let home: RecordID
        var phone: QuestionID { QuestionID(home, "phone") }

        /// Somebody has begun a visit and typed a number; a colleague writes another one at 9:12.
        init(seen isSeen: Bool = false) throws {
            doors = try Doorsteps(seed: 5)
            home = doors.households[0]
            try doors.agree(home)
            mine = try doors.desk("lan")
            let theirs = try doors.node("hoa")
            key = try mine.begin(home)
            try mine.take(key, .visit, "outcome", "no-contact")
            let shown = try mine.token(key)
            if !isSeen { try mine.take(key, home, "phone", "0905 990 001") }
            doors.now += 42 * 60_000
            _ = try theirs.editRecord(home, [FieldInput("phone", "0905990002")])
            if isSeen {
                let outcome = try mine.answer(key, phone, "0905990001", seen: shown)
                #expect(outcome.colleague?.author == "hoa")
            }
        }

        func stored() throws -> StoredRecord { try doors.hub.store.requireRecord(home) }
    }

    @Test(arguments: [false, true])
    func `a colleague's change is told with both values before anything is saved`(
        seen: Bool
    ) throws {
        let meeting = try Meeting(seen: seen)
        guard case .undecided(let changes) = try meeting.mine.finish(meeting.key) else {
            Issue.record("saved over a colleague's change")
            return
        }
        let change = try #require(changes.first)
        #expect(changes.count == 1 && change.question == meeting.phone)
        #expect(change.author == "hoa" && change.text.vi.hasSuffix("hoa đã sửa lúc 09:12"))
        #expect(change.mine.vi != change.theirs.vi)
        #expect(try meeting.stored().text("phone") == "0905990002")
        #expect(try meeting.mine.openVisits().count == 1)
    }

    @Test(arguments: ConcurrentDecision.allCases)
    func `what is decided at the door is done`(decision: ConcurrentDecision) throws {
        let meeting = try Meeting()
        _ = try meeting.mine.saved(meeting.key, [meeting.phone: decision])
        let phone = try #require(try meeting.stored().fields.first { $0.name == "phone" })
        switch decision {
        case .mine: #expect(phone.value == .text("0905990001") && !phone.isDisputed)
        case .theirs: #expect(phone.value == .text("0905990002") && !phone.isDisputed)
        case .review: #expect(phone.siblings.count == 2)
        }
    }

    @Test func `a large button that was shown before a colleague's change does not win unasked`()
        throws
    {
        let doors = try Doorsteps(seed: 6)
        let home = try doors.family(of: 2)
        let person = try #require(try doors.people(of: home).first).id
        _ = try doors.hub.editRecord(person, [FieldInput("vneid_level", "none")])
        let mine = try doors.desk("lan")
        let key = try mine.begin(home)
        try mine.meet(key)
        let shown = try mine.token(key)
        doors.now += 60_000
        _ = try doors.node("hoa").editRecord(
            person,
            [FieldInput("vneid_level", "2"), FieldInput("vneid_state", "activated")]
        )
        let section = SectionID(person, "vneid")
        let form = try mine.form(key)
        let unseen = try mine.changedFields(of: section, form, since: shown)
        #expect(unseen.isSuperset(of: ["vneid_level", "vneid_state"]))
        #expect(try mine.changedFields(of: section, form, since: mine.token(key)).isEmpty)
        _ = try mine.change(key) { try $0.answer(section, .no, unseen: unseen) }
        let met = try mine.concurrentChanges(try mine.form(key))
        #expect(met.map(\.question).contains(QuestionID(person, "vneid_level")))
        guard case .undecided = try mine.finish(key) else {
            Issue.record("a colleague's answer was overwritten")
            return
        }
    }

    @Test func `what was on screen when it was answered is no conflict`() throws {
        let meeting = try Meeting()
        try meeting.mine.change(meeting.key) { $0.takeBack(meeting.phone) }
        let seen = try meeting.mine.token(meeting.key)
        let outcome = try meeting.mine.answer(
            meeting.key,
            meeting.phone,
            "0905990003",
            seen: seen
        )
        #expect(outcome.isAccepted && outcome.colleague == nil)
        _ = try meeting.mine.saved(meeting.key)
        #expect(try meeting.stored().text("phone") == "0905990003")
    }

    @Test func `a token survives its text`() throws {
        let meeting = try Meeting()
        let token = try meeting.mine.token(meeting.key)
        // Numbers beyond those of any log, as nobody's page was given them.
        for seq in [UInt64(Int64.max) + 1, .max] {
            let own = Token.OwnEntry(dot: Dot(log: LogID(7), seq: seq), hash: 1)
            #expect(Token(text: Token(vector: .empty, own: own).text) == nil)
        }
        #expect(Token(text: token.text) == token)
        for wrong in ["", "0", "zz", "ff00", token.text + "00", String(token.text.dropLast(2))] {
            #expect(Token(text: wrong) == nil)
        }
    }
}
