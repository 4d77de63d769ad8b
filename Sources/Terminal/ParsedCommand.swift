package import Survey

/// A verb with everything typed after it, read by the names of its description.
///
/// Asking for a name that the verb's description does not have is a programmer's error.
package struct ParsedCommand: Sendable {
    /// The words of the verb: `["node", "list"]`.
    package let path: [String]
    let names: Set<String>
    let values: [String: [ParsedValue]]
    let flags: Set<String>

    /// Whether the flag was given.
    package func flag(_ name: String) -> Bool {
        requireKnown(name)
        return flags.contains(name)
    }

    /// The texts, choices or paths of a repeated option or argument, in the order typed.
    package func texts(_ name: String) -> [String] {
        all(name).compactMap { value in
            guard case .text(let text) = value else { return nil }
            return text
        }
    }

    /// The text, choice or path of this option or argument; nil if absent.
    package func text(_ name: String) -> String? { texts(name).first }

    /// The whole numbers of this option or argument.
    package func integers(_ name: String) -> [Int64] {
        all(name).compactMap { value in
            guard case .integer(let number) = value else { return nil }
            return number
        }
    }

    /// The whole number of this option or argument; nil if absent.
    package func integer(_ name: String) -> Int64? { integers(name).first }

    /// The day of this option or argument; nil if absent.
    package func date(_ name: String) -> CalendarDay? {
        guard case .date(let day) = all(name).first else { return nil }
        return day
    }

    private func all(_ name: String) -> [ParsedValue] {
        requireKnown(name)
        return values[name] ?? []
    }

    private func requireKnown(_ name: String) {
        precondition(names.contains(name), "the verb's description has this option or argument")
    }
}
