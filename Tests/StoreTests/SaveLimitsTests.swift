import Causality
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// What a save must refuse, because no node could read the segment that it would go into.
@Suite struct SaveLimitsTests {
    private let scope = TestCommune.path + "/thon-1"

    @Test func `a value beyond the protocol's limit is refused, the largest is not`() throws {
        let village = try TestCommune(seed: 1).village("thon-1")
        let largest = String(repeating: "x", count: ReplicationLimits.valueBytesMax)
        try village.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(largest))]) }
        #expect(throws: StoreError.misfit(type: "house", field: "name")) {
            try village.save(scope: scope) {
                _ = $0.add("house", [Cell("name", .text(largest + "x"))])
            }
        }
        try village.seal(scope)
        try village.rebuild()
    }

    @Test func `an author's name beyond the protocol's limit is refused`() throws {
        let village = try TestCommune(seed: 2).village("thon-1")
        let longest = String(repeating: "a", count: ReplicationLimits.nameBytesMax)
        try village.save(scope: scope, author: longest) {
            _ = $0.add("house", [Cell("rooms", .integer(1))])
        }
        #expect(throws: StoreError.saveTooLarge) {
            try village.save(scope: scope, author: longest + "a") {
                _ = $0.add("house", [Cell("rooms", .integer(1))])
            }
        }
        try village.seal(scope)
        try village.rebuild()
    }
}
