import Causality
import Foundation
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

    /// A wall clock that goes on with each look.
    private final class Clock {
        private var now: UInt64 = 1_780_000_000_000

        func next() -> UInt64 {
            now += 1
            return now
        }
    }

    private func node(_ seed: UInt64, _ clock: Clock? = nil) throws -> Store {
        var generator = SplitMix64(seed: seed)
        return try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: .small,
            environment: StoreEnvironment(
                wall: { clock?.next() ?? 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
    }

    /// The same database once more, as a backup has it.
    private func copy(of store: Store, seed: UInt64, _ clock: Clock? = nil) throws -> Store {
        var generator = SplitMix64(seed: seed)
        return try Store(
            db: Connection(copying: store.db),
            description: .small,
            environment: StoreEnvironment(
                wall: { clock?.next() ?? 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
    }

    /// A hub and a village that was enrolled by files.
    private func pair(_ clock: Clock? = nil) throws -> (hub: Store, village: Store) {
        let hub = try node(1, clock)
        let village = try node(2, clock)
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

    /// Its acknowledgement says in a digest that all has arrived.
    @Test func `a village that only reads is sent what is new, not everything again`() throws {
        let (hub, village) = try pair()
        let child = try #require(try village.identity()).node
        let stick = TestFolder()
        for index in 0..<50 { try add("Nhà \(index)", to: hub) }
        _ = try sync(hub, stick)
        #expect(try sync(village, stick).written.count == 1)
        #expect(try sync(hub, stick).read.first?.summary.isComplete == true)
        #expect(try hub.remembered(of: child)?[scope] != nil)
        try add("Mới", to: hub)
        _ = try sync(hub, stick)
        let result = try sync(village, stick)
        #expect(result.read.map(\.summary.applied) == [1])
        #expect(result.read.map(\.summary.held) == [0])
        #expect(try names(village).count == 51)
    }

    /// What becomes of the hub's bundle before the village has read it.
    enum Mishap: CaseIterable {
        case cutInTheMiddle
        case cutBeforeAnything
        case stickLost
    }

    /// Nobody writes anything meanwhile: the two have to find out by themselves.
    @Test(arguments: Mishap.allCases)
    func `what a stick of the hub lost is sent again`(_ mishap: Mishap) throws {
        let (hub, village) = try pair()
        var stick = TestFolder()
        for part in 0..<5 {
            try hub.save(scope: scope) { batch in
                for index in 0..<900 {
                    _ = batch.add("house", [Cell("name", .text("Nhà \(part) \(index)"))])
                }
            }
        }
        _ = try sync(village, stick)
        _ = try sync(hub, stick)
        let folder = "\(stick.path)/doorstep/\(try #require(try village.identity()).node)"
        let path = "\(folder)/\(try #require(try Files.list(folder).first))"
        let bytes = try Files.read(path, limit: 1 << 24)
        switch mishap {
        case .cutInTheMiddle: try Files.write(Array(bytes[..<(bytes.count * 6 / 10)]), to: path)
        case .cutBeforeAnything: try Files.write(Array(bytes[..<200]), to: path)
        case .stickLost: stick = TestFolder()
        }
        let child = try #require(try hub.children().first)
        #expect(try hub.unsentEntries(to: child) > 4_500)
        for _ in 0..<4 {
            _ = try sync(village, stick)
            _ = try sync(hub, stick)
        }
        #expect(try names(village).count == 4_500)
        #expect(try hub.unsentEntries(to: child) == 0)
        #expect(try sync(hub, stick) == FolderSyncResult())
        #expect(try sync(village, stick) == FolderSyncResult())
    }

    @Test func `a hub that was restored asks for what it had after the backup`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        try add("A", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        let restored = try copy(of: hub, seed: 8)
        try add("B", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        #expect(try names(hub) == ["A", "B"])
        try restored.leaveOwnLogs()
        for _ in 0..<3 { for store in [restored, village] { _ = try sync(store, stick) } }
        #expect(try names(restored) == ["A", "B"])
        #expect(try sync(restored, stick) == FolderSyncResult())
    }

    @Test func `a village that was restored gets back what it had handed in`() throws {
        let (hub, village) = try pair()
        let stick = TestFolder()
        try add("A", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        let restored = try copy(of: village, seed: 9)
        try add("B", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        try restored.leaveOwnLogs()
        for _ in 0..<3 { for store in [restored, hub] { _ = try sync(store, stick) } }
        #expect(try names(restored) == ["A", "B"])
        #expect(try sync(restored, stick) == FolderSyncResult())
    }

    /// In which order two copies of a village (1, 2) and the hub (0) use one stick, over and over.
    static let orders = [[1, 2, 0], [2, 1, 0], [1, 0, 2, 0], [2, 0, 1, 0], [1, 2, 0, 2, 1, 0]]

    /// A copied folder that noticed it, and a copied machine that could not.
    @Test(arguments: orders, [true, false])
    func `two copies of a village on one stick lose nothing, whoever comes first`(
        order: [Int],
        isNoticed: Bool
    ) throws {
        let clock = Clock()
        let (hub, village) = try pair(clock)
        let stick = TestFolder()
        try add("A", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        let twin = try copy(of: village, seed: 10, clock)
        if isNoticed { try twin.leaveOwnLogs() }
        let stores = [hub, village, twin]
        try add("B", to: village)
        try add("C", to: twin)
        let node = try #require(try village.identity()).node
        var told: Set<NodeID> = []
        for _ in 0..<4 {
            for place in order { told.formUnion(try sync(stores[place], stick).twins) }
        }
        #expect(told == [node])
        #expect(try names(hub) == ["A", "B", "C"])
        try add("D", to: twin)
        try add("E", to: village)
        for _ in 0..<4 { for place in order { _ = try sync(stores[place], stick) } }
        #expect(try names(hub) == ["A", "B", "C", "D", "E"])
        for store in stores { #expect(try store.verify().damages.isEmpty) }
        for place in order {
            let last = try sync(stores[place], stick)
            #expect(last.read.isEmpty && last.written.isEmpty)
        }
    }

    @Test func `a restored village leaves what the lost one has written to its hub`() throws {
        let clock = Clock()
        let (hub, village) = try pair(clock)
        let stick = TestFolder()
        try add("A", to: village)
        for store in [village, hub, village, hub] { _ = try sync(store, stick) }
        let restored = try copy(of: village, seed: 9, clock)
        try restored.leaveOwnLogs()
        // The last that is left of the lost machine lies on the stick.
        try add("B", to: village)
        _ = try sync(village, stick)
        try add("C", to: restored)
        let node = try #require(try village.identity()).node
        #expect(try sync(restored, stick).twins == [node])
        for store in [hub, restored, hub] { _ = try sync(store, stick) }
        #expect(try names(hub) == ["A", "B", "C"])
        #expect(try names(restored) == ["A", "B", "C"])
        #expect(try sync(restored, stick) == FolderSyncResult())
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
        // It is told once: its writer may not come again.
        #expect(try Files.list(folder) == [name + ".damaged"])
        #expect(try sync(hub, stick).read.isEmpty)
        try add("Cuối", to: village)
        _ = try sync(village, stick)
        #expect(try Files.list(folder).allSatisfy { $0.hasSuffix(".bundle") })
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
        #expect(throws: NodeError.notBelow(path: "48/99999/thon", own: TestCommune.path)) {
            _ = try Enrolment.approve(request, as: .init(request), at: hub)
        }
    }

    /// Modes of what lies there, by its path in the carrier; those of bundles as "bundle".
    private func modes(_ folder: TestFolder) throws -> [String: Int] {
        let root = folder.path + "/doorstep"
        var modes: [String: Int] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) + [""] {
            let name = path.hasSuffix(".bundle") ? "bundle" : path.isEmpty ? "root" : "recipient"
            let attributes = try FileManager.default.attributesOfItem(atPath: root + "/" + path)
            modes[name] = attributes[.posixPermissions] as? Int
        }
        return modes
    }

    @Test(arguments: [0o777, 0o1777, 0o770, 0o700])
    func `what lies on a carrier is for whom the carrier is`(mode: Int) throws {
        let (_, village) = try pair()
        let folder = TestFolder()
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: folder.path
        )
        // As an earlier version has left it.
        try Files.makeFolder(folder.path + "/doorstep")
        try add("A", to: village)
        _ = try sync(village, folder)
        // Whoever gets a bundle removes it, so the folder is not sticky.
        let expected = mode & 0o777
        #expect(
            try modes(folder) == ["root": expected, "recipient": expected, "bundle": 0o644]
        )
    }

    @Test func `a link on a carrier opens no folder that it leads to`() throws {
        let (_, village) = try pair()
        let (folder, own) = (TestFolder(), TestFolder())
        for (path, mode) in [(folder.path, 0o777), (own.path, 0o700)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/doorstep",
            withDestinationPath: own.path
        )
        _ = try sync(village, folder)
        let attributes = try FileManager.default.attributesOfItem(atPath: own.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
}
