import Causality
import Store
import Survey
import Terminal
import Visiting

/// The form as data: what a phone needs to ask the questions of a visit away from the node.
///
/// Labels are pairs, Vietnamese and English. What no page asks is left out, so that the phone holds
/// nothing that it does not need.
struct PhoneForm {
    /// Record types that a visit asks about.
    static let types = ["visit", "household", "resident", "payment_account", "benefit", "notice"]

    let description: DataDescription
    let collected: Set<FieldName>

    /// `{types: {name: {l, f: [field]}}, sections: [section]}`.
    var json: JSONValue {
        let types = Self.types.compactMap { name in
            description.type(name).map { JSONValue.Member(name, json(of: $0)) }
        }
        let sections = description.sections.filter { Self.types.contains($0.type) }
        return ["types": .object(types), "sections": .array(sections.map(json(of:)))]
    }

    /// Fields whose values the phone gets: those that are asked, and those that conditions look at.
    func sent(_ type: RecordType) -> [Field] {
        let asked = type.fields.filter { isAsked($0, type) }
        let needed = asked.reduce(into: Set<String>()) { names, field in
            let fields = field.askedIf?.fields(of: type.name, in: description.types) ?? []
            names.formUnion(fields.filter { $0.type == type.name }.map(\.field))
        }
        return type.fields.filter { field in
            guard !field.isSecret else { return false }
            return isAsked(field, type) || needed.contains(field.name) || type.isRegister(field)
        }
    }

    private func isAsked(_ field: Field, _ type: RecordType) -> Bool {
        VisitForm.mayAsk(field, type, description, collected: collected)
    }

    private func json(of type: RecordType) -> JSONValue {
        let fields = type.fields.filter { isAsked($0, type) }.map { json(of: $0, type) }
        return ["l": type.label.json, "f": .array(fields)]
    }

    // MARK: Fields

