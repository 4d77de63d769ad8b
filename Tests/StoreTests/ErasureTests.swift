import Causality
import Foundation
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// Redaction orders: what they erase, and what they must leave alone.
@Suite struct ErasureTests {
    private let first = RecordID.test(1)
    private let second = RecordID.test(2)

    private func names(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM house WHERE name IS NOT NULL ORDER BY name")
            .rows { row throws(SQLiteError) in try row.text(0) }
    }

    private func asideNames(_ store: Store) throws -> [Value] {
        try store.quarantinedEntries().flatMap(\.entry.cells).map(\.value)
    }

    /// A hub that keeps a branch which its writer has not written again.
    private func hubWithBranch(
        _ commune: TestCommune,
        _ cells: [(RecordID, String)]
    ) throws -> (village: Store, branch: Segment) {
        let village = try commune.village("thon-1")
        try village.set(first, Cell("rooms", .integer(1)))
        _ = try TestExchange(village, with: commune.hub)
        let old = try commune.copy(of: village)
        try village.set(first, Cell("rooms", .integer(2)))
        _ = try TestExchange(village, with: commune.hub)
        try old.save(scope: firstVillage) { batch in
            for (id, name) in cells { batch.set("house", id, [Cell("name", .text(name))]) }
        }
        let branch = try #require(try old.allSegments().last)
        try commune.hub.consider(branch, isRedacted: false, stated: StatedEnds())
        return (village, branch)
    }

    @Test func `a token that names an entry erased since is clipped, and replaces nothing unseen`()
        throws
    {
        let hub = try TestCommune(seed: 70).hub
        try hub.set(first, Cell("name", .text("P")))
        let token = try hub.token(scope: firstVillage)
        try hub.redact([first], reason: "a", on: "2026-11-24")
        try hub.save(scope: firstVillage, token: token) { batch in
            batch.set("house", first, [Cell("name", .text("R"))])
        }
        let flags = try hub.db.prepare("SELECT _flags FROM house").first { $0.integer(0) }
        // Beside the erased name, and as a change that had not seen the erasure.
        #expect(flags == RecordFlags.disputed | RecordFlags.deleted | RecordFlags.clash)
        #expect(try names(hub) == ["R"])
        #expect(try hub.verify().damages == [])
    }

    /// Entries of two records in one payload of the largest size, so mixed that the marks of an erasure
    /// take more room than the values that go.
    private func fullPayload() throws -> [Entry] {
        var random = SplitMix64(seed: 9)
        let small = (0..<100).map { index in
            let id = random.next() % 2 == 0 ? first : second
            return testEntry(id, Cell("rooms", .integer(Int64(index * 37 % 97))))
        }
        func entries(_ last: Int) -> [Entry] {
            let texts = (0..<17).map { index in
                let name = "f\(Character(UnicodeScalar(UInt8(97 + index))))"
                return Cell(
                    name,
                    .text(String(repeating: "x", count: index < 16 ? 61_500 : last))
                )
            }
            return small + [testEntry(.test(3), texts, type: "zz")]
        }
        // The size of a length's own number may change on the way.
        var last = 60_000
        for _ in 0..<3 {
            last += ReplicationLimits.payloadBytesMax - Payload.encode(entries(last)).count
        }
        let full = entries(last)
        try #require(Payload.encode(full).count == ReplicationLimits.payloadBytesMax)
        return full
    }

