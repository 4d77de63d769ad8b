import Causality
import Compression
import Foundation
import Node
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// Database files of every schema version that was ever shipped, compressed with zstd.
///
/// `DOORSTEP_WRITE_FIXTURES=Tests/NodeTests/Fixtures swift test --filter FixtureTests` writes that
/// of the present version. A new migration adds a file; the older ones are never written again.
enum Fixture {
    static let versions = sizes.keys.sorted()
    /// Bytes of each version's file when unpacked.
    private static let sizes: [Int32: Int] = [1: 172_032, 2: 278_528]
    private static let bytesMax = 1 << 22

    static func name(_ version: Int32) -> String { "store-v\(version).sqlite.zst" }

    /// Puts the file of a version into a folder and returns its path.
    static func unpack(_ version: Int32, into folder: TestFolder) throws -> String {
        let packed = try #require(
            Bundle.module.url(forResource: "Fixtures/" + name(version), withExtension: nil)
        )
        let path = folder.path + "/store-v\(version).sqlite"
        let bytes = try Decompressor().decompress(
            [UInt8](Data(contentsOf: packed)),
            exactSize: try #require(sizes[version]),
            limit: bytesMax
        )
        try Files.write(bytes, to: path)
        return path
    }

    /// A village's database with something of everything that the log can lead to.
    static func make() throws -> [UInt8] {
        let scope = TestCommune.path + "/thon-1"
        let commune = try TestCommune(seed: 77)
        let village = try commune.village("thon-1")
        var houses: [RecordID] = []
        let change = ChangeID(client: 5, counter: 1)
        try village.save(scope: scope, author: "user-1", change: change) { batch in
            for number in 1...5 {
                houses.append(
                    batch.add(
                        "house",
                        [Cell("name", .text("Nhà \(number)")), Cell("rooms", .integer(3))]
                    )
                )
            }
            _ = batch.add(
                "person",
                [
                    Cell("name", .text("Ví Dụ 990001")), Cell("house", .reference(houses[0])),
                    Cell("born", .text("1960")),
                ]
            )
        }
        _ = try TestExchange(village, with: commune.hub)
        func set(_ store: Store, _ index: Int, _ field: String, _ value: Value) throws {
            try store.save(scope: scope) { $0.set("house", houses[index], [Cell(field, value)]) }
        }
        // A conflict, a deletion that had not seen a change, a merge, an open entry.
        try set(village, 0, "name", .text("Nhà 1 A"))
        try set(commune.hub, 0, "name", .text("Nhà 1 B"))
        try set(village, 1, ReservedField.deleted, .text("error"))
        try set(commune.hub, 1, "rooms", .integer(4))
        try set(village, 2, ReservedField.mergedInto, .reference(houses[3]))
        _ = try TestExchange(village, with: commune.hub)
        try set(village, 4, "rooms", .integer(9))
        let folder = TestFolder()
        try village.db.backup(to: folder.path + "/copy")
        return try Files.read(folder.path + "/copy", limit: bytesMax)
    }
}

@Suite struct FixtureTests {
    let folder = TestFolder()

    private func open(_ path: String) throws -> Store {
        var random = SplitMix64(seed: 1)
        return try Store(
            db: Connection(path: path, mode: .readWrite),
            description: .small,
            environment: StoreEnvironment(
                wall: { 1_790_000_000_000 },
                random: { random.next() }
            )
        )
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["DOORSTEP_WRITE_FIXTURES"] != nil))
    func `write the fixture of the present version`() throws {
        let target = try #require(
            ProcessInfo.processInfo.environment["DOORSTEP_WRITE_FIXTURES"]
        )
        let bytes = try Fixture.make()
        let version = try #require(Fixture.versions.last)
        try Files.write(
            Compressor(level: 19).compress(bytes),
            to: target + "/" + Fixture.name(version)
        )
        print("the fixture of version \(version) has \(bytes.count) bytes")
    }

    @Test func `every shipped schema version has its file`() throws {
        let fresh = try TestCommune(seed: 1).hub
        #expect(try fresh.db.userVersion == Fixture.versions.last)
        for version in Fixture.versions {
            let file = try Connection(
                path: Fixture.unpack(version, into: folder),
                mode: .readOnly
            )
            #expect(try file.userVersion == version)
        }
    }

    @Test(arguments: Fixture.versions)
    func `a file of an earlier version opens with all that it held`(version: Int32) throws {
        let store = try open(Fixture.unpack(version, into: folder))
        let houses = try store.db.prepare(
            "SELECT name || ' ' || rooms || ' ' || _flags FROM house ORDER BY id"
        ).rows { row throws(SQLiteError) in try row.text(0) }
        let clash = RecordFlags.deleted | RecordFlags.clash
        #expect(
            houses == [
                "Nhà 1 B 3 \(RecordFlags.disputed)", "Nhà 2 4 \(clash)",
                "Nhà 3 3 \(RecordFlags.merged)", "Nhà 4 3 0", "Nhà 5 9 0",
            ]
        )
        let report = try store.verify()
        #expect(report.damages.isEmpty && report.records > 0)
        #expect(try store.recordsInReview() == 2)
        #expect(try store.unsentEntries() == 1)
    }

    @Test(arguments: Fixture.versions)
    func `a file of an earlier version goes on`(version: Int32) throws {
        let store = try open(Fixture.unpack(version, into: folder))
        let scope = TestCommune.path + "/thon-1"
        let change = ChangeID(client: 5, counter: 1)
        try store.save(scope: scope, change: change) { _ = $0.add("house", []) }
        #expect(try store.unsentEntries() == 1, "a change that was made before is not made again")
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("mới"))]) }
        let attempt = try LocalNode(store, user: "lan").beginSignIn("lan", address: "192.0.2.1")
        #expect(throws: NodeError.user(.wrongNameOrPassword)) {
            _ = try LocalNode(store, user: "lan").finishSignIn(attempt.judge("x"))
        }
        try store.seal(scope)
        #expect(try store.unsentEntries() == 2)
        let report = try store.verify()
        #expect(report.damages.isEmpty && report.records > 0)
    }
}
