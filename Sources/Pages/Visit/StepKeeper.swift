import Causality
import HTTP
import Survey
import Visiting

/// Keeps what a page of a visit sent, and leads on.
struct StepKeeper {
    let room: VisitRoom
    let step: Step
    private let sent: StepForm

    init(_ room: VisitRoom, _ step: Step) {
        self.room = room
        self.step = step
        sent = StepForm(room.caller.form)
    }

    func keep() throws -> Response {
        guard try room.desk.finished(room.key) == nil else {
            var late = try room.desk.unsaved(room.key, sent.answers)
            if case .section(let section, let kind) = sent.tap {
                late += try [room.desk.unsaved(section, kind) { room.say($0) }].compactMap(\.self)
            }
            return late.isEmpty
                ? Replies.redirect(room.path("done"))
                : try Page.visitDone(room, late: late)
        }
        var added: RecordID?
        var changed: Set<SectionID> = []
        var hindrance: VisitingError?
        let outcome = try room.desk.take(room.key, sent.answers) { form, outcome in
            do {
                changed = try confirmedUnseen(form)
                added = try act(&form, outcome, changed)
            } catch VisitingError.noQuestion {
                // Gone since the page was made: what was typed is kept, the page shows what is there.
            } catch let error as VisitingError where error.isOfMove {
                hindrance = error
            }
        }
        // What was kept is shown as it stands: as it was typed, a button pressed beside it would be undone.
        let refused = sent.typed.filter { outcome.outcomes[$0.key]?.isAccepted == false }
        if let hindrance {
            let page = StepPage(
                room,
                step,
                sent: refused,
                outcome: outcome,
                hindrance: hindrance
            )
            return try page.show(422)
        }
        if outcome.isRefused {
            let page = StepPage(room, step, sent: refused, outcome: outcome)
            return try page.show(422)
        }
        if !changed.isEmpty { return try StepPage(room, step, changed: changed).show() }
        if !sent.card.isEmpty { return try CardPage(room, step).show(sent.card) }
        if case .finish = sent.tap { return try finish() }
        return Replies.redirect(try target(outcome, added))
    }

    /// What the button says, within the transaction of the answers.
    private func act(
        _ form: inout VisitForm,
        _ outcome: PageOutcome,
        _ changed: Set<SectionID>
    ) throws -> RecordID? {
        switch sent.tap {
        // A scanner presses Enter behind the card's text: nothing was gone through.
        case .next where !outcome.isRefused && sent.card.isEmpty: form.pass(step)
        case .confirm where !outcome.isRefused && changed.isEmpty: try form.confirm(step)
        case .set where !outcome.isRefused:
            // Another outcome may ask something that the first one did not.
            if isAnswered(form) { form.pass(step) } else if step == .outcome { form.unpass(step) }
        case .section(let section, let kind):
            let unseen = try room.desk.changedFields(of: section, form, since: sent.answers.seen)
            _ = try form.answer(section, kind, unseen: unseen)
        case .addPerson:
            return try form.untouched("resident", of: form.household.id) ?? form.addPerson()
        case .addBelonging(let type, let person):
            return try form.untouched(type, of: person) ?? form.add(type, of: person)
        case .remove(let record): try form.remove(record)
        case .forget(let person): form.forget(elsewhere: person)
        case .moveHere(let person, for: let added):
            try room.desk.moveHere(person, for: added, in: &form)
            return person
        case .confirmNumber:
            if case .person(let id) = step { _ = try form.confirmNumber(of: id) }
        default: break
        }
        return nil
    }

    /// Sections that would be confirmed as they stand, and that a colleague has changed since the
    /// page was shown.
    private func confirmedUnseen(_ form: VisitForm) throws -> Set<SectionID> {
        guard case .confirm = sent.tap else { return [] }
        return try form.confirmable(step).reduce(into: []) { sections, section in
            let fields = try room.desk.changedFields(of: section, form, since: sent.answers.seen)
            if !fields.isEmpty { sections.insert(section) }
        }
    }

    /// Whether the page's large buttons have all been answered, so that the next page comes by itself.
    private func isAnswered(_ form: VisitForm) -> Bool {
        guard [.outcome, .notice].contains(step), let screen = form.screen(step),
            // What became of the house is asked apart.
            screen.groups.count == 1
        else { return false }
        return screen.groups.allSatisfy { group in
            group.questions.allSatisfy { $0.value != .null || !($0.isNeeded || $0.isRequired) }
        }
    }

    // MARK: Where it leads

    private func target(_ outcome: PageOutcome, _ added: RecordID?) throws -> LocalPath {
        let form = try room.form()
        let here = form.steps.contains(step) ? room.path(step) : room.path(form.nextOpen)
        if try outcome.needsALook || mayBeKnown(outcome), form.steps.contains(step) {
            return here.at("problems")
        }
        switch sent.tap {
        // A count among other questions: nothing else is answered by it.
        case .set where ![.outcome, .notice].contains(step): return here.at("questions")
        case .next, .confirm, .set:
            let hasPassed = form.draft.passed.contains(step.description)
            guard hasPassed else { return here.at("questions") }
            return room.path(next(in: form))
        case .back: return room.path(form.step(before: step) ?? step)
        case .later: return LocalPath("/")
        case .goTo(let other): return room.path(form.steps.contains(other) ? other : form.nextOpen)
        case .section(let section, _): return here.at(element: GroupView.id(section))
        case .addPerson: return added.map { room.path(.person($0)) } ?? here
        case .moveHere:
            return added.map { room.path(.person($0)).at("questions") } ?? here
        case .addBelonging:
            return added.map { here.at(element: QuestionView.id(QuestionID($0, "kind"))) } ?? here
        case .confirmNumber, .accept, .card: return here.at("questions")
        case .keep, .remove, .forget, .finish: return here
        }
    }

    /// Whether somebody who is being added was just told in a way that fits a recorded person.
    private func mayBeKnown(_ outcome: PageOutcome) throws -> Bool {
        guard case .person(let id) = step, id.isOfVisit,
            outcome.outcomes.keys.contains(where: { Self.telling.contains($0.field) })
        else { return false }
        return try !room.desk.likelyMatches(room.key, id).isEmpty
    }

    private static let telling: Set = ["full_name", "birth", "personal_id", "old_cmnd"]

    /// The page behind this one, or the first open one where that was gone through already.
    private func next(in form: VisitForm) -> Step {
        guard let next = form.step(behind: step) else { return form.nextOpen }
        return form.isDone(next) ? form.nextOpen : next
    }

    // MARK: The end

    private func finish() throws -> Response {
        switch try room.desk.finish(room.key) {
        case .saved: return Replies.redirect(room.path("done"))
        case .undecided: return Replies.redirect(room.path("colleague"))
        case .refused(let problems):
            return try StepPage(room, .finish, refused: problems).show(422)
        }
    }
}
