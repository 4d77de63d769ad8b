/// A day of the Gregorian calendar, without time or zone.
///
/// Kept as a count of days, so that comparing and adding never meet a month's length.
package struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before.
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    /// A real day of the years 1 to 9999; nil for 31/04, 29/02 of a common year and the like.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        number = Self.number(year: year, month: month, day: day)
    }

    /// Reads `yyyy-mm-dd`, exactly; nil for anything else.
    package init?(_ text: String) {
        guard let date = PartialDate(text), !date.isSuspect, let day = date.firstDay,
            date.precision == .day
        else { return nil }
        self = day
    }

    /// Stands for "no end", as printed on identity cards of people over 60.
    package static let never = CalendarDay(number: number(year: 9999, month: 12, day: 31))

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.number < right.number
    }

    package func adding(days: Int) -> CalendarDay {
        CalendarDay(number: number + days)
    }

    /// The same day that many years later; 29/02 becomes 28/02 in a common year.
    package func adding(years: Int) -> CalendarDay {
        let (year, month, day) = parts
        let last = Self.days(inMonth: month, of: year + years)
        return CalendarDay(
            number: Self.number(year: year + years, month: month, day: min(day, last))
        )
    }

    /// The same day that many months later; of a shorter month its last day.
    package func adding(months: Int) -> CalendarDay {
        let (year, month, day) = parts
        let count = year * 12 + month - 1 + months
        let last = Self.days(inMonth: count % 12 + 1, of: count / 12)
        return CalendarDay(
            number: Self.number(year: count / 12, month: count % 12 + 1, day: min(day, last))
        )
    }

    /// `yyyy-mm-dd`.
    package var description: String {
        let (year, month, day) = parts
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Year, month (1 to 12) and day of the month.
    package var parts: (year: Int, month: Int, day: Int) {
        // Counted from 0000-03-01: the leap day is then the last day of a year.
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    package var year: Int { parts.year }

    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
