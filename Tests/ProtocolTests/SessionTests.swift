import Causality
import Compression
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// The example session of section 15, told with the document's own segments.
@Suite struct SessionTests {
    private let first: Segment
    private let hubs: Segment
    private let second: Segment
    private let world: World

    init() throws {
        world = try World()
        let vectors = try Document().vectors()
        func segment(_ name: String) throws -> Segment {
            let vector = try #require(vectors.first { $0.name == name })
            return try Segment(
                headerBytes: vector.bytes("header"),
                signature: Signature(vector.bytes("signature")),
                compressed: vector.bytes("compressed")
            )
        }
        first = try segment("segment-1")
        hubs = try segment("segment-hub")
        second = try segment("segment-2")
    }

    /// A store of the hub that has lost everything but its keys.
    private func emptyHub() throws -> Store {
        var generator = SplitMix64(seed: 1)
        let store = try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: .small,
            environment: StoreEnvironment(wall: { World.now }, random: { generator.next() })
        )
        try store.adopt(
            Identity(
                signingKey: world.hub.signing,
                openingKey: world.hub.opening,
                certificate: world.hub.certificate,
                parent: nil
            )
        )
        return store
    }

    @Test func `the house ends with two numbers of rooms, disputed, the later one shown`() throws {
        let store = try emptyHub()
        #expect(try store.apply(first) == .applied)
        #expect(try store.apply(hubs) == .applied)
        #expect(try rooms(store) == Shown(rooms: 4, isDisputed: false))
        #expect(try store.apply(second) == .applied)
        #expect(try rooms(store) == Shown(rooms: 5, isDisputed: true))
        #expect(try people(store) == ["Trần Văn Ví Dụ", "Trần Thị Ví Dụ"])
    }

    @Test func `segments out of their order are asked for, repeated ones change nothing`() throws {
        let store = try emptyHub()
        #expect(try store.apply(second) == .gap(held: 0))
        #expect(try store.apply(hubs) == .missing(World.villageLog))
        #expect(try store.apply(first) == .applied)
        #expect(try store.apply(second) == .missing(World.hubLog))
        #expect(try store.apply(hubs) == .applied)
        #expect(try store.apply(second) == .applied)
        for segment in [first, hubs, second] { #expect(try store.apply(segment) == .held) }
        #expect(try rooms(store) == Shown(rooms: 5, isDisputed: true))
        #expect(try store.vector(World.scope).encode() == vectorBytes())
    }

    @Test func `a segment in another's name, or beyond its right, is refused`() throws {
        let store = try emptyHub()
        let forged = try Segment(
            headerBytes: first.headerBytes,
            signature: hubs.signature,
            compressed: first.compressed
        )
        #expect(try store.apply(forged) == .refused(.badSignature))
        let swapped = try Segment(
            headerBytes: first.headerBytes,
            signature: first.signature,
            compressed: second.compressed
        )
        #expect(try store.apply(swapped) == .refused(.badContent))
        let payload = Payload.encode(World.creations)
        let elsewhere = SegmentHeader(
            log: LogID(5),
            first: 1,
            previous: nil,
            after: .empty,
            time: HybridTime(1),
            birth: LogBirth(
                scope: World.commune + "/thon-2",
                certificate: world.village.certificate.bytes
            ),
            payload: payload,
            count: 3
        )
        let trespass = try Segment(
            sealing: elsewhere,
            compressed: World.stored(payload),
            with: world.village.signing
        )
        #expect(try store.apply(trespass) == .refused(.notItsScope))
        #expect(try store.vector(World.scope).isEmpty)
    }

    private struct Shown: Equatable {
        let rooms: Int64
        let isDisputed: Bool
    }

    private func rooms(_ store: Store) throws -> Shown? {
        try store.db.prepare("SELECT rooms, _flags FROM house").first {
            Shown(
                rooms: $0.integer(0),
                isDisputed: $0.integer(1) & RecordFlags.disputed != 0
            )
        }
    }

    private func people(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM person ORDER BY id").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    private func vectorBytes() throws -> [UInt8] {
        try #require(try Document().vectors().first { $0.name == "vector-1" }).bytes("bytes")
    }
}
