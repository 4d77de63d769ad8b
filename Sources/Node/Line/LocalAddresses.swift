private import Glibc

/// The addresses under which other machines may find this one.
package enum LocalAddresses {
    /// Interfaces and addresses of a machine: far more than any has.
    private static let addressesMax = 256

    /// Numeric addresses of the interfaces that are up, IPv4 first; neither loopback nor link-local.
    ///
    /// `isRunning`: only of those that something is connected to.
    package static func all(isRunning: Bool = false) -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0, let first = unsafe list else { return [] }
        defer { unsafe freeifaddrs(first) }
        var found: [(isV6: Bool, text: String)] = []
        let flags = UInt32(IFF_UP) | (isRunning ? UInt32(IFF_RUNNING) : 0)
        var next = unsafe Optional(first)
        while let entry = unsafe next, found.count < addressesMax {
            unsafe next = entry.pointee.ifa_next
            guard unsafe entry.pointee.ifa_flags & flags == flags,
                let address = unsafe entry.pointee.ifa_addr
            else { continue }
            let family = unsafe Int32(address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6,
                let text = unsafe text(address, isV6: family == AF_INET6),
                isReachable(text)
            else { continue }
            found.append((family == AF_INET6, text))
        }
        return found.sorted { !$0.isV6 && $1.isV6 }.map(\.text)
    }

    private static func text(
        _ address: UnsafeMutablePointer<sockaddr>,
        isV6: Bool
    ) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let length = isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        let code = unsafe getnameinfo(
            address,
            socklen_t(length),
            &buffer,
            socklen_t(buffer.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard code == 0 else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    private static func isReachable(_ text: String) -> Bool {
        let lower = text.lowercased()
        return !lower.hasPrefix("127.") && lower != "::1" && !lower.hasPrefix("169.254.")
            && !lower.hasPrefix("fe80:")
    }
}
