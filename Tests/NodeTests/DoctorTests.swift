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

/// What the doctor says of a node; each complaint is brought about on purpose.
@Suite struct DoctorTests {
    let node: TestNode

    init() throws {
        node = try TestNode(seed: 5)
        try node.begin()
        for path in ["/node", "/node/node.sqlite"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: path == "/node" ? 0o700 : 0o600],
                ofItemAtPath: node.folder.path + path
            )
        }
    }

    private func examine(
        now: UInt64? = nil,
        _ opening: Result<Store, any Error>
    ) throws -> [Finding.Topic: Finding] {
        let doctor = Doctor(
            folder: node.folder.path + "/node",
            database: node.database,
            software: "doorstep 1.2.3",
            now: now ?? node.wall,
            clockMark: node.folder.path + "/synchronized"
        )
        let findings = try doctor.examine(opening)
        let topics = findings.map { ($0.topic, $0) }
        return Dictionary(topics, uniquingKeysWith: { first, _ in first })
    }

    private func level(
        _ topic: Finding.Topic,
        now: UInt64? = nil
    ) throws -> Finding.Level? {
        try node.opened { try examine(now: now, .success($0))[topic]?.level }.result
    }

    @Test func `every topic is looked at and has words in both languages`() throws {
        let findings = try node.opened { try examine(.success($0)) }.result
        #expect(Set(findings.keys) == Set(Finding.Topic.allCases))
        for finding in findings.values {
            #expect(!finding.text(.vi).isEmpty && finding.text(.vi) != finding.text(.en))
        }
    }

    @Test func `a node in order is not complained of`() throws {
        let findings = try node.opened { try examine(.success($0)) }.result
        let machines: Set<Finding.Topic> = [.encryption, .space, .backup]
        for finding in findings.values where !machines.contains(finding.topic) {
            #expect(finding.level == .ok, "\(finding)")
        }
    }

    @Test(arguments: [0o755, 0o710, 0o701])
    func `a folder that others may enter is a problem`(mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: node.folder.path + "/node"
        )
        #expect(try level(.permissions) == .problem)
    }

    @Test func `a file that others may read is named`() throws {
        let path = node.folder.path + "/node/export.csv"
        try Data().write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let finding = try node.opened { try examine(.success($0))[.permissions] }.result
        #expect(finding?.level == .problem)
        #expect(finding?.text(.en).contains("export.csv") == true)
    }

    @Test func `a dead clock battery is a problem`() throws {
        #expect(try level(.clock, now: 1_000) == .problem)
    }

    @Test func `a clock behind the node's own entries is a problem`() throws {
        #expect(try level(.clock, now: node.wall - 299_000) == .ok)
        #expect(try level(.clock, now: node.wall - 301_000) == .problem)
    }

    /// The entries keep their times for as long as the clock was ahead.
    @Test func `a clock that was ahead and is right now is not told to be set`() throws {
        let now = node.wall - 40 * 86_400_000
        let finding = try node.opened { try examine(now: now, .success($0))[.clock] }.result
        #expect(finding?.text(.en).contains("40 days behind") == true)
        try Files.write([], to: node.folder.path + "/synchronized")
        let known = try node.opened { try examine(now: now, .success($0))[.clock] }.result
        #expect(known?.level == .advice && known?.text(.en).contains("is right now") == true)
    }

    /// In one opening and in another, with what was written meanwhile open or sealed.
    @Test(arguments: [false, true], [false, true])
    func `what is written after a clock was put right bears its right time`(
        opensAgain: Bool,
        seals: Bool
    ) throws {
        let right = node.wall
        let day: UInt64 = 86_400_000
        func add(_ name: String, at wall: UInt64, to store: Store) throws -> UInt64 {
            node.wall = wall
            var id = RecordID(origin: 0, counter: 1)
            try store.save(scope: TestNode.scope) {
                id = $0.add("house", [Cell("name", .text(name))])
            }
            return try #require(try store.history(of: id).first).time.milliseconds
        }
        let (_, ahead) = try node.opened { store in
            let ahead = try add("ahead", at: right + 400 * day, to: store)
            if seals { try store.seal(TestNode.scope) }
            guard !opensAgain else { return ahead }
            #expect(try add("after", at: right + 1, to: store) == right + 1)
            return ahead
        }
        #expect(ahead == right + 400 * day)
        try node.opened { store in
            let time = right + 2
            #expect(try add("later", at: time, to: store) == time)
            let then = try store.snapshot(asOf: HybridTime(milliseconds: time, counter: .max))
            let names = try TestNode.names(then)
            #expect(names.contains("later") && !names.contains("ahead"))
            #expect(names.contains("after") == !opensAgain)
            #expect(try store.verify().damages.isEmpty)
            let finding = try examine(now: time, .success(store))[.clock]
            #expect(finding?.text(.en).contains("behind the last entry") == true)
        }
    }

    @Test func `a recovery key and a fresh backup are asked for`() throws {
        #expect(try level(.backup) == .advice)
        try node.opened { store in
            try Backup.setRecoveryKey(RecoveryKey.random().openingKey.sealingKey, of: store)
        }
        #expect(try level(.backup) == .advice)
        try node.opened { store in
            _ = try Backup.write(
                store,
                database: node.database,
                to: node.folder.path + "/backup",
                software: "test"
            )
        }
        #expect(try level(.backup) == .ok)
        #expect(try level(.backup, now: node.wall + 14 * 86_400_000) == .advice)
    }

    @Test func `a database that cannot be opened is a problem, told with its reason`() throws {
        let error = NodeError.cannotRead(path: node.database, code: EACCES)
        let finding = try examine(.failure(error))[.database]
        #expect(finding?.level == .problem)
        #expect(finding?.text.en.contains("permissions") == true)
        #expect(finding?.text.vi.contains("không có quyền") == true)
    }

    @Test func `a damaged page is a problem, also one that nothing reads`() throws {
        let page = try node.opened { store in
            try store.db.checkpoint(truncate: true)
            return try store.db.prepare(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'redaction_done'"
            ).first { $0.integer(0) }
        }.result
        let size = try node.opened {
            try $0.db.prepare("PRAGMA page_size").first { $0.integer(0) }
        }.result
        let offset = (try #require(page) - 1) * (try #require(size))
        let handle = try #require(FileHandle(forUpdatingAtPath: node.database))
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(repeating: 0xff, count: 16))
        try handle.close()
        #expect(try level(.database) == .problem)
    }

    @Test func `a large write-ahead log is advised against`() throws {
        let path = node.database + "-wal"
        try Data().write(to: URL(filePath: path))
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.truncate(atOffset: UInt64(DoctorLimits.walBytes) + 1)
        try handle.close()
        #expect(try examine(.failure(NodeError.notAHub))[.writeAheadLog]?.level == .advice)
    }
}

