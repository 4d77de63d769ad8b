private import Glibc

/// Tells when the kernel has said something of this machine's interfaces, addresses or routes: that
/// they are others is for ``NetworkState`` to find.
///
/// Listens to the kernel (rtnetlink(7)). Where that is forbidden, in a strict container, there is
/// none, and nodes sync on their timer alone.
final class NetworkWatch: Sendable {
    /// To be waited on with `poll`.
    let descriptor: Int32

    init?() {
        // linux/rtnetlink.h: RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE,
        // RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE.
        let groups: UInt32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
        let family: Int32 = 16  // AF_NETLINK; protocol 0 is NETLINK_ROUTE.
        let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { return nil }
        // struct sockaddr_nl: family, padding, port (the kernel chooses), groups.
        var address: (UInt16, UInt16, UInt32, UInt32) = (UInt16(family), 0, 0, groups)
        let size = socklen_t(MemoryLayout.size(ofValue: address))
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size)
            }
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads away what the kernel has said; true if it was anything.
    func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 8_192)
        var isAny = false
        // ENOBUFS means that so much was said that some was dropped: a change all the same.
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 || (count < 0 && errno == ENOBUFS) else { return isAny }
            isAny = true
        }
    }
}
