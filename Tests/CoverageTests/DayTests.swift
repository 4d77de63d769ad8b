import Coverage
import SQLite
import Survey
import Testing

/// States and lists at a cut-off date that lies back, judged from one state of the tables.
@Suite struct DayTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test(arguments: [
        ("here", 0), ("away-short", 1), ("not-found", 1), ("moved", 1), ("away-long", 1),
    ])
    func `a presence of a later day does not count yet`(presence: String, population: Int) throws {
        try commune.resident(["presence": presence, "presence_on": "2026-11-20"])
        let report = try commune.report("2026-11-15")
        #expect(report.line("id-card")?.total.population == population)
        #expect(report.line("id-card")?.total.notFound == 0)
        let total = report.populationTotal
        #expect(total.here == population && total.moved == 0)
    }

    @Test func `a list of a later day says nothing yet`() throws {
        try commune.resident([
            "vneid_level_register": "2", "register_on": "2026-11-12", "vneid_level": "0",
            "vneid_observed_on": "2026-11-01",
        ])
        #expect(try commune.tally("vneid-level2", "2026-11-12").yes == 1)
        #expect(try commune.tally("vneid-level2", "2026-11-11").no == 1)
    }

    @Test(arguments: [
        ("occupied", 0), ("vacant", 1), ("moved", 1), ("dissolved", 1), ("not-found", 1),
        ("duplicate", 1),
    ])
    func `a household's state of a later day does not count yet`(
        state: String,
        population: Int
    ) throws {
        try commune.household(["state": state, "state_on": "2026-11-20"])
        #expect(
            try commune.tally("household-smart-device", "2026-11-15").population == population
        )
    }
}

