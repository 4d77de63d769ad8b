import Terminal
import Testing

/// Figures of an earlier day, through the command.
@Suite struct PastDayTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Phú Quý 2")
    }

    private func person(_ more: String...) throws -> String {
        let home = try doorstep.add("household", "state=occupied", village: "phu-quy-2")
        let result = try doorstep.run(
            [
                "record", "add", "hub", "resident", "household=\(home)",
                "full_name=Nguyễn Văn Ví Dụ", "birth=5/3/1985", "sex=nam", "nationality=vn",
                "residence=permanent", "presence=here",
            ] + more
        )
        return String(try #require(result.lines.first))
    }

    private func total(_ indicator: String, _ options: String...) throws -> JSONValue {
        let words = ["coverage", "hub", "--indicator", indicator, "--json"] + options
        guard case .array(let figures) = try doorstep.run(words).json()["figures"],
            let total = figures.first?["total"]
        else { throw NoFigure() }
        return total
    }

    private struct NoFigure: Error {}

    private func edit(_ id: String, _ values: String...) throws {
        #expect(try doorstep.run(["record", "edit", "hub", id] + values).code == 0)
    }

    @Test func `an answer of today says nothing of an earlier day`() throws {
        let id = try person()
        try edit(id, "vneid_level=2", "vneid_state=activated")
        #expect(try total("vneid-level2")["numerator"] == 1)
        let before = try total("vneid-level2", "--as-of", "2026-01-01")
        #expect(before["numerator"] == 0 && before["unknown"]?["not-visited"] == 1)
        let fields = try doorstep("record", "show", "hub", id, "--json").json()["record"]?["fields"]
        #expect(fields?["vneid_source"] == "self")
        #expect(fields?["vneid_observed_on"] != nil)
    }

    /// By a slip of the fingers, or on a laptop whose clock was ahead.
    @Test func `an answer dated ahead counts from its day on`() throws {
        let id = try person()
        try edit(id, "vneid_level=2", "vneid_state=activated", "vneid_observed_on=2099-01-01")
        #expect(try total("vneid-level2")["numerator"] == 0)
        #expect(try total("vneid-level2", "--as-of", "2099-01-02")["numerator"] == 1)
    }

    @Test func `an earlier answer stands for its days after a later one`() throws {
        let id = try person()
        try edit(id, "vneid_level=0", "vneid_state=none", "vneid_observed_on=2026-01-10")
        try edit(id, "vneid_level=2", "vneid_state=activated", "vneid_observed_on=2026-02-10")
        #expect(try total("vneid-level2", "--as-of", "2026-01-20")["lacking"] == 1)
        #expect(try total("vneid-level2", "--as-of", "2026-02-10")["numerator"] == 1)
    }

    @Test func `a correction that names the day of the visit again stands for that day`() throws {
        let id = try person()
        try edit(id, "vneid_level=0", "vneid_state=none", "vneid_observed_on=2026-01-10")
        try edit(id, "vneid_level=2", "vneid_state=activated", "vneid_observed_on=2026-01-10")
        try edit(id, "vneid_level=0", "vneid_state=none", "vneid_observed_on=2026-02-10")
        #expect(try total("vneid-level2", "--as-of", "2026-01-09")["unknown"]?["not-visited"] == 1)
        #expect(try total("vneid-level2", "--as-of", "2026-01-20")["numerator"] == 1)
    }

    @Test
    func `a death entered by mistake is right for the past once it is put right with its day`()
        throws
    {
        let id = try person()
        try edit(id, "presence=deceased", "presence_on=2026-01-14")
        #expect(try total("vneid-level2")["denominator"] == 0)
        try edit(id, "presence=here", "presence_on=")
        #expect(try total("vneid-level2")["denominator"] == 1)
        // Without a day nobody can tell a mistake from somebody who has come since.
        #expect(try total("vneid-level2", "--as-of", "2026-01-15")["denominator"] == 0)
        try edit(id, "presence_on=2026-01-01")
        #expect(try total("vneid-level2", "--as-of", "2026-01-15")["denominator"] == 1)
    }

    @Test func `the last day that there is is a day, not the lack of one`() throws {
        let result = try doorstep("coverage", "hub", "--as-of", "9999-12-31")
        #expect(result.code == 0)
        #expect(result.output.contains("31/12/9999"))
        #expect(!result.output.contains("Không thời hạn"))
    }

    @Test func `accounts, lists and arrivals count from their day`() throws {
        let id = try person(
            "presence_on=2026-01-15",
            "vneid_level_register=2",
            "register_on=2026-01-25"
        )
        let words = ["record", "add", "hub", "payment_account", "resident=\(id)", "kind=bank"]
        #expect(try doorstep.run(words).code == 0)
        #expect(try total("epayment-account")["numerator"] == 1)
        #expect(try total("epayment-account", "--as-of", "2026-02-01")["numerator"] == 0)
        #expect(try total("vneid-level2", "--as-of", "2026-01-25")["numerator"] == 1)
        #expect(try total("vneid-level2", "--as-of", "2026-01-24")["numerator"] == 0)
        #expect(try total("vneid-level2", "--as-of", "2026-01-15")["denominator"] == 1)
        #expect(try total("vneid-level2", "--as-of", "2026-01-14")["denominator"] == 0)
    }
}
