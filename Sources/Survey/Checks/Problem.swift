/// Something about a value or record that a person must know before or after saving.
package struct Problem: Hashable, Sendable {
    package enum Severity: String, Sendable {
        /// The change is not saved.
        case blocks
        /// Saved, and shown to whoever can put it right.
        case warns
    }

    package let severity: Severity
    /// The field that it is shown at; nil for the whole record.
    package let field: String?
    /// Stable ASCII word for machine-readable reports; holds no value of the record.
    package let code: String
    package let text: Label

    package init(_ severity: Severity, _ field: String?, _ code: String, _ text: Label) {
        self.severity = severity
        self.field = field
        self.code = code
        self.text = text
    }
}

extension Problem {
    /// Of an account that counts, although its holder is said to have none.
    package static let accountOfNone = "account_of_none"
}

extension Field {
    func blocks(_ code: String, _ vi: String, _ en: String) -> Problem {
        Problem(.blocks, name, code, Label("\(label.vi): \(vi)", "\(label.en): \(en)"))
    }

    func warns(_ code: String, _ vi: String, _ en: String) -> Problem {
        Problem(.warns, name, code, Label("\(label.vi): \(vi)", "\(label.en): \(en)"))
    }

    /// A record that a reference of its own names: nobody is his own guardian.
    package var namesItself: Problem {
        blocks("names_itself", "không thể là chính bản ghi này", "cannot be this record itself")
    }
}
