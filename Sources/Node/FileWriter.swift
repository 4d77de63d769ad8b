private import Glibc

/// A file that is written piece by piece under a temporary name and gets its own at the end.
///
/// Whoever looks, also after a power cut or a pulled stick, finds the old file, or the new one
/// whole. For its owner only (mode 0600) where the file system knows owners, unless it is to be shared
/// (mode 0644). A writer that is let
/// go before ``commit()`` leaves nothing behind; what one left that was killed, the next one for the
/// same path removes.
package final class FileWriter {
    /// The name that the file gets.
    package let path: String
    /// Bytes written so far.
    package private(set) var count = 0
    private let temporary: String
    private let descriptor: Int32
    private let mayExist: Bool
    private var isCommitted = false

    package init(
        _ path: String,
        mayExist: Bool = true,
        isShared: Bool = false
    ) throws(NodeError) {
        guard mayExist || !Files.exists(path) else { throw .exists(path: path) }
        guard !Files.isDatabase(path) else { throw .exists(path: path) }
        self.path = path
        self.mayExist = mayExist
        Files.removeUnfinished(in: Files.folder(of: path), of: Files.name(of: path) + ".")
        (temporary, descriptor) = try Self.begin(path)
        // Whatever the umask is; the file systems of sticks know no modes.
        if isShared { _ = fchmod(descriptor, 0o644) }
    }

    /// Makes the file under a name of its own, locked: that says that it is not left over.
    private static func begin(_ path: String) throws(NodeError) -> (String, Int32) {
        while true {
            let temporary = Files.temporary(for: path)
            let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .cannotWrite(path: path, code: errno) }
            // Where the file system knows no locks nobody can tell, and nobody removes it.
            let isOwn = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            if isOwn, Files.exists(temporary) { return (temporary, descriptor) }
            // Somebody tidied up in between.
            close(descriptor)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isCommitted { unsafe unlink(temporary) }
    }

    package func write(_ bytes: [UInt8]) throws(NodeError) {
        try write(bytes.span)
    }

    /// Gives the file to whom another one belongs, where root writes: its own user could not read it.
    func give(toOwnerOf other: String) throws(NodeError) {
        var info = stat()
        guard geteuid() == 0, unsafe stat(other, &info) == 0, info.st_uid != 0 else { return }
        guard fchown(descriptor, info.st_uid, info.st_gid) == 0 else {
            throw .cannotWrite(path: path, code: errno)
        }
    }

    package func write(_ bytes: Span<UInt8>) throws(NodeError) {
        let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
            var rest = UnsafeRawBufferPointer(buffer)
            while unsafe !rest.isEmpty {
                let done = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if done >= 0 {
                    unsafe rest = .init(rebasing: rest.dropFirst(done))
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard failure == 0 else { throw .cannotWrite(path: path, code: failure) }
        count += bytes.count
    }

    /// Brings the content to the disk and gives the file its name; nothing is written after it.
    package func commit() throws(NodeError) {
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, code: errno) }
        if mayExist {
            try Files.rename(temporary, to: path)
        } else {
            try Files.move(temporary, to: path)
        }
        isCommitted = true
    }
}
