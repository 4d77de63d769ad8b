package import Survey

/// Counts of one indicator in one place: they add up, percentages never do.
package struct Tally: Hashable, Sendable {
    package internal(set) var yes = 0
    package internal(set) var no = 0
    /// By cause, in the order of ``Cause/allCases``.
    package internal(set) var unknownByCause = [Int](repeating: 0, count: Cause.allCases.count)
    /// In the population, but not concerned; outside every rate.
    package internal(set) var notApplicable = 0
    /// Would belong if their age were known; only in the extended bounds.
    package internal(set) var ageUncertain = 0
    /// Would belong if some other fact were known; only in the extended bounds.
    package internal(set) var mayBelong = 0
    /// On the list, but not known at the address; only in the extended bounds.
    package internal(set) var notFound = 0

    package init() {}

    /// For examples and tests; all unknown answers have the cause `not-visited`.
    package init(yes: Int, no: Int, unknown: Int) {
        self.yes = yes
        self.no = no
        unknownByCause[Cause.notVisited.rawValue] = unknown
    }

    package func unknown(_ cause: Cause) -> Int { unknownByCause[cause.rawValue] }

    package static func + (left: Tally, right: Tally) -> Tally {
        var sum = left
        sum.yes += right.yes
        sum.no += right.no
        for cause in Cause.allCases.map(\.rawValue) {
            sum.unknownByCause[cause] += right.unknownByCause[cause]
        }
        sum.notApplicable += right.notApplicable
        sum.ageUncertain += right.ageUncertain
        sum.mayBelong += right.mayBelong
        sum.notFound += right.notFound
        return sum
    }
}

// MARK: - The four numbers (indicators, section 1.5)

extension Tally {
    package var unknown: Int { unknownByCause.reduce(0, +) }
    /// Disputed answers that a person has to decide.
    package var disputed: Int { unknown(.conflict) }
    /// The denominator on the register.
    package var population: Int { yes + no + unknown }
    /// People who may belong, beyond the population.
    package var possible: Int { ageUncertain + mayBelong + notFound }

    /// On the register, the headline and the lower bound; nil without a population.
    package var registerRate: Permille? { Permille(yes, of: population) }
    /// Among those who answered; nil where nobody did.
    package var surveyedRate: Permille? { Permille(yes, of: yes + no) }
    /// If every unknown answer were yes.
    package var upperBound: Permille? { Permille(yes + unknown, of: population) }
    package var surveyedShare: Permille? { Permille(yes + no, of: population) }

    /// The bounds if those who may belong do: none of them has it, or all of them do.
    package var extendedBounds: (lower: Permille, upper: Permille)? {
        let all = population + possible
        guard let lower = Permille(yes, of: all),
            let upper = Permille(yes + unknown + possible, of: all)
        else { return nil }
        return (lower, upper)
    }

    /// How many must be reached for a target in whole percent, 0 to 100.
    package func required(for target: Int) -> Int {
        (population * min(max(target, 0), 100) + 99) / 100
    }

    /// How many are still lacking.
    package func gap(to target: Int) -> Int {
        max(0, required(for: target) - yes)
    }

    /// Compared in whole people, never in rounded percentages.
    package func verdict(on target: Int?) -> Verdict {
        guard population > 0 else { return .noSubjects }
        guard let target else { return .noTarget }
        return yes >= required(for: target) ? .met : .notMet
    }
}

/// What a figure says about its target.
package enum Verdict: String, Sendable {
    case met
    case notMet = "not-met"
    /// Nobody is known to belong to the population; who may is counted as ``Tally/possible``
    /// (indicators, section 1.5: "D = 0").
    case noSubjects = "no-subjects"
    case noTarget = "no-target"

    package var label: Label {
        switch self {
        case .met: Label("đạt", "met")
        case .notMet: Label("chưa đạt", "not met")
        case .noSubjects: Label("không có đối tượng", "nobody concerned")
        case .noTarget: Label("—", "—")
        }
    }
}

/// A rate in thousandths, cut off and never rounded up: 999 of 1000 is 99.9 %, 9,996 of 10,000 too.
package struct Permille: Hashable, Comparable, Sendable {
    package let value: Int

    /// Nil without a denominator.
    package init?(_ part: Int, of whole: Int) {
        guard whole > 0 else { return nil }
        // Both may be any numbers that another node has written.
        value = Int(clamping: Int128(part) * 1000 / Int128(whole))
    }

    package static func < (left: Permille, right: Permille) -> Bool { left.value < right.value }

    /// `87,5%` in Vietnamese, `87.5%` in English.
    package func text(_ language: Language) -> String {
        "\(value / 10)\(language == .vi ? "," : ".")\(value % 10)%"
    }
}
