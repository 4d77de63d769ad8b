import Causality
import Replication
import SQLite
import Store
import Survey

/// An enrolled machine.
struct SimulatedNode {
    let name: String
    let identity: Identity
    /// Index of the hub above.
    let parent: Int?
    /// Distance from the topmost hub.
    let depth: Int
    /// Scopes that people write here.
    let scopes: [String]
    var isRevoked = false
    /// Its program is of a later version, which knows a field more.
    var isLater = false
    /// The machine is lost; another one stands in its place.
    var isGone = false

    var isLiving: Bool { !isRevoked && !isGone }
}

/// The time of the whole simulated world.
final class WorldClock {
    /// Milliseconds since 1970.
    var now: UInt64 = 1_780_000_000_000
}

/// What one machine believes of the time, and its source of randomness.
private final class Surroundings {
    let clock: WorldClock
    var offset: Int64 = 0
    var random: SplitMix64

    init(clock: WorldClock, seed: UInt64) {
        self.clock = clock
        random = SplitMix64(seed: seed)
    }

    var wall: UInt64 { UInt64(max(Int64(clock.now) + offset, 0)) }
}

/// One file of a node: its only one, or one of several copies that live on in parallel.
final class SimulatedDatabase {
    let number: Int
    let node: Int
    let connection: Connection
    private(set) var store: Store
    private let surroundings: Surroundings
    private var description: DataDescription
    /// Everything that this file has ever held, in the log or beside it.
    var everHeld = EntrySet()
    var views: [String: ScopeView] = [:]

    init(
        number: Int,
        node: Int,
        connection: Connection,
        isLater: Bool,
        clock: WorldClock,
        seed: UInt64
    ) throws {
        description = isLater ? .simulatedLater : .simulated
        self.number = number
        self.node = node
        self.connection = connection
        surroundings = Surroundings(clock: clock, seed: seed)
        store = try Self.open(connection, description, surroundings)
    }

    private static func open(
        _ connection: Connection,
        _ description: DataDescription,
        _ surroundings: Surroundings
    ) throws -> Store {
        try Store(
            db: connection,
            description: description,
            environment: StoreEnvironment(
                wall: { surroundings.wall },
                random: { surroundings.random.next() }
            )
        )
    }

    /// The machine's clock minus the true time, in milliseconds.
    var clockOffset: Int64 {
        get { surroundings.offset }
        set { surroundings.offset = newValue }
    }

    /// The program ends, at whatever point, and is started again on the same file.
    func restart() throws {
        connection.interruptAfter(operations: nil)
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        store = try Self.open(connection, description, surroundings)
    }

    /// The program is replaced by that of a later version.
    func upgrade() throws {
        description = .simulatedLater
        views = [:]
        try restart()
    }

    /// Changes whenever own logs were left behind, branches set aside or entries erased: tokens from
    /// before may be clipped.
    func generation() throws -> Int64 {
        try connection.cached(
            """
            SELECT (SELECT count(*) FROM log WHERE is_open = 0 AND node = ?1)
                + (SELECT count(*) FROM rewritten) + (SELECT count(*) FROM quarantine)
                + (SELECT count(*) FROM redacted)
            """
        ).bind(all: Int64(bitPattern: try store.identity()?.node.rawValue ?? 0)).first {
            $0.integer(0)
        } ?? 0
    }
}

/// What a file holds and shows of one scope at one moment.
struct ScopeView {
    /// Tells whether anything has changed since.
    struct Stamp: Hashable {
        let token: Token
        let redactions: Int64
        let waiting: Int64
    }

    let stamp: Stamp
    let segments: [Store.HeldSegment]
    /// The oracle's numbers of the entries in the log.
    let held: EntrySet
    let numbers: [Dot: Int]
    let records: [CanonicalRecord]
    var isChecked = false
}
