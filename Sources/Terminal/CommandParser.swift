package import Survey

/// What a command line asks for.
package enum Invocation: Sendable {
    case run(ParsedCommand)
    /// A text to print, and nothing else to do.
    case help(String)
}

extension Programme {
    /// Reads the words after the programme's name.
    ///
    /// `--help` anywhere before `--` wins over every mistake but a verb that is none; `help <verb>` is
    /// the same.
    /// Help is in the language given.
    package func parse(
        _ words: [String],
        _ language: Language = .vi
    ) throws(UsageError) -> Invocation {
        var parser = CommandParser(programme: self)
        var words = words
        if words.first == "help" { words = words.dropFirst() + ["--help"] }
        let beforeEnd = words.prefix { $0 != "--" }
        if beforeEnd.contains("--help") || beforeEnd.contains("-h") {
            do {
                try parser.read(beforeEnd.filter { $0 != "--help" && $0 != "-h" })
            } catch .unknownCommand(let word, let line, let suggestion) {
                throw .unknownCommand(word, under: line, suggestion: suggestion)
            } catch {
                // Help is for the verb as far as it was understood.
            }
            return .help(help(for: parser.path, language))
        }
        if words == ["--version"] { return .help("\(name) \(version)\n") }
        try parser.read(words)
        return .run(try parser.finish())
    }
}

private struct CommandParser {
    let programme: Programme
    var path: [String] = []
    private var command: Command?
    private var positional: [String] = []
    private var values: [String: [ParsedValue]] = [:]
    private var flags: Set<String> = []

    init(programme: Programme) {
        self.programme = programme
    }

    /// The programme and its verb, as typed.
    private var line: String { ([programme.name] + path).joined(separator: " ") }

    private var isVerbComplete: Bool { command?.subcommands.isEmpty ?? false }

    private var options: [Option] { (command?.options ?? []) + programme.commonOptions }

    mutating func read(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                for word in rest { try readWord(word) }
                return
            }
            if isOption(word) {
                try readOption(word, &rest)
            } else {
                try readWord(word)
            }
        }
    }

    /// A single dash means standard input, and a dash before digits a negative number.
    private func isOption(_ word: String) -> Bool {
        guard word.hasPrefix("-"), word != "-" else { return false }
        return Int64(word) == nil
    }

    private mutating func readWord(_ word: String) throws(UsageError) {
        if isVerbComplete {
            positional.append(word)
            return
        }
        let known = command?.subcommands ?? programme.commands
        guard let next = known.first(where: { $0.name == word }) else {
            throw .unknownCommand(
                word,
                under: line,
                suggestion: nearest(word, in: known.map(\.name))
            )
        }
        command = next
        path.append(word)
    }

    private mutating func readOption(
        _ word: String,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let typed = String(parts[0])
        let attached = parts.count > 1 ? String(parts[1]) : nil
        guard let option = options.first(where: { "--" + $0.name == typed }) else {
            let known = options.map { "--" + $0.name } + ["--help", "--version"]
            throw .unknownOption(typed, command: line, suggestion: nearest(typed, in: known))
        }
        let isKnown = flags.contains(option.name) || values[option.name] != nil
        guard option.isRepeated || !isKnown else {
            throw .repeatedOption(option.name, command: line)
        }
        guard let kind = option.kind else {
            guard attached == nil else {
                throw .unexpectedValue(option: option.name, command: line)
            }
            flags.insert(option.name)
            return
        }
        guard let text = attached ?? value(from: &rest) else {
            throw .missingValue(option: option.name, kind: kind, command: line)
        }
        try store(text, kind, under: option.name, shownAs: option.shown)
    }

    /// The next word, unless it is an option itself: that one's value was forgotten.
    private func value(from rest: inout ArraySlice<String>) -> String? {
        guard let next = rest.first, !isOption(next) else { return nil }
        rest.removeFirst()
        return next
    }

    private mutating func store(
        _ text: String,
        _ kind: ValueKind,
        under name: String,
        shownAs shown: Label
    ) throws(UsageError) {
        guard let value = kind.read(text) else {
            throw .wrongValue(text, of: shown, kind: kind, command: line)
        }
        values[name, default: []].append(value)
    }

    mutating func finish() throws(UsageError) -> ParsedCommand {
        guard let command, isVerbComplete else { throw .missingCommand(under: line) }
        var rest = positional[...]
        for argument in command.arguments {
            guard let word = rest.popFirst() else {
                guard argument.arity == .optional else {
                    throw .missingArgument(argument.bracketed, command: line)
                }
                break
            }
            let words = argument.arity == .repeated ? [word] + rest : [word]
            for word in words {
                try store(
                    word,
                    argument.kind,
                    under: argument.name,
                    shownAs: argument.bracketed
                )
            }
            if argument.arity == .repeated { rest = [] }
        }
        if let word = rest.first { throw .unexpectedArgument(word, command: line) }
        for option in options where values[option.name] == nil {
            guard !option.isRequired else { throw .missingOption(option.name, command: line) }
            if let text = option.defaultValue, let kind = option.kind {
                try store(text, kind, under: option.name, shownAs: option.shown)
            }
        }
        let names = command.arguments.map(\.name) + options.map(\.name)
        return ParsedCommand(path: path, names: Set(names), values: values, flags: flags)
    }
}

extension Option {
    /// As it is typed.
    fileprivate var shown: Label { Label("--" + name, "--" + name) }
}

extension Argument {
    /// As the line of usage shows it.
    var bracketed: Label { Label("<\(shown.vi)>", "<\(shown.en)>") }
}

extension Language {
    /// The language that `--lang` names among the words, else that of `fallback`, else Vietnamese.
    ///
    /// Found before the words are understood, so that mistakes are explained in it too. What
    /// names no language is left to the parser to refuse.
    package init(words: [String], fallback: String?) {
        let words = words.prefix { $0 != "--" }
        let named = zip(words, words.dropFirst() + [""]).compactMap { word, next in
            if word == "--lang" { return Language(rawValue: next) }
            return word.hasPrefix("--lang=") ? Language(rawValue: String(word.dropFirst(7))) : nil
        }
        self = named.first ?? fallback.flatMap { Language(rawValue: $0) } ?? .vi
    }
}
