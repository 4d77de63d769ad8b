package import Survey

/// Exports of ours as CSV: by the columns with which each begins, before the record's fields, `import`
/// and whoever would replace the file know one.
package enum OwnExport {
    /// For programs.
    package static let names = ["id", "scope", "place"]

    /// For people.
    package static func titles(_ language: Language) -> [String] {
        switch language {
        case .vi: ["Mã", "Đường dẫn", "Thôn"]
        case .en: ["Id", "Scope", "Place"]
        }
    }

    /// The column behind these of an export that has records too that are no longer any.
    package static func goneTitle(_ language: Language?) -> String {
        guard let language else { return Column.gone.rawValue }
        return Column.gone.label(language)
    }

    /// The column that names what waits for a decision.
    package static func disputedTitle(_ language: Language?) -> String {
        guard let language else { return Column.disputed.rawValue }
        return Column.disputed.label(language)
    }

    /// The beginnings of the header, as a file has them.
    package static let beginnings: [[UInt8]] =
        ([names] + Language.allCases.map(titles)).map { cells in
            var writer = CSVWriter()
            writer.append(cells)
            return writer.take().dropLast(2) + ";".utf8
        }

    /// Whether these cells are the header of one, in whatever order somebody has brought them; what a
    /// list has told bears a name that no other list has.
    static func isHeader(_ cells: [String]) -> Bool {
        let keys = Set(cells.map(Column.key))
        return forms.contains { keys.isSuperset(of: $0) } || keys.contains(where: isRegisterLabel)
    }

    private static let forms = ([names] + Language.allCases.map(titles)).map { cells in
        Set(cells.map(Column.key))
    }

    private static func isRegisterLabel(_ key: String) -> Bool {
        key.hasSuffix("(danh sach nghiep vu)") || key.hasSuffix("(imported list)")
    }
}

extension Column {
    /// What an export of residents tells of their household, so that it can be taken in again.
    package static let ofHousehold: [Column] = [
        .householdCode, .householdNumber, .group, .address, .householdPhone, .householdState,
    ]

    /// What other lists may mean something else by.
    static let ofExports: Set<Column> = [
        .household, .householdCode, .householdState, .nationality, .presence, .presenceOn, .onList,
        .gone, .disputed,
    ]

    /// The field of the survey that it fills, of a resident or of the household.
    package var field: Field? {
        switch self {
        case .householdNumber, .group, .address: RecordType.household.field(rawValue)
        case .householdCode: RecordType.household.field("code")
        case .householdPhone: RecordType.household.field("phone")
        case .householdState: RecordType.household.field("state")
        default: RecordType.resident.field(rawValue)
        }
    }

    /// The name of its field and the labels, folded.
    var ownHeaders: [String] {
        let label = self == .gone || self == .disputed ? self.label : field?.label
        return label.map { [rawValue, $0.vi, $0.en].map(Self.key) } ?? []
    }

    private static let byOwnHeader: [String: Column] = Dictionary(
        allCases.flatMap { column in column.ownHeaders.map { ($0, column) } },
        uniquingKeysWith: { first, _ in first }
    )

    /// The column of an export of ours, which has the answers of the survey under names that agencies'
    /// lists use.
    init?(ownHeader header: String) {
        if let own = Self.byOwnHeader[Self.key(header)] {
            self = own
            return
        }
        guard let column = Column(header: header), !Self.ofAgencies.contains(column) else {
            return nil
        }
        self = column
    }
}
