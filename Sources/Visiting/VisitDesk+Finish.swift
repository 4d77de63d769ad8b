package import Causality
package import Node
import Store
import Survey

/// What came of finishing a visit.
package enum FinishResult: Sendable {
    case saved(SavedVisit)
    /// Nothing is saved yet: colleagues have changed these fields meanwhile, and nobody has decided.
    case undecided([ConcurrentChange])
    /// Nothing is saved: these are missing or wrong. The visit stays open.
    case refused([OpenProblem])
}

package struct SavedVisit: Sendable {
    /// The visit's record; nil where a repeated finish no longer knows it.
    package let visit: RecordID?
    /// Records that were changed or added, the visit included.
    package let records: Int
    /// Whether the visit had been finished before, so that nothing was written now.
    package let isRepeated: Bool
    /// What is still open in the household.
    package let open: [OpenMatter]
}

extension VisitDesk {
    /// Saves everything that was answered as one transaction, and removes what was kept of it.
    ///
    /// Answers to fields that a colleague has changed since they were shown wait for `decisions`:
    /// the first call names them. A finish that is sent twice writes nothing the second time.
    package func finish(
        _ key: VisitKey,
        decisions: [QuestionID: ConcurrentDecision] = [:]
    ) throws -> FinishResult {
        if case .finished(let saved) = try drafts.read(key) {
            let visit = saved.flatMap { RecordID($0) }
            return .saved(SavedVisit(visit: visit, records: 0, isRepeated: true, open: []))
        }
        do {
            let result = try node.store.transaction {
                try save(key, decisions)
            }
            guard case .saved(let saved) = result else { return result }
            return .saved(
                SavedVisit(
                    visit: saved.visit,
                    records: saved.records,
                    isRepeated: false,
                    open: try openMatters(saved.visit)
                )
            )
        } catch let refusal as Refusal {
            return .refused(refusal.problems)
        }
    }

    struct Refusal: Error {
        let problems: [OpenProblem]
    }

    func openMatters(_ visit: RecordID?) throws -> [OpenMatter] {
        guard let visit, let home = try node.store.row(of: visit)?["household"].record else {
            return []
        }
        let collected = try node.collectedFields()
        return try node.openMatters(of: home).compactMap { matter in
            // What the program fills is nothing that somebody has left open.
            matter.asking { field in
                VisitForm.mayAsk(field, matter.record.type, node.description, collected: collected)
            }
        }
    }

    // MARK: Saving

    func save(
        _ key: VisitKey,
        _ decisions: [QuestionID: ConcurrentDecision]
    ) throws -> FinishResult {
        let form = try form(key)
        let blocking = form.blocking
        guard blocking.isEmpty else { return .refused(blocking) }
        let met = try concurrent(form)
        let review = form.draft.answers.filter(\.value.isForReview)
            .mapValues { _ in ConcurrentDecision.review }
        let decisions = review.merging(decisions) { $1 }
        let undecided = met.filter { decisions[$0.question] == nil }
        guard undecided.isEmpty else { return .undecided(undecided) }
        var saving = Saving(form: form, decisions: [:])
        for change in met { saving.decisions[change.question] = decisions[change.question] }
        var visit: RecordID?
        let scope = try node.store.row(of: form.household.id)?.scope ?? ""
        let wrote = try written(in: scope, begun: form.draft.begun) {
            for change in form.changes { try save(saving.ready(change), &saving) }
            for change in saving.waiting { try save(change, &saving) }
            visit = try saveVisit(&saving)
        }
        try drafts.finish(
            key,
            saved: visit?.description,
            wrote: form.draft.phone == nil ? nil : wrote,
            now: node.now
        )
        return .saved(
            SavedVisit(
                visit: visit,
                records: saving.records.count,
                isRepeated: false,
                open: []
            )
        )
    }

