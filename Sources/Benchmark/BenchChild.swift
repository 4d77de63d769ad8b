private import Glibc

/// This command once more, as a process of its own.
final class BenchChild {
    private let process: pid_t
    private let input: Int32
    private let output: Int32
    /// Its exit status, once it was waited for.
    private var status: Int32?

    init(_ arguments: [String]) throws(BenchError) {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard unsafe pipe(&input) == 0 else { throw .child }
        guard unsafe pipe(&output) == 0 else {
            for end in input { close(end) }
            throw .child
        }
        // Only the child's two ends live on in it, under other numbers.
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let process = Self.spawn(arguments, input: input[0], output: output[1])
        close(input[0])
        close(output[1])
        guard let process else {
            close(input[1])
            close(output[0])
            throw .child
        }
        self.process = process
        self.input = input[1]
        self.output = output[0]
    }

    deinit {
        close(input)
        _ = wait()
        close(output)
    }

    /// Waits for its end, which a child that reads its standard input does not come to before this
    /// is gone; whether it ended well.
    func wait() -> Bool {
        if let status { return status == 0 }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        self.status = status
        return status == 0
    }

    private static func spawn(_ arguments: [String], input: Int32, output: Int32) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        guard unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0,
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0
        else { return nil }
        var child = pid_t()
        var texts = unsafe (["doorstep"] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
        let code = unsafe posix_spawn(&child, "/proc/self/exe", &actions, nil, &texts, environ)
        return code == 0 ? child : nil
    }

    /// What it prints first, without the line's end; empty where it ends before.
    func firstLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
