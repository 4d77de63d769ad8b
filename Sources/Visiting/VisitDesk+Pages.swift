package import Causality
import Node
package import Store
package import Survey

/// What a page sends back: the answers that were changed on it, in their order.
package struct PageAnswers: Sendable {
    package struct Answer: Hashable, Sendable {
        package let question: QuestionID
        /// A code, or what was typed.
        package let text: String

        package init(_ question: QuestionID, _ text: String) {
            self.question = question
            self.text = text
        }
    }

    package let answers: [Answer]
    /// Questions whose likely value somebody has looked at and takes.
    package let accepted: Set<QuestionID>
    /// What the page was shown with; nil where it does not say.
    package let seen: Token?

    package init(_ answers: [Answer], accepted: Set<QuestionID> = [], seen: Token?) {
        self.answers = answers
        self.accepted = accepted
        self.seen = seen
    }
}

/// What came too late for a visit.
package struct LateAnswer: Hashable, Sendable {
    package let label: Label
    /// As it was typed.
    package let text: String
}

/// What became of a page's answers.
package struct PageOutcome: Sendable {
    /// By question; of those alone that the visit knows.
    package let outcomes: [QuestionID: AnswerOutcome]
    /// Questions that the visit does not ask, or no longer.
    package let unknown: [QuestionID]

    /// Whether something that was typed is not kept.
    package var isRefused: Bool { outcomes.contains { !$0.value.isAccepted } }

    /// Whether somebody should look at the page once more before he goes on.
    package var needsALook: Bool {
        !unknown.isEmpty
            || outcomes.contains { !$0.value.problems.isEmpty || $0.value.colleague != nil }
    }
}

extension VisitDesk {
    /// Takes all answers of a page, and does what its button says: one transaction.
    ///
    /// An answer that is refused is left out, and the others are kept. `then` is called with what
    /// became of them, whether refused or not.
    package func take(
        _ key: VisitKey,
        _ page: PageAnswers,
        then body: (inout VisitForm, PageOutcome) throws -> Void = { _, _ in }
    ) throws -> PageOutcome {
        try change(key) { form in
            var outcomes: [QuestionID: AnswerOutcome] = [:]
            var unknown: [QuestionID] = []
            for answer in page.answers {
                do {
                    outcomes[answer.question] = try take(answer, of: page, &form)
                } catch VisitingError.noQuestion {
                    unknown.append(answer.question)
                }
            }
            let outcome = PageOutcome(outcomes: outcomes, unknown: unknown)
            try body(&form, outcome)
            return outcome
        }
    }

    private func take(
        _ answer: PageAnswers.Answer,
        of page: PageAnswers,
        _ form: inout VisitForm
    ) throws -> AnswerOutcome {
        let question = answer.question
        var outcome = try form.answer(
            question,
            answer.text,
            acceptsProposal: page.accepted.contains(question),
            isBlind: try page.seen.map { try isChanged(question, since: $0) } ?? false
        )
        outcome.colleague = try concurrent(question, form)
        return outcome
    }

    /// Whether somebody has changed what a question asks about since a page was shown.
    func isChanged(_ question: QuestionID, since token: Token) throws -> Bool {
        guard !question.record.isOfVisit else { return false }
        let unseen = try node.store.unseen(
            of: question.record,
            fields: [question.field],
            since: token
        )
        return unseen[question.field]?.isEmpty == false
    }

    /// Fields of a section that somebody else has changed since a page was shown; none where it does
    /// not say when that was.
    package func changedFields(
        of section: SectionID,
        _ form: VisitForm,
        since token: Token?
    ) throws -> Set<String> {
        guard let token, !section.record.isOfVisit, let record = form.record(section.record) else {
            return []
        }
        let fields = record.type.fields.filter { $0.section == section.section }.map(\.name)
        return try Set(
            node.store.unseen(of: record.id, fields: Set(fields), since: token)
                .filter { $0.value.contains { $0.author != node.user } }.keys
        )
    }

    /// What a page sent to a visit that another page had finished already, and that is not saved.
    ///
    /// What the visit has added has another name by now, so that nobody can tell whether an answer about
    /// it was there in time: it is told.
    package func unsaved(_ key: VisitKey, _ page: PageAnswers) throws -> [LateAnswer] {
        let visit = try finished(key)?.visit
        return try page.answers.compactMap { answer in
            let id = answer.question.record == .visit ? visit : answer.question.record
            guard let id, !id.isOfVisit, let row = try node.store.row(of: id),
                let field = row.type.field(answer.question.field)
            else {
                let types = ["resident", "payment_account", "benefit"]
                let field = types.lazy.compactMap {
                    node.description.type($0)?.field(answer.question.field)
                }.first
                guard let field, !answer.text.isEmpty else { return nil }
                return LateAnswer(label: field.label, text: answer.text)
            }
            switch field.parse(answer.text, today: node.today) {
            case .empty: guard row[field.name] != .null else { return nil }
            case .value(let value, _): guard row[field.name] != value else { return nil }
            case .proposed, .refused: break
            }
            return LateAnswer(label: field.label, text: answer.text)
        }
    }

    /// The same of one of the large buttons of a section.
    package func unsaved(
        _ section: SectionID,
        _ kind: SectionAnswer.Kind,
        _ say: (Label) -> String
    ) throws -> LateAnswer? {
        let row = section.record.isOfVisit ? nil : try node.store.row(of: section.record)
        let found = node.description.sections.first {
            $0.name == section.section && $0.type == row?.type.name ?? $0.type
        }
        guard let found, let answer = found.answers.first(where: { $0.kind == kind }) else {
            return nil
        }
        let isThere = row.map { row in
            answer.sets.allSatisfy { row[$0.key] == $0.value }
        }
        return isThere == true ? nil : LateAnswer(label: found.label, text: say(answer.label))
    }

    // MARK: Where it is

    /// The household of a visit, finished ones included while they are remembered.
    package func household(_ key: VisitKey) throws -> RecordID {
        guard let household = try drafts.household(key).flatMap({ RecordID($0) }) else {
            throw VisitingError.noVisit
        }
        return household
    }

    /// What a finished visit left open; nil for one that goes on.
    package func finished(_ key: VisitKey) throws -> SavedVisit? {
        guard case .finished(let saved) = try drafts.read(key) else { return nil }
        let visit = saved.flatMap { RecordID($0) }
        return SavedVisit(
            visit: visit,
            records: 0,
            isRepeated: true,
            open: try openMatters(visit)
        )
    }

    // MARK: Colleagues

    /// Fields that this visit answers and that colleagues have changed since they were shown; those
    /// that were left to the village's lead are not among them.
    package func concurrentChanges(_ form: VisitForm) throws -> [ConcurrentChange] {
        try node.store.reading {
            try concurrent(form).filter { form.draft.answers[$0.question]?.isForReview != true }
        }
    }

    /// Decides about colleagues' changes, and keeps that.
    ///
    /// A field that was changed once more since the page was shown (`seen`) stays undecided.
    package func decide(
        _ key: VisitKey,
        _ decisions: [QuestionID: ConcurrentDecision],
        seen: Token
    ) throws {
        try change(key) { form in
            for (question, decision) in decisions.sorted(by: { $0.key < $1.key }) {
                guard try !isChanged(question, since: seen),
                    try concurrent(question, form) != nil
                else { continue }
                form.decide(question, decision)
            }
        }
    }
}
