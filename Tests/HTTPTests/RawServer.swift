import Glibc
import HTTP
import Lines
import Testing

/// A server that speaks by hand, with one client after the other.
final class RawServer: Sendable {
    let port: Int
    private let listener: Int32
    private let lane: Lane

    /// Answers whatever it is asked with the same bytes, and ends the connection.
    convenience init(answer: String) throws {
        try self.init { client in
            var asked = [UInt8](repeating: 0, count: 4_096)
            _ = unsafe recv(client, &asked, asked.count, 0)
            let bytes = Array(answer.utf8)
            _ = unsafe send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(client, Int32(SHUT_WR))
            while unsafe recv(client, &asked, asked.count, 0) > 0 {}
        }
    }

    /// A proxy that leads to a port of this machine, whatever host it is asked for.
    convenience init(tunnelTo port: Int) throws {
        try self.init { client in
            var asked = [UInt8](repeating: 0, count: 4_096)
            _ = unsafe recv(client, &asked, asked.count, 0)
            guard let server = try? RawClient(port: port) else { return }
            let yes = Array("HTTP/1.1 200 Go on\r\n\r\n".utf8)
            _ = unsafe send(client, yes, yes.count, Int32(MSG_NOSIGNAL))
            Self.relay(client, server)
        }
    }

    /// Until one side ends.
    private static func relay(_ client: Int32, _ server: RawClient) {
        let ends = [client, server.socket]
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            var watched = ends.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard unsafe poll(&watched, 2, 60_000) > 0 else { return }
            for (index, end) in watched.enumerated() where end.revents != 0 {
                let count = unsafe recv(end.fd, &bytes, bytes.count, 0)
                guard count > 0 else { return }
                _ = unsafe send(ends[1 - index], bytes, count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    private init(_ serve: @escaping @Sendable (Int32) -> Void) throws {
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Unbound, it is given a free port of every address.
        try #require(listener >= 0 && listen(listener, 16) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length)
            }
        }
        try #require(code == 0)
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        lane = try Lane(name: "raw server")
        lane.async {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                serve(client)
                close(client)
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}
