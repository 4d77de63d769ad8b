import CBOR
import Causality
import Replication
import Sealing
import TestSupport
import Testing

@Suite struct HelloTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a hello comes back`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let commune = try SampleCommune()
        var hello = commune.village.hello(to: commune.hub)
        hello.kind = random.percent(50) ? .request : .reply
        hello.time = random.next() >> 16
        hello.software = "doorstep ố \(random.below(100))"
        let vectors = Self.vectors(&random)
        hello.holdings =
            random.percent(50) ? .vectors(vectors) : .digest(Hello.digest(of: vectors))
        if random.percent(50) {
            hello.partial = PartialSegment(
                header: try Digest(random.bytes(32)),
                held: random.below(ReplicationLimits.compressedBytesMax)
            )
        }
        if random.percent(50) { hello.certificate = nil }
        if random.percent(50) { hello.answers = try Digest(random.bytes(32)) }
        let again = try Hello(hello.encode())
        #expect(again == hello)
        #expect(again.encode() == hello.encode())
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `digests are equal exactly when the vectors are`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let vectors = Self.vectors(&random)
        #expect(Hello.digest(of: vectors) == Hello.digest(of: vectors))
        for (path, vector) in vectors {
            for element in vector.elements {
                var other = vectors
                other[path]?.remove(element.log)
                #expect(Hello.digest(of: other) != Hello.digest(of: vectors))
                other[path]?.advance(
                    to: .init(log: element.log, seq: element.seq, hash: element.hash ^ 1)
                )
                #expect(Hello.digest(of: other) != Hello.digest(of: vectors))
            }
            var other = vectors
            other[path] = nil
            #expect(Hello.digest(of: other) != Hello.digest(of: vectors))
        }
    }

    @Test func `another version is refused before anything else is read`() throws {
        let commune = try SampleCommune()
        var parts = try items(of: commune.village.hello(to: commune.hub).encode())
        parts[0] = [0x01]
        let refusal = ReplicationError.version(theirs: 1, ours: 2)
        #expect(throws: refusal) { try Hello([0x8a] + Array(parts.joined())) }
        #expect(throws: refusal) { try Hello([0x8c, 0x01, 0xa0, 0xff] + .zeros(9)) }
        #expect(refusal.description.contains("version 1"))
        #expect(refusal.description.contains("this node 2"))
    }

    struct Change: Sendable {
        let item: Int
        let bytes: [UInt8]

        init(_ item: Int, _ bytes: [UInt8]) {
            self.item = item
            self.bytes = bytes
        }
    }

    @Test(arguments: [
        // A third kind, a time above 48 bits, a digest of 31 bytes, a path without a vector.
        Change(1, [0x02]), Change(4, [0x1b, 0, 2, 0, 0, 0, 0, 0, 0]),
        Change(6, [0x58, 31] + .zeros(31)), Change(6, [0x81, 0x61, 0x61]),
        // Paths not in order, twice, in capitals; a vector without hashes.
        Change(6, [0x84, 0x61, 0x62, 0x80, 0x61, 0x61, 0x80]),
        Change(6, [0x84, 0x61, 0x61, 0x80, 0x61, 0x61, 0x80]),
        Change(6, [0x82, 0x61, 0x41, 0x80]), Change(6, [0x82, 0x61, 0x61, 0x82, 0x01, 0x01]),
        // A partial segment with more bytes than any has, or without a whole hash.
        Change(7, [0x82, 0x58, 32] + .zeros(32) + [0x1a, 0xff, 0xff, 0xff, 0xff]),
        Change(7, [0x82, 0x41, 0x00, 0x00]), Change(7, [0x80]),
        // A certificate that is a number, an answer to nothing, one more item.
        Change(8, [0x00]), Change(9, [0x40]), Change(9, [0xf6, 0xf6]),
    ])
    func `a hello that breaks a rule is refused`(change: Change) throws {
        let commune = try SampleCommune()
        var parts = try items(of: commune.village.hello(to: commune.hub).encode())
        parts[change.item] = change.bytes
        #expect(throws: ReplicationError.self) { try Hello([0x8a] + Array(parts.joined())) }
    }

    @Test func `too many scopes are refused`() throws {
        let commune = try SampleCommune()
        for (count, isFine) in [
            (ReplicationLimits.scopesMax, true), (ReplicationLimits.scopesMax + 1, false),
        ] {
            let vectors = (0..<count).map { ("a/\($0)", VersionVector.empty) }
            let hello = commune.village.hello(
                to: commune.hub,
                holdings: .vectors(Dictionary(uniqueKeysWithValues: vectors))
            )
            #expect(((try? Hello(hello.encode())) == hello) == isFine)
        }
    }

    @Test(arguments: [(ReplicationLimits.scopesMax, 1), (1, ReplicationLimits.vectorLogsMax)])
    func `no bundle begins with a hello that nobody would read`(scopes: Int, logs: Int) throws {
        let commune = try SampleCommune()
        func writer(scopes: Int, logs: Int) throws -> BundleWriter {
            let vector = VersionVector(
                (1...UInt64(logs)).map { .init(log: LogID($0), seq: 1, hash: 1) }
            )
            let vectors = (0..<scopes).map { ("a/\($0)", vector) }
            return try BundleWriter(
                hello: commune.village.hello(
                    to: commune.hub,
                    holdings: .vectors(Dictionary(uniqueKeysWithValues: vectors))
                ),
                to: commune.hub.certificate,
                signingKey: commune.village.signing
            )
        }
        _ = try writer(scopes: scopes, logs: logs)
        let more = (scopes: scopes + (logs == 1 ? 1 : 0), logs: logs + (scopes == 1 ? 1 : 0))
        #expect(throws: ReplicationError.aboveLimit(part: .hello)) {
            _ = try writer(scopes: more.scopes, logs: more.logs)
        }
    }

    static func vectors(_ random: inout SplitMix64) -> [String: VersionVector] {
        var vectors: [String: VersionVector] = [:]
        for _ in 0..<random.below(5) {
            vectors["48/\(random.below(100))"] = VersionVector(
                (0..<random.below(6)).map { _ in
                    .init(
                        log: LogID(random.next()),
                        seq: 1 + random.next() >> 8,
                        hash: random.next()
                    )
                }
            )
        }
        return vectors
    }
}
