package import Survey

/// What may be typed where a value is expected.
package enum ValueKind: Hashable, Sendable {
    case text
    case integer(ClosedRange<Int64>)
    /// A day of the calendar, `yyyy-mm-dd`.
    case date
    case path
    case choice([String])

    /// The word that stands for the value in help texts.
    package var placeholder: Label {
        switch self {
        case .text: Label("chữ", "text")
        case .integer: Label("số", "number")
        case .date: Label("năm-tháng-ngày", "yyyy-mm-dd")
        case .path: Label("đường dẫn", "path")
        case .choice(let words): Label(words.joined(separator: "|"), words.joined(separator: "|"))
        }
    }

    /// Completes "must be …".
    package var expectation: Label {
        switch self {
        case .text: Label("chữ", "a text")
        case .integer(let range):
            Label(
                "số nguyên từ \(NumberFormat.vietnamese.integer(range.lowerBound)) "
                    + "đến \(NumberFormat.vietnamese.integer(range.upperBound))",
                "a whole number from \(NumberFormat.english.integer(range.lowerBound)) "
                    + "to \(NumberFormat.english.integer(range.upperBound))"
            )
        case .date:
            Label(
                "một ngày có thật, viết như 2026-07-31",
                "a day of the calendar, such as 2026-07-31"
            )
        case .path: Label("đường dẫn", "a path")
        case .choice(let words):
            Label(
                "một trong: " + words.joined(separator: ", "),
                "one of: " + words.joined(separator: ", ")
            )
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
