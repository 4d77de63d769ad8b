private import Glibc
import Replication

/// The hub's first sync in a process of its own, so that its peak memory is nobody else's.
///
/// The parent writes bundles into a folder and starts its own command again; the child reads them
/// piece by piece, as from a stick or a socket, and leaves its figure there.
package enum MemoryProbe {
    private static let resultName = "peak"

    /// The child: syncs the bundles `0.bundle`, `1.bundle`, … and notes the peak in bytes.
    package static func run(folder: String, seed: Int) throws {
        let hub = try BenchCommune(seed: seed).hub(path: "\(folder)/memory.db")
        var number = 0
        while unsafe access("\(folder)/\(number).bundle", R_OK) == 0 {
            try hub.receive { push in
                try readPieces(
                    "\(folder)/\(number).bundle",
                    bytes: BenchLimits.pieceBytes,
                    push
                )
            }
            number += 1
        }
        let peak = try Self.peak()
        guard let file = unsafe fopen("\(folder)/\(resultName)", "w") else {
            throw BenchError.folder(folder)
        }
        unsafe fputs("\(peak)", file)
        unsafe fclose(file)
    }

    /// The most memory that this process had resident at once, in bytes.
    static func peak() throws -> Int {
        var peak = 0
        try readPieces("/proc/self/status", bytes: 16 << 10) { text in
            peak = Self.peak(String(decoding: text, as: UTF8.self)) ?? peak
        }
        return peak
    }

    /// Bytes of "VmHWM" in a text of the kernel's.
    private static func peak(_ status: String) -> Int? {
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return words.count > 1 ? Int(words[1]).map { $0 * 1024 } : nil
        }
        return nil
    }

    /// The parent: the peak of a fresh process that syncs these bundles.
    ///
    /// The arguments make this command run ``run(folder:seed:)``; the folder follows.
    static func measure(
        _ bundles: [[UInt8]],
        folder: BenchFolder,
        arguments: [String]
    ) throws -> Int {
        for name in ["memory.db", resultName] { folder.removeDatabase(name) }
        for (number, bundle) in bundles.enumerated() {
            try folder.write(bundle, to: "\(number).bundle")
        }
        try folder.write([], to: resultName)
        guard try BenchChild(arguments + [folder.path]).wait() else { throw BenchError.child }
        var text: [UInt8] = []
        try readPieces(folder.file(resultName), bytes: 64) { text += $0 }
        guard let peak = Int(String(decoding: text, as: UTF8.self)) else { throw BenchError.child }
        return peak
    }
}
