/// A date as precise as it is known: a day, a month or a year; possibly suspect.
///
/// Written `yyyy-mm-dd`, `yyyy-mm` or `yyyy`, with `?` behind a suspect one: lists often hold
/// 01/01 of a year where only the year was known.
package struct PartialDate: Hashable, Sendable, CustomStringConvertible {
    package enum Precision: Hashable, Sendable {
        case day
        case month
        case year
    }

    package let year: Int
    package let month: Int?
    /// Only with a month.
    package let day: Int?
    package let isSuspect: Bool

    /// A date that exists; nil for month 13, 31/04 and the like.
    package init?(year: Int, month: Int? = nil, day: Int? = nil, isSuspect: Bool = false) {
        guard month != nil || day == nil,
            CalendarDay(year: year, month: month ?? 1, day: day ?? 1) != nil
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.isSuspect = isSuspect
    }

    package init(_ day: CalendarDay, isSuspect: Bool = false) {
        let parts = day.parts
        year = parts.year
        month = parts.month
        self.day = parts.day
        self.isSuspect = isSuspect
    }

    /// Reads what ``description`` writes, exactly; nil for anything else.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard bytes.count <= 11 else { return nil }
        let isSuspect = bytes.last == UInt8(ascii: "?")
        if isSuspect { bytes.removeLast() }
        guard bytes.count == 4 || bytes.count == 7 || bytes.count == 10,
            bytes.count < 7 || bytes[4] == UInt8(ascii: "-"),
            bytes.count < 10 || bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4])
        else { return nil }
        let month = bytes.count < 7 ? nil : number(bytes[5..<7])
        let day = bytes.count < 10 ? nil : number(bytes[8..<10])
        guard bytes.count < 7 || month != nil, bytes.count < 10 || day != nil else { return nil }
        self.init(year: year, month: month, day: day, isSuspect: isSuspect)
    }

    /// What is known of it: of a suspect 01/01, which lists put where they know only the year, the year.
    package var certainPart: PartialDate {
        let isPlaceholder = isSuspect && month == 1 && day == 1
        return PartialDate(
            year: year,
            month: isPlaceholder ? nil : month,
            day: isPlaceholder ? nil : day
        ) ?? self
    }

    /// Whether nothing that is known of the two tells that they are two days.
    package func mayBe(_ other: PartialDate) -> Bool {
        func agree(_ one: Int?, _ other: Int?) -> Bool {
            one == nil || other == nil || one == other
        }
        let (one, other) = (certainPart, other.certainPart)
        return one.year == other.year && agree(one.month, other.month) && agree(one.day, other.day)
    }

    package var precision: Precision {
        if day != nil { return .day }
        return month == nil ? .year : .month
    }

    /// The earliest day that it may be.
    package var firstDay: CalendarDay? {
        CalendarDay(year: year, month: month ?? 1, day: day ?? 1)
    }

    /// The latest day that it may be.
    package var lastDay: CalendarDay? {
        let month = month ?? 12
        return CalendarDay(
            year: year,
            month: month,
            day: day ?? CalendarDay.days(inMonth: month, of: year)
        )
    }

    /// As the language writes it: `12/03/1980`, `12 Mar 1980`; as precise as it is known, with `(?)`
    /// behind a suspect one.
    package func words(_ language: Language) -> String {
        let text =
            switch language {
            case .vi:
                ([day, month].compactMap { $0.map { padded($0, 2) } } + [padded(year, 4)])
                    .joined(separator: "/")
            case .en:
                [day.map(String.init), month.map { Self.months[$0 - 1] }, String(year)]
                    .compactMap(\.self).joined(separator: " ")
            }
        return isSuspect ? text + " (?)" : text
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    package var description: String {
        var text = padded(year, 4)
        if let month { text += "-" + padded(month, 2) }
        if let day { text += "-" + padded(day, 2) }
        return isSuspect ? text + "?" : text
    }
}

private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
}
