package import Survey

/// One decision of the importer about one cell or row.
///
/// `given` and `taken` may hold personal data: for the people who handle the list, not for logs.
package struct ImportDecision: Hashable, Sendable {
    /// As the spreadsheet counts, from 1.
    package let row: Int
    package let code: ImportCode
    package let outcome: ImportOutcome
    package let column: Column?
    package let given: String?
    package let taken: String?

    init(
        _ code: ImportCode,
        _ outcome: ImportOutcome,
        row: Int,
        column: Column? = nil,
        given: String? = nil,
        taken: String? = nil
    ) {
        self.row = row
        self.code = code
        self.outcome = outcome
        self.column = column
        self.given = given.map { String($0.prefix(200)) }
        self.taken = taken
    }
}

/// What came of an import, complete in its counts.
package struct ImportReport: Sendable {
    /// How often each thing was met; every decision is counted.
    package private(set) var counts: [ImportCode: Int] = [:]
    package private(set) var outcomes: [ImportOutcome: Int] = [:]
    /// In the order of the rows; the first ones where there are more than the limit.
    package private(set) var decisions: [ImportDecision] = []
    /// Rows of the file below its header.
    package internal(set) var rows = 0
    package internal(set) var persons = 0
    package internal(set) var households = 0
    /// Rows that name somebody but were not taken, for what the row itself says.
    package internal(set) var refusedRows = 0
    /// In the order of the file.
    package internal(set) var columns: [ImportedColumn] = []
    package internal(set) var header = HeaderSet(names: [])
    /// The list is an export of ours: columns that are not read are answers of the survey.
    package internal(set) var isOwnExport = false
    package internal(set) var separator: UInt8 = 0
    package internal(set) var headerRow = 0
    /// An old encoding that was found, with examples of before and after.
    package internal(set) var encoding: EncodingProposal?
    /// Villages by key with the name to show, in order of appearance.
    package internal(set) var villages: [ImportedVillage] = []
    /// What the policy accepted of the proposals.
    package let policy: ImportPolicy
    private let decisionsKept: Int

    init(policy: ImportPolicy, decisionsKept: Int) {
        self.policy = policy
        self.decisionsKept = decisionsKept
    }

    /// Headers that no table knows and nobody has explained: their cells were not read.
    package var unknownColumns: [String] {
        columns.filter { $0.column == nil && $0.origin == .table && !$0.header.isEmpty }
            .map(\.header)
    }

    /// Enters a decision, which may stand for several cells of a column.
    mutating func add(_ decision: ImportDecision, times: Int = 1) {
        counts[decision.code, default: 0] += times
        outcomes[decision.outcome, default: 0] += times
        if decisions.count < decisionsKept { decisions.append(decision) }
    }
}

/// A conversion that the whole file needs; shown before it is accepted.
package struct EncodingProposal: Sendable {
    package let encoding: LegacyEncoding
    package let examples: [Example]
    package let isAccepted: Bool

    /// A text as it stands in the file, and converted.
    package struct Example: Sendable {
        package let before: String
        package let after: String
    }
}

/// Which proposals are taken without asking again.
package struct ImportPolicy: Sendable {
    /// Codes whose proposals are accepted.
    package let accepted: Set<ImportCode>

    package static let proposals: Set<ImportCode> = [
        .leadingZeroLost, .phoneConverted, .phoneZeroLost, .dateProposed, .birthFromID,
        .relationProposed, .legacyEncoding, .benefitProposed,
    ]

    /// Takes nothing that is not certain.
    package static let certainOnly = ImportPolicy(accepted: [])
    /// Takes every proposal, as an officer does who has looked at the dry run.
    package static let acceptProposals = ImportPolicy(accepted: proposals)

    package init(accepted: Set<ImportCode>) {
        self.accepted = accepted
    }
}

/// A village of the list.
package struct ImportedVillage: Hashable, Sendable {
    /// Equal for all spellings: folded, without a leading `thôn`.
    package let key: String
    /// The best spelling seen.
    package let name: String

    /// The key of a village's name, however it is written.
    package static func key(_ name: String) -> String {
        let fold = TextFold.fold(name)
        return fold.hasPrefix("thon ") ? String(fold.dropFirst(5)) : fold
    }
}

/// A household of the list, with values as the survey's fields store them.
package struct ImportedHousehold: Sendable {
    /// The row that began it.
    package let row: Int
    /// With the village the identity by which a second import finds it again.
    package let registerCode: String?
    package let village: ImportedVillage?
    /// The household's id where the list is an export of ours, which is what tells households apart.
    package let record: String?
    package let isOwnExport: Bool
    /// Fields of `household`, `register_code` included.
    package internal(set) var fields: [String: String]
    package internal(set) var members: [ImportedPerson] = []
}

/// A person of the list, with values as the survey's fields store them.
package struct ImportedPerson: Sendable {
    package let row: Int
    /// Fields of `resident`; refused and unaccepted values are not in it.
    package let fields: [String: String]
    /// Fields of `benefit`, of a pension or allowance that an agency pays; of the person's row alone.
    package let benefit: [String: String]
    /// The day of which an agency's list tells of the person, where it says so.
    package let registerDay: CalendarDay?
    /// The row names a day that cannot be used: what the agency says of the person is left out.
    package let isDayRefused: Bool
    /// The remark beside the person; residents have no field for it, so the household's note gets it.
    package let note: String?
    package let decisions: [ImportDecision]

    package var isHead: Bool { fields["relation"] == "head" }
}
