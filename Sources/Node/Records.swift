package import Causality
import Replication
package import Store
package import Survey

/// One field as somebody typed it; an empty text clears the field.
package struct FieldInput: Hashable, Sendable {
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// Reads `name=text`; nil where there is no name.
    package init?(assignment: String) {
        guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
            return nil
        }
        name = String(assignment[..<sign])
        text = String(assignment[assignment.index(after: sign)...])
    }
}

/// What came of saving one record.
package struct SaveOutcome: Sendable {
    /// Nil where a problem blocked the saving; nothing was written then.
    package let id: RecordID?
    package let scope: String
    /// Fields that were written; none where all were so already.
    package let written: [String]
    package let problems: [Problem]
    /// After a visit: what is still open in the household.
    package internal(set) var open: [OpenMatter] = []

    package var isRefused: Bool { id == nil }
}

/// Adding, changing and deleting records.
extension LocalNode {
    /// Creates a record in the place given, or in the scope of the record that it belongs to.
    ///
    /// `acceptsProposals` takes values that are only likely, such as a number with its zero restored.
    /// `id`: what a phone has named the record; the same record sent again is the same one, and one
    /// that is another's is refused. `isOfVisit`: it was asked before what happened to the record that it
    /// belongs to was known; else nothing is added to one that is gone (``NodeError/gone(_:)``).
    package func addRecord(
        _ typeName: String,
        _ inputs: [FieldInput],
        place: String? = nil,
        id given: RecordID? = nil,
        acceptsProposals: Bool = false,
        isOfVisit: Bool = false
    ) throws -> SaveOutcome {
        let type = try type(typeName)
        return try store.transaction {
            var draft = try draft(type, inputs, acceptsProposals: acceptsProposals)
            let link = type.parent.flatMap { type.field($0) }
            let parentID = link.flatMap { draft.values[$0.name]?.record }
            let parent = try parentID.flatMap { try store.record($0) }
            if let link, parentID != nil, parent == nil {
                draft.problems.append(Self.noSuchRecord(link))
                return draft.outcome(nil, scope: "")
            }
            if let parent, !isOfVisit { try requireLiving(parent) }
            let scope = try parent?.scope ?? scope(forNew: type, place: place)
            if type.isForWholeCommune, try scope != store.rosterScope() {
                let isHub = try certificate().mayWrite(store.rosterScope())
                throw isHub ? NodeError.ofCommune(type: type.name) : NodeError.notAHub
            }
            // What a phone or a page has named was met at a door, wherever that belongs by now.
            if type.name == "household", given == nil { try requireStanding(scope) }
            draft.values = draft.values.filter { $0.value != .null }
            try requireVillage(type, draft.values)
            for field in type.fields where field.initial != nil && draft.values[field.name] == nil {
                draft.values[field.name] = field.initial.map(Value.text)
            }
            if type.name == "household", draft.values["code"] == nil {
                draft.values["code"] = .text(try nextHouseholdCode(in: scope))
            }
            draft.values.merge(dated(draft).filter { $0.value != .null }) { given, _ in given }
            try checkReferences(&draft, of: given, scope: scope)
            if let given, let place = try store.locate(given),
                place.type != type.name || place.scope != scope
            {
                throw NodeError.recordExists
            }
            draft.add(
                description.check(
                    type.name,
                    fields: draft.values,
                    today: today,
                    isNew: true,
                    parent: parent?.values,
                    others: try others(type, draft.values)
                )
            )
            let home = try household(of: type, nil, draft.values)
            draft.add(try ruleProblems(draft, nil, home: home, scope: scope, isOfVisit: isOfVisit))
            guard !draft.isBlocked else { return draft.outcome(nil, scope: scope) }
            let before = try problems(ofHousehold: home, type)
            var id = given
            try store.save(scope: scope, author: user) {
                let cells = draft.values.map { Cell($0.key, $0.value) }
                if let given {
                    $0.set(type.name, given, cells)
                } else {
                    id = $0.add(type.name, cells)
                }
            }
            draft.addNew(try problems(ofHousehold: home, type), since: before)
            return draft.outcome(id, scope: scope)
        }
    }

