package import Causality
package import Survey

/// Visits to households.
extension LocalNode {
    /// Records a visit: begun now, by this user, in the round of the quarter, unless said otherwise.
    package func addVisit(
        to household: RecordID,
        outcome: String,
        _ more: [FieldInput] = []
    ) throws -> SaveOutcome {
        let given = Set(more.map(\.name))
        let time = LocalTime(milliseconds: now)?.description ?? ""
        let usual = [
            FieldInput("household", household.description), FieldInput("outcome", outcome),
            FieldInput("round", round(of: today)), FieldInput("started_at", time),
            FieldInput("by", user),
        ]
        return try addRecord("visit", usual.filter { !given.contains($0.name) } + more)
    }

    /// `2026-3`: the round of the third quarter.
    package func round(of day: CalendarDay) -> String {
        let parts = day.parts
        return "\(parts.year)-\((parts.month + 2) / 3)"
    }
}

extension LocalTime {
    /// The minute of the local day, UTC+7.
    package init?(milliseconds: UInt64) {
        self.init(HybridTime(milliseconds: milliseconds))
    }

    private init?(_ time: HybridTime) {
        guard let local = time.localTime else { return nil }
        self = local
    }
}
