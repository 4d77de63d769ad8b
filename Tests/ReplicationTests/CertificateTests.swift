import CBOR
import Replication
import Sealing
import TestSupport
import Testing

@Suite struct CertificateTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a certificate comes back and is signed by its issuer alone`(seed: UInt64) throws {
        let commune = try SampleCommune(seed: seed)
        let certificate = try Certificate(commune.village.certificate.bytes)
        #expect(certificate == commune.village.certificate)
        #expect(certificate.node == NodeID(of: commune.village.signing.verifyingKey))
        #expect(certificate.issuer == commune.hub.certificate.node)
        #expect(certificate.isSigned(by: commune.hub.signing.verifyingKey))
        #expect(!certificate.isSigned(by: commune.village.signing.verifyingKey))
        #expect(!certificate.isSigned(by: commune.stranger.signing.verifyingKey))
    }

    @Test func `no bit of a certificate can change`() throws {
        let commune = try SampleCommune()
        let bytes = commune.village.certificate.bytes
        for place in bytes.indices {
            for bit in 0..<8 as Range<UInt8> {
                var changed = bytes
                changed[place] ^= 1 << bit
                let certificate = try? Certificate(changed)
                #expect(certificate?.isSigned(by: commune.hub.signing.verifyingKey) != true)
            }
        }
    }

    @Test func `rights are what the patterns cover and nothing else`() throws {
        let village = try SampleCommune().village.certificate
        #expect(village.mayWrite("48/21004/thon-1"))
        #expect(!village.mayWrite("48/21004/thon-10"))
        #expect(!village.mayWrite("48/21004/thon-1/x"))
        #expect(!village.mayWrite("48/21004"))
        #expect(village.mayRead("48/21004"))
        #expect(village.mayRead("48/21004/thon-2"))
        #expect(!village.mayRead("48/21005"))
        #expect(covers("a/", "a/b/c"))
        #expect(!covers("a/", "a"))
        #expect(!covers("a/", "ab"))
        #expect(!covers("a", "a/b"))
    }

    @Test func `paths of scopes have the form of the protocol`() {
        let longest = String(repeating: "a", count: ReplicationLimits.scopeBytesMax)
        for path in ["48", "48/21004/phu-quy-2", "-", longest] { #expect(isScopePath(path)) }
        for path in ["", "/", "a/", "/a", "a//b", "A", "a_b", "..", "a/../b", "đ", longest + "a"] {
            #expect(!isScopePath(path))
        }
    }

    /// Bodies that break a rule, with a valid signature over them.
    @Test func `a certificate that breaks a rule is refused although it is signed`() throws {
        let commune = try SampleCommune()
        let sound = try items(of: try Self.body(of: commune.village.certificate))
        let changes: [(Int, [UInt8])] = [
            (0, [0x79, 0x01, 0x00] + [UInt8](repeating: 0x61, count: 256)),
            (1, [0x03]), (2, [0x58, 31] + .zeros(31)), (3, [0x58, 33] + .zeros(33)),
            (4, [0x81, 0x61, 0x2f]), (4, [0x81, 0x62, 0x2e, 0x2e]), (5, [0x81, 0x60]),
            (5, [0x81, 0x63, 0x61, 0x2f, 0x2f]), (7, [0x1b] + [UInt8](repeating: 0xff, count: 8)),
            (7, [0x00, 0x00]),
        ]
        #expect(throws: Never.self) { try Self.signed(sound, by: commune.hub) }
        for (item, bytes) in changes {
            var parts = sound
            parts[item] = bytes
            #expect(throws: ReplicationError.self) { try Self.signed(parts, by: commune.hub) }
        }
    }

    @Test func `a certificate in another issuer's name is not signed by whoever signed it`() throws
    {
        let commune = try SampleCommune()
        var parts = try items(of: try Self.body(of: commune.village.certificate))
        let sound = try Self.signed(parts, by: commune.hub)
        #expect(sound.isSigned(by: commune.hub.signing.verifyingKey))
        parts[6] =
            [0x1b]
            + (0..<8).map {
                UInt8(
                    truncatingIfNeeded: commune.stranger.certificate.node.rawValue >> (56 - 8 * $0)
                )
            }
        let posing = try Self.signed(parts, by: commune.hub)
        #expect(posing.issuer == commune.stranger.certificate.node)
        #expect(!posing.isSigned(by: commune.hub.signing.verifyingKey))
        #expect(!posing.isSigned(by: commune.stranger.signing.verifyingKey))
    }

    @Test func `too many patterns, or too many bytes, are refused`() throws {
        let node = try SampleCommune().hub
        for (count, isFine) in [
            (ReplicationLimits.scopesMax, true), (ReplicationLimits.scopesMax + 1, false),
        ] {
            let certificate = try? Certificate.issue(
                name: "x",
                kind: .village,
                signingKey: node.signing.verifyingKey,
                sealingKey: node.opening.sealingKey,
                reads: (0..<count).map { "a/\($0)" },
                writes: [],
                issuedAt: 0,
                by: node.signing
            )
            #expect((certificate != nil) == isFine)
        }
        #expect(throws: ReplicationError.aboveLimit(part: .certificate)) {
            try Certificate(.zeros(ReplicationLimits.certificateBytesMax + 1))
        }
    }

    @Test func `a node's name reads back from its text only`() {
        let node = NodeID(0x0a)
        #expect(node.description == "000000000000000a")
        #expect(NodeID("000000000000000a") == node)
        for text in ["", "a", "+00000000000000a", "000000000000000A"] {
            #expect(NodeID(text) == nil)
        }
    }

    private static func body(of certificate: Certificate) throws -> [UInt8] {
        var reader = CBORReader(certificate.bytes)
        try reader.array(exactly: 2)
        return try reader.byteString(max: 10_000)
    }

    private static func signed(_ parts: [[UInt8]], by issuer: SampleNode) throws -> Certificate {
        let body = [0x88] + Array(parts.joined())
        var writer = CBORWriter()
        writer.array(2)
        writer.write(body)
        writer.write(issuer.signing.sign(Array("doorstep-certificate-1".utf8) + body).bytes)
        return try Certificate(writer.bytes)
    }
}
