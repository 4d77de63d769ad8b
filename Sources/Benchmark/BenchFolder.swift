private import Glibc

/// A new folder for the files of a run, removed with them at the end.
final class BenchFolder {
    let path: String

    init(parent: String) throws(BenchError) {
        var template = Array("\(parent)/doorstep-bench-XXXXXX".utf8CString)
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe mkdtemp(start) != nil
        }
        guard isMade else { throw .folder(parent) }
        path = template.dropLast().reduce(into: "") { text, byte in
            text.unicodeScalars.append(Unicode.Scalar(UInt8(bitPattern: byte)))
        }
    }

    deinit {
        removeFiles { _ in true }
        unsafe rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes the database of this name with its side files.
    func removeDatabase(_ name: String) {
        removeFiles { $0 == name || $0.hasPrefix(name + "-") }
    }

    private func removeFiles(_ isMeant: (String) -> Bool) {
        guard let folder = unsafe opendir(path) else { return }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", isMeant(name) { unsafe unlink("\(path)/\(name)") }
        }
    }

    func write(_ bytes: [UInt8], to name: String) throws(BenchError) {
        let descriptor = unsafe open(file(name), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .folder(path) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: done),
                    buffer.count - done
                )
            }
            guard count > 0 else { throw .folder(path) }
            done += count
        }
    }

    func size(_ name: String) throws(BenchError) -> Int {
        var status = stat()
        guard unsafe stat(file(name), &status) == 0 else { throw .folder(path) }
        return Int(status.st_size)
    }
}

/// Hands over a file piece by piece.
func readPieces(_ path: String, bytes: Int, _ body: ([UInt8]) throws -> Void) throws {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw BenchError.folder(path) }
    defer { close(file) }
    while true {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            count = unsafe max(0, read(file, buffer.baseAddress, bytes))
        }
        if piece.isEmpty { return }
        try body(piece)
    }
}
