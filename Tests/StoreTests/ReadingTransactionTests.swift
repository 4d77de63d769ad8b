import Causality
import Replication
import SQLite
import Store
import TestSupport
import Testing

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
}
