import SQLite
import Sealing
package import Store
package import Survey

/// A node brought back from a backup.
package struct Restore {
    /// What came back.
    package struct Outcome: Hashable, Sendable {
        package let backup: BackupInfo
        /// Whether the node goes on with the authority that phones were told to trust; false where
        /// it was not served yet, had another's certificate, or the backup is of an earlier version.
        package let keepsAuthority: Bool
    }

    private let description: DataDescription
    private let environment: StoreEnvironment
    private let machineID: String

    package init(
        description: DataDescription,
        environment: StoreEnvironment,
        machineID: String = "/etc/machine-id"
    ) {
        self.description = description
        self.environment = environment
        self.machineID = machineID
    }

    /// Opens a backup into a new folder, under the given name of the database.
    ///
    /// The node that comes back writes fresh logs, since the lost one may have gone on after the
    /// backup. The folder appears when everything in it is checked; after an error there is none.
    /// What a killed restore left beside it, a database in clear, is removed first.
    /// - Throws: ``NodeError/exists(path:)``, ``NodeError/wrongRecoveryKey``,
    ///   ``NodeError/truncatedBackup``, ``NodeError/damagedBackup``,
    ///   ``NodeError/unsoundDatabase(path:)``.
    package func run(
        _ backup: String,
        key: RecoveryKey,
        to folder: String,
        databaseName: String,
        onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Outcome {
        guard !Files.exists(folder) else { throw NodeError.exists(path: folder) }
        let (unfinished, lock) = try Files.makeUnfinishedFolder(for: folder)
        defer { withExtendedLifetime(lock) {} }
        do {
            let database = unfinished + "/" + databaseName
            let info = try Self.open(backup, key: key, to: database, onProgress)
            let keepsAuthority = try revive(database, of: backup, key)
            guard !Files.exists(folder) else { throw NodeError.exists(path: folder) }
            try Files.rename(unfinished, to: folder)
            return Outcome(backup: info, keepsAuthority: keepsAuthority)
        } catch {
            try? Files.removeFolder(unfinished)
            throw error
        }
    }

    /// Opens a backup into a new file, whose content is not looked at.
    /// - Throws: as ``run(_:key:to:databaseName:onProgress:)``.
    package static func open(
        _ backup: String,
        key: RecoveryKey,
        to database: String,
        _ onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(NodeError) -> BackupInfo {
        let source = try FileReader(backup)
        let head = try BackupHead(try source.next(upTo: BackupHead.headBytes), path: source.path)
        let opener = try head.opener(key)
        let size = UInt64(try source.size())
        guard let expected = head.fileBytes, size <= expected else { throw .damagedBackup }
        guard size == expected else { throw .truncatedBackup }
        let file = try FileWriter(database, mayExist: false)
        var info: BackupInfo?
        var done = 0
        while !opener.isFinished {
            let sealed = try source.next(upTo: BackupHead.sealedPieceBytes)
            guard let piece = try? opener.open(sealed, additional: head.bytes).bytes else {
                throw .damagedBackup
            }
            if info == nil {
                let (found, end) = try BackupInfo.read(piece)
                info = found
                try file.write(piece.span.extracting(end...))
            } else {
                try file.write(piece)
            }
            done += piece.count
            onProgress(done, Int(clamping: head.plainBytes))
        }
        guard let info, UInt64(done) == head.plainBytes else { throw .damagedBackup }
        try file.commit()
        return info
    }

    /// Checks the database and gives it fresh logs; nothing of it is open when this returns.
    ///
    /// Returns whether it holds the authority of the node's line, which serving takes out of it.
    private func revive(
        _ database: String,
        of backup: String,
        _ key: RecoveryKey
    ) throws -> Bool {
        let connection = try Connection(path: database, mode: .readWrite)
        guard try connection.integrityCheck().isEmpty else {
            throw NodeError.unsoundDatabase(path: backup)
        }
        let store = try Store(db: connection, description: description, environment: environment)
        try InstanceGuard(database: database, machineID: machineID).renew(store)
        // The first backup was made before its key was shown; whoever restores it holds the key.
        try Backup.setRecoveryKey(key.openingKey.sealingKey, of: store)
        let keepsAuthority = try CarriedAuthority.isThere(in: store)
        try connection.checkpoint(truncate: true)
        return keepsAuthority
    }
}
