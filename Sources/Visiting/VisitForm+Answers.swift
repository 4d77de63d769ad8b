package import Causality
import Store
package import Survey

/// Answers, one by one: each is taken or refused, and nothing that was taken is lost.
extension VisitForm {
    /// Takes an answer as it was typed or tapped; an empty text takes it away.
    ///
    /// - Parameters:
    ///   - question: one of ``screen(_:)``'s.
    ///   - text: a code, or what was typed.
    ///   - acceptsProposal: takes a value that is only likely, such as a number with its zero
    ///     restored, because somebody has looked at it.
    ///   - isBlind: a colleague has changed the field since the page was shown.
    /// - Returns: whether it is kept; a refused one changes nothing.
    /// - Throws: ``VisitingError/noQuestion`` for what the form does not ask, and at the limits.
    package mutating func answer(
        _ question: QuestionID,
        _ text: String,
        acceptsProposal: Bool = false,
        isBlind: Bool = false
    ) throws(VisitingError) -> AnswerOutcome {
        reachDay()
        guard let record = record(question.record), let field = record.type.field(question.field),
            !isKept(field, record.type)
        else { throw .noQuestion }
        guard text.utf8.count <= VisitingLimits.inputBytes else {
            return .refused([field.tooLong(text)])
        }
        let value: Value
        switch field.parse(text, today: today) {
        case .empty: value = .null
        case .value(let read, _): value = read
        case .refused(let problem): return .refused([problem])
        case .proposed(let read, let problem):
            guard acceptsProposal else {
                let shown = Label(field.words(read, .vi), field.words(read, .en))
                let confirm = Problem(
                    .blocks,
                    field.name,
                    problem.code,
                    Label("\(problem.text.vi): \(shown.vi)?", "\(problem.text.en): \(shown.en)?")
                )
                return .refused([confirm], proposal: read)
            }
            value = read
        }
        if let problem = misplaced(value, field, record) ?? passed(value, field) {
            return .refused([problem])
        }
        var changed = self
        let before = draft.answers[question]?.value
        try changed.set(question, value, in: record, isBlind: isBlind)
        if question == Self.outcome { try changed.followOutcome() }
        if question == QuestionID(household.id, "head") { try changed.followHead(before) }
        let found = changed.problems(of: record.id).filter { $0.field == field.name }
        guard !found.contains(where: { $0.severity == .blocks }) else { return .refused(found) }
        self = changed
        return AnswerOutcome(isAccepted: true, problems: found, proposal: nil)
    }

    private static let outcome = QuestionID(.visit, "outcome")

    /// A house that was found left or is not there is so from that day on, and one where somebody
    /// answers is lived in again; taken back with the outcome.
    private mutating func followOutcome() throws(VisitingError) {
        let state = QuestionID(household.id, "state")
        let since = QuestionID(household.id, "state_on")
        if let said = draft.answers[state]?.value.text,
            Self.leftHouses.contains(said) || said == Self.livedIn
        {
            takeBack(state)
            takeBack(since)
        }
        let recorded = household.values["state"]?.text
        let isFound = isInterview && recorded.map(Self.leftHouses.contains) ?? false
        let left = outcome.flatMap { Self.leftHouses.contains($0) ? $0 : nil }
        guard let found = isFound ? Self.livedIn : left, draft.answers[state] == nil,
            recorded != found
        else { return }
        try set(state, .text(found), in: household)
        try set(since, .text(day.description), in: household)
    }

    /// Whoever is chosen as head is so to himself as well; taken back with the choice.
    private mutating func followHead(_ before: Value?) throws(VisitingError) {
        if let earlier = before?.record.flatMap({ record($0) }),
            earlier.values["relation"] != .text("head")
        {
            let relation = QuestionID(earlier.id, "relation")
            if draft.answers[relation]?.value == .text("head") { takeBack(relation) }
        }
        let chosen = draft.answers[QuestionID(household.id, "head")]?.value.record
        guard let head = chosen.flatMap({ record($0) }),
            values(of: head)["relation"] != .text("head")
        else { return }
        try set(QuestionID(head.id, "relation"), .text("head"), in: head)
    }

    private static let livedIn = "occupied"

    /// Outcomes that say what became of the house, in the words of its state.
    static let leftHouses: Set = ["vacant", "moved", "not-found"]

