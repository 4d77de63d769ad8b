import Causality
import Replication
import SQLite
import TestSupport
import Testing

@testable import Store

@Suite struct ReadingTransactionTests {
    private let scope = TestCommune.path + "/thon-1"

    /// The simulator's seeds 2167 and 2168: a save that joined it was acknowledged, and lost.
    @Test func `reading leaves no transaction open, wherever it is interrupted`() throws {
        let village = try TestCommune(seed: 31).village("thon-1")
        try village.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("A"))]) }
        var interruptions = 0
        for operations in 1...200 {
            village.db.interruptAfter(operations: operations)
            do {
                _ = try village.reading { try village.vector(scope) }
            } catch SQLiteError.interrupted {
                interruptions += 1
            }
            village.db.interruptAfter(operations: nil)
            try #require(!village.db.isInTransaction, "after \(operations) operations")
        }
        #expect(interruptions > 0 && interruptions < 200)
    }

    /// Else nobody would be revoked from then on.
    @Test func `a roster that could not be read is read again`() throws {
        let commune = try TestCommune(seed: 32)
        let certificate = try #require(try commune.village("thon-1").identity()).certificate
        try commune.hub.enter(certificate)
        try commune.hub.revoke(certificate.node, on: "2026-01-01")
        // As if another process had written.
        commune.hub.dataVersion = -1
        try commune.hub.db.execute("ALTER TABLE node RENAME TO elsewhere")
        for _ in 0..<2 {
            #expect(throws: (any Error).self) {
                try commune.hub.reading { try commune.hub.isRevoked(certificate.node) }
            }
        }
        try commune.hub.db.execute("ALTER TABLE elsewhere RENAME TO node")
        #expect(try commune.hub.reading { try commune.hub.isRevoked(certificate.node) })
    }
}
