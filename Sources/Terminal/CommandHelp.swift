package import Survey

extension Programme {
    /// The help of the verb or group under these words; of the whole programme if there are none.
    package func help(for path: [String], _ language: Language) -> String {
        let page = HelpPage(programme: self, language: language)
        guard let command = command(at: path) else { return page.ofProgramme() }
        let line = ([name] + path).joined(separator: " ")
        return command.subcommands.isEmpty
            ? page.ofVerb(command, line) : page.ofGroup(command, line)
    }
}

/// Help texts in one language.
private struct HelpPage {
    let programme: Programme
    let language: Language

    func ofProgramme() -> String {
        let codes = ExitCode.allCases.map { (String($0.rawValue), $0.summary) }
        let notes = [programme.note.map { $0(language) + "\n" }].compactMap(\.self)
        let parts = [
            "\(programme.name) \(programme.version) — \(programme.summary(language))\n",
            groupUsage(programme.name),
            section(.verbs, programme.commands.map { ($0.name, $0.summary) }),
            section(.optionsOfAll, optionRows(programme.commonOptions) + [helpRow]),
            section(.exitCodes, codes),
        ]
        return (parts + notes + [more(programme.name)]).joined(separator: "\n")
    }

    func ofGroup(_ command: Command, _ line: String) -> String {
        [
            "\(line) — \(command.summary(language))\n",
            groupUsage(line),
            section(.verbs, command.subcommands.map { ($0.name, $0.summary) }),
            more(line),
        ].joined(separator: "\n")
    }

    func ofVerb(_ command: Command, _ line: String) -> String {
        let required = command.options.filter(\.isRequired).map(usage)
        let options = [Label("[tùy chọn]", "[options]")(language)]
        let arguments = command.arguments.map { (usage($0), $0.summary) }
        let words = [line] + required + options + arguments.map(\.0)
        var parts = ["\(line) — \(command.summary(language))\n"]
        parts.append(Label.usage(language) + words.joined(separator: " ") + "\n")
        if let discussion = command.discussion { parts.append(discussion(language) + "\n") }
        if !arguments.isEmpty { parts.append(section(.arguments, arguments)) }
        let rows = optionRows(command.options + programme.commonOptions) + [helpRow]
        parts.append(section(.options, rows))
        let examples = command.examples.map {
            "  \(programme.name) \($0.line)\n      \($0.effect(language))\n"
        }
        parts.append(Label.examples(language) + ":\n" + examples.joined())
        return parts.joined(separator: "\n")
    }

    private func groupUsage(_ line: String) -> String {
        Label.usage(language) + line
            + Label(" <lệnh> [tùy chọn] …", " <verb> [options] …")(language) + "\n"
    }

    private func more(_ line: String) -> String {
        Label(
            "Xem thêm về một lệnh, có ví dụ: \(line) <lệnh> --help\n",
            "More about a verb, with examples: \(line) <verb> --help\n"
        )(language)
    }

    private var helpRow: (String, Label) { ("--help", Label("In phần này", "Print this text")) }

    private func optionRows(_ options: [Option]) -> [(String, Label)] {
        options.map { option in
            var notes: [Label] = []
            if option.isRequired { notes.append(Label("bắt buộc", "required")) }
            if option.isRepeated { notes.append(Label("ghi được nhiều lần", "may be repeated")) }
            if let value = option.defaultValue {
                notes.append(Label("mặc định \(value)", "default \(value)"))
            }
            let note = notes.map { $0(language) }.joined(separator: ", ")
            let suffix = note.isEmpty ? "" : " (\(note))"
            return (usage(option), option.summary + Label(suffix, suffix))
        }
    }

    private func usage(_ option: Option) -> String {
        "--" + option.name + (option.kind.map { " <\($0.placeholder(language))>" } ?? "")
    }

    private func usage(_ argument: Argument) -> String {
        let shown = argument.bracketed(language)
        return switch argument.arity {
        case .required: shown
        case .optional: "[\(shown)]"
        case .repeated: shown + "…"
        }
    }

    private func section(_ title: Label, _ rows: [(String, Label)]) -> String {
        let width = rows.map { displayWidth($0.0) }.max() ?? 0
        let lines = rows.map { name, summary in
            let space = String(repeating: " ", count: width - displayWidth(name) + 2)
            return "  " + name + space + summary(language)
        }
        return title(language) + ":\n" + lines.joined(separator: "\n") + "\n"
    }
}

extension Label {
    fileprivate static let usage = Label("Cách dùng: ", "Usage: ")
    fileprivate static let verbs = Label("Các lệnh", "Verbs")
    fileprivate static let arguments = Label("Tham số", "Arguments")
    fileprivate static let options = Label("Tùy chọn", "Options")
    fileprivate static let optionsOfAll = Label("Tùy chọn của mọi lệnh", "Options of every verb")
    fileprivate static let exitCodes = Label("Mã kết thúc", "Exit codes")
    fileprivate static let examples = Label("Ví dụ", "Examples")
}