/// Unsent changes and conflicts, between a hub and two villages.
@Suite struct DoctorExchangeTests {
    let commune: TestCommune
    let village: Store
    let folder = TestFolder()
    private static let day: UInt64 = 86_400_000

    init() throws {
        commune = try TestCommune(seed: 6)
        village = try commune.village("thon-1")
    }

    private func finding(
        _ topic: Finding.Topic,
        _ store: Store,
        after days: UInt64 = 0
    ) throws -> Finding? {
        try Doctor(
            folder: folder.path,
            database: folder.path + "/none",
            software: "test",
            now: 1_780_000_000_000 + days * Self.day
        ).examine(.success(store)).first { $0.topic == topic }
    }

    private func add(to store: Store, _ name: String) throws -> RecordID {
        var id: RecordID?
        try store.save(scope: TestCommune.path + "/thon-1") {
            id = $0.add("house", [Cell("name", .text(name))])
        }
        return try #require(id)
    }

    @Test func `unsent changes are counted, and a week without sync is a problem`() throws {
        #expect(try finding(.exchange, commune.hub)?.level == .ok)
        _ = try add(to: village, "A")
        #expect(try finding(.exchange, village)?.level == .problem)
        _ = try TestExchange(village, with: commune.hub)
        #expect(try village.unsentEntries() == 0)
        #expect(try finding(.exchange, village, after: 30)?.level == .ok)
        _ = try add(to: village, "B")
        _ = try add(to: village, "C")
        #expect(try village.unsentEntries() == 2)
        #expect(try finding(.exchange, village, after: 6)?.level == .ok)
        #expect(try finding(.exchange, village, after: 7)?.level == .problem)
    }

