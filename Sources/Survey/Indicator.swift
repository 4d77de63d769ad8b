/// One target of the commune's plan, or a companion figure, as data.
package struct Indicator: Hashable, Sendable {
    /// How the figure comes about.
    package enum Measure: Hashable, Sendable {
        /// Counted over records.
        case survey(SurveyRule)
        /// Reported by an agency; never estimated from the survey.
        case agency(numerator: Label, denominator: Label)
        /// Not started, in progress, or done.
        case milestone
    }

    /// What stands behind the figure beside others.
    package enum Role: Hashable, Sendable {
        /// The default reading of a target of the plan.
        case headline
        /// Another defensible reading of the same words; the commune may choose it.
        case reading(of: String)
        /// Printed beside, to judge the headline by.
        case companion(of: String)
        /// No target at all.
        case information
    }

    /// Who decides the figure.
    package enum Level: String, Sendable {
        case commune
        /// Decided by the city or a ministry: the commune repeats what it is given.
        case city
    }

    /// What is counted.
    package enum Unit: String, CaseIterable, Sendable {
        case resident
        case household
        case business
        case facility
        case civilServant = "civil-servant"
        case item
    }

    /// Stable name, such as `vneid-level2`.
    package let name: String
    package let label: Label
    /// The plan's own words, in Vietnamese; nil for figures that the plan does not name.
    package let wording: String?
    /// Where the plan says it, such as `II.3`.
    package let place: String?
    /// Whole percent; nil without a target.
    package let target: Int?
    package let unit: Unit
    package let level: Level
    package let role: Role
    package let measure: Measure
    /// The survey's answer is weak; the report prints the agency's figure where there is one.
    package let prefersAgency: Bool
    /// Version of the counting rule, stored with each printed figure.
    package let definition: String

    package init(
        name: String,
        label: Label,
        wording: String? = nil,
        place: String? = nil,
        target: Int? = nil,
        unit: Unit = .item,
        level: Level = .commune,
        role: Role = .headline,
        measure: Measure = .milestone,
        prefersAgency: Bool = false,
        definition: String = "v1"
    ) {
        self.name = name
        self.label = label
        self.wording = wording
        self.place = place
        self.target = target
        self.unit = unit
        self.level = level
        self.role = role
        self.measure = measure
        self.prefersAgency = prefersAgency
        self.definition = definition
    }

    /// The counting rule, for figures counted over records.
    package var rule: SurveyRule? {
        if case .survey(let rule) = measure { return rule }
        return nil
    }
}

/// Who is counted, and who counts as having it.
///
/// Residents are first those who live here at the cut-off date (or are registered here): the
/// population condition only narrows that. Where the numerator is neither true nor false, the
/// answer is unknown, and the sections' causes say why.
package struct SurveyRule: Hashable, Sendable {
    /// The record type that is counted.
    package let type: String
    package let population: Predicate
    package let numerator: Predicate
    /// Members of the population whom the target does not concern; shown apart.
    package let notApplicable: Predicate?
    /// Sections whose `_unknown` field tells why the answer is missing, in order of precedence.
    package let sections: [String]
    /// Why somebody lacks it, for work lists.
    package let reason: Reason?

    package init(
        _ type: String,
        population: Predicate,
        numerator: Predicate,
        notApplicable: Predicate? = nil,
        sections: [String] = [],
        reason: Reason? = nil
    ) {
        self.type = type
        self.population = population
        self.numerator = numerator
        self.notApplicable = notApplicable
        self.sections = sections
        self.reason = reason
    }

    /// Every field that decides the figure, register fields included where they exist.
    package func fields(in types: [RecordType]) -> Set<FieldName> {
        [population, numerator, notApplicable ?? .always].reduce(into: []) {
            $0.formUnion(withRegisters($1.fields(of: type, in: types), types))
        }
    }

    /// The fields among them that decide who is counted.
    package func populationFields(in types: [RecordType]) -> Set<FieldName> {
        withRegisters(population.fields(of: type, in: types), types)
    }

    private func withRegisters(
        _ names: Set<FieldName>,
        _ types: [RecordType]
    ) -> Set<FieldName> {
        names.reduce(into: names) { all, name in
            let type = types.first { $0.name == name.type }
            if let register = type?.registerField(of: name.field) {
                all.insert(FieldName(name.type, register.name))
            }
        }
    }
}
