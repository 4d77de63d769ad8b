import Coverage
import SQLite
import Survey
import Testing

/// One thing that was recorded twice, and one number that two people have.
@Suite struct CounterpartTests {
    private let commune: TestCommune
    private static let indicator = "benefit-bank-vneid"

    init() throws { commune = try TestCommune() }

    @discardableResult
    private func benefit(
        _ person: Int64,
        flags: Int64 = 0,
        _ values: [String: any SQLBindable]
    ) throws -> Int64 {
        let usual: [String: any SQLBindable] = ["resident": person, "kind": "pension"]
        return try commune.add("benefit", flags: flags, usual.merging(values) { $1 })
    }

    private static let said: [String: String] = [
        "channel": "cash-home", "missing_reason": "prefers-cash",
    ]
    private static let listed: [String: String] = [
        "channel_register": "bank-own", "linked_vneid_register": "yes",
        "register_on": "2026-11-01",
    ]

    /// As where the list is imported at the hub before the visit comes on a stick.
    @Test func `a list and a visitor that each recorded a pension mean one`() throws {
        let person = try commune.resident()
        let visitors = try benefit(person, Self.said)
        #expect(try commune.tally(Self.indicator).counts == Counts(no: 1))
        let agencys = try benefit(person, Self.listed)
        #expect(try commune.tally(Self.indicator).counts == Counts(yes: 1))
        #expect(try commune.reader().missing(Self.indicator, commune.connection).isEmpty)
        let differences = try commune.reader().disagreements(commune.connection)
        #expect(differences.map(\.record) == [visitors])
        #expect(differences.map(\.listed) == [agencys])
        #expect(differences.map(\.fields) == [["channel"]])
        // What the list says of a later day does not count yet.
        #expect(try commune.tally(Self.indicator, "2026-10-31").yes == 0)
    }

    @Test func `so do the pensions of two records of one person`() throws {
        let (one, other) = (try commune.resident(), try commune.resident(flags: RowFlags.merged))
        try commune.merge(other, into: one)
        try benefit(other, Self.said)
        try benefit(one, Self.listed)
        #expect(try commune.tally(Self.indicator).counts == Counts(yes: 1))
        #expect(try commune.reader().disagreements(commune.connection).count == 1)
    }

    @Test(arguments: [
        ["kind": "merit"], ["until": "2026-10-01"], ["since": "2027-01-01"],
        ["channel_register": "", "linked_vneid_register": ""],
    ])
    func `what a list says of another benefit leaves this one as it is`(
        values: [String: String]
    ) throws {
        let person = try commune.resident()
        try benefit(person, Self.said)
        var other = Self.listed
        for (name, value) in values { other[name] = value.isEmpty ? nil : value }
        try benefit(person, other)
        #expect(try commune.tally(Self.indicator).counts == Counts(no: 1))
        #expect(try commune.reader().disagreements(commune.connection).isEmpty)
    }

    @Test func `of two benefits of another kind nobody can tell`() throws {
        let person = try commune.resident()
        try benefit(person, Self.said.merging(["kind": "other"]) { $1 })
        try benefit(person, Self.listed.merging(["kind": "other"]) { $1 })
        #expect(try commune.tally(Self.indicator).counts == Counts(no: 1))
    }

    @Test func `two that no list tells apart both count`() throws {
        let person = try commune.resident()
        try benefit(person, Self.said)
        try benefit(person, ["channel": "bank-own", "linked_vneid": "yes"])
        let items = try commune.reader().missing(Self.indicator, commune.connection)
        #expect(items.map(\.state) == [.no(reason: "partial")])
    }

    @Test func `what is disputed of a pension that the list has decides nothing`() throws {
        let person = try commune.resident()
        let disputed = try benefit(person, flags: 1, Self.said)
        try commune.dispute(disputed, "channel", "cash-home", "bank-own")
        #expect(try commune.tally(Self.indicator).unknown(.conflict) == 1)
        try benefit(person, Self.listed)
        #expect(try commune.tally(Self.indicator).counts == Counts(yes: 1))
    }

    // MARK: Numbers

    @Test(arguments: [
        ("Trần Thị Ví Dụ", "1987-06-04", 2), ("Trần Thị Ví Dụ", "1985-03-05", 1),
        ("Trần Thị Ví Dụ", "1985", 1), ("Trần Thị Ví Dụ", "1985-01-01?", 1),
        ("NGUYEN VAN VI DU", "1987-06-04", 1), ("Trần Thị Ví Dụ", "1986", 2),
    ])
    func `a number that was copied takes nobody out of the figures`(
        name: String,
        birth: String,
        population: Int
    ) throws {
        let number = ["personal_id": "049085990001"]
        try commune.resident(number)
        try commune.resident(number.merging(["full_name": name, "birth": birth]) { $1 })
        #expect(try commune.tally("id-card").population == population)
        #expect(try commune.report().populationTotal.duplicates == 2 - population)
    }

    // MARK: Households

    @Test(arguments: [
        ("moved", "2026-10-01", 1), ("moved", "2026-09-15", 0), ("occupied", "2026-10-01", 0),
        ("occupied", "2026-09-15", 1), ("vacant", "2026-10-01", 1), ("vacant", "2026-09-01", 1),
        ("duplicate", "2026-10", 1), ("dissolved", "2026-09", 0), ("not-found", "2026-08", 0),
    ])
    func `the visits' households are those of the cut-off date`(
        state: String,
        since: String,
        households: Int
    ) throws {
        try commune.household(["state": state, "state_on": since])
        #expect(try commune.report("2026-09-15").visitTotal.households == households)
    }
}
