import Causality
import Compression
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

let firstVillage = TestCommune.path + "/thon-1"
let secondVillage = TestCommune.path + "/thon-2"

extension RecordID {
    /// A record of a test, under an origin of its own.
    static func test(_ counter: UInt32) -> RecordID { RecordID(origin: 9, counter: counter) }
}

extension Store {
    func set(_ id: RecordID, _ cells: Cell..., type: String = "house") throws {
        try save(scope: firstVillage) { $0.set(type, id, cells) }
    }

    /// All segments of a scope, after sealing it.
    func allSegments(_ scope: String = firstVillage) throws -> [Segment] {
        try seal(scope)
        var all: [Segment] = []
        try segments(of: scope, lacking: .empty) { segment, _ in all.append(segment) }
        return all
    }

    /// Hands everything that `other` lacks of a scope over to it, as an exchange would.
    func send(_ scope: String = firstVillage, to other: Store) throws {
        try seal(scope)
        try segments(of: scope, lacking: try other.vector(scope)) { segment, isRedacted in
            let outcome = try other.apply(segment, isRedacted: isRedacted)
            #expect(outcome == .applied || outcome == .held)
        }
    }

    func number(_ sql: String) throws -> Int64? {
        try db.prepare(sql).first { $0.integer(0) }
    }

    /// A segment that continues one of this node's own, with entries of the test's making.
    func continuing(
        _ segment: Segment,
        with entries: [Entry],
        later milliseconds: UInt64 = 0
    ) throws -> Segment {
        let payload = Payload.encode(entries)
        let header = SegmentHeader(
            log: segment.header.log,
            first: segment.header.last + 1,
            previous: segment.chainHash,
            after: .empty,
            time: HybridTime(milliseconds: segment.header.time.milliseconds + milliseconds),
            birth: nil,
            payload: payload,
            count: entries.count
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 1).compress(payload),
            with: try requireIdentity().signingKey
        )
    }
}

/// One entry that creates a record.
func testEntry(_ id: RecordID, _ cells: Cell..., type: String = "house") -> Entry {
    testEntry(id, cells, type: type)
}

func testEntry(_ id: RecordID, _ cells: [Cell], type: String = "house") -> Entry {
    Entry(
        record: id,
        type: type,
        author: "",
        time: HybridTime(milliseconds: 1_780_000_000_000),
        cells: cells
    )
}