    @Test func `a revoked machine is told that it is, and its hub of what it brought late`() throws
    {
        _ = try add(to: village, "A")
        _ = try TestExchange(village, with: commune.hub)
        let certificate = try #require(try village.identity()).certificate
        try commune.hub.enter(certificate)
        try commune.hub.revoke(certificate.node, on: "2026-01-01")
        #expect(throws: NodeError.revokedBelow(certificate.name)) {
            try Enrolment.change(certificate.node, at: commune.hub, name: "B")
        }
        #expect(try finding(.review, commune.hub)?.level == .ok)
        _ = try add(to: village, "B")
        let session = try ExchangeSession(reading: commune.hub)
        try village.request(software: "test") { try session.push($0) }
        try session.close()
        let review = try #require(try finding(.review, commune.hub))
        #expect(review.level == .advice && review.text.en.contains("node admit"))
        let parent = try #require(try village.identity()?.parent).node
        try village.note([
            Contact(node: parent, triedAt: 1_780_000_000_000, problem: SyncProblem.revoked.code)
        ])
        let exchange = try #require(try finding(.exchange, village))
        #expect(exchange.level == .problem && exchange.text.en.contains("was revoked"))
    }

    @Test func `records in review are counted`() throws {
        let id = try add(to: village, "A")
        _ = try TestExchange(village, with: commune.hub)
        #expect(try finding(.review, village)?.level == .ok)
        for (store, name) in [(village, "B"), (commune.hub, "C")] {
            try store.save(scope: TestCommune.path + "/thon-1") {
                $0.set("house", id, [Cell("name", .text(name))])
            }
        }
        _ = try TestExchange(village, with: commune.hub)
        for store in [village, commune.hub] {
            #expect(try store.recordsInReview() == 1)
            #expect(try finding(.review, store)?.level == .advice)
        }
    }
}

/// Finding the disk under a folder, in trees like those of /proc and /sys.
@Suite struct DiskEncryptionTests {
    let folder = TestFolder()
    var sys: String { folder.path + "/block" }

    private func device(_ path: String, uuid: String? = nil) throws {
        let url = URL(filePath: sys + "/" + path)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        guard let uuid else { return }
        let dm = url.appending(path: "dm")
        try FileManager.default.createDirectory(at: dm, withIntermediateDirectories: true)
        try Data(uuid.utf8).write(to: dm.appending(path: "uuid"))
    }

    private func encryption(_ lines: String) throws -> DiskEncryption {
        try Data(lines.utf8).write(to: URL(filePath: folder.path + "/mountinfo"))
        return DiskPaths(mountInfo: folder.path + "/mountinfo", blockDevices: sys)
            .encryption(of: folder.path)
    }

    private let root = "26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"

    @Test func `a bare partition is plain`() throws {
        try device("8:1")
        #expect(try encryption(root) == .plain)
    }

    @Test func `LUKS, and LVM on LUKS, are encrypted`() throws {
        try device("253:0", uuid: "CRYPT-LUKS2-0011-luks\n")
        try device("253:1", uuid: "LVM-abc")
        try device("253:1/slaves/dm-0", uuid: "CRYPT-LUKS2-0011-luks")
        for number in ["253:0", "253:1"] {
            let line = "26 1 \(number) / / rw - ext4 /dev/mapper/root rw\n"
            #expect(try encryption(line) == .encrypted)
        }
    }

