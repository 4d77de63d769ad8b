package import Survey

/// Why an answer is unknown (indicators, section 1.4).
package enum Cause: Int, CaseIterable, Hashable, Sendable {
    case notVisited
    case noContact
    case refused
    case absentNoProxy
    case notAsked
    case dontKnow
    case conflict
    case stale

    /// Stable ASCII code.
    package var code: String {
        switch self {
        case .notVisited: "not-visited"
        case .noContact: "no-contact"
        case .refused: "refused"
        case .absentNoProxy: "absent-no-proxy"
        case .notAsked: "not-asked"
        case .dontKnow: "dont-know"
        case .conflict: "conflict"
        case .stale: "stale"
        }
    }

    package var label: Label {
        switch self {
        case .notVisited: Label("Chưa đến", "Not visited")
        case .noContact: Label("Đến nhưng không gặp", "Nobody met")
        case .refused: Label("Từ chối", "Refused")
        case .absentNoProxy: Label("Vắng, không ai trả lời thay", "Away, nobody could answer")
        case .notAsked: Label("Chưa hỏi", "Not asked")
        case .dontKnow: Label("Không biết", "Does not know")
        case .conflict: Label("Đang chờ xử lý", "Two answers, undecided")
        case .stale: Label("Quá hạn", "Too old")
        }
    }
}

/// What one record is to one indicator, as the number that the compiled query returns.
struct RowState: RawRepresentable, Hashable {
    let rawValue: Int

    /// Not in the population.
    static let outside = RowState(rawValue: 0)
    static let yes = RowState(rawValue: 1)
    static let no = RowState(rawValue: 2)
    /// In the population, but the target does not concern it.
    static let notApplicable = RowState(rawValue: 3)
    /// In the population if the age were known.
    static let ageUncertain = RowState(rawValue: 4)
    /// In the population if some other fact were known.
    static let mayBelong = RowState(rawValue: 5)

    /// In the population, and the visits tell why nobody knows: never the state of a row.
    static let asVisited = RowState(rawValue: count)

    /// In the population, but nobody knows.
    static func unknown(_ cause: Cause) -> RowState {
        RowState(rawValue: unknownBase + cause.rawValue)
    }

    /// Why it is unknown; nil for the other states.
    var cause: Cause? { Cause(rawValue: rawValue - Self.unknownBase) }

    private static let unknownBase = 8
    /// How many numbers there are.
    static let count = unknownBase + Cause.allCases.count
}
