package import Survey

/// The day at which figures are judged, and which answers and visits count there.
package struct Cutoff: Hashable, Sendable {
    /// Ages, residence, moves and deaths are judged at the end of this day.
    package let day: CalendarDay
    /// Answers may be dated after the day: these do not count (indicators 1.1), nor does what lists of a
    /// later day say.
    package let hasLater: Bool
    /// First day of the round: earlier visits do not count as visits.
    package let roundStart: CalendarDay?
    /// Answers from before this day are unknown, as too old.
    package let staleBefore: CalendarDay?

    /// `today` is the day on which the figures are made; `hasLater`: whether something is dated after
    /// it, by a mistake or a clock that was ahead (``CoverageReader/hasAnswers(after:_:_:)``).
    package init(
        day: CalendarDay,
        today: CalendarDay,
        hasLater: Bool = false,
        roundStart: CalendarDay? = nil,
        staleBefore: CalendarDay? = nil
    ) {
        self.day = day
        self.hasLater = hasLater || day < today
        self.roundStart = roundStart
        self.staleBefore = staleBefore
    }

    /// The greatest text of a date that lies on or before `day`, to compare texts with.
    ///
    /// A partial date whose last day is meant carries `~`, which sorts after every digit and hyphen:
    /// `2026~` is on or before 31/12/2026 (`2026~~`) and after 30/12/2026 (`2026-12-30~`).
    static func bound(_ day: CalendarDay) -> String {
        let (year, month, dayOfMonth) = day.parts
        let text = day.description
        guard dayOfMonth == CalendarDay.days(inMonth: month, of: year) else { return text + "~" }
        return month == 12 ? text.prefix(4) + "~~" : text.prefix(7) + "~~"
    }

    /// The bound of birth dates of people who have completed that many years.
    ///
    /// 29/02 counts as reached on 28/02 of a common year.
    func birthBound(years: Int) -> String { Self.birthBound(years: years, on: day) }

    static func birthBound(years: Int, on day: CalendarDay) -> String {
        let (year, month, dayOfMonth) = day.parts
        let isLeapDayReached = month == 2 && dayOfMonth == 28 && !CalendarDay.isLeap(year)
        let bornOn =
            isLeapDayReached
            ? CalendarDay(year: year - years, month: 2, day: 29) : nil
        return bound(bornOn ?? day.adding(years: -years))
    }
}