/// Cards that were issued and are over, and answers that do not concern somebody.
@Suite struct AnswerTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test(arguments: [
        // Due at 40, on 5/3/2026.
        ("1986-03-05", "2020-04-15", "2026-03-05", 1),
        ("1986-03-05", "2020-04-15", "2026-03-06", 0),
        // Issued in the two years before 40: until 60.
        ("1986-03-05", "2024-03-05", "2026-11-15", 1),
        ("1986-03-05", "2024-03-04", "2026-11-15", 0),
        // Born on a leap day: 38 years are completed on 28/02/2022, 40 on 29/02/2024.
        ("1984-02-29", "2022-02-28", "2026-11-15", 1),
        ("1984-02-29", "2022-02-27", "2026-11-15", 0),
        ("1984-02-29", "2022-02-27", "2024-02-29", 1),
        ("1984-02-29", "2022-02-27", "2024-03-01", 0),
        // Past the last age.
        ("1960-01-01", "2019-01-01", "2026-11-15", 1),
        // Known to the year only: what was said stands.
        ("1986", "2020-04-15", "2026-11-15", 1),
    ])
    func `a card that had to be renewed is not valid`(
        birth: String,
        issued: String,
        day: String,
        valid: Int
    ) throws {
        try commune.resident([
            "birth": birth, "idcard_kind": "cccd-chip", "idcard_status": "valid",
            "idcard_issued_on": issued,
        ])
        let report = try commune.report(day)
        #expect(report.line("id-card-valid")?.total.yes == valid)
        #expect(report.line("id-card-valid")?.total.no == 1 - valid)
        #expect(report.line("id-card")?.total.yes == 1)
    }

    @Test func `what is printed on the card goes before what is computed`() throws {
        try commune.resident([
            "birth": "1986-03-05", "idcard_kind": "cccd-chip", "idcard_status": "valid",
            "idcard_issued_on": "2020-04-15", "idcard_expires_on": "2026-11-15",
        ])
        #expect(try commune.tally("id-card-valid").yes == 1)
        #expect(
            try commune.reader(today: "2026-11-16").report(commune.connection)
                .line("id-card-valid")?.total.no == 1
        )
    }

    @Test(arguments: ["cmnd", "gcn-can-cuoc", "none"])
    func `a paper that is no card is not a valid card`(kind: String) throws {
        try commune.resident(["idcard_kind": kind, "idcard_status": "valid"])
        let report = try commune.report()
        #expect(report.line("id-card")?.total.counts == Counts(no: 1))
        #expect(report.line("id-card-valid")?.total.counts == Counts(no: 1))
    }

    @Test(
        arguments: [
            ("resident", "payment_has_any", "epayment-account", [:]),
            ("resident", "bhyt_on_idcard", "idcard-for-bhyt-person", ["bhyt_insured": "yes"]),
            (
                "resident", "signature_want", "digital-signature-wanted",
                ["vneid_level": "2", "signature_state": "none"]
            ),
            ("unit", "digital_payment", "facility-digital-payment", ["kind": "school"]),
            ("unit", "accepts_idcard_bhyt", "facility-idcard-for-bhyt", ["kind": "health-station"]),
            ("unit", "used_online_12m", "online-service-use-business", ["kind": "cooperative"]),
            (
                "unit", "official_email", "official-email-business",
                ["kind": "enterprise", "eid": "yes"]
            ),
            (
                "unit", "tax_linked", "ecommerce-identified-tax",
                ["kind": "enterprise", "eid": "yes", "sells_on_platform": "yes"]
            ),
            (
                "unit", "eid", "ecommerce-identified-tax",
                ["kind": "enterprise", "tax_linked": "yes", "sells_on_platform": "yes"]
            ),
            ("staff", "signature", "staff-signature", [:]),
            ("staff", "signature", "staff-equipment-and-signature", ["equipment": "adequate"]),
        ] as [(String, String, String, [String: String])]
    )
    func `whoever is not concerned is outside, and no lack`(
        type: String,
        field: String,
        indicator: String,
        others: [String: String]
    ) throws {
        for answer in ["yes", "no", "na", "unknown"] {
            let values = others.merging([field: answer]) { $1 }
            switch type {
            case "resident": try commune.resident(values)
            case "unit": try commune.add("unit", ["state": "open"].merging(values) { $1 })
            default: try commune.add("staff", ["state": "active"].merging(values) { $1 })
            }
        }
        let tally = try commune.tally(indicator)
        #expect(tally.counts == Counts(yes: 1, no: 1, unknown: 1))
        #expect(tally.notApplicable == 1)
    }

    @Test func `lacking one part is a lack, whatever the other says`() throws {
        try commune.add("staff", ["state": "active", "equipment": "none", "signature": "na"])
        #expect(try commune.tally("staff-equipment-and-signature").counts == Counts(no: 1))
    }

    @Test func `a benefit that cannot be linked is no lack`() throws {
        let person = try commune.resident()
        try commune.add(
            "benefit",
            ["resident": person, "kind": "pension", "channel": "bank-own", "linked_vneid": "na"]
        )
        let tally = try commune.tally("benefit-bank-vneid")
        #expect(tally.counts == Counts() && tally.notApplicable == 1)
    }

    @Test func `whoever answers na to what makes the population is outside`() throws {
        try commune.resident(["bhyt_insured": "na", "bhyt_on_idcard": "yes"])
        #expect(try commune.tally("idcard-for-bhyt-person").counts == Counts())
    }
}

