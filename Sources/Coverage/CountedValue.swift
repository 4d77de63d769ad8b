import Survey

extension ConditionCompiler {
    func description(of field: String, on node: Node) throws(CoverageError) -> Field {
        guard let found = node.type.field(field) else {
            throw .unknownField(FieldName(node.type.name, field))
        }
        return found
    }

    /// The value that counts: the register's where it is filled, else the surveyed one of the time.
    func counted(_ field: String, on node: Node) throws(CoverageError) -> String {
        let sql = surveyed(try description(of: field, on: node), on: node)
        guard let register = node.type.registerField(of: field) else { return sql }
        return "coalesce(\(listed(register, on: node)), \(sql))"
    }

    /// What a list of a later day says does not count yet.
    private func listed(_ register: Field, on node: Node) -> String {
        let column = "\(node.name).\(quoted(register.name))"
        guard cutoff.hasLater, node.type.field(RecordType.registerDay) != nil else { return column }
        let day = "\(node.name).\(quoted(RecordType.registerDay))"
        return "iif(\(day) > \(literal(Cutoff.bound(cutoff.day))), NULL, \(column))"
    }

    /// An answer that was given after the cut-off date, or too long before it, is none.
    private func surveyed(_ field: Field, on node: Node) -> String {
        if node.type.isRegister(field) { return listed(field, on: node) }
        let column = "\(node.name).\(quoted(field.name))"
        guard let observed = observedOn(field, node.type) else { return column }
        let day = "\(node.name).\(quoted(observed))"
        var unfit: [String] = []
        if cutoff.hasLater { unfit.append("\(day) > \(literal(Cutoff.bound(cutoff.day)))") }
        if let stale = cutoff.staleBefore {
            unfit.append("\(day) < \(literal(stale.description))")
        }
        return unfit.isEmpty ? column : "iif(\(unfit.joined(separator: " OR ")), NULL, \(column))"
    }

    /// Whether a card is over by the ages of renewal, as ``CardValidity`` says.
    ///
    /// It is where it was issued before the years ahead of an age that was completed before the cut-off
    /// date. Somebody born on 29/02 completes a number of years that four does not divide on 28/02.
    func isRenewalDue(
        _ birth: String,
        _ issued: String,
        on node: Node
    ) throws(CoverageError) -> String {
        let born = try counted(birth, on: node)
        let issued = try counted(issued, on: node)
        let ages = CardValidity.renewalAges.map { age in
            let years = age - CardValidity.yearsAhead
            let rest =
                years % 4 == 0
                ? "substr(\(born), 5)"
                : "iif(substr(\(born), 5) = '-02-29', '-02-28', substr(\(born), 5))"
            let bound = Cutoff.birthBound(years: age, on: cutoff.day.adding(days: -1))
            return "\(born) <= \(literal(bound)) AND "
                + "\(issued) < printf('%04d', substr(\(born), 1, 4) + \(years)) || \(rest)"
        }
        return """
            (CASE WHEN length(\(born)) = 10 AND \(issued) >= \(born) \
            THEN \(ages.joined(separator: " OR ")) END)
            """
    }

    private func observedOn(_ field: Field, _ type: RecordType) -> String? {
        field.section.map { "\($0)_observed_on" }.flatMap { type.field($0)?.name }
    }

    /// Why a section's answers are missing, as the raw value of an unknown state; nil if it never says.
    ///
    /// `read`: the fields whose code `unknown` says that the respondent did not know.
    mutating func cause(section: String, read: [Field], on node: Node) -> String? {
        var cases: [String] = []
        for field in read where field.section == section && field.mayBeUnknown {
            let column = "\(node.name).\(quoted(field.name))"
            let isUnknown = fact(.coded(value: column, [CodeNumber("unknown", 1)], other: nil))
            cases.append(" WHEN \(isUnknown) THEN \(raw(.dontKnow))")
        }
        if let stale = cutoff.staleBefore, node.type.field("\(section)_observed_on") != nil {
            let day = "\(node.name).\(quoted("\(section)_observed_on"))"
            let isStale = fact(.computed("(\(day) < \(literal(stale.description)))", limit: 1))
            cases.append(" WHEN \(isStale) THEN \(raw(.stale))")
        }
        let other = cases.isEmpty ? "NULL" : "CASE\(cases.joined()) END"
        guard node.type.field("\(section)_unknown") != nil else {
            return cases.isEmpty ? nil : other
        }
        let said = fact(
            .coded(
                value: "\(node.name).\(quoted("\(section)_unknown"))",
                [Cause.refused, .absentNoProxy, .notAsked, .dontKnow].map {
                    CodeNumber($0.code, raw($0))
                },
                // What a newer version says is no cause that is known here.
                other: 0
            )
        )
        return "CASE WHEN \(said) IS NULL THEN \(other) ELSE nullif(\(said), 0) END"
    }
}

extension Field {
    /// The codes of its list but `unknown`; nil where it holds something other than one code.
    var knownCodes: [String]? {
        switch kind {
        case .fourValued: Choice.fourValues.map(\.code).filter { $0 != "unknown" }
        case .code(let choices): choices.map(\.code).filter { $0 != "unknown" }
        default: nil
        }
    }

    /// Whether the code `unknown` may stand in it.
    var mayBeUnknown: Bool {
        switch kind {
        case .fourValued: true
        case .code(let choices): choices.contains { $0.code == "unknown" }
        default: false
        }
    }
}

func raw(_ cause: Cause) -> Int { RowState.unknown(cause).rawValue }

func quoted(_ name: String) -> String { "\"\(name)\"" }

/// An SQL text; the texts are codes and days of the data description.
func literal(_ text: String) -> String {
    "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
}
