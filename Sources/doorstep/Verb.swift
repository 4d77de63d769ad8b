import Causality
import Node
import Store
import Survey
import Terminal

/// One verb: its description for parser and help, and what it does.
struct Verb: Sendable {
    /// The word before it, as in `record add`; nil for a verb of its own.
    let group: String?
    let command: Command
    let run: @Sendable (VerbContext) throws -> ExitCode

    init(
        in group: String? = nil,
        _ command: Command,
        run: @escaping @Sendable (VerbContext) throws -> ExitCode
    ) {
        self.group = group
        self.command = command
        self.run = run
    }

    var path: [String] { (group.map { [$0] } ?? []) + [command.name] }
}

/// A word of the command line that only the verb itself can judge.
enum WordError: LabelledError {
    case notAnID(String)
    case notAnAssignment(String)
    case notAChoice(String)
    case missing(Label)

    var label: Label {
        switch self {
        case .notAnID(let word):
            Label(
                "'\(word.prefix(60))' không phải mã bản ghi như 00a1b2c3d4e5f607-12: "
                    + "'doorstep find' cho biết mã",
                "'\(word.prefix(60))' is no record id such as 00a1b2c3d4e5f607-12: "
                    + "'doorstep find' shows ids"
            )
        case .notAnAssignment(let word):
            Label(
                "'\(word.prefix(60))' phải có dạng MỤC=GIÁ_TRỊ",
                "'\(word.prefix(60))' must be FIELD=VALUE"
            )
        case .notAChoice(let word):
            Label(
                "'\(word.prefix(60))' không phải giá trị nào: 'doorstep conflict show' đánh số chúng",
                "'\(word.prefix(60))' is none of the values: 'doorstep conflict show' numbers them"
            )
        case .missing(let what): what
        }
    }
}

/// What a verb runs with: the words typed, and where to print.
final class VerbContext {
    let parsed: ParsedCommand
    let output: Output
    let errors: Output
    let language: Language
    let isJSON: Bool
    let user: String
    /// Time for progress is taken from the system; it decides nothing else.
    private(set) lazy var progress = ProgressBar(on: errors, numbers: numbers)

    init(_ parsed: ParsedCommand, _ language: Language, _ output: Output, _ errors: Output) {
        self.parsed = parsed
        self.output = output
        self.errors = errors
        self.language = language
        isJSON = parsed.flag("json")
        user = parsed.text("as") ?? systemUser()
    }

    var numbers: NumberFormat { NumberFormat(language) }

    /// The words in the language of the interface.
    func say(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    // MARK: Words

    func text(_ name: String) -> String { parsed.text(name) ?? "" }

    func id(_ name: String) throws -> RecordID {
        let word = text(name)
        guard let id = RecordID(word) else { throw WordError.notAnID(word) }
        return id
    }

    func day(_ name: String) -> CalendarDay? { parsed.date(name) }

    /// `FIELD=VALUE` words.
    func assignments(_ name: String) throws -> [FieldInput] {
        try parsed.texts(name).map { word in
            guard let input = FieldInput(assignment: word) else {
                throw WordError.notAnAssignment(word)
            }
            return input
        }
    }

    /// Opens the node of the folder to change it.
    func open() throws -> LocalNode {
        try checkUser()
        let node = try LocalNode(opening: NodeFolder(text("folder")), user: user)
        noteCopy(
            node,
            "ghi tiếp bằng nhật ký mới",
            "it goes on under fresh logs"
        )
        return node
    }

    /// Opens the node of the folder to decide what only a hub decides; refuses another first of all.
    func openHub() throws -> LocalNode {
        let node = try open()
        try Enrolment.requireHub(node.store)
        return node
    }

    /// Opens the node of the folder to look at it, which changes nothing there but the access log.
    func openToRead() throws -> LocalNode {
        try checkUser()
        let node = try LocalNode(reading: NodeFolder(text("folder")), user: user)
        noteCopy(
            node,
            "thay đổi tiếp theo sẽ bắt đầu nhật ký mới",
            "the next change will begin fresh logs"
        )
        return node
    }

    private func checkUser() throws {
        guard user == printable(user) else {
            throw WordError.missing(
                Label(
                    "tên ở --as phải ngắn, không có dấu xuống dòng",
                    "the name of --as must be short, without line breaks"
                )
            )
        }
    }

    private func noteCopy(_ node: LocalNode, _ vi: String, _ en: String) {
        guard case .changed(let changes) = node.instance else { return }
        let reasons = changes.map { $0.label(language) }.joined(separator: ", ")
        note(
            say(
                "Cơ sở dữ liệu này là bản sao hoặc bản khôi phục (\(reasons)): \(vi)",
                "This database is a copy or was restored (\(reasons)): \(en)"
            )
        )
    }

    /// The scope that `--village` names; nil without it.
    func scope(_ node: LocalNode) throws -> String? {
        try parsed.text("village").map { try node.scope(of: $0) }
    }

    // MARK: Printing

    /// Prints a line or several.
    ///
    /// The line ends are the program's; what else could steer the terminal comes from a name.
    func print(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            output.writeLine(withoutControls(String(line)))
        }
    }

