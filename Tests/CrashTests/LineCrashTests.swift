import Causality
import Foundation
import Lines
import Node
import Processes
import Replication
import Store
import Terminal
import Testing

/// A served hub and a village that syncs with it over TLS, both the built command: either is killed
/// with SIGKILL at random bytes of an exchange, again and again.
///
/// `DOORSTEP_KILLS` asks for thousands.
@Suite(.serialized) struct LineCrashTests {
    private static let killsPerSeed = 30
    static let seeds: Range<UInt64> = {
        let wanted = ProcessInfo.processInfo.environment["DOORSTEP_KILLS"].flatMap { Int($0) }
        return 0..<UInt64(max(1, (wanted ?? killsPerSeed) / killsPerSeed))
    }()

    @Test(arguments: seeds)
    func `whichever side is killed in an exchange, nothing acknowledged is lost`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let pair = try KilledPair()
        // An undisturbed exchange tells how many bytes there are to be killed at.
        try pair.add(20, &random)
        var bytes = try pair.syncWhole()
        var kills = 0
        for round in 0..<(4 * Self.killsPerSeed) where kills < Self.killsPerSeed {
            // Now and then as much as many segments hold.
            try pair.add(random.percent(10) ? 1_500 : 1 + random.below(20), &random)
            let strike = KilledPair.Strike(
                afterBytes: random.below(bytes),
                delay: UInt32(random.below(4_000)),
                victim: random.percent(50) ? .hub : .village,
                isAlone: random.percent(50)
            )
            kills += try pair.exchange(strike) ? 1 : 0
            try pair.expectKept()
            if round % 10 == 9 {
                try pair.expectSound()
                bytes = try max(4_000, pair.syncWhole())
            }
        }
        #expect(kills == Self.killsPerSeed, "exchanges end before anybody is killed")
        try pair.settle()
        try pair.expectSound()
    }
}

/// A hub and a village in one folder, and all that either has acknowledged.
private final class KilledPair {
    enum Side {
        case hub
        case village
    }

    /// When who is killed.
    struct Strike {
        /// Bytes of the exchange, both ways together.
        let afterBytes: Int
        /// Microseconds behind them: in the middle of a commit, perhaps.
        let delay: UInt32
        let victim: Side
        /// The other side lives on, and must come to an end by itself.
        let isAlone: Bool
    }

    private static let scope = "48/21004/phu-quy-2"
    private let command: KilledCommand
    private var hub: ServedHub
    /// Households whose saving has returned, by the side that saved them.
    private var saved: [Side: Set<RecordID>] = [.hub: [], .village: []]

    init() throws {
        command = try KilledCommand()
        try command("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Mẫu")
        try command("village", "add", "hub", CrashTemplate.village)
        hub = try ServedHub(command)
        let invitation = try command.run(
            [
                "node", "invite", "hub", "--name", "Máy thôn", "--scope", Self.scope,
                "--trust-code", "--json",
            ]
        ).json()
        guard case .string(let text)? = invitation["text"] else {
            throw Unready(what: "invitation")
        }
        let enrolled = try command("enrol", "thon", text)
        try #require(enrolled.code == 0, "\(enrolled.output)")
    }

    struct Unready: Error {
        let what: String
    }

    private func folder(_ side: Side) -> NodeFolder {
        NodeFolder(command.path(side == .hub ? "hub" : "thon"))
    }

    private func open(_ side: Side) throws -> LocalNode {
        try LocalNode(opening: folder(side), user: "lan")
    }

    /// Saves households on both sides; each counts as soon as its saving has returned.
    ///
    /// A few are saved one by one, many in one transaction.
    func add(_ count: Int, _ random: inout SplitMix64) throws {
        for side in [Side.hub, .village] {
            let store = try open(side).store
            let addresses = (0..<count).map { _ in
                String(decoding: random.bytes(40).map { 0x61 + $0 % 26 }, as: UTF8.self)
            }
            if count > 100 {
                let ids = try store.transaction { try addresses.map { try save($0, store) } }
                saved[side]?.formUnion(ids)
            } else {
                for address in addresses { saved[side]?.insert(try save(address, store)) }
            }
        }
    }

    private func save(_ address: String, _ store: Store) throws -> RecordID {
        var id = RecordID(origin: 0, counter: 1)
        try store.save(scope: Self.scope) { batch in
            id = batch.add(
                "household",
                [Cell("state", .text("occupied")), Cell("address", .text(address))]
            )
        }
        return id
    }

    /// An exchange that nobody disturbs; the bytes that it took.
    func syncWhole() throws -> Int {
        let line = try Line(to: hub.port, LineShape())
        let outcome = try command("sync", "thon", "--hub", "127.0.0.1:\(line.port)")
        #expect(outcome.code == 0, "\(outcome.output)")
        let (village, hub) = (try open(.village), try open(.hub))
        #expect(try hub.store.vector(Self.scope).dominates(village.store.vector(Self.scope)))
        return line.counters.upBytes + line.counters.downBytes
    }

    /// An exchange in which somebody is killed, unless it ends before; tells whether one was.
    func exchange(_ strike: Strike) throws -> Bool {
        let line = try Line(to: hub.port, LineShape())
        let sync = try command.start(["sync", "thon", "--hub", "127.0.0.1:\(line.port)"])
        while line.counters.upBytes + line.counters.downBytes < strike.afterBytes {
            guard sync.isRunning else { break }
            usleep(100)
        }
        usleep(strike.delay)
        let isHit = sync.isRunning
        switch strike.victim {
        case .village: sync.kill()
        case .hub:
            hub.kill()
            // Whoever is left finds a hub again, or nobody.
            if !strike.isAlone { sync.kill() }
            hub = try ServedHub(command, port: hub.port)
        }
        sync.waitUntilExit()
        return isHit
    }

    /// All that a side has acknowledged is there.
    func expectKept() throws {
        for side in [Side.hub, .village] {
            let held = try households(side)
            #expect(try #require(saved[side]).isSubset(of: held))
        }
    }

    private func households(_ side: Side) throws -> Set<RecordID> {
        var found: Set<RecordID> = []
        try open(side).store.forEachRecord(of: "household", under: Self.scope) {
            found.insert($0.id)
        }
        return found
    }

    func expectSound() throws {
        for side in [Side.hub, .village] {
            let damages = try open(side).store.verify().damages
            #expect(damages.isEmpty, "\(damages)")
        }
    }

    /// Both sides come to hold the same: what was saved, and nothing else.
    func settle() throws {
        _ = try syncWhole()
        _ = try syncWhole()
        let all = saved.values.reduce(Set()) { $0.union($1) }
        for side in [Side.hub, .village] { #expect(try households(side) == all) }
        #expect(
            try open(.hub).store.vector(Self.scope) == open(.village).store.vector(Self.scope)
        )
    }
}