    @Test func `a volume of which one part is bare is plain`() throws {
        try device("9:0")
        try device("9:0/slaves/dm-0", uuid: "CRYPT-LUKS2-0011-luks")
        try device("9:0/slaves/sdb1")
        #expect(try encryption("26 1 9:0 / / rw - ext4 /dev/md0 rw\n") == .plain)
    }

    @Test func `the mount that holds the folder counts, and of two the later`() throws {
        try device("8:1")
        try device("253:0", uuid: "CRYPT-LUKS2-0011-luks")
        let over = "30 26 253:0 / \(folder.path) rw - ext4 /dev/mapper/data rw\n"
        #expect(try encryption(over + root) == .encrypted)
        let beside = "30 26 253:0 / \(folder.path)-2 rw - ext4 /dev/mapper/data rw\n"
        #expect(try encryption(root + beside) == .plain)
        let again = "31 26 8:1 / \(folder.path) rw - ext4 /dev/sda1 rw\n"
        #expect(try encryption(over + again) == .plain)
    }

    @Test func `an encrypting file system is encrypted`() throws {
        #expect(try encryption("26 1 0:50 / / rw - fuse.gocryptfs /x rw\n") == .encrypted)
    }

    @Test(arguments: [
        "", "26 1 0:50 / / rw - overlay overlay rw\n", "nonsense\n", "1 2 3 4 5 6 -\n",
    ])
    func `what does not show its device is unknown`(lines: String) throws {
        #expect(try encryption(lines) == .unknown)
    }

    @Test func `a circle of devices ends`() throws {
        try device("253:0/slaves")
        try FileManager.default.createSymbolicLink(
            atPath: sys + "/253:0/slaves/loop",
            withDestinationPath: sys + "/253:0"
        )
        #expect(try encryption("26 1 253:0 / / rw - ext4 /dev/dm-0 rw\n") == .unknown)
    }
}

extension DoctorTests {
    @Test func `what a killed backup has left in clear is removed, and told`() throws {
        let copy = node.folder.path + "/node/.node.sqlite.copy"
        for suffix in ["", "-wal"] { try Files.write([1], to: copy + suffix) }
        // While a backup is at it, the copy is its own.
        let folder = unsafe open(node.folder.path + "/node", O_RDONLY | O_CLOEXEC)
        #expect(flock(folder, LOCK_EX) == 0)
        #expect(try level(.unfinished) == .ok)
        #expect(Files.exists(copy))
        close(folder)
        #expect(try level(.unfinished) == .advice)
        #expect(!Files.exists(copy) && !Files.exists(copy + "-wal"))
        #expect(try level(.unfinished) == .ok)
    }

    @Test func `what a killed restore has left in clear is a problem`() throws {
        #expect(try level(.unfinished) == .ok)
        let left = node.folder.path + "/.node.1abc.unfinished"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
        try Files.write([1], to: left + "/node.sqlite")
        let finding = try #require(
            try node.opened { try examine(.success($0))[.unfinished] }.result
        )
        #expect(finding.level == .problem && finding.text.en.contains(".node.1abc.unfinished"))
        // One that is still being made is nobody's leftover.
        let descriptor = unsafe open(left, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(try level(.unfinished) == .ok)
    }

    @Test func `half of the logs that a node may have is worth a word`() throws {
        let half = ReplicationLimits.nodeLogsMax / 2
        let levels = try node.opened { store -> [Finding.Level?] in
            var levels: [Finding.Level?] = []
            while try store.logCounts().ofNodeInScope < half {
                levels = [try examine(.success(store))[.limits]?.level]
                try store.leaveOwnLogs()
                _ = try store.openLogID("48/21004")
            }
            return levels + [try examine(.success(store))[.limits]?.level]
        }.result
        #expect(levels == [.ok, .advice])
    }
}
