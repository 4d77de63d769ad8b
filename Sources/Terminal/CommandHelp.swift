extension Programme {
    /// The help of the verb or group under these words; of the whole programme if there are none.
    package func help(for path: [String]) -> String {
        guard let command = command(at: path) else { return programmeHelp() }
        return command.subcommands.isEmpty
            ? verbHelp(command, path) : groupHelp(command, path)
    }

    private func programmeHelp() -> String {
        let codes = ExitCode.allCases.map { (String($0.rawValue), $0.summary) }
        return [
            "\(name) \(version) — \(summary)\n",
            "Usage: \(name) <verb> [options] …\n",
            section("Verbs", commands.map { ($0.name, $0.summary) }),
            section("Options of every verb", optionRows(commonOptions) + [helpRow]),
            section("Exit codes", codes),
            "More about a verb, with examples: \(name) <verb> --help\n",
        ].joined(separator: "\n")
    }

    private func groupHelp(_ command: Command, _ path: [String]) -> String {
        let line = ([name] + path).joined(separator: " ")
        return [
            "\(line) — \(command.summary)\n",
            "Usage: \(line) <verb> [options] …\n",
            section("Verbs", command.subcommands.map { ($0.name, $0.summary) }),
            "More about a verb, with examples: \(line) <verb> --help\n",
        ].joined(separator: "\n")
    }

    private func verbHelp(_ command: Command, _ path: [String]) -> String {
        let line = ([name] + path).joined(separator: " ")
        let usage = [line] + command.options.filter(\.isRequired).map(optionUsage) + ["[options]"]
        let arguments = command.arguments.map { (argumentUsage($0), $0.summary) }
        var parts = ["\(line) — \(command.summary)\n"]
        parts.append(
            "Usage: " + (usage + arguments.map(\.0)).joined(separator: " ") + "\n"
        )
        if !command.discussion.isEmpty { parts.append(command.discussion + "\n") }
        if !arguments.isEmpty { parts.append(section("Arguments", arguments)) }
        parts.append(section("Options", optionRows(command.options + commonOptions) + [helpRow]))
        let examples = command.examples.map { "  \(name) \($0.line)\n      \($0.effect)\n" }
        parts.append("Examples:\n" + examples.joined())
        return parts.joined(separator: "\n")
    }

    private var helpRow: (String, String) { ("--help", "Print this text") }

    private func optionRows(_ options: [Option]) -> [(String, String)] {
        options.map { option in
            var notes: [String] = []
            if option.isRequired { notes.append("required") }
            if option.isRepeated { notes.append("may be repeated") }
            if let value = option.defaultValue { notes.append("default \(value)") }
            let note = notes.isEmpty ? "" : " (" + notes.joined(separator: ", ") + ")"
            return (optionUsage(option), option.summary + note)
        }
    }

    private func optionUsage(_ option: Option) -> String {
        "--" + option.name + (option.kind.map { " <\($0.placeholder)>" } ?? "")
    }

    private func argumentUsage(_ argument: Argument) -> String {
        switch argument.arity {
        case .required: "<\(argument.name)>"
        case .optional: "[<\(argument.name)>]"
        case .repeated: "<\(argument.name)>…"
        }
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        let width = rows.map { displayWidth($0.0) }.max() ?? 0
        let lines = rows.map { name, summary in
            "  " + name + String(repeating: " ", count: width - displayWidth(name) + 2) + summary
        }
        return title + ":\n" + lines.joined(separator: "\n") + "\n"
    }
}
