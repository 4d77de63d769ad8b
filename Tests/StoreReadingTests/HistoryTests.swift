import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct HistoryTests {
    @Test func `history tells who changed what from what, oldest first`() throws {
        let commune = try SurveyedCommune(seed: 10)
        let home = try commune.village.household([Cell("address", .text("Tổ 1"))], by: "lan")
        try commune.sync()
        try commune.hub.set("household", home, Cell("address", .text("Tổ 2")), by: "minh")
        try commune.sync()
        let history = try commune.village.history(of: home)
        #expect(history.map(\.author) == ["lan", "minh"])
        #expect(history.map(\.node) == ["mau-1", "hub"])
        let change = try #require(history.last?.cells.first)
        #expect(change.field == "address")
        #expect(change.old == [.text("Tổ 1")])
        #expect(change.new == .text("Tổ 2"))
        let first = try #require(history.first)
        #expect(first.cells.first { $0.field == "address" }?.stands == false)
        #expect(first.cells.first { $0.field == "state" }?.stands == true)
        #expect(!first.isSuperseded)
        #expect(try commune.hub.history(of: home) == history)
    }

    @Test func `what an author saw is told although somebody else has replaced it first`() throws {
        let commune = try SurveyedCommune(seed: 16)
        let home = try commune.village.household([Cell("address", .text("Tổ 0"))], by: "lan")
        try commune.sync()
        try commune.village.set("household", home, Cell("address", .text("Tổ 1")))
        try commune.village.set("household", home, Cell("address", .text("Tổ 2")))
        try commune.hub.set("household", home, Cell("address", .text("Tổ 3")))
        try commune.sync()
        for store in [commune.village, commune.hub] {
            let changes = try store.history(of: home).flatMap(\.cells)
                .filter { $0.field == "address" }
            let old = Dictionary(uniqueKeysWithValues: changes.map { ($0.new, $0.old) })
            #expect(old[.text("Tổ 1")] == [.text("Tổ 0")])
            #expect(old[.text("Tổ 2")] == [.text("Tổ 1")])
            #expect(old[.text("Tổ 3")] == [.text("Tổ 0")])
        }
    }

    @Test func `a decision replaces every value of the conflict`() throws {
        let commune = try SurveyedCommune(seed: 11)
        let home = try commune.village.household()
        try commune.sync()
        try commune.village.set("household", home, Cell("address", .text("Tổ 1")))
        try commune.hub.set("household", home, Cell("address", .text("Tổ 2")))
        try commune.sync()
        let before = try commune.hub.history(of: home).suffix(2)
        #expect(before.allSatisfy { $0.cells[0].old.isEmpty && $0.cells[0].stands })
        try commune.hub.resolve(
            home,
            field: "address",
            value: .text("Tổ 1"),
            seen: commune.hub.conflict(home).stamp,
            author: "minh"
        )
        let history = try commune.hub.history(of: home)
        let old = try #require(history.last?.cells.first?.old)
        #expect(Set(old) == [.text("Tổ 1"), .text("Tổ 2")])
        #expect(history.map(\.isSuperseded) == [false, true, true, false])
        #expect(history.last?.isSealed == false)
    }

    @Test func `fields and types of a newer version are in the history`() throws {
        let newer = DataDescription(
            types: DataDescription.small.types.map { type in
                guard type.name == "house" else { return type }
                let floors = Field("floors", Label("Tầng", "Floors"), .integer(0...10))
                return RecordType(type.name, type.label, fields: type.fields + [floors])
            } + [RecordType("shed", Label("Kho", "Shed"), fields: [Field.name])],
            indicators: []
        )
        // Equal seeds make equal keys: the second commune's hub trusts the first's village.
        let writer = try TestCommune(seed: 12, description: newer).village("thon-1")
        let reader = try TestCommune(seed: 12).village("thon-1")
        let scope = TestCommune.path + "/thon-1"
        var ids: [RecordID] = []
        try writer.save(scope: scope, author: "lan") { batch in
            ids.append(
                batch.add("house", [Cell("floors", .integer(2)), Cell("rooms", .integer(3))])
            )
            ids.append(batch.add("shed", [Cell("name", .text("Kho"))]))
        }
        try writer.seal(scope)
        var outcomes: [ApplyOutcome] = []
        try writer.segments(of: scope, lacking: .empty) { segment, _ in
            outcomes.append(try reader.apply(segment))
        }
        #expect(outcomes == [.applied])
        let house = try #require(try reader.history(of: ids[0]).first)
        #expect(house.cells.map(\.field) == ["floors", "rooms"])
        #expect(house.cells.map(\.isKnown) == [false, true])
        #expect(house.cells.map(\.new) == [.integer(2), .integer(3)])
        let shed = try #require(try reader.history(of: ids[1]).first)
        #expect(shed.type == "shed")
        #expect(try reader.record(ids[1]) == nil)
    }
}

extension Field {
    fileprivate static let name = Field("name", Label("Tên", "Name"), .text(max: 100))
}
