package import Survey

/// Why a command line was not understood.
package enum UsageError: Error, Hashable, Sendable {
    case missingCommand(under: String)
    case unknownCommand(String, under: String, suggestion: String?)
    case unknownOption(String, command: String, suggestion: String?)
    case missingValue(option: String, kind: ValueKind, command: String)
    case unexpectedValue(option: String, command: String)
    case wrongValue(String, of: Label, kind: ValueKind, command: String)
    case repeatedOption(String, command: String)
    case missingOption(String, command: String)
    case missingArgument(Label, command: String)
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

extension UsageError: LabelledError {
    /// One line that ends with where to look.
    package var label: Label {
        Label("\(problem.vi); xem: \(command) --help", "\(problem.en); see: \(command) --help")
    }

    private var problem: Label {
        switch self {
        case .missingCommand(let command):
            Label(
                "\(command) cần làm gì? thiếu lệnh",
                "what should \(command) do? a verb is missing"
            )
        case .unknownCommand(let word, _, let suggestion):
            Label("không có lệnh '\(printable(word))'", "unknown verb '\(printable(word))'")
                + hint(suggestion)
        case .unknownOption(let word, _, let suggestion):
            Label("không có tùy chọn '\(printable(word))'", "unknown option '\(printable(word))'")
                + hint(suggestion)
        case .missingValue(let option, let kind, _):
            Label(
                "--\(option) thiếu giá trị: \(kind.expectation.vi)",
                "--\(option) lacks its value, \(kind.expectation.en)"
            )
        case .unexpectedValue(let option, _):
            Label("--\(option) không kèm giá trị", "--\(option) takes no value")
        case .wrongValue(let value, let name, let kind, _):
            Label(
                "'\(printable(value))' không hợp với \(name.vi): phải là \(kind.expectation.vi)",
                "'\(printable(value))' for \(name.en) must be \(kind.expectation.en)"
            )
        case .repeatedOption(let option, _):
            Label("--\(option) chỉ được ghi một lần", "--\(option) may be given only once")
        case .missingOption(let option, _):
            Label("phải có --\(option)", "--\(option) is required")
        case .missingArgument(let name, _):
            Label("thiếu \(name.vi)", "\(name.en) is missing")
        case .unexpectedArgument(let word, _):
            Label("thừa '\(printable(word))'", "'\(printable(word))' is one word too many")
        }
    }

    private func hint(_ suggestion: String?) -> Label {
        guard let suggestion else { return Label("", "") }
        return Label(" (có phải '\(suggestion)'?)", " (did you mean '\(suggestion)'?)")
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
