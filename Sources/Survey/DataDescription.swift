/// A text for people in the two languages of the interface, Vietnamese first.
package struct Label: Hashable, Sendable {
    package let vi: String
    package let en: String

    package init(_ vi: String, _ en: String) {
        self.vi = vi
        self.en = en
    }

    package func callAsFunction(_ language: Language) -> String {
        switch language {
        case .vi: vi
        case .en: en
        }
    }
}

/// The languages of the interface.
package enum Language: String, CaseIterable, Sendable {
    case vi
    case en
}

/// One choice of a code list: a stable ASCII code that is never reused, and its label.
package struct Choice: Hashable, Sendable {
    package let code: String
    package let label: Label

    package init(_ code: String, _ vi: String, _ en: String) {
        self.code = code
        self.label = Label(vi, en)
    }
}

/// What a field may hold, and so how it is checked, stored, shown and imported.
///
/// Every kind is stored as one of three column types: text, integer, or the local key of a record.
package enum FieldKind: Hashable, Sendable {
    /// At most this many Unicode scalars, in normal form C.
    case text(max: Int)
    /// A name of a person: text with the rules of Vietnamese names.
    case personName(max: Int)
    case integer(ClosedRange<Int64>)
    /// `yyyy-mm-dd`.
    case date
    /// `yyyy-mm-dd`, `yyyy-mm` or `yyyy`: as precise as it is known; `?` behind it marks a suspect one.
    case partialDate
    /// `yyyy-mm-ddThh:mm`, local time (UTC+7).
    case localTime
    /// One code of the list.
    case code([Choice])
    /// Codes of the list, sorted, joined by commas; the empty text is the empty set.
    case codeSet([Choice])
    /// `yes`, `no`, `unknown`, `na`.
    case fourValued
    case phone
    /// Twelve ASCII digits.
    case personalID
    /// Nine digits of a paper that is no longer valid; kept to match old lists.
    case oldPersonalID
    case taxCode
    /// Degrees × 1,000,000, so that no binary fraction is ever compared.
    case microdegrees(ClosedRange<Int64>)
    /// The record of that type.
    case reference(to: String)
    case bytes(max: Int)
}

/// How concurrent values of one field are shown.
package enum MergeRule: Hashable, Sendable {
    /// Differing siblings are a conflict that a person decides.
    case review
    /// The union of all siblings is shown; no conflict.
    case union
    /// The greatest sibling is shown; no conflict.
    case maximum
}

/// When a field must be filled.
package enum Requirement: Hashable, Sendable {
    case optional
    /// Needed before the visit counts as complete; never blocks saving.
    case complete
    /// A new record without it is refused.
    case save
}

/// One field of a record type: everything that forms, tables, imports, exports and reports need.
package struct Field: Hashable, Sendable {
    /// Stable ASCII name, `[a-z][a-z0-9_]*`: the column's name and the name on the wire.
    package let name: String
    package let label: Label
    package let kind: FieldKind
    package let requirement: Requirement
    package let merge: MergeRule
    /// The section of the form, such as `idcard`; nil for the record's own facts.
    package let section: String?
    /// A secondary index is kept on the column.
    package let indexed: Bool
    /// Asked only when this holds, such as an age or an earlier answer.
    package let askedIf: Predicate?
    /// Names of the indicators that the field feeds.
    package let feeds: [String]

    package init(
        _ name: String,
        _ label: Label,
        _ kind: FieldKind,
        _ requirement: Requirement = .optional,
        merge: MergeRule = .review,
        section: String? = nil,
        indexed: Bool = false,
        askedIf: Predicate? = nil,
        feeds: [String] = []
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.requirement = requirement
        self.merge = merge
        self.section = section
        self.indexed = indexed
        self.askedIf = askedIf
        self.feeds = feeds
    }
}

/// One kind of record: a typed table, a form, a file of the export.
package struct RecordType: Hashable, Sendable {
    /// Stable ASCII name, also the table's name.
    package let name: String
    package let label: Label
    package let fields: [Field]
    /// The field that refers to the record that this one belongs to, such as a resident's household.
    package let parent: String?
    /// Position of each field by name.
    package let positions: [String: Int]

    package init(_ name: String, _ label: Label, parent: String? = nil, fields: [Field]) {
        self.name = name
        self.label = label
        self.fields = fields
        self.parent = parent
        self.positions = Dictionary(
            uniqueKeysWithValues: fields.enumerated().map { ($0.element.name, $0.offset) }
        )
    }

    package func field(_ name: String) -> Field? {
        positions[name].map { fields[$0] }
    }
}

/// What is surveyed: record types and indicators, from which everything else is generated.
package struct DataDescription: Sendable {
    package let types: [RecordType]
    package let indicators: [Indicator]

    package init(types: [RecordType], indicators: [Indicator]) {
        self.types = types
        self.indicators = indicators
    }

    package func type(_ name: String) -> RecordType? {
        types.first { $0.name == name }
    }
}
