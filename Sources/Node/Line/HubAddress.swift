/// Where a hub is found: `host:port`, over TLS; `http://host:port` only for this machine.
package struct HubAddress: Hashable, Sendable, CustomStringConvertible {
    /// The port of a hub that says nothing else.
    package static let defaultPort = 8_443

    package let host: String
    package let port: Int
    package let isSecure: Bool

    package init(host: String, port: Int, isSecure: Bool = true) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Reads `host`, `host:port`, `[ipv6]:port`, with or without `https://` and a slash behind.
    package init?(_ text: String) {
        var rest = text[...]
        var isSecure = true
        if rest.lowercased().hasPrefix("https://") {
            rest = rest.dropFirst(8)
        } else if rest.lowercased().hasPrefix("http://") {
            rest = rest.dropFirst(7)
            isSecure = false
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var host = rest
        var port = Self.defaultPort
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]),
                (1...65_535).contains(number)
            else { return nil }
            host = rest[..<colon]
            port = number
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let allowed = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"): true
            case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): isBracketed
            default: false
            }
        }
        guard (1...255).contains(host.utf8.count), allowed else { return nil }
        let name = String(host.lowercased())
        guard isSecure || Self.isLoopback(name) else { return nil }
        self.init(host: name, port: port, isSecure: isSecure)
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    package var description: String {
        (isSecure ? "" : "http://") + "\(host):\(port)"
    }

    package func url(_ path: String) -> String {
        "\(isSecure ? "https" : "http")://\(host):\(port)/\(path)"
    }
}
