import Causality
import Node
import Replication
import Store
import TestSupport
import Testing

/// Villages and a hub over loopback.
@Suite struct SyncTests {
    @Test func `a village and its hub hold the same after one run`() throws {
        let hub = try TestHub(seed: 1)
        let village = try hub.village("thon-1")
        try village.add(300)
        try hub.run { store in
            try store.save(scope: village.scope) { _ = $0.add("house", [Cell("name", .text("H"))]) }
        }
        let result = try village.sync()
        #expect(result.problem == nil)
        #expect(result.exchanges == 1 && result.entries == 1)
        #expect(try village.vector() == hub.run { try $0.vector(village.scope) })
        for store in [village.store, hub.store] {
            #expect(try store.run { try $0.verify().damages.isEmpty })
        }
        let again = try village.sync()
        #expect(again.exchanges == 1 && again.bytesOut < 1_024 && again.bytesIn < 1_024)
    }
}