    @Test func `an erasure that could not be read afterwards is refused, and erases nothing`()
        throws
    {
        let commune = try TestCommune(seed: 69)
        let hub = commune.hub
        let village = try commune.village("thon-1")
        try village.set(first, Cell("name", .text("P")))
        _ = try TestExchange(village, with: hub)
        // Held since before a payload's size was bounded where it is taken.
        let tip = try #require(try village.allSegments().last)
        let large = try village.continuing(tip, with: fullPayload())
        #expect(try hub.apply(large) == .refused(.badContent))
        try hub.transaction {
            let log = try #require(try hub.log(large.header.log))
            try hub.insert(large, log: log, redaction: 0)
        }
        try hub.rebuild()
        #expect(try hub.verify().damages == [])
        func state() throws -> [Int64?] {
            try [
                "SELECT count(*) FROM redaction", "SELECT rooms FROM house WHERE rooms IS NOT NULL",
                "SELECT sum(length(payload)) FROM segment", "SELECT count(*) FROM pending_entry",
                "SELECT _flags FROM house",
            ].map { try hub.number($0) }
        }
        let before = try state()
        #expect(throws: StoreError.notErasable) {
            try hub.redact([first], reason: "request", on: "2026-11-24")
        }
        #expect(try state() == before)
        #expect(try names(hub) == ["P"])
        // Nor is another person, who could be erased alone, when both are asked for at once.
        try hub.set(.test(4), Cell("rooms", .integer(2)))
        try hub.seal(firstVillage)
        let both = try state()
        #expect(throws: StoreError.notErasable) {
            try hub.redact([.test(4), first], reason: "request", on: "2026-11-24")
        }
        #expect(try state() == both)
        #expect(try hub.redact([.test(4)], reason: "request", on: "2026-11-24") == 1)
    }

    @Test func `orders are carried out in whatever sequence they apply`() throws {
        let commune = try TestCommune(seed: 71)
        let hub = commune.hub
        let village = try commune.village("thon-1")
        try village.save(scope: firstVillage) { batch in
            batch.set("house", first, [Cell("name", .text("P"))])
            batch.set("house", second, [Cell("name", .text("Q"))])
        }
        _ = try TestExchange(village, with: hub)
        // Two openings of the hub's file: the later order has the smaller key at the village.
        let scope = try hub.ensureScope(TestCommune.path)
        hub.recordOrigins[scope] = RecordOrigin(origin: 1)
        try hub.save(scope: TestCommune.path) { _ = $0.add("house", [Cell("rooms", .integer(1))]) }
        let kept = hub.recordOrigins[scope]
        _ = try TestExchange(village, with: hub)
        hub.recordOrigins[scope] = RecordOrigin(origin: 2)
        try hub.redact([first], reason: "a", on: "2026-11-24")
        hub.recordOrigins[scope] = kept
        try hub.redact([second], reason: "b", on: "2026-11-25")
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        for store in [hub, village] {
            #expect(try names(store) == [])
            #expect(try store.verify().damages == [])
        }
        // A new node gets both at once, with a segment that both have changed.
        let fresh = try commune.village("thon-1")
        for _ in 0..<2 { _ = try TestExchange(fresh, with: hub) }
        #expect(try fresh.vector(firstVillage) == hub.vector(firstVillage))
        #expect(try names(fresh) == [])
    }

    @Test func `two orders that did not know of each other are both carried out everywhere`() throws
    {
        let commune = try TestCommune(seed: 78)
        let village = try commune.village("thon-1")
        let other = try commune.village("thon-1")
        try village.save(scope: firstVillage) { batch in
            batch.set("house", first, [Cell("name", .text("P"))])
            batch.set("house", second, [Cell("name", .text("Q"))])
            batch.set("house", .test(3), [Cell("name", .text("R"))])
        }
        _ = try TestExchange(village, with: commune.hub)
        // The hub's disk breaks behind the first erasure; its backup knows nothing of it.
        let restored = try commune.copy(of: commune.hub)
        try commune.hub.redact([first], reason: "a", on: "2026-11-24")
        _ = try TestExchange(village, with: commune.hub)
        try restored.leaveOwnLogs()
        try restored.redact([second], reason: "b", on: "2026-11-25")
        _ = try TestExchange(other, with: restored)
        for _ in 0..<2 {
            _ = try TestExchange(village, with: restored)
            _ = try TestExchange(other, with: restored)
        }
        let fresh = try commune.village("thon-1")
        for _ in 0..<2 { _ = try TestExchange(fresh, with: restored) }
        for store in [restored, village, other, fresh] {
            #expect(try names(store) == ["R"])
            #expect(try store.verify().damages == [])
            #expect(
                try store.canonicalProjection(scope: firstVillage)
                    == restored.canonicalProjection(scope: firstVillage)
            )
        }
        // It is done: nothing more is ordered.
        let orders = try restored.vector(TestCommune.path)
        for _ in 0..<2 { _ = try TestExchange(village, with: restored) }
        #expect(try restored.vector(TestCommune.path) == orders)
    }

    @Test func `an order leaves another history under the same name alone`() throws {
        let commune = try TestCommune(seed: 72)
        let (village, _) = try hubWithBranch(commune, [(second, "only here")])
        try commune.hub.redact([first], reason: "request", on: "2026-11-24")
        #expect(try asideNames(commune.hub) == [.text("only here")])
        try village.set(second, Cell("rooms", .integer(3)))
        for _ in 0..<2 { _ = try TestExchange(village, with: commune.hub) }
        #expect(try names(village) == ["only here"])
    }

    @Test func `an order reaches into what was set aside, and keeps the rest of it`() throws {
        let commune = try TestCommune(seed: 73)
        let (village, _) = try hubWithBranch(commune, [(first, "secret"), (second, "kept")])
        try commune.hub.redact([first], reason: "request", on: "2026-11-24")
        #expect(try asideNames(commune.hub) == [.erased, .text("kept")])
        try village.set(second, Cell("rooms", .integer(3)))
        for _ in 0..<2 { _ = try TestExchange(village, with: commune.hub) }
        #expect(try !commune.hub.hasUnsettledBranches)
        #expect(try names(village) == ["kept"])
    }

    @Test func `a branch that was written again is not kept beside the log`() throws {
        let commune = try TestCommune(seed: 74)
        let (village, branch) = try hubWithBranch(commune, [(first, "secret")])
        try village.set(second, Cell("rooms", .integer(3)))
        for _ in 0..<2 { _ = try TestExchange(village, with: commune.hub) }
        #expect(try names(commune.hub) == ["secret"])
        #expect(try asideNames(commune.hub) == [])
        #expect(try commune.hub.status().quarantined == 0)
        // Somebody who has not heard of it offers it once more.
        let held = try commune.hub.vector(firstVillage)
        try commune.hub.consider(branch, isRedacted: false, stated: StatedEnds())
        try commune.hub.takeUpAbandoned()
        _ = try TestExchange(village, with: commune.hub)
        #expect(try commune.hub.vector(firstVillage) == held)
        try commune.hub.redact([first], reason: "request", on: "2026-11-24")
        #expect(try names(commune.hub) == [])
        #expect(try asideNames(commune.hub) == [])
    }

    @Test func `own entries that wait lose what is erased`() throws {
        let commune = try TestCommune(seed: 75)
        let village = try commune.village("thon-1")
        try village.set(first, Cell("name", .text("A")))
        try village.seal(firstVillage)
        try village.set(first, Cell("name", .text("B")))
        let last = try #require(try village.allSegments().last)
        _ = try TestExchange(village, with: commune.hub)
        try village.yieldBranch(to: last.header)
        #expect(try village.waitingEntries().map(\.entry.cells) == [[Cell("name", .text("B"))]])
        try commune.hub.redact([first], reason: "request", on: "2026-11-24")
        // The order alone: the scope's segments come later.
        try commune.hub.send(TestCommune.path, to: village)
        #expect(try village.waitingEntries().map(\.entry.cells) == [[Cell("name", .erased)]])
    }

    @Test func `an order counts in the scopes of the roster where it stands only`() throws {
        let commune = try TestCommune(seed: 76)
        let hub = commune.hub
        try hub.set(first, Cell("name", .text("A")))
        let segment = try #require(try hub.allSegments().first)
        let entry = try #require(try hub.openedEntries(segment).first)
        let payload = Payload.encode([entry.redacted])
        let order = SegmentRedaction(
            log: segment.header.log,
            first: 1,
            seqs: [1],
            hash: Hash.blake2b(payload),
            size: payload.count
        )
        func note(_ number: Int, home: String) throws {
            try hub.db.prepare("INSERT INTO redacted VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)").run(
                Int64(bitPattern: segment.header.log.rawValue),
                number,
                SegmentRedaction.encode([order]),
                order.hash.bytes,
                order.size,
                try hub.ensureScope(home)
            )
        }
        let log = try #require(try hub.log(segment.header.log))
        try note(1, home: secondVillage)
        #expect(try hub.carryOut(on: log, first: 1) == [])
        try note(2, home: TestCommune.path)
        #expect(try hub.carryOut(on: log, first: 1) == [first])
    }

    @Test func `the reason of a deletion is erased too`() throws {
        let commune = try TestCommune(seed: 77)
        let hub = commune.hub
        try hub.set(first, Cell("name", .text("A")))
        try hub.set(first, Cell(ReservedField.deleted, .text("moved to his daughter")))
        try hub.set(first, Cell("name", .text("B")))
        try hub.redact([first], reason: "request", on: "2026-11-24")
        try hub.rebuild()
        #expect(try hub.record(first)?[ReservedField.deleted] == .text("erased"))
        let values = try hub.history(of: first).flatMap(\.cells)
            .flatMap { $0.old + [$0.new] }
        #expect(Set(values) == [.erased, .text("erased")])
    }

    @Test func `more records than one save holds are erased at once`() throws {
        let commune = try TestCommune(seed: 78)
        let hub = commune.hub
        var ids: [RecordID] = []
        for part in 0..<3 {
            try hub.save(scope: firstVillage) { batch in
                for counter in 1...1_000 {
                    ids.append(RecordID.test(UInt32(part * 1_000 + counter)))
                    batch.set("house", ids[ids.count - 1], [Cell("rooms", .integer(1))])
                }
            }
        }
        #expect(try hub.redact(ids, reason: "retention", on: "2026-11-24") == ids.count)
        #expect(try hub.number("SELECT count(*) FROM house WHERE rooms IS NOT NULL") == 0)
        #expect(try hub.verify().damages == [])
    }

    @Test func `what does not fit one order is ordered in several`() throws {
        let segments = (0..<40).map { index in
            SegmentRedaction(
                log: LogID(1),
                first: 1 << 40 + UInt64(index) * 2_000,
                seqs: (0..<2_000).map { 1 << 40 + UInt64(index) * 2_000 + $0 },
                hash: Hash.blake2b([]),
                size: 1
            )
        }
        let orders = Store.orders(segments)
        #expect(orders.flatMap(\.self) == segments)
        #expect(orders.count > 10)
        for order in orders { #expect(SegmentRedaction.encode(order).count <= 60 << 10) }
    }

    @Test func `a reader in the way delays the emptying of the journal, not the erasure`() throws {
        let commune = try TestCommune(seed: 79)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("hub.sqlite").path
        try commune.hub.set(first, Cell("name", .text("A")))
        try commune.hub.db.backup(to: path)
        func open() throws -> Store {
            let db = try Connection(path: path, mode: .readWrite)
            try db.execute("PRAGMA busy_timeout = 0")
            var random = SplitMix64(seed: 80)
            return try Store(
                db: db,
                description: commune.description,
                environment: StoreEnvironment(
                    wall: { 1_780_000_000_000 },
                    random: { random.next() }
                )
            )
        }
        let hub = try open()
        let reader = try Connection(path: path, mode: .readWrite)
        try reader.execute("BEGIN")
        #expect(try reader.prepare("SELECT count(*) FROM house").first { $0.integer(0) } == 1)
        #expect(try hub.redact([first], reason: "request", on: "2026-11-24") == 1)
        #expect(try names(hub) == [])
        #expect(try hub.hasErasedInJournal)
        try reader.execute("ROLLBACK")
        #expect(try !open().hasErasedInJournal)
    }
}

extension Store {
    fileprivate func openedEntries(_ segment: Segment) throws -> [Entry] {
        try Payload(segment.payloadBytes(decompressor), count: segment.header.count).entries()
    }
}
