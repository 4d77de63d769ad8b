import Causality
import Coverage
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

/// Rules of saving that look beyond the record; the clock stands at 29/05/2026.
@Suite struct RecordRulesTests {
    private let commune: TestCommune
    private let node: LocalNode
    private let place = "48/21004/mau-1"

    init() throws {
        commune = try TestCommune(seed: 12, description: .doorstep)
        node = LocalNode(commune.hub, user: "minh")
        try node.addVillage("Mẫu 1", path: place)
    }

    private func inputs(_ words: [String]) -> [FieldInput] {
        words.compactMap { FieldInput(assignment: $0) }
    }

    private func add(_ type: String, _ words: String...) throws -> SaveOutcome {
        try node.addRecord(type, inputs(words), place: place)
    }

    private func edit(_ id: RecordID, _ words: String...) throws -> SaveOutcome {
        try node.editRecord(id, inputs(words))
    }

    private func household() throws -> RecordID {
        try #require(try add("household", "state=occupied").id)
    }

    private func person(_ home: RecordID, _ more: String...) throws -> RecordID {
        let usual = [
            "household=\(home)", "full_name=Nguyễn Văn Ví Dụ", "sex=male", "residence=permanent",
            "presence=here",
        ]
        let birth = more.contains { $0.hasPrefix("birth=") } ? [] : ["birth=5/3/1985"]
        let saved = try node.addRecord("resident", inputs(usual + birth + more))
        return try #require(saved.id, "\(saved.problems.map(\.code))")
    }

    private func codes(_ outcome: SaveOutcome) -> [String] { outcome.problems.map(\.code) }

    @Test func `a new person is a citizen unless said otherwise`() throws {
        let id = try person(household())
        #expect(try node.store.requireRecord(id).text("nationality") == "vn")
    }

