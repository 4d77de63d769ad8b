package import Survey

/// All figures of a commune at a cut-off date: by indicator and place, and what stands beside them.
package struct CoverageReport: Hashable, Sendable {
    package let cutoff: Cutoff
    /// Villages in the order of their names, then other places such as the commune itself.
    package let places: [Place]
    /// Indicators that are counted over records, in the order of the data description.
    package let lines: [CoverageLine]
    package let agencyFigures: [AgencyLine]
    package let milestones: [MilestoneLine]
    /// By place, in the order of ``places``.
    package let population: [PopulationTally]
    /// By place, in the order of ``places``.
    package let visits: [VisitTally]

    package func line(_ indicator: String) -> CoverageLine? {
        lines.first { $0.indicator.name == indicator }
    }

    package var populationTotal: PopulationTally { population.reduce(PopulationTally(), +) }
    package var visitTotal: VisitTally { visits.reduce(VisitTally(), +) }
}

/// A part of the commune that figures are shown for.
package struct Place: Hashable, Sendable {
    /// Scope path, such as `48/21004/phu-quy-2`.
    package let scope: String
    package let name: String
    package let isVillage: Bool
    /// A village of that day: it has a line also where nothing is counted in it.
    package let isStanding: Bool

    /// Below this denominator a rate points at persons: suppressed in anything public.
    package static let publicPopulationMin = 5
}

/// One indicator's counts in every place.
package struct CoverageLine: Hashable, Sendable {
    package let indicator: Indicator
    /// Whole percent, as the commune decided or as the plan says.
    package let target: Int?
    /// Version of the counting rule.
    package let definition: String
    /// Whether the report prints this reading: the commune may have chosen another one.
    package let isPrinted: Bool
    /// People who live here, or records of other types; by place.
    package let byPlace: [Tally]
    /// People who are registered here, present or not; by place.
    package let registeredByPlace: [Tally]

    /// Of each place what may be made public: nil where so few belong to it that the rate points at
    /// persons, and of one other place where it could be computed from the total.
    package static func published(_ byPlace: [Tally]) -> [Tally?] {
        let few = Place.publicPopulationMin
        var hidden = Set(byPlace.indices.filter { (1..<few).contains(byPlace[$0].population) })
        if hidden.count == 1 {
            let others = byPlace.indices.filter {
                !hidden.contains($0) && byPlace[$0].population > 0
            }
            let least = others.min { byPlace[$0].population < byPlace[$1].population }
            hidden.formUnion(least.map { [$0] } ?? [])
        }
        return byPlace.indices.map { hidden.contains($0) ? nil : byPlace[$0] }
    }

    /// The commune's count, where it may be made public: nil as for a place.
    package static func published(total: Tally) -> Tally? {
        (1..<Place.publicPopulationMin).contains(total.population) ? nil : total
    }

    package var total: Tally { byPlace.reduce(Tally(), +) }
    package var registeredTotal: Tally { registeredByPlace.reduce(Tally(), +) }
    package var verdict: Verdict { total.verdict(on: target) }
}

/// What an agency reported for one target; nil parts are not reported, never zero.
package struct AgencyLine: Hashable, Sendable {
    package let indicator: Indicator
    package let target: Int?
    /// The latest figure reported by the cut-off date; nil where nothing was.
    package let figure: AgencyFigure?
}

package struct AgencyFigure: Hashable, Sendable {
    package let numerator: Int?
    package let denominator: Int?
    /// Derived from the counts where they are known, else as reported.
    package let rate: Permille?
    /// Only a percentage was reported.
    package let isRateOnly: Bool
    package let period: String
    package let reportedBy: String
    package let reportedOn: String
    package let sourceSystem: String
    package let documentNumber: String
}

package struct MilestoneLine: Hashable, Sendable {
    package let indicator: Indicator
    /// `not-started`, `in-progress` or `done`; nil where nothing was reported.
    package let state: String?
    package let since: String?
    package let evidence: String?
}

/// Households by the best outcome of their visits, in one place.
package struct VisitTally: Hashable, Sendable {
    /// Lived in or vacant: all that are to be visited.
    package internal(set) var households = 0
    /// Complete or in part.
    package internal(set) var visited = 0
    package internal(set) var notYetVisited = 0
    package internal(set) var refused = 0
    package internal(set) var noContact = 0
    package internal(set) var postponed = 0
    /// Vacant, moved away or not found, as the visitor saw it.
    package internal(set) var notThere = 0

    package init() {}

    package var visitedShare: Permille? { Permille(visited, of: households) }

    package static func + (left: VisitTally, right: VisitTally) -> VisitTally {
        var sum = left
        sum.households += right.households
        sum.visited += right.visited
        sum.notYetVisited += right.notYetVisited
        sum.refused += right.refused
        sum.noContact += right.noContact
        sum.postponed += right.postponed
        sum.notThere += right.notThere
        return sum
    }
}
