import Causality

/// What does not fit in a visit, in a position, or between a record and those it refers to.
func visitProblems(_ visit: Facts, _ today: CalendarDay) -> [Problem] {
    var problems: [Problem] = []
    if let start = visit.text("started_at").flatMap({ LocalTime($0) }), start.day > today {
        problems.append(
            Problem(
                .blocks,
                "started_at",
                "visit_in_future",
                Label(
                    "Lượt đến sau hôm nay: xem lại ngày, hoặc đồng hồ của máy",
                    "A visit later than today: look at the day, or at this machine's clock"
                )
            )
        )
    }
    if let start = visit.text("started_at"), let end = visit.text("ended_at"), end < start {
        problems.append(
            visit.warning(
                "ended_at",
                "end_before_start",
                "Kết thúc trước bắt đầu",
                "Ends before it starts"
            )
        )
    }
    if let next = visit.day("next_on"), let round = visit.text("round"),
        let start = visit.text("started_at").flatMap({ LocalTime($0) }),
        let end = lastDay(ofRound: round, visitedOn: start.day), next > end
    {
        problems.append(
            visit.warning(
                "next_on",
                "after_round",
                "Hẹn lại sau khi hết đợt",
                "Later than the end of the round"
            )
        )
    }
    return problems
}

/// The last day of a round that is the quarter of a visit in it, `2026-3`; nil for rounds of other
/// names, of which only the commune knows the end.
private func lastDay(ofRound name: String, visitedOn day: CalendarDay) -> CalendarDay? {
    guard name == day.quarter else { return nil }
    let (year, month, _) = day.parts
    return PartialDate(year: year, month: (month + 2) / 3 * 3)?.lastDay
}

extension CalendarDay {
    /// Year and quarter, `2026-3`: the name of a round where nobody gives another.
    package var quarter: String {
        let (year, month, _) = parts
        return "\(year)-\((month + 2) / 3)"
    }
}

/// Where positions of the commune lie, in degrees × 1,000,000.
enum CommuneBox {
    /// Tam Mỹ with a margin of one kilometre (identifiers, section 6).
    static let latitudes: ClosedRange<Int64> = 15_290_000...15_440_000
    static let longitudes: ClosedRange<Int64> = 108_410_000...108_670_000
}

extension Facts {
    /// Of whatever record holds a position.
    var positionProblems: [Problem] {
        var problems: [Problem] = []
        if case .integer(let accuracy) = counted("position_accuracy"), accuracy > 50 {
            problems.append(
                warning(
                    "position_accuracy",
                    "position_inaccurate",
                    "Vị trí sai số trên 50 m",
                    "The position is off by more than 50 m"
                )
            )
        }
        for (field, range) in [
            ("latitude", CommuneBox.latitudes), ("longitude", CommuneBox.longitudes),
        ] {
            guard case .integer(let degrees) = counted(field), !range.contains(degrees) else {
                continue
            }
            problems.append(
                warning(
                    field,
                    "position_outside",
                    "Vị trí nằm ngoài địa bàn xã",
                    "The position lies outside the commune"
                )
            )
        }
        return problems
    }

    /// People whom a record names must be old enough for what it says of them.
    func adultProblems(on day: CalendarDay) -> [Problem] {
        type.fields.compactMap { field in
            guard let years = field.leastAge, let person = parents[field.name],
                Predicate.age(years).evaluate(person, on: day) == false
            else { return nil }
            return warning(
                field.name,
                "under_\(years)",
                "\(field.label.vi): chưa đủ \(years) tuổi",
                "\(field.label.en): is under \(years)"
            )
        }
    }
}
