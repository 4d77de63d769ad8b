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

/// What one record is to one indicator; the raw values are what the compiled query returns.
enum RowState: Hashable {
    /// Not in the population.
    case outside
    case yes
    case no
    /// In the population, but the target does not concern it.
    case notApplicable
    /// In the population if the age were known.
    case ageUncertain
    /// In the population if some other fact were known.
    case mayBelong
    case unknown(Cause)

    /// Unknown states follow from here, one for each cause.
    static let unknownBase = 8
    static let count = unknownBase + Cause.allCases.count

    init?(rawValue: Int) {
        switch rawValue {
        case 0: self = .outside
        case 1: self = .yes
        case 2: self = .no
        case 3: self = .notApplicable
        case 4: self = .ageUncertain
        case 5: self = .mayBelong
        default:
            guard let cause = Cause(rawValue: rawValue - Self.unknownBase) else { return nil }
            self = .unknown(cause)
        }
    }

    var rawValue: Int {
        switch self {
        case .outside: 0
        case .yes: 1
        case .no: 2
        case .notApplicable: 3
        case .ageUncertain: 4
        case .mayBelong: 5
        case .unknown(let cause): Self.unknownBase + cause.rawValue
        }
    }
}
