import Causality
package import Coverage
import Store
package import Survey

/// Which figures, and as of when.
package struct FigureOptions: Sendable {
    /// Ages, moves and answers are judged at the end of this day; nil for ``knownOn``, else today.
    package var asOf: CalendarDay?
    /// Entries later than this day do not count: the figures as they were known then.
    package var knownOn: CalendarDay?
    /// First day of the round: earlier visits do not count as visits.
    package var since: CalendarDay?
    /// Only this scope and those below it; nil for all.
    package var scope: String?

    package init() {}
}

/// Somebody who lacks something, with what a visitor needs to know.
package struct MissingRecord: Sendable {
    package let record: RecordSummary
    package let state: WorkItem.State
    /// The field that the reason comes from, to show its label.
    package let reasonField: Field?
}

extension LocalNode {
    /// Every figure of the plan, by place.
    package func coverage(_ options: FigureOptions = .init()) throws -> CoverageReport {
        let store = try source(options)
        return try store.reading { try reader(options).report(store.db) }
    }

    /// Who lacks what an indicator asks for, who was not asked, and whose age must be put right.
    package func missing(
        _ indicator: String,
        _ options: FigureOptions = .init()
    ) throws -> [MissingRecord] {
        guard let found = description.indicator(indicator), let rule = found.rule else {
            throw NodeError.unknownIndicator(indicator)
        }
        let reason = rule.reason.flatMap { description.type($0.type)?.field($0.field) }
        let store = try source(options)
        let other = LocalNode(store, user: user)
        return try store.reading {
            let names = try other.placeNames()
            return try reader(options).missing(indicator, store.db).compactMap { item in
                guard let row = try store.row(of: try store.recordID(item.record)) else {
                    return nil
                }
                return MissingRecord(
                    record: try other.summary(of: row, names),
                    state: item.state,
                    reasonField: reason
                )
            }
        }
    }

    /// Figures of an earlier knowledge are judged at that day too, unless said otherwise.
    private func reader(_ options: FigureOptions) -> CoverageReader {
        let made = options.knownOn ?? today
        return CoverageReader(
            description,
            cutoff: Cutoff(
                day: options.asOf ?? made,
                today: made,
                roundStart: options.since
            ),
            under: options.scope
        )
    }

    /// This store, or the state of an earlier day made again from its log: what was known then, and
    /// what had been observed by the day at which figures are judged.
    private func source(_ options: FigureOptions) throws -> Store {
        let made = options.knownOn ?? today
        let past = options.asOf.flatMap { $0 < made ? $0 : nil }
        guard options.knownOn != nil || past != nil else { return store }
        return try store.snapshot(asOf: options.knownOn?.lastTime, observedBy: past)
    }

    /// Enters what an agency reported for a target, at the hub.
    package func addFigure(_ indicator: String, _ more: [FieldInput]) throws -> SaveOutcome {
        guard let found = description.indicator(indicator) else {
            throw NodeError.unknownIndicator(indicator)
        }
        let given = Set(more.map(\.name))
        let isMilestone = found.measure == .milestone
        let day = FieldInput(isMilestone ? "state_on" : "reported_on", today.description)
        let usual = [FieldInput("indicator", found.name), day].filter { !given.contains($0.name) }
        return try addRecord(isMilestone ? "milestone" : "agency_figure", usual + more)
    }
}
