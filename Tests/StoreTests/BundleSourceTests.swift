import Causality
import Replication
import SQLite
import Store
import TestSupport
import Testing

/// Bundles that are taken piece by piece while others use the store.
@Suite struct BundleSourceTests {
    let scope = TestCommune.path + "/thon-1"

    private func add(_ count: Int, to store: Store, bytes: Int = 60) throws {
        var random = SplitMix64(seed: UInt64(count))
        for _ in 0..<count {
            let name = String(
                decoding: random.bytes(bytes).map { 0x61 + $0 % 26 },
                as: UTF8.self
            )
            try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
        }
    }

    @Test func `no transaction is open between two pieces`() throws {
        let commune = try TestCommune(seed: 3)
        let village = try commune.village("thon-1")
        try add(1_500, to: village)
        let source = try village.request(software: "test")
        var pieces = 0
        while try source.next(atMost: 1) != nil {
            #expect(!village.db.isInTransaction)
            pieces += 1
        }
        #expect(pieces > 3)
        #expect(source.isWhole)
    }

    @Test func `a bundle brings what was held at its hello and nothing later`() throws {
        let commune = try TestCommune(seed: 4)
        let village = try commune.village("thon-1")
        try add(50, to: village)
        let source = try village.request(software: "test")
        let stated = try village.vector(scope)
        let session = try ExchangeSession(answering: commune.hub)
        while let piece = try source.next(atMost: 1) {
            try session.push(piece)
            try add(3, to: village)
            try village.seal(scope)
        }
        try session.close()
        #expect(session.summary.isComplete)
        #expect(try commune.hub.vector(scope) == stated)
        #expect(try village.vector(scope) != stated)
    }

    @Test(arguments: [1, 5_000, 20_000, 1 << 20])
    func `every piece is whole chunks within its limit, and all pieces are one bundle`(
        limit: Int
    ) throws {
        let commune = try TestCommune(seed: 5)
        let village = try commune.village("thon-1")
        try add(800, to: village)
        let source = try village.request(software: "test")
        let session = try ExchangeSession(answering: commune.hub)
        while let piece = try source.next(atMost: limit) {
            #expect(!piece.isEmpty)
            #expect(piece.count <= max(limit, ReplicationLimits.chunkBytesMax + 200))
            try session.push(piece)
        }
        try session.close()
        #expect(session.summary.isComplete)
        #expect(try commune.hub.vector(scope) == village.vector(scope))
    }

    @Test func `a request goes on behind the part of a segment that the parent has`() throws {
        let commune = try TestCommune(seed: 6)
        let village = try commune.village("thon-1")
        try add(1_000, to: village)
        // Two chunks arrive, then the child ends its request on purpose.
        let cut = try village.request(software: "test")
        let answering = try ExchangeSession(answering: commune.hub)
        for _ in 0..<2 { try answering.push(try #require(try cut.next(atMost: 1))) }
        try answering.close()
        let asking = try ExchangeSession(asking: village, request: cut.digest)
        try answering.reply(software: "test") { try asking.push($0) }
        try asking.close()
        let partial = try #require(asking.hello?.partial)
        #expect(partial.held > 0)
        #expect(asking.summary.isComplete)

        let whole = try village.request(software: "test")
        try whole.write { _ in }
        let rest = try village.request(software: "test", resuming: partial)
        let second = try ExchangeSession(answering: commune.hub)
        try rest.write { try second.push($0) }
        try second.close()
        #expect(second.summary.isComplete)
        #expect(try commune.hub.vector(scope) == village.vector(scope))
        #expect(rest.taken <= whole.taken - partial.held)
        #expect(try commune.hub.heldPartial(of: try #require(second.peer).node) == nil)
    }

    @Test func `a short bundle does not drop the longer part of a segment that is kept`() throws {
        let commune = try TestCommune(seed: 7)
        let village = try commune.village("thon-1")
        try add(1_000, to: village)
        var held: [Int] = []
        for pieces in [3, 1, 2] {
            let source = try village.request(software: "test")
            let session = try ExchangeSession(answering: commune.hub)
            for _ in 0..<pieces { try session.push(try #require(try source.next(atMost: 1))) }
            try session.close()
            let node = try #require(session.peer).node
            held.append(try #require(try commune.hub.heldPartial(of: node)).bytes.count)
        }
        #expect(held[0] == held[1] && held[1] == held[2])
    }

    @Test func `a node that was revoked meanwhile is sent nothing more`() throws {
        let commune = try TestCommune(seed: 8)
        let village = try commune.village("thon-1")
        let certificate = try #require(try village.identity()).certificate
        try commune.hub.enter(certificate)
        try add(1_000, to: commune.hub)
        let request = try village.request(software: "test")
        let session = try ExchangeSession(answering: commune.hub)
        try request.write { try session.push($0) }
        try session.close()
        let reply = try session.reply(software: "test")
        _ = try reply.next(atMost: 1)
        try commune.hub.revoke(certificate.node, on: "2026-06-01")
        #expect(throws: ExchangeError.revoked(certificate.node)) {
            while try reply.next(atMost: 1) != nil {}
        }
    }
}
