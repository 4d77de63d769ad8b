/// Until when an identity card is valid, by the ages of renewal (Luật Căn cước 2023, Điều 21).
package enum CardValidity {
    /// The ages at which a card is renewed.
    package static let renewalAges = [14, 25, 40, 60]
    /// A card issued so many years before such an age, or later, is valid until the next one.
    package static let yearsAhead = 2

    /// The day to propose; ``CalendarDay/never`` past the last age, nil where the birth date is imprecise.
    ///
    /// A card issued within two years before an age of renewal is valid until the next one.
    package static func proposal(birth: PartialDate, issuedOn: CalendarDay) -> CalendarDay? {
        guard birth.precision == .day, !birth.isSuspect, let born = birth.firstDay,
            born <= issuedOn
        else { return nil }
        let due = renewalAges.first { issuedOn < born.adding(years: $0 - yearsAhead) }
        return due.map { born.adding(years: $0) } ?? .never
    }

    /// Whether a card of that day may have no end: past the last age of renewal, or so many years
    /// before it; where the birth date does not tell it may.
    package static func mayLackEnd(birth: PartialDate?, on issuedOn: CalendarDay) -> Bool {
        guard let birth, let last = renewalAges.last else { return true }
        return birth.age(atLeast: last - yearsAhead, on: issuedOn) != .notReached
    }
}
