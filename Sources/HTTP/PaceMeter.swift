/// Measures whether a transfer keeps its ``Pace``, in periods of the client's own time.
package struct PaceMeter: Sendable {
    package let pace: Pace
    /// When the present period began.
    package private(set) var since: SuspendingClock.Instant
    private var countAtStart: Int
    private var workingSince: SuspendingClock.Instant?

    /// - Parameters:
    ///   - pace: What is asked of the client.
    ///   - count: Of all bytes so far, at the beginning.
    ///   - now: When the first period begins.
    package init(_ pace: Pace, count: Int, now: SuspendingClock.Instant) {
        self.pace = pace
        countAtStart = count
        since = now
    }

    /// The server works from here on: the client's time stands still.
    package mutating func beginWork(_ now: SuspendingClock.Instant) {
        workingSince = now
    }

    package mutating func endWork(_ now: SuspendingClock.Instant) {
        guard let began = workingSince else { return }
        workingSince = nil
        since = since.advanced(by: began.duration(to: now))
    }

    /// Whether a period can be judged.
    package func isDue(_ now: SuspendingClock.Instant) -> Bool {
        workingSince == nil && since.duration(to: now) >= pace.period
    }

    /// Whether fewer bytes moved in the period than asked; where not, the next period begins.
    package mutating func isBehind(count: Int, now: SuspendingClock.Instant) -> Bool {
        guard isDue(now) else { return false }
        guard count - countAtStart >= pace.bytes else { return true }
        countAtStart = count
        since = now
        return false
    }
}
