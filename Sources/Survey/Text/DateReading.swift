/// What a typed or imported text is as a date, and how sure that is.
///
/// Day before month, always: `mm/dd` is never tried (`names-and-text.md` section 6).
package enum DateReading: Hashable, Sendable {
    case empty
    case date(PartialDate, Form)
    /// A two-digit year or a spreadsheet's day number: likely, but a person decides.
    case proposed(PartialDate)
    case refused(Refusal)

    /// How a date that is certain was written.
    package enum Form: Sendable {
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
        /// With the 00:00 that spreadsheets write behind the day.
        case midnight
    }

    /// Why a text is no date.
    package enum Refusal: String, Sendable {
        /// 31/02, month 13.
        case impossible = "date_impossible"
        case unreadable = "date_unreadable"

        package var label: Label {
            switch self {
            case .impossible: Label("Ngày không có trong lịch", "There is no such day")
            case .unreadable:
                Label(
                    "Không đọc được ngày; viết ngày/tháng/năm",
                    "Not a date; write day/month/year"
                )
            }
        }
    }

    /// Reads a text of at most a few dozen characters; two-digit years are taken up to `currentYear`.
    package init(_ text: String, currentYear: Int) {
        var bytes = Array(TextFold.normalized(text).utf8)
        if let mark = Self.suspectMarks.first(where: {
            bytes.reversed().starts(with: $0.reversed())
        }) {
            bytes.removeLast(mark.count)
            self = Self(bytes, currentYear).suspect
            return
        }
        guard let date = Self.withoutMidnight(bytes) else {
            self.init(bytes, currentYear)
            return
        }
        let reading = Self(Array(date), currentYear)
        self =
            switch reading {
            case .date(let date, _) where date.precision == .day: .date(date, .midnight)
            case .date, .empty: .refused(.unreadable)
            case .proposed, .refused: reading
            }
    }

    /// What stands behind a date that is shown or stored as suspect.
    private static let suspectMarks = [" (?)", "(?)", "?"].map { Array($0.utf8) }

    /// The same date, marked as suspect; a mark makes no date of what is none.
    private var suspect: DateReading {
        func suspect(_ date: PartialDate) -> PartialDate {
            PartialDate(year: date.year, month: date.month, day: date.day, isSuspect: true) ?? date
        }
        return switch self {
        case .date(let date, let form): .date(suspect(date), form)
        case .proposed(let date): .proposed(suspect(date))
        case .empty: .refused(.unreadable)
        case .refused: self
        }
    }

    /// What stands before a midnight; nil where there is none.
    ///
    /// Any other hour is no date.
    private static func withoutMidnight(_ text: [UInt8]) -> ArraySlice<UInt8>? {
        guard
            let end = text.firstIndex(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "T") })
        else { return nil }
        let time = String(decoding: text[(end + 1)...], as: UTF8.self)
        return midnights.contains(time) ? text[..<end] : nil
    }

    /// `SA` is how Vietnamese settings write the hours before noon; `AM` would be of settings that
    /// write the month first.
    private static let midnights: Set = [
        "00:00", "0:00", "00:00:00", "0:00:00", "00:00:00.000", "12:00 SA", "12:00:00 SA",
    ]

    private init(_ bytes: [UInt8], _ currentYear: Int) {
        guard !bytes.isEmpty else {
            self = .empty
            return
        }
        let parts = bytes.split(
            omittingEmptySubsequences: false,
            whereSeparator: { "/-. ".utf8.contains($0) }
        )
        guard parts.count <= 3, bytes.count <= 12,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) })
        else {
            self = .refused(.unreadable)
            return
        }
        let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1) - 48 } }
        switch parts.count {
        case 3:
            let isSlashed = bytes.contains(UInt8(ascii: "/"))
            self = Self.threeParts(parts.map(\.count), numbers, isSlashed, currentYear)
        case 2:
            self =
                switch (parts[0].count, parts[1].count) {
                case (...2, 4): Self.certain(.init(year: numbers[1], month: numbers[0]), .monthYear)
                case (4, ...2): Self.certain(.init(year: numbers[0], month: numbers[1]), .monthYear)
                default: .refused(.unreadable)
                }
        default: self = Self.onePart(parts[0].count, numbers[0], currentYear)
        }
    }

    private static func threeParts(
        _ widths: [Int],
        _ numbers: [Int],
        _ isSlashed: Bool,
        _ currentYear: Int
    ) -> DateReading {
        if widths[0] == 4, widths[1] <= 2, widths[2] <= 2 {
            let date = PartialDate(year: numbers[0], month: numbers[1], day: numbers[2])
            return certain(date, .iso)
        }
        guard widths[0] <= 2, widths[1] <= 2 else { return .refused(.unreadable) }
        switch widths[2] {
        case 4:
            let date = PartialDate(year: numbers[2], month: numbers[1], day: numbers[0])
            let isPadded = widths[0] == 2 && widths[1] == 2
            return certain(date, !isPadded ? .unpadded : isSlashed ? .standard : .otherSeparator)
        case 2:
            let year = numbers[2] + (numbers[2] > currentYear % 100 ? 1900 : 2000)
            return PartialDate(year: year, month: numbers[1], day: numbers[0])
                .map(DateReading.proposed) ?? .refused(.impossible)
        default: return .refused(.unreadable)
        }
    }

    private static func onePart(_ width: Int, _ number: Int, _ currentYear: Int) -> DateReading {
        switch width {
        case 8:
            let date = PartialDate(
                year: number % 10_000,
                month: number / 10_000 % 100,
                day: number / 1_000_000
            )
            return certain(date, .otherSeparator)
        case 4: return certain(PartialDate(year: number), .yearOnly)
        case 5:
            // Days since 1899-12-30, as spreadsheets store a date whose format was lost.
            guard let origin = CalendarDay(year: 1899, month: 12, day: 30) else { break }
            let day = origin.adding(days: number)
            return day.year <= currentYear ? .proposed(PartialDate(day)) : .refused(.unreadable)
        default: break
        }
        return .refused(.unreadable)
    }

    private static func certain(_ date: PartialDate?, _ form: Form) -> DateReading {
        date.map { .date($0, form) } ?? .refused(.impossible)
    }
}
