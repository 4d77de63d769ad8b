import Causality
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// Branches that give way, and entries that are written again.
@Suite struct ForkTests {
    private let house = RecordID.test(1)

    @Test func `a branch gives way where the parent's begins inside one of its segments`() throws {
        let commune = try TestCommune(seed: 61)
        let village = try commune.village("thon-1")
        for number in 1...2 { try village.set(house, Cell("rooms", .integer(Int64(number)))) }
        try village.seal(firstVillage)
        let back = try commune.copy(of: village)
        for number in 3...4 {
            try village.set(house, Cell("rooms", .integer(Int64(number))))
            try village.seal(firstVillage)
        }
        let parents = try village.allSegments()
        _ = try TestExchange(village, with: commune.hub)
        for number in [33, 44, 55] { try back.set(house, Cell("rooms", .integer(Int64(number)))) }
        try back.seal(firstVillage)
        // The bundle lacks [3]: an older stick.
        let last = try #require(parents.last)
        #expect(last.header.first == 4)
        try back.yieldBranch(to: last.header)
        let log = try #require(try back.log(last.header.log))
        #expect(log.seq == 2)
        #expect(try back.number("SELECT max(last) FROM segment WHERE log = \(log.n)") == 2)
        #expect(try back.waitingEntries().count == 3)
        try back.finishHealing()
        for _ in 0..<2 { _ = try TestExchange(back, with: commune.hub) }
        #expect(try back.verify().damages == [])
        #expect(try back.vector(firstVillage) == commune.hub.vector(firstVillage))
        let kept = try back.conflict(house).disputed.flatMap(\.values).map(\.value)
        #expect(Set(kept) == [.integer(4), .integer(55)])
    }

    @Test func `a branch with a record type of a newer version is written again`() throws {
        let commune = try TestCommune(seed: 62)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("name", .text("P")))
        _ = try TestExchange(village, with: commune.hub)
        let held = try #require(try village.allSegments().first)
        let pet = testEntry(RecordID.test(3), Cell("name", .text("x")), type: "pet")
        try commune.hub.consider(
            try village.continuing(held, with: [pet]),
            isRedacted: false,
            stated: StatedEnds()
        )
        // The writer comes and does not have it: the hub writes it again, and nothing ends the line.
        try village.set(house, Cell("name", .text("Q")))
        for _ in 0..<2 { _ = try TestExchange(village, with: commune.hub) }
        #expect(try !commune.hub.hasUnsettledBranches)
        for store in [commune.hub, village] {
            let entries = try store.history(of: RecordID.test(3))
            #expect(entries.map(\.type) == ["pet"])
        }
    }

    @Test func `what a node may not write again waits, and nothing else does`() throws {
        let commune = try TestCommune(seed: 63)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("name", .text("P")))
        let segment = try #require(try village.allSegments().first)
        try village.yieldBranch(to: segment.header)
        let identity = try village.requireIdentity()
        try village.adopt(try narrowed(identity, commune, writes: [secondVillage]))
        let opened = try commune.copy(of: village)
        #expect(try opened.waitingEntries().map(\.scope) == [firstVillage])
        #expect(try opened.status().waiting == 1)
        try opened.save(scope: secondVillage) { _ = $0.add("house", [Cell("rooms", .integer(1))]) }
        // A certificate that covers the scope again ends the waiting.
        try opened.adopt(identity)
        let again = try commune.copy(of: opened)
        #expect(try again.waitingEntries().isEmpty)
        #expect(try again.record(house)?["name"] == .text("P"))
    }

    @Test func `an own branch that may not be written again is offered to the parent`() throws {
        let commune = try TestCommune(seed: 64)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("name", .text("P")))
        _ = try TestExchange(village, with: commune.hub)
        let back = try commune.copy(of: village)
        try village.set(house, Cell("rooms", .integer(1)))
        _ = try TestExchange(village, with: commune.hub)
        try back.set(house, Cell("rooms", .integer(2)))
        try back.seal(firstVillage)
        let identity = try back.requireIdentity()
        try back.adopt(try narrowed(identity, commune, writes: [secondVillage]))
        for _ in 0..<4 { _ = try TestExchange(back, with: commune.hub) }
        #expect(try !back.hasUnsettledBranches)
        #expect(try back.vector(firstVillage) == commune.hub.vector(firstVillage))
        let kept = try commune.hub.conflict(house).disputed.flatMap(\.values).map(\.value)
        #expect(Set(kept) == [.integer(1), .integer(2)])
    }

    private func narrowed(
        _ identity: Identity,
        _ commune: TestCommune,
        writes: [String]
    ) throws -> Identity {
        let certificate = try Certificate.issue(
            name: "narrow",
            kind: .village,
            signingKey: identity.signingKey.verifyingKey,
            sealingKey: identity.openingKey.sealingKey,
            reads: identity.certificate.reads,
            writes: writes,
            issuedAt: 1_790_000_000_000,
            by: commune.hub.requireIdentity().signingKey
        )
        return Identity(
            signingKey: identity.signingKey,
            openingKey: identity.openingKey,
            certificate: certificate,
            parent: identity.parent
        )
    }
}
