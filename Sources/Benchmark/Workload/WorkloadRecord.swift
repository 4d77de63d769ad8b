/// The four kinds of record, in the order in which a village's file has them.
package enum WorkloadKind: Int, CaseIterable, Sendable {
    case household
    case resident
    case account
    case device

    /// The letter in ids and files.
    var letter: String { ["h", "r", "a", "d"][rawValue] }

    init?(letter: String) {
        guard let kind = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = kind
    }

    /// The name of its table and record type.
    package var table: String { ["household", "resident", "account", "device"][rawValue] }

    /// Records of a village.
    var count: Int { [400, 1500, 1200, 700][rawValue] }

    /// The columns besides the id, in order.
    package var columns: [WorkloadColumn] { WorkloadColumn.all[rawValue] }

    func position(of column: String) -> Int? {
        columns.firstIndex { $0.name == column }
    }

    /// Columns that edits change, by position.
    var edited: [Int] {
        let names =
            switch self {
            case .household: ["phone", "size", "poor", "net", "visit", "result"]
            case .resident: ["phone", "job", "vn_lv", "vn_at", "health", "esig", "dvc"]
            case .account: ["active", "payout", "bank", "kind"]
            case .device: ["os", "net", "year", "model"]
            }
        return names.compactMap(position)
    }
}

/// One column of the workload's tables.
package struct WorkloadColumn: Sendable {
    package enum Kind: Hashable, Sendable {
        case text
        case integer
        /// Degrees × 1,000,000; written as a decimal fraction in the files.
        case microdegrees
        case reference(WorkloadKind)
    }

    package let name: String
    package let kind: Kind
    /// Whether the tables keep a secondary index on it.
    package let isIndexed: Bool

    private init(_ name: String, _ kind: Kind, isIndexed: Bool = false) {
        self.name = name
        self.kind = kind
        self.isIndexed = isIndexed
    }

    fileprivate static let all: [[WorkloadColumn]] = [
        [
            Self("vil", .integer), Self("no", .integer), Self("head", .reference(.resident)),
            Self("addr", .text), Self("phone", .text), Self("size", .integer),
            Self("poor", .integer), Self("net", .integer), Self("house", .integer),
            Self("lat", .microdegrees), Self("lon", .microdegrees), Self("visit", .text),
            Self("result", .integer),
        ],
        [
            Self("vil", .integer), Self("hh", .reference(.household), isIndexed: true),
            Self("name", .text), Self("birth", .text), Self("sex", .integer), Self("cccd", .text),
            Self("phone", .text), Self("rel", .integer), Self("job", .text),
            Self("vn_lv", .integer), Self("vn_at", .text), Self("health", .integer),
            Self("esig", .integer), Self("dvc", .integer),
        ],
        [
            Self("vil", .integer), Self("res", .reference(.resident), isIndexed: true),
            Self("bank", .text), Self("kind", .integer), Self("no", .text), Self("opened", .text),
            Self("active", .integer), Self("payout", .integer),
        ],
        [
            Self("vil", .integer), Self("hh", .reference(.household), isIndexed: true),
            Self("res", .reference(.resident)), Self("kind", .integer), Self("brand", .text),
            Self("model", .text), Self("os", .integer), Self("net", .integer),
            Self("year", .integer),
        ],
    ]
}

/// What a column of a record holds.
package enum WorkloadValue: Hashable, Sendable {
    /// The empty text stands for no answer.
    case text(String)
    /// Also microdegrees.
    case integer(Int64)
    /// The number, from 1, of a record of the same village.
    case reference(Int)
}

/// One record; its number, from 1, is its place among those of its kind in the village.
package struct WorkloadRecord: Sendable {
    package let kind: WorkloadKind
    /// In the order of ``WorkloadKind/columns``.
    package var values: [WorkloadValue]

    func text(_ column: Int) -> String {
        if case .text(let text) = values[column] { text } else { "" }
    }
}

/// All records of one village.
package struct WorkloadVillage: Sendable {
    /// From 0.
    package let number: Int
    /// By kind.
    package var records: [[WorkloadRecord]]

    package subscript(_ kind: WorkloadKind) -> [WorkloadRecord] { records[kind.rawValue] }

    package var count: Int { records.reduce(0) { $0 + $1.count } }
}

/// One or two columns of one record set to values that differ from the ones before.
package struct WorkloadEdit: Sendable {
    package let village: Int
    package let kind: WorkloadKind
    package let number: Int
    package var changes: [(column: Int, value: WorkloadValue)]
}

/// A resident changed by the village and by the hub, neither having seen the other.
///
/// Both set `vn_lv`, to different values; each sets one other field besides.
package struct WorkloadConflict: Sendable {
    package let village: Int
    /// Number of the resident.
    package let number: Int
    package let byVillage: [(column: Int, value: WorkloadValue)]
    package let byHub: [(column: Int, value: WorkloadValue)]
}
