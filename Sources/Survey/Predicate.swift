/// A condition over the fields of one record, as data: compiled to SQL for figures, evaluated for forms.
///
/// Three-valued like SQL: a comparison with an empty field is neither true nor false.
package indirect enum Predicate: Hashable, Sendable {
    case always
    /// The field holds one of these codes or texts.
    case isOneOf(String, [String])
    case isFilled(String)
    case isAtLeast(String, Int64)
    /// The code set holds this code.
    case contains(String, String)
    /// Completed years at the cut-off date, from a partial date; `uncertain` where the year alone cannot tell.
    case ageAtLeast(Int, birth: String)
    /// The partial date lies on or before the cut-off date.
    case isReached(String)
    case and([Predicate])
    case or([Predicate])
    case not(Predicate)
    /// Some live record of `type` that refers to this one through `field` satisfies the condition.
    case hasChild(type: String, field: String, where: Predicate)
    /// The record that `field` refers to satisfies the condition.
    case parent(field: String, where: Predicate)
}
