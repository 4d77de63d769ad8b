/// Where this machine can send to, as far as a way to the hub may hang on it.
///
/// The kernel speaks often of what changes nothing: a lifetime renewed, a virtual interface with an
/// address of its own link. Two of these that are equal say that nothing has happened.
struct NetworkState: Hashable, Sendable {
    /// Bytes of a list of routes that are looked at: some thousand lines.
    private static let routeBytesMax = 256 << 10

    /// Numeric, neither loopback nor of a link alone.
    let addresses: Set<String>
    /// Interface, target and gateway of the routes that lead beyond a link.
    let routes: Set<String>

    init(addresses: [String], routes: Set<String> = []) {
        self.addresses = Set(addresses)
        self.routes = routes
    }

    static func now() -> NetworkState {
        NetworkState(
            addresses: LocalAddresses.all(isRunning: true),
            routes: routesV4(list("/proc/net/route")).union(routesV6(list("/proc/net/ipv6_route")))
        )
    }

    /// Whether something may be reached now that could not be before.
    ///
    /// That the last address has gone is no reason to call anybody.
    func isNews(after earlier: NetworkState) -> Bool {
        self != earlier && !addresses.isEmpty
    }

    /// Nothing where the list cannot be read, as in a strict container.
    private static func list(_ path: String) -> String {
        (try? Files.read(path, limit: routeBytesMax)).map { String(decoding: $0, as: UTF8.self) }
            ?? ""
    }

    /// The routes of `/proc/net/route` (proc(5)): interface, target, gateway, flags, three numbers,
    /// mask; the first line names them.
    static func routesV4(_ list: String) -> Set<String> {
        let none = "00000000"
        let found = list.split(separator: "\n").dropFirst().compactMap { line -> String? in
            let parts = line.split(separator: "\t").map { $0.filter { $0 != " " } }
            guard parts.count >= 8, parts[0] != "lo" else { return nil }
            let (target, gateway, mask) = (parts[1], parts[2], parts[7])
            guard gateway != none || (target == none && mask == none) else { return nil }
            return "\(parts[0]) \(target)/\(mask) \(gateway)"
        }
        return Set(found)
    }

    /// The routes of `/proc/net/ipv6_route`: target, its length, source, its length, gateway, three
    /// numbers, flags, interface.
    static func routesV6(_ list: String) -> Set<String> {
        let found = list.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: " ")
            guard parts.count >= 10, parts[9] != "lo",
                parts[4].contains(where: { $0 != "0" })
            else { return nil }
            return "\(parts[9]) \(parts[0])/\(parts[1]) \(parts[4])"
        }
        return Set(found)
    }
}
