import Coverage
import Survey
import Testing

/// The twenty examples of the indicators' document, section 5; the cut-off date is 15/11/2026.
@Suite struct GoldenTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test(arguments: [
        ("2012-11-15", Counts(unknown: 1), 0), ("2012-11-16", Counts(), 1),
        ("2012", Counts(possible: 1), 1), ("2011", Counts(unknown: 1), 0),
    ])
    func `1 to 4: fourteen years are counted by the day, the year alone leaves it open`(
        birth: String,
        counts: Counts,
        children: Int
    ) throws {
        let person = try commune.resident(["birth": birth])
        let tally = try commune.tally("id-card")
        #expect(tally.counts == counts)
        let bounds = tally.extendedBounds.map { [$0.lower.value, $0.upper.value] }
        // The one whose age is open is in the extended bounds only.
        #expect(bounds == (counts == Counts() ? nil : [0, 1000]))
        #expect(try commune.tally("id-child-card-6-13").population == children)
        let uncertain = try commune.reader().missing("id-card", commune.connection)
            .filter { $0.state == .ageUncertain }.map(\.record)
        #expect(uncertain == (birth == "2012" ? [person] : []))
    }

    @Test func `5: the leap day's birthday is reached on 28 February`() throws {
        try commune.resident(["birth": "2008-02-29"])
        #expect(try commune.tally("epayment-account", "2026-02-28").population == 1)
        #expect(try commune.tally("epayment-account", "2026-02-27").population == 0)
    }

    @Test(arguments: [("2026-11-14", 0), ("2026-11-15", 0), ("2026-11-16", 1), ("2026-12", 1)])
    func `6: who died is counted until the day before`(died: String, population: Int) throws {
        try commune.resident(["presence": "deceased", "presence_on": died])
        let report = try commune.report()
        for name in ["id-card", "epayment-account", "vneid-level2"] {
            let line = try #require(report.line(name))
            #expect(line.total.population == population)
            #expect(line.registeredTotal.population == population)
        }
    }

    @Test func `7: the police's list speaks for a house that nobody visited`() throws {
        try commune.resident(["vneid_level_register": "2"])
        let report = try commune.report()
        #expect(report.line("vneid-level2")?.total.counts == Counts(yes: 1))
        #expect(report.line("ssa-on-vneid")?.total.unknown(.notVisited) == 1)
    }

    @Test func `8: the police's list outranks the respondent, and the difference is listed`() throws
    {
        let person = try commune.resident([
            "vneid_level_register": "2", "vneid_state_register": "activated", "vneid_level": "0",
            "vneid_state": "none",
        ])
        #expect(try commune.tally("vneid-level2").counts == Counts(yes: 1))
        #expect(try commune.tally("vneid-level2-active").counts == Counts(yes: 1))
        let differences = try commune.reader().disagreements(commune.connection)
        #expect(differences.map(\.record) == [person])
        #expect(differences.first?.fields == ["vneid_level", "vneid_state"])
    }

    @Test func `9: a refusal is unknown, never no`() throws {
        try commune.resident(["ssa_state": "none", "payment_has_any": "no", "vneid_level": "0"])
        let before = try commune.report()
        let home = try commune.household()
        try commune.resident(of: home, ["birth": "1986-01-01"])
        try commune.visit(home, "refused")
        let report = try commune.report()
        let asked = report.lines.filter { $0.indicator.rule?.type == "resident" }
            .filter { $0.total.population > before.line($0.indicator.name)?.total.population ?? 0 }
        #expect(asked.count >= 9)
        for line in asked {
            let earlier = try #require(before.line(line.indicator.name)).total
            #expect(line.total.unknown(.refused) == 1, "\(line.indicator.name)")
            #expect(line.total.no == earlier.no && line.total.yes == earlier.yes)
        }
    }

    @Test func `10: the four numbers of one example`() {
        let tally = Tally(yes: 5, no: 1, unknown: 1)
        #expect(tally.registerRate?.text(.vi) == "71,4%")
        #expect(tally.surveyedRate?.text(.vi) == "83,3%")
        #expect(tally.upperBound?.text(.vi) == "85,7%")
        #expect(tally.surveyedShare?.text(.en) == "85.7%")
        #expect(tally.gap(to: 80) == 1)
        #expect(tally.verdict(on: 80) == .notMet)
    }

    @Test func `11 and 12: percentages are cut off, never rounded up`() {
        #expect(Tally(yes: 2, no: 1, unknown: 0).registerRate?.text(.vi) == "66,6%")
        let almost = Tally(yes: 999, no: 1, unknown: 0)
        #expect(almost.registerRate?.text(.vi) == "99,9%" && almost.verdict(on: 100) == .notMet)
        #expect(Tally(yes: 9996, no: 4, unknown: 0).registerRate?.text(.vi) == "99,9%")
        #expect(Tally(yes: 1000, no: 0, unknown: 0).verdict(on: 100) == .met)
    }

    @Test func `13: nobody answered`() {
        let tally = Tally(yes: 0, no: 0, unknown: 40)
        #expect(tally.registerRate?.text(.vi) == "0,0%")
        #expect(tally.surveyedRate == nil)
        #expect(tally.upperBound?.text(.vi) == "100,0%")
        #expect(tally.surveyedShare?.text(.vi) == "0,0%")
        #expect(tally.verdict(on: 80) == .notMet)
    }

    @Test func `14: no beneficiary, no rate`() throws {
        try commune.resident()
        let tally = try commune.tally("benefit-bank-vneid")
        #expect(tally.registerRate == nil)
        #expect(tally.verdict(on: 80) == .noSubjects)
        #expect(tally.verdict(on: 80).label.vi == "không có đối tượng")
    }

    @Test func `15: a broken smartphone is none`() throws {
        try commune.household(["smartphone": 0, "tablet": 0, "no_device_reason": "broken"])
        #expect(try commune.tally("household-smart-device").counts == Counts(no: 1))
        let items = try commune.reader().missing("household-smart-device", commune.connection)
        #expect(items.map(\.state) == [.no(reason: "broken")])
    }

    @Test func `16: a vacant house is not counted`() throws {
        try commune.household(["state": "vacant", "smartphone": 1])
        #expect(try commune.tally("household-smart-device").counts == Counts())
    }

    @Test func `17: one benefit in cash makes it no, in part`() throws {
        let person = try commune.resident()
        try commune.add(
            "benefit",
            [
                "resident": person, "kind": "pension", "channel": "bank-own",
                "linked_vneid": "yes",
            ]
        )
        try commune.add(
            "benefit",
            [
                "resident": person, "kind": "social-pension", "channel": "cash-point",
                "missing_reason": "prefers-cash",
            ]
        )
        #expect(try commune.tally("benefit-bank-vneid").counts == Counts(no: 1))
        let items = try commune.reader().missing("benefit-bank-vneid", commune.connection)
        #expect(items.map(\.state) == [.no(reason: "partial")])
    }

    @Test func `18: a signature is asked of those who want one or have one`() throws {
        let account: [String: String] = ["vneid_level": "2", "vneid_state": "activated"]
        try commune.resident(
            account.merging(["signature_state": "none", "signature_want": "no"]) { $1 }
        )
        #expect(try commune.tally("digital-signature").counts == Counts())
        try commune.resident(
            account.merging(["signature_state": "has", "signature_where": "vneid"]) { $1 }
        )
        #expect(try commune.tally("digital-signature").counts == Counts(yes: 1))
    }

    @Test func `19: one person in two households is counted once, where they live`() throws {
        try commune.resident(
            in: TestCommune.otherVillage,
            ["personal_id": "049085990001", "presence": "away-short"]
        )
        try commune.resident(
            in: TestCommune.village,
            ["personal_id": "049085990001", "residence": "temporary"]
        )
        let report = try commune.report()
        let line = try #require(report.line("id-card"))
        let here = try #require(report.places.firstIndex { $0.scope == TestCommune.village })
        #expect(line.total.population == 1 && line.byPlace[here].population == 1)
        #expect(line.registeredTotal.population == 1)
        #expect(report.populationTotal.duplicates == 1)
    }

    @Test func `20: who is away for years is registered, but does not live here`() throws {
        try commune.resident(["presence": "away-long", "presence_on": "2023", "away_place": "79"])
        let report = try commune.report()
        let line = try #require(report.line("id-card"))
        #expect(line.total.counts == Counts())
        #expect(line.registeredTotal.population == 1)
        #expect(report.populationTotal.awayLong == 1)
    }
}
