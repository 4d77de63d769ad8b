import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

/// What had been observed by a day, whenever it was entered.
@Suite struct ObservedTests {
    private let commune: SurveyedCommune
    private let village: Store
    private let home: RecordID

    init() throws {
        commune = try SurveyedCommune(seed: 60)
        village = commune.village
        home = try village.household()
    }

    private func person(_ cells: Cell...) throws -> RecordID {
        try village.resident(
            of: home,
            "Nguyễn Văn Ví Dụ",
            [Cell("presence", .text("here"))] + cells
        )
    }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    private func text(_ field: String, _ id: RecordID, by day: String) throws -> String? {
        try village.snapshot(observedBy: self.day(day)).record(id)?.text(field)
    }

    /// The stores' clock stands at 29/05/2026.
    private let entered = "2026-05-29"

    @Test func `of each section the latest answers by that day`() throws {
        let id = try person()
        for (level, day) in [("0", "2026-05-01"), ("2", "2026-05-20")] {
            try village.set(
                "resident",
                id,
                Cell("vneid_level", .text(level)),
                Cell("vneid_observed_on", .text(day)),
                Cell("ssa_state", .text("none"))
            )
        }
        #expect(try text("vneid_level", id, by: "2026-04-30") == nil)
        #expect(try text("vneid_level", id, by: "2026-05-01") == "0")
        #expect(try text("vneid_level", id, by: "2026-05-19") == "0")
        #expect(try text("vneid_level", id, by: "2026-05-20") == "2")
        // Without a day of its own: of the day on which it was entered.
        #expect(try text("ssa_state", id, by: "2026-05-28") == nil)
        #expect(try text("ssa_state", id, by: entered) == "none")
    }

    @Test func `sealed or not, in one segment or several`() throws {
        let id = try person(
            Cell("vneid_level", .text("0")),
            Cell("vneid_observed_on", .text("2026-05-01"))
        )
        try village.seal(SurveyedCommune.scope)
        try village.set(
            "resident",
            id,
            Cell("vneid_level", .text("2")),
            Cell("vneid_observed_on", .text("2026-05-20"))
        )
        try village.seal(SurveyedCommune.scope)
        #expect(try text("vneid_level", id, by: "2026-05-10") == "0")
        #expect(try text("vneid_level", id, by: "2026-05-20") == "2")
    }

    @Test func `a day that was put right is right for the past, a confirmation takes nothing away`()
        throws
    {
        let id = try person(
            Cell("vneid_level", .text("2")),
            Cell("vneid_observed_on", .text("2026-05-20"))
        )
        try village.set("resident", id, Cell("vneid_observed_on", .text("2026-05-02")))
        #expect(try text("vneid_level", id, by: "2026-05-10") == "2")
        try village.set("resident", id, Cell("vneid_observed_on", .text("2026-05-25")))
        #expect(try text("vneid_level", id, by: "2026-05-21") == "2")
    }

    @Test func `an answer written without its day is of the day that its author saw`() throws {
        let id = try person(
            Cell("vneid_level", .text("0")),
            Cell("vneid_observed_on", .text("2026-05-02"))
        )
        try commune.sync()
        try village.set("resident", id, Cell("vneid_level", .text("2")))
        // Nobody at the hub had seen that, nor the village this.
        try commune.hub.set("resident", id, Cell("vneid_observed_on", .text("2026-05-12")))
        try village.set(
            "resident",
            id,
            Cell("vneid_level", .text("1")),
            Cell("vneid_observed_on", .text("2026-05-20"))
        )
        try commune.sync()
        for store in [village, commune.hub] {
            for (day, level) in [("2026-05-01", nil), ("2026-05-02", "2"), ("2026-05-19", "2")] {
                let then = try store.snapshot(observedBy: self.day(day)).record(id)
                #expect(then?.text("vneid_level") == level)
            }
        }
        #expect(try text("vneid_level", id, by: "2026-05-20") == "1")
    }

    @Test func `an account is there from the day on which it was named`() throws {
        let id = try person()
        let account = try village.add(
            "payment_account",
            in: SurveyedCommune.scope,
            [Cell("resident", .reference(id)), Cell("kind", .text("bank"))]
        )
        #expect(try village.snapshot(observedBy: day("2026-05-28")).record(account) == nil)
        #expect(try village.snapshot(observedBy: day(entered)).record(account) != nil)
    }

    @Test func `a list counts from its day`() throws {
        let id = try person(
            Cell("vneid_level_register", .text("2")),
            Cell("register_on", .text("2026-05-12"))
        )
        #expect(try text("vneid_level_register", id, by: "2026-05-11") == nil)
        #expect(try text("vneid_level_register", id, by: "2026-05-12") == "2")
    }

    @Test func `before a state began the earlier one holds, and the first one always did`() throws {
        let id = try person()
        try village.set(
            "resident",
            id,
            Cell("presence", .text("moved")),
            Cell("presence_on", .text("2026-05-05"))
        )
        try village.set(
            "resident",
            id,
            Cell("presence", .text("here")),
            Cell("presence_on", .text("2026-05-18"))
        )
        try village.set(
            "resident",
            id,
            Cell("presence", .text("moved")),
            Cell("presence_on", .null)
        )
        #expect(try text("presence", id, by: "2026-05-04") == "here")
        #expect(try text("presence", id, by: "2026-05-17") == "moved")
        #expect(try text("presence", id, by: "2026-05-28") == "here")
        #expect(try text("presence", id, by: entered) == "moved")
    }

    @Test func `answers of before a move are found after it`() throws {
        let id = try person(
            Cell("presence_on", .text("2026-05-02")),
            Cell("vneid_level", .text("2")),
            Cell("vneid_observed_on", .text("2026-05-03"))
        )
        try village.set(
            "resident",
            id,
            Cell("vneid_level", .text("0")),
            Cell("vneid_observed_on", .text("2026-05-20")),
            Cell("presence", .text("away-long")),
            Cell("presence_on", .text("2026-05-21"))
        )
        try commune.sync()
        let hub = commune.hub
        // Its path sorts before and behind the one that was left.
        for path in ["/mau-0", "/mau-2"].map({ TestCommune.path + $0 }) {
            try hub.move(home, to: path)
            for (day, level, presence) in [
                ("2026-05-02", nil, "here"), ("2026-05-10", "2", "here"),
                ("2026-05-20", "0", "here"), ("2026-05-21", "0", "away-long"),
            ] {
                let then = try hub.snapshot(observedBy: self.day(day)).requireRecord(id)
                #expect(then.scope == path)
                #expect(then.text("vneid_level") == level)
                #expect(then.text("presence") == presence)
            }
        }
    }

    @Test func `days and sources of one answer are no conflict`() throws {
        let id = try person(Cell("vneid_level", .text("2")))
        try commune.sync()
        for (store, day, source) in [
            (village, "2026-05-20", "document-seen"), (commune.hub, "2026-05-10", "self"),
        ] {
            try store.set(
                "resident",
                id,
                Cell("vneid_observed_on", .text(day)),
                Cell("vneid_source", .text(source))
            )
        }
        try commune.sync()
        for store in [village, commune.hub] {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.requireRecord(id).text("vneid_observed_on") == "2026-05-20")
            #expect(try store.verify().damages.isEmpty)
        }
        let sources = try [village, commune.hub].map {
            try $0.requireRecord(id).text("vneid_source")
        }
        #expect(Set(sources).count == 1)
    }
}
