internal import Glibc
internal import Synchronization

/// What went through a ``Line``.
package struct LineCounters: Hashable, Sendable {
    package var connections = 0
    package var upBytes = 0
    package var downBytes = 0
    package var cuts = 0
}

/// Why a line could not be laid.
package enum LineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A socket of this machine could not be made or listened on; with `errno`.
    case noSocket(Int32)

    package var description: String {
        switch self {
        case .noSocket(let code):
            "no socket for the test line (error \(code)); check the limit of open files"
        }
    }
}

/// A bad line for tests and measurements: a TCP relay on loopback in front of a server.
///
/// It delays, slows, loses and cuts as each connection's ``LineShape`` says; everything random
/// comes from the shape's seed.
package final class Line: Sendable {
    /// Where clients connect, on 127.0.0.1.
    package let port: Int
    private let listener: Int32
    private let state: Relay

    /// - Parameters:
    ///   - serverPort: The server's, on 127.0.0.1.
    ///   - shape: Of the connection with this number, from 0.
    /// - Throws: ``LineError/noSocket(_:)``.
    package init(
        to serverPort: Int,
        shape: @escaping @Sendable (Int) -> LineShape
    ) throws(LineError) {
        listener = try Sockets.listen()
        port = Sockets.port(of: listener)
        state = Relay(serverPort: serverPort, shape: shape)
        Sockets.startThread { [listener, state] in state.accept(listener) }
    }

    /// The same shape for every connection.
    package convenience init(to serverPort: Int, _ shape: LineShape) throws(LineError) {
        try self.init(to: serverPort) { _ in shape }
    }

    /// Ends all connections.
    deinit {
        state.stop()
        // Ends `accept`, which then closes the listener.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    package var counters: LineCounters { state.counters }

    /// Ends the connections that are open now.
    package func cutAll() {
        state.cutAll()
    }
}

/// What the threads of a line share.
final class Relay: Sendable {
    private struct State: Sendable {
        var counters = LineCounters()
        var open: [Int: Junction] = [:]
        var isStopped = false
    }

    private let serverPort: Int
    private let shape: @Sendable (Int) -> LineShape
    private let state = Mutex(State())

    init(serverPort: Int, shape: @escaping @Sendable (Int) -> LineShape) {
        self.serverPort = serverPort
        self.shape = shape
    }

    var counters: LineCounters { state.withLock(\.counters) }

    func passed(_ bytes: Int, _ direction: LineShape.Direction) {
        state.withLock {
            switch direction {
            case .up: $0.counters.upBytes += bytes
            case .down: $0.counters.downBytes += bytes
            }
        }
    }

    func noteCut() {
        state.withLock { $0.counters.cuts += 1 }
    }

    func forget(_ number: Int) {
        state.withLock { $0.open[number] = nil }
    }

    func cutAll() {
        for junction in state.withLock({ Array($0.open.values) }) { junction.end(.reset) }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        cutAll()
    }

    func accept(_ listener: Int32) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            take(client)
        }
        close(listener)
    }

    private func take(_ client: Int32) {
        let number = state.withLock {
            $0.counters.connections += 1
            return $0.counters.connections - 1
        }
        let shape = shape(number)
        guard let server = Sockets.connect(serverPort, isShaped: shape.isShaped) else {
            close(client)
            return
        }
        Sockets.prepare(client, isShaped: shape.isShaped)
        let junction = Junction(client: client, server: server, shape: shape, relay: self, number)
        let isStopped = state.withLock {
            $0.open[number] = junction
            return $0.isStopped
        }
        if isStopped { junction.end(.reset) }
        for direction in LineShape.Direction.allCases {
            Sockets.startThread { junction.pump(direction) }
        }
    }
}

/// The few socket calls that a line needs, on 127.0.0.1.
enum Sockets {
    static func listen() throws(LineError) -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { throw .noSocket(errno) }
        useSmallPackets(handle)
        let code = unsafe withLoopback(0) { address, length in
            unsafe bind(handle, address, length) == 0 && Glibc.listen(handle, SOMAXCONN) == 0
        }
        guard code else {
            let code = errno
            close(handle)
            throw .noSocket(code)
        }
        return handle
    }

    static func port(of handle: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(handle, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func connect(_ port: Int, isShaped: Bool) -> Int32? {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return nil }
        useSmallPackets(handle)
        prepare(handle, isShaped: isShaped)
        let isConnected = unsafe withLoopback(port) { address, length in
            unsafe Glibc.connect(handle, address, length) == 0
        }
        guard isConnected else {
            close(handle)
            return nil
        }
        return handle
    }

    /// Packets as on a real line; to be called before the connection is made.
    ///
    /// Loopback's of 64 kB do not fit into small buffers: dropped there, they come again seconds later.
    private static func useSmallPackets(_ handle: Int32) {
        var bytes: Int32 = 1_400
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(handle, Int32(IPPROTO_TCP), TCP_MAXSEG, &bytes, size)
    }

    /// Small kernel buffers where the line is shaped: they would swallow what should be slow.
    static func prepare(_ handle: Int32, isShaped: Bool) {
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(handle, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
        guard isShaped else { return }
        var bytes: Int32 = 16 << 10
        unsafe setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &bytes, size)
        unsafe setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &bytes, size)
    }

    static func withLoopback<R>(
        _ port: Int,
        host: String = "127.0.0.1",
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = unsafe inet_addr(host)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func startThread(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(ThreadBody(run: body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        precondition(code == 0, "the system gives threads to a test")
        pthread_detach(thread)
    }

    private final class ThreadBody: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
