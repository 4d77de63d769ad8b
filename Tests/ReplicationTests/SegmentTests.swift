import CBOR
import Causality
import Compression
import Replication
import Sealing
import TestSupport
import Testing

@Suite struct SegmentTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a chain of segments comes back, signed and linked`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let commune = try SampleCommune(seed: seed)
        var previous: Segment?
        var next: UInt64 = 1
        for _ in 0..<3 {
            let entries = random.entries(1 + random.below(20))
            let after = VersionVector(
                (0..<random.below(5)).map { _ in
                    .init(
                        log: LogID(random.next()),
                        seq: 1 + random.next() >> 8,
                        hash: random.next()
                    )
                }
            )
            let segment = try commune.village.segment(entries, behind: previous, after: after)
            let again = try Segment(
                headerBytes: segment.headerBytes,
                signature: segment.signature,
                compressed: segment.compressed
            )
            #expect(again == segment)
            #expect(again.header.encode() == segment.headerBytes)
            #expect(again.header.after == after)
            #expect(again.header.first == next)
            #expect(again.header.previous == previous?.chainHash)
            #expect(again.isSigned(by: commune.village.signing.verifyingKey))
            #expect(!again.isSigned(by: commune.hub.signing.verifyingKey))
            let bytes = try again.payloadBytes(Decompressor())
            #expect(try Payload(bytes, count: entries.count).entries() == entries)
            let end = next + UInt64(entries.count) - 1
            let hash = again.chainHash.prefix
            #expect(again.element == .init(log: again.header.log, seq: end, hash: hash))
            previous = segment
            next = end + 1
        }
    }

    @Test func `no bit of a header can change unnoticed`() throws {
        var random = SplitMix64(seed: 1)
        let village = try SampleCommune().village
        let first = try village.segment(random.entries(3))
        let segment = try village.segment(
            random.entries(3),
            behind: first,
            after: random.seenVector()
        )
        for segment in [first, segment] {
            for place in segment.headerBytes.indices {
                for bit in 0..<8 as Range<UInt8> {
                    var header = segment.headerBytes
                    header[place] ^= 1 << bit
                    let changed = try? Segment(
                        headerBytes: header,
                        signature: segment.signature,
                        compressed: segment.compressed
                    )
                    #expect(changed?.isSigned(by: village.signing.verifyingKey) != true)
                    #expect(Segment.chainHash(ofHeader: header) != segment.chainHash)
                }
            }
        }
    }

    @Test func `no bit of a signature can change`() throws {
        var random = SplitMix64(seed: 2)
        let village = try SampleCommune().village
        let segment = try village.segment(random.entries(3))
        for place in 0..<Signature.length {
            var bytes = segment.signature.bytes
            bytes[place] ^= 0x10
            let changed = try Segment(
                headerBytes: segment.headerBytes,
                signature: Signature(bytes),
                compressed: segment.compressed
            )
            #expect(!changed.isSigned(by: village.signing.verifyingKey))
        }
    }

    @Test func `a changed payload is the same payload or none`() throws {
        var random = SplitMix64(seed: 3)
        let village = try SampleCommune().village
        let segment = try village.segment(random.entries(20))
        let whole = try segment.payloadBytes(Decompressor())
        for place in segment.compressed.indices {
            for bit in 0..<8 as Range<UInt8> {
                var compressed = segment.compressed
                compressed[place] ^= 1 << bit
                let changed = try Segment(
                    headerBytes: segment.headerBytes,
                    signature: segment.signature,
                    compressed: compressed
                )
                // zstd has bits that mean nothing: then it is the very same content.
                if let bytes = try? changed.payloadBytes(Decompressor()) {
                    #expect(bytes == whole)
                }
            }
        }
    }

    /// What the header says is 1 MiB at most; what the frame holds is not reserved before.
    @Test func `a decompression bomb is refused`() throws {
        let village = try SampleCommune().village
        let bomb = Compressor(level: 19).compress(.zeros(64 << 20))
        #expect(bomb.count < 8_000)
        var random = SplitMix64(seed: 4)
        let sound = try village.segment(random.entries(3))
        let segment = try Segment(sealing: sound.header, compressed: bomb, with: village.signing)
        #expect(throws: ReplicationError.payloadMismatch) {
            try segment.payloadBytes(Decompressor())
        }
        #expect(throws: ReplicationError.aboveLimit(part: .payload)) {
            try segment.payloadBytes(
                Decompressor(),
                redacted: (sound.header.payloadHash, ReplicationLimits.payloadBytesMax + 1)
            )
        }
    }

    @Test func `a redacted payload counts only with what the order names`() throws {
        var random = SplitMix64(seed: 5)
        let village = try SampleCommune().village
        let segment = try village.segment(random.entries(3))
        var entries = try Payload(segment.payloadBytes(Decompressor()), count: 3).entries()
        entries[1].cells = entries[1].cells.map { Cell($0.field, .erased) }
        let payload = Payload.encode(entries)
        let redacted = try Segment(
            headerBytes: segment.headerBytes,
            signature: segment.signature,
            compressed: Compressor(level: 3).compress(payload)
        )
        #expect(throws: ReplicationError.payloadMismatch) {
            try redacted.payloadBytes(Decompressor())
        }
        let order = (hash: Hash.blake2b(payload), size: payload.count)
        #expect(try redacted.payloadBytes(Decompressor(), redacted: order) == payload)
        #expect(throws: ReplicationError.payloadMismatch) {
            try segment.payloadBytes(Decompressor(), redacted: order)
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `redaction orders come back, and damaged ones do no harm`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let orders = try (0..<random.below(5)).map { _ in
            SegmentRedaction(
                log: LogID(random.next()),
                first: random.next() >> 2,
                seqs: (0..<random.below(6)).map { _ in random.next() >> 1 },
                hash: try Digest(random.bytes(32)),
                size: random.below(ReplicationLimits.payloadBytesMax)
            )
        }
        let bytes = SegmentRedaction.encode(orders)
        #expect(try SegmentRedaction.decode(bytes) == orders)
        for _ in 0..<100 {
            let changed = random.damaged(bytes)
            if let orders = try? SegmentRedaction.decode(changed) {
                // Of a size that no payload has, a segment is passed over.
                let encoded = SegmentRedaction.encode(orders)
                #expect(encoded == changed || encoded.count < changed.count)
            }
        }
    }

    @Test func `a redacted entry keeps its cells and the protocol's own values`() {
        var random = SplitMix64(seed: 8)
        for entry in random.entries(50) {
            let redacted = entry.redacted
            #expect(redacted.cells.map(\.field) == entry.cells.map(\.field))
            for (old, new) in zip(entry.cells, redacted.cells) {
                // Why a record was deleted is free text: only that it was is kept.
                let isDeletion = old.field == ReservedField.deleted && old.value != .null
                let isKept = old.field == ReservedField.deleted && old.value == .null
                let expected: Value =
                    isKept ? .null : isDeletion ? .text(ReservedField.erasedReason) : .erased
                #expect(new.value == expected)
            }
            #expect(redacted.redacted == redacted)
        }
    }

    // MARK: Headers that break a rule

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let item: Int
        let bytes: [UInt8]

        init(_ testDescription: String, _ item: Int, _ bytes: [UInt8]) {
            self.testDescription = testDescription
            self.item = item
            self.bytes = bytes
        }
    }

    @Test(arguments: [
        Change("first 0", 1, [0x00]),
        Change("first 2 with a birth", 1, [0x02]),
        Change("first above 62 bits", 1, [0x1b, 0x40, 0, 0, 0, 0, 0, 0, 0]),
        Change("no entries", 2, [0x00]),
        Change("2,001 entries", 2, [0x19, 0x07, 0xd1]),
        Change("a previous segment before the first", 3, [0x58, 32] + .zeros(32)),
        Change("its own log in after", 4, [0x83, 0x1b, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0]),
        Change("a log without a hash in after", 4, [0x82, 0x05, 0x01]),
        Change("a payload above 1 MiB", 6, [0x1a, 0x00, 0x10, 0x00, 0x01]),
        Change("a payload hash of 31 bytes", 7, [0x58, 31] + .zeros(31)),
        Change("a payload hash of 33 bytes", 7, [0x58, 33] + .zeros(33)),
        Change("a scope in capitals", 8, [0x61, 0x41]),
        Change("a scope that climbs", 8, [0x65, 0x61, 0x2f, 0x2e, 0x2e, 0x2f]),
        Change("no scope with a certificate", 8, [0xf6]),
        Change("a scope without a certificate", 9, [0xf6]),
        Change("one more item", 9, [0x40, 0x00]),
    ])
    func `a first header that breaks a rule is refused`(change: Change) throws {
        var random = SplitMix64(seed: 6)
        let header = try SampleCommune().village.segment(random.entries(3)).headerBytes
        var parts = try items(of: header)
        parts[change.item] = change.bytes
        #expect(throws: ReplicationError.self) {
            try SegmentHeader([0x8a] + Array(parts.joined()))
        }
    }

    @Test func `a later header without its predecessor, or with a birth, is refused`() throws {
        var random = SplitMix64(seed: 7)
        let village = try SampleCommune().village
        let first = try village.segment(random.entries(3))
        let later = try village.segment(random.entries(3), behind: first)
        var parts = try items(of: later.headerBytes)
        parts[3] = [0xf6]
        #expect(throws: ReplicationError.self) {
            try SegmentHeader([0x8a] + Array(parts.joined()))
        }
        parts = try items(of: later.headerBytes)
        parts[8...9] = try items(of: first.headerBytes)[8...9]
        #expect(throws: ReplicationError.self) {
            try SegmentHeader([0x8a] + Array(parts.joined()))
        }
    }

    @Test func `a vector of too many logs is refused, the largest is not`() throws {
        for (count, isFine) in [
            (ReplicationLimits.vectorLogsMax, true), (ReplicationLimits.vectorLogsMax + 1, false),
        ] {
            let vector = VersionVector(
                (1...UInt64(count)).map { .init(log: LogID($0), seq: 1, hash: 1) }
            )
            #expect(((try? VersionVector(encoded: vector.encode())) == vector) == isFine)
        }
    }

    @Test func `a header that nobody would read is not signed`() throws {
        let village = try SampleCommune().village
        var random = SplitMix64(seed: 7)
        let entries = random.entries(3)
        for (count, isFine) in [
            (ReplicationLimits.vectorLogsMax, true), (ReplicationLimits.vectorLogsMax + 1, false),
        ] {
            let after = VersionVector(
                (1...UInt64(count)).map { .init(log: LogID($0 << 32), seq: 1, hash: 1) }
            )
            guard !isFine else {
                _ = try village.segment(entries, after: after)
                continue
            }
            #expect(throws: ReplicationError.aboveLimit(part: .header)) {
                try village.segment(entries, after: after)
            }
        }
    }

    @Test func `a header beyond its limit is refused unread`() {
        #expect(throws: ReplicationError.aboveLimit(part: .header)) {
            try SegmentHeader(.zeros(ReplicationLimits.headerBytesMax + 1))
        }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `vectors come back from their bytes`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let vector = VersionVector(
            (0..<random.below(20)).map { _ in
                .init(log: LogID(random.next()), seq: 1 + random.next() >> 2, hash: random.next())
            }
        )
        #expect(try VersionVector(encoded: vector.encode()) == vector)
    }
}