    /// The table; on a terminal, where it has no rows, the sentence instead of bare titles.
    func print(_ table: Table, ifEmpty sentence: Label? = nil) {
        guard output.isTerminal else { return output.write(table.text(.plain)) }
        if table.isEmpty, let sentence { return print(sentence(language)) }
        let width = output.knownColumns
        output.write(table.text(output.isColoured ? .coloured : .aligned, width: width))
        let leftOut = width.map(table.leftOut(at:)) ?? []
        guard !leftOut.isEmpty else { return }
        let titles = leftOut.joined(separator: ", ")
        note(
            say(
                "Cửa sổ hẹp, không in cột: \(titles) (in đủ: … | cat)",
                "Too narrow for the columns: \(titles) (all of them: … | cat)"
            )
        )
    }

    /// What could be done next; only where a person reads along.
    func suggest(_ vi: String, _ en: String) {
        guard output.isTerminal, !isJSON else { return }
        print(say("Tiếp theo: ", "Next: ") + say(vi, en))
    }

    func print(json value: JSONValue) {
        output.writeLine(JSONText.encode(value, pretty: output.isTerminal))
    }

    /// What is wrong with some part of the work, beside its output; the rest goes on.
    func complain(_ label: Label, about part: String? = nil) {
        let text = (part.map { "\($0): " } ?? "") + label(language)
        note(errors.emphasised("doorstep:", .bad) + " " + text)
    }

    /// Why a verb ends as it does, in the form of errors; programs get an object.
    func fail(_ code: ErrorCode, _ label: Label) {
        guard isJSON else { return complain(label) }
        note(JSONText.encode(error: code.rawValue, message: label(language)))
    }

    /// To whoever runs the command, beside its output.
    func note(_ line: String) {
        progress.clear()
        errors.writeLine(line)
    }

    func time(_ time: HybridTime) -> String {
        guard let local = time.localTime else { return "" }
        return Field.timeShown.show(.text(local.description), language)
    }
}

/// An error as users read it, in both languages, of whatever room it comes.
func explanation(of error: any Error) -> Label {
    (error as? any LabelledError)?.label ?? Node.words(for: error)
}

extension Field {
    /// Shows times in the way of a field.
    static let timeShown = Field("time", Label("Giờ", "Time"), .localTime)
}

extension Argument {
    static let folder = Argument(
        Label("thư mục", "folder"),
        summary: Label("Thư mục của máy", "The node's folder"),
        kind: .path
    )
    static let id = Argument(
        Label("mã", "id"),
        summary: Label("Mã bản ghi, như find hiện", "The record's id, as find shows it")
    )
}

extension Option {
    static let village = Option.value(
        "village",
        .text,
        summary: Label(
            "Chỉ thôn này: tên, đường dẫn phạm vi hoặc phần cuối",
            "Only this village: its name, or its scope path or the end of it"
        )
    )
    /// Of verbs that write a file which a person names: see ``FileWriter/init(named:as:force:)``.
    static let force = Option.flag(
        "force",
        summary: Label(
            "Thay cả tệp khác loại đang mang tên đó",
            "Replace a file of another kind that has the name"
        )
    )
    /// Which systemd unit is written or removed.
    static let unit = Option.value(
        "unit",
        .text,
        default: "doorstep",
        summary: Label("Tên của tệp systemd", "Name of the unit")
    )
    static let accept = Option.flag(
        "accept-proposals",
        summary: Label(
            "Nhận cả giá trị chỉ có khả năng đúng, ví dụ số đã mất số 0 ở đầu",
            "Take values that are only likely, such as a number with its lost zero restored"
        )
    )
}