    /// One of the large buttons of a section: Có, Chưa, Không biết.
    ///
    /// `unseen`: fields that a colleague has changed since the buttons were shown.
    package mutating func answer(
        _ section: SectionID,
        _ kind: SectionAnswer.Kind,
        unseen: Set<String> = []
    ) throws(VisitingError) -> AnswerOutcome {
        guard let record = record(section.record),
            let answer = description.sections.first(where: {
                $0.name == section.section && $0.type == record.type.name
            })?.answers.first(where: { $0.kind == kind })
        else { throw .noQuestion }
        reachDay()
        var changed = self
        let values = values(of: record)
        for (name, code) in answer.undoes where values[name] == .text(code) {
            try changed.set(
                QuestionID(record.id, name),
                .null,
                in: record,
                isBlind: unseen.contains(name)
            )
        }
        let cause = QuestionID(record.id, "\(section.section)_unknown")
        if answer.sets[cause.field] == nil { changed.draft.answers[cause] = nil }
        for (name, value) in answer.sets.sorted(by: { $0.key < $1.key }) {
            try changed.set(
                QuestionID(record.id, name),
                value,
                in: record,
                isBlind: unseen.contains(name)
            )
        }
        self = changed
        let found = problems(of: record.id).filter { answer.sets[$0.field ?? ""] != nil }
        return AnswerOutcome(isAccepted: true, problems: found, proposal: nil)
    }

    /// Takes this visit's answer back: what stood there before stands again.
    package mutating func takeBack(_ question: QuestionID) {
        draft.answers[question] = nil
    }

    /// What somebody has decided about an answer whose field a colleague has changed meanwhile.
    mutating func decide(_ question: QuestionID, _ decision: ConcurrentDecision) {
        guard let answer = draft.answers[question] else { return }
        switch decision {
        case .theirs: takeBack(question)
        case .review: draft.answers[question]?.isForReview = true
        case .mine:
            // Given anew by somebody who has seen the colleague's.
            draft.answers[question] = VisitDraft.Answer(
                value: answer.value,
                shown: record(question.record)?.values[question.field] ?? .null,
                isBlind: false,
                day: answer.day
            )
        }
    }

    private mutating func set(
        _ question: QuestionID,
        _ value: Value,
        in record: FormRecord,
        isBlind: Bool = false
    ) throws(VisitingError) {
        guard draft.answers[question] != nil || draft.answers.count < VisitingLimits.answers else {
            throw .tooLarge
        }
        let earlier = draft.answers[question]
        draft.answers[question] = VisitDraft.Answer(
            value: value,
            shown: earlier?.isBlind == true
                ? earlier?.shown ?? .null : record.values[question.field] ?? .null,
            isBlind: isBlind || earlier?.isBlind == true,
            day: day
        )
        let field = record.type.field(question.field)
        guard let section = field?.section, field?.isProvenance == false else { return }
        let cause = QuestionID(record.id, "\(section)_unknown")
        if value.text == "unknown" {
            draft.answers[cause] = VisitDraft.Answer(
                value: .text("dont-know"),
                shown: record.values[cause.field] ?? .null,
                isBlind: false,
                day: day
            )
        } else if value.isAnswer {
            draft.answers[cause] = nil
        }
    }

    /// References name people of this household only, and nobody himself.
    ///
    /// Who was met at the door on a phone's visit was of the household then, whatever came of him since.
    private func misplaced(_ value: Value, _ field: Field, _ record: FormRecord) -> Problem? {
        guard let target = value.record else { return nil }
        if target == record.id { return field.namesItself }
        let isOfDoor = draft.phone != nil && ["visit", "notice"].contains(record.type.name)
        guard case .reference(to: "resident") = field.kind,
            (members + (isOfDoor ? elsewhere : [])).contains(where: { $0.id == target })
        else {
            return field.problem(
                "not_a_member",
                "không phải người của hộ này",
                "is not of this household"
            )
        }
        return nil
    }

    /// A day that is agreed at the door lies ahead; what a list says of a visit may be long ago.
    private func passed(_ value: Value, _ field: Field) -> Problem? {
        guard case .future = field.days, let agreed = value.text.flatMap({ CalendarDay($0) }),
            agreed <= day
        else { return nil }
        return field.problem("date_past", "phải sau hôm nay", "must be after today")
    }

    // MARK: Như lần trước

    /// Confirms what stands on a page, with the date of the day, and goes on.
    ///
    /// Of a person all sections that were answered before; questions that were never answered stay open.
    package mutating func confirm(_ step: Step) throws(VisitingError) {
        reachDay()
        for section in confirmable(step) { draft.confirmed[section] = confirmation(of: section) }
        guard draft.confirmed.count <= VisitingLimits.answers else { throw .tooLarge }
        draft.passed.insert(step.description)
    }

    /// Confirms one section as it stands.
    package mutating func confirm(_ section: SectionID) throws(VisitingError) {
        guard let record = record(section.record),
            hasAnswers(section.section, record, values(of: record), asked: true)
        else { throw .noQuestion }
        reachDay()
        draft.confirmed[section] = confirmation(of: section)
    }

