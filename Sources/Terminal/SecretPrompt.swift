private import Glibc

/// Asks for a secret on the terminal without showing what is typed.
package enum SecretPrompt {
    /// Bytes of a line that are taken; what follows is dropped.
    private static let bytesMax = 4096

    /// Whether there is somebody to ask: standard input is a terminal.
    package static var canAsk: Bool { isatty(STDIN_FILENO) == 1 }

    /// Writes the question to the terminal and reads a line; nil if it was called off (Ctrl-C, Ctrl-D).
    ///
    /// The terminal's signals are off meanwhile: a program that is killed there would leave the
    /// terminal without an echo.
    package static func ask(_ question: String) -> String? {
        let file = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var settings = termios()
        guard unsafe tcgetattr(file, &settings) == 0 else { return nil }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        guard unsafe tcsetattr(file, TCSAFLUSH, &silent) == 0 else { return nil }
        defer { unsafe tcsetattr(file, TCSAFLUSH, &settings) }
        put(question, to: file)
        defer { put("\n", to: file) }
        return line(from: file)
    }

    private static func line(from file: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(file, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 || byte == 3 { return nil }
            if byte == UInt8(ascii: "\n") { return String(validating: bytes, as: UTF8.self) }
            if bytes.count < bytesMax { bytes.append(byte) }
        }
    }

    private static func put(_ text: String, to file: Int32) {
        let bytes = Array(text.utf8)
        // A terminal that takes nothing has nobody before it.
        _ = unsafe write(file, bytes, bytes.count)
    }
}
