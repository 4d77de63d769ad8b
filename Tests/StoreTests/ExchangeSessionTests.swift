import Causality
import Compression
import Foundation
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// What an exchange keeps, and when, whatever happens between two pieces of a bundle.
@Suite struct ExchangeSessionTests {
    private let commune: TestCommune
    private let hub: Store
    private let village: Store

    init() throws {
        commune = try TestCommune(seed: 31)
        hub = commune.hub
        village = try commune.village("thon-1")
        try hub.enter(try #require(try village.identity()).certificate)
    }

    private func add(_ name: String, to store: Store, _ scope: String = firstVillage) throws {
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    /// Thirty segments that fill several chunks.
    private func longRequest() throws -> [UInt8] {
        for part in 0..<30 {
            try village.save(scope: firstVillage) { batch in
                for index in 0..<60 {
                    let name = "\(part) \(index) \(index &* 2_654_435_761 % 100_003)"
                    _ = batch.add("house", [Cell("name", .text(name))])
                }
            }
            try village.seal(firstVillage)
        }
        return try request(of: village)
    }

    private func request(of store: Store) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try store.request(software: "test") { bytes += $0 }
        return bytes
    }

    private func houses(named name: String) throws -> Int64 {
        try hub.db.prepare("SELECT count(*) FROM house WHERE name = ?1").bind(all: name)
            .first { $0.integer(0) } ?? 0
    }

    private func segments() throws -> Int {
        try hub.heldSegments(scope: firstVillage).count
    }

    @Test func `what a peer claims to hold is added up to the largest number and no further`()
        throws
    {
        let claimed = VersionVector(
            (1...3).map { .init(log: LogID($0), seq: UInt64(Int64.max), hash: 0) }
        )
        let hub = try #require(try hub.identity()).node
        try village.remember([firstVillage: claimed], of: hub)
        #expect(try village.unfetchedEntries() == .max)
    }

    // MARK: Transactions

    @Test func `a session that is left behind keeps no save from being kept`() throws {
        let bytes = try longRequest()
        do {
            let session = try ExchangeSession(answering: hub)
            try session.push(bytes.prefix(bytes.count * 3 / 4))
            #expect(session.summary.applied > 0)
        }
        #expect(!hub.db.isInTransaction)
        try add("acknowledged", to: hub, secondVillage)
        hub.rollback()
        #expect(try houses(named: "acknowledged") == 1)
    }

    @Test func `an exchange in which nothing has changed writes to neither file`() throws {
        try add("A", to: village)
        try add("B", to: hub, firstVillage)
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        // Not even a lock for writing is taken then.
        for store in [hub, village] { try store.db.execute("PRAGMA query_only = ON") }
        let exchange = try TestExchange(village, with: hub)
        #expect(exchange.hub.isComplete && exchange.child.isComplete)
        for store in [hub, village] { try store.db.execute("PRAGMA query_only = OFF") }
        // But what waits for a word is looked after.
        try add("C", to: village)
        _ = try TestExchange(village, with: hub)
        #expect(try houses(named: "C") == 1)
    }

    @Test func `a save between two pieces stands whatever the next piece is`() throws {
        var bytes = try longRequest()
        bytes[bytes.count - 20] ^= 1
        let cut = bytes.count * 3 / 4
        let session = try ExchangeSession(answering: hub)
        try session.push(bytes.prefix(cut))
        try add("acknowledged", to: hub, secondVillage)
        #expect(throws: ReplicationError.self) { try session.push(bytes.dropFirst(cut)) }
        try session.close()
        #expect(try houses(named: "acknowledged") == 1)
    }

    @Test func `a damaged chunk takes nothing of the segments before it`() throws {
        var bytes = try longRequest()
        bytes[bytes.count - 20] ^= 1
        let session = try ExchangeSession(answering: hub)
        #expect(throws: ReplicationError.self) { try session.push(bytes) }
        #expect(!hub.db.isInTransaction)
        try session.close()
        #expect(session.summary.applied > 15)
        #expect(try segments() == session.summary.applied)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `what the store could not keep is not counted, and comes again`() throws {
        let bytes = try longRequest()
        var failures = 0
        for operations in stride(from: 500, to: 40_000, by: 2_500) {
            let before = try segments()
            let session = try ExchangeSession(answering: hub)
            hub.db.interruptAfter(operations: operations)
            do { try session.push(bytes) } catch { failures += 1 }
            hub.db.interruptAfter(operations: nil)
            #expect(!hub.db.isInTransaction)
            #expect(try segments() == before + session.summary.applied)
        }
        #expect(failures > 0)
        _ = try TestExchange(village, with: hub)
        #expect(try segments() == 30)
        #expect(try hub.verify().damages.isEmpty)
    }

    // MARK: Rights

    @Test func `what another process has decided counts at once`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("hub.sqlite").path
        try hub.db.backup(to: path)
        func open(_ seed: UInt64) throws -> Store {
            var random = SplitMix64(seed: seed)
            return try Store(
                db: Connection(path: path, mode: .readWrite),
                description: commune.description,
                environment: StoreEnvironment(
                    wall: { 1_780_000_000_000 },
                    random: { random.next() }
                )
            )
        }
        let serving = try open(1)
        let command = try open(2)
        let certificate = try #require(try village.identity()).certificate
        #expect(try serving.children().count == 1)
        #expect(try serving.vector(TestCommune.path).isEmpty)
        #expect(try !serving.isRevoked(certificate.node))
        try command.revoke(certificate.node, on: "2026-01-01")
        #expect(try serving.isRevoked(certificate.node))
        #expect(try serving.children().isEmpty)
        #expect(try serving.hasNews(for: certificate))
        let session = try ExchangeSession(answering: serving)
        #expect(throws: ExchangeError.revoked(certificate.node)) {
            try session.push(request(of: village))
        }
        try command.seal(TestCommune.path)
        #expect(try serving.vector(TestCommune.path) == command.vector(TestCommune.path))
        #expect(
            try serving.token(scope: TestCommune.path) == command.token(scope: TestCommune.path)
        )
    }

    @Test func `a roster that cannot be read is an error and not an empty one`() throws {
        let node = try #require(try village.identity()).node
        try hub.revoke(node, on: "2026-01-01")
        hub.dataVersion = -1
        try hub.db.execute("ALTER TABLE node RENAME TO node_away")
        #expect(throws: (any Error).self) { try hub.isRevoked(node) }
        #expect(throws: (any Error).self) {
            try ExchangeSession(answering: hub).push(request(of: village))
        }
        try hub.db.execute("ALTER TABLE node_away RENAME TO node")
        #expect(try hub.isRevoked(node))
    }

    // MARK: Bounds

    @Test func `a writer with too many logs is refused, and its scope goes on`() throws {
        let key = try #require(try village.identity())
        func segment(_ number: Int) throws -> Segment {
            let payload = Payload.encode([
                testEntry(.test(UInt32(number)), Cell("rooms", .integer(1)))
            ])
            let header = SegmentHeader(
                log: LogID(UInt64(number) << 40),
                first: 1,
                previous: nil,
                after: .empty,
                time: HybridTime(milliseconds: 1_780_000_000_000),
                birth: LogBirth(scope: firstVillage, certificate: key.certificate.bytes),
                payload: payload,
                count: 1
            )
            return try Segment(
                sealing: header,
                compressed: hub.compressor.compress(payload),
                with: key.signingKey
            )
        }
        try hub.transaction {
            for number in 1...ReplicationLimits.nodeLogsMax {
                let outcome = try hub.apply(segment(number))
                #expect(outcome == .applied)
            }
        }
        let next = try segment(ReplicationLimits.nodeLogsMax + 1)
        #expect(try hub.apply(next) == .refused(.tooManyLogs))
        try add("the hub's own", to: hub)
        _ = try TestExchange(village, with: hub)
        try hub.rebuild()
        #expect(throws: StoreError.tooManyLogs(scope: firstVillage)) { try add("A", to: village) }
    }

    /// A child that states more of the hub's logs than there is.
    private func lie(about paths: [String]) throws {
        let identity = try #require(try village.identity())
        let stated = try paths.map { path in
            let elements = try hub.vector(path).elements.map {
                VersionVector.Element(log: $0.log, seq: 1 << 61, hash: 1)
            }
            return (path, VersionVector(elements))
        }
        let certificate = try #require(try hub.identity()).certificate
        let hello = Hello(
            kind: .request,
            from: identity.node,
            to: certificate.node,
            time: 1,
            software: "test",
            holdings: .vectors(Dictionary(uniqueKeysWithValues: stated)),
            certificate: identity.certificate.bytes
        )
        let bundle = try BundleWriter(
            hello: hello,
            to: certificate,
            signingKey: identity.signingKey
        ).finish()
        let session = try ExchangeSession(answering: hub)
        try session.push(bundle)
        try session.close()
    }

    @Test func `a child that lies makes the hub leave few logs, and none of another scope`() throws
    {
        for number in 0..<(Store.doubtedLogsMax + 5) {
            for scope in [TestCommune.path, secondVillage] {
                try add("\(number)", to: hub, scope)
                try hub.seal(scope)
            }
            try lie(about: [TestCommune.path, secondVillage])
        }
        #expect(try hub.vector(TestCommune.path).elements.count == Store.doubtedLogsMax)
        #expect(try hub.vector(secondVillage).elements.count == 1)
    }

    // MARK: Empty scopes

    @Test func `a scope without entries is not spoken of`() throws {
        try hub.save(scope: secondVillage) { _ in }
        try hub.save(scope: TestCommune.path + "/thon-1/xom-1") { _ in }
        try village.save(scope: firstVillage) { _ in }
        let parents = try commune.village("thon-3")
        try parents.save(scope: TestCommune.path + "/thon-3") { _ in }
        for _ in 0..<2 { _ = try TestExchange(parents, with: hub) }
        #expect(try !parents.hasNewsForParent())
        try hub.seal(TestCommune.path)
        let stated = try hub.stated(hub.scopes(), to: NodeID(0))
        #expect(stated.keys.sorted() == [TestCommune.path])
    }

    @Test func `a refused segment leaves no scope behind`() throws {
        try add("A", to: village)
        let sound = try #require(try village.allSegments().first)
        var damaged = sound.compressed
        damaged[damaged.count / 2] ^= 1
        let segment = try Segment(
            headerBytes: sound.headerBytes,
            signature: sound.signature,
            compressed: damaged
        )
        #expect(try hub.apply(segment) == .refused(.badContent))
        #expect(try hub.scopeNumber(firstVillage) == nil)
    }
}
