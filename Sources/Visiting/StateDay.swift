import Causality
import Store

/// A day that belongs to a state, such as that of an account's activation: of another state it is
/// another day, which is asked anew and else not known.
package struct StateDay: Sendable {
    /// A fact whose change makes another state.
    package struct Fact: Sendable {
        package let field: String
        /// Codes that begin another state, nil for all: a card that is lost is the same card still.
        package let codes: Set<String>?
    }

    /// Name of the field that holds the day.
    package let field: String
    package let facts: [Fact]

    private init(_ field: String, of facts: Fact...) {
        self.field = field
        self.facts = facts
    }

    /// By record type.
    package static let all: [String: [StateDay]] = [
        "household": [StateDay("state_on", of: Fact("state"))],
        "resident": [
            StateDay("presence_on", of: Fact("presence")),
            StateDay("personal_id_checked_on", of: Fact("personal_id")),
            StateDay("idcard_issued_on", of: Fact("idcard_kind"), newCard),
            StateDay("idcard_expires_on", of: Fact("idcard_kind"), newCard),
            StateDay("vneid_activated_on", of: Fact("vneid_level"), Fact("vneid_state")),
            StateDay("ssa_linked_on", of: Fact("ssa_state")),
        ],
    ]

    private static let newCard = Fact("idcard_status", to: ["valid", "applied", "none"])

    /// Whether a visit has found another state than the recorded one; what was not known before is
    /// told for the first time, and takes no day away.
    func isOutdated(from before: [String: Value], to now: [String: Value]) -> Bool {
        facts.contains { fact in
            guard let old = before[fact.field], let new = now[fact.field], old.isAnswer,
                new.isAnswer, old != new
            else { return false }
            guard let codes = fact.codes, let code = new.text else { return true }
            return codes.contains(code)
        }
    }
}

extension StateDay.Fact {
    fileprivate init(_ field: String, to codes: Set<String>? = nil) {
        self.init(field: field, codes: codes)
    }
}
