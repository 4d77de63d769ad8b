import Causality
import Glibc
import HTTP
import Lines
import Node
import Replication
import SQLite
import Sealing
import Store
import Synchronization
import TestSupport

/// A hub that serves on loopback, as `doorstep serve` does, with its store in memory.
final class TestHub {
    let commune: TestCommune
    let store: StoreLane
    private(set) var service: HubService
    let log = LogLines()
    private(set) var card: HubCard
    let server: Server
    private let late: LatePlan

    /// `certificate`: for TLS; plain without it.
    init(
        seed: UInt64,
        certificate: TLSIdentity? = nil,
        sessionsMax: Int = LineLimits.sessionsMax,
        cardTime: UInt64 = 1,
        cardAddresses: [String]? = nil
    ) throws {
        commune = try TestCommune(seed: seed)
        late = LatePlan()
        server = try Server(ServerConfiguration(identity: certificate), service: late)
        guard let identity = try commune.hub.identity() else { throw StoreError.notEnrolled }
        let address = HubAddress(
            host: "127.0.0.1",
            port: server.port,
            isSecure: certificate != nil
        )
        card = try HubCard(
            certificate: identity.certificate,
            issuedAt: cardTime,
            pins: certificate.map { [$0.publicKeyDigest] } ?? [],
            addresses: cardAddresses ?? [address.description],
            key: identity.signingKey
        )
        store = try StoreLane(commune.hub, name: "hub")
        service = try HubService(
            store,
            settings: HubService.Settings(
                software: "doorstep test",
                card: card.bytes,
                sessionsMax: sessionsMax
            ),
            log: log.log
        )
        late.service = service
    }

    deinit { server.stop(grace: .zero) }

    /// Goes on with another card of the same keys, as after a restart.
    func show(addresses: [String], issuedAt: UInt64) throws {
        guard let identity = try commune.hub.identity() else { throw StoreError.notEnrolled }
        card = try HubCard(
            certificate: identity.certificate,
            issuedAt: issuedAt,
            pins: card.pins,
            addresses: addresses,
            key: identity.signingKey
        )
        service = try HubService(
            store,
            settings: HubService.Settings(software: "doorstep test", card: card.bytes),
            log: log.log
        )
        late.service = service
    }

    var address: HubAddress {
        HubAddress(host: "127.0.0.1", port: server.port, isSecure: !card.pins.isEmpty)
    }

    /// A village of the commune that syncs over the line; `port`: of a bad line in between, beside
    /// which it knows no other way.
    func village(_ name: String, port: Int? = nil) throws -> TestVillage {
        let store = try commune.village(name)
        guard let identity = try commune.hub.identity() else { throw StoreError.notEnrolled }
        let known = try HubCard(
            certificate: card.certificate,
            issuedAt: card.issuedAt,
            pins: card.pins,
            addresses: port == nil ? card.addresses : [],
            key: identity.signingKey
        )
        try CodeEnrolment.keep(known, in: store)
        let address = HubAddress(
            host: "127.0.0.1",
            port: port ?? server.port,
            isSecure: !card.pins.isEmpty
        )
        return try TestVillage(store, scope: TestCommune.path + "/" + name, [address])
    }

    @discardableResult
    func run<R>(_ body: (Store) throws -> R) throws -> R { try store.run { try body($0) } }

    func add(_ count: Int, to scope: String, seed: UInt64) throws {
        try run { try addHouses(count, to: $0, scope, seed: seed) }
    }

    func vector(_ scope: String) throws -> VersionVector { try run { try $0.vector(scope) } }
}

/// What a hub answered to a body that was made by hand.
enum Answer: Hashable {
    case reply([UInt8])
    case refused(LineRefusal)
    /// Neither a reply nor a refusal of the protocol.
    case other(status: Int)
}

extension TestHub {
    /// Posts bytes, as a bundle unless said otherwise.
    func post(
        _ bytes: [UInt8],
        path: String = "sync/1",
        type: String = HubService.bundleType
    ) -> Answer {
        let client = Client(trust: .unverified, settings: .direct)
        do throws(ClientError) {
            let reply = try client.collect(
                address.url(path),
                method: .post,
                headers: [("Content-Type", type)],
                body: .bytes(bytes),
                limit: 1 << 20
            )
            return .reply(reply.body)
        } catch {
            guard case .status(let refused) = error else { return .other(status: 0) }
            let refusal = LineRefusal(
                status: refused.status,
                contentType: refused.contentType,
                body: refused.excerpt
            )
            return refusal.map { .refused($0) } ?? .other(status: refused.status)
        }
    }

    /// Waits until a line of the log, behind so many, has these words.
    func hasLogged(_ words: String, after count: Int) -> Bool {
        eventually { log.all[count...].contains { $0.contains(words) } }
    }
}

/// Looks again until it is so, for as long as a busy machine may need: two minutes.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<24_000 {
        if try condition() { return true }
        usleep(5_000)
    }
    return try condition()
}

/// Answers as soon as there is a service: the server's port stands in the service's card.
final class LatePlan: Service {
    private let late = Mutex<(any Service)?>(nil)

    var service: (any Service)? {
        get { late.withLock { $0 } }
        set { late.withLock { $0 = newValue } }
    }

    func plan(_ head: RequestHead) -> Plan {
        service?.plan(head) ?? .reply(.text(503, "not yet"), label: "late")
    }
}

/// A village node with its client.
final class TestVillage {
    let scope: String
    let store: StoreLane
    let client: SyncClient
    let call = ClientCall()

    init(
        _ store: Store,
        scope: String,
        _ addresses: [HubAddress],
        settings: SyncClient.Settings = SyncClient.Settings(),
        line: ClientSettings = .direct
    ) throws {
        self.scope = scope
        self.store = try StoreLane(store, name: "village")
        client = SyncClient(
            self.store,
            software: "doorstep test",
            addresses: addresses,
            settings: settings,
            client: line,
            call: call,
            pause: { _ in }
        )
    }

    func add(_ count: Int, seed: UInt64 = 1) throws {
        try run { try addHouses(count, to: $0, scope, seed: seed) }
    }

    func sync() throws -> SyncResult { try client.run() }

    @discardableResult
    func run<R>(_ body: (Store) throws -> R) throws -> R { try store.run { try body($0) } }

    func vector() throws -> VersionVector { try run { try $0.vector(scope) } }

    var node: NodeID {
        get throws {
            guard let identity = try run({ try $0.identity() }) else {
                throw StoreError.notEnrolled
            }
            return identity.node
        }
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

/// Records of sixty random letters: what no compression makes small.
func addHouses(_ count: Int, to store: Store, _ scope: String, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<count {
        let name = String(decoding: random.bytes(60).map { 0x61 + $0 % 26 }, as: UTF8.self)
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }
}

func isSound(_ store: StoreLane) throws -> Bool {
    try store.run { try $0.verify().damages.isEmpty }
}

/// A server's certificate by an authority of its own.
func certificate() throws -> TLSIdentity {
    let now = Int64(StoreEnvironment.system.wall() / 1000)
    return try CertificateAuthority(named: "test", permitting: [], now: now)
        .issue(names: ["localhost"], addresses: ["127.0.0.1"], now: now)
}

/// What a service has logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var log: LineLog {
        LineLog(
            wall: { 1_780_000_000_000 },
            sink: { line in self.lines.withLock { $0.append(line) } }
        )
    }

    var all: [String] { lines.withLock { $0 } }
}
