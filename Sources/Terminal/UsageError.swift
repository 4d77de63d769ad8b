/// Why a command line was not understood.
package enum UsageError: Error, Hashable, Sendable {
    case missingCommand(under: String)
    case unknownCommand(String, under: String, suggestion: String?)
    case unknownOption(String, command: String, suggestion: String?)
    case missingValue(option: String, kind: ValueKind, command: String)
    case unexpectedValue(option: String, command: String)
    case wrongValue(String, of: String, kind: ValueKind, command: String)
    case repeatedOption(String, command: String)
    case missingOption(String, command: String)
    case missingArgument(String, command: String)
    case unexpectedArgument(String, command: String)

    /// The command whose help explains what was expected.
    package var command: String {
        switch self {
        case .missingCommand(let command), .unknownCommand(_, let command, _),
            .unknownOption(_, let command, _), .missingValue(_, _, let command),
            .unexpectedValue(_, let command), .wrongValue(_, _, _, let command),
            .repeatedOption(_, let command), .missingOption(_, let command),
            .missingArgument(_, let command), .unexpectedArgument(_, let command):
            command
        }
    }
}

extension UsageError: CustomStringConvertible {
    /// One line that ends with where to look.
    package var description: String {
        "\(problem); see: \(command) --help"
    }

    private var problem: String {
        switch self {
        case .missingCommand(let command):
            "what should \(command) do? a verb is missing"
        case .unknownCommand(let word, _, let suggestion):
            "unknown verb '\(printable(word))'" + hint(suggestion)
        case .unknownOption(let word, _, let suggestion):
            "unknown option '\(printable(word))'" + hint(suggestion)
        case .missingValue(let option, let kind, _):
            "--\(option) lacks its value, \(kind.expectation)"
        case .unexpectedValue(let option, _):
            "--\(option) takes no value"
        case .wrongValue(let value, let name, let kind, _):
            "'\(printable(value))' for \(name) must be \(kind.expectation)"
        case .repeatedOption(let option, _):
            "--\(option) may be given only once"
        case .missingOption(let option, _):
            "--\(option) is required"
        case .missingArgument(let name, _):
            "<\(name)> is missing"
        case .unexpectedArgument(let word, _):
            "'\(printable(word))' is one word too many"
        }
    }

    private func hint(_ suggestion: String?) -> String {
        suggestion.map { " (did you mean '\($0)'?)" } ?? ""
    }
}

/// The word of the list nearest to what was typed, nil if none is near.
func nearest(_ word: String, in candidates: [String]) -> String? {
    guard word.utf8.count <= TerminalLimits.suggestedWordBytes else { return nil }
    let ranked = candidates.map { (name: $0, distance: editDistance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    let isPrefix = word.utf8.count >= 2 && best.name.hasPrefix(word)
    return isPrefix || best.distance <= max(1, word.utf8.count / 3) ? best.name : nil
}

/// How many letters must be changed, added, left out or swapped with their neighbour.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
        var line = [row + 1]
        for (column, b) in right.enumerated() {
            var cost = min(line[column] + 1, last[column + 1] + 1, last[column] + (a == b ? 0 : 1))
            if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            line.append(cost)
        }
        beforeLast = last
        last = line
    }
    return last[right.count]
}
