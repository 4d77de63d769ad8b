import Causality
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// What only a hub does: revoking, admitting, moving, erasing.
@Suite struct HubTests {
    let scope = TestCommune.path + "/thon-1"
    let other = TestCommune.path + "/thon-2"

    private func add(_ name: String, to store: Store) throws -> RecordID {
        var id = RecordID(origin: 0, counter: 1)
        try store.save(scope: scope) { batch in
            id = batch.add("house", [Cell("name", .text(name))])
            _ = batch.add(
                "person",
                [Cell("house", .reference(id)), Cell("name", .text("P" + name))]
            )
        }
        return id
    }

    private func names(_ store: Store, _ scope: String? = nil) throws -> [String] {
        try store.db.prepare(
            """
            SELECT name FROM house h JOIN scope s ON s.n = h._scope
            WHERE _flags & 14 = 0 AND (?1 IS NULL OR path = ?1) ORDER BY name
            """
        ).bind(all: scope).rows { row throws(SQLiteError) in try row.text(0) }
    }

    private func enrolled(_ commune: TestCommune, _ name: String) throws -> Store {
        let village = try commune.village(name)
        try commune.hub.enter(try #require(try village.identity()).certificate)
        return village
    }

    @Test func `what a revoked node brings later is set aside until somebody admits it`() throws {
        let commune = try TestCommune(seed: 11)
        let village = try enrolled(commune, "thon-1")
        let node = try #require(try village.identity()).node
        _ = try add("A", to: village)
        _ = try TestExchange(village, with: commune.hub)
        _ = try add("B", to: village)
        try commune.hub.revoke(node, on: "2026-11-24")
        #expect(throws: ExchangeError.revoked(node)) {
            _ = try TestExchange(village, with: commune.hub)
        }
        // The same segments on another way: by hand.
        try village.seal(scope)
        var late: [Segment] = []
        try village.segments(of: scope, lacking: commune.hub.vector(scope)) { segment, _ in
            late.append(segment)
        }
        let segment = try #require(late.first)
        #expect(try commune.hub.apply(segment) == .quarantined)
        #expect(try names(commune.hub) == ["A"])
        #expect(try commune.hub.admit(segment.header.log) == 1)
        #expect(try names(commune.hub) == ["A", "B"])
    }

    /// Such a node could make itself administrator, revoke the others and erase their data.
    @Test(arguments: [NodeKind.village, .unit, .hub])
    func `a certificate for its issuer's roster is trusted by nobody`(kind: NodeKind) throws {
        let commune = try TestCommune(seed: 14)
        let village = try commune.village("thon-1")
        let identity = try village.requireIdentity()
        for (writes, isTrusted) in [
            ([scope], true), ([scope, TestCommune.path], false), ([TestCommune.path], false),
            ([TestCommune.path + "/"], true),
        ] {
            let certificate = try Certificate.issue(
                name: "x",
                kind: kind,
                signingKey: SigningKey.random().verifyingKey,
                sealingKey: identity.openingKey.sealingKey,
                reads: [TestCommune.path],
                writes: writes,
                issuedAt: 1_790_000_000_000,
                by: commune.hub.requireIdentity().signingKey
            )
            #expect(try commune.hub.isTrusted(certificate) == isTrusted)
            #expect(try village.isTrusted(certificate) == isTrusted)
        }
    }

    @Test func `a household moves with its people and keeps its id`() throws {
        let commune = try TestCommune(seed: 12)
        let village = try enrolled(commune, "thon-1")
        let next = try enrolled(commune, "thon-2")
        let house = try add("A", to: village)
        _ = try TestExchange(village, with: commune.hub)
        #expect(try commune.hub.move(house, to: other).count == 2)
        _ = try TestExchange(next, with: commune.hub)
        #expect(try names(next, other) == ["A"])
        #expect(try names(commune.hub, scope) == [])
        #expect(try commune.hub.locate(house)?.scope == other)
        // The old village has not seen the move: its change comes up for review, and stays.
        try village.save(scope: scope) { $0.set("house", house, [Cell("rooms", .integer(4))]) }
        _ = try TestExchange(village, with: commune.hub)
        let flags = try commune.hub.db.prepare("SELECT _flags FROM house ORDER BY id LIMIT 1")
            .first { $0.integer(0) }
        #expect(flags == RecordFlags.moved | RecordFlags.clash)
        // And back again.
        try commune.hub.move(house, to: scope)
        #expect(try names(commune.hub, scope) == ["A"])
        #expect(try names(commune.hub, other) == [])
    }

    @Test func `erased values are gone from every file, and the chain still holds`() throws {
        let commune = try TestCommune(seed: 13)
        let village = try enrolled(commune, "thon-1")
        let house = try add("Bí mật", to: village)
        _ = try add("B", to: village)
        try village.save(scope: scope) { $0.set("house", house, [Cell("name", .text("Bí mật 2"))]) }
        _ = try TestExchange(village, with: commune.hub)
        #expect(try commune.hub.redact([house], reason: "request", on: "2026-11-24") == 2)
        _ = try TestExchange(village, with: commune.hub)
        for store in [village, commune.hub] {
            let texts = try store.db.prepare("SELECT name FROM house").rows {
                row throws(SQLiteError) in row.isNull(0) ? "" : try row.text(0)
            }
            #expect(texts == ["", "B"])
            try store.rebuild()
            #expect(try names(store) == ["B"])
        }
        // A new node gets the redacted segment with the order that explains it.
        let fresh = try commune.village("thon-1")
        _ = try TestExchange(fresh, with: commune.hub)
        _ = try TestExchange(fresh, with: commune.hub)
        #expect(try names(fresh) == ["B"])
        #expect(try fresh.vector(scope) == commune.hub.vector(scope))
    }
}
