/// When a node next syncs over a line: a pure function of what has happened.
///
/// Times are milliseconds of any clock that never goes back. Nothing here waits or does anything:
/// whoever drives it sleeps until ``due``, says ``begin(at:)``, syncs, and says how it ended.
package struct SyncScheduler: Sendable {
    /// Milliseconds, all of them.
    package struct Settings: Hashable, Sendable {
        /// Between two exchanges while nothing happens and all is well.
        package var interval: UInt64 = 15 * 60_000
        /// How much earlier or later than the interval, in hundredths: nodes that started
        /// together drift apart.
        package var jitterPercent: UInt64 = 20
        /// How long a change waits for the next one.
        package var debounce: UInt64 = 10_000
        /// The longest that a change waits, however many follow it.
        package var debounceMax: UInt64 = 60_000
        /// The first wait after a failure; it doubles with each further one.
        package var backOff: UInt64 = 10_000
        package var backOffMax: UInt64 = 15 * 60_000
        /// After a failure that only a person can mend.
        package var hopelessWait: UInt64 = 60 * 60_000
        /// How long the network is left to settle after it has changed, at least and at most.
        package var settling: ClosedRange<UInt64> = 2_000...5_000
        /// The longest wait at the start: a hub that comes back meets its nodes one by one.
        package var startSpread: UInt64 = 10_000

        package init() {}
    }

    /// How an exchange ended.
    package enum Ending: Hashable, Sendable {
        case done
        /// May succeed later; not before so many milliseconds where the hub has said so.
        case failed(retryAfter: UInt64?)
        /// Only a person can mend it: revoked, another version.
        case hopeless
        /// Another process is at it, which is no failure: looked at again after so many milliseconds.
        case elsewhere(retryAfter: UInt64)
    }

    package let settings: Settings
    package private(set) var failures = 0
    /// The time that is not a change's; nil while an exchange runs.
    private var planned: UInt64?
    /// The first and the last change that was not on its way yet when it was saved.
    private var changes: (first: UInt64, last: UInt64)?
    /// What came while an exchange ran.
    private var isAsked = false
    private var hasNewWay = false

    package init(
        _ settings: Settings = Settings(),
        startingAt now: UInt64,
        using random: inout some RandomNumberGenerator
    ) {
        self.settings = settings
        planned = now + UInt64.random(in: 0...settings.startSpread, using: &random)
    }

    /// When to sync next; nil while it runs.
    package var due: UInt64? {
        guard let planned else { return nil }
        // A line that is down does not come back by being asked more often.
        guard let changes, failures == 0 else { return planned }
        let change = min(
            changes.last + settings.debounce,
            changes.first + settings.debounceMax
        )
        return min(planned, change)
    }

    /// Somebody has saved something.
    package mutating func changeSaved(at now: UInt64) {
        changes = (changes?.first ?? now, now)
    }

    /// The way to the hub is another, by the network or by the addresses that are known of it: what
    /// failed before may go now.
    package mutating func wayChanged(
        at now: UInt64,
        using random: inout some RandomNumberGenerator
    ) {
        failures = 0
        guard let due = planned else {
            hasNewWay = true
            return
        }
        planned = min(due, now + UInt64.random(in: settings.settling, using: &random))
    }

    /// A person wants it now.
    package mutating func asked(at now: UInt64) {
        guard let due = planned else {
            isAsked = true
            return
        }
        planned = min(due, now)
    }

    /// An exchange begins; what was saved before is on its way.
    package mutating func begin() {
        planned = nil
        changes = nil
    }

    package mutating func end(
        _ ending: Ending,
        at now: UInt64,
        using random: inout some RandomNumberGenerator
    ) {
        switch ending {
        case .done:
            failures = 0
            planned = now + spread(settings.interval, using: &random)
        case .failed(let retryAfter):
            failures += 1
            let doubled = settings.backOff << UInt64(min(failures - 1, 20))
            let longest = min(doubled, settings.backOffMax)
            let wait = UInt64.random(in: (longest / 2)...longest, using: &random)
            planned = now + max(wait, retryAfter ?? 0)
        case .hopeless:
            failures += 1
            planned = now + spread(settings.hopelessWait, using: &random)
        case .elsewhere(let wait):
            planned = now + wait
        }
        if hasNewWay { wayChanged(at: now, using: &random) }
        if isAsked { asked(at: now) }
        hasNewWay = false
        isAsked = false
    }

    private func spread(
        _ time: UInt64,
        using random: inout some RandomNumberGenerator
    ) -> UInt64 {
        let part = time * settings.jitterPercent / 100
        return UInt64.random(in: (time - part)...(time + part), using: &random)
    }
}
