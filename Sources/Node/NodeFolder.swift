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

    /// Makes the folder, and those above it that are missing; refuses one that holds a node.
    package func create() throws {
        guard !Files.exists(database) else { throw NodeError.exists(path: database) }
        var missing: [String] = []
        var folder = path
        while Files.kind(folder) == nil, folder != "/", folder != "." {
            missing.append(folder)
            folder = Files.folder(of: folder)
        }
        for folder in missing.reversed() { try Files.makeFolder(folder) }
        guard Files.kind(path) == .folder else { throw NodeError.exists(path: path) }
    }

    /// Opens the database; makes it only where the folder was just created.
    package func connect(isNew: Bool) throws -> Connection {
        guard isNew || Files.kind(database) == .file else { throw NodeError.noNode(folder: path) }
        return try Connection(path: database, mode: isNew ? .readWriteCreate : .readWrite)
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
