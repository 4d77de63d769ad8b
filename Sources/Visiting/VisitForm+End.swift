package import Causality
import Node
import Store
package import Survey

/// What is still open, and what is to be saved.
extension VisitForm {
    /// What is wrong with one record as it will be saved.
    package func problems(of id: RecordID) -> [Problem] {
        guard let record = record(id) else { return [] }
        let values = values(of: record)
        var others: [String: [String: Value]] = [:]
        for field in record.type.fields {
            guard case .reference = field.kind, let other = values[field.name]?.record else {
                continue
            }
            others[field.name] = self.values(of: other)
        }
        return description.check(
            record.type.name,
            fields: saved(values, of: record),
            today: today,
            isNew: false,
            parent: record.type.parent.flatMap { others[$0] },
            others: others
        )
    }

    /// The visit's own fields that nobody types.
    private func saved(_ values: [String: Value], of record: FormRecord) -> [String: Value] {
        guard record.id == .visit else { return values }
        let start = LocalTime(milliseconds: draft.begun)?.description ?? ""
        return values.merging(["round": .text(draft.round), "started_at": .text(start)]) { $1 }
    }

    /// Required fields that are missing in records which the visit adds: nothing is saved before.
    package var blocking: [OpenProblem] {
        let told: [RecordID] = isNoticeGiven ? [.notice] : []
        return (kept.map(\.id) + told + [.visit]).flatMap { id in
            guard let record = record(id) else { return [OpenProblem]() }
            let values = saved(values(of: record), of: record)
            return record.type.fields.compactMap { field in
                let isNeeded =
                    field.requirement == .save || field.name == "refusal_scope" && isScopeOpen
                guard isNeeded, values[field.name] == nil, !isKept(field, record.type) else {
                    return nil
                }
                let problem = field.problem("required", "bắt buộc", "is required")
                return OpenProblem(step: step(of: id, problem), record: id, problem: problem)
            }
        }
            + warnings.filter { problem in
                problem.problem.severity == .blocks
                    && (!isWithdrawn || [.visit, .notice].contains(problem.record))
            } + unconsented + (isWithdrawn ? [] : outdated)
    }

    /// Sections that were confirmed as they stood, and that a colleague has changed since.
    private var outdated: [OpenProblem] {
        draft.confirmed.keys.sorted().compactMap { section in
            guard !isConfirmed(section), !isTouched(section) else { return nil }
            let field = record(section.record)?.type.fields.first {
                $0.section == section.section && !$0.isProvenance
            }
            let title = title(of: section)
            let problem = Problem(
                .blocks,
                field?.name,
                "confirmed_changed",
                Label(
                    "\(title.vi): đồng nghiệp đã sửa sau khi bấm Như lần trước, xem lại rồi bấm lại",
                    "\(title.en): a colleague has changed it since it was confirmed, look and confirm again"
                )
            )
            return OpenProblem(
                step: step(of: section.record, problem),
                record: section.record,
                problem: problem
            )
        }
    }

    /// Voluntary answers of this visit to which the household has not said yes; silence is none
    /// (`law-and-privacy.md`, Law 91/2025, article 9).
    private var unconsented: [OpenProblem] {
        guard !isWithdrawn else { return [] }
        let waiting = draft.answers.filter { question, answer in
            guard answer.value != .null, answer.value != .text("none"),
                let record = record(question.record),
                let field = record.type.field(question.field),
                let consent = consentField(of: field, record.type)
            else { return false }
            return self.consent(consent) == nil
                && values(of: record)[field.name] != record.values[field.name]
        }
        var labels: [String: (field: Field, record: RecordID)] = [:]
        for question in waiting.keys.sorted() {
            guard let field = record(question.record)?.type.field(question.field) else { continue }
            labels[field.name] = labels[field.name] ?? (field, question.record)
        }
        return labels.sorted { $0.key < $1.key }.map { _, found in
            let problem = found.field.problem(
                "consent_unasked",
                "mục tự nguyện, hỏi hộ có đồng ý không trước khi ghi",
                "voluntary, ask whether the household agrees before it is recorded"
            )
            return OpenProblem(step: .notice, record: found.record, problem: problem)
        }
    }

    /// Answers of this visit that are not saved: the household does not agree to what they are for, or
    /// has refused all of it after them.
    package var declined: [OpenQuestion] {
        draft.answers.keys.sorted().compactMap { question in
            guard let record = record(question.record),
                let field = record.type.field(question.field),
                isWithdrawn && record.id != .visit && !field.isProvenance
                    || isDeclined(field.name, record.type)
            else { return nil }
            return OpenQuestion(
                step: step(of: question),
                question: question,
                record: name(of: record.id),
                field: field.label
            )
        }
    }