    @Test func `an optional field is refused until the hub switches it on`() throws {
        let id = try person(household())
        let refused = try edit(id, "ethnicity=30")
        #expect(codes(refused) == ["not_collected"] && refused.isRefused)
        #expect(try node.setOptionalField("resident.ethnicity", isOn: true).id != nil)
        #expect(try node.collectedFields() == [FieldName("resident", "ethnicity")])
        #expect(codes(try edit(id, "ethnicity=30")) == ["consent_missing"])
        #expect(codes(try edit(id, "occupation=farmer")) == ["not_collected"])
        #expect(try node.setOptionalField("resident.ethnicity", isOn: false).id != nil)
        #expect(try edit(id, "ethnicity=01").isRefused)
        // What is there may always be cleared.
        #expect(try edit(id, "ethnicity=").id != nil)
        #expect(
            codes(try node.setOptionalField("resident.religion", isOn: true)) == ["not_optional"]
        )
    }

    @Test func `only the hub switches fields on`() throws {
        let village = LocalNode(try commune.village("mau-1"), user: "lan")
        #expect(throws: StoreError.self) {
            try village.setOptionalField("resident.ethnicity", isOn: true)
        }
    }

    @Test func `what a household does not agree to is not taken, and taken back is a task`() throws
    {
        let home = try household()
        let id = try person(home)
        func notice(_ more: String...) throws {
            let usual = [
                "household=\(home)", "round=2026-2", "basis=consent", "notice_version=1",
                "given_how=paper",
            ]
            #expect(try node.addRecord("notice", inputs(usual + more)).id != nil)
        }
        try notice("given_on=1/5/2026", "consent_needs_help=yes")
        #expect(codes(try edit(id, "needs_help=elderly")) == [])
        try notice("given_on=20/5/2026", "consent_needs_help=no", "consent_contact_by_phone=no")
        #expect(codes(try edit(id, "needs_help=illiterate")) == ["consent_refused"])
        #expect(codes(try edit(home, "phone=0905123456")) == ["consent_refused"])
        let open = try node.openMatters(of: home).flatMap(\.problems)
        let task = try #require(open.first { $0.code == "consent_withdrawn" })
        #expect(task.text.en.contains("Needs help at home"))
        #expect(try edit(id, "needs_help=").id != nil)
        #expect(
            try !node.openMatters(of: home).flatMap(\.problems).map(\.code)
                .contains("consent_withdrawn")
        )
    }

    @Test func `head and respondent are of the household, and old enough`() throws {
        let home = try household()
        let other = try person(household())
        #expect(codes(try edit(home, "head=\(other)")).contains("not_a_member"))
        let child = try person(home, "birth=1/1/2015", "relation=child")
        let saved = try edit(home, "head=\(child)")
        #expect(saved.id != nil && codes(saved).contains("under_18"))
        let visit = try node.addVisit(
            to: home,
            outcome: "complete",
            inputs(["respondent_kind=member", "respondent=\(child)"])
        )
        #expect(codes(visit).contains("under_16"))
        let wrong = try node.addVisit(
            to: home,
            outcome: "complete",
            inputs(["respondent_kind=member", "respondent=\(other)"])
        )
        #expect(wrong.isRefused && codes(wrong) == ["not_a_member"])
        let guarded = try edit(child, "guardian=\(child)")
        #expect(codes(guarded).contains("under_18"))
    }

    @Test func `what a save makes wrong in the household is said once`() throws {
        let home = try household()
        _ = try person(home, "relation=head")
        let id = try person(home, "relation=spouse")
        #expect(codes(try edit(id, "relation=head")) == ["heads_many"])
        #expect(codes(try edit(id, "full_name=Trần Thị Ví Dụ")) == [])
        #expect(codes(try edit(home, "state=moved")).contains("members_left"))
    }

    @Test func `a change warns of what it makes wrong elsewhere in the record`() throws {
        let id = try person(household(), "vneid_level=2", "vneid_state=issued")
        #expect(codes(try edit(id, "idcard_status=none")) == ["level2_without_card"])
        #expect(codes(try edit(id, "idcard_missing_reason=unaware")) == [])
    }

    @Test func `a linked account with a payment account of its own is no contradiction`() throws {
        let id = try person(household(), "vneid_level=2", "vneid_state=activated")
        #expect(
            try node.addRecord("payment_account", inputs(["resident=\(id)", "kind=bank"])).id != nil
        )
        #expect(codes(try edit(id, "ssa_state=linked")) == [])
        #expect(codes(try edit(id, "vneid_state=issued")) == ["ssa_without_basis"])
        let benefit = try node.addRecord(
            "benefit",
            inputs(["resident=\(id)", "kind=pension", "channel=bank-own", "linked_vneid=yes"])
        )
        #expect(codes(benefit) == ["linked_not_activated"])
    }

    @Test func `a position outside the commune is a warning`() throws {
        for field in ["latitude", "longitude"] {
            _ = try node.setOptionalField("household.\(field)", isOn: true)
        }
        let home = try household()
        let saved = try edit(home, "latitude=21,5", "longitude=105")
        #expect(codes(saved).filter { $0 == "position_outside" }.count == 2)
        #expect(
            !codes(try edit(home, "latitude=15,37", "longitude=108,55")).contains(
                "position_outside"
            )
        )
    }

    @Test func `households are numbered, by each node without asking another`() throws {
        let village = LocalNode(try commune.village("mau-1"), user: "lan")
        _ = try TestExchange(village.store, with: node.store)
        func codes(_ node: LocalNode) throws -> [String] {
            try (0..<2).map { _ in
                let saved = try node.addRecord(
                    "household",
                    inputs(["state=occupied"]),
                    place: place
                )
                let id = try #require(saved.id)
                return try #require(try node.store.requireRecord(id).text("code"))
            }
        }
        let here = try codes(node)
        let there = try codes(village)
        #expect(Set(here + there).count == 4)
        for code in here + there { #expect(code.hasPrefix("21004-M1-") && code.utf8.count <= 20) }
        #expect(here.map { $0.suffix(4) } == ["0001", "0002"])
        let taken = try add("household", "state=occupied", "code=\(here[0])")
        #expect(taken.problems.map(\.code) == ["code_taken"])
    }

    @Test func `a visit says what is still open, and when it ended`() throws {
        let home = try household()
        let id = try person(home, "relation=head")
        let visit = try node.addVisit(to: home, outcome: "complete")
        let visitID = try #require(visit.id)
        let record = try node.store.requireRecord(visitID)
        #expect(record.text("ended_at") == record.text("started_at"))
        #expect(codes(visit).contains("adult_unasked"))
        let ofPerson = visit.open.first { $0.record.id == id }
        #expect(ofPerson?.unanswered.map(\.name).contains("vneid_level") == true)
        #expect(visit.open.flatMap(\.problems).map(\.code).contains("notice_missing"))
        let late = try node.addVisit(
            to: home,
            outcome: "postponed",
            inputs(["next_on=1/7/2026", "started_at=1/5/2026 09:00"])
        )
        #expect(codes(late).contains("after_round"))
        // Of a round by another name nobody knows the end.
        let named = try node.addVisit(
            to: home,
            outcome: "postponed",
            inputs(["next_on=1/7/2026", "round=2026-1"])
        )
        #expect(!codes(named).contains("after_round"))
        let lateID = try #require(late.id)
        #expect(try node.store.requireRecord(lateID).text("ended_at") == "2026-05-01T09:00")
    }

    @Test func `records of users are neither typed nor exported, and secrets are not shown`() throws
    {
        for type in ["user", "credential", "access"] {
            #expect(throws: NodeError.self) { try node.addRecord(type, inputs(["name=lan"])) }
            #expect(throws: NodeError.self) {
                try node.export(type, ExportOptions(), line: { _, _ in "" }, write: { _ in })
            }
        }
        let secrets = node.store.types.flatMap(\.fields).filter(\.isSecret)
        #expect(secrets.map(\.name) == ["password", "code"])
        for field in secrets {
            #expect(field.show(.text("geheim"), .vi) == "•••")
            #expect(field.show(.null, .vi).isEmpty)
        }
    }

    @Test(
        arguments: [
            (
                ["figure", "vneid-level2", "period=2026-04", "numerator=1", "denominator=2"],
                "not_reported"
            ),
            (["figure", "dvc-auto-5min", "period=2026-04"], "figure_missing"),
            (["figure", "dvc-auto-5min", "period=2026-04", "numerator=1"], "figure_missing"),
            (
                [
                    "figure", "dvc-auto-5min", "period=2026-04", "numerator=1", "denominator=3",
                    "permille=500",
                ],
                "rate_contradicts"
            ),
            (["target", "khong-co", "percent=90"], "unknown_indicator"),
            (["target", "vneid-level2", "reading=xx"], "unknown_reading"),
            (["target", "vneid-level2", "reading=id-card"], "unknown_reading"),
            (["milestone", "id-card", "state=done", "state_on=1/5/2026"], "not_a_milestone"),
        ] as [([String], String)]
    )
    func `what no report would show is refused`(words: [String], code: String) throws {
        let more = inputs(
            Array(words.dropFirst(2)) + (words[0] == "figure" ? ["reported_by=X"] : [])
        )
        let saved =
            words[0] == "figure"
            ? try node.addFigure(words[1], more)
            : try node.addRecord(words[0], [FieldInput("indicator", words[1])] + more)
        #expect(saved.isRefused && codes(saved) == [code])
    }

    @Test func `a reading of the headline and a rate alone are taken`() throws {
        let target = [
            "indicator=household-smart-device", "percent=90",
            "reading=household-smart-device-broad",
        ]
        #expect(try node.addRecord("target", inputs(target)).id != nil)
        for permille in ["333", "334"] {
            let both = ["period=2026-03", "numerator=1", "denominator=3", "permille=\(permille)"]
            let saved = try node.addFigure("dvc-auto-5min", inputs(both + ["reported_by=X"]))
            #expect(saved.id != nil)
        }
        let rate = inputs(["period=2026-04", "permille=512", "reported_by=X"])
        #expect(try node.addFigure("official-email-person", rate).id != nil)
    }

    @Test(arguments: ["household", "outcome"])
    func `a visit is told of a field that says its own argument again`(name: String) throws {
        let home = try household()
        let more = [FieldInput(name, name == "outcome" ? "refused" : home.description)]
        #expect(throws: NodeError.repeatedField(name)) {
            try node.addVisit(to: home, outcome: "complete", more)
        }
    }

    @Test func `answers grow old where the commune has said so`() throws {
        let id = try person(household())
        #expect(try edit(id, "ssa_state=linked", "ssa_observed_on=1/1/2025").id != nil)
        func tally(_ options: FigureOptions = .init()) throws -> [Int] {
            let total = try #require(try node.coverage(options).line("ssa-on-vneid")).total
            return [total.yes, total.unknown(.stale)]
        }
        #expect(try tally() == [1, 0])
        #expect(try node.setAnswerValidity(months: 12).id != nil)
        #expect(try tally() == [0, 1])
        var options = FigureOptions()
        options.validMonths = 24
        #expect(try tally(options) == [1, 0])
        #expect(try node.setAnswerValidity(months: nil).id != nil)
        #expect(try tally() == [1, 0])
    }

    @Test func `where a list and the survey differ is listed`() throws {
        let id = try person(household(), "vneid_level=0", "vneid_level_register=2")
        let found = try node.differences()
        #expect(found.map(\.record.id) == [id])
        #expect(found.first?.fields.map(\.field.name) == ["vneid_level"])
        #expect(found.first?.fields.first?.listed == .text("2"))
    }
}
