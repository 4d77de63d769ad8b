/// The numbers that bound what this module prints and reads.
package enum TerminalLimits {
    /// A longer word typed by mistake gets no suggestion.
    package static let suggestedWordBytes = 40
    /// The longest line that tells of an error: what it quotes may be of any length.
    package static let errorCharacters = 600
    /// How much of a mistyped word an error repeats.
    package static let quotedCharacters = 60
    /// What an ``Output`` gathers before it writes.
    package static let outputBufferBytes = 64 << 10
    /// How often a ``ProgressBar`` draws itself anew.
    package static let progressInterval = Duration.milliseconds(100)
    /// The width taken for a terminal that does not tell its own.
    package static let defaultColumns = 80
}

/// The word as it may be shown: cut, and with nothing that would steer the terminal.
package func printable(
    _ word: String,
    limit: Int = TerminalLimits.quotedCharacters
) -> String {
    let clean = withoutControls(word)
    guard clean.count > limit else { return clean }
    return clean.prefix(limit) + "…"
}

/// The text with control characters (line ends, tabs and escape sequences among them) as spaces.
///
/// Names come from files that others made: they must not move the cursor or break a table.
package func withoutControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    result.unicodeScalars.append(
        contentsOf: text.unicodeScalars.lazy.map { isControl($0) ? " " : $0 }
    )
    return result
}

/// C0, DEL, C1, the line separators, and marks that turn the direction of writing.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1f, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
}
