import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

/// Accounts that stand beside the answer that there is none, and whom a question may name.
@Suite struct DoubtTests {
    private let doors: Doorsteps
    private let home: RecordID
    private let adult: RecordID
    private let child: RecordID
    private let desk: VisitDesk

    init() throws {
        let doors = try Doorsteps(seed: 97)
        let home = try doors.family(of: 2)
        self.doors = doors
        self.home = home
        desk = try doors.desk("lan")
        func add(_ name: String, born: String) throws -> RecordID {
            try Self.saved(
                doors.hub.addRecord(
                    "resident",
                    [
                        FieldInput("household", home.description), FieldInput("full_name", name),
                        FieldInput("birth", born), FieldInput("sex", "female"),
                        FieldInput("residence", "permanent"), FieldInput("relation", "other"),
                        FieldInput("presence", "here"),
                    ]
                )
            )
        }
        adult = try add("Trần Thị Ví Dụ", born: "1980")
        child = try add("Trần Thị Nháp", born: "2019")
    }

    private static func saved(_ outcome: SaveOutcome) throws -> RecordID {
        try #require(outcome.id, "\(outcome.problems.map(\.text.en))")
    }

    private func account(_ more: FieldInput...) throws -> RecordID {
        try Self.saved(
            doors.hub.addRecord(
                "payment_account",
                [FieldInput("resident", adult.description), FieldInput("kind", "bank")] + more
            )
        )
    }

    private func begun() throws -> VisitKey {
        let key = try desk.begin(home)
        try desk.meet(key)
        return key
    }

    private func usable(_ account: RecordID, _ key: VisitKey) throws -> Question? {
        try desk.form(key).screen(.person(adult))?.groups.filter { !$0.isFolded }
            .flatMap(\.questions).first { $0.id == QuestionID(account, "usable") }
    }

    /// Whether the person counts among those who have an account.
    private func hasAccount() throws -> Bool {
        !(try doors.hub.missing("epayment-account")).contains { $0.record.id == adult }
    }

    // MARK: Accounts

    @Test func `no account beside a recorded one opens the question whether it still works`() throws
    {
        let account = try account()
        let key = try begun()
        #expect(try usable(account, key) == nil, "folded")
        _ = try desk.change(key) { try $0.answer(SectionID(adult, "payment"), .no) }
        let asked = try #require(try usable(account, key))
        #expect(!asked.isFolded && asked.problems.map(\.code) == ["account_of_none"])
        #expect(
            try desk.form(key).warnings.contains {
                $0.problem.code == "account_of_none" && $0.step == .person(adult)
            }
        )
        try desk.take(key, account, "usable", "no")
        #expect(try desk.form(key).warnings.allSatisfy { $0.problem.code != "account_of_none" })
        _ = try desk.saved(key)
        #expect(try !hasAccount())
    }

    @Test
    func `left as it is, it counts, and is listed for whoever looks through the open matters`()
        throws
    {
        _ = try account()
        let key = try begun()
        _ = try desk.change(key) { try $0.answer(SectionID(adult, "payment"), .no) }
        _ = try desk.saved(key)
        #expect(try hasAccount())
        let open = try doors.hub.openMatters(of: home).flatMap(\.problems)
        #expect(open.contains { $0.code == "account_of_none" })
    }

    @Test(arguments: [("own_name", "no"), ("usable", "no")])
    func `an account that does not count contradicts nothing`(field: String, code: String) throws {
        let account = try account(FieldInput(field, code))
        let key = try begun()
        _ = try desk.change(key) { try $0.answer(SectionID(adult, "payment"), .no) }
        #expect(try usable(account, key) == nil)
        #expect(try desk.form(key).warnings.allSatisfy { $0.problem.code != "account_of_none" })
    }

    @Test func `an account that is added answers whether there is one`() throws {
        let key = try begun()
        let question = QuestionID(adult, "payment_has_any")
        #expect(try desk.form(key).missing.contains { $0.question == question })
        var added: RecordID?
        _ = try desk.change(key) { added = try $0.add("payment_account", of: adult) }
        let account = try #require(added)
        try desk.take(key, account, "kind", "ewallet")
        #expect(try !desk.form(key).missing.contains { $0.question == question })
        try desk.take(key, account, "own_name", "no")
        #expect(try desk.form(key).missing.contains { $0.question == question })
        try desk.take(key, account, "own_name", "yes")
        _ = try desk.saved(key)
        #expect(try hasAccount())
        let open = try doors.hub.openMatters(of: home).first { $0.record.id == adult }
        #expect(open?.unanswered.contains { $0.name == "payment_has_any" } != true)
    }

    // MARK: People

    private func named(_ record: RecordID, _ field: String, _ key: VisitKey) throws -> [String] {
        let form = try desk.form(key)
        let question = try #require(
            form.steps.compactMap { form.screen($0) }.flatMap(\.groups).flatMap(\.questions)
                .first { $0.id == QuestionID(record, field) }
        )
        guard case .choice(let choices) = question.input else { return [] }
        return choices.map(\.code)
    }

    @Test func `a child is not offered as the one who answered, nor as anybody's guardian`() throws
    {
        let card = [FieldInput("idcard_kind", "can-cuoc"), FieldInput("idcard_status", "valid")]
        #expect(try !doors.hub.editRecord(child, card).isRefused)
        let key = try desk.begin(home)
        try desk.take(key, .visit, "outcome", "complete")
        try desk.take(key, .visit, "respondent_kind", "member")
        let respondents = try named(.visit, "respondent", key)
        #expect(respondents.contains(adult.description))
        #expect(!respondents.contains(child.description))
        #expect(try !named(child, "guardian", key).contains(child.description))
        let outcome = try desk.answer(key, QuestionID(child, "guardian"), child.description)
        #expect(outcome.problems.map(\.code) == ["names_itself"])
    }

    @Test func `whoever may be old enough is offered, and who stands there stays`() throws {
        // Sixteen in the year of the visit.
        #expect(try !doors.hub.editRecord(adult, [FieldInput("birth", "2010")]).isRefused)
        let key = try desk.begin(home)
        try desk.take(key, .visit, "outcome", "complete")
        try desk.take(key, .visit, "respondent_kind", "member")
        #expect(try named(.visit, "respondent", key).contains(adult.description))
        try desk.take(key, .visit, "respondent", child.description)
        #expect(try named(.visit, "respondent", key).contains(child.description))
    }

    @Test func `nobody is his own guardian`() throws {
        let saved = try doors.hub.editRecord(child, [FieldInput("guardian", child.description)])
        #expect(saved.isRefused && saved.problems.contains { $0.code == "names_itself" })
    }

    // MARK: All away

    @Test func `where the household has moved, all who are there may be said to have`() throws {
        let key = try desk.begin(home)
        try desk.take(key, .visit, "outcome", "complete")
        #expect(try desk.form(key).movingAway.isEmpty)
        try desk.take(key, .visit, "outcome", "moved")
        let form = try desk.form(key)
        #expect(form.movingAway.count == form.members.count { !form.isGone($0) })
        try desk.take(key, child, "presence", "moved")
        #expect(try !desk.form(key).movingAway.contains(QuestionID(child, "presence")))
    }
}
