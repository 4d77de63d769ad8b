import Coverage
import SQLite
import Survey
import Testing

/// Why answers are unknown, and which records count at all.
@Suite struct CauseTests {
    private let commune: TestCommune

    init() throws { commune = try TestCommune() }

    @Test(arguments: [
        ("no-contact", "here", Cause.noContact), ("refused", "here", .refused),
        ("postponed", "here", .notAsked), ("complete", "here", .notAsked),
        ("complete", "away-short", .absentNoProxy), ("partial", "here", .notAsked),
        ("inaccessible", "here", .notVisited), ("vacant", "here", .noContact),
    ])
    func `the visit says why nothing is known`(
        outcome: String,
        presence: String,
        cause: Cause
    ) throws {
        let home = try commune.household()
        try commune.resident(of: home, ["presence": presence])
        try commune.visit(home, "inaccessible", at: "2026-11-01T09:00")
        try commune.visit(home, outcome, at: "2026-11-02T09:00")
        try commune.visit(home, "refused", at: "2026-11-16T09:00")
        let tally = try commune.tally("ssa-on-vneid")
        #expect(Cause.allCases.filter { tally.unknown($0) == 1 } == [cause])
    }

    /// Whichever came first into the file.
    @Test(arguments: [(Int64(9), Cause.notAsked), (3, .noContact), (-1, .notAsked)])
    func `of visits at one time the one with the greatest record id says why`(
        origin: Int64,
        cause: Cause
    ) throws {
        let home = try commune.household()
        try commune.resident(of: home)
        try commune.visit(home, "no-contact")
        try commune.visit(home, "postponed")
        try commune.connection.prepare("INSERT INTO origin VALUES (1, 1, ?1)").run(origin)
        try commune.connection.execute(
            "UPDATE visit SET id = (1 << 32) + 1 WHERE outcome = 'postponed'"
        )
        #expect(try commune.tally("ssa-on-vneid").unknown(cause) == 1)
    }

    @Test(arguments: ["refused", "absent-no-proxy", "not-asked", "dont-know"])
    func `a section's own cause outranks the visit`(code: String) throws {
        let home = try commune.household()
        try commune.resident(of: home, ["ssa_unknown": code])
        try commune.visit(home, "no-contact")
        let tally = try commune.tally("ssa-on-vneid")
        #expect(Cause.allCases.filter { tally.unknown($0) == 1 }.map(\.code) == [code])
        #expect(try commune.tally("epayment-account").unknown(.noContact) == 1)
    }

    @Test func `an answer of not known is unknown, not no`() throws {
        try commune.resident(["vneid_level": "unknown"])
        #expect(try commune.tally("vneid-level2").unknown(.dontKnow) == 1)
    }

    @Test func `a benefit of which nothing is known says why`() throws {
        let person = try commune.resident()
        try commune.add(
            "benefit",
            ["resident": person, "kind": "pension", "benefit_unknown": "refused"]
        )
        #expect(try commune.tally("benefit-bank-vneid").unknown(.refused) == 1)
    }

    @Test func `answers given after a past cut-off date do not count there`() throws {
        try commune.resident(["ssa_state": "linked", "ssa_observed_on": "2026-11-10"])
        #expect(try commune.tally("ssa-on-vneid", "2026-11-10").yes == 1)
        #expect(try commune.tally("ssa-on-vneid", "2026-11-09").unknown(.notVisited) == 1)
    }

    @Test func `answers from before the validity period are stale`() throws {
        try commune.resident(["ssa_state": "linked", "ssa_observed_on": "2025-11-10"])
        let report = try commune.reader(staleBefore: "2025-11-15").report(commune.connection)
        #expect(report.line("ssa-on-vneid")?.total.unknown(.stale) == 1)
        #expect(try commune.tally("ssa-on-vneid").yes == 1)
    }

    @Test func `a disputed answer is unknown until somebody decides`() throws {
        let person = try commune.resident(flags: 1, ["ssa_state": "linked"])
        try commune.dispute(person, "ssa_state", "linked", "none")
        let report = try commune.report()
        #expect(report.line("ssa-on-vneid")?.total.unknown(.conflict) == 1)
        #expect(report.line("ssa-on-vneid")?.total.disputed == 1)
        #expect(report.line("epayment-account")?.total.unknown(.notVisited) == 1)
        let items = try commune.reader().missing("ssa-on-vneid", commune.connection)
        #expect(items.map(\.state) == [.unknown(.conflict)])
    }

