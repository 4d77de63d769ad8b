private import CMicroHTTPD
private import Glibc
private import Synchronization

/// Takes new connections in and hands them to libmicrohttpd, on a thread of its own.
///
/// libmicrohttpd could listen by itself, but it can neither make room when it is full nor stop
/// listening safely while it runs.
@safe
final class Acceptor: @unchecked Sendable {  // `daemon` is libmicrohttpd's, made for any thread.
    private let core: ServerCore
    private let daemon: OpaquePointer
    private let listeners: [Int32]
    /// A byte in it ends the thread.
    private let wake: (read: Int32, write: Int32)
    private let monitor = Monitor()
    private var isOver = false

    init?(core: ServerCore, daemon: OpaquePointer, listeners: [Int32]) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        wake = (ends[0], ends[1])
        self.core = core
        unsafe self.daemon = daemon
        self.listeners = listeners
    }

    func start() -> Bool {
        startThread("http-accept") { [self] in
            while waitForClients() {
                for listener in listeners { accept(listener) }
            }
            for listener in listeners { close(listener) }
            monitor.withLock {
                isOver = true
                monitor.notifyAll()
            }
        }
    }

    /// Stops listening; returns when no connection will be added any more.
    func stop() {
        var byte: UInt8 = 0
        _ = unsafe write(wake.write, &byte, 1)
        monitor.withLock {
            while !isOver { monitor.wait() }
        }
        close(wake.read)
        close(wake.write)
    }

    /// False when it is time to stop.
    private func waitForClients() -> Bool {
        // When full, clients wait in the kernel's queue until there is room.
        let isFull = core.openConnections >= core.limits.connections
        var polled = [pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)]
        if !isFull {
            polled += listeners.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        }
        let milliseconds: Int32 = isFull ? 50 : -1
        unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        return polled[0].revents == 0
    }

    /// Accepts what waits on one listener, up to the limit.
    private func accept(_ listener: Int32) {
        while core.openConnections < core.limits.connections {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let socket = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe Glibc.accept(listener, address, &length)
                }
            }
            guard socket >= 0 else {
                // No file is free: others have to end first.
                if errno == EMFILE || errno == ENFILE { usleep(50_000) }
                if errno == ECONNABORTED || errno == EINTR { continue }
                return
            }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            guard let address = SocketAddress(storage), core.admit(socket, from: address) else {
                close(socket)
                continue
            }
            unsafe withUnsafePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    // Closes the socket where it fails; `admit` finds that out.
                    _ = unsafe MHD_add_connection(daemon, socket, address, length)
                }
            }
        }
    }
}
