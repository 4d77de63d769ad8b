import Replication
package import Store

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
    private static let saidSetting = "hub-address-said"

    /// Where the hub above may be found, in the order in which it is looked for.
    package static func known(_ store: Store) throws -> [HubAddress] {
        try known(CodeEnrolment.hubCard(store), store)
    }

    /// Where the hub may be found: where somebody says that it is now, where it was last, then what
    /// its card says.
    static func known(_ card: HubCard?, _ store: Store) throws -> [HubAddress] {
        let all =
            try [said(store), read(setting, store)].compactMap(\.self)
            + (card?.addresses ?? []).compactMap { HubAddress($0) }
        return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
    }

    /// Where somebody says that the hub is now; nil once a hub with the right keys was found, there or
    /// elsewhere.
    package static func said(_ store: Store) throws -> HubAddress? {
        try read(saidSetting, store)
    }

    private static func read(_ setting: String, _ store: Store) throws -> HubAddress? {
        try store.setting(setting).flatMap { HubAddress(String(decoding: $0, as: UTF8.self)) }
    }

    /// Notes where somebody says that the hub above is now.
    ///
    /// It is asked first from the next exchange on, and believed as little as any other: whoever
    /// answers there has to prove the hub's keys.
    package func say(in store: Store) throws {
        try store.transaction {
            guard let identity = try store.identity() else { throw StoreError.notEnrolled }
            guard identity.parent != nil else { throw NodeError.nothingAbove }
            try store.set(Self.saidSetting, Array(description.utf8))
        }
    }

    /// Keeps an address that has answered; written only where it is new.
    func remember(in store: Store) throws {
        guard try Self.read(Self.setting, store) != self else { return }
        try store.set(Self.setting, Array(description.utf8))
    }

    /// Ends the search for a hub that was found here: what somebody said was right, or is not needed.
    func endSearch(in store: Store) throws {
        guard let said = try Self.said(store) else { return }
        try store.transaction {
            if said == self { try remember(in: store) }
            try store.removeSetting(Self.saidSetting)
        }
    }
}
