/// A hybrid logical time: milliseconds since 1970 (UTC) and a counter, in one number.
///
/// For display and for breaking ties only; it never decides whether a change is kept.
/// Source: Kulkarni et al., "Logical Physical Clocks", 2014.
package struct HybridTime: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    /// The largest number of milliseconds that fits: some 8,900 years.
    package static let millisecondsMax: UInt64 = 1 << 48 - 1

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package init(milliseconds: UInt64, counter: UInt16 = 0) {
        rawValue = min(milliseconds, Self.millisecondsMax) << 16 | UInt64(counter)
    }

    package var milliseconds: UInt64 { rawValue >> 16 }

    package static func < (left: HybridTime, right: HybridTime) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The clock of one node: never behind what it has given or accepted, never held far ahead.
package struct HybridClock: Sendable {
    /// A remote time further ahead than this does not move the clock: a day, in milliseconds.
    package static let aheadMax: UInt64 = 24 * 3600 * 1000

    package private(set) var latest: HybridTime

    package init(latest: HybridTime = HybridTime(0)) {
        self.latest = latest
    }

    /// A time later than every one before, and not before the wall clock.
    ///
    /// What was given more than a day ahead was given while the wall clock was wrong, and counts no more
    /// once that is put right: else every later time would be wrong as well.
    package mutating func tick(wall milliseconds: UInt64) -> HybridTime {
        let wall = HybridTime(milliseconds: milliseconds)
        let isHeldAhead = isAhead(of: milliseconds)
        latest = wall > latest || isHeldAhead ? wall : HybridTime(latest.rawValue &+ 1)
        return latest
    }

    /// Whether the last time lies more than a day ahead of a wall clock.
    package func isAhead(of milliseconds: UInt64) -> Bool {
        latest.milliseconds > milliseconds + Self.aheadMax
    }

    /// Takes a remote time into account.
    ///
    /// - Returns: false where it lies more than a day ahead: then the clock stays, and it is flagged.
    @discardableResult
    package mutating func observe(_ remote: HybridTime, wall milliseconds: UInt64) -> Bool {
        guard remote.milliseconds <= milliseconds + Self.aheadMax else { return false }
        if remote > latest { latest = remote }
        return true
    }
}
