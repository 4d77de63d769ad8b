import Foundation
import Processes
import Terminal
import Testing

/// The built command in a folder of its own, which can be killed at any moment.
final class KilledCommand {
    struct Outcome {
        let isKilled: Bool
        let code: Int32
        let output: String

        func json() throws -> JSONValue {
            var limits = JSONLimits()
            limits.bytes = 64 << 20
            limits.values = 1 << 22
            return try JSONText.decode(Array(output.utf8), limits: limits)
        }
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The command lies beside the bundle of the tests.
    private static let command: URL? = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("doorstep")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// Starts the command; whoever starts it waits for it.
    func start(
        _ words: [String],
        output: FileHandle? = nil
    ) throws -> ChildProcess {
        let process = ChildProcess(
            try #require(Self.command as URL?, "build the command first"),
            words,
            in: folder,
            environment: ["USER": "lan"]
        )
        try process.run(output: output)
        return process
    }

    /// Runs the command to its end, or kills it with SIGKILL after so long.
    @discardableResult
    func run(_ words: [String], killAfter delay: Duration? = nil) throws -> Outcome {
        let output = folder.appendingPathComponent(".output-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try start(words, output: FileHandle(forWritingTo: output))
        if let delay {
            usleep(UInt32(delay / .microseconds(1)))
            process.kill()
        }
        process.waitUntilExit()
        return Outcome(
            isKilled: process.terminationReason == .uncaughtSignal,
            code: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self)
        )
    }

    @discardableResult
    func callAsFunction(_ words: String...) throws -> Outcome { try run(words) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A second folder with the same nodes in it.
    func copy() throws -> KilledCommand {
        let copy = try KilledCommand()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.copyItem(atPath: path(name), toPath: copy.path(name))
        }
        return copy
    }

    /// How long the words take when nobody interferes.
    func duration(_ words: [String]) throws -> Duration {
        try ContinuousClock().measure { _ = try run(words) }
    }
}

/// What the tests ask of a node's folder after a crash.
extension KilledCommand {
    /// Checks pages, chains, signatures, and the tables against the log.
    func expectSound(_ node: String, _ place: SourceLocation = #_sourceLocation) throws {
        let outcome = try self("verify", node, "--json")
        #expect(outcome.code == 0, "\(outcome.output)", sourceLocation: place)
    }

    /// Ids of the records of a type, in order.
    func ids(_ type: String, _ node: String) throws -> [String] {
        try lines(type, node).map { line in
            guard case .string(let id)? = try JSONText.decode(Array(line.utf8))["id"] else {
                return ""
            }
            return id
        }
    }

    /// Everything about the records of a type, in order.
    func lines(_ type: String, _ node: String) throws -> [String] {
        let outcome = try self("export", node, "--type", type, "--format", "jsonl")
        try #require(outcome.code == 0)
        return outcome.output.split(separator: "\n").map(String.init).sorted()
    }

    /// Adds a household; its id if it was printed, which is after the commit.
    func add(_ node: String, killAfter delay: Duration? = nil) throws -> String? {
        let outcome = try run(
            ["record", "add", node, "household", "state=occupied", "address=Tổ 9", "--village"]
                + [CrashTemplate.village],
            killAfter: delay
        )
        let id = outcome.output.split(separator: "\n").first.map(String.init)
        try #require(outcome.isKilled || id != nil)
        return outcome.output.hasSuffix("\n") ? id : nil
    }
}
