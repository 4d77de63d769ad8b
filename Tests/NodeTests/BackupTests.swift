import Causality
import Foundation
import Node
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// Backups: sealed, whole, and restored as a new instance.
@Suite struct BackupTests {
    let node: TestNode
    let key: RecoveryKey
    var file: String { node.folder.path + "/hub.backup" }
    var target: String { node.folder.path + "/restored" }

    init() throws {
        node = try TestNode(seed: 3)
        try node.begin()
        key = RecoveryKey(openingKey: try OpeningKey(seed: (0..<32).map { $0 }))
        try node.opened { [key] in
            try Backup.setRecoveryKey(key.openingKey.sealingKey, of: $0)
        }
    }

    @discardableResult
    private func backUp() throws -> BackupInfo {
        try node.opened {
            try Backup.write($0, database: node.database, to: file, software: "test")
        }.result
    }

    private func restore(_ key: RecoveryKey? = nil) throws -> BackupInfo {
        try restoreAll(key).backup
    }

    private func restoreAll(_ key: RecoveryKey? = nil) throws -> Restore.Outcome {
        try Restore(
            description: .small,
            environment: node.environment,
            machineID: node.machineID
        ).run(file, key: key ?? self.key, to: target, databaseName: "node.sqlite")
    }

    /// Whoever may write beside a node could otherwise have any folder of its officer emptied.
    @Test func `a link beside the new folder leads a restore nowhere`() throws {
        try backUp()
        let precious = node.folder.path + "/precious"
        try Files.makeFolder(precious)
        try Files.write([1], to: precious + "/file")
        for name in [".x.unfinished", ".restored.1.unfinished"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(node.folder.path)/\(name)",
                withDestinationPath: precious
            )
        }
        // What a killed restore left goes, and nobody else's.
        for (name, file) in [(".a.2.unfinished", "node.sqlite"), (".b.3.unfinished", "thesis")] {
            try Files.makeFolder("\(node.folder.path)/\(name)")
            try Files.write([1], to: "\(node.folder.path)/\(name)/\(file)")
        }
        _ = try restore()
        #expect(try Files.read(precious + "/file", limit: 9) == [1])
        #expect(!Files.exists(node.folder.path + "/.a.2.unfinished"))
        #expect(try Files.list(node.folder.path + "/.b.3.unfinished") == ["thesis"])
    }

    @Test func `a restored node has no session: somebody may have signed out since`() throws {
        try node.opened { store in
            try store.db.execute(
                """
                INSERT INTO session(token, user, name, scopes, stamp, is_restricted, begun, used)
                VALUES (x'01', 'u', 'n', 's', x'02', 0, 1, 1)
                """
            )
        }
        try backUp()
        _ = try restore()
        let database = try Connection(path: target + "/node.sqlite", mode: .readOnly)
        let count = try database.prepare("SELECT count(*) FROM session").first { $0.integer(0) }
        #expect(count == 0)
    }

    @Test func `a backup is made while an exchange takes its day`() throws {
        let info = try NodeFolder(Files.folder(of: node.database)).whileSyncing { try backUp() }
        #expect(info?.name != nil)
        _ = try restore()
    }

    @Test func `what was backed up comes back, under fresh logs`() throws {
        for number in 0..<2_000 where number.isMultiple(of: 100) {
            try node.opened { store in
                try store.save(scope: TestNode.scope) { batch in
                    for step in 0..<100 {
                        let name = String(number + step) + String(repeating: "x", count: 80)
                        _ = batch.add("house", [Cell("name", .text(name))])
                    }
                }
            }
        }
        let before = try node.opened { (try TestNode.names($0), try TestNode.openLogs($0)) }.result
        let info = try backUp()
        #expect(info.name == "Xã Mẫu" && info.time == node.wall && info.software == "test")
        #expect(try restore() == info)
        let (report, after) = try node.opened(at: target + "/node.sqlite") { store in
            try TestNode.add("new", to: store)
            #expect(try store.verify().damages.isEmpty)
            return (try TestNode.names(store), try TestNode.openLogs(store))
        }
        #expect(report == .same)
        #expect(Set(after.0) == Set(before.0 + ["new"]))
        #expect(after.1.isDisjoint(with: before.1))
        #expect(
            try node.content(of: target) == ["node.sqlite", "node.sqlite.instance"]
        )
    }

    @Test func `what a killed restore left is removed by the next`() throws {
        try backUp()
        let left = node.folder.path + "/.old.1a2b.unfinished"
        try Files.makeFolder(left)
        try Files.write([1, 2, 3], to: left + "/node.sqlite")
        // Killed as it wrote the mark beside the database, under a name that was not yet its own.
        try Files.write([4], to: left + "/.node.sqlite.instance.2b3c.unfinished")
        _ = try restore()
        #expect(!Files.exists(left))
    }

    @Test func `a backup holds no open entries, and the node goes on meanwhile`() throws {
        let other = try Connection(path: node.database, mode: .readWrite)
        var steps = 0
        try node.opened { store in
            try TestNode.add("open", to: store)
            _ = try Backup.write(store, database: node.database, to: file, software: "test") {
                _,
                _ in
                steps += 1
                try? other.execute("INSERT OR REPLACE INTO setting VALUES ('x', x'00')")
            }
        }
        #expect(steps > 0)
        #expect(
            try other.prepare("SELECT count(*) FROM setting WHERE name = 'x'")
                .first { $0.integer(0) } == 1
        )
        _ = try restore()
        let restored = try Connection(path: target + "/node.sqlite", mode: .readOnly)
        for table in ["pending_entry", "rewritten", "setting WHERE name = 'x'"] {
            #expect(
                try restored.prepare("SELECT count(*) FROM \(table)").first { $0.integer(0) } == 0
            )
        }
    }

    @Test func `the copy of a backup is removed, and so is one that a crash left`() throws {
        let stale = node.folder.path + "/node/.node.sqlite.copy"
        try Files.write([1, 2, 3], to: stale)
        try backUp()
        let left = try node.content(of: node.folder.path + "/node")
        #expect(left == ["node.sqlite", "node.sqlite.instance"])
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `nothing of the database can be read in a backup`() throws {
        try node.opened { try TestNode.add("Nguyen Van Mau 990001", to: $0) }
        try backUp()
        let bytes = Data(try Files.read(file, limit: 1 << 24))
        #expect(bytes.range(of: Data("Nguyen Van Mau".utf8)) == nil)
        #expect(bytes.range(of: Data("SQLite format".utf8)) == nil)
    }

    @Test func `another key is named as such and leaves nothing`() throws {
        try backUp()
        let before = try node.content()
        #expect(throws: NodeError.wrongRecoveryKey) { try restore(.random()) }
        #expect(try node.content() == before)
    }

    /// Every length from which the file can be told to be a backup, around all its borders.
    @Test(arguments: [1, 7, 8, 127, 128, 129, 30_000, 65_680, 65_681, 65_682, -17, -1])
    func `a truncated backup is named as such and leaves nothing`(length: Int) throws {
        try backUp()
        let bytes = try Files.read(file, limit: 1 << 24)
        let count = length < 0 ? bytes.count + length : length
        try #require(count < bytes.count)
        try Files.write(Array(bytes.prefix(count)), to: file)
        let before = try node.content()
        #expect(throws: NodeError.truncatedBackup) { try restore() }
        #expect(try node.content() == before)
    }

    /// In the sealed key, the stream's header, the first piece, a later one, the last byte.
    @Test(arguments: [24, 100, 104, 127, 128, 200, 70_000, -1])
    func `a changed backup is damaged and leaves nothing`(place: Int) throws {
        try backUp()
        var bytes = try Files.read(file, limit: 1 << 24)
        bytes[place < 0 ? bytes.count + place : place] ^= 1
        try Files.write(bytes, to: file)
        let before = try node.content()
        #expect(throws: NodeError.damagedBackup) { try restore() }
        #expect(try node.content() == before)
    }

    @Test func `pieces out of order and bytes after the end are damage`() throws {
        try backUp()
        let bytes = try Files.read(file, limit: 1 << 24)
        let piece = 65_553
        try #require(bytes.count > 128 + 2 * piece)
        let second = bytes[(128 + piece)..<(128 + 2 * piece)]
        let swapped =
            bytes[..<128] + second + bytes[128..<(128 + piece)]
            + bytes[(128 + 2 * piece)...]
        for changed in [Array(swapped), bytes + [0]] {
            try Files.write(changed, to: file)
            #expect(throws: NodeError.damagedBackup) { try restore() }
        }
    }

    @Test func `a file that is no backup is named as such`() throws {
        for bytes in [[], Array("DOORBAK2".utf8), [UInt8](repeating: 7, count: 500)] {
            try Files.write(bytes, to: file)
            #expect(
                throws: NodeError.notThatFile(path: file, wanted: .backup)
            ) { try restore() }
        }
    }

    @Test func `a folder that exists is not touched`() throws {
        try backUp()
        try Files.makeFolder(target)
        #expect(throws: NodeError.exists(path: target)) { try restore() }
    }

    @Test func `a backup does not replace a file`() throws {
        try Files.write([1], to: file)
        #expect(throws: NodeError.exists(path: file)) { try backUp() }
        #expect(try Files.read(file, limit: 9) == [1])
    }

    @Test func `without a recovery key there is no backup`() throws {
        let other = try TestNode(seed: 4)
        try other.begin()
        #expect(throws: NodeError.noRecoveryKey) {
            try other.opened {
                try Backup.write($0, database: other.database, to: file, software: "test")
            }
        }
    }

    @Test func `a new key opens its backup, and is kept only when its owner has seen it`() throws {
        let new = RecoveryKey.random()
        let kept = try node.opened { store in
            _ = try Backup.write(
                store,
                database: node.database,
                to: file,
                software: "test",
                recipient: new.openingKey.sealingKey
            )
            return try Backup.recoveryKey(of: store)
        }.result
        #expect(kept == key.openingKey.sealingKey)
        #expect(throws: NodeError.wrongRecoveryKey) { try restore() }
        #expect(try restore(new).name == "Xã Mẫu")
        // It was not set when the backup was made, and whoever restores it holds it.
        let store = try Store(
            db: Connection(path: target + "/node.sqlite", mode: .readWrite),
            description: .small,
            environment: node.environment
        )
        #expect(try Backup.recoveryKey(of: store) == new.openingKey.sealingKey)
    }

    @Test func `a backup that cannot be written leaves nothing`() throws {
        let before = try node.content()
        #expect(throws: (any Error).self) {
            try node.opened {
                try Backup.write(
                    $0,
                    database: node.database,
                    to: node.folder.path + "/none/file",
                    software: "test"
                )
            }
        }
        #expect(try node.content() == before)
    }
}

