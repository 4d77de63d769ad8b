package import Survey

/// An error of the command line itself, which says what happened and what to do in both languages.
package protocol LabelledError: Error, CustomStringConvertible {
    /// One line without a full stop.
    var label: Label { get }
}

extension LabelledError {
    package var description: String { label.en }
}

extension Label {
    /// One text after the other, in each language.
    package static func + (left: Label, right: Label) -> Label {
        Label(left.vi + right.vi, left.en + right.en)
    }
}
