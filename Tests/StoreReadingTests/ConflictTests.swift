import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct ConflictTests {
    private let commune: SurveyedCommune
    private var village: Store { commune.village }
    private var hub: Store { commune.hub }

    init() throws {
        commune = try SurveyedCommune(seed: 30)
    }

    /// A household known on both sides.
    private func shared() throws -> RecordID {
        let home = try village.household([Cell("address", .text("Tổ 1"))])
        try commune.sync()
        return home
    }

    @Test func `a decision at the hub ends the conflict everywhere`() throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try hub.set("household", home, Cell("address", .text("Tổ 3")))
        try commune.sync()
        // Local keys differ between nodes; what people see does not.
        let there = try village.conflicts()
        #expect(there.map(\.id) == [home])
        #expect(there.map(\.disputed) == [["address"]])
        let item = try #require(try hub.conflicts().first)
        #expect(item.id == home)
        #expect(item.disputed == ["address"])
        #expect(!item.isCycle)
        let detail = try hub.conflict(home)
        let values = try #require(detail.disputed.first?.values)
        #expect(Set(values.map(\.value)) == [.text("Tổ 2"), .text("Tổ 3")])
        try hub.resolve(
            home,
            field: "address",
            value: values[0].value,
            seen: try hub.conflict(home).stamp,
            author: "minh"
        )
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.conflict(home).isSettled)
            #expect(try store.requireRecord(home)["address"] == values[0].value)
        }
        #expect(throws: StoreError.nothingToDecide) {
            try hub.resolve(
                home,
                field: "address",
                value: .text("Tổ 9"),
                seen: try hub.conflict(home).stamp,
                author: "minh"
            )
        }
    }

    /// A change by a phone that had seen nothing, brought to the hub.
    private func arrive(_ id: RecordID, _ cell: Cell) throws {
        try village.save(
            scope: SurveyedCommune.scope,
            author: "lan",
            token: Token(vector: .empty)
        ) {
            $0.set("household", id, [cell])
        }
        try commune.sync()
    }

    @Test func `a value that came in since the look is not decided unseen`() throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try hub.set("household", home, Cell("address", .text("Tổ 3")))
        try commune.sync()
        let seen = try hub.conflict(home).stamp
        try arrive(home, Cell("address", .text("Tổ 4")))
        let vector = try hub.vector(SurveyedCommune.scope)
        #expect(throws: StoreError.changedSince(home)) {
            try hub.resolve(
                home,
                field: "address",
                value: .text("Tổ 2"),
                seen: seen,
                author: "minh"
            )
        }
        #expect(try hub.vector(SurveyedCommune.scope) == vector)
        let detail = try hub.conflict(home)
        #expect(detail.disputed.first?.values.count == 3)
        // What lies elsewhere in the record and is not in question changes nothing.
        try village.set("household", home, Cell("phone", .text("0905000111")))
        try commune.sync()
        #expect(try hub.conflict(home).stamp == detail.stamp)
        let stamp = try #require(ConflictStamp(detail.stamp.description))
        try hub.resolve(home, field: "address", value: .text("Tổ 2"), seen: stamp, author: "minh")
        #expect(try hub.conflicts().isEmpty)
    }

    @Test(arguments: [ClashDecision.keep, .dismiss])
    func `a change that met a deletion since the look is not settled unseen`(
        _ decision: ClashDecision
    ) throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try hub.set("household", home, Cell(ReservedField.deleted, .text("moved")), by: "minh")
        try commune.sync()
        let seen = try hub.conflict(home).stamp
        try arrive(home, Cell("phone", .text("0905000111")))
        #expect(throws: StoreError.changedSince(home)) {
            try hub.settle(home, decision, seen: seen, author: "minh")
        }
        #expect(try hub.conflict(home).clashes.count == 2)
        #expect(try hub.requireRecord(home).isGone)
    }

    @Test func `a circle that has grown since the look is not broken unseen`() throws {
        let homes = [try shared(), try shared(), try shared()]
        try village.merge(homes[0], into: homes[1], author: "lan")
        try hub.merge(homes[1], into: homes[0], author: "minh")
        try commune.sync()
        let seen = try hub.conflict(homes[0]).stamp
        try arrive(homes[2], Cell(ReservedField.mergedInto, .reference(homes[0])))
        try arrive(homes[1], Cell(ReservedField.mergedInto, .reference(homes[2])))
        #expect(try hub.conflict(homes[0]).cycle == homes)
        #expect(throws: StoreError.changedSince(homes[0])) {
            try hub.breakCycle(homes[0], seen: seen, author: "minh")
        }
    }

    @Test func `a merge in question is no ground for another`() throws {
        let homes = [try shared(), try shared(), try shared()]
        try village.merge(homes[0], into: homes[1], author: "lan")
        // Taken back by somebody who had not seen it, and later: the record counts as merged no more.
        try arrive(homes[0], Cell(ReservedField.mergedInto, .null))
        #expect(try hub.requireRecord(homes[0]).isGone == false)
        #expect(throws: StoreError.undecided(homes[0])) {
            try hub.merge(homes[0], into: homes[2], author: "minh")
        }
    }

    @Test func `equal values are no conflict`() throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try hub.set("household", home, Cell("address", .text("Tổ 2")))
        try commune.sync()
        #expect(try hub.conflicts().isEmpty)
    }

    @Test(arguments: [ClashDecision.keep, .dismiss])
    func `a change that met a deletion waits for a person`(_ decision: ClashDecision) throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")), by: "lan")
        try hub.set("household", home, Cell(ReservedField.deleted, .text("moved")), by: "minh")
        try commune.sync()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.clashing == ["address"])
            let clash = try #require(try store.conflict(home).clashes.first)
            #expect(clash.fate == ReservedField.deleted)
            #expect(clash.change.value == .text("Tổ 2"))
            #expect(clash.change.author == "lan")
            #expect(clash.decision.value == .text("moved"))
            #expect(clash.decision.author == "minh")
        }
        try hub.settle(home, decision, seen: try hub.conflict(home).stamp, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            let record = try store.requireRecord(home)
            #expect(record.isGone == (decision == .dismiss))
            #expect(record.text("address") == "Tổ 2")
        }
        #expect(throws: StoreError.nothingToDecide) {
            try hub.settle(home, decision, seen: try hub.conflict(home).stamp, author: "minh")
        }
    }

    @Test(arguments: [ClashDecision.keep, .dismiss])
    func `a change that missed a move is carried along or left behind`(
        _ decision: ClashDecision
    ) throws {
        let home = try shared()
        let other = TestCommune.path + "/mau-2"
        try hub.move(home, to: other, author: "minh")
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try commune.sync()
        let item = try #require(try hub.conflicts().first)
        #expect(item.row.scope == SurveyedCommune.scope)
        #expect(item.clashing == ["address"])
        let clash = try #require(try hub.conflict(home).clashes.first)
        #expect(clash.fate == ReservedField.movedTo)
        #expect(clash.scope == SurveyedCommune.scope)
        #expect(try village.conflict(home).clashes.count == 1)
        if decision == .keep {
            // The village may not write where the household lives now.
            #expect(throws: StoreError.notAllowed(scope: other)) {
                try village.settle(
                    home,
                    .keep,
                    seen: try village.conflict(home).stamp,
                    author: "lan"
                )
            }
        }
        try hub.settle(home, decision, seen: try hub.conflict(home).stamp, author: "minh")
        try commune.sync()
        #expect(try hub.conflicts().isEmpty)
        #expect(try village.conflicts().isEmpty)
        let record = try hub.requireRecord(home)
        #expect(record.scope == other)
        #expect(record.text("address") == (decision == .keep ? "Tổ 2" : "Tổ 1"))
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `two merges in opposite directions are a circle until it is broken`() throws {
        let one = try shared()
        let two = try shared()
        try village.merge(one, into: two, author: "lan")
        try hub.merge(two, into: one, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            let items = try store.conflicts()
            #expect(items.map(\.id) == [one, two])
            #expect(items.map(\.isCycle) == [true, true])
            #expect(try store.conflict(one).cycle == [one, two])
        }
        try hub.breakCycle(two, seen: try hub.conflict(two).stamp, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.requireRecord(one)[ReservedField.mergedInto] == .reference(two))
            let survivor = try store.requireRecord(two)
            #expect(!survivor.isGone)
        }
    }

    @Test func `a child whose household was deleted is listed, not hidden`() throws {
        let home = try shared()
        let person = try village.resident(of: home, "Nguyễn Văn Ví Dụ")
        let stray = try village.resident(
            of: RecordID(origin: 99, counter: 1),
            "Nguyễn Văn Lạc"
        )
        try hub.set("household", home, Cell(ReservedField.deleted, .text("dissolved")))
        try commune.sync()
        for store in [hub, village] {
            let orphans = try store.conflicts().compactMap { item in
                item.orphan.map { (item.id, $0) }
            }
            #expect(Set(orphans.map(\.0)) == [person, stray])
            let orphan = orphans.first { $0.0 == person }?.1
            #expect(orphan?.parent == home)
            #expect(orphan?.state == .deleted)
            #expect(orphans.first { $0.0 == stray }?.1.state == .missing)
        }
        let other = try village.household()
        for id in [person, stray] {
            try village.set("resident", id, Cell("household", .reference(other)))
        }
        #expect(try village.conflicts().isEmpty)
    }

    @Test func `the queue of one village leaves out the others`() throws {
        let home = try shared()
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try hub.set("household", home, Cell("address", .text("Tổ 3")))
        try commune.sync()
        #expect(try hub.conflicts(under: SurveyedCommune.scope).count == 1)
        #expect(try hub.conflicts(under: TestCommune.path).count == 1)
        #expect(try hub.conflicts(under: TestCommune.path + "/mau-2").isEmpty)
        #expect(try hub.status().scopes.map(\.conflicts).reduce(0, +) == 1)
    }

    /// Somebody moved away on a day, says the village; he is here, says the hub.
    private func presence(_ chosen: String) throws -> (presence: Value, since: Value, place: Value)
    {
        let id = try village.resident(of: shared(), "Nguyễn Văn Ví Dụ", [])
        try commune.sync()
        try village.set(
            "resident",
            id,
            Cell("presence", .text("moved")),
            Cell("presence_on", .text("2026-05-01")),
            Cell("away_place", .text("Đà Nẵng"))
        )
        try hub.set("resident", id, Cell("presence", .text("here")))
        try commune.sync()
        let stamp = try hub.conflict(id).stamp
        try hub.resolve(id, field: "presence", value: .text(chosen), seen: stamp, author: "lan")
        #expect(try hub.conflicts().isEmpty)
        let record = try #require(try hub.record(id))
        return (record["presence"], record["presence_on"], record["away_place"])
    }

    @Test func `a state that is chosen does not take the day of the other one`() throws {
        let here = try presence("here")
        #expect(here == (.text("here"), .null, .null))
        let moved = try presence("moved")
        #expect(moved == (.text("moved"), .text("2026-05-01"), .text("Đà Nẵng")))
        // What somebody found out by asking is neither.
        let dead = try presence("deceased")
        #expect(dead == (.text("deceased"), .null, .null))
    }

    // MARK: Erased

    /// Somebody writes of a person who is erased meanwhile, and decides before the hub hears of it.
    @Test(arguments: [true, false])
    func `what comes of an erased person is erased as well`(isDecided: Bool) throws {
        let commune = try SurveyedCommune(seed: 33)
        let (hub, village) = (commune.hub, commune.village)
        let home = try village.household()
        let person = try village.resident(of: home, "Lê Văn Một")
        try commune.sync()
        let phone = Value.text("0905990002")
        // What somebody writes who had the person on screen before the order came.
        let shown = try village.token(scope: SurveyedCommune.scope)
        try hub.redact([person], reason: "request", on: "2026-11-24")
        try commune.sync()
        try village.save(scope: SurveyedCommune.scope, author: "lan", token: shown) {
            $0.set("resident", person, [Cell("phone", phone)])
        }
        #expect(try village.conflicts().isEmpty)
        let late = try village.conflict(person)
        #expect(throws: StoreError.erased) {
            try village.settle(person, .keep, seen: late.stamp, author: "lan")
        }
        if isDecided { try village.settle(person, .dismiss, seen: late.stamp, author: "lan") }
        try commune.sync()
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            let record = try store.requireRecord(person)
            #expect(record.text(ReservedField.deleted) == ReservedField.erasedReason)
            let values = try store.history(of: person).flatMap { $0.cells.map(\.new) }
            #expect(!values.contains(phone) && values.contains(.erased))
            #expect(try store.verify().damages == [])
        }
    }
}
