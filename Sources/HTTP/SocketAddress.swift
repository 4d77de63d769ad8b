// Glibc's socket types may count as declared by the first C module that includes their header.
internal import CMicroHTTPD
internal import Glibc

/// An IPv4 or IPv6 address; IPv4 that came through an IPv6 socket is IPv4.
struct SocketAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in the network's order.
    let bytes: [UInt8]

    /// Reads a numeric address.
    init?(_ text: String) {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self.init(unsafe withUnsafeBytes(of: &four) { unsafe [UInt8]($0) })
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(unsafe withUnsafeBytes(of: &six) { unsafe [UInt8]($0) })
    }

    private init(_ bytes: [UInt8]) {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.starts(with: mapped) ? Array(bytes.dropFirst(12)) : bytes
    }

    /// From what `accept` filled in; nil for other families.
    init?(_ storage: sockaddr_storage) {
        let found: [UInt8]? = unsafe withUnsafeBytes(of: storage) { raw in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = unsafe raw.load(as: sockaddr_in.self).sin_addr
                return unsafe withUnsafeBytes(of: address) { unsafe [UInt8]($0) }
            case AF_INET6:
                let address = unsafe raw.load(as: sockaddr_in6.self).sin6_addr
                return unsafe withUnsafeBytes(of: address) { unsafe [UInt8]($0) }
            default: return nil
            }
        }
        guard let found else { return nil }
        self.init(found)
    }

    /// Networks whose addresses no public site has, with the bits of their masks (RFC 1918, 3927, 1122,
    /// 4193, 4291).
    static let privateNetworks: [(address: String, bits: Int)] = [
        ("10.0.0.0", 8), ("172.16.0.0", 12), ("192.168.0.0", 16), ("169.254.0.0", 16),
        ("127.0.0.0", 8), ("fc00::", 7), ("fe80::", 10), ("::1", 128),
    ]

    /// Whether it is of one of ``privateNetworks``.
    var isPrivate: Bool {
        Self.privateNetworks.contains { network, bits in
            guard let own = SocketAddress(network)?.bytes, own.count == bytes.count else {
                return false
            }
            return own.indices.allSatisfy { index in
                let mask = Self.mask(bits, index)
                return own[index] & mask == bytes[index] & mask
            }
        }
    }

    /// A byte of a mask of so many bits.
    static func mask(_ bits: Int, _ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, bits - index * 8)))
    }

    var isLoopback: Bool {
        bytes.count == 4
            ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// What one subscriber can hold: an IPv4 address, or an IPv6 /64.
    var subscriber: [UInt8] { Array(bytes.prefix(8)) }

    /// For `bind`, with its length.
    private func socketAddress(port: Int) -> (sockaddr_storage, socklen_t) {
        var storage = sockaddr_storage()
        let length = unsafe withUnsafeMutableBytes(of: &storage) { raw in
            if bytes.count == 4 {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = in_port_t(port).bigEndian
                unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                    unsafe $0.copyBytes(from: bytes)
                }
                unsafe raw.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            }
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyBytes(from: bytes)
            }
            unsafe raw.storeBytes(of: address, as: sockaddr_in6.self)
            return MemoryLayout<sockaddr_in6>.size
        }
        return (storage, socklen_t(length))
    }
}

extension SocketAddress: CustomStringConvertible {
    var description: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard let end = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) else {
            return ""
        }
        return unsafe String(cString: end)
    }
}

extension SocketAddress {
    /// A listening socket, not blocking, and its port.
    func listen(port: Int) throws(HTTPError) -> (socket: Int32, port: Int) {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let handle = socket(family, type, 0)
        guard handle >= 0 else {
            throw .cannotListen(address: description, port: port, code: errno)
        }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if family == AF_INET6 {
            // `::` takes IPv4 as well, whatever the system's default.
            var no: Int32 = 0
            unsafe setsockopt(handle, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, size)
        }
        var (storage, length) = socketAddress(port: port)
        let code = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(handle, address, length) == 0 && Glibc.listen(handle, SOMAXCONN) == 0
                    ? 0 : errno
            }
        }
        guard code == 0, let port = Self.port(of: handle) else {
            close(handle)
            throw refusal(code, port: port)
        }
        return (handle, port)
    }

    private func refusal(_ code: Int32, port: Int) -> HTTPError {
        switch code {
        case EADDRINUSE: .portTaken(address: description, port: port)
        case EACCES: .portNotAllowed(address: description, port: port)
        case EADDRNOTAVAIL: .foreignAddress(description)
        default: .cannotListen(address: description, port: port, code: code)
        }
    }

    private static func port(of socket: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(socket, address, &length)
            }
        }
        guard code == 0 else { return nil }
        return unsafe withUnsafeBytes(of: &storage) { raw in
            // The port stands at the same place in both families.
            Int(UInt16(bigEndian: unsafe raw.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
