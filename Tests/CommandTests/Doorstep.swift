import Foundation
import Processes
import SQLite
import Terminal

/// The built command, run as a process in a folder of its own.
final class Doorstep {
    struct Result {
        let code: Int32
        let output: String
        let errors: String

        /// The output as JSON; the test fails where it is none.
        func json() throws -> JSONValue {
            var limits = JSONLimits()
            limits.bytes = 64 << 20
            limits.values = 1 << 22
            return try JSONText.decode(Array(output.utf8), limits: limits)
        }

        var lines: [Substring] { output.split(separator: "\n") }
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The command lies beside the bundle of the tests.
    static let command: URL = {
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = own.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("doorstep")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        // Not built: running it fails.
        return URL(fileURLWithPath: "/nowhere/doorstep")
    }()

    /// Seconds after which a run is killed.
    ///
    /// One that never ends fails its test instead of holding up all of them. No measure of speed:
    /// far above what any run takes.
    private static let patience = 300

    private static func stop(
        _ process: ChildProcess,
        after time: DispatchTimeInterval
    ) -> DispatchWorkItem {
        let item = DispatchWorkItem { process.kill() }
        DispatchQueue.global().asyncAfter(deadline: .now() + time, execute: item)
        return item
    }

    /// Runs the command with these words; `input` is its standard input.
    ///
    /// `language` is what the environment asks for; nil leaves the programme its own choice.
    /// `wrapper`: words of another command that runs it.
    func run(
        _ words: [String],
        input: [UInt8] = [],
        language: String? = nil,
        wrapper: [String] = []
    ) throws -> Result {
        let line = wrapper + [Self.command.path] + words
        var environment = ["USER": "lan", "PATH": "/usr/bin:/bin"]
        environment["DOORSTEP_LANG"] = language
        let process = ChildProcess(
            URL(fileURLWithPath: line[0]),
            Array(line.dropFirst()),
            in: folder,
            environment: environment
        )
        // Files, not pipes: neither side ever waits for the other.
        let names = ["stdin", "stdout", "stderr"].map {
            folder.appendingPathComponent(".\($0)-\(UUID().uuidString)")
        }
        try Data(input).write(to: names[0])
        for name in names[1...] { try Data().write(to: name) }
        try process.run(
            input: FileHandle(forReadingFrom: names[0]),
            output: FileHandle(forWritingTo: names[1]),
            errors: FileHandle(forWritingTo: names[2])
        )
        let watch = Self.stop(process, after: .seconds(Self.patience))
        process.waitUntilExit()
        watch.cancel()
        let texts = try names[1...].map {
            String(decoding: try Data(contentsOf: $0), as: UTF8.self)
        }
        for name in names { try FileManager.default.removeItem(at: name) }
        return Result(code: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    func callAsFunction(_ words: String..., input: [UInt8] = []) throws -> Result {
        try run(words, input: input)
    }

    /// What a line of words, quoted as for a shell, prints on a terminal; `settings` go to `env`.
    func onTerminal(_ line: String, _ settings: String...) throws -> String {
        let command = "env \(settings.joined(separator: " ")) '\(Self.command.path)' \(line)"
        let process = ChildProcess(
            URL(fileURLWithPath: "/usr/bin/script"),
            ["-qec", command, "/dev/null"],
            in: folder,
            environment: ["USER": "lan", "PATH": "/usr/bin:/bin", "TERM": "xterm"]
        )
        let bytes = try process.collect().output
        return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    }

    /// Makes the hub of a commune in the folder `hub`.
    func makeHub() throws {
        _ = try self("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ")
    }

    /// Adds a record at the hub and returns its id.
    func add(_ type: String, _ values: String..., village: String? = nil) throws -> String {
        let place = village.map { ["--village", $0] } ?? []
        let result = try run(["record", "add", "hub", type] + values + place)
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// Changes the hub's file behind its back and verifies it.
    func breakFile(_ sql: String) throws -> Result {
        try Connection(path: path("hub/node.sqlite"), mode: .readWrite).execute(sql)
        return try self("verify", "hub")
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
