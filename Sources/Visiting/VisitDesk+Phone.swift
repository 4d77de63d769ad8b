import Causality
import Node
import Store
import Survey

/// Visits that phones bring.
extension VisitDesk {
    /// Takes a phone's visit as if every input were made now, and finishes it: one transaction.
    ///
    /// The same visit sent again writes nothing and is answered alike: also to a node that has it only
    /// from others, for all records that it creates are named by its key. A node that was restored or
    /// replaced and knows nothing of it writes the same records again, which merge into those that the
    /// old node wrote.
    package func take(_ visit: PhoneVisit) throws -> PhoneResult {
        guard visit.inputs.count <= VisitingLimits.answers else { throw VisitingError.tooLarge }
        do {
            return try node.store.transaction {
                switch try standing(of: visit.key) {
                case .unknown: try replay(visit)
                case .undecided: .undecided(changed: [])
                case .givenUp: .givenUp
                case let known:
                    try isOther(visit) ? .differs : .saved(known, dropped: [], changed: [])
                }
            }
        } catch let refusal as PhoneRefusal {
            return .refused(refusal.problems)
        }
    }

    /// What this node knows of a phone's visit of the user.
    package func standing(of key: VisitKey) throws -> PhoneStanding {
        try node.store.reading {
            if let row = try node.store.row(of: key.record), row.type.name == "visit" {
                return try node.store.isHeldAbove(row.id) ? .above : .here
            }
            do {
                switch try drafts.read(key) {
                case .open: return .undecided
                case .finished: return .givenUp
                }
            } catch VisitingError.noVisit {
                return .unknown
            }
        }
    }

    /// Whether this node has taken the visit with other inputs; false where it no longer knows.
    private func isOther(_ visit: PhoneVisit) throws -> Bool {
        try drafts.digest(visit.key).map { $0 != visit.digest } ?? false
    }

    private struct PhoneRefusal: Error {
        let problems: [PhoneProblem]
    }

    private func replay(_ visit: PhoneVisit) throws -> PhoneResult {
        guard visit.key.origin != 0,
            let row = try node.store.row(of: visit.household).flatMap({
                try node.store.survivor(of: $0)
            }), row.type.name == "household", try !node.store.isErased(row)
        else { throw VisitingError.noHousehold }
        let begun = plausible(visit.begun)
        let draft = VisitDraft(
            household: row.id,
            round: node.round(of: CalendarDay(milliseconds: begun)),
            begun: begun,
            token: visit.token,
            phone: VisitDraft.Phone(
                origin: visit.key.origin,
                ended: max(begun, plausible(visit.ended))
            )
        )
        let named = visit.records
        let names = try survivors(named)
        let present = Set(named.map { names[$0] ?? $0 })
        var replay = PhoneReplay(
            form: try form(draft, naming: present),
            visit: visit,
            names: names
        )
        try replay.run()
        let refused = replay.problems + (try unknown(replay.dropped))
        guard refused.isEmpty else { throw PhoneRefusal(problems: refused) }
        var form = replay.form
        let changed = try markBlind(&form)
        _ = try drafts.add(form.draft, as: visit.key, digest: visit.digest, now: node.now)
        do {
            switch try save(visit.key, [:]) {
            case .saved:
                return .saved(
                    try standing(of: visit.key),
                    dropped: replay.dropped,
                    changed: changed
                )
            case .undecided: return .undecided(changed: changed)
            case .refused(let problems): throw PhoneRefusal(problems: problems.map(Self.problem))
            }
        } catch let refusal as Refusal {
            throw PhoneRefusal(problems: refusal.problems.map(Self.problem))
        }
    }

    /// What was asked about records that have not reached this node, which was restored or replaced:
    /// the phone keeps it until they have.
    ///
    /// What a visit was to add that the user gave up comes never.
    private func unknown(_ questions: [QuestionID]) throws -> [PhoneProblem] {
        let missing = try Set(questions.map(\.record)).filter { record in
            try !record.isOfVisit && node.store.row(of: record) == nil
                && standing(of: VisitKey(Int64(bitPattern: record.origin))) != .givenUp
        }
        return missing.sorted().map { record in
            PhoneProblem(
                question: questions.first { $0.record == record },
                step: .finish,
                text: Label(
                    "máy thôn chưa có hồ sơ của một người trong lượt đến này: để máy đồng bộ với xã rồi gửi lại",
                    "the node has not got the record of somebody in this visit yet: let it sync with the commune, then send again"
                ),
                proposal: nil
            )
        }
    }

    private static func problem(_ open: OpenProblem) -> PhoneProblem {
        PhoneProblem(
            question: open.problem.field.map { QuestionID(open.record, $0) },
            step: open.step,
            text: open.problem.text,
            proposal: nil
        )
    }

    /// A phone whose clock is far off says nothing of when somebody was at the door.
    private func plausible(_ time: UInt64) -> UInt64 {
        let age = VisitingLimits.phoneVisitAge
        return time > node.now || time + age < node.now ? node.now : time
    }

