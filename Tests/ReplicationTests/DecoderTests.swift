import CBOR
import Causality
import Compression
import Replication
import Sealing
import TestSupport
import Testing

/// Every decoder against bytes that nobody wrote: an error or a value, never a trap.
@Suite struct DecoderTests {
    private static let rounds = 300

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `damaged payloads`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = 1 + random.below(30)
        let sound = Payload.encode(random.entries(count))
        for _ in 0..<Self.rounds {
            let bytes = random.damaged(sound)
            guard let payload = try? Payload(bytes, count: count) else { continue }
            // What was taken can be used, and written again so that it reads the same.
            let entries = payload.entries()
            let again = try Payload(Payload.encode(entries), count: count)
            #expect(again.entries() == entries)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `damaged entries, headers, certificates, hellos, vectors`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let commune = try SampleCommune(seed: seed)
        let entry = random.entries(1)[0].encode()
        let header = try commune.village.segment(random.entries(3)).headerBytes
        let certificate = commune.village.certificate.bytes
        let vectors = HelloTests.vectors(&random)
        let hello = commune.village.hello(to: commune.hub, holdings: .vectors(vectors)).encode()
        for _ in 0..<Self.rounds {
            if let entry = try? Entry(random.damaged(entry)) {
                #expect(try Entry(entry.encode()) == entry)
            }
            let bytes = random.damaged(header)
            if let header = try? SegmentHeader(bytes) {
                #expect(header.encode() == bytes)
            }
            _ = try? Certificate(random.damaged(certificate))
            let changed = random.damaged(hello)
            if let hello = try? Hello(changed) {
                #expect(hello.encode() == changed)
            }
            for vector in vectors.values {
                let bytes = random.damaged(vector.encode())
                if let vector = try? VersionVector(encoded: bytes) {
                    #expect(vector.encode() == bytes)
                }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `random bytes`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let bytes = random.bytes(random.below(200))
            #expect((try? Payload([0x88] + bytes, count: 1 + random.below(5))) == nil)
            _ = try? Entry([0x88] + bytes)
            _ = try? SegmentHeader([0x8a] + bytes)
            _ = try? Certificate([0x82] + bytes)
            _ = try? Hello([0x8a, 0x01] + bytes)
            _ = try? VersionVector(encoded: bytes)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `damaged envelopes, and damaged frames in sound ones`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let commune = try SampleCommune(seed: seed)
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        let segment = try commune.village.segment(random.entries(10))
        raw.add(segment)
        raw.addFrame(type: 3, head: [0x84, 0x05, 0x60, 0x00, 0x00])
        try raw.add(commune.village.segment(random.entries(10), behind: segment))
        raw.chunkLength = 50 + random.below(400)
        let sound = try raw.sealed()
        let decompressor = Decompressor()
        for _ in 0..<60 {
            _ = Received([random.damaged(sound)], key: commune.hub.opening)
            var inside = raw
            inside.frames = random.damaged(raw.frames)
            let received = Received([try inside.sealed()], key: commune.hub.opening)
            for taken in received.segments {
                guard let bytes = try? taken.segment.payloadBytes(decompressor) else { continue }
                _ = try? Payload(bytes, count: taken.segment.header.count)
            }
        }
    }

    @Test func `every truncation of every part is refused`() throws {
        var random = SplitMix64(seed: 1)
        let commune = try SampleCommune()
        let entries = random.entries(12)
        let payload = Payload.encode(entries)
        for length in payload.indices {
            #expect(throws: ReplicationError.self) {
                try Payload(Array(payload[..<length]), count: 12)
            }
        }
        let segment = try commune.village.segment(entries)
        for length in segment.headerBytes.indices {
            #expect(throws: ReplicationError.self) {
                try SegmentHeader(Array(segment.headerBytes[..<length]))
            }
        }
        let hello = commune.village.hello(to: commune.hub).encode()
        for length in hello.indices {
            #expect(throws: ReplicationError.self) { try Hello(Array(hello[..<length])) }
        }
        let certificate = commune.hub.certificate.bytes
        for length in certificate.indices {
            #expect(throws: ReplicationError.self) {
                try Certificate(Array(certificate[..<length]))
            }
        }
        for entry in entries {
            let bytes = entry.encode()
            for length in bytes.indices {
                #expect(throws: ReplicationError.self) { try Entry(Array(bytes[..<length])) }
            }
        }
    }
}
