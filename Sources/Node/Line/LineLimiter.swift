private import Synchronization

/// Keeps strangers from writing a log full: of one event from one subscriber the first line is
/// written, and then one a minute with the number of those left out.
package final class LineLimiter: Sendable {
    /// Milliseconds between two lines.
    package static let interval: UInt64 = 60_000
    /// Subscribers and events that are told apart; when there are more, the others share a count.
    package static let keysMax = 1_000

    fileprivate struct Count: Sendable {
        var writtenAt: UInt64
        var leftOut = 0
    }

    fileprivate struct State: Sendable {
        var counts: [String: Count] = [:]
        var sweptAt: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// How many lines were left out since the last one that was written; nil if this one is left out
    /// too.
    ///
    /// `key`: the event and who has caused it. `now`: milliseconds since 1970; with a clock that was
    /// set back, everything is new.
    func admit(_ key: String, at now: UInt64) -> Int? {
        state.withLock { state in
            let key = state.room(for: key, at: now) ? key : ""
            guard let count = state.counts[key], count.isFresh(at: now) else {
                let leftOut = state.counts[key]?.leftOut ?? 0
                state.counts[key] = Count(writtenAt: now)
                return leftOut
            }
            state.counts[key]?.leftOut += 1
            return nil
        }
    }
}

extension LineLimiter.Count {
    fileprivate func isFresh(at now: UInt64) -> Bool {
        now >= writtenAt && now - writtenAt < LineLimiter.interval
    }
}

extension LineLimiter.State {
    /// Whether a key has a count of its own, or can have one.
    fileprivate mutating func room(for key: String, at now: UInt64) -> Bool {
        if counts[key] != nil || counts.count < LineLimiter.keysMax { return true }
        // At most one sweep each interval: a flood of addresses must not cost one each.
        guard now < sweptAt || now - sweptAt >= LineLimiter.interval else { return false }
        sweptAt = now
        counts = counts.filter { $0.value.isFresh(at: now) }
        return counts.count < LineLimiter.keysMax
    }
}
