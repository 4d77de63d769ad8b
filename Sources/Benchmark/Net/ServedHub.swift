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

    /// A hub that is served already; the card is asked of it.
    private init(port: Int, child: BenchChild?, server: Server?) throws {
        self.port = port
        self.child = child
        self.server = server
        client = Client(trust: .unverified, settings: .direct)
        card = try HubCard(
            try client.collect("https://127.0.0.1:\(port)/hub", limit: 100_000).body
        )
    }

    /// A hub with its pages, and what its child says of the door to look at.
    ///
    /// `arguments`: as for the other, of ``FormsHub/run(folder:seed:)``.
    static func withForms(
        _ folder: BenchFolder,
        seed: Int,
        arguments: [String]?
    ) throws -> (hub: ServedHub, door: FormsDoor) {
        folder.removeDatabase(FormsHub.database)
        guard let arguments else {
            let (server, door) = try FormsHub.serve(folder: folder.path, seed: seed)
            return (try ServedHub(port: server.port, child: nil, server: server), door)
        }
        let child = try BenchChild(arguments + [folder.path])
        let words = child.firstLine().split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let port = Int(words[0]), let door = FormsDoor(words[1]) else {
            throw BenchError.child
        }
        return (try ServedHub(port: port, child: child, server: nil), door)
    }

    /// `arguments`: make this command run ``BenchHub/run(folder:seed:)``, the folder following; nil
    /// to serve in this process.
    convenience init(_ folder: BenchFolder, seed: Int, arguments: [String]?) throws {
        folder.removeDatabase(BenchHub.database)
        guard let arguments else {
            let server = try BenchHub.serve(folder: folder.path, seed: seed)
            try self.init(port: server.port, child: nil, server: server)
            return
        }
        let child = try BenchChild(arguments + [folder.path])
        guard let port = Int(child.firstLine()) else { throw BenchError.child }
        try self.init(port: port, child: child, server: nil)
    }

    deinit { server?.stop(grace: .zero) }

    var isOwnProcess: Bool { child != nil }

    /// The body of a page.
    func get(_ path: String) throws -> [UInt8] {
        try client.collect("https://127.0.0.1:\(port)/\(path)", limit: 100_000).body
    }

    /// Asks for a page as somebody who is signed in; its bytes as they come.
    func page(_ path: String, cookie: String, inGzip: Bool = true) throws -> [UInt8] {
        try client.collect(
            "https://127.0.0.1:\(port)/\(path)",
            headers: [("Cookie", cookie), ("Accept-Encoding", inGzip ? "gzip" : "identity")],
            limit: 1_000_000
        ).body
    }

    /// Sends a form that leads to another page.
    func send(_ path: String, _ form: String, cookie: String) throws {
        do throws(ClientError) {
            _ = try client.collect(
                "https://127.0.0.1:\(port)/\(path)",
                method: .post,
                headers: [
                    ("Cookie", cookie), ("Content-Type", "application/x-www-form-urlencoded"),
                ],
                body: .bytes(Array(form.utf8)),
                limit: 1_000_000
            )
        } catch {
            guard case .status(let reply) = error, reply.status == 303 else { throw error }
            return
        }
        throw BenchError.notApplied
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
