import Causality
import Store
package import Survey

/// The pages of a visit in the order of the form (data model, section 14).
extension VisitForm {
    /// Pages of this visit: all of them once somebody answers, else only what came of it, and where
    /// something stands in the way of the end.
    package var steps: [Step] {
        guard isInterview else {
            let isBare = draft.answers.keys.allSatisfy { $0.record == .visit }
            var shown: Set<Step> = [.outcome, .finish]
            if !isBare { shown.formUnion(blocking.map(\.step)) }
            // Who has moved away with the household, and where to.
            if outcome == "moved" { shown.insert(.members) }
            return interview.filter(shown.contains)
        }
        return interview
    }

    private var interview: [Step] {
        let asked = members.filter { !isGone($0) }.map { Step.person($0.id) }
        let benefits: [Step] = asked.isEmpty ? [] : [.benefits]
        return [.outcome, .members, .devices] + asked + benefits + [.notice, .finish]
    }

    /// The first page that is still to be gone through.
    package var nextOpen: Step { steps.first { !isDone($0) } ?? .finish }

    /// Whether a page was gone through, or has nothing to ask: who was told in this round is not told
    /// again.
    package func isDone(_ step: Step) -> Bool {
        draft.passed.contains(step.description) || step == .notice && notice != nil
    }

    /// One page as it stands; nil for a page that this visit does not have.
    package func screen(_ step: Step) -> Screen? {
        guard steps.contains(step) else { return nil }
        let groups = groups(step)
        let own = Set(groups.flatMap(\.questions).map(\.id.record))
        let wide = warnings.filter {
            // What is not asked yet is told at the end.
            $0.problem.field == nil && $0.problem.code != "adult_unasked"
                && ($0.step == step || own.contains($0.record) && step != .finish)
        }
        return Screen(
            step: step,
            title: title(of: step),
            groups: groups,
            canConfirm: step == .members || !confirmable(step).isEmpty,
            isPassed: draft.passed.contains(step.description),
            previous: self.step(before: step),
            next: self.step(behind: step),
            problems: wide.map(\.problem)
        )
    }

    /// The page before another one; nil before the first, and for one that this visit does not have.
    package func step(before step: Step) -> Step? {
        let steps = steps
        guard let position = steps.firstIndex(of: step), position > 0 else { return nil }
        return steps[position - 1]
    }

    /// The page behind another one; nil behind the last, and for one that this visit does not have.
    package func step(behind step: Step) -> Step? {
        let steps = steps
        guard let position = steps.firstIndex(of: step), position + 1 < steps.count else {
            return nil
        }
        return steps[position + 1]
    }

    /// What a page is headed.
    package func title(of step: Step) -> Label {
        switch step {
        case .outcome: Label("Kết quả lượt đến", "Outcome of the visit")
        case .members: Label("Ai còn ở đây", "Who still lives here")
        case .devices: Label("Thiết bị, Internet", "Devices, Internet")
        case .person(let id): name(of: id)
        case .benefits: Label("Lương hưu, trợ cấp", "Pensions and allowances")
        case .notice: Label("Thông báo, đồng ý", "Notice and consent")
        case .finish: Label("Kết thúc", "Finish")
        }
    }

    private func groups(_ step: Step) -> [QuestionGroup] {
        switch step {
        case .outcome:
            return group(.visit, of: nil, Label("Lượt đến", "Visit")) { $0.name != "note" }
                + (isInterview ? [] : householdState)
        case .members:
            return members.flatMap { member in
                group(member.id, of: nil, name(of: member.id)) { Self.presence.contains($0.name) }
            }
        case .devices:
            return sections(of: household.id)
                + group(
                    household.id,
                    of: nil,
                    Label("Về hộ", "The household"),
                    isFolded: isHeadKnown
                ) { _ in true }
        case .person(let id):
            let own = group(id, of: nil, Label("Thông tin cá nhân", "Personal facts")) {
                !Self.presence.contains($0.name)
            }
            let accounts = belongings("payment_account", of: id).flatMap { account in
                // What was just added is there to be asked about, and what the answers leave in doubt.
                let isFolded = !account.id.isOfVisit && !isInDoubt(account)
                let own = group(account.id, of: nil, account.type.label, isFolded: isFolded) { _ in
                    true
                }
                return own + sections(of: account.id, isFolded: isFolded)
            }
            return own + sections(of: id) + accounts
        case .benefits:
            return belongings("benefit").filter { !isGone(holder: $0) }.flatMap { benefit in
                group(benefit.id, of: nil, name(of: benefit.id)) { _ in true }
                    + sections(of: benefit.id)
            }
        case .notice:
            return group(notice?.id ?? .notice, of: nil, Label("Thông báo", "Notice")) { _ in true }
        case .finish:
            return group(.visit, of: nil, Label("Ghi chú", "Note")) { $0.name == "note" }
        }
    }

