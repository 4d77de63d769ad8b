package import Causality
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
    /// Answers older than so many months are unknown; nil for what the commune has set, if anything.
    package var validMonths: Int?
    /// Only this scope and those below it; nil for all.
    package var scope: String?

    package init() {}
}

/// Somebody who lacks something, with what a visitor needs to know.
package struct MissingRecord: Sendable {
    package let record: RecordSummary
    package let state: WorkItem.State
    /// The reason in words; nil where none was given, or it is not lacking.
    package let reason: Label?
}

/// A fact of which an imported list and the survey say different things; the list's counts.
package struct Difference: Sendable {
    package let record: RecordSummary
    package let section: Label
    package let fields: [(field: Field, surveyed: Value, listed: Value)]
}

extension LocalNode {
    /// Every figure of the plan, by place.
    package func coverage(_ options: FigureOptions = .init()) throws -> CoverageReport {
        let store = try source(options)
        return try store.reading { try reader(options).report(store.db) }
    }

    /// Who lacks what an indicator asks for, who was not asked, and whose age must be put right.
    ///
    /// Goes to the access log.
    package func missing(
        _ indicator: String,
        _ options: FigureOptions = .init()
    ) throws -> [MissingRecord] {
        guard let found = description.indicator(indicator) else {
            throw NodeError.unknownIndicator(indicator)
        }
        guard let rule = found.rule else { throw NodeError.ofAgency(indicator) }
        let store = try source(options)
        let other = LocalNode(store, user: user)
        // A picture of an earlier day may lack the places; what they are called is known here.
        let names = try placeNames()
        let missing: [MissingRecord] = try store.reading {
            try reader(options).missing(indicator, store.db).compactMap { item in
                guard let row = try store.row(of: try store.recordID(item.record)) else {
                    return nil
                }
                return MissingRecord(
                    record: try other.summary(of: row, names),
                    state: item.state,
                    reason: rule.reason.flatMap { reason in
                        item.state.reason.map { description.label(of: $0, reason) }
                    }
                )
            }
        }
        logList(.missing, missing.map(\.record.type), scope: options.scope, filter: indicator)
        return missing
    }

    /// Where imported lists and the survey say different things of one fact: lệch dữ liệu.
    ///
    /// Goes to the access log.
    package func differences(_ options: FigureOptions = .init()) throws -> [Difference] {
        let store = try source(options)
        let other = LocalNode(store, user: user)
        let names = try placeNames()
        let differences: [Difference] = try store.reading {
            try reader(options).disagreements(store.db).compactMap { item in
                guard let row = try store.row(of: try store.recordID(item.record)) else {
                    return nil
                }
                let section = description.sections.first { $0.name == item.section }
                let list = try item.listed.flatMap { try store.row(of: try store.recordID($0)) }
                return Difference(
                    record: try other.summary(of: row, names),
                    section: section?.label ?? row.type.label,
                    fields: item.fields.compactMap { name in
                        guard let field = row.type.field(name),
                            let register = row.type.registerField(of: name)
                        else { return nil }
                        return (field, row[name], (list ?? row)[register.name])
                    }
                )
            }
        }
        logList(
            .missing,
            differences.map(\.record.type),
            scope: options.scope,
            filter: "differences"
        )
        return differences
    }

    /// Figures of an earlier knowledge are judged at that day too, unless said otherwise.
    private func reader(_ options: FigureOptions) throws -> CoverageReader {
        let made = options.knownOn ?? today
        let day = options.asOf ?? made
        let months = try options.validMonths ?? answerValidityMonths()
        return CoverageReader(
            description,
            cutoff: Cutoff(
                day: day,
                today: made,
                hasLater: try CoverageReader.hasAnswers(after: day, description, store.db),
                roundStart: options.since,
                staleBefore: months.map { day.adding(months: -$0) }
            ),
            under: options.scope,
            roster: try store.rosterScope(),
            names: try placeNamesBelow()
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
