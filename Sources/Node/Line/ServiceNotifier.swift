private import Glibc

/// Tells systemd how a service is, in the way of sd_notify(3); says nothing outside of it.
package struct ServiceNotifier: Sendable {
    private let path: [UInt8]
    /// How often systemd wants to hear that all is well, in milliseconds; nil where it does not.
    package let watchdogMilliseconds: UInt64?

    /// `socket` and `watchdog`: the variables `NOTIFY_SOCKET` and `WATCHDOG_USEC`.
    package init?(socket: String?, watchdog: String?) {
        // sun_path(7): 108 bytes, the last one NUL.
        guard let socket, (2...107).contains(socket.utf8.count),
            socket.hasPrefix("/") || socket.hasPrefix("@")
        else { return nil }
        path = Array(socket.utf8)
        watchdogMilliseconds = watchdog.flatMap { UInt64($0) }.map { max($0 / 2_000, 100) }
    }

    /// Sends `READY=1`, `STOPPING=1`, `WATCHDOG=1` or `STATUS=…`.
    @discardableResult
    package func send(_ message: String) -> Bool {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // struct sockaddr_un: family, path. A name that begins with `@` is abstract: NUL first.
        let family = UInt16(AF_UNIX)
        var address = [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)]
        address += path[0] == UInt8(ascii: "@") ? [0] + path.dropFirst() : path + [0]
        let bytes = Array(message.utf8)
        let sent = unsafe address.withUnsafeBytes { raw in
            unsafe sendto(
                descriptor,
                bytes,
                bytes.count,
                Int32(MSG_NOSIGNAL),
                raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count)
            )
        }
        return sent == bytes.count
    }
}
