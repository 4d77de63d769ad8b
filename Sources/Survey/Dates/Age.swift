/// What a birth date says about having completed a number of years at a day.
package enum AgeAnswer: Hashable, Sendable {
    case reached
    case notReached
    /// The date is too imprecise to tell; figures count it as not reached and list the person.
    case uncertain
}

extension PartialDate {
    /// Whether the N-th birthday is on or before `day` (indicators 1.2).
    ///
    /// 29/02 counts as reached on 28/02 in common years. A suspect date is trusted for its year only.
    package func age(atLeast years: Int, on day: CalendarDay) -> AgeAnswer {
        let (first, last) = isSuspect ? suspectRange : (firstDay, lastDay)
        guard let first, let last else { return .uncertain }
        if last.adding(years: years) <= day { return .reached }
        return first.adding(years: years) <= day ? .uncertain : .notReached
    }

    /// Completed years at `day`, if the date is precise enough; nil too before birth.
    package func age(on day: CalendarDay) -> Int? {
        guard let first = firstDay, first <= day else { return nil }
        let most = day.year - year
        for years in [most, most - 1] where years >= 0 {
            switch age(atLeast: years, on: day) {
            case .reached: return years
            case .uncertain: return nil
            case .notReached: continue
            }
        }
        return nil
    }

    private var suspectRange: (CalendarDay?, CalendarDay?) {
        (
            CalendarDay(year: year, month: 1, day: 1),
            CalendarDay(year: year, month: 12, day: 31)
        )
    }
}