/// Whom the figures count once, and which visit stands.
@Suite struct StandingTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test func `two persons by decision are two, a third with their number is neither`() throws {
        let number = ["personal_id": "049085990001"]
        let first = try commune.resident(number)
        let second = try commune.resident(number)
        #expect(try commune.tally("id-card").population == 1)
        // Another village has no say in it.
        try commune.dismiss(second, first, in: TestCommune.otherVillage)
        #expect(try commune.tally("id-card").population == 1)
        try commune.dismiss(second, first)
        #expect(try commune.tally("id-card").population == 2)
        #expect(try commune.report().populationTotal.duplicates == 0)
        #expect(try commune.reader().missing("id-card", commune.connection).count == 2)
        try commune.resident(number)
        #expect(try commune.tally("id-card").population == 2)
        #expect(try commune.report().populationTotal.duplicates == 1)
    }

    @Test func `whoever was met and is on no list is counted, and told`() throws {
        try commune.resident(["on_list": "yes"])
        try commune.resident(["on_list": "no"])
        try commune.resident()
        try commune.resident(["presence": "moved", "on_list": "no"])
        let report = try commune.report()
        #expect(report.line("id-card")?.total.population == 3)
        #expect(report.populationTotal.here == 3 && report.populationTotal.offList == 2)
    }

    @Test func `nobody counts in a household that is a duplicate`() throws {
        let double = try commune.household(["state": "duplicate"])
        try commune.resident(of: double)
        let report = try commune.report()
        #expect(report.line("id-card")?.total.population == 0)
        #expect(report.populationTotal.duplicates == 1)
    }

    @Test(arguments: [
        (["complete", "no-contact", "inaccessible"], "visited"),
        (["partial", "refused"], "visited"),
        (["refused", "no-contact", "postponed"], "refused"),
        (["postponed", "no-contact"], "no-contact"), (["no-contact", "postponed"], "postponed"),
        (["no-contact", "inaccessible"], "no-contact"), (["inaccessible"], "not-visited"),
    ])
    func `the best outcome stands, of failures the latest`(
        outcomes: [String],
        expected: String
    ) throws {
        let home = try commune.household()
        for (day, outcome) in outcomes.enumerated() {
            try commune.visit(home, outcome, at: "2026-11-0\(day + 1)T08:00")
        }
        let total = try commune.report().visitTotal
        let counts = [
            ("visited", total.visited), ("refused", total.refused), ("no-contact", total.noContact),
            ("postponed", total.postponed), ("not-visited", total.notYetVisited),
        ]
        #expect(counts.filter { $0.1 == 1 }.map(\.0) == [expected])
    }

    @Test func `who refuses some questions has refused those only`() throws {
        let home = try commune.household()
        try commune.resident(of: home, ["ssa_unknown": "refused"])
        try commune.visit(home, "refused", ["refusal_scope": "some-questions"])
        let report = try commune.report()
        #expect(report.line("ssa-on-vneid")?.total.unknown(.refused) == 1)
        #expect(report.line("epayment-account")?.total.unknown(.notAsked) == 1)
        #expect(report.visitTotal.visited == 1 && report.visitTotal.refused == 0)
    }
}

