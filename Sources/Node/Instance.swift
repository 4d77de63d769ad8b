import Causality
private import Glibc
import Sealing
package import Store
package import Survey

/// How a database differs from the one that was written here last.
package enum InstanceChange: Hashable, Sendable, CaseIterable {
    /// Another file, or without the mark that lay beside it.
    case copied
    case otherMachine
    case otherDisk
    /// The file is older than what was written here: an old copy was put in its place.
    case older
    /// The database does not know where it was written.
    case unmarked

    package var label: Label {
        switch self {
        case .copied:
            Label("tệp dữ liệu là một bản sao", "the database is a copy")
        case .otherMachine:
            Label("dữ liệu từ máy khác chuyển sang", "the database comes from another machine")
        case .otherDisk:
            Label("dữ liệu từ ổ đĩa khác chuyển sang", "the database comes from another disk")
        case .older:
            Label(
                "tệp dữ liệu cũ hơn lần ghi gần nhất ở đây",
                "the database is older than what was written here last"
            )
        case .unmarked:
            Label(
                "tệp dữ liệu không có dấu của máy này",
                "the database has no mark of this machine"
            )
        }
    }
}

/// What the guard found when a database was opened, and did if it was for writing.
package enum InstanceReport: Hashable, Sendable {
    case same
    /// A database in which nothing was written yet.
    case first
    /// Fresh logs were begun: the original may have gone on under the old ones.
    case changed([InstanceChange])
}

/// Keeps two databases from writing under one log: `sync-protocol.md`, restored and copied databases.
///
/// A database records which file it is, and on which machine and disk. Beside it lies a mark: the
/// same random number, and how far this node's logs had come. A copy lacks one or differs in the
/// other. What slips through (a machine set back as a whole) shows at the next exchange.
package struct InstanceGuard {
    private static let setting = "instance"
    private let database: String
    private let machineID: String

    /// A guard for the database file of this path.
    package init(database: String, machineID: String = "/etc/machine-id") {
        self.database = database
        self.machineID = machineID
    }

    /// Where the mark of a database lies: beside the file itself, by whatever link it was reached.
    package static func markPath(of database: String) -> String {
        Files.resolved(database) + ".instance"
    }

    /// Compares the database with where it is found, and begins fresh logs if they differ.
    ///
    /// To be called on every opening for writing, before the first write. Writes nothing when
    /// nothing has changed since the last call.
    package func check(_ store: Store) throws -> InstanceReport {
        let changes = try differences(store)
        guard let changes, changes.isEmpty else {
            // Another process may be at the same work: the second one finds it done.
            return try store.transaction {
                guard let changes = try differences(store) else {
                    try begin(store)
                    return .first
                }
                guard !changes.isEmpty else { return .same }
                try store.leaveOwnLogs()
                try begin(store)
                return .changed(changes)
            }
        }
        // An older mark recognises less and does no harm: a full disk must not keep a node closed.
        try? note(store)
        return .same
    }

    /// What ``check(_:)`` would find; nothing is changed.
    package func look(_ store: Store) throws -> InstanceReport {
        guard let changes = try differences(store) else { return .first }
        return changes.isEmpty ? .same : .changed(changes)
    }

    /// Begins fresh logs, whatever the database says of itself: the end of every restore.
    ///
    /// And ends every session: a backup knows nothing of who has signed out since.
    package func renew(_ store: Store) throws {
        try store.transaction {
            try store.leaveOwnLogs()
            try LocalNode(store, user: "").endAllSessions()
            try begin(store)
        }
    }

    /// Notes beside the database how far this node's logs have come, if that has changed.
    ///
    /// An older copy put in place of the file is recognised from then on.
    package func note(_ store: Store) throws {
        guard var mark = try mark() else { return }
        let logs = try openLogs(store)
        guard mark.logs != logs else { return }
        mark.logs = logs
        try write(mark)
    }

    // MARK: What differs

    /// Nil for a database that was never marked and in which nothing was written.
    private func differences(_ store: Store) throws -> [InstanceChange]? {
        let logs = try store.ownLogs()
        guard let bytes = try store.setting(Self.setting), let recorded = Instance(bytes) else {
            return logs.contains(where: \.isOpen) ? [.unmarked] : nil
        }
        let mark = try mark()
        let found = try instance(nonce: mark?.nonce ?? [])
        var changes: [InstanceChange] = []
        if found.machine != recorded.machine { changes.append(.otherMachine) }
        if found.fileSystem != recorded.fileSystem { changes.append(.otherDisk) }
        if found.inode != recorded.inode || found.nonce != recorded.nonce {
            changes.append(.copied)
        } else if let mark, mark.isAhead(of: logs) {
            changes.append(.older)
        }
        return changes
    }

    /// Marks the database as the one of this place.
    private func begin(_ store: Store) throws {
        let words = [store.environment.random(), store.environment.random()]
        let nonce = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        // The mark first: if the database does not follow, they differ, and fresh logs begin again.
        try write(Mark(nonce: nonce, logs: try openLogs(store)))
        try store.set(Self.setting, try instance(nonce: nonce).bytes)
    }

    private func openLogs(_ store: Store) throws -> [LogID: UInt64] {
        let open = try store.ownLogs().filter(\.isOpen)
        return Dictionary(uniqueKeysWithValues: open.map { ($0.id, $0.seq) })
    }

    private func instance(nonce: [UInt8]) throws(NodeError) -> Instance {
        var info = stat()
        guard unsafe stat(database, &info) == 0 else {
            throw .cannotRead(path: database, code: errno)
        }
        var volume = statvfs()
        guard unsafe statvfs(database, &volume) == 0 else {
            throw .cannotRead(path: database, code: errno)
        }
        // Many minimal systems have no machine id; the rest of the marks stand without it.
        let machine = (try? Files.read(machineID, limit: 4096)) ?? []
        return Instance(
            // Device numbers change from one start of a machine to the next, this id seldom does.
            fileSystem: UInt64(volume.f_fsid),
            inode: UInt64(info.st_ino),
            // machine-id(5): the id itself is not to be shown around.
            machine: Hash.blake2b(Array("doorstep machine ".utf8) + machine).prefix,
            nonce: nonce
        )
    }

    // MARK: The mark beside the file

    /// Nil where there is none, or one that is damaged.
    ///
    /// One that is there and cannot be read says nothing about the database: to take that for a copy
    /// would end its logs, sessions and codes.
    private func mark() throws(NodeError) -> Mark? {
        do {
            let bytes = try Files.read(Self.markPath(of: database), limit: Mark.bytesMax)
            return Mark(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            switch error {
            case .tooLarge, .cannotRead(_, ENOENT): return nil
            default: throw error
            }
        }
    }

    /// Whoever runs a command beside the service, it is the service's user who reads the mark next.
    private func write(_ mark: Mark) throws(NodeError) {
        try Files.write(
            Array(mark.text.utf8),
            to: Self.markPath(of: database),
            owner: database
        )
    }
}

/// Which file a database is, as the database itself records it: 24 bytes, then the nonce.
private struct Instance {
    let fileSystem: UInt64
    let inode: UInt64
    let machine: UInt64
    let nonce: [UInt8]

    init(fileSystem: UInt64, inode: UInt64, machine: UInt64, nonce: [UInt8]) {
        self.fileSystem = fileSystem
        self.inode = inode
        self.machine = machine
        self.nonce = nonce
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 24 + Mark.nonceBytes else { return nil }
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(
            fileSystem: word(0),
            inode: word(8),
            machine: word(16),
            nonce: Array(bytes[24...])
        )
    }

    var bytes: [UInt8] {
        let words = [fileSystem, inode, machine].flatMap { word in
            stride(from: UInt64(56), through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: word >> $0)
            }
        }
        return words + nonce
    }
}

