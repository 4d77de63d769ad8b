import SQLite
import Sealing
import Store

/// How wrong tries to sign in are slowed down.
///
/// Three counts, whether or not there is such a user. Of one name from one network five tries are
/// free; then each doubles the wait, from a second to a quarter of an hour, so that guessing gets some
/// hundred tries a day and a mistyping officer hardly notices. A network whatever the names has more
/// room, as a whole office may stand behind one address: it is for whoever tries one password at many
/// names. A name from wherever has much more again: whoever knows a name could otherwise keep its
/// owner waiting, by trying once at the end of each wait. A thousand tries need two hundred networks,
/// and are few against the passwords that the rules allow.
///
/// Nobody is locked out for good: that would be a way to lock others out.
package enum ThrottleLimits {
    /// Of one name from one network.
    package static let freeTries = 5
    /// Of one network.
    package static let freeTriesOfNetwork = 20
    /// Of one name.
    package static let freeTriesOfName = 1_000
    package static let waitMax: UInt64 = 15 * 60 * 1000
    /// Quiet for so long forgets everything.
    package static let memory: UInt64 = 24 * 3600 * 1000
    /// Rows that are kept; of more the lightest and oldest go, so that a flood of made-up names does
    /// not wash out the count of a name under attack.
    package static let rowsMax = 10_000

    /// Milliseconds to wait after so many wrong tries, of which some are free.
    static func wait(after failures: Int, free: Int) -> UInt64 {
        guard failures >= free else { return 0 }
        return min(1000 << UInt64(min(failures - free, 20)), waitMax)
    }
}

/// The counts of wrong tries of one name and one network, kept over restarts.
struct Throttle {
    private struct Count {
        /// A hash: the file keeps no addresses and no mistyped names.
        let key: [UInt8]
        let free: Int
    }

    let store: Store
    private let pair: Count
    private let network: Count
    private let name: Count

    private var counts: [Count] { [pair, network, name] }

    init(_ store: Store, name: String, address: String) {
        self.store = store
        let network = Self.network(address)
        pair = Count(
            key: Self.key("pair", "\(network) \(name)"),
            free: ThrottleLimits.freeTries
        )
        self.network = Count(
            key: Self.key("address", network),
            free: ThrottleLimits.freeTriesOfNetwork
        )
        self.name = Count(key: Self.key("name", name), free: ThrottleLimits.freeTriesOfName)
    }

    private static func key(_ kind: String, _ text: String) -> [UInt8] {
        Array(Hash.blake2b(Array("doorstep-try-1 \(kind) \(text)".utf8)).bytes.prefix(16))
    }

    /// One subscriber of IPv6 has at least 2^64 addresses: the first four groups stand for all.
    static func network(_ address: String) -> String {
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count > 2, !address.contains(".") else { return address }
        let head = address.split(separator: "%").first.map(String.init) ?? address
        let parts = head.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let gap = parts.firstIndex(of: "") ?? parts.count
        let known = parts.prefix(min(gap, 4)).map { $0.lowercased() }
        return (known + Array(repeating: "0", count: 4 - known.count)).joined(separator: ":")
    }

    /// Counts a try before it is known to be wrong, so that many at once get no free ones.
    ///
    /// Throws the time to wait where it came too soon; such a try does not count.
    func begin(now: UInt64) throws {
        // Who has to wait anyway costs no write, and waits for nobody else's.
        let seen = try store.reading { try counts.map { try kept($0.key) } }
        if !seen.contains(where: { $0.map { $0.at > now } ?? false }) {
            try refuse(longestWait(seen.map { Self.remembered($0, now: now) }, now: now))
        }
        let wait = try store.transaction {
            let rows = try counts.map { try failures($0.key, now: now) }
            let wait = longestWait(rows, now: now)
            guard wait == 0 else { return wait }
            for (count, row) in zip(counts, rows) { try set(count.key, row.failures + 1, now) }
            try prune()
            return wait
        }
        try refuse(wait)
    }

    /// `wait`: milliseconds.
    private func refuse(_ wait: UInt64) throws {
        guard wait == 0 else { throw NodeError.user(.wait(seconds: Int((wait + 999) / 1000))) }
    }

    /// Milliseconds to wait by what is kept of the three counts.
    private func longestWait(_ rows: [Tries], now: UInt64) -> UInt64 {
        zip(counts, rows).map { Self.wait($1, free: $0.free, now: now) }.max() ?? 0
    }

    /// Wrong tries, and when the last one was.
    private typealias Tries = (failures: Int, at: UInt64)

    private static func wait(
        _ row: Tries,
        free: Int,
        now: UInt64
    ) -> UInt64 {
        let whole = ThrottleLimits.wait(after: row.failures, free: free)
        return whole - min(now - row.at, whole)
    }

    /// The try was right: the name begins anew, from here and as a whole, and the network gets this
    /// one back.
    ///
    /// Its other wrong tries stay: else somebody with an account of his own could guess for ever. And
    /// so do those at this name from other networks.
    func succeed(now: UInt64) throws {
        for count in [pair, name] {
            try store.db.cached("DELETE FROM sign_in_try WHERE key = ?1").run(count.key)
        }
        try store.db.cached(
            "UPDATE sign_in_try SET failures = failures - 1 WHERE key = ?1 AND failures > 0"
        ).run(network.key)
    }

    private func failures(_ key: [UInt8], now: UInt64) throws -> Tries {
        let row = try kept(key)
        // A clock that was set back makes nobody wait longer than the limit, nor shorter.
        if let row, row.at > now {
            try set(key, row.failures, now)
            return (row.failures, now)
        }
        return Self.remembered(row, now: now)
    }

    private func kept(_ key: [UInt8]) throws -> Tries? {
        try store.db.cached("SELECT failures, at FROM sign_in_try WHERE key = ?1")
            .bind(all: key).first { (failures: Int($0.integer(0)), at: UInt64($0.integer(1))) }
    }

    private static func remembered(_ row: Tries?, now: UInt64) -> Tries {
        guard let row, now - row.at < ThrottleLimits.memory else { return (0, now) }
        return row
    }

    private func set(_ key: [UInt8], _ failures: Int, _ now: UInt64) throws {
        try store.db.cached(
            "INSERT OR REPLACE INTO sign_in_try(key, failures, at) VALUES (?1, ?2, ?3)"
        ).run(key, failures, Int64(clamping: now))
    }

    private func prune() throws {
        let count = try store.db.cached("SELECT count(*) FROM sign_in_try").first { $0.integer(0) }
        guard let count, count > ThrottleLimits.rowsMax else { return }
        try store.db.cached(
            """
            DELETE FROM sign_in_try WHERE key IN (
                SELECT key FROM sign_in_try ORDER BY failures, at LIMIT ?1)
            """
        ).run(count - Int64(ThrottleLimits.rowsMax))
    }
}
