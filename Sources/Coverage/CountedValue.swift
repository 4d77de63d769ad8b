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
        let surveyed = surveyed(try description(of: field, on: node), on: node)
        guard let register = node.type.registerField(of: field) else { return surveyed }
        return "coalesce(\(node.name).\(quoted(register.name)), \(surveyed))"
    }

    /// An answer that was given after the cut-off date, or too long before it, is none.
    private func surveyed(_ field: Field, on node: Node) -> String {
        let column = "\(node.name).\(quoted(field.name))"
        guard let observed = observedOn(field, node.type), !field.name.hasSuffix("_register") else {
            return column
        }
        let day = "\(node.name).\(quoted(observed))"
        var unfit = "\(day) > \(literal(Cutoff.bound(cutoff.day)))"
        if let stale = cutoff.staleBefore { unfit += " OR \(day) < \(literal(stale.description))" }
        return "iif(\(unfit), NULL, \(column))"
    }

    private func observedOn(_ field: Field, _ type: RecordType) -> String? {
        field.section.map { "\($0)_observed_on" }.flatMap { type.field($0)?.name }
    }

    /// Why a section's answers are missing, as the raw value of an unknown state; NULL if it does not say.
    ///
    /// `read`: the fields whose code `unknown` says that the respondent did not know.
    func cause(section: String, read: [Field], on node: Node) -> String {
        var cases = "CASE"
        if node.type.field("\(section)_unknown") != nil {
            let column = "\(node.name).\(quoted("\(section)_unknown"))"
            for cause in [Cause.refused, .absentNoProxy, .notAsked, .dontKnow] {
                cases += " WHEN \(column) = \(literal(cause.code)) THEN \(raw(cause))"
            }
        }
        for field in read where field.section == section && field.mayBeUnknown {
            cases += " WHEN \(node.name).\(quoted(field.name)) = 'unknown' THEN \(raw(.dontKnow))"
        }
        if let stale = cutoff.staleBefore, node.type.field("\(section)_observed_on") != nil {
            let day = "\(node.name).\(quoted("\(section)_observed_on"))"
            cases += " WHEN \(day) < \(literal(stale.description)) THEN \(raw(.stale))"
        }
        return cases == "CASE" ? "NULL" : cases + " END"
    }
}

extension Field {
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
