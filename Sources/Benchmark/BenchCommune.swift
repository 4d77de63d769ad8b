import Causality
import Replication
import SQLite
import Sealing
import Store
import Survey

/// Time and names of the run, the same each time.
final class BenchClock {
    private(set) var now: UInt64 = 1_780_000_000_000

    func advance(seconds: Int) {
        now += UInt64(seconds) * 1000
    }
}

/// A node of the run with its keys.
final class BenchNode {
    let store: Store
    let identity: Identity
    let scope: String

    init(store: Store, identity: Identity, scope: String) throws {
        self.store = store
        self.identity = identity
        self.scope = scope
        try store.adopt(identity)
    }
}

/// A commune's hub and villages, their keys made from a seed.
struct BenchCommune {
    static let path = "48/21004"
    let clock = BenchClock()
    let hubIdentity: Identity
    private let seed: Int

    init(seed: Int) throws {
        self.seed = seed
        var random = SplitMix64(seed: UInt64(seed))
        let signing = try SigningKey(seed: random.bytes(32))
        let opening = try OpeningKey(seed: random.bytes(32))
        let certificate = try Certificate.issue(
            name: "hub",
            kind: .hub,
            signingKey: signing.verifyingKey,
            sealingKey: opening.sealingKey,
            reads: [Self.path, Self.path + "/"],
            writes: [Self.path, Self.path + "/"],
            issuedAt: clock.now,
            by: signing
        )
        hubIdentity = Identity(
            signingKey: signing,
            openingKey: opening,
            certificate: certificate,
            parent: nil
        )
    }

    static func scope(_ village: Int) -> String { "\(path)/thon-\(village + 1)" }

    /// The origin of a village's records: its log's id.
    static func origin(_ village: Int) -> UInt64 {
        var random = SplitMix64(seed: UInt64(village + 1))
        return random.next()
    }

    /// The hub's key of a record: origins are numbered as villages arrive.
    static func key(_ village: Int, _ counter: UInt32) -> Int64 {
        Int64(village + 1) << 32 | Int64(counter)
    }

    func hub(path: String, description: DataDescription = .workload) throws -> BenchNode {
        // Far from the seeds of ``origin(_:)``: no two logs of a run share an id.
        var random = SplitMix64(seed: UInt64(seed + 1_000_000))
        return try BenchNode(
            store: store(path, description) { random.next() },
            identity: hubIdentity,
            scope: Self.path
        )
    }

    func village(
        _ number: Int,
        path: String,
        description: DataDescription = .workload
    ) throws -> BenchNode {
        var random = SplitMix64(seed: UInt64(seed + 1_000 + number))
        let signing = try SigningKey(seed: random.bytes(32))
        let opening = try OpeningKey(seed: random.bytes(32))
        let scope = Self.scope(number)
        let certificate = try Certificate.issue(
            name: "thon-\(number + 1)",
            kind: .village,
            signingKey: signing.verifyingKey,
            sealingKey: opening.sealingKey,
            reads: [Self.path, scope],
            writes: [scope],
            issuedAt: clock.now,
            by: hubIdentity.signingKey
        )
        let identity = Identity(
            signingKey: signing,
            openingKey: opening,
            certificate: certificate,
            parent: hubIdentity.certificate
        )
        return try BenchNode(
            store: store(path, description) { Self.origin(number) },
            identity: identity,
            scope: scope
        )
    }

    private func store(
        _ path: String,
        _ description: DataDescription,
        random: @escaping () -> UInt64
    ) throws -> Store {
        try Store(
            db: Connection(path: path, mode: .readWriteCreate),
            description: description,
            environment: StoreEnvironment(wall: { [clock] in clock.now }, random: random)
        )
    }
}

// MARK: - Exchange

extension BenchNode {
    static let software = "doorstep bench"

    /// Enters a village in the hub's roster, as an enrolment does.
    func enrol(_ village: BenchNode) throws {
        guard let identity = try village.store.identity() else { return }
        try store.enter(identity.certificate)
    }

    /// What the node asks and sends: all that its parent lacks.
    func request() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try store.request(
            software: Self.software,
            showsCertificate: try !store.isKnownToParent()
        ) { bytes += $0 }
        return bytes
    }

    /// Opens a request and keeps what it brings.
    @discardableResult
    func receive(
        _ pieces: (_ push: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> ExchangeSession {
        try receive(ExchangeSession(answering: store), pieces)
    }

    private func receive(
        _ session: ExchangeSession,
        _ pieces: (_ push: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> ExchangeSession {
        try pieces { try session.push($0) }
        try session.close()
        let summary = session.summary
        guard summary.isComplete, summary.refused.isEmpty, summary.gaps == 0,
            summary.quarantined == 0, summary.held == 0
        else { throw BenchError.notApplied }
        return session
    }

    @discardableResult
    func receive(_ bundle: [UInt8]) throws -> ExchangeSession {
        try receive { push in try push(bundle) }
    }

    /// Takes bundles as they lie on one stick: they share commits.
    func receive(stick bundles: [[UInt8]]) throws {
        try store.sharingCommits { shared in
            for bundle in bundles {
                let session = try ExchangeSession(reading: store, shared: shared)
                _ = try receive(session) { push in try push(bundle) }
            }
        }
    }

    func reply(_ session: ExchangeSession) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try session.reply(software: Self.software) { bytes += $0 }
        return bytes
    }

    /// Takes the parent's reply.
    func take(reply: [UInt8]) throws {
        let session = try ExchangeSession(reading: store)
        try session.push(reply)
        try session.close()
        guard session.summary.isComplete else { throw BenchError.notApplied }
    }
}
