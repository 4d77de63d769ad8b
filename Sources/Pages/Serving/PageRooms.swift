import HTTP
import Node
import Store
private import Synchronization

/// Where pages work: the store's own lane for whatever is quick, and others beside it.
final class PageRooms: Sendable {
    /// Sign-ins and new passwords that may wait while one is hashed: each takes 64 MiB and a tenth of
    /// a second, so this bounds both.
    static let hashesWaiting = 8

    let store: StoreLane
    /// Another connection to the same file: figures take long, and nobody waits for them.
    let figures: StoreLane
    /// A third one, for what takes seconds and nobody waits for.
    let checks: StoreLane
    let hashing: Lane
    let log: LineLog
    let secrets = ShownOnce()
    let searches = KeptSearches()
    let carrierRun = CarrierRun()
    let sums: Sums
    let machine: Machine

    init(
        store: StoreLane,
        figures: StoreLane,
        checks: StoreLane,
        log: LineLog,
        machine: Machine
    ) throws {
        self.machine = machine
        self.store = store
        self.figures = figures
        self.checks = checks
        self.log = log
        hashing = try Lane(name: "passwords", waitingLimit: Self.hashesWaiting)
        sums = Sums()
    }

    /// The node as the caller sees it.
    func node<R>(_ caller: Caller, _ body: (LocalNode) throws -> R) throws -> R {
        try store.run { try body(Self.local($0, caller.user)) }
    }

    func figures<R>(_ caller: Caller, _ body: (LocalNode) throws -> R) throws -> R {
        try figures.run { try body(Self.local($0, caller.user)) }
    }

    static func local(_ store: Store, _ user: String) -> LocalNode {
        let node = LocalNode(store, user: user)
        node.via = "page"
        return node
    }
}

/// Secrets that one page shows one time: what was made by a form, shown after its redirect.
///
/// In memory alone: whoever misses one makes another.
final class ShownOnce: Sendable {
    static let kept = 64
    /// Milliseconds.
    static let age: UInt64 = 10 * 60_000

    enum Secret: Sendable {
        case invitation(name: String, code: String, text: String?, fingerprint: String, hours: Int)
        case code(user: String, code: String, hours: Int)
    }

    private struct Entry {
        let key: String
        let session: String
        let at: UInt64
        let secret: Secret
    }

    private let entries = Mutex<[Entry]>([])

    /// Keeps a secret for the session that made it; returns what asks for it.
    func keep(_ secret: Secret, of token: SessionToken, at now: UInt64) -> String {
        let key = SessionToken.random().text
        entries.withLock { entries in
            entries.removeAll { now > $0.at + Self.age }
            if entries.count >= Self.kept { entries.removeFirst() }
            entries.append(Entry(key: key, session: token.formToken, at: now, secret: secret))
        }
        return key
    }

    /// Takes a secret away; nil for one that was shown, is too old, or is another session's.
    func take(_ key: String, of token: SessionToken, at now: UInt64) -> Secret? {
        entries.withLock { entries in
            let found = entries.firstIndex {
                $0.key == key && $0.session == token.formToken && now <= $0.at + Self.age
            }
            return found.map { entries.remove(at: $0).secret }
        }
    }
}
