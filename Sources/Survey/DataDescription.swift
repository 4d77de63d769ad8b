package import Causality

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
    /// Whom it is said of is there no more, such as somebody who has moved away.
    package let isGone: Bool

    package init(_ code: String, _ vi: String, _ en: String, isGone: Bool = false) {
        self.code = code
        self.label = Label(vi, en)
        self.isGone = isGone
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
///
/// Whatever a figure or a person's standing depends on is reviewed. What only stands beside an answer
/// merges by itself: the day of an answer is the greatest of the days, its source the latest. Sets of
/// codes are reviewed as well, for a union would bring back what one of two people took away, and join
/// “none” with others; only obstacles are united, as both were heard and they feed work lists alone.
package enum MergeRule: Hashable, Sendable {
    /// Differing siblings are a conflict that a person decides.
    case review
    /// The union of all siblings is shown; no conflict.
    case union
    /// The greatest sibling is shown, numbers before texts; no conflict.
    case maximum
    /// The latest sibling is shown; no conflict.
    case latest
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
    /// Names of the indicators that the field feeds; ``DataDescription`` fills them in.
    package let feeds: [String]
    /// Why it may be collected, where that differs from the record's purpose.
    package let purpose: Purpose.Name?
    /// Asked only where the commune has switched it on: sensitive, or of use to few.
    package let isOptIn: Bool
    /// Which days a date may name.
    package let days: DayRule
    /// What a new record holds where nobody says otherwise, as a stored text.
    package let initial: String?
    /// Never typed, shown or exported: only the program itself reads it.
    package let isSecret: Bool
    /// Facts of the same record whose day this is: another state has another day, which is asked anew
    /// and else not known.
    package let dayOf: [StateFact]
    /// Records of others that answer the question as well: it is open no more where this holds.
    package let answeredBy: Predicate?
    /// Of a reference to a person: whoever is certainly younger, in years, cannot be what it says.
    package let leastAge: Int?

    package init(
        _ name: String,
        _ label: Label,
        _ kind: FieldKind,
        _ requirement: Requirement = .optional,
        merge: MergeRule = .review,
        section: String? = nil,
        indexed: Bool = false,
        askedIf: Predicate? = nil,
        feeds: [String] = [],
        purpose: Purpose.Name? = nil,
        isOptIn: Bool = false,
        days: DayRule = .any,
        initial: String? = nil,
        isSecret: Bool = false,
        dayOf: [StateFact] = [],
        answeredBy: Predicate? = nil,
        leastAge: Int? = nil
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
        self.purpose = purpose
        self.isOptIn = isOptIn
        self.days = days
        self.initial = initial
        self.isSecret = isSecret
        self.dayOf = dayOf
        self.answeredBy = answeredBy
        self.leastAge = leastAge
    }

    /// The same field, feeding these indicators as well.
    func feeding(_ indicators: [String]) -> Field {
        Field(
            name,
            label,
            kind,
            requirement,
            merge: merge,
            section: section,
            indexed: indexed,
            askedIf: askedIf,
            feeds: feeds + indicators.filter { !feeds.contains($0) },
            purpose: purpose,
            isOptIn: isOptIn,
            days: days,
            initial: initial,
            isSecret: isSecret,
            dayOf: dayOf,
            answeredBy: answeredBy,
            leastAge: leastAge
        )
    }

    /// Codes of a list that say that somebody or something is there no more; of a resident's presence,
    /// that he has moved away, is dead, or was never there.
    package var goneCodes: [String] {
        guard case .code(let choices) = kind else { return [] }
        return choices.filter(\.isGone).map(\.code)
    }

    /// Whether a visit has found another state than the recorded one, of which this field's day is not
    /// the day; what was not known before is told for the first time, and takes no day away.
    package func isOutdated(from before: [String: Value], to now: [String: Value]) -> Bool {
        dayOf.contains { fact in
            guard let old = before[fact.field], let new = now[fact.field], old.isAnswer,
                new.isAnswer, old != new
            else { return false }
            guard let codes = fact.codes, case .text(let code) = new else { return true }
            return codes.contains(code)
        }
    }
}

extension Value {
    /// Whether it answers the question: neither empty nor the code for not known.
    package var isAnswer: Bool { self != .null && self != .text("unknown") }
}

/// A fact whose change makes another state.
package struct StateFact: Hashable, Sendable {
    package let field: String
    /// Codes that begin another state, nil for all: a card that is lost is the same card still.
    package let codes: Set<String>?

    package init(_ field: String, to codes: Set<String>? = nil) {
        self.field = field
        self.codes = codes
    }
}

/// Which days a date field may name; a breach is a warning unless it says that it blocks.
package enum DayRule: Hashable, Sendable {
    case any
    /// Not after today.
    case past
    /// Not after today: one that is cannot be saved.
    case pastOrBlocked
    /// Not before that day, and not after today.
    case pastSince(CalendarDay?)
    /// After today.
    case future
}

/// One kind of record: a typed table, a form, a file of the export.
package struct RecordType: Hashable, Sendable {
    /// Stable ASCII name, also the table's name.
    package let name: String
    package let label: Label
    package let fields: [Field]
    /// The field that refers to the record that this one belongs to, such as a resident's household.
    package let parent: String?
    /// Facts that hold from a day until another takes their place, such as where somebody lives.
    package let states: [Observation]
    /// Position of each field by name.
    package let positions: [String: Int]
    /// By section the fields of which an imported list may say the same fact.
    let listed: [String: [String]]
    /// Why its facts may be collected, where a field does not say otherwise.
    package let purpose: Purpose.Name
    /// Which of its records that belong to one record are one, where that can be told.
    package let sameness: Sameness?

    /// Records that belong to one record are one where they say the same in a field.
    ///
    /// Where an imported list has one of them, that one counts (indicators 1.6).
    package struct Sameness: Hashable, Sendable {
        package let field: String
        /// Codes that do not tell: two records with one of these may be two.
        package let vague: Set<String>
        /// Only of these: one that has ended is another one.
        package let among: Predicate

        package init(_ field: String, vague: Set<String>, among: Predicate) {
            self.field = field
            self.vague = vague
            self.among = among
        }
    }

    package init(
        _ name: String,
        _ label: Label,
        parent: String? = nil,
        purpose: Purpose.Name = .plan,
        states: [Observation] = [],
        sameness: Sameness? = nil,
        fields: [Field]
    ) {
        self.name = name
        self.label = label
        self.fields = fields
        self.parent = parent
        self.states = states
        self.purpose = purpose
        self.sameness = sameness
        let positions = Dictionary(
            uniqueKeysWithValues: fields.enumerated().map { ($0.element.name, $0.offset) }
        )
        self.positions = positions
        listed = fields.reduce(into: [:]) { all, field in
            guard let section = field.section, positions[field.name + "_register"] != nil else {
                return
            }
            all[section, default: []].append(field.name)
        }
    }

    package func field(_ name: String) -> Field? {
        positions[name].map { fields[$0] }
    }

    /// Whether the code is one of the field's ``Field/goneCodes``.
    package func saysGone(_ name: String, _ code: String?) -> Bool {
        guard let code else { return false }
        return field(name)?.goneCodes.contains(code) ?? false
    }

    /// The field that holds what the police's or paying agency's list says of the same fact, if any.
    ///
    /// Where it is filled it outranks the surveyed one (indicators 1.6).
    package func registerField(of name: String) -> Field? {
        field(name + "_register")
    }
}

/// What is surveyed: record types and indicators, from which everything else is generated.
package struct DataDescription: Sendable {
    package let types: [RecordType]
    package let indicators: [Indicator]
    /// Sections of the form in the order in which they are asked.
    package let sections: [Section]
    package let purposes: [Purpose]

    /// Fields learn here which indicators they feed, from the indicators' own conditions.
    package init(
        types: [RecordType],
        indicators: [Indicator],
        sections: [Section] = [],
        purposes: [Purpose] = []
    ) {
        var fed: [FieldName: [String]] = [:]
        for indicator in indicators {
            for field in indicator.rule?.fields(in: types) ?? [] {
                fed[field, default: []].append(indicator.name)
            }
        }
        self.types = types.map { type in
            RecordType(
                type.name,
                type.label,
                parent: type.parent,
                purpose: type.purpose,
                states: type.states,
                sameness: type.sameness,
                fields: type.fields.map { $0.feeding(fed[FieldName(type.name, $0.name)] ?? []) }
            )
        }
        self.indicators = indicators
        self.sections = sections
        self.purposes = purposes
    }

    package func indicator(_ name: String) -> Indicator? {
        indicators.first { $0.name == name }
    }

    /// Why the field may be collected.
    package func purpose(of field: Field, in type: RecordType) -> Purpose? {
        let name = field.purpose ?? type.purpose
        return purposes.first { $0.name == name }
    }

    package func type(_ name: String) -> RecordType? {
        types.first { $0.name == name }
    }
}
