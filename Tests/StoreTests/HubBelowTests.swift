import Causality
import Compression
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// A city with two communes below it, one of them in wrong hands: what its hub writes in its own
/// roster counts for its own nodes, and for nothing else.
@Suite struct HubBelowTests {
    private static let now: UInt64 = 1_780_000_000_000

    /// A hub with its keys.
    private struct Hub {
        let store: Store
        let signingKey = SigningKey.random()
        let openingKey = OpeningKey.random()

        func certificate(
            _ reads: [String],
            _ writes: [String],
            kind: NodeKind = .hub,
            issuedAt: UInt64 = HubBelowTests.now,
            by issuer: SigningKey
        ) throws -> Certificate {
            try Certificate.issue(
                name: writes.first ?? "",
                kind: kind,
                signingKey: signingKey.verifyingKey,
                sealingKey: openingKey.sealingKey,
                reads: reads,
                writes: writes,
                issuedAt: issuedAt,
                by: issuer
            )
        }

        func adopt(_ certificate: Certificate, under parent: Certificate? = nil) throws {
            try store.adopt(
                Identity(
                    signingKey: signingKey,
                    openingKey: openingKey,
                    certificate: certificate,
                    parent: parent
                )
            )
        }

        var certificate: Certificate { get throws { try store.requireIdentity().certificate } }
    }

    private let commune: TestCommune
    private let city: Hub
    private let honest: Hub
    private let rogue: Hub
    private let village: Hub

    init() throws {
        commune = try TestCommune(seed: 71)
        city = Hub(store: try commune.unenrolled())
        honest = Hub(store: try commune.unenrolled())
        rogue = Hub(store: try commune.unenrolled())
        village = Hub(store: try commune.unenrolled())
        let all = ["48", "48/"]
        try city.adopt(try city.certificate(all, all, by: city.signingKey))
        for (hub, path) in [(honest, "48/30000"), (rogue, "48/21004")] {
            let own = [path, path + "/"]
            let certificate = try hub.certificate(["48"] + own, own, by: city.signingKey)
            try hub.adopt(certificate, under: try city.certificate)
            try city.store.enter(certificate)
        }
        let scope = "48/30000/thon-1"
        try takeIn(village, scope)
        try save("A", village, scope)
        try sync()
    }

    /// Makes a node the honest hub's, which writes that scope.
    private func takeIn(_ node: Hub, _ scope: String) throws {
        let own = try node.certificate(
            ["48/30000", scope],
            [scope],
            kind: .village,
            by: honest.signingKey
        )
        try node.adopt(own, under: try honest.certificate)
        try honest.store.enter(own)
    }

    private func save(_ name: String, _ hub: Hub, _ scope: String) throws {
        try hub.store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    private func sync() throws {
        for _ in 0..<2 {
            _ = try TestExchange(village.store, with: honest.store)
            _ = try TestExchange(honest.store, with: city.store)
            _ = try TestExchange(rogue.store, with: city.store)
        }
    }

    /// Enters a record in the roster of the hub in wrong hands.
    private func enter(_ certificate: Certificate, isRevoked: Bool = false) throws {
        try rogue.store.save(scope: "48/21004") { batch in
            _ = batch.add(
                "node",
                [
                    Cell("name", .text(certificate.name)),
                    Cell("node_id", .text(certificate.node.description)),
                    Cell("certificate", .bytes(certificate.bytes)),
                    Cell("state", .text(isRevoked ? "revoked" : "active")),
                ]
            )
        }
    }

    private func segment(_ scope: String, _ hub: Hub, birth: Certificate) throws -> Segment {
        let entry = testEntry(.test(7), Cell("name", .text("evil")))
        let payload = Payload.encode([entry])
        let header = SegmentHeader(
            log: LogID(99),
            first: 1,
            previous: nil,
            after: .empty,
            time: entry.time,
            birth: LogBirth(scope: scope, certificate: birth.bytes),
            payload: payload,
            count: 1
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 1).compress(payload),
            with: hub.signingKey
        )
    }

