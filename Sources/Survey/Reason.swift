/// Where a work list finds why somebody lacks what an indicator asks for.
package struct Reason: Hashable, Sendable {
    /// What was answered: a code or several, of the record itself or of records that refer to it.
    package let field: FieldName
    /// What another field of the record says where nobody gave a reason.
    package let implied: Implied?
    /// Which of the records that refer to it give the reason; nil for the record's own field.
    package let parts: Parts?

    /// Codes of a field that are a reason by themselves, such as a card that was applied for.
    package struct Implied: Hashable, Sendable {
        package let field: String
        /// The reason by the code.
        package let reasons: [String: String]
    }

    /// Where all of several must have it, those that lack it say why.
    package struct Parts: Hashable, Sendable {
        /// Those that count.
        package let among: Predicate
        /// Those that have it.
        package let satisfied: Predicate
        /// The reason where some have it and some do not.
        package let mixed: String
    }

    package init(_ type: String, _ field: String, implied: Implied? = nil, parts: Parts? = nil) {
        self.field = FieldName(type, field)
        self.implied = implied
        self.parts = parts
    }

    /// A reason that a code of another field gives.
    package func implied(by field: String, _ reasons: [String: String]) -> Reason {
        Reason(
            self.field.type,
            self.field.field,
            implied: Implied(field: field, reasons: reasons),
            parts: parts
        )
    }
}

extension DataDescription {
    /// The words for a reason as a work list gives it: one code, or several joined by commas.
    package func label(of codes: String, _ reason: Reason) -> Label {
        let fields = [reason.field, reason.implied.map { FieldName(reason.field.type, $0.field) }]
            .compactMap { $0.flatMap { type($0.type)?.field($0.field) } }
        let choices = fields.flatMap { $0.choices ?? [] }
        let labels = codes.split(separator: ",").map { code in
            choices.first { $0.code == code }?.label ?? Label(String(code), String(code))
        }
        return Label(
            labels.map(\.vi).joined(separator: "; "),
            labels.map(\.en).joined(separator: "; ")
        )
    }
}

extension Field {
    /// The choices of a code or a set of codes.
    package var choices: [Choice]? {
        switch kind {
        case .code(let choices), .codeSet(let choices): choices
        case .fourValued: Choice.fourValues
        default: nil
        }
    }
}
