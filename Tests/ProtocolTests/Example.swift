import Causality
import Compression
import Replication
import Sealing
import TestSupport

/// A vector that the code makes, and the way back from the one that the document has.
struct Example {
    let vector: Vector
    /// Decodes what the document says and writes it down again: the two must be equal.
    let again: (Vector) throws -> Vector

    static func all() throws -> [Example] {
        let world = try World()
        return try primitives() + integerColumns() + columns() + entries(world)
            + certificates(world) + enrolments(world) + codes(world) + segments(world)
            + hellos(world) + receipts(world) + bundles(world) + merges() + backups()
    }
}

/// The nodes, keys and changes that all examples are about; none of them exists.
struct World {
    static let commune = "48/21004"
    static let scope = "48/21004/thon-1"
    static let villageLog = LogID(0x0102_0304_0506_0708)
    static let hubLog = LogID(0x1112_1314_1516_1718)
    /// 2026-06-01 00:00 in Vietnam.
    static let now: UInt64 = 1_780_246_800_000

    let hub: Node
    let village: Node

    struct Node {
        let signingSeed: [UInt8]
        let sealingSeed: [UInt8]
        let signing: SigningKey
        let opening: OpeningKey
        let certificate: Certificate
    }

    init() throws {
        hub = try Self.node("UBND xã", seeds: (1, 2), kind: .hub, issuer: nil)
        village = try Self.node("Thôn 1", seeds: (3, 4), kind: .village, issuer: hub.signing)
    }

    private static func node(
        _ name: String,
        seeds: (UInt8, UInt8),
        kind: NodeKind,
        issuer: SigningKey?
    ) throws -> Node {
        let signingSeed = [UInt8](repeating: seeds.0, count: 32)
        let sealingSeed = [UInt8](repeating: seeds.1, count: 32)
        let signing = try SigningKey(seed: signingSeed)
        let opening = try OpeningKey(seed: sealingSeed)
        let certificate = try Certificate.issue(
            name: name,
            kind: kind,
            signingKey: signing.verifyingKey,
            sealingKey: opening.sealingKey,
            reads: kind == .hub ? [commune, commune + "/"] : [commune, scope],
            writes: kind == .hub ? [commune, commune + "/"] : [scope],
            issuedAt: now,
            by: issuer ?? signing
        )
        return Node(
            signingSeed: signingSeed,
            sealingSeed: sealingSeed,
            signing: signing,
            opening: opening,
            certificate: certificate
        )
    }

    // MARK: Changes

    static let origin: UInt64 = 0x3132_3334_3536_3738
    static let house = RecordID(origin: origin, counter: 1)
    static let person = RecordID(origin: origin, counter: 2)

    static func time(_ seconds: UInt64, _ counter: UInt16 = 0) -> HybridTime {
        HybridTime(milliseconds: now + seconds * 1000, counter: counter)
    }

    /// A house with two people in it.
    static let creations = [
        Entry(
            record: house,
            type: "house",
            author: "lan",
            time: time(0),
            cells: [Cell("name", .text("Nhà 1")), Cell("rooms", .integer(3))]
        ),
        Entry(
            record: person,
            type: "person",
            author: "lan",
            time: time(0, 1),
            cells: [
                Cell("birth", .text("1980-02-29")), Cell("house", .reference(house)),
                Cell("name", .text("Trần Ví Dụ")),
            ]
        ),
        Entry(
            record: RecordID(origin: origin, counter: 3),
            type: "person",
            author: "lan",
            time: time(0, 2),
            cells: [
                Cell("birth", .text("2015-12-01")), Cell("house", .reference(house)),
                Cell("name", .text("Trần Thị Ví Dụ")),
            ]
        ),
    ]

    /// What the hub writes after it has the creations.
    static let correction = Entry(
        record: house,
        type: "house",
        author: "hoa",
        time: time(3_600),
        cells: [Cell("rooms", .integer(4))]
    )

    /// A phone that saw the creations only, and whose changes arrive after the hub's.
    static let lateEntries = [
        Entry(
            record: house,
            type: "house",
            author: "minh",
            time: time(7_200),
            cells: [Cell("rooms", .integer(5))],
            seen: VersionVector([.init(log: villageLog, seq: 3, hash: 0)]),
            change: ChangeID(client: 0x2122_2324_2526_2728, counter: 1)
        ),
        Entry(
            record: person,
            type: "person",
            author: "minh",
            time: time(7_200, 1),
            cells: [Cell("birth", .null), Cell("name", .text("Trần Văn Ví Dụ"))]
        ),
    ]

    // MARK: Segments

    func segment(
        _ entries: [Entry],
        of node: Node,
        log: LogID,
        behind previous: Segment? = nil,
        after: VersionVector = .empty
    ) -> Segment {
        let payload = Payload.encode(entries)
        let header = SegmentHeader(
            log: log,
            first: previous.map { $0.header.last + 1 } ?? 1,
            previous: previous?.chainHash,
            after: after,
            time: entries.map(\.time).max() ?? HybridTime(0),
            birth: previous == nil
                ? LogBirth(scope: Self.scope, certificate: node.certificate.bytes) : nil,
            payload: payload,
            count: entries.count
        )
        guard
            let segment = try? Segment(
                sealing: header,
                compressed: Self.stored(payload),
                with: node.signing
            )
        else { preconditionFailure("the examples are far below every limit") }
        return segment
    }

    var first: Segment { segment(Self.creations, of: village, log: Self.villageLog) }

    var hubs: Segment {
        segment(
            [Self.correction],
            of: hub,
            log: Self.hubLog,
            after: VersionVector([first.element])
        )
    }

    var second: Segment {
        segment(
            Self.lateEntries,
            of: village,
            log: Self.villageLog,
            behind: first,
            after: VersionVector([hubs.element])
        )
    }

    /// A zstd frame that stores its content in one raw block (RFC 8878): the same everywhere.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        let size: [UInt8] =
            count < 256
            ? [0x20, UInt8(count)] : [0x60, UInt8((count - 256) & 0xff), UInt8((count - 256) >> 8)]
        let block = count << 3 | 1
        let head = (0..<3).map { UInt8(truncatingIfNeeded: block >> (8 * $0)) }
        return [0x28, 0xb5, 0x2f, 0xfd] + size + head + bytes
    }
}
