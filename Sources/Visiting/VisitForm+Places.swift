package import Causality
import Node
import Store
package import Survey

/// Where a question stands, and which answers a door may give it.
extension VisitForm {
    /// The page on which a question is asked.
    package func step(of question: QuestionID) -> Step {
        let record = question.record
        if record == .visit { return question.field == "note" ? .finish : .outcome }
        if record == household.id, Self.houseState.contains(question.field),
            let outcome, Self.leftHouses.contains(outcome)
        {
            return .outcome
        }
        if Self.presence.contains(question.field), self.record(record)?.type.name == "resident",
            !isElsewhere(record)
        {
            return .members
        }
        return step(of: record)
    }

    /// The page on which what a problem names is put right.
    func step(of record: RecordID, _ problem: Problem) -> Step {
        problem.field.map { step(of: QuestionID(record, $0)) } ?? step(of: record)
    }

    /// The same of what does not fit among the household's people; who its head is stands at them.
    func step(ofHousehold problem: Problem) -> Step {
        guard problem.field == "head" else { return .members }
        if problem.code == "head_missing" { return .devices }
        let asked = members.filter { !isGone($0) }
        let one = asked.last { values(of: $0)["relation"]?.text == "head" } ?? asked.first
        return one.map { .person($0.id) } ?? .members
    }

    /// The page on which a record is asked about; whoever is gone stands among the members alone.
    func step(of record: RecordID) -> Step {
        switch record {
        case .visit: return .outcome
        case .notice, notice?.id: return .notice
        case household.id: return .devices
        default: break
        }
        guard let found = self.record(record), !isElsewhere(record) else { return .finish }
        if isOfSomebodyGone(found) { return .members }
        switch found.type.name {
        case "resident": return .person(record)
        case "benefit": return .benefits
        default: return found.values["resident"]?.record.map { .person($0) } ?? .finish
        }
    }

    /// Who lives there and since when, asked of all people on one page.
    static let presence: Set = ["presence", "presence_on", "away_kind", "away_place"]

    static let houseState: Set = ["state", "state_on"]

    /// Whether somebody, or whose something is, is asked nothing more.
    func isOfSomebodyGone(_ record: FormRecord) -> Bool {
        if record.type.name == "resident" { return isGone(record) }
        guard let person = record.values["resident"]?.record.flatMap({ self.record($0) }) else {
            return false
        }
        return isGone(person)
    }

    /// Whether an answer to the question would be saved as things stand.
    func judges(_ question: QuestionID) -> Bool {
        guard let record = record(question.record), let field = record.type.field(question.field)
        else { return false }
        if isWithdrawn, isOfHousehold(record.id) { return false }
        // Of whoever is gone only since when is asked, and nothing of what is his.
        if isOfSomebodyGone(record), !Self.isOfLeaving(field, record.type) { return false }
        return isAsked(field, record, values(of: record))
    }

    // MARK: What is needed

    /// Whether a question is needed before the visit counts as complete: who the head is where nobody
    /// who is there heads it, and of whoever is gone only since when.
    func isNeeded(_ field: Field, _ record: FormRecord) -> Bool {
        guard field.requirement != .optional else { return false }
        if record.id == household.id, field.name == "head" { return !isHeadKnown }
        return !isOfSomebodyGone(record) || Self.isOfLeaving(field, record.type)
    }

    /// The day of a death or a move is asked though the person is gone (data model, section 2).
    private static func isOfLeaving(_ field: Field, _ type: RecordType) -> Bool {
        type.name == "resident" && presence.contains(field.name)
    }

    /// Whether somebody heads the household, or nobody is left to do so.
    var isHeadKnown: Bool { !heads.isEmpty || members.allSatisfy { isGone($0) } }

    /// Who of the household is neither dead nor gone, and heads it: named so, or by relation.
    private var heads: [FormRecord] {
        let named = values(of: household)["head"]
        return members.filter { member in
            !isGone(member)
                && (named?.isRecord(member.id) == true
                    || values(of: member)["relation"]?.text == "head")
        }
    }

    /// What answers a record's questions: not a head who is dead or gone.
    func standing(_ record: FormRecord) -> [String: Value] {
        var values = values(of: record)
        guard record.id == household.id, let head = values["head"] else { return values }
        if !heads.contains(where: { head.isRecord($0.id) }) { values["head"] = nil }
        return values
    }

