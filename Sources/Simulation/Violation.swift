/// A property that must hold at any moment; `sync-protocol.md` section 12.
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
    case bounded = "bounded"
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