    /// A house without people is told apart from one that was only not met.
    private var householdState: [QuestionGroup] {
        guard let outcome, Self.leftHouses.contains(outcome) else { return [] }
        return group(household.id, of: nil, Label("Tình trạng hộ", "State of the household")) {
            Self.houseState.contains($0.name)
        }
    }

    func isGone(holder record: FormRecord) -> Bool {
        record.values["resident"]?.record.flatMap { self.record($0) }.map { isGone($0) } ?? false
    }

    // MARK: Groups

    private func sections(of id: RecordID, isFolded: Bool = false) -> [QuestionGroup] {
        guard let type = record(id)?.type else { return [] }
        return description.sections.filter { $0.type == type.name }.flatMap { section in
            group(id, of: section, section.label, isFolded: isFolded) { _ in true }
        }
    }

    /// The questions of one section, or of the record itself; none where nothing of it is asked.
    private func group(
        _ id: RecordID,
        of section: Section?,
        _ title: Label,
        isFolded: Bool = false,
        _ isWanted: (Field) -> Bool
    ) -> [QuestionGroup] {
        guard let record = record(id) else { return [] }
        let values = standing(record)
        let fields = record.type.fields.filter {
            $0.section == section?.name && isWanted($0) && isAsked($0, record, values)
        }
        guard fields.contains(where: { !$0.isProvenance }) else { return [] }
        let problems = Dictionary(grouping: self.problems(of: id)) { $0.field ?? "" }
        let chosen = section?.answers.first { Self.stands($0, values) }
        let questions = fields.map { field in
            question(
                field,
                record,
                values,
                problems[field.name] ?? [],
                isFolded: isFoldedAway(field, section, chosen, values, record)
            )
        }
        let section = section.map { SectionID(id, $0.name) }
        let day = section.flatMap { values["\($0.section)_observed_on"]?.text }
        return [
            QuestionGroup(
                id: section ?? SectionID(id, ""),
                title: title,
                hint: sectionHint(section?.section),
                answers: answers(of: section, record, chosen),
                questions: questions,
                observedOn: day.flatMap { CalendarDay($0) },
                isSettled: section.map { isTouched($0) || isConfirmed($0) } ?? false,
                isFolded: isFolded
                    || !questions.contains { !$0.isFolded } && chosen == nil
                        && !fields.contains { $0.requirement != .optional }
            )
        ]
    }

    /// What a section is about.
    func title(of section: SectionID) -> Label {
        let type = record(section.record)?.type.name
        let found = description.sections.first { $0.name == section.section && $0.type == type }
        return found?.label ?? Label(section.section, section.section)
    }

    private func sectionHint(_ name: String?) -> Label? {
        description.sections.first { $0.name == name }?.hint
    }

    private func answers(
        of section: SectionID?,
        _ record: FormRecord,
        _ chosen: SectionAnswer?
    ) -> [GroupAnswer] {
        let found = description.sections.first {
            $0.name == section?.section && $0.type == record.type.name
        }
        return (found?.answers ?? []).map {
            GroupAnswer(kind: $0.kind, label: $0.label, isChosen: $0 == chosen)
        }
    }

    /// Whether the record says what the button says.
    private static func stands(_ answer: SectionAnswer, _ values: [String: Value]) -> Bool {
        answer.sets.allSatisfy { (values[$0.key] ?? .null) == $0.value }
    }

