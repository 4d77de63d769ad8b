import Coverage
import SQLite
import Survey
import Testing

@Suite struct ReportTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test func `villages add up to the commune`() throws {
        try commune.resident(in: TestCommune.village, ["ssa_state": "linked"])
        try commune.resident(in: TestCommune.village, ["ssa_state": "none"])
        try commune.resident(in: TestCommune.otherVillage, ["ssa_state": "linked"])
        try commune.resident(in: TestCommune.otherVillage)
        let report = try commune.report()
        #expect(report.places.map(\.name) == ["Thôn Mẫu 1", "Thôn Mẫu 2", "21004"])
        #expect(report.places.map(\.isVillage) == [true, true, false])
        let line = try #require(report.line("ssa-on-vneid"))
        #expect(
            line.byPlace.map(\.counts)
                == [Counts(yes: 1, no: 1), Counts(yes: 1, unknown: 1), Counts()]
        )
        #expect(line.total.registerRate?.text(.vi) == "50,0%")
        #expect(line.verdict == .notMet)
    }

    @Test func `a report of one village holds that village only`() throws {
        try commune.resident(in: TestCommune.village)
        try commune.resident(in: TestCommune.otherVillage)
        let day = try #require(CalendarDay("2026-11-15"))
        let reader = CoverageReader(
            cutoff: Cutoff(day: day, today: day),
            under: TestCommune.village
        )
        let report = try reader.report(commune.connection)
        #expect(report.places.map(\.scope) == [TestCommune.village])
        #expect(report.line("ssa-on-vneid")?.total.population == 1)
        #expect(try reader.missing("ssa-on-vneid", commune.connection).count == 1)
    }

    @Test func `households are counted by what came of their visits`() throws {
        for outcome in ["complete", "partial", "refused", "no-contact", "postponed", "not-found"] {
            try commune.visit(try commune.household(), outcome)
        }
        try commune.household()
        try commune.household(["state": "dissolved"])
        let total = try commune.report().visitTotal
        #expect(total.households == 7 && total.visited == 2 && total.refused == 1)
        #expect(total.noContact == 1 && total.postponed == 1 && total.notThere == 1)
        #expect(total.notYetVisited == 1)
        #expect(total.visitedShare?.text(.vi) == "28,5%")
    }

    @Test func `units are counted by kind, those without fees apart`() throws {
        for (kind, state, fees, payment) in [
            ("school", "open", "yes", "yes"), ("school", "open", "no", "no"),
            ("health-station", "open", "yes", "no"), ("school", "closed", "yes", "yes"),
            ("enterprise", "open", "yes", "yes"),
        ] {
            try commune.add(
                "unit",
                [
                    "kind": kind, "name": "Đơn vị mẫu", "state": state, "collects_fees": fees,
                    "digital_payment": payment,
                ]
            )
        }
        let tally = try commune.tally("facility-digital-payment")
        #expect(tally.counts == Counts(yes: 1, no: 1) && tally.notApplicable == 1)
        #expect(try commune.tally("facility-digital-payment-school").counts == Counts(yes: 1))
    }

    @Test func `training counts within the plan's period`() throws {
        for day in ["2025-12-31", "2026-01-01", "2026-11-16"] {
            try commune.add(
                "staff",
                ["state": "active", "digital_training": "yes", "digital_training_on": day]
            )
        }
        try commune.add("staff", ["state": "active", "digital_training": "no"])
        try commune.add("staff", ["state": "active"])
        try commune.add("staff", ["state": "left", "digital_training": "no"])
        #expect(
            try commune.tally("staff-digital-training").counts == Counts(yes: 1, no: 3, unknown: 1)
        )
        #expect(
            try commune.tally("staff-digital-training-ever").counts
                == Counts(yes: 3, no: 1, unknown: 1)
        )
    }

    @Test func `agencies' figures are the latest known, never estimated`() throws {
        func report(_ period: String, _ on: String, _ values: [String: any SQLBindable]) throws {
            let usual: [String: any SQLBindable] = [
                "indicator": "files-fully-online", "period": period, "reported_on": on,
                "reported_by": "Văn phòng",
            ]
            try commune.add(
                "agency_figure",
                in: TestCommune.commune,
                usual.merging(values) { $1 }
            )
        }
        try report("2026-10", "2026-11-02", ["numerator": 2, "denominator": 3])
        try report("2026-09", "2026-11-03", ["numerator": 1, "denominator": 3])
        // As another node may have entered it.
        try report("2026-10", "2026-11-04", ["numerator": 0, "denominator": 0])
        try report("2026-11", "2026-11-16", ["permille": 900])
        let line = try #require(
            try commune.report().agencyFigures.first { $0.indicator.name == "files-fully-online" }
        )
        #expect(line.figure?.rate?.text(.vi) == "66,6%" && line.figure?.isRateOnly == false)
        let later = try CoverageReader(
            cutoff: Cutoff(
                day: try #require(CalendarDay("2026-11-16")),
                today: try #require(CalendarDay("2026-11-16"))
            )
        ).report(commune.connection)
        let rateOnly = later.agencyFigures.first { $0.indicator.name == "files-fully-online" }
        #expect(rateOnly?.figure?.isRateOnly == true && rateOnly?.target == 80)
        #expect(later.agencyFigures.first?.figure == nil)
        #expect(later.agencyFigures.contains { $0.indicator.name == "official-email-person" })
    }

    @Test func `milestones show their latest state`() throws {
        for (state, day) in [("in-progress", "2026-08-01"), ("done", "2026-11-20")] {
            try commune.add(
                "milestone",
                in: TestCommune.commune,
                ["indicator": "security-measures", "state": state, "state_on": day]
            )
        }
        let lines = try commune.report().milestones
        #expect(lines.count == 6)
        #expect(lines.first { $0.state != nil }?.state == "in-progress")
    }

    @Test func `the commune's own target and reading are used`() throws {
        try commune.add(
            "target",
            in: TestCommune.commune,
            [
                "indicator": "household-smart-device", "percent": 90,
                "reading": "household-smart-device-broad",
            ]
        )
        try commune.household(["smartphone": 0, "tablet": 0, "computer": 1])
        let report = try commune.report()
        let strict = try #require(report.line("household-smart-device"))
        let broad = try #require(report.line("household-smart-device-broad"))
        #expect(strict.target == 90 && !strict.isPrinted && strict.total.no == 1)
        #expect(broad.isPrinted && broad.total.yes == 1)
    }

    @Test func `what a village writes under the commune's names does not count`() throws {
        let device = ["indicator": "household-smart-device"]
        for (type, values) in [
            ("target", device.merging(["reading": "household-smart-device-broad"]) { $1 }),
            (
                "agency_figure",
                [
                    "indicator": "files-fully-online", "period": "2026-10",
                    "reported_by": "X", "reported_on": "2026-11-01",
                ]
            ),
            (
                "milestone",
                ["indicator": "security-measures", "state": "done", "state_on": "2026-11-01"]
            ),
            ("village", ["scope": TestCommune.otherVillage, "name": "Thôn Giả"]),
            ("village", ["scope": TestCommune.village, "name": "Thôn Giả"]),
        ] {
            try commune.add(type, in: TestCommune.village, values)
        }
        let report = try commune.report()
        #expect(try #require(report.line("household-smart-device")).isPrinted)
        #expect(report.agencyFigures.allSatisfy { $0.figure == nil })
        #expect(report.milestones.allSatisfy { $0.state == nil })
        #expect(!report.places.contains { $0.name == "Thôn Giả" })
    }

    @Test func `numbers of any size from elsewhere make a rate`() {
        #expect(Permille(.max, of: 1)?.value == .max)
        #expect(Permille(.max, of: .max)?.value == 1_000)
        #expect(Permille(.min, of: 1)?.value == .min)
        #expect(Permille(1, of: 3)?.value == 333)
    }

    @Test func `only indicators counted over records have a work list`() throws {
        #expect(throws: CoverageError.unknownIndicator("files-fully-online")) {
            try commune.reader().missing("files-fully-online", commune.connection)
        }
    }

    @Test func `a household that nobody described is unknown, not lacking`() throws {
        try commune.household()
        #expect(try commune.tally("household-smart-device").counts == Counts(unknown: 1))
        try commune.household(["smartphone": 0])
        #expect(try commune.tally("household-smart-device").counts == Counts(unknown: 2))
    }

    @Test func `accounts count when in the own name and in working order`() throws {
        let own = try commune.resident()
        try commune.add("payment_account", ["resident": own, "kind": "bank"])
        let relative = try commune.resident(["payment_has_any": "no"])
        try commune.add(
            "payment_account",
            ["resident": relative, "kind": "bank", "own_name": "no"]
        )
        #expect(try commune.tally("epayment-account").counts == Counts(yes: 1, no: 1))
        #expect(try commune.tally("epayment-on-vneid").counts == Counts(unknown: 2))
    }

    @Test func `a unit's own scope is shown under the unit's name`() throws {
        let commune = try TestCommune()
        let scope = TestCommune.commune + "/tram-y-te"
        try commune.add("unit", in: scope, ["name": "Trạm Y tế Mẫu 1", "kind": "health-station"])
        try commune.add("unit", in: TestCommune.commune, ["name": "Trường Mẫu", "kind": "school"])
        try commune.add("unit", in: TestCommune.commune, ["name": "UBND Mẫu", "kind": "agency"])
        let names = try commune.report().places.map { [$0.scope, $0.name] }
        #expect(names.contains([scope, "Trạm Y tế Mẫu 1"]))
        #expect(names.contains([TestCommune.commune, "21004"]))
    }
}