    private struct Saving {
        let form: VisitForm
        var decisions: [QuestionID: ConcurrentDecision]
        /// What added records are called now.
        var ids: [RecordID: RecordID] = [:]
        /// Fields that name somebody who is added by the same visit and is saved behind their record.
        var waiting: [VisitForm.Change] = []
        /// As the visit calls them.
        var records: Set<RecordID> = []

        /// The change without what waits for a record that is not saved yet.
        mutating func ready(_ change: VisitForm.Change) -> VisitForm.Change {
            let later = change.values.filter { _, value in
                value.record.map { $0.isOfVisit && ids[$0] == nil } ?? false
            }
            guard !later.isEmpty else { return change }
            func part(_ values: [String: Value]) -> VisitForm.Change {
                VisitForm.Change(record: change.record, type: change.type, values: values)
            }
            waiting.append(part(later))
            return part(change.values.filter { later[$0.key] == nil })
        }
    }

    private func save(_ change: VisitForm.Change, _ saving: inout Saving) throws {
        guard !change.record.isOfVisit || saving.ids[change.record] != nil else {
            let values = change.values.filter { $0.value != .null }
            let id = try checked(
                try node.addRecord(
                    change.type,
                    inputs(values, change.type, saving),
                    id: saving.form.draft.name(of: change.record),
                    isOfVisit: true
                ),
                change.record,
                saving
            )
            saving.ids[change.record] = id
            saving.records.insert(change.record)
            return
        }
        let record = saving.ids[change.record] ?? change.record
        var seen: [String: Value] = [:]
        var contested: [String: Value] = [:]
        let joined = joining(change, saving.form)
        for (field, value) in change.values {
            switch saving.decisions[QuestionID(change.record, field)] {
            case nil where joined.own.contains(field): break
            case nil, .mine: seen[field] = value
            case .review: contested[field] = value
            case .theirs: break
            }
        }
        // A contested answer stands beside the colleague's: its author had not seen that one. Nor has
        // whoever asked somebody seen that he was deleted meanwhile: that is for a person to decide.
        let token = saving.form.draft.token
        let isGone = try node.store.row(of: record)?.isGone == true
        for (values, token) in [
            (seen, isGone ? token : nil), (contested, token), (joined.values, token),
        ]
        where !values.isEmpty {
            let saved = try node.editRecord(
                record,
                inputs(values, change.type, saving),
                token: token,
                isOfVisit: true
            )
            _ = try checked(saved, change.record, saving)
            saving.records.insert(change.record)
        }
    }

    /// Answers to fields that merge by themselves and that a colleague has changed unseen: written as
    /// their author saw them they join the colleague's, with their own day and source.
    private func joining(
        _ change: VisitForm.Change,
        _ form: VisitForm
    ) -> (own: Set<String>, values: [String: Value]) {
        guard let record = form.record(change.record) else { return ([], [:]) }
        let fields = record.type.fields.filter { field in
            guard field.merge != .review, change.values[field.name] != nil,
                let answer = form.draft.answers[QuestionID(record.id, field.name)]
            else { return false }
            return answer.isBlind || record.values[field.name] ?? .null != answer.shown
        }
        let sections = Set(fields.compactMap(\.section))
        let provenance = sections.flatMap { ["\($0)_observed_on", "\($0)_source"] }
        let own = Set(fields.map(\.name))
        let names = own.union(fields.isEmpty ? [] : provenance)
        return (own, change.values.filter { names.contains($0.key) })
    }

    private func saveVisit(_ saving: inout Saving) throws -> RecordID? {
        let form = saving.form
        var values = form.values(of: .visit).filter { $0.key != "outcome" && $0.key != "household" }
        values["note"] = noted(form, values["note"]?.text)
        let start = LocalTime(milliseconds: form.draft.begun)?.description ?? ""
        let last = form.draft.phone?.ended ?? max(node.now, form.draft.begun)
        let end = LocalTime(milliseconds: last)?.description ?? ""
        var own = [
            FieldInput("round", form.draft.round), FieldInput("started_at", start),
            FieldInput("ended_at", end),
        ]
        if let author = form.draft.author { own.append(FieldInput("by", author)) }
        let saved = try node.addVisit(
            to: form.household.id,
            outcome: form.outcome ?? "",
            own + inputs(values, "visit", saving),
            id: form.draft.name(of: .visit),
            isOfVisit: true
        )
        saving.records.insert(.visit)
        return try checked(saved, .visit, saving)
    }

