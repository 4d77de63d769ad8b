/// What a typed or imported text is as a date, day before month, as Vietnamese offices write it.
///
/// Accepts `d/m/yyyy` with `/`, `-` or `.`, `ddmmyyyy`, `m/yyyy`, `yyyy`, ISO forms, `00` for an
/// unknown day or month, and `?` behind a suspect date. Never month before day.
package enum TypedDate: Hashable, Sendable {
    case empty
    case date(PartialDate)
    /// The century is missing: a person must write the year with four digits.
    case twoDigitYear
    case refused

    /// Longer than any date with blanks around it.
    private static let bytesMax = 32

    package init(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else {
            self = .refused
            return
        }
        var trimmed = TextFold.normalized(text)
        let isSuspect = trimmed.hasSuffix("?")
        if isSuspect { trimmed.removeLast() }
        if trimmed.isEmpty {
            self = isSuspect ? .refused : .empty
            return
        }
        let parts = trimmed.utf8
            .split(omittingEmptySubsequences: false) { "/-. ".utf8.contains($0) }
            .map(Array.init)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
            self = .refused
            return
        }
        self = Self.read(parts, isSuspect: isSuspect)
    }

    private static func read(_ parts: [[UInt8]], isSuspect: Bool) -> TypedDate {
        let values = parts.map { part in part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
        switch parts.map(\.count) {
        case [4...4]: return date(values[0], 0, 0, isSuspect)
        case [8...8]:
            return date(
                values[0] % 10_000,
                values[0] / 10_000 % 100,
                values[0] / 1_000_000,
                isSuspect
            )
        case [1...2, 4...4]: return date(values[1], values[0], 0, isSuspect)
        case [4...4, 1...2]: return date(values[0], values[1], 0, isSuspect)
        case [1...2, 1...2, 4...4]: return date(values[2], values[1], values[0], isSuspect)
        case [4...4, 1...2, 1...2]: return date(values[0], values[1], values[2], isSuspect)
        case [1...2, 1...2, 2...2]: return .twoDigitYear
        default: return .refused
        }
    }

    private static func date(_ year: Int, _ month: Int, _ day: Int, _ suspect: Bool) -> TypedDate
    {
        let date = PartialDate(
            year: year,
            month: month == 0 ? nil : month,
            day: day == 0 ? nil : day,
            isSuspect: suspect
        )
        return date.map { .date($0) } ?? .refused
    }
}

private func ~= (pattern: [ClosedRange<Int>], counts: [Int]) -> Bool {
    pattern.count == counts.count && zip(pattern, counts).allSatisfy { $0.contains($1) }
}
