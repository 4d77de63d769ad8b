package import Causality

/// What one record says, with the records that conditions may look at beside it.
package struct Facts: Sendable {
    package let type: RecordType
    package let values: [String: Value]
    /// Live records that refer to this one, by their type.
    package let children: [String: [Facts]]
    /// The records that this one refers to, by the name of the referring field.
    package let parents: [String: Facts]

    package init(
        _ type: RecordType,
        _ values: [String: Value],
        children: [String: [Facts]] = [:],
        parents: [String: Facts] = [:]
    ) {
        self.type = type
        self.values = values
        self.children = children
        self.parents = parents
    }

    /// The text that counts: the register's where it is filled; nil for an empty field.
    package func text(_ field: String) -> String? {
        if case .text(let text) = counted(field) { return text }
        return nil
    }

    func counted(_ field: String) -> Value? {
        filled(field + "_register") ?? filled(field)
    }

    private func filled(_ field: String) -> Value? {
        switch values[field] {
        case nil, .null, .erased: nil
        case let value: value
        }
    }

    /// What decides whether a field is asked: within its own section what was answered at the door goes
    /// before what a list says, else nobody could say more of what the list does not know yet.
    package func asking(_ field: Field) -> Facts {
        let outdone = field.section.flatMap { type.listed[$0] }?.filter { name in
            filled(name).map { $0 != .text("unknown") } == true
        }
        guard let outdone, !outdone.isEmpty else { return self }
        var values = values
        for name in outdone { values[name + "_register"] = nil }
        return Facts(type, values, children: children, parents: parents)
    }
}

extension Predicate {
    /// True, false, or nil where the facts do not tell; ages and dates are judged at `day`.
    package func evaluate(_ facts: Facts, on day: CalendarDay) -> Bool? {
        switch self {
        case .always: true
        case .unknown: nil
        case .isOneOf(let field, let codes): facts.knownCode(field).map(codes.contains)
        case .isFilled(let field): facts.counted(field) != nil
        case .isAtLeast(let field, let least): facts.integer(field).map { $0 >= least }
        case .contains(let field, let code):
            facts.text(field).map { $0.split(separator: ",").contains(Substring(code)) }
        case .ageAtLeast(let years, let birth): facts.age(years, birth, on: day)
        case .isReached(let field): facts.date(field)?.firstDay.map { $0 <= day }
        case .isPast(let field): facts.date(field)?.lastDay.map { $0 < day }
        case .isFrom(let field, let since): facts.date(field).map { $0.isFrom(since) }
        case .isRenewalDue(let birth, let issued): facts.isRenewalDue(birth, issued, on: day)
        case .and(let parts): conjunction(parts.lazy.map { $0.evaluate(facts, on: day) })
        case .or(let parts):
            conjunction(parts.lazy.map { $0.evaluate(facts, on: day).map(!) }).map(!)
        case .not(let part): part.evaluate(facts, on: day).map(!)
        case .certain(let part): part.evaluate(facts, on: day) ?? false
        case .hasChild(let type, _, let condition):
            conjunction(
                (facts.children[type] ?? []).lazy.map { condition.evaluate($0, on: day).map(!) }
            ).map(!)
        case .parent(let field, let condition):
            facts.parents[field].flatMap { condition.evaluate($0, on: day) }
        }
    }
}

/// Kleene's conjunction: false if any part is false, else unknown if any part is.
private func conjunction(_ parts: some Sequence<Bool?>) -> Bool? {
    var known = true
    for part in parts {
        guard let part else {
            known = false
            continue
        }
        if !part { return false }
    }
    return known ? true : nil
}

extension Facts {
    /// The code or text that counts; nil for an empty field, `unknown`, or a code of a newer version.
    fileprivate func knownCode(_ field: String) -> String? {
        guard let text = text(field) else { return nil }
        let choices: [Choice]
        switch type.field(field)?.kind {
        case .code(let list): choices = list
        case .fourValued: choices = Choice.fourValues
        default: return text
        }
        let isKnown = text != Choice.unknown.code && choices.contains { $0.code == text }
        return isKnown ? text : nil
    }

    fileprivate func integer(_ field: String) -> Int64? {
        if case .integer(let number) = counted(field) { return number }
        return nil
    }

    fileprivate func date(_ field: String) -> PartialDate? {
        text(field).flatMap { PartialDate($0) }
    }

    fileprivate func isRenewalDue(_ birth: String, _ issued: String, on day: CalendarDay) -> Bool? {
        guard let birth = date(birth), let issued = text(issued).flatMap({ CalendarDay($0) }) else {
            return nil
        }
        return CardValidity.proposal(birth: birth, issuedOn: issued).map { $0 < day }
    }

    fileprivate func age(_ years: Int, _ birth: String, on day: CalendarDay) -> Bool? {
        switch date(birth)?.age(atLeast: years, on: day) {
        case .reached: true
        case .notReached: false
        case .uncertain, nil: nil
        }
    }
}

extension PartialDate {
    fileprivate func isFrom(_ day: CalendarDay) -> Bool {
        guard let last = lastDay else { return false }
        return last >= day
    }
}