    /// Whether a refusal does not say yet what becomes of what was answered before it.
    private var isScopeOpen: Bool {
        guard outcome == "refused" else { return false }
        let named = onlyNamed
        return draft.answers.keys.contains {
            isOfHousehold($0.record) && !named.contains($0.record)
        }
    }

    /// Whether a refusal of all takes away what is said of a record: all but the visit and its notice.
    func isOfHousehold(_ record: RecordID) -> Bool {
        ![.visit, .notice, notice?.id].contains(record)
    }

    /// Whether the household has refused the whole visit, whatever was answered before.
    var isWithdrawn: Bool {
        outcome == "refused" && values(of: .visit)["refusal_scope"]?.text == "visit"
    }

    /// What does not fit: shown at the end, never in the way of it.
    package var warnings: [OpenProblem] {
        let single = records.flatMap { record in
            problems(of: record.id).map {
                OpenProblem(step: step(of: record.id, $0), record: record.id, problem: $0)
            }
        }
        let together = description.checkHousehold(
            values(of: household),
            members: members.map { values(of: $0) },
            outcome: outcome,
            today: today
        )
        return single
            + together.map {
                OpenProblem(step: step(ofHousehold: $0), record: household.id, problem: $0)
            } + (household.isGone ? [gone] : [])
    }

    private var gone: OpenProblem {
        let problem = Problem(
            .warns,
            nil,
            "household_gone",
            Label(
                "hộ này đã bị xóa hoặc chuyển đi trong lúc khảo sát: những gì ghi chờ người phụ trách quyết định",
                "the household was deleted or moved during the visit: what is recorded waits for a decision"
            )
        )
        return OpenProblem(step: .finish, record: household.id, problem: problem)
    }

    /// Questions of the form that are still without an answer, in the order of its pages.
    package var missing: [OpenQuestion] {
        asked.flatMap { record in
            description.incomplete(
                record.type.name,
                fields: standing(record),
                today: today,
                children: belongingValues(of: record)
            )
            .filter { !isKept($0, record.type) && isNeeded($0, record) }
            .map { field in
                let question = QuestionID(record.id, field.name)
                return OpenQuestion(
                    step: step(of: question),
                    question: question,
                    record: name(of: record.id),
                    field: field.label
                )
            }
        }
    }

    /// What belongs to a person, by type.
    private func belongingValues(of record: FormRecord) -> [String: [[String: Value]]] {
        guard record.type.name == "resident" else { return [:] }
        return ["payment_account", "benefit"].reduce(into: [:]) { all, type in
            all[type] = belongings(type, of: record.id).map { values(of: $0) }
        }
    }

    /// Records whose questions belong to this visit: all once somebody answers, the notice of this
    /// round among them; of a household that has moved away since when its people are gone.
    private var asked: [FormRecord] {
        if isInterview {
            let untold = notice == nil && !isNoticeGiven
            return records + (untold ? [record(.notice)].compactMap(\.self) : [])
        }
        let left = outcome == "moved" ? members.filter { isGone($0) } : []
        return [record(.visit)].compactMap(\.self) + left
    }

    /// The visit, the household, its people and what is theirs, the notice if it is given.
    private var records: [FormRecord] {
        let first = [record(.visit), household].compactMap(\.self)
        let belonging = belongings("payment_account") + belongings("benefit")
        let told =
            isNoticeGiven ? [record(.notice)].compactMap(\.self) : [notice].compactMap(\.self)
        return first + members + belonging + told
    }

    /// Who was asked in this visit and is of another household by now, with the number of answers.
    package var answeredElsewhere: [(person: RecordID, answers: Int)] {
        elsewhere.filter { $0.type.name == "resident" }.compactMap { person in
            let own = draft.answers.keys.count { question in
                guard let record = record(question.record), isElsewhere(record.id) else {
                    return false
                }
                return record.id == person.id
                    || record.values["resident"]?.isRecord(person.id) == true
            }
            return own > 0 ? (person.id, own) : nil
        }
    }

    package var outcome: String? { values(of: .visit)["outcome"]?.text }

    /// Whether somebody answered, so that the household was asked.
    package var isInterview: Bool { ["complete", "partial"].contains(outcome) }

    /// Whether this visit tells the household what it has not been told in this round.
    var isNoticeGiven: Bool {
        guard notice == nil else { return false }
        let asked = Purpose.Name.allCases.compactMap(\.consent) + ["given_how"]
        return asked.contains { draft.answers[QuestionID(.notice, $0)]?.value.isAnswer == true }
    }

    // MARK: Changes

    /// Fields of one record that the visit changes; of a new one all that are filled.
    struct Change: Hashable, Sendable {
        let record: RecordID
        let type: String
        /// `.null` for what is cleared.
        let values: [String: Value]
    }