/// Why somebody is on a work list, and what the report prints.
@Suite struct ReasonTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    private func reasons(_ indicator: String) throws -> [WorkItem.State] {
        try commune.reader().missing(indicator, commune.connection).map(\.state)
    }

    private func benefit(_ person: Int64, _ values: [String: any SQLBindable]) throws {
        let usual: [String: any SQLBindable] = ["resident": person, "kind": "pension"]
        try commune.add("benefit", usual.merging(values) { $1 })
    }

    @Test func `benefits that all lack it say why, closed ones say nothing`() throws {
        let person = try commune.resident()
        try benefit(person, ["channel": "cash-home", "missing_reason": "frail"])
        try benefit(person, ["channel": "cash-point", "missing_reason": "far-atm"])
        try benefit(
            person,
            ["channel": "cash-point", "missing_reason": "cannot-use", "until": "2026-01-01"]
        )
        #expect(try reasons("benefit-bank-vneid") == [.no(reason: "far-atm,frail")])
    }

    @Test func `a closed benefit makes nobody a beneficiary in part`() throws {
        let person = try commune.resident()
        try benefit(person, ["channel": "cash-home", "missing_reason": "frail"])
        try benefit(
            person,
            ["channel": "bank-own", "linked_vneid": "yes", "until": "2026-01-01"]
        )
        #expect(try reasons("benefit-bank-vneid") == [.no(reason: "frail")])
        try benefit(person, ["channel": "bank-own", "linked_vneid": "yes"])
        #expect(try reasons("benefit-bank-vneid") == [.no(reason: "partial")])
    }

    @Test(
        arguments: [
            (
                "id-card", ["idcard_kind": "can-cuoc", "idcard_status": "applied"], "applied",
                "Đã nộp, chờ trả"
            ),
            (
                "vneid-level2", ["vneid_level": "1", "vneid_state": "applied"], "waiting",
                "Chờ duyệt"
            ),
            (
                "digital-signature",
                ["vneid_level": "2", "signature_state": "applied", "signature_want": "yes"],
                "applied", "Đã đăng ký"
            ),
            (
                "digital-signature-any",
                ["vneid_level": "2", "signature_state": "expired", "signature_want": "yes"],
                "expired", "Hết hạn"
            ),
            (
                "digital-signature",
                [
                    "vneid_level": "2", "signature_state": "applied", "signature_want": "yes",
                    "signature_missing_reason": "error",
                ], "error", "Lỗi khi đăng ký"
            ),
            ("ssa-on-vneid", ["ssa_state": "requested"], "requested", "Đã gửi yêu cầu"),
            ("ssa-on-vneid", ["ssa_state": "rejected"], "rejected", "Bị từ chối"),
            (
                "ssa-on-vneid", ["ssa_state": "rejected", "ssa_missing_reason": "no-account"],
                "no-account", "Chưa có tài khoản"
            ),
        ] as [(String, [String: String], String, String)]
    )
    func `what was applied for is the reason, unless one was given`(
        indicator: String,
        facts: [String: String],
        code: String,
        label: String
    ) throws {
        try commune.resident(facts)
        #expect(try reasons(indicator) == [.no(reason: code)])
        let survey = DataDescription.doorstep
        let reason = try #require(survey.indicator(indicator)?.rule?.reason)
        #expect(survey.label(of: code, reason).vi == label)
    }

    @Test func `a reading that is none leaves the headline in its place`() throws {
        for reading in ["xx", "id-card", "vneid-level2-active"] {
            try commune.add(
                "target",
                in: TestCommune.commune,
                ["indicator": "vneid-level2", "percent": 90, "reading": reading]
            )
        }
        let line = try #require(try commune.report().line("vneid-level2"))
        #expect(line.isPrinted && line.target == 90)
    }

    @Test func `the figure of the later period stands, however it is written`() throws {
        for (period, day, part) in [("2026", "2026-11-10", 9), ("2026-09", "2026-11-12", 5)] {
            try commune.add(
                "agency_figure",
                in: TestCommune.commune,
                [
                    "indicator": "dvc-auto-5min", "period": period, "reported_on": day,
                    "reported_by": "Văn phòng", "numerator": part, "denominator": 10,
                ]
            )
        }
        let line = try commune.report().agencyFigures.first { $0.indicator.name == "dvc-auto-5min" }
        #expect(line?.figure?.rate?.text(.vi) == "90,0%" && line?.indicator.level == .city)
    }

    @Test func `an agency's figure takes the place of a weak answer`() throws {
        #expect(try commune.report().line("official-email-person")?.isPrinted == true)
        try commune.add(
            "agency_figure",
            in: TestCommune.commune,
            [
                "indicator": "official-email-person", "period": "2026-10",
                "reported_on": "2026-11-01", "reported_by": "PC06", "permille": 900,
            ]
        )
        #expect(try commune.report().line("official-email-person")?.isPrinted == false)
    }

    @Test func `figures of few people, and what would give them away, are not published`() {
        func tallies(_ populations: Int...) -> [Int?] {
            CoverageLine.published(populations.map { Tally(yes: $0, no: 0, unknown: 0) })
                .map { $0?.population }
        }
        #expect(tallies(4, 5, 9, 0) == [nil, nil, 9, 0])
        #expect(tallies(1, 4, 9, 0) == [nil, nil, 9, 0])
        #expect(tallies(5, 9, 0) == [5, 9, 0])
        #expect(tallies(3) == [nil])
    }
}
