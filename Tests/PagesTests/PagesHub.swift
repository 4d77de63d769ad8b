import Causality
import HTTP
import Node
import Pages
import Replication
import SQLite
import Store
import Survey
import Synchronization
import TestSupport
import Testing

/// A clock that the test sets, milliseconds since 1970.
final class TestClock: Sendable {
    private let time = Mutex<UInt64>(1_780_000_000_000)

    var now: UInt64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// Lines of a log, from any thread.
final class PageLog: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// A node whose pages are served on loopback, with its store in memory and users of every role.
final class PagesHub {
    static let path = TestCommune.path
    static let password = "ba chiếc ghe nhỏ"
    /// Names that a page must not take for its own words.
    static let villageName = "Thôn <b>Mẫu</b> & \"1\""
    static let displayName = "Lan <script>alert(1)</script> 'Ví Dụ'"

    let clock = TestClock()
    /// What the pages have logged.
    let log = PageLog()
    let commune: TestCommune
    let lane: StoreLane
    let server: Server
    /// One-time codes of users who have no password yet.
    private(set) var codes: [String: String] = [:]

    /// The commune's hub with an administrator, an officer, an auditor and village staff.
    ///
    /// `machine`: what it is on; bundles go through its carriers by the store of the test.
    init(seed: UInt64, machine: Machine = Machine()) throws {
        commune = try TestCommune(seed: seed, description: .doorstep)
        let store = try Self.reopened(commune.hub, clock)
        let hub = LocalNode(store, user: "admin")
        try hub.addVillage(Self.villageName, path: Self.path + "/thon-1")
        try hub.addVillage("Thôn 2", path: Self.path + "/thon-2")
        let users: [(String, Role, [String])] = [
            ("admin", .administrator, []), ("hoa", .communeOfficer, []), ("an", .auditor, []),
            ("binh", .villageLead, ["thon-1"]), ("lan", .fieldStaff, ["thon-1"]),
        ]
        // One hash for all: making it is what takes long.
        let secret = try Secret.password(Self.password, for: "")
        for (name, role, villages) in users {
            let draft = UserDraft(displayName: Self.displayName, role: role, villages: villages)
            try hub.addUser(name, draft, secret)
        }
        let draft = UserDraft(displayName: "Mới", role: .communeOfficer)
        codes["moi"] = try hub.addUser("moi", draft, Secret.code())?.text
        (lane, server) = try Self.serve(store, machine, log)
    }

    /// A hub that nobody can sign in to yet.
    init(emptySeed seed: UInt64) throws {
        commune = try TestCommune(seed: seed, description: .doorstep)
        (lane, server) = try Self.serve(Self.reopened(commune.hub, clock), Machine(), log)
    }

    /// A village's node of that commune, with what its users need.
    init(village hub: PagesHub) throws {
        commune = hub.commune
        let village = try Self.reopened(commune.village("thon-1"), clock)
        try hub.lane.run { store in
            for _ in 0..<2 { _ = try TestExchange(village, with: store) }
        }
        (lane, server) = try Self.serve(village, Machine(), log)
    }

    deinit { server.stop(grace: .zero) }

    /// The same file by the test's clock.
    private static func reopened(_ store: Store, _ clock: TestClock) throws -> Store {
        let random = store.environment.random
        return try Store(
            db: store.db,
            description: .doorstep,
            environment: StoreEnvironment(wall: { clock.now }, random: random)
        )
    }

    private static func serve(
        _ store: Store,
        _ machine: Machine,
        _ log: PageLog
    ) throws -> (StoreLane, Server) {
        let lane = try StoreLane(store, name: "pages")
        var machine = machine
        machine.carry = { carrier in
            try lane.run { store in
                try FolderSync(store, folder: carrier.path, software: "test").run()
            }
        }
        let pages = try PagesService(
            store: lane,
            figures: lane,
            checks: lane,
            log: LineLog(wall: { 1_780_000_000_000 }, sink: { log.add($0) }),
            machine: machine
        )
        return (lane, try Server(ServerConfiguration(), service: pages))
    }

    func node<R>(_ user: String = "", _ body: (LocalNode) throws -> R) throws -> R {
        try lane.run { try body(LocalNode($0, user: user)) }
    }

    /// A browser that nobody has used yet.
    func browser() -> Browser { Browser(self) }

    func browser(of name: String) throws -> Browser {
        let browser = browser()
        let reply = try browser.signIn(name, Self.password)
        #expect(reply.status == 303 && reply.location == "/")
        return browser
    }

    /// How many of everything the store holds that pages may change.
    func state() throws -> [String] {
        try node { node in
            let users = try node.users().map { "\($0.name) \($0.isBlocked)" }
            let invites = try node.store.invites().map { "\($0.number) \($0.state)" }
            let nodes = try node.store.enrolled().map { "\($0.certificate.name) \($0.isRevoked)" }
            return users + invites + nodes
        }
    }
}
