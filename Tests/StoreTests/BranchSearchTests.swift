import Causality
import Replication
import TestSupport
import Testing

@testable import Store

/// Looking for what of a waiting branch has come back into the log, within a bound.
@Suite struct BranchSearchTests {
    private let commune: TestCommune
    private let hub: Store
    private let village: Store

    init() throws {
        commune = try TestCommune(seed: 21)
        hub = commune.hub
        village = try commune.village("thon-1")
        try hub.enter(try village.requireIdentity().certificate)
        try village.set(.test(100), Cell("name", .text("A")))
        _ = try TestExchange(village, with: hub)
    }

    private func lost(_ number: Int) -> Entry {
        testEntry(.test(UInt32(number)), Cell("name", .text("lost \(number)")))
    }

    /// A branch of the village's log that waits at the hub: `count` segments of two entries.
    private func wait(_ count: Int) throws -> LogID {
        var last = try #require(try village.allSegments().last)
        for index in 0..<count {
            let entries = [lost(2 * index + 1), lost(2 * index + 2)]
            last = try village.continuing(last, with: entries)
            let refusal = try hub.consider(last, isRedacted: false, stated: StatedEnds())
            #expect(refusal == nil)
        }
        return last.header.log
    }

    /// Entries come back into the hub's log, under other names.
    private func comeBack(_ numbers: ClosedRange<Int>) throws {
        let entries = numbers.map { lost($0) }
        try hub.transaction {
            let scope = try #require(try hub.scopeNumber(firstVillage))
            _ = try hub.write(
                entries,
                entries.map { $0.encode() },
                log: try hub.openLog(scope: scope)
            )
            try hub.seal(firstVillage)
        }
    }

    @Test func `a branch is looked for in portions, and settled as a whole`() throws {
        let log = try wait(6)
        hub.cache.searches = BranchSearches(entriesMax: 16)
        for last in [4, 8, 12] {
            #expect(try hub.hasUnsettledBranches)
            try hub.settleReturned()
            #expect(hub.cache.searches.count == (last < 12 ? 4 : 1))
            #expect(hub.cache.searches[log]?.readable.count == last / 2)
            if last < 12 { try comeBack(last - 3...last) }
            // Those of the last portion stand in the log before they are looked for.
            if last == 4 { try comeBack(9...11) }
        }
        #expect(try hub.hasUnsettledBranches)
        try comeBack(12...12)
        try hub.settleReturned()
        #expect(try !hub.hasUnsettledBranches)
        #expect(hub.cache.searches.count == 0)
    }

    @Test func `what no order explains yet is not read again until there is another order`() throws
    {
        let tip = try #require(try village.allSegments().last)
        let branch = try village.continuing(tip, with: [lost(1)])
        #expect(try hub.consider(branch, isRedacted: true, stated: StatedEnds()) == nil)
        try hub.settleReturned()
        let search = try #require(hub.cache.searches[branch.header.log])
        #expect(search.isOver)
        #expect(search.readable.isEmpty)
        #expect(search.isAbout(search.branch, orders: 0))
        #expect(!search.isAbout(search.branch, orders: 1))
        #expect(try hub.hasUnsettledBranches)
    }

    @Test func `where there is no room the search begun first gives way to the next log`() {
        func search(_ entries: Int) -> BranchSearch {
            var search = BranchSearch([1], orders: 0)
            search.taken = 1
            search.missing.add((1...entries).map { lost($0) })
            return search
        }
        var searches = BranchSearches(entriesMax: 16)
        let logs = (1...5).map { LogID($0) }
        #expect(searches.turns(of: logs) == logs)
        for log in logs[..<3] { searches.keep(search(4), of: log) }
        #expect(searches.count == 12)
        #expect(searches.hasRoom)
        searches.keep(search(1), of: logs[3])
        #expect(!searches.hasRoom)
        #expect(searches.turns(of: logs) == logs)
        searches.endFirst()
        #expect(searches.hasRoom)
        #expect(searches.turns(of: logs) == [2, 3, 4, 5, 1].map { LogID($0) })
        searches.keep(search(4), of: logs[4])
        searches.endFirst()
        #expect(searches.turns(of: logs) == [3, 4, 5, 1, 2].map { LogID($0) })
        searches.keepOnly([logs[4]])
        #expect(searches.count == 4)
        searches.end(logs[4])
        #expect(searches.count == 0)
    }

    @Test func `an entry is known again whatever else its author had seen, and after its erasure`()
    {
        var missing = MissingEntries()
        missing.add([lost(1), lost(2), lost(2)])
        #expect(missing.count == 2)
        var seen = lost(1)
        seen.seen = VersionVector([.init(log: LogID(7), seq: 1, hash: 0)])
        missing.remove(lost(3))
        #expect(missing.count == 2)
        missing.remove(seen)
        #expect(missing.count == 1)
        missing.remove(lost(2).redacted)
        #expect(missing.isEmpty)
    }
}
