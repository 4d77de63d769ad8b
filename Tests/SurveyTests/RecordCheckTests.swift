import Causality
import Survey
import Testing

@Suite struct RecordCheckTests {
    private let survey = DataDescription.doorstep
    private let today = CalendarDay(number: 20_772)

    private let sample: [String: Value] = [
        "household": .reference(RecordID(origin: 1, counter: 1)),
        "full_name": .text("Nguyễn Văn Ví Dụ"), "birth": .text("1985-03-05"), "sex": .text("male"),
        "personal_id": .text("049085990001"), "nationality": .text("vn"),
        "residence": .text("permanent"), "presence": .text("here"),
    ]

    private func codes(
        _ changes: [String: Value],
        isNew: Bool = true
    ) -> [String] {
        let fields = sample.merging(changes) { $1 }
        return survey.check("resident", fields: fields, today: today, isNew: isNew).map(\.code)
    }

    @Test func `a faultless person has no problem`() {
        #expect(codes([:]) == [])
    }

    @Test(arguments: [
        ("personal_id", "04908599000", "id_length", Problem.Severity.blocks),
        ("birth", "2026-11-16", "date_future", .blocks),
        ("presence_on", "2026-11-16", "date_future", .blocks),
        ("sex", "female", "id_sex", .warns),
        ("birth", "1986", "id_birth_year", .warns),
        ("idcard_issued_on", "2026-11-16", "date_future", .warns),
        ("idcard_issued_on", "1984-01-01", "date_early", .warns),
        ("idcard_expires_on", "9999-12-31", "no_expiry_under_60", .warns),
        ("old_cmnd", "205990001", "old_id_kept", .warns),
        ("ssa_state", "linked", "ssa_without_basis", .warns),
        ("sex", "m", "unknown_code", .blocks),
    ])
    func `one wrong fact is named`(
        field: String,
        value: String,
        code: String,
        severity: Problem.Severity
    ) {
        let fields = sample.merging([field: .text(value)]) { $1 }
        let problems = survey.check("resident", fields: fields, today: today, isNew: true)
        let problem = problems.first { $0.code == code }
        #expect(problem?.severity == severity, "\(problems.map(\.code))")
    }

    @Test(
        arguments: [
            (["vneid_activated_on": "1984-01"], "vneid_activated_on", "before_birth"),
            (["presence_on": "1984"], "presence_on", "before_birth"),
            (["vneid_observed_on": "1985-03-04"], "vneid_observed_on", "before_birth"),
            (["idcard_issued_on": "1985-03-04"], "idcard_issued_on", "issued_before_birth"),
            (
                ["idcard_kind": "can-cuoc", "idcard_issued_on": "2024-06-30"], "idcard_issued_on",
                "issued_before_law"
            ),
            (["vneid_activated_on": "2021-12-31"], "vneid_activated_on", "date_early"),
            (["ssa_linked_on": "2026-11-16"], "ssa_linked_on", "date_future"),
        ] as [([String: String], String, String)]
    )
    func `a day that cannot be is told at its field in words`(
        facts: [String: String],
        field: String,
        code: String
    ) throws {
        let fields = sample.merging(facts.mapValues { .text($0) }) { $1 }
        let problems = survey.check("resident", fields: fields, today: today, isNew: true)
        let problem = try #require(problems.first { $0.code == code && $0.field == field })
        #expect(problem.severity == .warns && problem.text.vi != problem.text.en)
        let label = try #require(survey.type("resident")?.field(field)?.label)
        #expect(problem.text.vi.hasPrefix(label.vi) && problem.text.en.hasPrefix(label.en))
    }

    @Test(arguments: ["1985-03-05", "1985-03", "1985"])
    func `a day of the month or year of birth may be`(day: String) {
        #expect(!codes(["presence_on": .text(day)]).contains("before_birth"))
    }

    @Test func `a pension is not older than whoever gets it`() throws {
        let problems = survey.check(
            "benefit",
            fields: ["kind": .text("pension"), "since": .text("1984")],
            today: today,
            isNew: false,
            parent: sample,
            others: ["resident": sample]
        )
        #expect(problems.contains { $0.code == "before_birth" && $0.field == "since" })
    }

    @Test func `facts that exclude each other warn`() {
        #expect(
            codes(["vneid_level": .text("2"), "idcard_status": .text("none")])
                == ["level2_without_card"]
        )
        #expect(
            codes([
                "birth": .text("2021-01-01"), "personal_id": .null, "vneid_level": .text("2"),
            ]) == ["level2_under_6", "guardian_missing"]
        )
        #expect(
            codes([
                "presence": .text("deceased"), "presence_on": .text("2026-10"),
                "ssa_observed_on": .text("2026-11-01"), "vneid_observed_on": .text("2026-10-31"),
            ]) == ["observed_after_death"]
        )
    }

    @Test func `required fields block a new record only`() {
        #expect(codes(["sex": .null, "presence": .null]) == ["required", "required"])
        #expect(codes(["sex": .null], isNew: false) == [])
    }

    @Test func `unknown fields and types block`() {
        #expect(codes(["religion": .text("x")]) == ["unknown_field"])
        let problems = survey.check("car", fields: [:], today: today, isNew: true)
        #expect(problems.map(\.severity) == [.blocks])
    }

    @Test func `what is incomplete depends on age and earlier answers`() {
        var fields = sample
        #expect(names(fields).contains("vneid_level") && names(fields).contains("ssa_state"))
        #expect(!names(fields).contains("signature_state"))
        fields["vneid_level"] = .text("2")
        #expect(names(fields).contains("signature_state"))
        fields["ssa_unknown"] = .text("refused")
        #expect(!names(fields).contains("ssa_state"))
        fields["birth"] = .text("2020-01-01")
        #expect(!names(fields).contains("vneid_obstacle"))
    }

    @Test func `an account's digits and links are checked against its holder`() {
        let account: [String: Value] = [
            "resident": .reference(RecordID(origin: 1, counter: 2)), "kind": .text("bank"),
            "linked_vneid": .text("yes"), "last4": .text("12a4"),
        ]
        let problems = survey.check(
            "payment_account",
            fields: account,
            today: today,
            isNew: true,
            parent: sample.merging(["birth": .text("2020")]) { $1 }
        )
        #expect(problems.map(\.code) == ["last4", "linked_not_activated", "account_under_15"])
    }

    @Test func `a household's people are checked together`() {
        let household: [String: Value] = ["state": .text("occupied")]
        func member(
            _ relation: String,
            _ birth: String,
            _ presence: String = "here"
        )
            -> [String: Value]
        {
            ["relation": .text(relation), "birth": .text(birth), "presence": .text(presence)]
        }
        func codes(_ members: [[String: Value]], outcome: String? = nil) -> [String] {
            survey.checkHousehold(household, members: members, outcome: outcome, today: today)
                .map(\.code)
        }
        #expect(codes([member("head", "1980"), member("child", "2010")]) == [])
        #expect(codes([member("head", "1980"), member("head", "1982")]) == ["heads_many"])
        #expect(codes([member("head", "2010"), member("spouse", "2011")]) == ["spouses_under_18"])
        #expect(codes([member("head", "1980"), member("child", "1990")]) == ["parent_too_young"])
        #expect(codes([member("head", "1980", "away-long")]) == ["occupied_empty"])
        #expect(codes([member("head", "1980")], outcome: "complete") == ["adult_unasked"])
    }

    private func names(_ fields: [String: Value]) -> [String] {
        survey.incomplete("resident", fields: fields, today: today).map(\.name)
    }
}