    /// Changes fields of a record; what was so already is not written again.
    ///
    /// One that was deleted, merged or moved is refused (``NodeError/gone(_:)``), and so is a field that
    /// waits for a decision (``NodeError/disputed(_:)``): this would decide it unseen. `isOfVisit`:
    /// it was asked at the door, and is taken with `token`, beside what has happened since.
    package func editRecord(
        _ id: RecordID,
        _ inputs: [FieldInput],
        token: Token? = nil,
        acceptsProposals: Bool = false,
        isOfVisit: Bool = false
    ) throws -> SaveOutcome {
        try store.transaction {
            let record = try requireSurveyRecord(id)
            if !isOfVisit { try requireOpen(record, inputs.map(\.name)) }
            var draft = try draft(record.type, inputs, acceptsProposals: acceptsProposals)
            let given = draft.values
            draft.values = draft.values.filter { name, value in
                record.fields.first { $0.name == name }?.isDisputed == true || record[name] != value
            }
            try requireVillage(record.type, draft.values, in: record)
            // What is said anew says its day again, also where it is the recorded one.
            draft.values.merge(days(of: draft, given)) { given, _ in given }
            let days = Set(record.type.observations.compactMap(\.day))
            let more = dated(draft).filter { name, value in
                given[name] == nil
                    && (record[name] != value || value != .null && days.contains(name))
            }
            draft.values.merge(more) { given, _ in given }
            try checkReferences(&draft, of: id, scope: record.scope)
            draft.add(try problems(of: draft, in: record))
            let merged = record.values.merging(draft.values) { _, new in new }
            let home = try household(of: record.type, id, merged)
            draft.add(
                try ruleProblems(draft, id, home: home, scope: record.scope, isOfVisit: isOfVisit)
            )
            guard !draft.isBlocked else { return draft.outcome(nil, scope: record.scope) }
            let before = try problems(ofHousehold: home, record.type)
            try store.save(scope: record.scope, author: user, token: token) {
                $0.set(record.type.name, id, draft.values.map { Cell($0.key, $0.value) })
            }
            draft.addNew(try problems(ofHousehold: home, record.type), since: before)
            return draft.outcome(id, scope: record.scope)
        }
    }

    /// The day and the source of what is saved, where they are not given.
    private func dated(_ draft: RecordDraft) -> [String: Value] {
        draft.type.dated(draft.values, today: today) { section in
            description.sections.first { $0.name == section }?.usualSource ?? "self"
        }
    }

    /// The days that were given with the answers and states that change.
    private func days(of draft: RecordDraft, _ given: [String: Value]) -> [String: Value] {
        let days = draft.type.observations.filter { observation in
            observation.fields.contains { $0 != observation.day && draft.values[$0] != nil }
        }.compactMap(\.day)
        return given.filter { days.contains($0.key) && $0.value != .null }
    }

    /// Rules that need more than the record and those that it names.
    ///
    /// Whoever was met at a door was of the household then, whatever came of him since.
    private func ruleProblems(
        _ draft: RecordDraft,
        _ id: RecordID?,
        home: RecordID?,
        scope: String,
        isOfVisit: Bool
    ) throws -> [Problem] {
        let isMet = isOfVisit && draft.type.name == "visit"
        return try privacyProblems(draft.type, draft.values, household: home)
            + (isMet ? [] : memberProblems(draft.type, draft.values, household: home))
            + codeProblems(draft.type, id, draft.values, scope: scope)
            + targetProblems(draft.type, id, draft.values, scope: scope)
            + joiningProblems(draft.type, id, draft.values)
    }

    /// What does not fit in a household, where a change of this type may alter that.
    private func problems(ofHousehold id: RecordID?, _ type: RecordType) throws -> [Problem] {
        guard let id, ["household", "resident", "visit"].contains(type.name) else { return [] }
        return try householdProblems(id)
    }

