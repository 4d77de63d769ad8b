/// What a cell holds.
///
/// The meaning of a text or a number (date, code, phone) is the survey's affair.
package enum Value: Hashable, Sendable {
    /// Cleared on purpose: it replaces what its author had seen, like any other value.
    case null
    case integer(Int64)
    /// Always in Unicode normal form C.
    case text(String)
    case bytes([UInt8])
    case reference(RecordID)
    /// Was removed by a redaction order; the cell stays so that what it replaced does not return.
    case erased
}
