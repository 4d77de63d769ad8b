/// What may be typed where a value is expected.
package enum ValueKind: Hashable, Sendable {
    case text
    case integer(ClosedRange<Int64>)
    /// A day of the calendar, `yyyy-mm-dd`.
    case date
    case path
    case choice([String])

    /// The word that stands for the value in help texts.
    package var placeholder: String {
        switch self {
        case .text: "text"
        case .integer: "number"
        case .date: "yyyy-mm-dd"
        case .path: "path"
        case .choice(let words): words.joined(separator: "|")
        }
    }

    /// Completes "must be …".
    package var expectation: String {
        switch self {
        case .text: "a text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .date: "a day of the calendar, such as 2026-07-31"
        case .path: "a path"
        case .choice(let words): "one of: " + words.joined(separator: ", ")
        }
    }

    /// Reads what was typed; nil if it is not of this kind.
    func read(_ text: String) -> ParsedValue? {
        switch self {
        case .text:
            return .text(text)
        case .path:
            return text.isEmpty ? nil : .text(text)
        case .choice(let words):
            return words.contains(text) ? .text(text) : nil
        case .integer(let range):
            guard let number = Int64(text), !text.hasPrefix("+"), range.contains(number) else {
                return nil
            }
            return .integer(number)
        case .date:
            return CalendarDay(text).map { .date($0) }
        }
    }
}

/// A value read from the command line.
enum ParsedValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case date(CalendarDay)
}

/// A day of the Gregorian calendar, without a time zone.
package struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil for a day that does not exist, or outside the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `yyyy-mm-dd` and nothing else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isDigit = { (place: Int) in (0x30...0x39).contains(bytes[place]) }
        guard bytes.count == 10, bytes[4] == 0x2d, bytes[7] == 0x2d,
            [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy(isDigit)
        else { return nil }
        func number(_ range: Range<Int>) -> Int {
            bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
        self.init(year: number(0..<4), month: number(5..<7), day: number(8..<10))
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// `yyyy-mm-dd`.
    package var description: String {
        padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
