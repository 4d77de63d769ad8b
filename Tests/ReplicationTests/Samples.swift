import Causality
import Compression
import Replication
import Sealing
import TestSupport

/// A node with keys from a seed.
struct SampleNode {
    let signing: SigningKey
    let opening: OpeningKey
    let certificate: Certificate

    static let scope = "48/21004/thon-1"

    /// Issued by `issuer`; by itself where there is none, as a topmost hub's is.
    init(_ name: String, seed: UInt64, issuer: SigningKey? = nil) throws {
        var random = SplitMix64(seed: seed)
        signing = try SigningKey(seed: random.bytes(32))
        opening = try OpeningKey(seed: random.bytes(32))
        certificate = try Certificate.issue(
            name: name,
            kind: issuer == nil ? .hub : .village,
            signingKey: signing.verifyingKey,
            sealingKey: opening.sealingKey,
            reads: ["48/21004", "48/21004/"],
            writes: issuer == nil ? ["48/21004", "48/21004/"] : [Self.scope],
            issuedAt: 1_780_000_000_000,
            by: issuer ?? signing
        )
    }

    /// The next segment of one of the node's logs.
    func segment(
        _ entries: [Entry],
        log: LogID = LogID(0x0102_0304_0506_0708),
        behind previous: Segment? = nil,
        after: VersionVector = .empty
    ) throws -> Segment {
        let payload = Payload.encode(entries)
        let header = SegmentHeader(
            log: log,
            first: previous.map { $0.header.last + 1 } ?? 1,
            previous: previous?.chainHash,
            after: after,
            time: entries.map(\.time).max() ?? HybridTime(0),
            birth: previous == nil
                ? LogBirth(scope: Self.scope, certificate: certificate.bytes) : nil,
            payload: payload,
            count: entries.count
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 3).compress(payload),
            with: signing
        )
    }

    func hello(
        to other: SampleNode,
        kind: Hello.Kind = .request,
        holdings: Hello.Holdings = .vectors([:])
    ) -> Hello {
        Hello(
            kind: kind,
            from: certificate.node,
            to: other.certificate.node,
            time: 1_780_000_000_000,
            software: "test",
            holdings: holdings,
            certificate: certificate.bytes
        )
    }
}

/// A hub, its village, and a stranger whom nobody asked.
struct SampleCommune {
    let hub: SampleNode
    let village: SampleNode
    let stranger: SampleNode

    init(seed: UInt64 = 1) throws {
        hub = try SampleNode("hub", seed: seed)
        village = try SampleNode("thon-1", seed: seed + 1000, issuer: hub.signing)
        stranger = try SampleNode("stranger", seed: seed + 2000)
    }
}

extension SplitMix64 {
    /// A value of any kind, often one that repeats or has a layout of its own.
    mutating func value() -> Value {
        switch below(9) {
        case 0: .null
        case 1: .erased
        case 2: .integer(Int64(bitPattern: next()) >> Int64(below(64)))
        case 3: .text(["a", "b", "", "Ví Dụ"][below(4)])
        case 4: .text("19\(10 + below(90))-0\(1 + below(9))-1\(below(10))")
        case 5: .text(String(100_000 + below(900_000)))
        case 6: .text(String(repeating: "ơ", count: below(20)))
        case 7: .bytes(bytes(below(10)))
        default: .reference(record())
        }
    }

    mutating func record() -> RecordID {
        RecordID(origin: UInt64(below(3)) &* 0x8123_4567_89ab_cdef, counter: UInt32(1 + below(500)))
    }

    /// Values of one column: of one kind, or of all kinds.
    mutating func columnValues(_ count: Int) -> [Value] {
        let sample = value()
        let isMixed = percent(30)
        return (0..<count).map { _ in
            if isMixed || percent(3) { return value() }
            switch sample {
            case .integer(let number): return .integer(number &+ Int64(below(300)))
            case .text(let text): return .text(percent(50) ? text : "\(text)\(below(1000))")
            case .bytes: return .bytes(bytes(below(10)))
            case .reference: return .reference(record())
            case .null, .erased: return sample
            }
        }
    }

    mutating func seenVector() -> VersionVector {
        VersionVector(
            (0..<below(5)).map { _ in
                VersionVector.Element(log: LogID(next()), seq: 1 + next() >> 8, hash: 0)
            }
        )
    }

    /// Entries as a node might write them: several types, fields set by all or by some.
    mutating func entries(_ count: Int) -> [Entry] {
        let types = ["house", "person", "_weird", "z9"].prefix(1 + below(4))
        let fields = ["_deleted", "alpha", "beta", "gamma", "delta"].prefix(1 + below(5))
        let share = percent(50) ? 100 : 40
        var columns: [String: [Value]] = [:]
        for field in fields { columns[field] = columnValues(count) }
        var time: UInt64 = 1_780_000_000_000 << 16
        return (0..<count).map { index in
            time &+= UInt64(below(3)) << 20
            var cells = fields.compactMap { field -> Cell? in
                guard let value = columns[field]?[index], percent(share) else { return nil }
                return Cell(field, value)
            }
            if cells.isEmpty { cells = [Cell(fields[0], value())] }
            return Entry(
                record: record(),
                type: types[below(types.count)],
                author: ["", "lan", "minh"][below(3)],
                time: HybridTime(time),
                cells: cells.sorted { $0.field < $1.field },
                seen: percent(10) ? seenVector() : nil,
                change: percent(10) ? ChangeID(client: next(), counter: next()) : nil
            )
        }
    }

    /// The bytes with something wrong: cut, flipped, replaced, repeated, left out, put in.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(3) {
            guard !bytes.isEmpty else { return self.bytes(below(20)) }
            let place = below(bytes.count)
            let length = min(1 + below(8), bytes.count - place)
            switch below(7) {
            case 0: bytes = Array(bytes[..<place])
            case 1: bytes[place] ^= 1 << UInt8(below(8))
            case 2: bytes[place] = [0x00, 0x1b, 0x5b, 0x9b, 0x7f, 0x80, 0xf6, 0xff][below(8)]
            case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
            case 4: bytes.removeSubrange(place..<(place + length))
            case 5: bytes.insert(contentsOf: self.bytes(length), at: place)
            default: bytes[place] &+= 1
            }
        }
        return bytes
    }
}
