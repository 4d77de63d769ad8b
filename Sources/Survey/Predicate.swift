/// A condition over the fields of one record, as data: compiled to SQL for figures, evaluated for forms.
///
/// Three-valued like SQL: a comparison with an empty field, with the code `unknown`, or with a code
/// that only a newer version knows, is neither true nor false. Reading a field that has a register
/// field beside it reads the register's value where that is filled
/// (``RecordType/registerField(of:)``).
package indirect enum Predicate: Hashable, Sendable {
    case always
    /// Neither true nor false, whatever the record holds: a fact that nobody asked for.
    case unknown
    /// The field holds one of these codes or texts.
    case isOneOf(String, [String])
    /// The field holds anything at all; never unknown.
    case isFilled(String)
    case isAtLeast(String, Int64)
    /// The code set holds this code.
    case contains(String, String)
    /// Completed years at the cut-off date, from a partial date; `uncertain` where the year alone cannot tell.
    case ageAtLeast(Int, birth: String)
    /// The partial date lies, or may lie, on or before the cut-off date.
    case isReached(String)
    /// The partial date lies wholly before the cut-off date.
    case isPast(String)
    /// The partial date lies, or may lie, on or after that day.
    case isFrom(String, CalendarDay)
    /// By birth and day of issue a card should have been renewed before the cut-off date
    /// (``CardValidity``); neither true nor false where one of them is not known to the day.
    case isRenewalDue(birth: String, issued: String)
    case and([Predicate])
    case or([Predicate])
    case not(Predicate)
    /// The condition is known to hold: what is unknown counts as false.
    case certain(Predicate)
    /// Some live record of `type` that refers to this one through `field` satisfies the condition.
    case hasChild(type: String, field: String, where: Predicate)
    /// The record that `field` refers to satisfies the condition.
    case parent(field: String, where: Predicate)
}

/// A field of a record type, by name.
package struct FieldName: Hashable, Comparable, Sendable {
    package let type: String
    package let field: String

    package init(_ type: String, _ field: String) {
        self.type = type
        self.field = field
    }

    package static func < (left: FieldName, right: FieldName) -> Bool {
        (left.type, left.field) < (right.type, right.field)
    }
}

extension Predicate {
    /// Every field that the condition looks at, on records of `type` and of the types it names.
    ///
    /// A parent's fields are named by the type that the reference points to, where `types` knows it.
    package func fields(of type: String, in types: [RecordType]) -> Set<FieldName> {
        switch self {
        case .always, .unknown:
            return []
        case .isOneOf(let field, _), .isFilled(let field), .isAtLeast(let field, _),
            .contains(let field, _), .ageAtLeast(_, let field), .isReached(let field),
            .isPast(let field), .isFrom(let field, _):
            return [FieldName(type, field)]
        case .isRenewalDue(let birth, let issued):
            return [FieldName(type, birth), FieldName(type, issued)]
        case .and(let parts), .or(let parts):
            return parts.reduce(into: []) { $0.formUnion($1.fields(of: type, in: types)) }
        case .not(let part), .certain(let part):
            return part.fields(of: type, in: types)
        case .hasChild(let child, let field, let condition):
            return condition.fields(of: child, in: types).union([FieldName(child, field)])
        case .parent(let field, let condition):
            let own = types.first { $0.name == type }?.field(field)
            guard case .reference(let parent) = own?.kind else { return [FieldName(type, field)] }
            return condition.fields(of: parent, in: types).union([FieldName(type, field)])
        }
    }
}
