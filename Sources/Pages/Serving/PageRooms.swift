import HTTP
import Node
import Store

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
    /// What a form has made, shown once after its redirect: whoever misses one makes another.
    let secrets = SessionShelf<ShownSecret>(kept: 64, age: 10 * 60_000)
    /// What was looked for: a page of results has an address that says nothing, and can be come back
    /// to.
    let searches = SessionShelf<String>(kept: 256, age: 12 * 3_600_000)
    /// Whose forms are whose, and those that came too late.
    let owners = FormOwners()
    let late = LateForms()
    let carrierRun = CarrierRun()
    let sums: Sums
    let machine: Machine
    let counts: PageCounts

    init(
        store: StoreLane,
        figures: StoreLane,
        checks: StoreLane,
        log: LineLog,
        machine: Machine,
        counts: PageCounts
    ) throws {
        self.machine = machine
        self.counts = counts
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

    /// Whoever sends a request, before his form is read; `isUse`: whether that keeps a session awake.
    func caller(_ head: RequestHead, isUse: Bool) throws -> Caller {
        let token = head.sessionToken
        let (signedIn, around) = try store.run { store in
            let node = Self.local(store, "")
            let signedIn = try token.flatMap { try node.session($0, isUse: isUse) }
            return (signedIn, try Surroundings(node))
        }
        var caller = Caller(
            head: head,
            say: Speech(head.language),
            signedIn: signedIn,
            around: around
        )
        caller.owner = signedIn.map { owners.text(for: $0.user.id) }
        return caller
    }

    static func local(_ store: Store, _ user: String) -> LocalNode {
        let node = LocalNode(store, user: user)
        node.via = "page"
        return node
    }
}