/// The text of a recovery key.
@Suite struct RecoveryKeyTests {
    @Test(arguments: 0..<20)
    func `the text gives the key back, however it is typed`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = random.bytes(32)
        let text = RecoveryKey(openingKey: try OpeningKey(seed: bytes)).text
        #expect(text.count == 69 && text.split(separator: "-").allSatisfy { $0.count == 4 })
        let typed = text.lowercased().replacingOccurrences(of: "-", with: " \n")
            .replacingOccurrences(of: "0", with: "o").replacingOccurrences(of: "1", with: "l")
        for text in [text, typed] {
            #expect(try RecoveryKey(text: text).openingKey.exportSeed() == bytes)
        }
    }

    @Test(arguments: 0..<56)
    func `one wrong character anywhere is found`(place: Int) throws {
        var random = SplitMix64(seed: 7)
        let text = RecoveryKey(openingKey: try OpeningKey(seed: random.bytes(32))).text
        var characters = Array(text.replacingOccurrences(of: "-", with: ""))
        characters[place] = characters[place] == "A" ? "B" : "A"
        #expect(throws: NodeError.mistypedRecoveryKey) {
            try RecoveryKey(text: String(characters))
        }
    }

    @Test(arguments: ["", "AAAA", String(repeating: "0", count: 1025), "Ố", "U"])
    func `what is no key is refused`(text: String) {
        #expect(throws: NodeError.mistypedRecoveryKey) { try RecoveryKey(text: text) }
    }

    /// The text of a known key: whoever prints it on paper must be able to read it in ten years.
    @Test func `the encoding stays`() throws {
        let key = RecoveryKey(openingKey: try OpeningKey(seed: (0..<32).map { $0 }))
        let first = "000G-40R4-0M30-E209-185G-R38E-1W81"
        #expect(key.text == first + "-24GK-2GAH-C5RR-34D1-P70X-3RFS-5WF1")
    }

    @Test func `a key is read from a file, and a large file is none`() throws {
        let folder = TestFolder()
        let key = RecoveryKey.random()
        let path = folder.path + "/key"
        try Files.write(Array((key.text + "\n").utf8), to: path)
        let read = try RecoveryKey(from: FileReader(path))
        #expect(read.openingKey.exportSeed() == key.openingKey.exportSeed())
        try Files.write([UInt8](repeating: 0x20, count: 2000), to: path)
        #expect(throws: NodeError.tooLarge(path: path)) {
            try RecoveryKey(from: FileReader(path))
        }
    }
}
