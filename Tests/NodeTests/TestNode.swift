import Causality
import Foundation
import Node
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// A hub in a folder of its own, opened and closed as processes do.
final class TestNode {
    static let scope = TestCommune.path
    let folder: TestFolder
    let database: String
    let machineID: String
    var wall: UInt64 = 1_780_000_000_000
    private var seed: UInt64

    /// An empty folder with nothing but the machine's id.
    init(seed: UInt64, folder: TestFolder = TestFolder()) throws {
        self.seed = seed
        self.folder = folder
        database = folder.path + "/node/node.sqlite"
        machineID = folder.path + "/machine-id"
        try Files.makeFolder(folder.path + "/node")
        try Files.write(Array("machine A\n".utf8), to: machineID)
    }

    var environment: StoreEnvironment {
        seed += 1
        var generator = SplitMix64(seed: seed)
        return StoreEnvironment(wall: { self.wall }, random: { generator.next() })
    }

    /// Runs a body as one opening for writing.
    @discardableResult
    func opened<R>(
        at path: String? = nil,
        description: DataDescription = .small,
        _ body: (Store) throws -> R
    ) throws -> (report: InstanceReport, result: R) {
        let path = path ?? database
        let store = try Store(
            db: Connection(path: path, mode: .readWriteCreate),
            description: description,
            environment: environment
        )
        let report = try InstanceGuard(database: path, machineID: machineID).check(store)
        return (report, try body(store))
    }

    /// Makes the node a hub with one record.
    func begin() throws {
        try opened { store in
            try Enrolment.makeHub(store, scope: Self.scope, name: "Xã Mẫu")
            try Self.add("A", to: store)
        }
    }

    static func add(_ name: String, to store: Store) throws {
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    static func names(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM house ORDER BY name").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    static func openLogs(_ store: Store) throws -> Set<LogID> {
        Set(try store.ownLogs().filter(\.isOpen).map(\.id))
    }

    /// Everything below the folder, as paths from there.
    func content(of path: String? = nil) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: path ?? folder.path))
    }
}
