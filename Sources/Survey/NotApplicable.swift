/// The answer `na`, không áp dụng: whoever gives it is outside the population (indicators 1.4 and 1.5).
extension SurveyRule {
    /// The numerator in which `na` is neither true nor false, as it is no lack.
    package func answer(in types: [RecordType]) -> Predicate {
        numerator.withoutNotApplicable(type, types)
    }

    /// Whether the answer says that the question does not concern the record; nil where none can.
    ///
    /// Decides only where ``answer(in:)`` is unknown: who has what is asked for counts, and who lacks
    /// another part of it lacks it.
    package func saysNotApplicable(in types: [RecordType]) -> Predicate? {
        numerator.notApplicable(type, types)
    }
}

extension Predicate {
    fileprivate func withoutNotApplicable(_ type: String, _ types: [RecordType]) -> Predicate {
        switch self {
        case .isOneOf(let field, let codes)
        where isFourValued(field, type, types) && !codes.contains(Choice.notApplicable.code):
            .or([
                self, .and([.isOneOf(field, [Choice.notApplicable.code]), .unknown]),
            ])
        case .and(let parts): .and(parts.map { $0.withoutNotApplicable(type, types) })
        case .or(let parts): .or(parts.map { $0.withoutNotApplicable(type, types) })
        case .not(let part): .not(part.withoutNotApplicable(type, types))
        case .hasChild(let child, let link, let condition):
            .hasChild(
                type: child,
                field: link,
                where: condition.withoutNotApplicable(child, types)
            )
        default: self
        }
    }

    /// That a four-valued answer which decides the condition is `na`; nil where it reads none.
    fileprivate func notApplicable(_ type: String, _ types: [RecordType]) -> Predicate? {
        switch self {
        case .isOneOf(let field, let codes)
        where isFourValued(field, type, types) && !codes.contains(Choice.notApplicable.code):
            return .isOneOf(field, [Choice.notApplicable.code])
        case .and(let parts):
            // Where the other parts hold, it is the answer that decides.
            let answers = parts.compactMap { $0.notApplicable(type, types) }
            let others = parts.filter { $0.notApplicable(type, types) == nil }
            return answers.isEmpty ? nil : .and(others + [.or(answers)])
        case .or(let parts):
            let answers = parts.compactMap { $0.notApplicable(type, types) }
            return answers.isEmpty ? nil : .or(answers)
        case .not(let part):
            return part.notApplicable(type, types)
        case .hasChild(let child, let link, let condition):
            return condition.notApplicable(child, types).map {
                .hasChild(type: child, field: link, where: $0)
            }
        default:
            return nil
        }
    }

    private func isFourValued(_ field: String, _ type: String, _ types: [RecordType]) -> Bool {
        types.first { $0.name == type }?.field(field)?.kind == .fourValued
    }
}