    @Test func `a dispute below the police's list, or of equal values, decides nothing`() throws {
        let person = try commune.resident(
            flags: 1,
            ["vneid_level_register": "2", "vneid_level": "1", "ssa_state": "linked"]
        )
        try commune.dispute(person, "vneid_level", "0", "1")
        try commune.dispute(person, "ssa_state", "linked", "linked")
        #expect(try commune.tally("vneid-level2").yes == 1)
        #expect(try commune.tally("ssa-on-vneid").yes == 1)
    }

    @Test func `a dispute of an account is its holder's`() throws {
        let person = try commune.resident()
        let account = try commune.add(
            "payment_account",
            flags: 1,
            ["resident": person, "kind": "bank", "usable": "yes"]
        )
        try commune.dispute(account, "usable", "yes", "no")
        #expect(try commune.tally("epayment-account").unknown(.conflict) == 1)
    }

    @Test func `a disputed birth or presence may make somebody belong`() throws {
        let child = try commune.resident(flags: 1, ["birth": "2015-01-01"])
        try commune.dispute(child, "birth", "2015-01-01", "2005-01-01")
        let moved = try commune.resident(flags: 1, ["presence": "moved"])
        try commune.dispute(moved, "presence", "moved", "here")
        let tally = try commune.tally("epayment-account")
        #expect(tally.population == 0)
        #expect(tally.mayBelong == 1 && tally.notFound == 1)
    }

    @Test(arguments: [2, 4, 8, 2 | 16] as [Int64])
    func `deleted, merged and moved records are not counted`(flags: Int64) throws {
        try commune.resident(flags: flags, ["ssa_state": "linked"])
        #expect(try commune.tally("ssa-on-vneid").counts == Counts())
    }

    @Test func `what belongs to a merged record is found through it`() throws {
        let home = try commune.household()
        let double = try commune.household()
        let person = try commune.resident(of: double)
        let other = try commune.resident(of: home, ["presence": "moved"])
        try commune.merge(double, into: home)
        try commune.merge(other, into: person)
        try commune.visit(home, "refused")
        try commune.add("payment_account", ["resident": other, "kind": "bank"])
        let report = try commune.report()
        #expect(report.line("ssa-on-vneid")?.total.unknown(.refused) == 1)
        #expect(report.line("epayment-account")?.total.yes == 1)
    }

    @Test func `people not found widen the bounds only`() throws {
        try commune.resident(["presence": "not-found"])
        try commune.resident(["ssa_state": "linked"])
        let line = try #require(try commune.report().line("ssa-on-vneid"))
        #expect(line.total.counts == Counts(yes: 1, possible: 1))
        #expect(line.registeredTotal.population == 2)
        let bounds = try #require(line.total.extendedBounds)
        #expect(bounds.lower.text(.vi) == "50,0%" && bounds.upper.text(.vi) == "100,0%")
    }

    @Test func `where somebody may belong and nobody does there is no verdict but that`() throws {
        try commune.resident(["presence": "not-found"])
        let tally = try commune.tally("ssa-on-vneid")
        #expect(tally.counts == Counts(possible: 1))
        #expect(tally.verdict(on: 80) == .noSubjects && tally.verdict(on: nil) == .noSubjects)
    }

    @Test func `whoever is born after the cut-off date is nowhere`() throws {
        try commune.resident(["birth": "2026-11-16"])
        #expect(try commune.tally("id-child-card-0-5").counts == Counts())
        #expect(try commune.tally("id-child-card-0-5", "2026-11-16").population == 1)
    }

    @Test func `foreigners and the unregistered`() throws {
        try commune.resident(["nationality": "foreign"])
        try commune.resident(["residence": "unregistered"])
        let report = try commune.report()
        let line = try #require(report.line("epayment-account"))
        #expect(line.total.population == 1 && line.registeredTotal.population == 0)
        #expect(report.populationTotal.unregistered == 1)
    }
}
