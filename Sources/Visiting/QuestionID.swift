package import Causality

/// One question of a visit: a field of one of its records.
///
/// Written `<record>.<field>`, as pages name their inputs.
package struct QuestionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let record: RecordID
    package let field: String

    package init(_ record: RecordID, _ field: String) {
        self.record = record
        self.field = field
    }

    /// Reads what ``description`` wrote; nil for anything else.
    package init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), let record = RecordID(String(text[..<dot])) else {
            return nil
        }
        self.init(record, String(text[text.index(after: dot)...]))
    }

    package static func < (left: QuestionID, right: QuestionID) -> Bool {
        (left.record, left.field) < (right.record, right.field)
    }

    package var description: String { "\(record).\(field)" }
}

/// A section of one record.
package struct SectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let record: RecordID
    package let section: String

    package init(_ record: RecordID, _ section: String) {
        self.record = record
        self.section = section
    }

    /// Reads what ``description`` wrote; nil for anything else.
    package init?(_ text: String) {
        guard let parts = QuestionID(text) else { return nil }
        self.init(parts.record, parts.field)
    }

    package static func < (left: SectionID, right: SectionID) -> Bool {
        (left.record, left.section) < (right.record, right.section)
    }

    package var description: String { "\(record).\(section)" }
}

/// Records that a visit creates have ids of their own kind until they are saved.
///
/// Real origins are drawn at random from 64 bits; none is ever 0.
extension RecordID {
    /// The visit itself.
    package static let visit = RecordID(origin: 0, counter: 1)
    /// What the household is told in this round, where it was not told before.
    package static let notice = RecordID(origin: 0, counter: 2)
    /// The first of those that are added at the door.
    static let firstAdded: UInt32 = 3

    /// Whether the record is not saved yet.
    package var isOfVisit: Bool { origin == 0 }
}

/// A part of the visit that is one page.
package enum Step: Hashable, Sendable, CustomStringConvertible {
    /// What came of it, and who answered.
    case outcome
    /// Who still lives here.
    case members
    /// Devices and Internet of the household.
    case devices
    case person(RecordID)
    /// Pensions and allowances of all people of the household.
    case benefits
    /// What the household was told, and what it agrees to.
    case notice
    /// Notes, what is still missing, the end.
    case finish

    /// Reads what ``description`` wrote; nil for anything else.
    package init?(_ text: String) {
        switch text {
        case "outcome": self = .outcome
        case "members": self = .members
        case "devices": self = .devices
        case "benefits": self = .benefits
        case "notice": self = .notice
        case "finish": self = .finish
        default:
            guard text.hasPrefix("person-"), let id = RecordID(String(text.dropFirst(7))) else {
                return nil
            }
            self = .person(id)
        }
    }

    /// The same page where records have other names.
    func naming(_ names: [RecordID: RecordID]) -> Step {
        guard case .person(let id) = self, let name = names[id] else { return self }
        return .person(name)
    }

    package var description: String {
        switch self {
        case .outcome: "outcome"
        case .members: "members"
        case .devices: "devices"
        case .person(let id): "person-\(id)"
        case .benefits: "benefits"
        case .notice: "notice"
        case .finish: "finish"
        }
    }
}
