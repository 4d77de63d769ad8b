internal import Survey

/// A date as lists write it: the survey's own reading, with how it was written and what may be meant.
enum ListDate: Equatable {
    case empty
    case date(PartialDate, Form)
    /// A two-digit year or a spreadsheet's day number: likely, but a person decides.
    case proposed(PartialDate)
    /// Numbers where a date's stand, but no such day: 31/02, month 13.
    case impossible
    case unreadable

    /// How a date that is certain was written.
    enum Form: Equatable {
        /// `dd/mm/yyyy`
        case standard
        /// A single digit for the day or the month.
        case unpadded
        /// `yyyy-mm-dd`
        case iso
        /// Dots, hyphens or nothing between the parts.
        case otherSeparator
        case monthYear
        case yearOnly
    }

    /// Reads a text of at most a few dozen characters; two-digit years are taken up to `currentYear`.
    init(_ text: String, currentYear: Int) {
        let trimmed = TextFold.normalized(text)
        let parts = trimmed.utf8
            .split(omittingEmptySubsequences: false) { "/-. ".utf8.contains($0) }
            .map { String(Substring($0)) }
        switch TypedDate(trimmed) {
        case .empty: self = .empty
        case .date(let date): self = .date(date, Self.form(of: trimmed, parts, date))
        case .twoDigitYear:
            let year = Int(parts[2]) ?? 0
            let full = year + (year > currentYear % 100 ? 1900 : 2000)
            self =
                PartialDate(year: full, month: Int(parts[1]), day: Int(parts[0]))
                .map(ListDate.proposed) ?? .impossible
        case .refused: self = Self.refused(parts, currentYear: currentYear)
        }
    }

    private static func form(of text: String, _ parts: [String], _ date: PartialDate) -> Form {
        switch date.precision {
        case .year: return .yearOnly
        case .month: return .monthYear
        case .day: break
        }
        if parts[0].utf8.count == 4 { return .iso }
        if parts.count == 3, parts[0].utf8.count == 1 || parts[1].utf8.count == 1 {
            return .unpadded
        }
        return text.utf8.contains(UInt8(ascii: "/")) ? .standard : .otherSeparator
    }

    private static func refused(_ parts: [String], currentYear: Int) -> ListDate {
        let numbers = parts.compactMap { $0.utf8.count <= 8 ? Int($0) : nil }
        guard numbers.count == parts.count else { return .unreadable }
        switch parts.map(\.utf8.count) {
        case [5]:
            // Days since 1899-12-30, as spreadsheets keep a date whose format was lost.
            let origin = CalendarDay(year: 1899, month: 12, day: 30)
            guard let day = origin?.adding(days: numbers[0]), day.year <= currentYear else {
                return .unreadable
            }
            return .proposed(PartialDate(day))
        case [8]: return .impossible
        default: return (2...3).contains(parts.count) ? .impossible : .unreadable
        }
    }
}