    /// Notes which answered fields colleagues have changed since the phone showed them; what they
    /// changed is not confirmed by somebody who has not seen it: returns what that is, and whose.
    private func markBlind(_ form: inout VisitForm) throws -> [Label] {
        var left: [Label] = []
        for section in form.draft.confirmed.keys.sorted() where !section.record.isOfVisit {
            let changed = try changedFields(of: section, form, since: form.draft.token)
            guard !changed.isEmpty else { continue }
            form.draft.confirmed[section] = nil
            let (name, title) = (form.name(of: section.record), form.title(of: section))
            left.append(Label("\(name.vi): \(title.vi)", "\(name.en): \(title.en)"))
        }
        let own = try writtenBefore(form.draft)
        let known = form.draft.answers.keys.filter { !$0.record.isOfVisit }
        for (record, questions) in Dictionary(grouping: known, by: \.record) {
            let unseen = try node.store.unseen(
                of: record,
                fields: Set(questions.map(\.field)),
                since: form.draft.token
            )
            for question in questions {
                let others = unseen[question.field]?.filter { value in
                    !own.contains { $0.holds(value.dot) }
                }
                guard others?.isEmpty == false else { continue }
                form.draft.answers[question] = form.draft.answers[question]?.blind
            }
        }
        return left
    }
}

/// A phone's inputs on their way into a form.
private struct PhoneReplay {
    var form: VisitForm
    let visit: PhoneVisit
    /// Of records that were merged into others.
    let names: [RecordID: RecordID]
    /// By question, so that a later answer mends an earlier one.
    var refused: [QuestionID: [PhoneProblem]] = [:]
    var dropped: [QuestionID] = []

    var problems: [PhoneProblem] {
        refused.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    mutating func run() throws {
        form.day = CalendarDay(milliseconds: form.draft.begun)
        for input in visit.inputs {
            do {
                try take(input)
            } catch VisitingError.noQuestion {
                switch input {
                case .answer(let question, _, _): dropped.append(question)
                case .section(let section, _), .confirmSection(let section):
                    dropped.append(QuestionID(section.record, section.section))
                case .confirm, .pass, .at, .told, .takeBack: break
                case .add(let type, let parent, let id):
                    // What follows keeps its names; what is said of this one is left out.
                    guard id.counter == form.draft.lastAdded + 1 else {
                        throw VisitingError.noQuestion
                    }
                    form.skipAdded()
                    dropped.append(QuestionID(parent, type))
                case .remove(let id):
                    guard id.isOfVisit, id.counter <= form.draft.lastAdded else {
                        throw VisitingError.noQuestion
                    }
                }
            }
        }
        // What was removed since, or is asked no more, is not judged, as it is not on the phone.
        refused = refused.filter { form.judges($0.key) }
        refuseUntold()
    }

    private mutating func take(_ input: PhoneInput) throws {
        switch input {
        case .answer(let question, let text, let accepts):
            let question = QuestionID(here(question.record), question.field)
            let outcome = try form.answer(
                question,
                here(text, question),
                acceptsProposal: accepts
            )
            refused[question] = outcome.isAccepted ? nil : problems(of: outcome, question)
        case .takeBack(let question):
            let question = QuestionID(here(question.record), question.field)
            form.takeBack(question)
            refused[question] = nil
        case .section(let section, let kind):
            _ = try form.answer(SectionID(here(section.record), section.section), kind)
        case .confirmSection(let section):
            try form.confirm(SectionID(here(section.record), section.section))
        case .confirm(let step): try form.confirm(step.naming(names))
        case .pass(let step): form.pass(step.naming(names))
        case .add(let type, let parent, let id):
            let added =
                type == "resident"
                ? try form.addPerson() : try form.add(type, of: here(parent))
            guard added == id else { throw VisitingError.noQuestion }
        case .remove(let id): try form.remove(id)
        case .at(let time):
            // Whatever the phone says, it was while the visit lasted.
            let (begun, ended) = (form.draft.begun, form.draft.phone?.ended ?? form.draft.begun)
            form.day = CalendarDay(milliseconds: min(max(time, begun), ended))
        case .told(let version): form.tell(version)
        }
    }

    /// Nobody was told what was not on the screen.
    private mutating func refuseUntold() {
        guard form.isNoticeGiven, form.draft.noticeVersion == nil else { return }
        let question = QuestionID(.notice, "given_how")
        refused[question] = [
            PhoneProblem(
                question: question,
                step: .notice,
                text: Label(
                    "Lời thông báo chưa hiện trên điện thoại: đọc cho người dân rồi bấm lại, hoặc bỏ câu trả lời",
                    "The notice was not on the phone's screen: read it out and tap again, or take the answer back"
                ),
                proposal: nil
            )
        ]
    }

    /// What a record is called here: duplicates may have been merged, and the notice been given
    /// meanwhile.
    private func here(_ record: RecordID) -> RecordID {
        if record == visit.household { return form.household.id }
        if record == .notice, let notice = form.notice { return notice.id }
        return names[record] ?? record
    }

    /// The same of an answer that names somebody.
    private func here(_ text: String, _ question: QuestionID) -> String {
        guard case .reference = form.record(question.record)?.type.field(question.field)?.kind,
            let named = RecordID(text)
        else { return text }
        return here(named).description
    }

    private func problems(of outcome: AnswerOutcome, _ question: QuestionID) -> [PhoneProblem] {
        let field = form.record(question.record)?.type.field(question.field)
        let proposal = outcome.proposal.flatMap { value in field.map { form.shown(value, $0) } }
        return outcome.problems.map {
            PhoneProblem(
                question: question,
                step: form.step(of: question),
                text: $0.text,
                proposal: proposal
            )
        }
    }
}
