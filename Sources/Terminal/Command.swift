package import Survey

/// One verb of the programme, or a group of verbs, described once for parser and help alike.
///
/// Whatever a user reads of it is a ``Survey/Label``: there is no text in one language only.
package struct Command: Sendable {
    package let name: String
    /// One line without a full stop, shown in the list of verbs.
    package let summary: Label
    /// What else a user must know; may have several paragraphs.
    package let discussion: Label?
    package let arguments: [Argument]
    package let options: [Option]
    package let examples: [Example]
    package let subcommands: [Command]

    /// A verb that does something.
    package init(
        _ name: String,
        summary: Label,
        discussion: Label? = nil,
        arguments: [Argument] = [],
        options: [Option] = [],
        examples: [Example]
    ) {
        precondition(!examples.isEmpty, "every verb has an example")
        precondition(
            arguments.dropLast().allSatisfy { $0.arity == .required },
            "only the last argument may be absent or repeated"
        )
        let names = arguments.map(\.name) + options.map(\.name)
        precondition(Set(names).count == names.count, "a name for each argument and option")
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
        subcommands = []
    }

    /// A group of verbs: `node list`, `node revoke`.
    package init(_ name: String, summary: Label, subcommands: [Command]) {
        self.name = name
        self.summary = summary
        discussion = nil
        arguments = []
        options = []
        examples = []
        self.subcommands = subcommands
    }
}

/// A word after the verb, known by its place.
package struct Argument: Sendable {
    package enum Arity: Sendable {
        case required
        case optional
        /// One or more.
        case repeated
    }

    /// What the help calls it; the English name is also the one that the verb asks for.
    package let shown: Label
    package let summary: Label
    package let kind: ValueKind
    package let arity: Arity

    package var name: String { shown.en }

    package init(
        _ shown: Label,
        summary: Label,
        kind: ValueKind = .text,
        arity: Arity = .required
    ) {
        self.shown = shown
        self.summary = summary
        self.kind = kind
        self.arity = arity
    }
}

/// A word that begins with `--`, wherever it stands.
package struct Option: Sendable {
    package let name: String
    package let summary: Label
    /// What follows it; nil for a flag.
    package let kind: ValueKind?
    /// What an absent option means, as it would be typed.
    package let defaultValue: String?
    package let isRequired: Bool
    package let isRepeated: Bool

    private init(
        name: String,
        summary: Label,
        kind: ValueKind?,
        defaultValue: String?,
        isRequired: Bool,
        isRepeated: Bool
    ) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.defaultValue = defaultValue
        self.isRequired = isRequired
        self.isRepeated = isRepeated
    }

    /// An option that is there or not.
    package static func flag(_ name: String, summary: Label) -> Option {
        Option(
            name: name,
            summary: summary,
            kind: nil,
            defaultValue: nil,
            isRequired: false,
            isRepeated: false
        )
    }

    /// An option with a value, given once at most.
    package static func value(
        _ name: String,
        _ kind: ValueKind,
        default defaultValue: String? = nil,
        isRequired: Bool = false,
        summary: Label
    ) -> Option {
        precondition(
            defaultValue.map { kind.read($0) != nil } ?? true,
            "a default that could be typed"
        )
        return Option(
            name: name,
            summary: summary,
            kind: kind,
            defaultValue: defaultValue,
            isRequired: isRequired,
            isRepeated: false
        )
    }

    /// An option with a value, given as often as wanted.
    package static func list(_ name: String, _ kind: ValueKind, summary: Label) -> Option {
        Option(
            name: name,
            summary: summary,
            kind: kind,
            defaultValue: nil,
            isRequired: false,
            isRepeated: true
        )
    }
}

/// A command line to copy, and what it does.
package struct Example: Sendable {
    /// What follows the programme's name.
    package let line: String
    package let effect: Label

    package init(_ line: String, _ vi: String, _ en: String) {
        self.line = line
        effect = Label(vi, en)
    }
}

/// The whole command line of a programme.
package struct Programme: Sendable {
    package let name: String
    package let version: String
    package let summary: Label
    /// Options that every verb understands.
    package let commonOptions: [Option]
    /// What stands beneath the exit codes in the help.
    package let note: Label?
    package let commands: [Command]

    package init(
        name: String,
        version: String,
        summary: Label,
        commonOptions: [Option],
        note: Label? = nil,
        commands: [Command]
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.commonOptions = commonOptions
        self.note = note
        self.commands = commands
    }

    /// The verb found under these words; nil if there is none.
    package func command(at path: [String]) -> Command? {
        guard let first = path.first else { return nil }
        var found = commands.first { $0.name == first }
        for name in path.dropFirst() {
            found = found?.subcommands.first { $0.name == name }
        }
        return found
    }
}

/// How the process ends, for scripts to act on.
package enum ExitCode: Int32, CaseIterable, Sendable {
    case ok = 0
    case failed = 1
    case usage = 2
    case refused = 3
    case unverified = 4

    package var summary: Label {
        switch self {
        case .ok: Label("xong", "done")
        case .failed:
            Label(
                "không làm được; không có gì bị làm dở dang",
                "the operation failed; nothing was half done"
            )
        case .usage: Label("dòng lệnh không hiểu được", "the command line was not understood")
        case .refused:
            Label(
                "một phần hoặc toàn bộ dữ liệu không được nhận; báo cáo nêu rõ phần nào, vì sao",
                "some or all of the data was refused; the report says which and why"
            )
        case .unverified:
            Label(
                "kiểm tra chữ ký, chuỗi băm, bảng dữ liệu hoặc máy không đạt",
                "a check of signatures, chains, tables or the machine failed"
            )
        }
    }
}
