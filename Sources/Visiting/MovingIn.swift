package import Causality
import Node
import Store
import Survey

/// Somebody of another household of the village who turns out to live in this one.
///
/// The move is an answer of the visit, as all others are: it is kept with them, given up with them, saved
/// with them as a change of the person's household, and stands in the history beside who it was.
extension VisitForm {
    /// What a person's household is called among his fields.
    static let home = "household"

    /// Whether this visit moves a recorded person here.
    package func isMovedIn(_ person: RecordID) -> Bool {
        !person.isOfVisit && draft.answers[QuestionID(person, Self.home)] != nil
    }

    /// Fields by which somebody is told from others: what is recorded of them stands.
    private static let identity: Set = ["full_name", "birth", "sex", "personal_id", "old_cmnd"]

    /// Takes a recorded person in, in the place of one who was being added: what was said of that one goes
    /// over, but for what tells people apart and is recorded already.
    mutating func takeIn(_ person: FormRecord, for added: RecordID) throws(VisitingError) {
        guard draft.added.contains(where: { $0.id == added && $0.type == person.type.name }) else {
            throw .noQuestion
        }
        let said = draft.answers.filter { $0.key.record == added }
        draft.added = draft.added.map { record in
            guard record.parent == added else { return record }
            return VisitDraft.Added(id: record.id, type: record.type, parent: person.id)
        }
        try remove(added)
        for (question, answer) in said where answer.value != .null {
            let known = person.values[question.field] ?? .null
            guard known == .null || !Self.identity.contains(question.field) else { continue }
            set(question.field, answer.value, of: person)
        }
        set(Self.home, .reference(household.id), of: person)
        if person.values["presence"] != .text("here") { set("presence", .text("here"), of: person) }
        // To the head of the household that is left.
        if said[QuestionID(added, "relation")] == nil, person.values["relation"] != nil {
            set("relation", .null, of: person)
        }
        guard draft.answers.count <= VisitingLimits.answers else { throw .tooLarge }
    }

    private mutating func set(_ field: String, _ value: Value, of person: FormRecord) {
        draft.answers[QuestionID(person.id, field)] = VisitDraft.Answer(
            value: value,
            shown: person.values[field] ?? .null,
            isBlind: false,
            day: day
        )
    }
}

extension VisitDesk {
    /// Moves a recorded person here, in the place of one who is being added.
    ///
    /// - Throws: ``VisitingError`` where that is not for a visit to do.
    package func moveHere(
        _ person: RecordID,
        for added: RecordID,
        in form: inout VisitForm
    ) throws {
        if let refusal = try moveRefusal(person, form) { throw refusal }
        guard let row = try node.store.row(of: person) else { throw VisitingError.noQuestion }
        try form.takeIn(record(row), for: added)
    }

    /// Why a visit cannot move somebody into its household; nil where it can.
    func moveRefusal(_ person: RecordID, _ form: VisitForm) throws -> VisitingError? {
        guard form.record(person) == nil || form.isElsewhere(person) else { return .livesHere }
        guard let row = try node.store.row(of: person), row.type.name == "resident", !row.isGone,
            let here = try node.store.row(of: form.household.id)
        else { return .noQuestion }
        guard row.scope == here.scope else { return .livesInOtherVillage }
        let found = try record(row)
        guard !found.disputed.contains(VisitForm.home) else { return .livesInTwoHouseholds }
        guard let home = row[VisitForm.home].record else { return nil }
        let isHead =
            try row.text("relation") == "head"
            || node.store.row(of: home)?["head"].record == person
        let others = try node.store.children(of: home).filter { other in
            other.type.name == "resident" && other.id != person && !other.isGone
                && !LocalNode.isGone(other)
        }
        return isHead && !others.isEmpty ? .headsOtherHousehold : nil
    }

    /// Recorded people whom a visit moves into its household, beyond those who are in it.
    func movedIn(
        _ draft: VisitDraft,
        to household: RecordID,
        _ children: [RecordRow]
    ) throws
        -> [RecordRow]
    {
        let known = Set(children.map(\.id))
        return try draft.answers.keys.filter { question in
            question.field == VisitForm.home && !question.record.isOfVisit
                && !known.contains(question.record)
        }.map(\.record).sorted().compactMap { id in
            try node.store.row(of: id).flatMap { $0.isGone ? nil : $0 }
        }
    }
}