    /// Whether a payment account of the person may be recorded: from 15 years on (data model, section
    /// 5), and where the birth date does not tell.
    package func mayHaveAccount(_ person: RecordID) -> Bool {
        guard let record = record(person), record.type.name == "resident" else { return false }
        let facts = Facts(record.type, values(of: record))
        return Predicate.ageAtLeast(15, birth: "birth").evaluate(facts, on: today) != false
    }

    /// Where the household has moved away: who now, of those of whom it is not said yet.
    package var movingAway: [QuestionID] {
        guard outcome == "moved" else { return [] }
        return members.filter { !isGone($0) }.map { QuestionID($0.id, "presence") }
    }

    /// Whether an account is recorded of somebody who is said to have none.
    func isInDoubt(_ account: FormRecord) -> Bool {
        problems(of: account.id).contains { $0.code == Problem.accountOfNone }
    }

    // MARK: What may be chosen

    /// Whom a reference may name, in the order of the household: nobody who is gone or certainly too
    /// young, nor the record itself; who stands there is one of them.
    func people(for field: Field, of record: FormRecord, _ value: Value) -> [FormRecord] {
        members.filter { member in
            if value.isRecord(member.id) { return !isGone(member) }
            let facts = Facts(member.type, values(of: member))
            let isOld = field.leastAge.map {
                Predicate.ageAtLeast($0, birth: "birth").evaluate(facts, on: today) != false
            }
            return !isGone(member) && member.id != record.id && isOld ?? true
        }
    }

    /// Codes of a field that nobody finds at a door: what lists and agencies say.
    package static func codesOfLists(_ field: Field) -> Set<String> {
        switch field.kind {
        case .fourValued: ["na"]
        case .code where field.isSource: Choice.sourcesOfLists
        default: []
        }
    }

    /// The choices that are offered; what stands is one of them, whatever it is.
    func offered(_ choices: [Choice], _ field: Field, _ value: Value) -> [Choice] {
        let ofLists = Self.codesOfLists(field)
        return choices.filter { choice in
            if value.text == choice.code { return true }
            // Nobody takes back what he has never given.
            if choice.code == "withdrawn", isConsent(field) { return consents[field.name] == "yes" }
            return !ofLists.contains(choice.code)
        }
    }

    /// Until when an identity card may be valid, to be tapped: by the law's ages where birth and day of
    /// issue are known, and without an end for whoever may have such a card (data model, section 3).
    func proposals(
        _ field: Field,
        _ record: FormRecord,
        _ values: [String: Value]
    ) -> [AnswerChoice] {
        guard record.type.name == "resident", field.name == "idcard_expires_on" else { return [] }
        let birth = values["birth"]?.text.flatMap { PartialDate($0) }
        let issued = values["idcard_issued_on"]?.text.flatMap { CalendarDay($0) }
        var days: [CalendarDay] = []
        if let birth, let issued, let day = CardValidity.proposal(birth: birth, issuedOn: issued) {
            days.append(day)
        }
        if days != [.never], CardValidity.mayLackEnd(birth: birth, on: issued ?? today) {
            days.append(.never)
        }
        return days.map { day in
            let value = Value.text(day.description)
            return AnswerChoice(
                code: day.description,
                label: shown(value, field),
                isChosen: values[field.name] == value
            )
        }
    }

    func isConsent(_ field: Field) -> Bool {
        description.purposes.contains { $0.name.consent == field.name }
    }

    /// Voluntary purposes for which the commune collects something.
    package var voluntary: [Purpose] {
        description.purposes.filter {
            $0.basis == .consent && description.collects($0.name, collected)
        }
    }
}

extension DataDescription {
    /// Whether the commune collects anything for a purpose.
    func collects(_ purpose: Purpose.Name, _ collected: Set<FieldName>) -> Bool {
        types.contains { type in
            type.fields.contains { field in
                self.purpose(of: field, in: type)?.name == purpose
                    && (!field.isOptIn || collected.contains(FieldName(type.name, field.name)))
            }
        }
    }
}

extension Field {
    /// Whether it says where the section's answers come from.
    fileprivate var isSource: Bool { section.map { name == $0 + "_source" } ?? false }
}