    /// `n` name, `l` label, `k` kind, `m` limit, `o` choices, `h` those of them that only lists say,
    /// `r` requirement, `s` section, `a` when it is asked, `c` the consent that it needs, `d` which days
    /// it may name, `i` initial, `y` facts whose change asks this day anew, each with the codes that do
    /// so or null for all, `g` the codes of who is there no more, `x` of which type another record
    /// answers it too, and what that has to say, `e` how old at least whoever it names must be.
    private func json(of field: Field, _ type: RecordType) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("n", .string(field.name)), .init("l", field.label.json),
        ]
        members += kind(field)
        let hidden = VisitForm.codesOfLists(field).sorted()
        if !hidden.isEmpty { members.append(.init("h", .array(hidden.map { .string($0) }))) }
        switch field.requirement {
        case .optional: break
        case .complete: members.append(.init("r", 1))
        case .save: members.append(.init("r", 2))
        }
        if let section = field.section { members.append(.init("s", .string(section))) }
        if let condition = field.askedIf.flatMap(Self.condition) {
            members.append(.init("a", condition))
        }
        if let consent = description.purpose(of: field, in: type)?.name.consent {
            members.append(.init("c", .string(consent)))
        }
        if let days = Self.days(field.days) { members.append(.init("d", days)) }
        if let initial = field.initial { members.append(.init("i", .string(initial))) }
        if !field.dayOf.isEmpty { members.append(.init("y", .array(field.dayOf.map(Self.fact)))) }
        let gone = field.goneCodes
        if !gone.isEmpty { members.append(.init("g", .array(gone.map { .string($0) }))) }
        if case .hasChild(let child, _, let condition) = field.answeredBy,
            let condition = Self.condition(condition)
        {
            members.append(.init("x", [.string(child), condition]))
        }
        if let age = field.leastAge { members.append(.init("e", .integer(Int64(age)))) }
        return .object(members)
    }

    private static func fact(_ fact: StateFact) -> JSONValue {
        let codes = fact.codes.map { $0.sorted().map { JSONValue.string($0) } }
        return [.string(fact.field), codes.map { .array($0) } ?? .null]
    }

    /// What a date is judged by: a breach of `past-only` is refused, of the others told.
    private static func days(_ rule: DayRule) -> JSONValue? {
        switch rule {
        case .any: nil
        case .past: ["past"]
        case .pastSince(let first):
            .array([.string("past")] + [first].compactMap { $0.map { .string($0.description) } })
        case .pastOrBlocked: ["past-only"]
        case .future: ["future"]
        }
    }

    private func kind(_ field: Field) -> [JSONValue.Member] {
        func members(_ word: String, _ more: JSONValue.Member...) -> [JSONValue.Member] {
            [.init("k", .string(word))] + more
        }
        func limits(_ range: ClosedRange<Int64>) -> JSONValue.Member {
            .init("m", [.integer(range.lowerBound), .integer(range.upperBound)])
        }
        func choices(_ list: [Choice]) -> JSONValue.Member {
            .init(
                "o",
                .array(list.map { [.string($0.code), .string($0.label.vi), .string($0.label.en)] })
            )
        }
        return switch field.kind {
        case .text(let max): members("text", .init("m", .integer(Int64(max))))
        case .personName(let max): members("name", .init("m", .integer(Int64(max))))
        case .integer(let range): members("number", limits(range))
        case .microdegrees(let range): members("degrees", limits(range))
        case .taxCode, .bytes: members("text", .init("m", 60))
        case .date: members("date")
        case .partialDate: members("partial")
        case .localTime: members("time")
        case .phone: members("phone")
        case .oldPersonalID: members("old-id")
        case .personalID: members("id")
        case .code(let list): members("choice", choices(list))
        case .fourValued: members("choice", choices(Choice.fourValues))
        case .codeSet(let list): members("choices", choices(list))
        case .reference: members("person")
        }
    }

    // MARK: Conditions

    /// A condition as nested arrays; nil for one that looks beyond the record or at the calendar: the
    /// phone asks the question then, and the node leaves out what does not apply.
    static func condition(_ predicate: Predicate) -> JSONValue? {
        switch predicate {
        case .always: return ["always"]
        case .unknown: return ["unknown"]
        case .isOneOf(let field, let codes):
            return ["one", .string(field), .array(codes.map { .string($0) })]
        case .isFilled(let field): return ["filled", .string(field)]
        case .isAtLeast(let field, let least): return ["least", .string(field), .integer(least)]
        case .contains(let field, let code): return ["holds", .string(field), .string(code)]
        case .ageAtLeast(let years, let birth):
            return ["age", .integer(Int64(years)), .string(birth)]
        case .and(let parts): return joined("and", parts)
        case .or(let parts): return joined("or", parts)
        case .not(let part): return condition(part).map { ["not", $0] }
        case .certain(let part): return condition(part).map { ["certain", $0] }
        case .isReached, .isPast, .isFrom, .isRenewalDue, .hasChild, .parent: return nil
        }
    }

    private static func joined(_ word: String, _ parts: [Predicate]) -> JSONValue? {
        let found = parts.compactMap(condition)
        return found.count == parts.count ? [.string(word), .array(found)] : nil
    }

    // MARK: Sections

    private func json(of section: Section) -> JSONValue {
        let answers = section.answers.map { answer in
            let sets = answer.sets.sorted { $0.key < $1.key }.map { name, value in
                JSONValue.Member(name, value.json)
            }
            let undoes = answer.undoes.sorted { $0.key < $1.key }.map { name, code in
                JSONValue.Member(name, .string(code))
            }
            return JSONValue.object([
                .init("k", .string(answer.kind.rawValue)), .init("l", answer.label.json),
                .init("sets", .object(sets)), .init("undoes", .object(undoes)),
            ])
        }
        return .object([
            .init("n", .string(section.name)), .init("t", .string(section.type)),
            .init("l", section.label.json), .init("h", section.hint.map(\.json) ?? .null),
            .init("a", .array(answers)),
        ])
    }
}

extension Label {
    /// Vietnamese, English.
    var json: JSONValue { [.string(vi), .string(en)] }
}

extension Value {
    /// As the phone keeps it: a record by its id.
    var json: JSONValue {
        switch self {
        case .null, .erased, .bytes: .null
        case .integer(let number): .integer(number)
        case .text(let text): .string(text)
        case .reference(let record): .string(record.description)
        }
    }
}