    /// Something on the page was answered that asks something more.
    package mutating func unpass(_ step: Step) {
        draft.passed.remove(step.description)
    }

    /// The page was gone through: nothing on it is to be changed.
    package mutating func pass(_ step: Step) {
        draft.passed.insert(step.description)
    }

    /// Sections of a page with answers of an earlier day that this visit has not touched.
    package func confirmable(_ step: Step) -> [SectionID] {
        let records: [FormRecord] =
            switch step {
            case .devices: [household]
            case .person(let id):
                [record(id)].compactMap(\.self) + belongings("payment_account", of: id)
            case .benefits: belongings("benefit").filter { !isGone(holder: $0) }
            default: []
            }
        return records.flatMap { record in
            let values = values(of: record)
            return description.sections.filter { $0.type == record.type.name }
                .map { SectionID(record.id, $0.name) }
                .filter {
                    hasAnswers($0.section, record, values, asked: true) && !isTouched($0)
                }
        }
    }

    /// Whether a section was ever answered; `asked`: by something that is still asked.
    func hasAnswers(
        _ section: String,
        _ record: FormRecord,
        _ values: [String: Value],
        asked isAsked: Bool = false
    ) -> Bool {
        record.type.fields.contains { field in
            field.section == section && !field.isProvenance && !record.type.isRegister(field)
                && values[field.name]?.isAnswer == true
                && (!isAsked || self.isAsked(field, record, values))
        }
    }

    /// Whether something of the section was answered in this visit.
    func isTouched(_ section: SectionID) -> Bool {
        guard let type = record(section.record)?.type else { return false }
        return draft.answers.keys.contains { question in
            question.record == section.record
                && type.field(question.field)?.section == section.section
        }
    }

    // MARK: More records

    /// Adds a person to the household: somebody found there, or born since.
    package mutating func addPerson() throws(VisitingError) -> RecordID {
        try add("resident", to: household.id)
    }

    /// Adds a payment account or a benefit of somebody; no account of whoever is not 15 yet.
    package mutating func add(_ type: String, of person: RecordID) throws(VisitingError) -> RecordID
    {
        guard ["payment_account", "benefit"].contains(type),
            (members + elsewhere).contains(where: {
                $0.id == person && $0.type.name == "resident"
            }), type != "payment_account" || mayHaveAccount(person)
        else { throw .noQuestion }
        return try add(type, to: person)
    }

    private mutating func add(_ type: String, to parent: RecordID) throws(VisitingError) -> RecordID
    {
        guard draft.added.count < VisitingLimits.newRecords else { throw .tooLarge }
        draft.lastAdded += 1
        let id = RecordID(origin: 0, counter: draft.lastAdded)
        draft.added.append(VisitDraft.Added(id: id, type: type, parent: parent))
        return id
    }

    /// A record that was added and of which nothing was said yet: a button that is pressed twice adds
    /// one.
    package func untouched(_ type: String, of parent: RecordID) -> RecordID? {
        draft.added.first { $0.type == type && $0.parent == parent && isUntouched($0) }?.id
    }

    /// Whether nothing was said of an added record, nor of any that was added to it.
    func isUntouched(_ record: VisitDraft.Added) -> Bool {
        !draft.answers.keys.contains { $0.record == record.id }
            && draft.added.filter { $0.parent == record.id }.allSatisfy { isUntouched($0) }
    }

    /// Takes back everything that this visit says of somebody who is of another household by now.
    package mutating func forget(elsewhere person: RecordID) {
        let accounts = elsewhere.filter { $0.values["resident"]?.isRecord(person) == true }
        let added = draft.added.filter { $0.parent == person }.map(\.id)
        draft.forget(Set([person] + accounts.map(\.id) + added).filter(isElsewhere))
    }

    /// Counts a record that cannot be added here, so that those after it keep their names.
    mutating func skipAdded() { draft.lastAdded += 1 }

    /// Takes back a record that this visit has added, or a person whom it moves here, with all that was
    /// said of it.
    package mutating func remove(_ id: RecordID) throws(VisitingError) {
        guard draft.added.contains(where: { $0.id == id }) || isMovedIn(id) else {
            throw .noQuestion
        }
        let own =
            isMovedIn(id) ? belongings.filter { $0.values["resident"]?.isRecord(id) == true } : []
        draft.forget(
            Set([id] + draft.added.filter { $0.parent == id }.map(\.id) + own.map(\.id))
        )
    }
}

extension Field {
    func problem(_ code: String, _ vi: String, _ en: String) -> Problem {
        Problem(.blocks, name, code, Label("\(label.vi): \(vi)", "\(label.en): \(en)"))
    }
}
