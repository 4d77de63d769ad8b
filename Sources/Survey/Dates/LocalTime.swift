/// A minute of the local day, UTC+7, without daylight saving.
package struct LocalTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let day: CalendarDay
    /// From 0 to 1439.
    package let minute: Int

    package init?(day: CalendarDay, hour: Int, minute: Int) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        self.day = day
        self.minute = hour * 60 + minute
    }

    /// Reads `yyyy-mm-ddThh:mm`, exactly; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "T"), omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDay(String(Substring(parts[0]))),
            let clock = clock(Array(parts[1]))
        else { return nil }
        self.init(day: day, hour: clock.hour, minute: clock.minute)
    }

    package static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.day, left.minute) < (right.day, right.minute)
    }

    package var clockText: String { "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))" }

    package var description: String { "\(day)T\(clockText)" }
}

private func clock(_ bytes: [UInt8]) -> (hour: Int, minute: Int)? {
    let digits = [0, 1, 3, 4]
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
        digits.allSatisfy({ isDigit(bytes[$0]) })
    else { return nil }
    let values = digits.map { Int(bytes[$0] - UInt8(ascii: "0")) }
    return (values[0] * 10 + values[1], values[2] * 10 + values[3])
}

extension CalendarDay {
    /// Local time is UTC+7 all year round (`names-and-text.md` section 6); milliseconds.
    package static let aheadOfUniversalTime: Int64 = 7 * 3600 * 1000
    /// Length of a day.
    package static let milliseconds: Int64 = 24 * 3600 * 1000

    /// The local day of a time in milliseconds since 1970.
    package init(milliseconds: UInt64) {
        let local = milliseconds + UInt64(Self.aheadOfUniversalTime)
        self.init(number: Int(local / UInt64(Self.milliseconds)))
    }
}
