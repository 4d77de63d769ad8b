import Replication
import SQLite
package import Sealing
package import Store

/// Copies of a node's database that only the recovery key opens, taken while the node runs.
package enum Backup {
    private static let setting = "recovery-key"
    private static let lastSetting = "last-backup"

    /// The public half of the recovery key; nil before one was made.
    package static func recoveryKey(of store: Store) throws -> SealingKey? {
        try store.setting(setting).map { try SealingKey($0) }
    }

    /// Keeps the public half of a key for the backups from now on; older ones need the older key.
    package static func setRecoveryKey(_ key: SealingKey, of store: Store) throws {
        try store.set(setting, key.bytes)
    }

    /// When the last backup was finished, milliseconds since 1970; nil before the first.
    package static func lastTime(of store: Store) throws -> UInt64? {
        try store.setting(lastSetting).map(UInt64.init(bigEndianBytes:))
    }

    /// Writes a backup to a new file: whole, or nothing.
    ///
    /// Seals what is open first, so that the copy holds no entries that the original may seal
    /// otherwise; what another process saves in that moment is written again by the restore. The
    /// unsealed copy lies beside the database while this runs, and is removed in any case.
    ///
    /// A new key is given as the recipient and set with ``setRecoveryKey(_:of:)`` after its owner has
    /// seen it: no backup is ever sealed to a key that nobody knows.
    ///
    /// The authority that browsers were told to trust goes with it: ``CarriedAuthority``.
    package static func write(
        _ store: Store,
        database: String,
        to path: String,
        software: String,
        recipient newKey: SealingKey? = nil,
        onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> BackupInfo {
        guard let identity = try store.identity() else { throw StoreError.notEnrolled }
        guard let recipient = try newKey ?? recoveryKey(of: store) else {
            throw NodeError.noRecoveryKey
        }
        guard !Files.exists(path) else { throw NodeError.exists(path: path) }
        try NodeFolder.checkOutside(path)
        let folder = Files.folder(of: database)
        guard let lock = try FolderLock(folder) else { throw NodeError.backupRunning }
        return try withExtendedLifetime(lock) {
            let copy = copy(of: database)
            // The copy of a backup that was killed: the lock says that nobody is at it.
            try removeDatabase(copy)
            defer { try? removeDatabase(copy) }
            for scope in try store.scopes() { try store.seal(scope) }
            try store.db.backup(to: copy)
            try complete(copy, original: database)
            let info = BackupInfo(
                node: identity.node,
                name: identity.certificate.name,
                time: store.environment.wall(),
                software: software
            )
            try seal(copy, info, to: path, recipient: recipient, onProgress)
            try store.set(lastSetting, info.time.bigEndianBytes)
            return info
        }
    }

    /// Checks the copy, as a backup of an unsound database would be found out when it is too late,
    /// and puts into it what of the node lies in files.
    private static func complete(_ copy: String, original: String) throws {
        let connection = try Connection(path: copy, mode: .readWrite)
        guard try connection.integrityCheck().isEmpty else {
            throw NodeError.unsoundDatabase(path: original)
        }
        try CarriedAuthority.put(
            from: "\(Files.folder(of: original))/\(LineIdentity.folderName)",
            into: connection
        )
        // What is sealed is the one file.
        try connection.checkpoint(truncate: true)
    }

    private static func seal(
        _ copy: String,
        _ info: BackupInfo,
        to path: String,
        recipient: SealingKey,
        _ onProgress: (_ done: Int, _ total: Int) -> Void
    ) throws {
        let source = try FileReader(copy)
        let file = try FileWriter(path, mayExist: false)
        var plain = info.encode()
        let total = plain.count + (try source.size())
        let key = StreamKey.random()
        let sealer = StreamSealer(key: key)
        let head = try BackupHead(
            plainBytes: UInt64(total),
            key: key,
            header: sealer.header,
            recipient: recipient
        )
        try file.write(head.bytes)
        var done = 0
        while done < total {
            plain += try source.next(upTo: BackupHead.pieceBytes - plain.count)
            done += plain.count
            // The copy is nobody's but ours: that it ends too early is the disk's fault.
            guard plain.count == BackupHead.pieceBytes || done == total else {
                throw NodeError.cannotRead(path: copy, code: 0)
            }
            let sealed = sealer.seal(plain, additional: head.bytes, isFinal: done == total)
            try file.write(sealed)
            onProgress(done, total)
            plain = []
        }
        try file.commit()
    }

    private static func copy(of database: String) -> String {
        "\(Files.folder(of: database))/.\(Files.name(of: database)).copy"
    }

    /// What became of the copy in clear that a killed backup leaves.
    enum LeftOver: Hashable, Sendable {
        /// There is none, or a backup is at it.
        case none
        case removed
        /// It cannot be removed from here.
        case left(path: String)
    }

    /// Removes the copy beside a database that a killed backup has left.
    static func removeLeftOver(of database: String) -> LeftOver {
        let copy = copy(of: database)
        guard Files.exists(copy) else { return .none }
        do {
            guard let lock = try FolderLock(Files.folder(of: database)) else { return .none }
            defer { withExtendedLifetime(lock) {} }
            try removeDatabase(copy)
            return .removed
        } catch {
            return .left(path: copy)
        }
    }

    private static func removeDatabase(_ path: String) throws(NodeError) {
        for suffix in ["", "-wal", "-shm", "-journal"] { try Files.remove(path + suffix) }
    }
}
