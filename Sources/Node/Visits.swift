package import Causality
package import Survey

/// Visits to households.
extension LocalNode {
    /// Records a visit: now, by this user, in the round of the quarter, unless said otherwise; one
    /// that began at another time ended then too, unless said otherwise.
    ///
    /// Says what is still open in the household. `id`, `isOfVisit`: see
    /// ``addRecord(_:_:place:id:acceptsProposals:isOfVisit:)``.
    package func addVisit(
        to household: RecordID,
        outcome: String,
        _ more: [FieldInput] = [],
        id: RecordID? = nil,
        isOfVisit: Bool = false
    ) throws -> SaveOutcome {
        let given = Set(more.map(\.name))
        if let twice = ["household", "outcome"].first(where: given.contains) {
            throw NodeError.repeatedField(twice)
        }
        let time = LocalTime(milliseconds: now)?.description ?? ""
        let start = more.last { $0.name == "started_at" }?.text
        let usual = [
            FieldInput("household", household.description), FieldInput("outcome", outcome),
            FieldInput("round", round(of: today)), FieldInput("started_at", time),
            FieldInput("ended_at", start ?? time), FieldInput("by", user),
        ]
        var saved = try addRecord(
            "visit",
            usual.filter { !given.contains($0.name) } + more,
            id: id,
            isOfVisit: isOfVisit
        )
        if !saved.isRefused { saved.open = try openMatters(of: household) }
        return saved
    }

    /// `2026-3`: the round of the third quarter.
    package func round(of day: CalendarDay) -> String { day.quarter }
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
