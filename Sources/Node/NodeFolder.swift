private import Glibc
package import SQLite
package import Store

/// The folder of a node: its database, for its owner only.
package struct NodeFolder: Hashable, Sendable {
    package let path: String

    package static let databaseName = "node.sqlite"

    package init(_ path: String) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    package var database: String { "\(path)/\(Self.databaseName)" }

    /// Makes a node in the folder, which is made too where it is missing; refuses one that holds a
    /// node.
    ///
    /// `make` makes it in a folder of its own within, and has closed it when it returns; only then do
    /// its files get their names. What a killed process has left there is removed first.
    func create(_ make: (_ unfinished: NodeFolder) throws -> Void) throws {
        let made = try create()
        do {
            let (place, lock) = try Files.makeUnfinishedFolder(for: database)
            let unfinished = NodeFolder(place)
            defer { withExtendedLifetime(lock) { try? Files.removeFolder(place) } }
            try make(unfinished)
            // One at a time, and the database last: it is what makes a node of the folder.
            guard let turn = FolderLock.turn(in: path), !Files.exists(database) else {
                throw NodeError.exists(path: database)
            }
            defer { withExtendedLifetime(turn) {} }
            let mark = InstanceGuard.markPath(of: unfinished.database)
            try Files.rename(mark, to: InstanceGuard.markPath(of: database))
            try Files.move(unfinished.database, to: database)
        } catch {
            // Best effort, after an error that is being told; what another has put there stays.
            for folder in made { Files.removeEmptyFolder(folder) }
            throw error
        }
    }

    /// Makes the folder and those above it that are missing; refuses one that holds a node.
    ///
    /// Returns what it has made, the innermost folder first.
    @discardableResult
    package func create() throws -> [String] {
        guard !Files.exists(database) else { throw NodeError.exists(path: database) }
        var missing: [String] = []
        var folder = path
        while Files.kind(folder) == nil, folder != "/", folder != "." {
            missing.append(folder)
            folder = Files.folder(of: folder)
        }
        var made: [String] = []
        for folder in missing.reversed() where try Files.makeFolder(folder) {
            made.insert(folder, at: 0)
        }
        guard Files.kind(path) == .folder else { throw NodeError.exists(path: path) }
        return made
    }

    /// False for a file in which no migration ever ran, found without opening it: that writes.
    private func mayHoldNode() throws -> Bool {
        // The version stands in bytes 60 to 63 (https://sqlite.org/fileformat2.html#user_version_number),
        // but after a crash perhaps only in the write-ahead log.
        if try Files.requireKind(database + "-wal") == .file { return true }
        let header = try FileReader(database).next(upTo: 64)
        return header.count == 64 && header[60...].contains { $0 != 0 }
    }

    /// Opens the database; makes it only where the folder was just created.
    ///
    /// A file without a node's tables is refused, never filled with them: what stood in it may be
    /// in a backup.
    package func connect(isNew: Bool) throws -> Connection {
        guard !isNew else { return try Connection(path: database, mode: .readWriteCreate) }
        return try connect(.readWrite)
    }

    /// Opens the database so that nothing in the folder changes, whoever else may be writing.
    func connectToRead() throws -> Connection {
        if Files.mayWrite(path), Files.mayWrite(database) { return try connect(.reading) }
        // What is not in the file yet could only be read with an index made beside it.
        guard
            try Files.requireKind(database + "-wal") != .file
                || FileReader(database + "-wal").size() == 0
        else { throw NodeError.cannotWrite(path: path, code: EROFS) }
        return try connect(.unchanging)
    }

    private func connect(_ mode: Connection.Mode) throws -> Connection {
        switch try Files.requireKind(database) {
        case .file: break
        case .folder, .other, nil: throw NodeError.noNode(folder: path)
        }
        // SQLite keeps its journal beside the name: by two names it would spoil the file.
        guard mode == .unchanging || Files.linkCount(database) == 1 else {
            throw NodeError.linked(database: database)
        }
        guard try mayHoldNode() else { throw NodeError.noNodeInside(database: database) }
        let connection = try Connection(path: database, mode: mode)
        let holdsLog = try connection.prepare(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'pending_entry'"
        ).first { $0.integer(0) }
        guard try connection.userVersion > 0, holdsLog != nil else {
            throw NodeError.noNodeInside(database: database)
        }
        return connection
    }
}

extension StoreEnvironment {
    /// The clock and the random numbers of this machine.
    package static var system: StoreEnvironment {
        StoreEnvironment(
            wall: {
                var time = timespec()
                // Fails only for a clock that does not exist.
                _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
                return UInt64(max(time.tv_sec, 0)) * 1000 + UInt64(time.tv_nsec) / 1_000_000
            },
            random: { UInt64.random(in: .min ... .max) }
        )
    }
}
