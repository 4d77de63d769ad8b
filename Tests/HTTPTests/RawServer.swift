import Glibc
import HTTP
import Testing

/// A server that answers whatever it is asked with the same bytes, and ends the connection.
final class RawServer: Sendable {
    let port: Int
    private let listener: Int32
    private let lane: Lane

    init(answer: String) throws {
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
                var asked = [UInt8](repeating: 0, count: 4_096)
                _ = unsafe recv(client, &asked, asked.count, 0)
                let bytes = Array(answer.utf8)
                _ = unsafe send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                shutdown(client, Int32(SHUT_WR))
                while unsafe recv(client, &asked, asked.count, 0) > 0 {}
                close(client)
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}
