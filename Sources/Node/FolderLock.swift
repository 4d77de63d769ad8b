private import Glibc

/// The right to do something in a folder that one process at a time may do.
///
/// Given back when it is let go, also when the process is killed.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Nil if another process, or another part of this one, has it.
    ///
    /// `name`: a file in it, made where it is not there, for rights that do not exclude each other.
    /// `isLink`: whether the folder's name may be a link.
    init?(_ folder: String, _ name: String? = nil, isLink: Bool = true) throws(NodeError) {
        if let name {
            let path = "\(folder)/\(name)"
            let flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC
            var opened = unsafe open(path, flags, 0o600)
            if opened < 0, errno == EACCES, unsafe unlink(path) == 0 {
                // Another user's, in a folder that is this one's: the administrator was here once.
                opened = unsafe open(path, flags, 0o600)
            }
            guard opened >= 0 else { throw .cannotWrite(path: path, code: errno) }
            Self.give(opened, toOwnerOf: folder)
            descriptor = opened
        } else {
            let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (isLink ? 0 : O_NOFOLLOW)
            descriptor = unsafe open(folder, flags)
            guard descriptor >= 0 else { throw .cannotRead(path: folder, code: errno) }
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .cannotWrite(path: folder, code: errno) }
            return nil
        }
    }

    /// What the administrator makes in a folder of somebody else's is that one's: a service could not
    /// open it again.
    private static func give(_ descriptor: Int32, toOwnerOf folder: String) {
        var info = stat()
        guard geteuid() == 0, unsafe stat(folder, &info) == 0, info.st_uid != 0 else { return }
        _ = fchown(descriptor, info.st_uid, info.st_gid)
    }

    /// Waits a second for others who make something in the folder; nil where they are not done then, or
    /// the folder cannot be opened.
    static func turn(in folder: String) -> FolderLock? {
        for _ in 0..<50 {
            if let lock = try? FolderLock(folder) { return lock }
            usleep(20_000)
        }
        return nil
    }

    /// Whether the folder is one that was to become a node: of whoever runs this, and with nothing else
    /// in it.
    var holdsUnfinishedNode: Bool {
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0, info.st_uid == geteuid() else { return false }
        var others = 0
        unsafe forEachName { name in
            if unsafe !Self.isOfNode(String(cString: name)) { others += 1 }
        }
        return others == 0
    }

    /// Whether a node's files are called so: the database, what lies beside it, and what of those was
    /// never finished.
    private static func isOfNode(_ name: String) -> Bool {
        let isUnfinished = Files.isTemporary(name)
        return name.dropFirst(isUnfinished ? 1 : 0).hasPrefix(NodeFolder.databaseName)
    }

    /// Removes the files in the folder that is locked, wherever its name leads by now; folders in it
    /// are left.
    func removeFiles() {
        unsafe forEachName { _ = unsafe unlinkat(descriptor, $0, 0) }
    }

    private func forEachName(_ body: (UnsafePointer<CChar>) -> Void) {
        // Opened anew: a copy of the descriptor would go on where the last reading stopped.
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return }
        guard let folder = unsafe fdopendir(copy) else {
            close(copy)
            return
        }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            unsafe withUnsafePointer(to: entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    guard unsafe strcmp($0, ".") != 0, unsafe strcmp($0, "..") != 0 else { return }
                    unsafe body($0)
                }
            }
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