    /// What is wrong with the fields that change, judged in the whole record, and what is newly wrong
    /// with others because of them.
    private func problems(of draft: RecordDraft, in record: StoredRecord) throws -> [Problem] {
        let children = try childValues(record.id)
        func problems(_ values: [String: Value]) throws -> [Problem] {
            let others = try others(record.type, values)
            return description.check(
                record.type.name,
                fields: values,
                today: today,
                isNew: false,
                parent: record.type.parent.flatMap { others[$0] },
                others: others,
                children: children
            )
        }
        let known = Set(try problems(record.values))
        let found = try problems(record.values.merging(draft.values) { _, new in new })
            .filter { problem in
                let isNamed = problem.field.map { draft.values[$0] != nil } ?? false
                return isNamed || (problem.severity == .warns && !known.contains(problem))
                    || (problem.field == nil && !known.contains(problem))
            }
        let cleared = record.type.fields.filter {
            $0.requirement == .save && draft.values[$0.name] == .null
        }
        return found
            + cleared.map { field in
                Problem(
                    .blocks,
                    field.name,
                    "required",
                    Label("\(field.label.vi): bắt buộc", "\(field.label.en): is required")
                )
            }
    }

    /// The record, unless it is one that the program keeps by itself.
    func requireSurveyRecord(_ id: RecordID) throws -> StoredRecord {
        let record = try store.requireRecord(id)
        guard !store.isSystemType(record.type.name) else {
            throw NodeError.keptByProgram(type: record.type.name)
        }
        return record
    }

    // MARK: Reading what was typed

    /// The record type of that name; `-` may stand for `_`.
    package func type(_ name: String) throws -> RecordType {
        let wanted = String(name.map { $0 == "-" ? "_" : $0 })
        guard let type = description.type(wanted) else {
            throw NodeError.unknownType(name, known: description.types.map(\.name))
        }
        return type
    }

    private func draft(
        _ type: RecordType,
        _ inputs: [FieldInput],
        acceptsProposals: Bool
    ) throws -> RecordDraft {
        var draft = RecordDraft(type: type)
        for input in inputs {
            guard let field = type.field(input.name) else {
                throw NodeError.unknownField(input.name, type: type.name)
            }
            guard draft.values[field.name] == nil else {
                throw NodeError.repeatedField(field.name)
            }
            switch field.parse(input.text, today: today) {
            case .empty: draft.values[field.name] = .null
            case .value(let value, let problems):
                draft.values[field.name] = value
                draft.problems += problems.filter { $0.severity == .blocks }
            case .proposed(let value, let problem):
                draft.values[field.name] = value
                draft.problems.append(acceptsProposals ? problem : problem.blocking)
            case .refused(let problem): draft.problems.append(problem)
            }
        }
        return draft
    }

    /// A reference counts within a scope only: the record must be there, and of the right type.
    private func checkReferences(
        _ draft: inout RecordDraft,
        of id: RecordID?,
        scope: String
    ) throws {
        for (name, value) in draft.values.sorted(by: { $0.key < $1.key }) {
            guard let target = value.record, let field = draft.type.field(name),
                case .reference(let wanted) = field.kind
            else { continue }
            if target == id {
                draft.problems.append(field.namesItself)
                continue
            }
            let found = try store.locate(target)
            guard found?.type != wanted || found?.scope != scope else { continue }
            draft.problems.append(Self.noSuchRecord(field))
        }
    }

    private static func noSuchRecord(_ field: Field) -> Problem {
        Problem(
            .blocks,
            field.name,
            "no_such_record",
            Label(
                "\(field.label.vi): không có bản ghi này trong cùng thôn, đơn vị",
                "\(field.label.en): no such record in the same village or unit"
            )
        )
    }
}

/// A record on its way from what was typed to what is saved.
private struct RecordDraft {
    let type: RecordType
    var values: [String: Value] = [:]
    var problems: [Problem] = []

    var isBlocked: Bool { problems.contains { $0.severity == .blocks } }

    /// A field whose text was refused is not missing besides.
    mutating func add(_ more: [Problem]) {
        let refused = Set(problems.filter { $0.severity == .blocks }.compactMap(\.field))
        problems += more.filter { problem in
            problem.code != "required" || !refused.contains(problem.field ?? "")
        }
    }

    /// What a save has brought about; what was so before is no news.
    mutating func addNew(_ found: [Problem], since before: [Problem]) {
        problems += found.filter { !before.contains($0) }
    }

    func outcome(_ id: RecordID?, scope: String) -> SaveOutcome {
        SaveOutcome(
            id: id,
            scope: scope,
            written: id == nil ? [] : values.keys.sorted(),
            problems: problems
        )
    }
}

extension Problem {
    /// A proposal that nobody has confirmed cannot be saved.
    fileprivate var blocking: Problem { Problem(.blocks, field, code, text) }
}
