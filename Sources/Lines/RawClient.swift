internal import Glibc

/// A client that sends whatever it is told, for what no honest client does.
///
/// Its socket ends with it: a process that another test starts meanwhile does not inherit it, and
/// so does not keep a connection open that was closed here.
package final class RawClient {
    package let socket: Int32
    private var buffer: [UInt8] = []
    /// Whether the server's end was a reset, on which a reply can be lost.
    package private(set) var wasReset = false

    /// Replies are waited for at most so many seconds: a server that says nothing fails the test.
    ///
    /// `source`: the address of this machine that it comes from, one of 127.0.0.0/8.
    package init(
        port: Int,
        patience: Int = 20,
        from source: String = "127.0.0.1"
    ) throws(LineError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .noSocket(errno) }
        var wait = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, size)
        let isBound = unsafe Sockets.withLoopback(0, host: source) { address, length in
            unsafe bind(socket, address, length) == 0
        }
        guard isBound, Self.connect(socket, port) else { throw .noSocket(errno) }
    }

    /// Whether anybody listens on the port.
    package static func canConnect(port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        return connect(socket, port)
    }

    private static func connect(_ socket: Int32, _ port: Int) -> Bool {
        unsafe Sockets.withLoopback(port) { address, length in
            unsafe Glibc.connect(socket, address, length) == 0
        }
    }

    deinit {
        close(socket)
    }

    /// False where the server has ended the connection.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    package func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    /// No more will be sent; replies can still be read.
    package func endSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// The connection ends with a reset.
    package func reset() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, size)
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = unsafe Glibc.connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Everything until the server ends the connection; nil where it does not in time.
    package func readToEnd(limit: Int = 16 << 20) -> [UInt8]? {
        while buffer.count < limit {
            switch readMore() {
            case .bytes: continue
            case .end: return buffer
            case .silence: return nil
            }
        }
        return buffer
    }

    private enum Outcome {
        case bytes
        case end
        case silence
    }

    private func readMore() -> Outcome {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe recv(socket, &piece, piece.count, 0)
        if count > 0 {
            buffer += piece.prefix(count)
            return .bytes
        }
        wasReset = count < 0 && errno == ECONNRESET
        return count == 0 || wasReset ? .end : .silence
    }

    /// The status of the next reply, whose body has a known length; nil where none comes.
    package func nextReply() -> (status: Int, head: String, body: [UInt8])? {
        while true {
            if let reply = takeReply() { return reply }
            guard case .bytes = readMore() else { return nil }
        }
    }

    private func takeReply() -> (status: Int, head: String, body: [UInt8])? {
        let blank = Array("\r\n\r\n".utf8)
        guard
            let end = buffer.indices.first(where: { buffer[$0...].starts(with: blank) })
        else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let length =
            head.split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
        guard buffer.count >= end + 4 + length else { return nil }
        let body = Array(buffer[end + 4..<end + 4 + length])
        buffer.removeFirst(end + 4 + length)
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, head, body)
    }
}
