/// A property that must hold at any moment.
///
/// That no input takes more memory or time than its limits allow is not among them: it is checked
/// where bytes are decoded, by the tests of the decoders and by fuzzing.
package enum Invariant: String, Hashable, Sendable, CaseIterable {
    case durable = "durable"
    case convergent = "convergent"
    case noLostUpdate = "no lost update"
    case noFalseConflict = "no false conflict"
    case rebuildable = "rebuildable"
    case prefix = "prefix"
    case idempotent = "idempotent"
    case singleWriter = "single writer"
    case authority = "authority"
    case progress = "progress"
    /// Nothing but what was provoked goes wrong.
    case sound = "sound"
}

/// An invariant that does not hold, and where.
struct Violation: Error {
    let invariant: Invariant
    let message: String

    init(_ invariant: Invariant, _ message: String) {
        self.invariant = invariant
        self.message = message
    }
}
