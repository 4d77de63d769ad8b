private import Glibc

/// The numbers that bound what this module reads from disks and people.
package enum NodeLimits {
    /// What one read or write moves: memory of a copy, however large the file is.
    package static let pieceBytes = 64 << 10
    /// The part of a scope path that is made from a village's name.
    package static let pathPartCharacters = 60
    /// Names that are looked at in one folder; a stick with more is not one of ours.
    package static let folderNames = 10_000
}

/// What a path leads to.
package enum FileKind: Hashable, Sendable {
    case file
    case folder
    /// A device, a pipe, a socket: never read from.
    case other
}

/// Reading and writing of whole files and folders; every error names the path and `errno`.
package enum Files {
    // MARK: Looking

    /// What lies under the path, symbolic links followed; nil if nothing does.
    package static func kind(_ path: String) -> FileKind? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return kind(info)
    }

    /// The same, where not being allowed to look is an error.
    package static func requireKind(_ path: String) throws(NodeError) -> FileKind? {
        var info = stat()
        if unsafe stat(path, &info) == 0 { return kind(info) }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw .cannotRead(path: path, code: errno)
        }
        return nil
    }

    fileprivate static func kind(_ info: stat) -> FileKind {
        switch info.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    package static func exists(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0
    }

    /// Whether a database lies there: a name mistyped must not cost a node.
    static func isDatabase(_ path: String) -> Bool {
        guard kind(path) == .file, let file = try? FileReader(path) else { return false }
        return (try? file.next(upTo: 16)) == Array("SQLite format 3\0".utf8)
    }

    /// The names in a folder, sorted by their bytes, without those of unfinished files.
    package static func list(
        _ folder: String,
        limit: Int = NodeLimits.folderNames
    ) throws(NodeError) -> [String] {
        try names(folder, limit: limit).filter { !isTemporary($0) }
    }

    private static func names(_ folder: String, limit: Int) throws(NodeError) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            throw .cannotRead(path: folder, code: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(
                    to: CChar.self,
                    capacity: MemoryLayout.size(ofValue: unsafe entry.pointee.d_name)
                ) { unsafe String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            guard names.count < limit else { throw .tooLarge(path: folder) }
            names.append(name)
            errno = 0
        }
        guard errno == 0 else { throw .cannotRead(path: folder, code: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The path from the root, symbolic links resolved; what it names must be there.
    package static func absolute(_ path: String) throws(NodeError) -> String {
        guard let resolved = unsafe realpath(path, nil) else {
            throw .cannotRead(path: path, code: errno)
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    // MARK: Reading

    /// The bytes of a file that has at most `limit` of them.
    package static func read(_ path: String, limit: Int) throws(NodeError) -> [UInt8] {
        let file = try FileReader(path)
        guard try file.size() <= limit else { throw .tooLarge(path: path) }
        var bytes: [UInt8] = []
        while true {
            // A file that grows while it is read, or one of /proc, says nothing of its size.
            let piece = try file.next(upTo: min(NodeLimits.pieceBytes, limit - bytes.count + 1))
            guard !piece.isEmpty else { return bytes }
            bytes += piece
            guard bytes.count <= limit else { throw .tooLarge(path: path) }
        }
    }

    // MARK: Writing

    /// Writes the bytes under the path, all of them or none: see ``FileWriter``.
    ///
    /// `owner`: a file whose owner gets this one too.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        mayExist: Bool = true,
        owner: String? = nil
    ) throws(NodeError) {
        let file = try FileWriter(path, mayExist: mayExist)
        if let owner { try file.give(toOwnerOf: owner) }
        try file.write(bytes)
        try file.commit()
    }

    /// Copies a file in pieces, under its new name only when it is whole.
    package static func copy(
        _ source: String,
        to path: String,
        mayExist: Bool = true
    ) throws(NodeError) {
        let reader = try FileReader(source)
        let file = try FileWriter(path, mayExist: mayExist)
        while true {
            let piece = try reader.next()
            guard !piece.isEmpty else { return try file.commit() }
            try file.write(piece)
        }
    }

    /// Gives a file another name within its file system, in place of what stood there.
    ///
    /// The folder is written to the disk before this returns.
    package static func rename(_ path: String, to other: String) throws(NodeError) {
        guard unsafe Glibc.rename(path, other) == 0 else {
            throw .cannotWrite(path: other, code: errno)
        }
        try syncFolder(of: other)
    }

    /// Gives a file another name within its file system; refused where something stands there, also
    /// what another process has made a moment ago.
    package static func move(_ path: String, to other: String) throws(NodeError) {
        guard unsafe link(path, other) != 0 else {
            try remove(path)
            return try syncFolder(of: other)
        }
        switch errno {
        case EEXIST: throw .exists(path: other)
        // The file systems of sticks know no second name: there a look before must do.
        case EPERM, ENOTSUP, ENOSYS, EMLINK, EINVAL, EACCES:
            guard !exists(other) else { throw .exists(path: other) }
            try rename(path, to: other)
        default: throw .cannotWrite(path: other, code: errno)
        }
    }

    /// Whether this process may change what the path names.
    static func mayWrite(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Bytes that this process may still write on the disk of a path; nil where that cannot be told.
    static func freeBytes(_ path: String) -> Int? {
        var volume = statvfs()
        guard unsafe statvfs(path, &volume) == 0 else { return nil }
        return Int(clamping: UInt64(volume.f_bavail) * UInt64(volume.f_frsize))
    }

    /// Lets every user of the machine read a file: a unit of systemd, say.
    package static func makeReadable(_ path: String) throws(NodeError) {
        guard unsafe chmod(path, 0o644) == 0 else {
            throw .cannotWrite(path: path, code: errno)
        }
    }

    /// Removes a file; that it was not there is no error.
    package static func remove(_ path: String) throws(NodeError) {
        guard unsafe unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw .cannotWrite(path: path, code: errno)
        }
    }

    /// Makes one folder for its owner only; its parent must be there.
    ///
    /// Returns whether it was not there.
    @discardableResult
    package static func makeFolder(_ path: String, mayExist: Bool = true) throws(NodeError) -> Bool
    {
        if unsafe mkdir(path, 0o700) == 0 {
            try syncFolder(of: path)
            return true
        }
        guard errno == EEXIST else { throw .cannotWrite(path: path, code: errno) }
        guard mayExist, kind(path) == .folder else { throw .exists(path: path) }
        return false
    }

    /// Makes one folder for whoever may use the folder that it lies in: of a stick or a shared folder.
    ///
    /// Without the sticky bit, as whoever gets a bundle removes it. One of this user's own that is
    /// there is opened as far as that.
    static func makeSharedFolder(_ path: String) throws(NodeError) {
        try makeFolder(path)
        // A link that somebody else has laid there must open no other folder of this user's.
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe open(path, flags)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var (above, info) = (stat(), stat())
        guard unsafe stat(folder(of: path), &above) == 0, unsafe fstat(descriptor, &info) == 0,
            info.st_uid == geteuid()
        else { return }
        let wanted = above.st_mode & 0o2777 | 0o700
        // The file systems of sticks know no modes, and refuse or forget them.
        if info.st_mode & 0o7777 != wanted { _ = fchmod(descriptor, wanted) }
    }

    /// Removes a folder where nothing is in it.
    static func removeEmptyFolder(_ path: String) {
        _ = unsafe rmdir(path)
    }

    /// Removes a folder with all files in it; folders within it are left, and with them the folder.
    package static func removeFolder(_ path: String) throws(NodeError) {
        for name in try names(path, limit: NodeLimits.folderNames)
        where kind(path + "/" + name) != .folder {
            try remove(path + "/" + name)
        }
        guard unsafe rmdir(path) == 0 else { throw .cannotWrite(path: path, code: errno) }
    }

    /// Removes what a power cut or a pulled stick left of files in this folder that were never finished;
    /// those still being written are locked.
    ///
    /// As far as it may. `name`: how the names begin that the files would have got.
    static func removeUnfinished(in folder: String, of name: String) {
        let found = (try? names(folder, limit: NodeLimits.folderNames)) ?? []
        for file in found
        where isTemporary(file) && file.hasPrefix("." + name) && kind("\(folder)/\(file)") == .file
        {
            guard let lock = try? FolderLock(folder, file) else { continue }
            withExtendedLifetime(lock) { try? remove("\(folder)/\(file)") }
        }
    }

    /// Makes a folder, locked, in which something is made that will get this path; what killed
    /// processes have left beside it is removed first.
    static func makeUnfinishedFolder(
        for path: String
    ) throws(NodeError) -> (path: String, lock: FolderLock) {
        // One at a time: between making the folder and locking it, it looks like one that was left.
        let turn = FolderLock.turn(in: folder(of: path))
        defer { withExtendedLifetime(turn) {} }
        if turn != nil { removeUnfinishedFolders(in: folder(of: path)) }
        let unfinished = temporary(for: path)
        try makeFolder(unfinished, mayExist: false)
        guard let lock = try FolderLock(unfinished) else { throw .exists(path: path) }
        return (unfinished, lock)
    }

    /// Removes folders that a killed process was making in this one; those still being made are locked.
    ///
    /// As far as it may, and nothing but this user's own folders with nothing but a node's files in
    /// them: others may write beside them, and a link of theirs leads where it pleases them.
    static func removeUnfinishedFolders(in folder: String) {
        for path in unfinishedFolders(in: folder) {
            guard let lock = try? FolderLock(path, isLink: false) else { continue }
            withExtendedLifetime(lock) {
                lock.removeFiles()
                removeEmptyFolder(path)
            }
        }
    }

    /// Those that nobody is making any more.
    static func unfinishedFolders(in folder: String) -> [String] {
        let found = (try? names(folder, limit: NodeLimits.folderNames)) ?? []
        return found.filter(isTemporary)
            .map { folder + "/" + $0 }
            .filter { path in
                guard let lock = try? FolderLock(path, isLink: false) else { return false }
                return withExtendedLifetime(lock) { lock.holdsUnfinishedNode }
            }
    }

    /// How many names a file has; 0 for none.
    static func linkCount(_ path: String) -> Int {
        var info = stat()
        return unsafe stat(path, &info) == 0 ? Int(info.st_nlink) : 0
    }

    // MARK: Names

    /// The path without links; as it is where nothing lies there.
    static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static let temporarySuffix = ".unfinished"

    /// Whether a name is one that ``FileWriter`` writes under.
    package static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(temporarySuffix)
    }

    static func temporary(for path: String) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return "\(folder(of: path))/.\(name(of: path)).\(random)\(temporarySuffix)"
    }

    /// The folder that holds what the path names: `.` for a bare name.
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of the path.
    package static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Brings the folder's own content, the names in it, to the disk.
    private static func syncFolder(of path: String) throws(NodeError) {
        let folder = folder(of: path)
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path: folder, code: errno) }
        defer { close(descriptor) }
        // Some network and FUSE file systems know no fsync of folders: they have no better to offer.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw .cannotWrite(path: folder, code: errno)
        }
    }
}

/// A file that is read piece by piece; closed when nobody holds it.
package final class FileReader {
    package let path: String
    private let descriptor: Int32

    /// Opens a regular file; a device or pipe, which might never end, is refused.
    package init(_ path: String) throws(NodeError) {
        self.path = path
        // Without O_NONBLOCK the opening of a pipe waits for a writer.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .cannotRead(path: path, code: errno) }
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0, Files.kind(info) == .file else {
            throw .notThatFile(path: path, wanted: .file)
        }
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// What another process or a person gives on standard input.
    package static func standardInput() throws(NodeError) -> FileReader {
        let copy = dup(STDIN_FILENO)
        guard copy >= 0 else { throw .cannotRead(path: "-", code: errno) }
        return FileReader(path: "-", descriptor: copy)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    package func size() throws(NodeError) -> Int {
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0 else {
            throw .cannotRead(path: path, code: errno)
        }
        return Int(info.st_size)
    }

    /// The next bytes, as many as asked for unless the file ends before; none at its end.
    package func next(upTo count: Int = NodeLimits.pieceBytes) throws(NodeError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let free = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                let got = unsafe Glibc.read(descriptor, free, count - filled)
                if got == 0 { return }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw .cannotRead(path: path, code: failure) }
        return bytes
    }
}