    /// Added records that are saved: where nobody was asked after all, not those of which nothing
    /// was said, nor people of whom only the name is known.
    private var kept: [VisitDraft.Added] {
        guard !isInterview else { return draft.added }
        let named = onlyNamed
        return isWithdrawn
            ? [] : draft.added.filter { !isUntouched($0) && !named.contains($0.id) }
    }

    /// Where nobody was asked, people who were added by name alone: too little for a record of their
    /// own, so that the visit's note tells of them.
    package var onlyNamed: [RecordID] {
        guard !isInterview, !isWithdrawn else { return [] }
        return draft.added.filter { added in
            let said = Set(draft.answers.keys.filter { $0.record == added.id }.map(\.field))
            return added.type == "resident" && said.contains("full_name")
                && said.isSubset(of: ["full_name", "relation"])
                && !draft.added.contains { $0.parent == added.id }
                && !draft.answers.values.contains { $0.value.isRecord(added.id) }
        }.map(\.id)
    }

    /// What is to be saved, each record behind the one that it belongs to: the notice, on which what is
    /// voluntary rests, people, what is theirs, the household.
    var changes: [Change] {
        let told =
            notice.map { [$0] } ?? (isNoticeGiven ? [record(.notice)].compactMap(\.self) : [])
        let left = draft.added.map(\.id).filter { id in !kept.contains { $0.id == id } }
        let order =
            told + members + elsewhere.filter { $0.type.name == "resident" }
            + belongings("payment_account") + belongings("benefit")
            + elsewhere.filter { $0.type.name != "resident" } + [household]
        return (isWithdrawn ? told : order).filter { !left.contains($0.id) }.compactMap { record in
            let changed = changedValues(of: record)
            guard !changed.isEmpty else { return nil }
            return Change(record: record.id, type: record.type.name, values: changed)
        }
    }

    private func changedValues(of record: FormRecord) -> [String: Value] {
        let now = values(of: record)
        let before = record.id.isOfVisit ? [:] : record.values
        var changed: [String: Value] = [:]
        for name in Set(now.keys).union(before.keys) {
            let value = now[name] ?? .null
            let isDecided =
                record.disputed.contains(name)
                && draft.answers[QuestionID(record.id, name)] != nil
            if value != before[name] ?? .null || isDecided { changed[name] = value }
        }
        for section in description.sections where section.type == record.type.name {
            let id = SectionID(record.id, section.name)
            guard let asked = askedOn(id) else { continue }
            let day = "\(section.name)_observed_on"
            let isAnyNew = {
                record.type.fields.contains {
                    $0.section == section.name && changed[$0.name] != nil
                }
            }
            let source = "\(section.name)_source"
            if let known = before[day]?.text.flatMap({ CalendarDay($0) }), known > asked {
                // Somebody has said it since: that is the later word, with its day and its source. What
                // is new is saved with them, else saving would say today, and whose word is usual.
                if isAnyNew() {
                    changed[day] = .text(known.description)
                    changed[source] = changed[source] ?? before[source]
                }
                continue
            }
            // Whoever confirms an answer says it that day: nobody has looked at a paper again.
            if draft.answers[QuestionID(record.id, source)] == nil {
                let usual = Value.text(self.source(of: record, section))
                changed[source] = before[source] == usual ? nil : usual
            }
            // With what is new it is said also where it is the recorded one: else saving would say today.
            if isAnyNew() || before[day] != .text(asked.description) {
                changed[day] = .text(asked.description)
            }
        }
        return changed
    }

    /// The day on which a section was asked last in this visit; nil where it was not.
    private func askedOn(_ section: SectionID) -> CalendarDay? {
        guard let type = record(section.record)?.type else { return nil }
        let given = draft.answers.filter { question, _ in
            question.record == section.record
                && type.field(question.field)?.section == section.section
        }
        let days =
            given.values.map(\.day)
            + (isConfirmed(section) ? [draft.confirmed[section]?.day].compactMap(\.self) : [])
        // A clock that was put back dates nothing in the future.
        return days.max().map { min($0, today) }
    }

    /// Said by the person, or by whoever answered the door for him.
    private func source(of record: FormRecord, _ section: Section) -> String {
        let person: RecordID? =
            record.type.name == "resident" ? record.id : record.values["resident"]?.record
        let visit = values(of: .visit)
        guard let person, section.usualSource == "self" else { return section.usualSource }
        switch visit["respondent_kind"]?.text {
        case "member": return visit["respondent"]?.isRecord(person) == true ? "self" : "proxy"
        case "other-adult": return "proxy"
        default: return "self"
        }
    }
}
