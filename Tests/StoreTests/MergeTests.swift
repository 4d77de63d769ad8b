import Causality
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// Sends everything that `to` lacks of a scope, as an exchange would.
private func send(_ scope: String, from: Store, to: Store) throws {
    try from.seal(scope)
    try from.segments(of: scope, lacking: try to.vector(scope)) { segment, isRedacted in
        let outcome = try to.apply(segment, isRedacted: isRedacted)
        #expect(outcome == .applied || outcome == .held)
    }
}

@Suite struct MergeTests {
    let scope = TestCommune.path + "/thon-1"

    @Test func `a village's records arrive at the hub`() throws {
        let commune = try TestCommune(seed: 1)
        let village = try commune.village("thon-1")
        try village.save(scope: scope, author: "lan") { batch in
            let house = batch.add(
                "house",
                [Cell("name", .text("Nhà 1")), Cell("rooms", .integer(3))]
            )
            _ = batch.add(
                "person",
                [Cell("name", .text("Ví Dụ")), Cell("house", .reference(house))]
            )
        }
        try send(scope, from: village, to: commune.hub)
        let count = try commune.hub.db.prepare(
            "SELECT count(*) FROM person p JOIN house h ON h.id = p.house WHERE h.rooms = 3"
        ).first { $0.integer(0) }
        #expect(count == 1)
    }

    @Test func `concurrent values are kept side by side until somebody decides`() throws {
        let commune = try TestCommune(seed: 2)
        let village = try commune.village("thon-1")
        var id = RecordID(origin: 0, counter: 1)
        try village.save(scope: scope) { id = $0.add("house", [Cell("name", .text("A"))]) }
        try send(scope, from: village, to: commune.hub)
        try village.save(scope: scope) { $0.set("house", id, [Cell("name", .text("B"))]) }
        try commune.hub.save(scope: scope) { $0.set("house", id, [Cell("name", .text("C"))]) }
        try send(scope, from: village, to: commune.hub)
        try send(scope, from: commune.hub, to: village)
        for store in [village, commune.hub] {
            let flags = try store.db.prepare("SELECT _flags FROM house").first { $0.integer(0) }
            #expect(flags == RecordFlags.disputed)
        }
        try commune.hub.save(scope: scope) { $0.set("house", id, [Cell("name", .text("C"))]) }
        try send(scope, from: commune.hub, to: village)
        let row = try village.db.prepare("SELECT _flags, name FROM house").first {
            row throws(SQLiteError) in (row.integer(0), try row.text(1))
        }
        #expect(row?.0 == 0)
        #expect(row?.1 == "C")
    }
}
