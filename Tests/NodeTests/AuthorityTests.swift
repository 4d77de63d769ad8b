import CBOR
import Causality
import Compression
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// A village that writes records of the roster's types in its own scope, with its own valid key.
@Suite struct AuthorityTests {
    let scope = TestCommune.path + "/thon-1"
    let other = TestCommune.path + "/thon-2"
    let commune: TestCommune
    /// Enrolled for `thon-1`, and up to no good.
    let attacker: Store
    let victim: Store

    init() throws {
        commune = try TestCommune(seed: 41)
        attacker = try commune.village("thon-1")
        victim = try commune.village("thon-2")
        for village in [attacker, victim] {
            try commune.hub.enter(try #require(try village.identity()).certificate)
            _ = try TestExchange(village, with: commune.hub)
        }
        try victim.save(scope: other) { _ = $0.add("house", [Cell("name", .text("B"))]) }
        _ = try TestExchange(victim, with: commune.hub)
    }

    @Test func `a hub does not take the right away from itself`() throws {
        let hub = try #require(try commune.hub.identity()).certificate.node
        #expect(throws: StoreError.revokesItself) {
            try commune.hub.revoke(hub, on: "2026-08-03")
        }
        _ = try TestExchange(victim, with: commune.hub)
        #expect(try houses(commune.hub).contains("B"))
    }

    /// Nothing can be sealed to a key of low order: a node that has one would stop every sync in which
    /// the hub writes to all.
    @Test func `a request for a key to which nothing can be sealed is refused`() throws {
        let key = SigningKey.random()
        func request(name: String, sealing: [UInt8]) throws -> EnrolmentRequest {
            var body = CBORWriter()
            body.array(5)
            body.write(name)
            body.write(NodeKind.village.rawValue)
            body.write(key.verifyingKey.bytes)
            body.write(sealing)
            body.array(1)
            body.write(scope)
            var file = CBORWriter()
            file.array(2)
            file.write(body.bytes)
            file.write(key.sign(EnrolmentRequest.magic + body.bytes).bytes)
            return try EnrolmentRequest(EnrolmentRequest.magic + file.bytes)
        }
        let good = OpeningKey.random().sealingKey.bytes
        #expect(try request(name: "Thôn 3", sealing: good).name == "Thôn 3")
        #expect(throws: ReplicationError.self) {
            try request(name: "Thôn 3", sealing: [UInt8](repeating: 0, count: 32))
        }
        #expect(throws: ReplicationError.self) { try request(name: "a\u{1b}[2J", sealing: good) }
    }

    private func houses(_ store: Store) throws -> [String] {
        var names: [String] = []
        try store.forEachRecord(of: "house") { names.append($0.text("name") ?? "") }
        return names
    }

    private func write(_ type: String, _ cells: [Cell]) throws {
        try attacker.save(scope: scope) { _ = $0.add(type, cells) }
        _ = try TestExchange(attacker, with: commune.hub)
    }

    private func node(_ certificate: Certificate, state: String) -> [Cell] {
        [
            Cell("name", .text(certificate.name)),
            Cell("node_id", .text(certificate.node.description)),
            Cell("certificate", .bytes(certificate.bytes)), Cell("state", .text(state)),
        ]
    }

    /// The attacker's key with the right to the other scope, issued by itself.
    private func forged() throws -> Certificate {
        let identity = try #require(try attacker.identity())
        return try Certificate.issue(
            name: "thon-1",
            kind: .village,
            signingKey: identity.signingKey.verifyingKey,
            sealingKey: identity.openingKey.sealingKey,
            reads: [TestCommune.path, scope, other],
            writes: [scope, other],
            issuedAt: 1_790_000_000_000,
            by: identity.signingKey
        )
    }

    /// The same with the hub's name where the issuer's stands.
    private func inTheHubsName(_ certificate: Certificate) throws -> Certificate {
        let hub = try #require(try commune.hub.identity()).node
        let (old, new) = (Self.bytes(certificate.issuer), Self.bytes(hub))
        var bytes = certificate.bytes
        let start = try #require(
            bytes.indices.first { bytes[$0...].starts(with: [0x1b] + old) }
        )
        bytes.replaceSubrange(start + 1..<start + 9, with: new)
        return try Certificate(bytes)
    }

    private static func bytes(_ node: NodeID) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: node.rawValue >> (56 - 8 * UInt64($0))) }
    }

    @Test(arguments: [false, true])
    func `a certificate in a village's own scope gives no right to another's`(
        isInTheHubsName: Bool
    ) throws {
        let identity = try #require(try attacker.identity())
        let forged = isInTheHubsName ? try inTheHubsName(forged()) : try forged()
        try write("node", node(forged, state: "active"))
        // A log of the other scope, born with the genuine certificate.
        let payload = Payload.encode([
            Entry(
                record: RecordID(origin: 9, counter: 1),
                type: "house",
                author: "",
                time: HybridTime(milliseconds: 1_780_000_000_000, counter: 0),
                cells: [Cell("name", .text("forged"))]
            )
        ])
        let segment = try Segment(
            sealing: SegmentHeader(
                log: LogID(77),
                first: 1,
                previous: nil,
                after: VersionVector(),
                time: HybridTime(milliseconds: 1_780_000_000_000, counter: 0),
                birth: LogBirth(scope: other, certificate: identity.certificate.bytes),
                payload: payload,
                count: 1
            ),
            compressed: Compressor(level: 1).compress(payload),
            with: identity.signingKey
        )
        #expect(try commune.hub.apply(segment) == .refused(.notItsScope))
        // Nor does the hub hand the other scope out.
        let exchange = try TestExchange(attacker, with: commune.hub)
        #expect(exchange.child.refused.isEmpty)
        #expect(exchange.hub.isComplete && exchange.child.isComplete)
        #expect(try houses(commune.hub) == ["B"])
    }

    @Test func `a revocation in a village's own scope revokes nobody`() throws {
        let certificate = try #require(try victim.identity()).certificate
        try write("node", node(certificate, state: "revoked"))
        try victim.save(scope: other) { _ = $0.add("house", [Cell("name", .text("C"))]) }
        _ = try TestExchange(victim, with: commune.hub)
        #expect(try houses(commune.hub) == ["B", "C"])
        #expect(try !commune.hub.isRevoked(certificate.node))
    }

    @Test func `an order to erase in a village's own scope erases nothing`() throws {
        // What an honest order of the hub would say of the victim's house.
        let twin = try commune.copy(of: commune.hub)
        let id = try #require(try houseIDs(twin).first)
        try twin.redact([id], reason: "test", on: "2026-11-24")
        let order = try twin.db.prepare("SELECT segments FROM redaction").first { $0.blob(0) }
        try write(
            "redaction",
            [Cell("reason", .text("x")), Cell("segments", .bytes(try #require(order)))]
        )
        #expect(try houses(commune.hub) == ["B"])
        #expect(try commune.hub.verify().damages.isEmpty)
        _ = try TestExchange(victim, with: commune.hub)
        #expect(try houses(victim) == ["B"])
    }

    private func houseIDs(_ store: Store) throws -> [RecordID] {
        var ids: [RecordID] = []
        try store.forEachRecord(of: "house") { ids.append($0.id) }
        return ids
    }
}
