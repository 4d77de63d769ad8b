import Causality
import Replication
import SQLite
import Survey
import TestSupport
import Testing

@testable import Store

/// What the projection must not depend on: types that share ids, the order of arrival, the past.
@Suite struct ProjectionTests {
    private let id = RecordID.test(1)

    @Test func `one id under two types names two records`() throws {
        let commune = try TestCommune(seed: 81)
        let hub = commune.hub
        let village = try commune.village("thon-1")
        func name(_ store: Store, _ type: String, _ name: String) throws {
            try store.set(id, Cell("name", .text(name)), type: type)
        }
        for type in ["house", "person"] {
            try name(village, type, "\(type) at the village")
            try name(hub, type, "\(type) at the hub")
        }
        try village.send(to: hub)
        try hub.send(to: village)
        try name(hub, "house", "decided")
        try hub.send(to: village)
        for store in [hub, village] {
            let records = try store.canonicalProjection(scope: firstVillage)
            #expect(records.map(\.type) == ["house", "person"])
            #expect(records.map { $0.fields.map(\.dots.count) } == [[1], [2]])
            #expect(records.map(\.flags) == [0, RecordFlags.disputed])
            #expect(try store.verify().damages == [])
            #expect(try store.locate(id)?.type == "house")
        }
    }

    @Test func `a merge concerns its own type only`() throws {
        let commune = try TestCommune(seed: 82)
        let hub = commune.hub
        for counter: UInt32 in 1...2 {
            for type in ["house", "person"] {
                try hub.set(RecordID.test(counter), Cell("name", .text("A")), type: type)
            }
        }
        try hub.set(RecordID.test(3), Cell("house", .reference(id)), type: "person")
        let other = Cell(ReservedField.mergedInto, .reference(RecordID.test(2)))
        try hub.set(id, other, type: "person")
        #expect(try hub.children(of: id).map(\.id) == [RecordID.test(3)])
        #expect(try hub.children(of: RecordID.test(2)).isEmpty)
        #expect(try hub.verify().damages == [])
    }

    /// Three people write at once, each of whom may delete, restore, change, or several of these.
    @Test func `clashes do not depend on the order of arrival`() throws {
        let commune = try TestCommune(seed: 83)
        let writers = try (0..<3).map { _ in try commune.village("thon-1") }
        let kinds: [[Cell]] = [
            [Cell("name", .text("x"))],
            [Cell(ReservedField.deleted, .text("x"))],
            [Cell(ReservedField.deleted, .text("x")), Cell("name", .text("x"))],
            [Cell(ReservedField.deleted, .null), Cell("name", .text("x"))],
        ]
        let count = kinds.count * kinds.count * kinds.count
        try writers[0].save(scope: firstVillage) { batch in
            for record in 0..<count {
                batch.set("house", RecordID.test(UInt32(record + 1)), [Cell("rooms", .integer(1))])
            }
        }
        let base = try #require(try writers[0].allSegments().first)
        var segments: [Segment] = []
        for (index, writer) in writers.enumerated() {
            if index > 0 { #expect(try writer.apply(base) == .applied) }
            try writer.save(scope: firstVillage) { batch in
                for record in 0..<count {
                    let kind = [record % 4, record / 4 % 4, record / 16][index]
                    batch.set("house", RecordID.test(UInt32(record + 1)), kinds[kind])
                }
            }
            segments.append(try #require(try writer.allSegments().last))
        }
        var projections: Set<[CanonicalRecord]> = []
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let reader = try commune.village("thon-1")
            #expect(try reader.apply(base) == .applied)
            for index in order { #expect(try reader.apply(segments[index]) == .applied) }
            projections.insert(try reader.canonicalProjection(scope: firstVillage))
        }
        #expect(projections.count == 1)
        let records = try #require(projections.first)
        let clashing = records.count { $0.flags & RecordFlags.clash != 0 }
        #expect(clashing > 0 && clashing < count)
    }

    @Test func `a merge that gave way is followed no longer`() throws {
        let commune = try TestCommune(seed: 84)
        let hub = commune.hub
        let village = try commune.village("thon-1")
        try village.set(id, Cell("name", .text("P")))
        try village.set(RecordID.test(2), Cell("name", .text("Q")))
        try village.seal(firstVillage)
        try village.set(id, Cell(ReservedField.mergedInto, .reference(RecordID.test(2))))
        _ = try TestExchange(village, with: hub)
        #expect(try hub.number("SELECT count(*) FROM alias") == 1)
        // As a child hub does when its parent holds another history.
        try hub.yieldBranch(to: try #require(try village.allSegments().last).header)
        #expect(try hub.number("SELECT count(*) FROM alias") == 0)
        #expect(try hub.verify().damages == [])
    }

    @Test func `a merge costs the same however many there are`() throws {
        let commune = try TestCommune(seed: 85)
        let hub = commune.hub
        try hub.save(scope: firstVillage) { batch in
            for counter: UInt32 in 1...300 {
                batch.set("house", RecordID.test(counter), [Cell("rooms", .integer(1))])
            }
        }
        var costs: [Int64] = []
        for counter: UInt32 in 2...300 {
            let before = hub.db.totalChanges
            try hub.set(
                RecordID.test(counter),
                Cell(ReservedField.mergedInto, .reference(id))
            )
            costs.append(hub.db.totalChanges - before)
        }
        #expect(costs.last == costs.first)
        // Whoever was merged into the one that is merged now follows it further.
        try hub.set(RecordID.test(400), Cell("rooms", .integer(1)))
        try hub.set(id, Cell(ReservedField.mergedInto, .reference(RecordID.test(400))))
        #expect(try hub.number("SELECT count(DISTINCT target) FROM alias") == 1)
        #expect(try hub.verify().damages == [])
    }

    @Test func `circles come and go with their merges`() throws {
        let commune = try TestCommune(seed: 86)
        let hub = commune.hub
        let ids = (1...4).map { RecordID.test($0) }
        for one in ids { try hub.set(one, Cell("rooms", .integer(1))) }
        func merge(_ from: Int, _ to: Int?) throws {
            let target = to.map { Value.reference(ids[$0]) } ?? .null
            try hub.set(ids[from], Cell(ReservedField.mergedInto, target))
            #expect(try hub.verify().damages == [])
        }
        func flags() throws -> [Int64] {
            try hub.db.prepare("SELECT _flags FROM house ORDER BY id").rows { $0.integer(0) }
        }
        try merge(3, 2)
        try merge(2, 1)
        try merge(1, 0)
        #expect(try flags() == [0, 4, 4, 4])
        try merge(0, 2)
        let circle = RecordFlags.cycle
        #expect(try flags() == [circle, circle | 4, circle | 4, 4])
        try merge(1, nil)
        #expect(try flags() == [4, 0, 4, 4])
    }

    @Test func `texts are the same if their bytes are`() throws {
        let commune = try TestCommune(seed: 87)
        let hub = commune.hub
        let village = try commune.village("thon-1")
        let (decomposed, composed) = ("e\u{301}", "\u{e9}")
        try village.set(id, Cell("name", .text(composed)), Cell("tags", .text("b,\(composed)")))
        try hub.set(id, Cell("name", .text(decomposed)), Cell("tags", .text("\(decomposed),b")))
        try village.send(to: hub)
        try hub.send(to: village)
        for store in [hub, village] {
            let record = try #require(try store.record(id))
            #expect(record.flags == RecordFlags.disputed)
            #expect(record["tags"] == .text("b,\(decomposed),\(composed)"))
        }
    }
}
