import Causality
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// What comes after a decision: a revoked node's late work, and branches whose writer speaks late.
@Suite struct LateWorkTests {
    private let commune: TestCommune
    private let hub: Store
    private let village: Store
    private let node: NodeID

    init() throws {
        commune = try TestCommune(seed: 42)
        hub = commune.hub
        village = try commune.village("thon-1")
        let certificate = try #require(try village.identity()).certificate
        node = certificate.node
        try hub.enter(certificate)
        try add("A")
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
    }

    private func add(_ name: String) throws {
        try village.save(scope: firstVillage) { _ = $0.add("house", [Cell("name", .text(name))]) }
        try village.seal(firstVillage)
    }

    private func request() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try village.request(software: "test") { bytes += $0 }
        return bytes
    }

    private func read(_ bundle: [UInt8]) throws -> ExchangeSession {
        let session = try ExchangeSession(reading: hub)
        try session.push(bundle)
        try session.close()
        return session
    }

    private func houses() throws -> Int64? { try hub.number("SELECT count(*) FROM house") }

    // MARK: Revoked nodes

    @Test func `a machine that is found again hands in its work, and a person admits it`() throws {
        try hub.revoke(node, on: "2026-01-01")
        for name in ["B", "C", "D"] { try add(name) }
        let log = try #require(try village.vector(firstVillage).elements.first).log
        let bundle = try request()
        let known = try hub.remembered(of: node)
        let session = try read(bundle)
        #expect(session.lateNode == node)
        #expect(session.peer == nil)
        #expect(session.summary.quarantined == 3)
        #expect(try houses() == 1)
        #expect(try hub.remembered(of: node) == known)
        #expect(throws: ExchangeError.outOfOrder) { try session.reply(software: "test") }
        #expect(try hub.admit(log) == 3)
        #expect(try houses() == 4)
        #expect(throws: ExchangeError.revoked(node)) {
            try ExchangeSession(answering: hub).push(bundle)
        }
    }

    @Test func `admitting goes as far as there is no gap, and so does the cut`() throws {
        try hub.revoke(node, on: "2026-01-01")
        for name in ["B", "C", "D"] { try add(name) }
        let segments = try village.allSegments()
        for index in [1, 3] { #expect(try hub.apply(segments[index], from: node) == .quarantined) }
        let log = segments[1].header.log
        #expect(try hub.admit(log) == 1)
        #expect(try hub.ownCut(of: node)?.element(for: log) == segments[1].element)
        #expect(throws: StoreError.nothingToDecide) { try hub.admit(log) }
        #expect(try hub.apply(segments[2], from: node) == .quarantined)
        #expect(try hub.admit(log) == 2)
        #expect(try houses() == 4)
    }

    @Test func `a log that began after the last exchange is known by its own certificate`() throws {
        let other = try commune.village("thon-2")
        let certificate = try #require(try other.identity()).certificate
        try hub.enter(certificate)
        try hub.revoke(certificate.node, on: "2026-01-01")
        try other.save(scope: "\(TestCommune.path)/thon-2") {
            _ = $0.add("house", [Cell("name", .text("B"))])
        }
        try other.seal("\(TestCommune.path)/thon-2")
        let segment = try #require(try other.allSegments("\(TestCommune.path)/thon-2").last)
        #expect(try hub.apply(segment, from: certificate.node) == .quarantined)
        #expect(try hub.waitingLogs().map(\.node) == [certificate.name])
        let unknown = LogID(1)
        #expect(throws: StoreError.noLateWork(unknown)) { try hub.admit(unknown) }
    }

    @Test func `late work has a bound`() throws {
        try hub.revoke(node, on: "2026-01-01")
        try add("B")
        let late = try #require(try village.allSegments().last)
        func flood(_ log: Int64) throws {
            try hub.db.prepare(
                """
                INSERT INTO quarantine(
                    log, first, header, signature, payload, is_redacted, reason, at, is_settled)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4096)
                SELECT ?1, i, CAST(?1 || '-' || i AS BLOB), x'', x'', 0, 'revoked', 0, 1 FROM n
                """
            ).run(log)
        }
        // Logs that nobody knows, and those of another node, leave this one its place.
        try flood(1)
        try flood(Int64(bitPattern: hub.openLogID(firstVillage).rawValue))
        #expect(try hub.apply(late, from: node) == .quarantined)
        try hub.db.execute("DELETE FROM quarantine WHERE length(payload) > 0")
        try flood(Int64(bitPattern: late.header.log.rawValue))
        #expect(try hub.apply(late, from: node) == .refused(.tooMuchLate))
    }

    // MARK: Branches

    /// The hub holds an entry of the village's log, and a branch of the same log waits there.
    private func branch(_ names: [String]) throws -> [Segment] {
        let tip = try #require(try village.allSegments().last)
        var branch: [Segment] = []
        for (index, name) in names.enumerated() {
            let entry = testEntry(.test(UInt32(index + 1)), Cell("name", .text(name)))
            branch.append(try village.continuing(branch.last ?? tip, with: [entry]))
        }
        return branch
    }

    @Test func `what a writer said before the branch decides nothing about it`() throws {
        let early = try request()
        let branch = try branch(["lost", "lost as well"])
        try add("B")
        try add("C")
        _ = try TestExchange(village, with: hub)
        for one in branch { try hub.consider(one, isRedacted: false, stated: StatedEnds()) }
        _ = try read(early)
        #expect(try hub.hasUnsettledBranches)
        #expect(try houses() == 3)
        _ = try TestExchange(village, with: hub)
        _ = try read(try village.wholeRequest())
        #expect(try !hub.hasUnsettledBranches)
        #expect(try houses() == 5)
        _ = try read(early)
        #expect(try houses() == 5)
    }

    @Test func `what a writer said at a time before the branch decides nothing, word for word`()
        throws
    {
        let tip = try #require(try village.allSegments().last)
        try add("B")
        // States exactly what the hub holds, and lies about for a while.
        let early = try village.wholeRequest()
        _ = try TestExchange(village, with: hub)
        let stated = [firstVillage: try village.vector(firstVillage)]
        let hour: UInt64 = 3_600_000
        func wait(later: UInt64) throws {
            let entry = testEntry(.test(1), Cell("name", .text("lost")))
            try hub.consider(
                village.continuing(tip, with: [entry], later: later),
                isRedacted: false,
                stated: StatedEnds()
            )
            #expect(try hub.hasUnsettledBranches)
        }
        try wait(later: hour)
        _ = try read(early)
        #expect(try hub.hasUnsettledBranches)
        #expect(try houses() == 2)
        let now = hub.environment.wall()
        try hub.settleBranches(of: node, stated: stated, at: now + hour - 1)
        #expect(try hub.hasUnsettledBranches)
        try hub.settleBranches(of: node, stated: stated, at: now + hour)
        #expect(try !hub.hasUnsettledBranches)
        #expect(try houses() == 3)
    }

    @Test func `a branch that was written with the clock far ahead does not wait for that time`()
        throws
    {
        let tip = try #require(try village.allSegments().last)
        let entry = testEntry(.test(1), Cell("name", .text("lost")))
        try add("B")
        _ = try TestExchange(village, with: hub)
        try hub.consider(
            village.continuing(tip, with: [entry], later: 10 * 365 * 24 * 3_600_000),
            isRedacted: false,
            stated: StatedEnds()
        )
        _ = try read(village.wholeRequest())
        #expect(try !hub.hasUnsettledBranches)
        #expect(try houses() == 3)
    }

    @Test func `what was looked through for a branch is not looked through again`() throws {
        let branch = try branch(["lost", "lost as well"])
        for one in branch { try hub.consider(one, isRedacted: false, stated: StatedEnds()) }
        let log = branch[0].header.log
        try hub.settleReturned()
        let arrival = try hub.number(
            """
            SELECT max(s.arrival) FROM segment s JOIN log l ON l.n = s.log
            JOIN scope c ON c.n = l.scope WHERE c.path = '\(firstVillage)'
            """
        )
        #expect(hub.cache.searches[log]?.arrival == arrival)
        // Its entries come back one by one, under another name.
        for (index, name) in ["lost", "lost as well"].enumerated() {
            #expect(try hub.hasUnsettledBranches)
            let entry = testEntry(.test(UInt32(index + 1)), Cell("name", .text(name)))
            try hub.transaction {
                let target = try hub.openLog(scope: try #require(try hub.scopeNumber(firstVillage)))
                _ = try hub.write([entry], [entry.encode()], log: target)
                try hub.seal(firstVillage)
            }
            try hub.settleReturned()
        }
        #expect(try !hub.hasUnsettledBranches)
    }
}

extension Store {
    /// A request that states the vectors.
    fileprivate func wholeRequest() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try request(software: "test", isWhole: true) { bytes += $0 }
        return bytes
    }
}