    /// Optional facts, what the large buttons say already, and what stands and needs no change.
    private func isFoldedAway(
        _ field: Field,
        _ section: Section?,
        _ chosen: SectionAnswer?,
        _ values: [String: Value],
        _ record: FormRecord
    ) -> Bool {
        if field.isProvenance { return true }
        let isEmpty = values[field.name] == nil
        // The day of a state that this visit has found to be another.
        if isEmpty, field.isOutdated(from: record.values, to: values) { return false }
        if let section, !section.answers.isEmpty {
            if chosen?.sets[field.name] != nil { return true }
            // Before any answer the buttons ask, and nothing else.
            if chosen == nil, isEmpty, !hasAnswers(section.name, record, values) { return true }
            let leads = section.answers.first { $0.kind == .yes }?.sets[field.name] != nil
            // Before any button, the buttons ask; a code that none of them says is shown.
            if leads { return isEmpty || chosen != nil }
        }
        let isAnswered = draft.answers[QuestionID(record.id, field.name)] != nil
        if isAnswered || record.id.isOfVisit && Self.firstQuestions.contains(field.name) {
            return false
        }
        if Self.presence.contains(field.name) { return false }
        // What needs a yes is asked until there is an answer.
        if record.type.name == "notice", isEmpty, isConsent(field) { return false }
        if section == nil, !isEmpty, record.type.name != "visit" { return true }
        return !isNeeded(field, record) && section?.name != "bhyt"
    }

    /// What is asked about somebody or something new, needed or not, and of every visit.
    private static let firstQuestions: Set = [
        "full_name", "birth", "sex", "relation", "residence", "personal_id", "phone", "kind",
        "channel", "outcome", "respondent", "respondent_kind", "given_how", "note",
    ]

    // MARK: One question

    private func question(
        _ field: Field,
        _ record: FormRecord,
        _ values: [String: Value],
        _ problems: [Problem],
        isFolded: Bool
    ) -> Question {
        let value = values[field.name] ?? .null
        let id = QuestionID(record.id, field.name)
        return Question(
            id: id,
            label: field.label,
            input: input(field, value, record),
            proposals: proposals(field, record, values),
            value: value,
            shown: shown(value, field),
            typed: Label(field.show(value, .vi), field.show(value, .en)),
            hint: hint(field, record, value),
            problems: problems,
            isNeeded: isNeeded(field, record),
            isRequired: field.requirement == .save,
            isFolded: isFolded && problems.isEmpty,
            isAnswered: draft.answers[id] != nil
        )
    }

    /// A value as people read it; a person by name.
    func shown(_ value: Value, _ field: Field) -> Label {
        if let person = value.record { return name(of: person) }
        return Label(field.words(value, .vi), field.words(value, .en))
    }

    private func hint(_ field: Field, _ record: FormRecord, _ value: Value) -> Label? {
        if record.disputed.contains(field.name) {
            return Label(
                "Đang có hai câu trả lời khác nhau: hỏi lại",
                "Two different answers stand: ask again"
            )
        }
        if field.name == "personal_id", let number = value.text.flatMap({ PersonalNumber($0) }) {
            return Label(number.grouped, number.grouped)
        }
        if record.id == household.id, field.name == "head", !isHeadKnown {
            return Label(
                "Hộ chưa có chủ hộ: chọn một người, rồi xem lại quan hệ của những người khác",
                "The household has no head: choose one, then look again how the others are related"
            )
        }
        let consent = description.purpose(of: field, in: record.type)?.name.consent
        guard let consent, self.consent(consent) == nil else { return nil }
        return Label(
            "Mục tự nguyện: hỏi sự đồng ý ở trang Thông báo",
            "Voluntary: ask for consent on the page Notice"
        )
    }

    private func input(_ field: Field, _ value: Value, _ record: FormRecord) -> Question.Input {
        switch field.kind {
        case .text(let max), .personName(let max): return .text(max: max)
        case .integer(let range): return .number(range)
        case .microdegrees, .bytes: return .text(max: 60)
        case .date: return .date(partial: false)
        case .partialDate: return .date(partial: true)
        case .localTime: return .time
        case .phone, .personalID, .oldPersonalID, .taxCode: return .digits
        case .code(let choices):
            return .choice(offered(choices, field, value).map { choice($0, value) })
        case .fourValued:
            return .choice(offered(Choice.fourValues, field, value).map { choice($0, value) })
        case .codeSet(let choices):
            let codes = Set(value.text?.split(separator: ",").map(String.init) ?? [])
            return .choices(
                choices.map {
                    AnswerChoice(code: $0.code, label: $0.label, isChosen: codes.contains($0.code))
                }
            )
        case .reference:
            return .choice(
                people(for: field, of: record, value).map { member in
                    AnswerChoice(
                        code: member.id.description,
                        label: name(of: member.id),
                        isChosen: value.isRecord(member.id)
                    )
                }
            )
        }
    }

    private func choice(_ choice: Choice, _ value: Value) -> AnswerChoice {
        AnswerChoice(code: choice.code, label: choice.label, isChosen: value.text == choice.code)
    }
}
