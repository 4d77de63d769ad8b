import Survey

/// Which of the two universes a resident belongs to at the cut-off date (indicators, section 1.3).
struct Membership: OptionSet {
    let rawValue: Int

    /// `R_defacto`: lives here, registered or not.
    static let defacto = Membership(rawValue: 1)
    /// `R_dejure`: registered here, present or not.
    static let dejure = Membership(rawValue: 2)
    /// On the list, not known at the address: may live here.
    static let notFound = Membership(rawValue: 4)

    static let everywhere: Membership = [.defacto, .dejure]
}

/// Where a resident is at the cut-off date; the order is that of the duplicates' choice.
enum Presence: Int, CaseIterable {
    case here
    case awayShort
    case awayLong
    case notFound
    case moved
    case deceased
    /// Came only after the cut-off date.
    case notYetHere

    /// Nil for what no record says.
    var code: String? {
        switch self {
        case .notYetHere: nil
        case .here: "here"
        case .awayShort: "away-short"
        case .awayLong: "away-long"
        case .notFound: "not-found"
        case .moved: "moved"
        case .deceased: "deceased"
        }
    }

    /// The presence at the cut-off date, as SQL over a resident's columns.
    ///
    /// Who died, moved, left or was not found after that date was here then; who came after it was
    /// not. Nobody said otherwise of somebody on the imported list: here.
    static func sql(_ table: String, _ cutoff: Cutoff) -> String {
        let later =
            "rtrim(\(table).presence_on, '?') > \(literal(Cutoff.bound(cutoff.day)))"
        var text = "CASE ifnull(\(table).presence, 'here')"
        for presence in allCases {
            guard let code = presence.code else { continue }
            let before = presence == .here ? notYetHere : here
            text += " WHEN \(literal(code)) THEN "
            text += "iif(\(later), \(before.rawValue), \(presence.rawValue))"
        }
        return text + " ELSE \(here.rawValue) END"
    }
}

/// How a resident is registered; the order is that of the duplicates' choice.
enum Residence: Int, CaseIterable {
    case temporary
    case unregistered
    case permanent

    /// The registration, as SQL over a resident's columns; -1 where nobody knows.
    static func sql(_ table: String) -> String {
        "CASE \(table).residence WHEN 'temporary' THEN 0 WHEN 'unregistered' THEN 1 "
            + "WHEN 'permanent' THEN 2 ELSE -1 END"
    }
}

extension Membership {
    init(_ presence: Presence, _ residence: Residence?) {
        self = []
        if [.here, .awayShort].contains(presence) { insert(.defacto) }
        let isRegistered = residence == .permanent || residence == .temporary
        if isRegistered, [.here, .awayShort, .awayLong, .notFound].contains(presence) {
            insert(.dejure)
        }
        if presence == .notFound { insert(.notFound) }
    }
}

/// Residents by situation, in one place: the report's own lines beside the figures.
package struct PopulationTally: Hashable, Sendable {
    package internal(set) var here = 0
    package internal(set) var awayShort = 0
    package internal(set) var awayLong = 0
    package internal(set) var notFound = 0
    package internal(set) var moved = 0
    package internal(set) var deceased = 0
    /// Of those who live here: not registered.
    package internal(set) var unregistered = 0
    /// Of those who live here: on no list that was imported.
    package internal(set) var offList = 0
    /// Records of people who are counted elsewhere, not decided yet.
    package internal(set) var duplicates = 0

    package init() {}

    package static func + (left: PopulationTally, right: PopulationTally) -> PopulationTally {
        var sum = left
        sum.here += right.here
        sum.awayShort += right.awayShort
        sum.awayLong += right.awayLong
        sum.notFound += right.notFound
        sum.moved += right.moved
        sum.deceased += right.deceased
        sum.unregistered += right.unregistered
        sum.offList += right.offList
        sum.duplicates += right.duplicates
        return sum
    }

    mutating func count(_ presence: Presence, _ residence: Residence?, isOffList: Bool) {
        switch presence {
        case .here: here += 1
        case .awayShort: awayShort += 1
        case .awayLong: awayLong += 1
        case .notFound: notFound += 1
        case .moved: moved += 1
        case .deceased: deceased += 1
        case .notYetHere: break
        }
        guard presence == .here || presence == .awayShort else { return }
        if residence == .unregistered { unregistered += 1 }
        if isOffList { offList += 1 }
    }
}
