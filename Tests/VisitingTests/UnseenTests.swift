import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// What a colleague has said meanwhile is neither overwritten nor confirmed by who has not seen it, and
/// what somebody was told at the door is not lost because of it.
@Suite struct UnseenTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let person: RecordID
    private let desk: VisitDesk

    init() throws {
        doors = try Doorsteps(seed: 97)
        home = try doors.family(of: 2)
        person = try doors.somebody(at: home)
        desk = try doors.desk("lan")
        try record([
            ("birth", "12/3/1980"), ("vneid_level", "none"), ("vneid_observed_on", "1/5/2026"),
            ("idcard_kind", "cccd-chip"), ("idcard_status", "valid"),
            ("idcard_observed_on", "1/5/2026"),
        ])
    }

    private func record(_ facts: [(String, String)]) throws {
        let node = try doors.node("hoa")
        let saved = try node.editRecord(person, facts.map { FieldInput($0.0, $0.1) })
        #expect(!saved.isRefused, "\(saved.problems)")
    }

    private func row(_ id: RecordID? = nil) throws -> RecordRow {
        try #require(try doors.hub.store.row(of: id ?? person))
    }

    private func begin() throws -> VisitKey {
        let key = try desk.begin(home)
        try desk.meet(key)
        return key
    }

    private func phoneVisit(
        _ key: Int64,
        _ token: Token,
        at time: UInt64,
        _ inputs: [(RecordID, String, String)]
    ) throws -> PhoneResult {
        let inputs =
            [(.visit, "outcome", "complete"), (.visit, "respondent_kind", "other-adult")] + inputs
        return try desk.take(
            PhoneVisit(
                key: VisitKey(key),
                household: home,
                token: token,
                begun: time,
                ended: time + 600_000,
                inputs: inputs.map { .answer(QuestionID($0.0, $0.1), $0.2, accepts: false) }
            )
        )
    }

    private func obstacles() throws -> Set<Substring> {
        Set(try row().text("vneid_obstacle")?.split(separator: ",") ?? [])
    }

    // MARK: Fields that merge by themselves

    @Test func `obstacles that two have named stand together`() throws {
        let key = try begin()
        try desk.take(key, person, "vneid_obstacle", "no-sim")
        try record([("vneid_obstacle", "otp")])
        _ = try desk.saved(key)
        #expect(try obstacles() == ["no-sim", "otp"])
        // What was on the screen is taken away by who unticks it.
        doors.now += 60_000
        let again = try begin()
        try desk.take(again, person, "vneid_obstacle", "otp")
        _ = try desk.saved(again)
        #expect(try obstacles() == ["otp"])
    }

    @Test func `a phone's obstacles join those of a colleague`() throws {
        let token = try doors.hub.store.token(scope: Doorsteps.scope)
        try record([("vneid_obstacle", "otp,forgot-password")])
        let inputs = [(person, "vneid_obstacle", "no-sim")]
        guard case .saved = try phoneVisit(4_801, token, at: doors.now, inputs) else {
            Issue.record("not taken")
            return
        }
        #expect(try obstacles() == ["forgot-password", "no-sim", "otp"])
    }

    @Test func `an earlier visit that comes later does not date back what was said since`() throws {
        let token = try doors.hub.store.token(scope: Doorsteps.scope)
        let then = doors.now
        doors.now += 2 * 24 * 3_600_000
        try record([
            ("idcard_status", "valid"), ("idcard_source", "document-seen"),
            ("idcard_observed_on", "5/8/2026"),
        ])
        let inputs = [(person, "idcard_issued_on", "1/7/2026")]
        guard case .saved = try phoneVisit(4_802, token, at: then, inputs) else {
            Issue.record("not taken")
            return
        }
        #expect(try row().text("idcard_issued_on") == "2026-07-01")
        #expect(try row().text("idcard_observed_on") == "2026-08-05")
        #expect(try row().text("idcard_source") == "document-seen")
    }

    // MARK: Confirmed as it stands

    @Test func `what a colleague has changed since it was confirmed is looked at again`() throws {
        let key = try begin()
        let section = SectionID(person, "vneid")
        try desk.change(key) { try $0.confirm(section) }
        try record([
            ("vneid_level", "1"), ("vneid_state", "issued"), ("vneid_observed_on", "2/8/2026"),
        ])
        guard case .refused(let problems) = try desk.finish(key) else {
            Issue.record("confirmed unseen")
            return
        }
        #expect(problems.map(\.problem.code) == ["confirmed_changed"])
        #expect(problems.first?.step == .person(person))
        #expect(try row().text("vneid_observed_on") == "2026-08-02")
        try desk.change(key) { try $0.confirm(section) }
        _ = try desk.saved(key)
        #expect(try row().text("vneid_level") == "1")
        #expect(try row().text("vneid_observed_on") == "2026-08-03")
    }

    // MARK: The notice

    @Test func `a consent that a colleague was given does not drop a refusal`() throws {
        let key = try begin()
        try desk.take(key, .notice, "given_how", "paper")
        try desk.take(key, .notice, "consent_contact_by_phone", "no")
        let theirs = try doors.desk("hoa")
        let other = try theirs.begin(home)
        try theirs.meet(other)
        try theirs.take(other, .notice, "given_how", "read-aloud")
        try theirs.take(other, .notice, "consent_contact_by_phone", "yes")
        _ = try theirs.saved(other)
        guard case .undecided(let changes) = try desk.finish(key) else {
            Issue.record("a refusal is gone unseen")
            return
        }
        let question = try #require(
            changes.map(\.question).first { $0.field == "consent_contact_by_phone" }
        )
        let mine = Dictionary(
            uniqueKeysWithValues: changes.map { ($0.question, ConcurrentDecision.mine) }
        )
        _ = try desk.saved(key, mine)
        #expect(try row(question.record).text("consent_contact_by_phone") == "no")
    }

    // MARK: A household that is gone

    private func deleteHome() throws {
        _ = try doors.hub.deleteRecord(home, reason: "nhập nhầm", withChildren: true)
    }

    private func waiting() throws -> Set<RecordID> {
        Set(try doors.hub.store.conflicts().map(\.id))
    }

    @Test func `a visit to a household that was deleted meanwhile waits for a decision`() throws {
        let key = try begin()
        try desk.take(key, home, "smartphone", "2")
        try desk.take(key, person, "vneid_obstacle", "no-sim")
        try deleteHome()
        let form = try desk.form(key)
        #expect(form.warnings.map(\.problem.code).contains("household_gone"))
        _ = try desk.saved(key)
        #expect(try waiting().isSuperset(of: [home, person]))
        #expect(try row(home)["smartphone"] == .integer(2))
        #expect(try row(home).isGone, "nobody has decided")
    }

    @Test func `a visit to a household that was deleted meanwhile can be given up`() throws {
        let key = try begin()
        try deleteHome()
        try desk.giveUp(key)
        #expect(try desk.openVisits().isEmpty)
    }

    @Test func `a phone's visit to a household that was deleted meanwhile is taken`() throws {
        let token = try doors.hub.store.token(scope: Doorsteps.scope)
        try deleteHome()
        let inputs = [(home, "smartphone", "2")]
        guard case .saved = try phoneVisit(4_803, token, at: doors.now, inputs) else {
            Issue.record("not taken")
            return
        }
        #expect(try waiting().contains(home))
    }

    // MARK: A house that was left

    @Test(arguments: ["not-found", "vacant", "moved"])
    func `a house where somebody answers is lived in again`(state: String) throws {
        let saved = try doors.hub.editRecord(
            home,
            [FieldInput("state", state), FieldInput("state_on", "1/6/2026")]
        )
        #expect(!saved.isRefused)
        let key = try begin()
        try desk.take(key, .visit, "outcome", "refused")
        #expect(try desk.form(key).values(of: home)["state"] == .text(state))
        try desk.take(key, .visit, "outcome", "complete")
        _ = try desk.saved(key)
        #expect(try row(home).text("state") == "occupied")
        #expect(try row(home).text("state_on") == "2026-08-03")
    }
}
