private import Glibc
import HTTP
import Lines
import Node
import Replication

/// A hub that is served for the run, in a process of its own or in this one; ended with this.
final class ServedHub {
    let port: Int
    private let child: BenchChild?
    private let server: Server?
    private let client: Client
    let card: HubCard

    /// `arguments`: make this command run ``BenchHub/run(folder:seed:)``, the folder following; nil
    /// to serve in this process.
    init(_ folder: BenchFolder, seed: Int, arguments: [String]?) throws {
        folder.removeDatabase(BenchHub.database)
        if let arguments {
            let child = try BenchChild(arguments + [folder.path])
            guard let port = Int(child.firstLine()) else { throw BenchError.child }
            self.child = child
            self.port = port
            server = nil
        } else {
            let server = try BenchHub.serve(folder: folder.path, seed: seed)
            self.server = server
            port = server.port
            child = nil
        }
        client = Client(trust: .unverified, settings: .direct)
        let url = "https://127.0.0.1:\(port)/hub"
        card = try HubCard(try client.collect(url, limit: 100_000).body)
    }

    deinit { server?.stop(grace: .zero) }

    var isOwnProcess: Bool { child != nil }

    /// The body of a page.
    func get(_ path: String) throws -> [UInt8] {
        try client.collect("https://127.0.0.1:\(port)/\(path)", limit: 100_000).body
    }

    func usage() throws -> ProcessUsage {
        let text = String(decoding: try get(BenchHub.usagePath), as: UTF8.self)
        guard let usage = ProcessUsage(text) else { throw BenchError.child }
        return usage
    }

    /// The hub's processor time of a body, in seconds; the clients' where they share a process.
    func cpuSeconds(_ body: () throws -> Void) throws -> Double {
        let before = try usage()
        try body()
        return Double(try usage().cpuMicroseconds - before.cpuMicroseconds) / 1e6
    }
}

extension ClientSettings {
    /// Whatever the environment says of proxies.
    static var direct: ClientSettings {
        var settings = ClientSettings()
        settings.proxy = .none
        return settings
    }
}

/// A village of the run that syncs over a line.
///
/// Used by one thread at a time: hence `@unchecked Sendable`.
final class NetVillage: @unchecked Sendable {
    private let client: SyncClient
    /// When ``sync()`` was through, on the clock of the one who waits for several.
    var finished: ContinuousClock.Instant?
    var failure: (any Error)?

    /// `port`: of the hub, or of a line to it.
    init(_ node: BenchNode, _ hub: ServedHub, port: Int? = nil) throws {
        try CodeEnrolment.keep(hub.card, in: node.store)
        client = SyncClient(
            try StoreLane(node.store, name: "village"),
            software: BenchNode.software,
            addresses: [HubAddress(host: "127.0.0.1", port: port ?? hub.port)],
            client: .direct,
            pause: Self.sleep
        )
    }

    private static func sleep(_ duration: Duration) {
        usleep(UInt32(seconds(duration) * 1e6))
    }

    /// The calling thread gives way to the hub and to whoever looks at it, as another machine's would.
    static func giveWay() {
        _ = nice(10)
    }

    /// Syncs until both sides hold the same, and waits where the hub says so; anything else voids
    /// the figures.
    @discardableResult
    func sync() throws -> SyncResult {
        while true {
            let result = try client.run()
            switch result.problem {
            case nil: return result
            case .busy(let seconds): usleep(UInt32(seconds) * 1_000_000)
            default: throw BenchError.notApplied
            }
        }
    }
}