    /// The visit's note, with who was named at a door where nobody was asked, as far as there is room.
    private func noted(_ form: VisitForm, _ note: String?) -> Value? {
        let names = form.onlyNamed.map { form.name(of: $0).vi }
        let most =
            switch node.description.type("visit")?.field("note")?.kind {
            case .text(let max): max
            default: 0
            }
        let parts = [note ?? "", names.isEmpty ? "" : "Ở đây: " + names.joined(separator: ", ")]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "; ")
        return (text.unicodeScalars.count <= most ? text : note).map(Value.text)
    }

    /// The saved record, or an end to all of it.
    private func checked(
        _ outcome: SaveOutcome,
        _ record: RecordID,
        _ saving: Saving
    ) throws -> RecordID? {
        guard outcome.isRefused else { return outcome.id }
        throw Refusal(
            problems: outcome.problems.filter { $0.severity == .blocks }.map {
                OpenProblem(step: saving.form.step(of: record, $0), record: record, problem: $0)
            }
        )
    }

    private func inputs(
        _ values: [String: Value],
        _ type: String,
        _ saving: Saving
    ) -> [FieldInput] {
        values.sorted { $0.key < $1.key }.map { name, value in
            let real = value.record.flatMap { saving.ids[$0] }.map(Value.reference) ?? value
            let kind = node.description.type(type)?.field(name)?.kind
            return FieldInput(name, Self.text(real, kind))
        }
    }

    /// A stored value as the form's reader takes it back.
    private static func text(_ value: Value, _ kind: FieldKind?) -> String {
        switch (value, kind) {
        case (.text(let text), _): return text
        case (.integer(let number), .microdegrees):
            let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
            let digits = String(rest)
            let zeros = String(repeating: "0", count: 6 - digits.count)
            return "\(number < 0 ? "-" : "")\(whole).\(zeros)\(digits)"
        case (.integer(let number), _): return String(number)
        case (.reference(let record), _): return record.description
        case (.null, _), (.erased, _), (.bytes, _): return ""
        }
    }

    // MARK: Colleagues

    /// Fields that this visit answers and that colleagues have changed since they were shown.
    func concurrent(_ form: VisitForm) throws -> [ConcurrentChange] {
        try form.draft.answers.keys.sorted().compactMap { try concurrent($0, form) }
    }

    /// What a colleague did to the field of an answer meanwhile, where it says something else.
    func concurrent(_ question: QuestionID, _ form: VisitForm) throws -> ConcurrentChange? {
        guard !question.record.isOfVisit, let answer = form.draft.answers[question],
            let record = form.record(question.record),
            let field = record.type.field(question.field),
            field.merge == .review
        else { return nil }
        let now = record.values[question.field] ?? .null
        let mine = form.values(of: record)[question.field] ?? .null
        guard now != mine, answer.isBlind || now != answer.shown else { return nil }
        let unseen = try node.store.unseen(
            of: question.record,
            fields: [question.field],
            since: form.draft.token
        )[question.field]?.max { $0.time < $1.time }
        return ConcurrentChange(
            question: question,
            label: field.label,
            record: form.name(of: question.record),
            mine: form.shown(mine, field),
            theirs: form.shown(now, field),
            author: try unseen.map { try node.displayName(of: $0.author) } ?? "",
            node: unseen?.node ?? "",
            at: unseen?.time.milliseconds ?? form.draft.begun
        )
    }
}
