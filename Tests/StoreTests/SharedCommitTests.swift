import Causality
import Replication
import SQLite
import Store
import TestSupport
import Testing

/// Several bundles of one stick, kept by one commit.
@Suite struct SharedCommitTests {
    private let names = ["thon-1", "thon-2", "thon-3"]

    private func add(_ name: String, to store: Store, _ village: String) throws {
        try store.save(scope: TestCommune.path + "/" + village) { batch in
            for index in 0..<40 {
                _ = batch.add("house", [Cell("name", .text("\(name) \(index)"))])
            }
        }
    }

    /// What each village has for the hub.
    private func bundles(_ commune: TestCommune) throws -> [[UInt8]] {
        try names.map { name in
            let village = try commune.village(name)
            try commune.hub.enter(try #require(try village.identity()).certificate)
            try add(name, to: village, name)
            var bytes: [UInt8] = []
            try village.request(software: "test") { bytes += $0 }
            return bytes
        }
    }

    private func houses(_ store: Store) throws -> Int {
        try store.db.prepare("SELECT count(*) FROM house").first { Int($0.integer(0)) } ?? 0
    }

    private func read(_ bundle: [UInt8], at hub: Store, _ shared: SharedCommit) throws {
        let session = try ExchangeSession(reading: hub, shared: shared)
        defer { #expect(throws: Never.self) { try session.close() } }
        try session.push(bundle)
    }

    @Test func `what several bundles bring is kept by one commit`() throws {
        let commune = try TestCommune(seed: 31)
        let bundles = try bundles(commune)
        let hub = commune.hub
        try hub.sharingCommits { shared in
            for bundle in bundles {
                try read(bundle, at: hub, shared)
                #expect(hub.db.isInTransaction)
            }
        }
        #expect(!hub.db.isInTransaction)
        #expect(try houses(hub) == 120)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `without the commit nothing is kept, and the bundles bring all of it again`() throws
    {
        struct Pulled: Error {}
        let commune = try TestCommune(seed: 32)
        let bundles = try bundles(commune)
        let hub = commune.hub
        #expect(throws: Pulled.self) {
            try hub.sharingCommits { shared in
                for bundle in bundles { try read(bundle, at: hub, shared) }
                throw Pulled()
            }
        }
        #expect(try houses(hub) == 0)
        try hub.sharingCommits { shared in
            for bundle in bundles { try read(bundle, at: hub, shared) }
        }
        #expect(try houses(hub) == 120)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test(arguments: 0..<3)
    func `a damaged bundle takes nothing of the others with it`(damaged: Int) throws {
        let commune = try TestCommune(seed: 33)
        var bundles = try bundles(commune)
        bundles[damaged][bundles[damaged].count - 20] ^= 1
        let hub = commune.hub
        try hub.sharingCommits { shared in
            for (index, bundle) in bundles.enumerated() {
                if index == damaged {
                    #expect(throws: ReplicationError.self) { try read(bundle, at: hub, shared) }
                } else {
                    try read(bundle, at: hub, shared)
                }
            }
        }
        #expect(try houses(hub) == 80)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `a merge is followed although a later bundle fails`() throws {
        let commune = try TestCommune(seed: 34)
        let village = try commune.village("thon-1")
        try commune.hub.enter(try #require(try village.identity()).certificate)
        let scope = TestCommune.path + "/thon-1"
        try village.save(scope: scope) { batch in
            let kept = batch.add("house", [Cell("name", .text("A"))])
            let merged = batch.add("house", [Cell("name", .text("B"))])
            batch.set("house", merged, [Cell("_merged_into", .reference(kept))])
        }
        var first: [UInt8] = []
        try village.request(software: "test") { first += $0 }
        var second = try bundles(commune)[1]
        second[second.count - 20] ^= 1
        let hub = commune.hub
        try hub.sharingCommits { shared in
            try read(first, at: hub, shared)
            #expect(throws: ReplicationError.self) { try read(second, at: hub, shared) }
        }
        let aliases = try hub.db.prepare("SELECT count(*) FROM alias").first { $0.integer(0) }
        #expect(aliases == 1)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `after an interruption that SQLite undid by itself, saving goes on without a gap`()
        throws
    {
        let commune = try TestCommune(seed: 35)
        let village = try commune.village("thon-1")
        var saved = 0
        for operations in stride(from: 1, to: 6_000, by: 13) {
            village.db.interruptAfter(operations: operations)
            do {
                try add("A", to: village, "thon-1")
                saved += 1
            } catch {}
            village.db.interruptAfter(operations: nil)
            try add("B", to: village, "thon-1")
            saved += 1
        }
        #expect(try houses(village) == 40 * saved)
        #expect(try village.verify().damages.isEmpty)
    }
}