/// The text beside the database: its nonce, and how far the logs had come.
///
///     doorstep instance 1
///     nonce 00112233445566778899aabbccddeeff
///     log 0123456789abcdef 42
private struct Mark {
    static let nonceBytes = 16
    /// One line for each scope: far more than a city hub has.
    static let bytesMax = 1 << 20
    private static let title = "doorstep instance 1"

    let nonce: [UInt8]
    var logs: [LogID: UInt64]

    init(nonce: [UInt8], logs: [LogID: UInt64]) {
        self.nonce = nonce
        self.logs = logs
    }

    /// Nil for what was not written by ``text``.
    init?(text: String) {
        let lines = text.split(separator: "\n")
        guard lines.count >= 2, lines[0] == Self.title, lines[1].hasPrefix("nonce "),
            let nonce = Self.bytes(hex: lines[1].dropFirst(6)), nonce.count == Self.nonceBytes
        else { return nil }
        self.init(nonce: nonce, logs: [:])
        for line in lines.dropFirst(2) {
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "log", let id = LogID(String(words[1])),
                let seq = UInt64(words[2])
            else { return nil }
            logs[id] = seq
        }
    }

    var text: String {
        let digits = nonce.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let lines = logs.map { "log \($0) \($1)" }.sorted()
        return ([Self.title, "nonce \(digits)"] + lines).joined(separator: "\n") + "\n"
    }

    /// Whether more was written here than the database holds.
    func isAhead(of held: [OwnLog]) -> Bool {
        logs.contains { id, seq in
            guard let log = held.first(where: { $0.id == id }) else { return true }
            // A log that was left behind gives way to its parent's branch and may be shorter.
            return log.isOpen && log.seq < seq
        }
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = hex
        while !rest.isEmpty {
            guard rest.count > 1, let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
