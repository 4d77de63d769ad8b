private import CSpawn
package import Foundation
private import Glibc
private import Synchronization

/// A programme that a test runs, with the part of Foundation's `Process` that tests need.
///
/// Foundation's own closes, one by one, the descriptors that it found open a moment before: what other
/// tests open meanwhile is inherited, and their connections stay open in a process that knows
/// nothing of them. It also watches its child through sets of descriptors that thousands of open ones
/// outgrow. Here the child itself closes all but its three streams, whatever others have opened and
/// however it is marked: pipes and files of Foundation are not marked close-on-exec.
package final class ChildProcess: Sendable {
    package struct Failure: Error {
        package let code: Int32
    }

    package enum TerminationReason: Sendable {
        case exit
        case uncaughtSignal
    }

    /// Runs on from here; ``processIdentifier`` is zero before.
    private struct State: Sendable {
        var id: pid_t = 0
        /// As `waitpid` says, once it was waited for.
        var status: Int32?
    }

    private let executable: String
    private let arguments: [String]
    private let folder: String?
    private let environment: [String: String]?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - executable: An absolute path.
    ///   - arguments: Without the programme's own name.
    ///   - folder: Where it runs; nil where the tests do.
    ///   - environment: All of it; nil for that of the tests.
    package init(
        _ executable: URL,
        _ arguments: [String],
        in folder: URL? = nil,
        environment: [String: String]? = nil
    ) {
        self.executable = executable.path
        self.arguments = arguments
        self.folder = folder?.path
        self.environment = environment
    }

    /// Starts it; streams that are nil lead nowhere.
    package func run(
        input: FileHandle? = nil,
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else {
            throw Failure(code: ENOMEM)
        }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (stream, number) in [(input, STDIN_FILENO), (output, STDOUT_FILENO)]
            + [(errors, STDERR_FILENO)]
        {
            if let stream {
                let source = stream.fileDescriptor
                unsafe posix_spawn_file_actions_adddup2(&actions, source, number)
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        if let folder { unsafe posix_spawn_file_actions_addchdir_np(&actions, folder) }
        let settings =
            (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
        var id = pid_t()
        var texts = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
        var variables = unsafe settings.map { unsafe strdup($0) } + [nil]
        defer {
            for index in unsafe texts.indices { unsafe free(texts[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        let code = unsafe posix_spawn(&id, executable, &actions, nil, &texts, &variables)
        guard code == 0 else { throw Failure(code: code) }
        let started = id
        state.withLock { $0.id = started }
    }

    package var processIdentifier: Int32 { state.withLock(\.id) }

    /// False as soon as it has ended, also before anybody waits for it.
    package var isRunning: Bool {
        state.withLock {
            Self.reap(&$0, WNOHANG)
            return $0.id > 0 && $0.status == nil
        }
    }

    package func waitUntilExit() {
        let (id, isOver) = state.withLock { ($0.id, $0.status != nil) }
        guard id > 0, !isOver else { return }
        // Waits without the lock, and without taking the end from whoever else waits.
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        state.withLock { Self.reap(&$0, 0) }
    }

    private static func reap(_ state: inout State, _ options: Int32) {
        guard state.id > 0, state.status == nil else { return }
        var status: Int32 = 0
        if unsafe waitpid(state.id, &status, options) == state.id { state.status = status }
    }

    /// Asks it to end; nothing where it has.
    package func terminate() {
        signal(SIGTERM)
    }

    /// Ends it as a power cut would, and waits for that.
    package func kill() {
        signal(SIGKILL)
        waitUntilExit()
    }

    private func signal(_ number: Int32) {
        // Not waited for, its number is nobody else's.
        state.withLock {
            guard $0.id > 0, $0.status == nil else { return }
            _ = Glibc.kill($0.id, number)
        }
    }

    /// Its exit code, or the signal that ended it; -1 while it runs.
    package var terminationStatus: Int32 {
        guard let status = state.withLock(\.status) else { return -1 }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : status & 0x7F
    }

    package var terminationReason: TerminationReason {
        (state.withLock(\.status) ?? 0) & 0x7F == 0 ? .exit : .uncaughtSignal
    }

    /// What a programme prints until its end, and how it ends.
    package func collect() throws -> (code: Int32, output: [UInt8]) {
        let pipe = Pipe()
        try run(output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        waitUntilExit()
        return (terminationStatus, Array(bytes))
    }
}
