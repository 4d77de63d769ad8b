import Causality
import Node
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// A stick goes back and forth between a village and its hub.
@Suite struct FolderSyncTests {
    let scope = TestCommune.path + "/thon-1"

    private func node(_ seed: UInt64) throws -> Store {
        var generator = SplitMix64(seed: seed)
        return try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: .small,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
    }

    /// A hub and a village that was enrolled by files.
    private func pair() throws -> (hub: Store, village: Store) {
        let hub = try node(1)
        let village = try node(2)
        try Enrolment.makeHub(hub, scope: TestCommune.path, name: "Xã Mẫu")
        let request = try Enrolment.request(
            village,
            name: "Thôn Mẫu 1",
            kind: .village,
            scopes: [scope]
        )
        let reply = try Enrolment.approve(
            EnrolmentRequest(request.bytes),
            as: .init(request),
            at: hub
        )
        let fingerprint = try #require(try hub.identity()).signingKey.verifyingKey.fingerprint
        try Enrolment.accept(EnrolmentReply(reply.bytes), at: village, fingerprint: fingerprint)
        return (hub, village)
    }

    private func add(_ name: String, to store: Store) throws {
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    private func names(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM house ORDER BY name").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    private func sync(_ store: Store, _ folder: TestFolder) throws -> FolderSyncResult {
        try FolderSync(store, folder: folder.path, software: "test").run()
    }

    @Test func `a stick carries changes both ways and then is empty`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        try add("A", to: village)
        #expect(try sync(village, stick).written.count == 1)
        try add("B", to: hub)
        let atHub = try sync(hub, stick)
        #expect(atHub.read.map(\.summary.applied) == [1])
        let atVillage = try sync(village, stick)
        #expect(atVillage.read.first?.summary.isComplete == true)
        #expect(try names(village) == ["A", "B"])
        #expect(try names(hub) == ["A", "B"])
        // The acknowledgement lets the hub know, and nothing more is to be said.
        _ = try sync(hub, stick)
        _ = try sync(village, stick)
        #expect(try sync(hub, stick) == FolderSyncResult())
        #expect(try sync(village, stick) == FolderSyncResult())
    }

    @Test func `a truncated bundle gives what it holds, and the next one goes on`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        for index in 0..<200 { try add("Nhà \(index)", to: village) }
        _ = try sync(village, stick)
        let folder = "\(stick.path)/doorstep/\(try #require(try hub.identity()).node)"
        let name = try #require(try Files.list(folder).first)
        let bytes = try Files.read("\(folder)/\(name)", limit: 1 << 20)
        try Files.write(Array(bytes[..<(bytes.count / 2)]), to: "\(folder)/\(name)")
        let result = try sync(hub, stick)
        #expect(result.read.first?.problem != nil)
        try add("Cuối", to: village)
        _ = try sync(village, stick)
        _ = try sync(hub, stick)
        #expect(try names(hub).count == 201)
    }

    @Test func `what a pulled stick left of a bundle goes with the next one`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        let node = try #require(try village.identity()).node
        let folder = "\(stick.path)/doorstep/\(try #require(try hub.identity()).node)"
        let own = ".\(node)-0000019e7efa6680.bundle.1k2j.unfinished"
        let others = ".0123456789abcdef-0000019e7efa6680.bundle.1k2j.unfinished"
        for path in ["\(stick.path)/doorstep", folder] { try Files.makeFolder(path) }
        for name in [own, others] { try Files.write([1], to: "\(folder)/\(name)") }
        try add("A", to: village)
        _ = try sync(village, stick)
        #expect(!Files.exists("\(folder)/\(own)"))
        #expect(Files.exists("\(folder)/\(others)"))
        #expect(try sync(hub, stick).read.count == 1)
    }

    /// A bad spot of the stick, or whatever else lies there under such a name.
    @Test func `what cannot be read as a file stops nothing beside it`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        try add("A", to: village)
        _ = try sync(village, stick)
        let folder = "\(stick.path)/doorstep/\(try #require(try hub.identity()).node)"
        // Before and behind the good one.
        for name in ["0.bundle", "zz.bundle"] { try Files.makeFolder("\(folder)/\(name)") }
        let result = try sync(hub, stick)
        #expect(result.read.count == 3)
        #expect(result.read.filter { $0.problem != nil }.count == 2)
        #expect(try names(hub) == ["A"])
    }

    @Test func `a stick of a revoked node's late work waits until a person admits it`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        try add("A", to: village)
        for store in [village, hub, village] { _ = try sync(store, stick) }
        let certificate = try #require(try village.identity()).certificate
        try hub.revoke(certificate.node, on: "2026-06-01")
        for name in ["B", "C"] {
            try add(name, to: village)
            _ = try sync(village, stick)
        }
        let late = try sync(hub, stick)
        #expect(late.read.map(\.from) == Array(repeating: certificate.node, count: late.read.count))
        #expect(late.read.map(\.summary.quarantined).reduce(0, +) == 2)
        #expect(late.read.allSatisfy { $0.problem != nil } && late.written.isEmpty)
        #expect(try names(hub) == ["A"])
        let log = try #require(try village.ownLogs().first { $0.seq == 3 }).id
        #expect(try hub.admit(log, author: "lan") == 2)
        #expect(try names(hub) == ["A", "B", "C"])
        // It is still revoked: what it writes from here on waits again, and it is answered nothing.
        try add("D", to: village)
        _ = try sync(village, stick)
        #expect(try sync(hub, stick).written.isEmpty)
        #expect(try names(hub) == ["A", "B", "C"])
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `a hub that is not the one of the fingerprint is refused`() throws {
        let (hub, _) = try pair()
        let village = try node(3)
        let request = try Enrolment.request(
            village,
            name: "Thôn Mẫu 2",
            kind: .village,
            scopes: [TestCommune.path + "/thon-2"]
        )
        let reply = try Enrolment.approve(request, as: .init(request), at: hub)
        #expect(throws: NodeError.otherHub) {
            try Enrolment.accept(
                reply,
                at: village,
                fingerprint: "00000 00000 00000 00000 00000 00000"
            )
        }
        #expect(try village.identity() == nil)
    }

    @Test func `a node cannot be given more than the hub has`() throws {
        let (hub, _) = try pair()
        let stranger = try node(4)
        let request = try Enrolment.request(
            stranger,
            name: "Khác",
            kind: .village,
            scopes: ["48/99999/thon"]
        )
        #expect(throws: StoreError.notAllowed(scope: "48/99999/thon")) {
            _ = try Enrolment.approve(request, as: .init(request), at: hub)
        }
    }
}
