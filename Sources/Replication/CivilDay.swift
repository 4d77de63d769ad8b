/// Days since 1970-01-01 and their ISO 8601 texts, as columns of dates need them.
///
/// Proleptic Gregorian calendar, years 1 to 9999. Method: Hinnant, "chrono-compatible low-level date algorithms".
enum CivilDay {
    /// 0001-01-01 and 9999-12-31.
    static let range: ClosedRange<Int64> = -719_162...2_932_896

    /// The number of a text `yyyy-mm-dd` that names a real day; nil for any other text.
    static func days(fromISO text: Span<UInt8>) -> Int64? {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = number(text, 0..<4), let month = number(text, 5..<7),
            let day = number(text, 8..<10),
            (1...9999) ~= year, (1...12) ~= month, day >= 1
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        // Only a real day survives the way back: 31 April comes out as 1 May.
        return parts(days: days) == (year, month, day) ? days : nil
    }

    /// Year, month and day of a number in ``range``.
    private static func parts(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthShifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthShifted + 2) / 5 + 1
        let month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    /// Writes the ten bytes of `yyyy-mm-dd` from `start` on; `days` lies in ``range``.
    static func write(days: Int64, to bytes: inout [UInt8], at start: Int) {
        let (year, month, day) = parts(days: days)
        write(year / 100, to: &bytes, at: start)
        write(year % 100, to: &bytes, at: start + 2)
        bytes[start + 4] = UInt8(ascii: "-")
        write(month, to: &bytes, at: start + 5)
        bytes[start + 7] = UInt8(ascii: "-")
        write(day, to: &bytes, at: start + 8)
    }

    /// Writes two digits.
    private static func write(_ number: Int64, to bytes: inout [UInt8], at start: Int) {
        bytes[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
        bytes[start + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    }

    private static func number(_ text: Span<UInt8>, _ places: Range<Int>) -> Int64? {
        var number: Int64 = 0
        for place in places {
            let digit = text[place]
            guard (0x30...0x39) ~= digit else { return nil }
            number = number * 10 + Int64(digit - 0x30)
        }
        return number
    }
}
