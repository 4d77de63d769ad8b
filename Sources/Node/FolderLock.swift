private import Glibc

/// The right to do something in a folder that one process at a time may do.
///
/// Given back when it is let go, also when the process is killed.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Nil if another process, or another part of this one, has it.
    ///
    /// `name`: a file in it, made where it is not there, for rights that do not exclude each other.
    init?(_ folder: String, _ name: String? = nil) throws(NodeError) {
        if let name {
            let path = "\(folder)/\(name)"
            descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .cannotWrite(path: path, code: errno) }
        } else {
            descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .cannotRead(path: folder, code: errno) }
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .cannotWrite(path: folder, code: errno) }
            return nil
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

extension NodeFolder {
    /// Runs a body while no other process syncs this node with its hub; nil where one does.
    ///
    /// Of two exchanges of one node the hub cuts the earlier, which would begin again, and cut the
    /// other.
    package func whileSyncing<R>(_ body: () throws -> R) throws -> R? {
        // Not the folder's own lock: a backup is made while an exchange takes its day.
        guard let lock = try FolderLock(path, ".syncing") else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }
}