    /// Villages know their own hub's certificate: what the city wrote there would cut them off.
    @Test func `a city writes nothing where a hub below it keeps the records`() throws {
        for scope in ["48/30000/thon-1", "48/30000/new", "48/30000"] {
            #expect(throws: StoreError.ofHubBelow(scope: scope)) { try save("B", city, scope) }
        }
        let house = try #require(
            try city.store.canonicalProjection(scope: "48/30000/thon-1").first
        )
        #expect(throws: StoreError.ofHubBelow(scope: "48/30000/thon-1")) {
            try city.store.redact([house.id], reason: "a", on: "2026-11-24")
        }
        try save("B", city, "48/street")
        try save("B", honest, "48/30000/thon-1")
    }

    /// Two orders that did not know of each other: the hub that keeps the scope finishes them, and the
    /// city, which may not, goes on hearing of it.
    @Test func `a city does not finish what a hub below it has begun to erase`() throws {
        let scope = "48/30000/thon-1"
        try village.store.save(scope: scope) { batch in
            for (id, name) in [(1, "P"), (2, "Q"), (3, "R")] {
                batch.set("house", .test(UInt32(id)), [Cell("name", .text(name))])
            }
        }
        try sync()
        let restored = try commune.copy(of: honest.store)
        try honest.store.redact([.test(1)], reason: "a", on: "2026-11-24")
        _ = try TestExchange(honest.store, with: city.store)
        try restored.leaveOwnLogs()
        try restored.redact([.test(2)], reason: "b", on: "2026-11-25")
        for _ in 0..<3 { _ = try TestExchange(restored, with: city.store) }
        for store in [restored, city.store] {
            let names = try store.canonicalProjection(scope: scope).flatMap(\.fields)
                .filter { $0.name == "name" }.map(\.value)
            #expect(Set(names) == [.null, .text("A"), .text("R")])
        }
    }

    @Test func `what goes up and down below a city is held there, and no more`() throws {
        let path = "48/30000/thon-1"
        #expect(try city.store.vector(path) == village.store.vector(path))
        #expect(
            try city.store.sharedScopes(with: rogue.certificate).allSatisfy {
                $0 == "48" || $0.hasPrefix("48/21004")
            }
        )
        #expect(try rogue.store.scopes().contains(path) == false)
    }

    @Test func `a hub gives itself nothing by a certificate of its own making`() throws {
        let given = try rogue.certificate
        let all = ["48", "48/"]
        for writes in [all + ["48/21004", "48/21004/"], ["48/21004", "48/21004/"]] {
            try enter(
                try rogue.certificate(all, writes, issuedAt: 1 << 48, by: rogue.signingKey)
            )
        }
        try sync()
        #expect(try city.store.vector("48/21004") == rogue.store.vector("48/21004"))
        #expect(
            try city.store.sharedScopes(with: given).allSatisfy { !$0.hasPrefix("48/30000") }
        )
        for scope in ["48", "48/30000", "48/30000/thon-1"] {
            let outcome = try city.store.apply(
                try segment(scope, rogue, birth: given),
                from: given.node
            )
            #expect(outcome == .refused(.notItsScope))
        }
        // What it shows is not what counts either.
        #expect(try city.store.knownCertificate(of: given.node) == given)
        #expect(try city.store.children().map(\.node).contains(given.node))
    }

    @Test func `a certificate that its issuer has not signed counts nowhere`() throws {
        let mine = try rogue.certificate(["48"], ["48/21004/x"], by: city.signingKey)
        let forged = try Certificate(forging: mine, issuer: try rogue.certificate.node)
        try enter(forged)
        try sync()
        #expect(try city.store.roster().certificates[forged.node]?.contains(forged) == false)
    }

    @Test func `a hub revokes nobody beyond its own scopes`() throws {
        for victim in [honest, city, village] {
            try enter(
                try victim.certificate([], ["48/21004/x"], issuedAt: 1, by: rogue.signingKey),
                isRevoked: true
            )
            // The true certificate stands in everybody's sight.
            try enter(try victim.certificate, isRevoked: true)
        }
        try sync()
        try save("B", village, "48/30000/thon-1")
        try save("C", honest, "48/30000")
        try save("D", city, "48")
        try sync()
        for scope in ["48", "48/30000", "48/30000/thon-1"] {
            #expect(try city.store.vector(scope) == honest.store.vector(scope))
        }
        #expect(try city.store.number("SELECT count(*) FROM house") == 4)
        #expect(try city.store.number("SELECT count(*) FROM quarantine") == 0)
    }

    @Test func `a hub that is certified by another one keeps the place of its roster`() throws {
        // Nodes of the honest hub would be strangers at the city otherwise.
        try enter(
            try honest.certificate(
                [],
                ["48/21004/a", "48/21004/a/"],
                issuedAt: 1 << 48,
                by: rogue.signingKey
            )
        )
        try sync()
        let scope = "48/30000/thon-2"
        let next = Hub(store: try commune.unenrolled())
        try takeIn(next, scope)
        try save("B", next, scope)
        _ = try TestExchange(next.store, with: honest.store)
        try sync()
        #expect(try city.store.vector(scope) == next.store.vector(scope))
    }

    @Test func `the city revokes a hub with the logs of its days alone`() throws {
        // The rogue hub was topmost once, and has certified itself.
        let own = ["48/21004", "48/21004/"]
        let early = try rogue.certificate(own, own, issuedAt: 1, by: rogue.signingKey)
        try city.store.revoke(try rogue.certificate.node, on: "2026-01-01")
        let late = try segment("48/21004/x", rogue, birth: early)
        #expect(try city.store.apply(late) == .quarantined)
        #expect(throws: ExchangeError.revoked(try rogue.certificate.node)) {
            _ = try TestExchange(rogue.store, with: city.store)
        }
    }

    @Test func `nodes of a hub whose certificate was narrowed since stay known`() throws {
        let narrow = try honest.certificate(
            ["48", "48/30000"],
            ["48/30000"],
            issuedAt: Self.now + 1,
            by: city.signingKey
        )
        try city.store.enter(narrow)
        try sync()
        #expect(try honest.certificate == narrow)
        #expect(try honest.store.isTrusted(try village.certificate))
        #expect(try city.store.isTrusted(try village.certificate))
    }
}

extension Certificate {
    /// The same certificate with another issuer's name in it; the signature stays.
    fileprivate init(forging other: Certificate, issuer: NodeID) throws {
        func bigEndian(_ number: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        }
        var bytes = other.bytes
        let old = bigEndian(other.issuer.rawValue)
        let place = try #require(
            bytes.indices.dropLast(8).last { Array(bytes[$0..<($0 + 8)]) == old }
        )
        bytes.replaceSubrange(place..<(place + 8), with: bigEndian(issuer.rawValue))
        try self.init(bytes)
    }
}
