import Causality
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// A node that is given another village keeps nothing to itself of what it wrote in the old one.
@Suite struct NewCertificateTests {
    private let commune: TestCommune
    private let hub: Store
    private let village: Store
    private let newer: Certificate

    init() throws {
        commune = try TestCommune(seed: 83)
        hub = commune.hub
        village = try commune.village("thon-1")
        let identity = try village.requireIdentity()
        try hub.enter(identity.certificate)
        newer = try Certificate.issue(
            name: "thon-2",
            kind: .village,
            signingKey: identity.certificate.signingKey,
            sealingKey: identity.certificate.sealingKey,
            reads: [TestCommune.path, secondVillage],
            writes: [secondVillage],
            issuedAt: identity.certificate.issuedAt + 1,
            by: hub.requireIdentity().signingKey
        )
        try add("A", firstVillage)
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
    }

    private func add(_ name: String, _ scope: String) throws {
        try village.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    private func isNew() throws -> Bool { try village.requireIdentity().certificate == newer }

    @Test func `a new certificate counts at once where nothing waits`() throws {
        try hub.enter(newer)
        _ = try TestExchange(village, with: hub)
        #expect(try isNew())
        try add("B", secondVillage)
        _ = try TestExchange(village, with: hub)
        #expect(try hub.vector(secondVillage) == village.vector(secondVillage))
        #expect(throws: StoreError.notAllowed(scope: firstVillage)) { try add("C", firstVillage) }
    }

    @Test func `a receipt proves nothing of a scope that is not shared any more`() throws {
        try hub.save(scope: firstVillage) { _ = $0.add("house", [Cell("name", .text("H"))]) }
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        #expect(try !village.receiptsToShow(known: [:]).isEmpty)
        try hub.enter(newer)
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        try #require(try isNew())
        let known = try village.remembered(of: hub.requireIdentity().node)
        #expect(try village.receiptsToShow(known: known).isEmpty)
    }

    @Test func `what was not sent is handed over first`() throws {
        for number in 0..<50 { try add("B\(number)", firstVillage) }
        try hub.enter(newer)
        // The roster comes down although the request broke off behind its hello.
        _ = try TestExchange(village, with: hub, cutRequest: 2_000)
        try #require(try !isNew())
        for number in 0..<50 { try add("C\(number)", firstVillage) }
        #expect(try village.unsentEntries() ?? 0 >= 50)
        #expect(try village.hasNewsForParent())
        _ = try TestExchange(village, with: hub, cutReply: 200)
        #expect(try !isNew())
        _ = try TestExchange(village, with: hub)
        #expect(try isNew())
        #expect(try hub.vector(firstVillage) == village.vector(firstVillage))
        #expect(try hub.number("SELECT count(*) FROM house") == 101)
        // And nothing is left of the handing over.
        _ = try TestExchange(village, with: hub)
        #expect(try village.unsentEntries() == 0)
        #expect(try !village.hasNewsForParent())
    }

    /// The hub sends what is of the new scope before the node may hold it.
    @Test func `what comes of the new scope meanwhile is put off, not refused for good`() throws {
        try hub.save(scope: secondVillage) { _ = $0.add("house", [Cell("name", .text("N"))]) }
        try add("B", firstVillage)
        try hub.enter(newer)
        let first = try TestExchange(village, with: hub, cutRequest: 2_000)
        #expect(Set(first.child.refused) == [.notYetOurScope])
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        #expect(try isNew())
        #expect(try hub.vector(firstVillage) == village.vector(firstVillage))
        let last = try TestExchange(village, with: hub)
        #expect(last.child.refused.isEmpty)
        #expect(try hub.vector(secondVillage) == village.vector(secondVillage))
    }

    @Test func `what is written between request and reply is handed over as well`() throws {
        try add("B", firstVillage)
        try hub.enter(newer)
        _ = try TestExchange(village, with: hub)
        var request: [UInt8] = []
        let digest = try village.request(software: "test") { request += $0 }
        try add("C", firstVillage)
        let answering = try ExchangeSession(answering: hub)
        try answering.push(request)
        try answering.close()
        var reply: [UInt8] = []
        try answering.reply(software: "test") { reply += $0 }
        let asking = try ExchangeSession(asking: village, request: digest)
        try asking.push(reply)
        try asking.close()
        #expect(try !isNew())
        _ = try TestExchange(village, with: hub)
        #expect(try isNew())
        #expect(try hub.vector(firstVillage) == village.vector(firstVillage))
    }
}
