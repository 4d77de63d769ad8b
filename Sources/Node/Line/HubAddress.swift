import Replication
import Store

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
        if host == "localhost" || host == "[::1]" { return true }
        // "127.example.vn" is a name, and anybody's.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.count <= 3 && UInt8($0) != nil }
    }

    package var description: String {
        (isSecure ? "" : "http://") + "\(host):\(port)"
    }

    package func url(_ path: String) -> String {
        "\(isSecure ? "https" : "http")://\(host):\(port)/\(path)"
    }
}

extension HubAddress {
    private static let setting = "hub-address"

    /// Where the hub may be found: where it was last, then what its card says.
    static func known(_ card: HubCard?, _ store: Store) throws -> [HubAddress] {
        try remembered(store) + (card?.addresses ?? []).compactMap { HubAddress($0) }
    }

    /// Where the hub was found last, if its card does not say so.
    private static func remembered(_ store: Store) throws -> [HubAddress] {
        guard let bytes = try store.setting(setting) else { return [] }
        return HubAddress(String(decoding: bytes, as: UTF8.self)).map { [$0] } ?? []
    }

    /// Keeps an address that has answered; written only where it is new.
    func remember(in store: Store) throws {
        guard try Self.remembered(store) != [self] else { return }
        try store.set(Self.setting, Array(description.utf8))
    }
}
