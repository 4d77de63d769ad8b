import Causality
import Node
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// Sticks that get lost, break and come late, between a hub and villages that are set back now and
/// then: whatever happened, syncing without writing anything more brings all to the same.
@Suite struct CarriedSticksTests {
    private final class World {
        var random: SplitMix64
        var clock: UInt64 = 1_780_000_000_000
        var nodes: [Store] = []
        /// The village of each of ``nodes``; 0: the hub.
        private var villages = [0, 1, 2]
        /// Older states of the nodes, by their place in ``nodes``.
        var backups: [(node: Int, store: Store)] = []
        var sticks = [TestFolder(), TestFolder()]
        var written = 0
        var trace: [String] = []

        init(seed: UInt64) throws {
            random = SplitMix64(seed: seed)
            let hub = try make()
            try Enrolment.makeHub(hub, scope: TestCommune.path, name: "Xã Mẫu")
            nodes.append(hub)
            let fingerprint = try #require(try hub.identity()).signingKey.verifyingKey.fingerprint
            for number in 1...2 {
                let village = try make()
                let request = try Enrolment.request(
                    village,
                    name: "Thôn Mẫu \(number)",
                    kind: .village,
                    scopes: [scope(number)]
                )
                let reply = try Enrolment.approve(
                    EnrolmentRequest(request.bytes),
                    as: .init(request),
                    at: hub
                )
                try Enrolment.accept(
                    EnrolmentReply(reply.bytes),
                    at: village,
                    fingerprint: fingerprint
                )
                nodes.append(village)
            }
        }

        func scope(_ number: Int) -> String { TestCommune.path + "/thon-\(number)" }

        private func make(copying other: Store? = nil) throws -> Store {
            var generator = SplitMix64(seed: random.next())
            return try Store(
                db: other.map { try Connection(copying: $0.db) }
                    ?? Connection(path: ":memory:", mode: .memory),
                description: .small,
                environment: StoreEnvironment(
                    wall: { [unowned self] in clock },
                    random: { generator.next() }
                )
            )
        }

        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

        func act(mayCopy: Bool = false) throws {
            clock += UInt64(below(3_600_000))
            if mayCopy, below(12) == 0 { return try copy() }
            let node = below(nodes.count)
            switch below(20) {
            case 0..<6: try write(node)
            case 6..<14: try sync(node, below(sticks.count))
            case 14: try cutFile(below(sticks.count))
            case 15: try removeFile(below(sticks.count))
            case 16:
                trace.append("stick lost")
                sticks[below(sticks.count)] = TestFolder()
            case 17, 18:
                trace.append("backup of \(node)")
                backups.append((node, try make(copying: nodes[node])))
            default: try restore()
            }
        }

        private func write(_ node: Int) throws {
            let number = node == 0 ? 1 + below(2) : villages[node]
            written += 1
            trace.append("\(node) writes \(written)")
            try nodes[node].save(scope: scope(number)) { batch in
                for part in 0...below(40) {
                    _ = batch.add("house", [Cell("name", .text("\(written) \(part)"))])
                }
            }
        }

        func sync(_ node: Int, _ stick: Int) throws {
            clock += 1_000
            let folder = sticks[stick].path
            let result = try FolderSync(nodes[node], folder: folder, software: "test").run()
            trace.append(
                "\(node) syncs with \(stick): read \(result.read.count), wrote "
                    + "\(result.written.map(\.bytes))"
            )
        }

        private func files(_ stick: Int) throws -> [String] {
            let root = "\(sticks[stick].path)/doorstep"
            guard Files.exists(root) else { return [] }
            return try Files.list(root, limit: 10).flatMap { folder in
                try Files.list("\(root)/\(folder)", limit: 100).map { "\(root)/\(folder)/\($0)" }
            }.sorted()
        }

        private func cutFile(_ stick: Int) throws {
            let files = try files(stick)
            guard !files.isEmpty else { return }
            let path = files[below(files.count)]
            let bytes = try Files.read(path, limit: 1 << 24)
            let kept = below(bytes.count + 1)
            trace.append("a file of stick \(stick) is cut to \(kept) of \(bytes.count)")
            try Files.write(Array(bytes[..<kept]), to: path)
        }

        private func removeFile(_ stick: Int) throws {
            let files = try files(stick)
            guard !files.isEmpty else { return }
            trace.append("a file of stick \(stick) is gone")
            try Files.remove(files[below(files.count)])
        }

        private func restore() throws {
            guard !backups.isEmpty else { return }
            let backup = backups[below(backups.count)]
            trace.append("\(backup.node) is restored")
            let store = try make(copying: backup.store)
            try store.leaveOwnLogs()
            nodes[backup.node] = store
        }

        /// A village's database is copied, and both go on: with or without having noticed it.
        private func copy() throws {
            let node = 1 + below(nodes.count - 1)
            let store = try make(copying: nodes[node])
            let isNoticed = below(2) == 0
            if isNoticed { try store.leaveOwnLogs() }
            trace.append("\(nodes.count) is a copy of \(node), \(isNoticed ? "noticed" : "silent")")
            nodes.append(store)
            villages.append(villages[node])
        }

        /// The copies that work for a village.
        func copies(of number: Int) -> [Int] { villages.indices.filter { villages[$0] == number } }

        /// The names of all houses that a node holds of a village.
        func names(_ node: Int, _ number: Int) throws -> [String] {
            try nodes[node].db.prepare(
                "SELECT name FROM house JOIN scope ON n = _scope WHERE path = ?1 ORDER BY name"
            ).bind(all: scope(number)).rows { row throws(SQLiteError) in try row.text(0) }
        }
    }

    @Test(arguments: 1...60)
    func `all comes back by sticks alone, without anybody writing more`(seed: Int) throws {
        let world = try World(seed: UInt64(seed))
        for _ in 0..<40 { try world.act() }
        for _ in 0..<8 { for node in [1, 2, 0] { try world.sync(node, 0) } }
        for number in 1...2 {
            let hub = try world.names(0, number)
            let village = try world.names(number, number)
            #expect(
                hub == village,
                "seed \(seed), village \(number):\n\(world.trace.joined(separator: "\n"))"
            )
        }
        // The stick comes to rest.
        let before = world.trace.count
        for node in [1, 2, 0] { try world.sync(node, 0) }
        for line in world.trace[before...] {
            #expect(line.hasSuffix("read 0, wrote []"), "seed \(seed): \(line)")
        }
    }

    @Test(arguments: 1...30)
    func `what running copies of a village write reaches the hub by sticks alone`(seed: Int) throws
    {
        let world = try World(seed: UInt64(seed))
        for _ in 0..<40 { try world.act(mayCopy: true) }
        let order = Array(world.nodes.indices.dropFirst()) + [0]
        for _ in 0..<12 { for node in order { try world.sync(node, 0) } }
        for number in 1...2 {
            let hub = try Set(world.names(0, number))
            for copy in world.copies(of: number) {
                #expect(
                    try hub.isSuperset(of: world.names(copy, number)),
                    "seed \(seed), copy \(copy):\n\(world.trace.joined(separator: "\n"))"
                )
            }
        }
        let before = world.trace.count
        for node in order { try world.sync(node, 0) }
        for line in world.trace[before...] {
            #expect(line.hasSuffix("read 0, wrote []"), "seed \(seed): \(line)")
        }
    }
}
