import Foundation
import Processes

/// A process in a session of its own that ends with whoever holds this, however that one ends.
///
/// A shell waits beside it until its input is closed, which the kernel sees to even where the test is
/// killed, and then kills the whole group.
final class Leash {
    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    /// The process's id, which is its group's too.
    let id: Int32
    /// What it prints.
    let output: FileHandle
    private let shell: ChildProcess
    private let hold = Pipe()

    /// Starts a command; its errors go to the file.
    init(_ words: [String], in folder: URL, errors: URL, environment: [String: String]) throws {
        let note = folder.appendingPathComponent("pid-\(UUID().uuidString)")
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        try Data().write(to: errors)
        shell = ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c",
                """
                note=$1; shift
                setsid "$@" & child=$!
                exec > /dev/null
                echo $child > "$note.part"; mv "$note.part" "$note"
                cat > /dev/null
                kill -KILL -$child 2> /dev/null
                wait $child 2> /dev/null
                """, "sh", note.path,
            ] + words,
            in: folder,
            environment: environment
        )
        try shell.run(
            input: hold.fileHandleForReading,
            output: pipe.fileHandleForWriting,
            errors: FileHandle(forWritingTo: errors)
        )
        try pipe.fileHandleForWriting.close()
        id = try Patience.wait(for: "the process \(words[0])") {
            (try? String(contentsOf: note, encoding: .utf8))
                .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        try FileManager.default.removeItem(at: note)
    }

    /// The first line of the output that the body finds something in.
    @discardableResult
    func line<T>(_ body: (String) -> T?) throws -> T {
        var line: [UInt8] = []
        while let byte = output.readData(ofLength: 1).first {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if let found = body(String(decoding: line, as: UTF8.self)) { return found }
            line = []
        }
        throw NotStarted(description: "it ended before it was ready")
    }

    func signal(_ signal: Int32) { Foundation.kill(-id, signal) }

    /// Ends the process and waits until it is gone, and so what it had locked is free: on a busy machine
    /// one that was killed may take a while.
    func end() {
        try? hold.fileHandleForWriting.close()
        shell.waitUntilExit()
    }

    deinit { end() }
}

/// Waiting for what comes by itself, without a guess of how long it takes.
enum Patience {
    struct Gone: Error, CustomStringConvertible {
        let description: String
    }

    /// Far above what anything takes: only so that what never comes fails its test.
    private static let limit: TimeInterval = 120

    static func wait<T>(for what: String, _ look: () throws -> T?) throws -> T {
        let end = Date(timeIntervalSinceNow: limit)
        while Date() < end {
            if let found = try look() { return found }
            usleep(20_000)
        }
        throw Gone(description: "\(what) did not come")
    }

    static func wait(until what: String, _ isSo: () throws -> Bool) throws {
        _ = try wait(for: what) { try isSo() ? true : nil }
    }
}
