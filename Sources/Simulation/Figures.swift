/// What a run went through.
package struct Figures: Hashable, Sendable {
    package var seeds = 0
    package var steps = 0
    package var saves = 0
    package var exchanges = 0
    package var cuts = 0
    package var crashes = 0
    package var oldBundles = 0
    package var phoneChanges = 0
    package var rollbacks = 0
    package var restores = 0
    package var copies = 0
    package var replacements = 0
    package var revocations = 0
    package var moves = 0
    package var erasures = 0
    package var upgrades = 0
    package var hostileMessages = 0
    /// Bundles of nodes that conspire with a revoked one.
    package var conspiracies = 0
    /// Decisions of a person to admit what was set aside of a revoked node.
    package var admissions = 0
    package var healedForks = 0
    /// Siblings of which one author had seen the other's value: after clipped tokens, and entries
    /// that have two names since a fork.
    package var excusedConflicts = 0
    /// The most rounds of exchanges that healing took.
    package var healingRoundsMax = 0

    package init() {}

    mutating func add(_ other: Figures) {
        for field in Self.sums { self[keyPath: field] += other[keyPath: field] }
        healingRoundsMax = max(healingRoundsMax, other.healingRoundsMax)
    }

    private static var sums: [WritableKeyPath<Figures, Int>] {
        [
            \.seeds, \.steps, \.saves, \.exchanges, \.cuts, \.crashes, \.oldBundles,
            \.phoneChanges, \.rollbacks, \.restores, \.copies, \.replacements, \.revocations,
            \.moves, \.erasures, \.upgrades, \.hostileMessages, \.conspiracies, \.admissions,
            \.healedForks,
            \.excusedConflicts,
        ]
    }
}
