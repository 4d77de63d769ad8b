private import Glibc
package import Survey

/// What could not be printed.
package struct OutputError: LabelledError, Hashable {
    /// The operating system's `errno`.
    package let code: Int32

    package var label: Label {
        Label(
            "không ghi được kết quả (lỗi \(code)): giải phóng đĩa hoặc chọn tệp khác",
            "the output could not be written (error \(code)): free some space or choose another file"
        )
    }
}

/// A variable of the environment; nil where it is not set or empty.
package func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// Gathers text and writes it to a file descriptor.
///
/// For one thread. Writing never throws: the first failure is kept, the rest dropped, and ``finish()`` tells.
/// A reader that went away (`| head`) is no failure: whoever prints much looks at ``isClosed``.
package final class Output {
    package let descriptor: Int32
    package let isTerminal: Bool
    /// Whether colours may be used: a terminal that has them, and nobody who asks for none.
    package let isColoured: Bool
    private var buffer: [UInt8] = []
    private var failure: Int32 = 0

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        // https://no-color.org: set and not empty means no colours.
        isColoured =
            isTerminal && environmentVariable("NO_COLOR") == nil
            && environmentVariable("TERM") != "dumb"
    }

    package static func standardOutput() -> Output { Output(descriptor: STDOUT_FILENO) }
    package static func standardError() -> Output { Output(descriptor: STDERR_FILENO) }

    /// Turns the deadly signal of a closed pipe into an error code; called once, at the start.
    package static func ignoreClosedPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether nothing that is written arrives any more.
    package var isClosed: Bool { failure != 0 }

    package func write(_ text: String) {
        write(bytes: text.utf8)
    }

    package func writeLine(_ text: String) {
        write(text)
        write("\n")
    }

    package func write(bytes: some Sequence<UInt8>) {
        guard !isClosed else { return }
        buffer.append(contentsOf: bytes)
        if buffer.count >= TerminalLimits.outputBufferBytes { flush() }
    }

    /// Writes what was gathered, all of it.
    package func flush() {
        var done = 0
        while done < buffer.count, !isClosed {
            let written = unsafe buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    descriptor,
                    bytes.baseAddress?.advanced(by: done),
                    bytes.count - done
                )
            }
            if written >= 0 {
                done += written
            } else if errno == EAGAIN {
                waitUntilWritable()
            } else if errno != EINTR {
                failure = errno
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the rest and throws the first failure, unless the reader simply went away.
    package func finish() throws(OutputError) {
        flush()
        guard failure == 0 || failure == EPIPE else { throw OutputError(code: failure) }
    }

    /// A descriptor shared with another programme may have been made non-blocking by it.
    private func waitUntilWritable() {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&request, 1, -1)
    }

    /// How many characters fit into a line of the terminal.
    package var columns: Int { knownColumns ?? TerminalLimits.defaultColumns }

    /// The same; nil where there is no terminal, or one that does not tell.
    package var knownColumns: Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
