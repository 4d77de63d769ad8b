import Survey
import Terminal
import Testing

let sample = Programme(
    name: "doorstep",
    version: "1.0",
    summary: Label("máy khảo sát", "survey node"),
    commonOptions: [
        .flag("json", summary: Label("In JSON", "Print JSON")),
        .value(
            "lang",
            .choice(["vi", "en"]),
            default: "vi",
            summary: Label("Ngôn ngữ hiển thị", "Language of what is printed")
        ),
    ],
    commands: [
        Command(
            "coverage",
            summary: Label("Độ phủ theo thôn và chỉ tiêu", "Coverage by village and indicator"),
            discussion: Label(
                "Tính những gì đã khảo sát đến một ngày.",
                "Counts what was surveyed up to a day."
            ),
            arguments: [
                Argument(
                    Label("máy", "node"),
                    summary: Label("Thư mục của máy", "The node's folder"),
                    kind: .path
                ),
                Argument(
                    Label("thôn", "village"),
                    summary: Label("Chỉ các thôn này", "Only these villages"),
                    arity: .optional
                ),
            ],
            options: [
                .value("as-of", .date, summary: Label("Tính đến ngày này", "Count as of this day")),
                .value(
                    "limit",
                    .integer(1...50),
                    default: "10",
                    summary: Label("Số dòng in ra", "Lines to print")
                ),
                .list("type", .text, summary: Label("Chỉ loại này", "Only this type")),
                .flag("all", summary: Label("Tất cả", "Everything")),
            ],
            examples: [
                Example(
                    "coverage xa-tam-my --lang en",
                    "Bảng bằng tiếng Anh.",
                    "The table in English."
                )
            ]
        ),
        Command(
            "node",
            summary: Label("Các máy của xã", "Nodes of the commune"),
            subcommands: [
                Command(
                    "list",
                    summary: Label("Liệt kê", "List them"),
                    examples: [Example("node list", "Mọi máy.", "All nodes.")]
                ),
                Command(
                    "revoke",
                    summary: Label("Loại một máy", "Shut one out"),
                    arguments: [
                        Argument(
                            Label("mã", "id"),
                            summary: Label("Mã của máy", "Its id"),
                            arity: .repeated
                        )
                    ],
                    options: [
                        .value("reason", .text, isRequired: true, summary: Label("Lý do", "Why"))
                    ],
                    examples: [
                        Example(
                            "node revoke 1 --reason lost",
                            "Máy 1 bị loại.",
                            "Node 1 is shut out."
                        )
                    ]
                ),
            ]
        ),
    ]
)

@Suite struct CommandParserTests {
    func parsed(_ line: String...) throws -> ParsedCommand {
        guard case .run(let command) = try sample.parse(line) else {
            throw UsageError.missingCommand(under: "help")
        }
        return command
    }

    @Test func `values are read by name, options wherever they stand`() throws {
        let command = try parsed(
            "--json",
            "coverage",
            "--limit=5",
            "xa",
            "--type",
            "a",
            "--as-of",
            "2026-07-31",
            "phu-quy-2",
            "--type=b=c"
        )
        #expect(command.path == ["coverage"])
        #expect(command.flag("json") && !command.flag("all"))
        #expect(command.integer("limit") == 5)
        #expect(command.text("node") == "xa")
        #expect(command.text("village") == "phu-quy-2")
        #expect(command.texts("type") == ["a", "b=c"])
        #expect(command.date("as-of") == CalendarDay(year: 2026, month: 7, day: 31))
    }

    @Test func `absent options have their defaults, or nothing`() throws {
        let command = try parsed("coverage", "xa")
        #expect(command.integer("limit") == 10)
        #expect(command.text("lang") == "vi")
        #expect(command.text("village") == nil && command.date("as-of") == nil)
    }

    @Test func `asking for what the description lacks is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            if case .run(let command) = try sample.parse(["coverage", "xa"]) {
                _ = command.text("villages")
            }
        }
    }

    @Test func `groups have verbs, and arguments repeat`() throws {
        let command = try parsed("node", "revoke", "1", "2", "--reason", "", "3")
        #expect(command.path == ["node", "revoke"])
        #expect(command.texts("id") == ["1", "2", "3"])
        #expect(command.text("reason") == "")
    }

    @Test func `after two dashes everything is an argument`() throws {
        let command = try parsed("coverage", "--all", "--", "--json", "--help")
        #expect(command.text("node") == "--json" && command.text("village") == "--help")
        #expect(command.flag("all") && !command.flag("json"))
    }

    @Test func `a lone dash and a negative number are values`() throws {
        #expect(try parsed("coverage", "-").text("node") == "-")
        #expect(try parsed("coverage", "x", "-5").text("village") == "-5")
    }

    struct Mistake: Sendable {
        let words: [String]
        let error: UsageError
    }

    @Test(arguments: [
        Mistake(words: [], error: .missingCommand(under: "doorstep")),
        Mistake(words: ["node"], error: .missingCommand(under: "doorstep node")),
        Mistake(
            words: ["covrage"],
            error: .unknownCommand("covrage", under: "doorstep", suggestion: "coverage")
        ),
        Mistake(
            words: ["node", "revoek"],
            error: .unknownCommand("revoek", under: "doorstep node", suggestion: "revoke")
        ),
        Mistake(
            words: ["zzz"],
            error: .unknownCommand("zzz", under: "doorstep", suggestion: nil)
        ),
        Mistake(
            words: ["coverage", "x", "--as-off=1"],
            error: .unknownOption(
                "--as-off",
                command: "doorstep coverage",
                suggestion: "--as-of"
            )
        ),
        Mistake(
            words: ["coverage", "x", "-v"],
            error: .unknownOption("-v", command: "doorstep coverage", suggestion: nil)
        ),
        Mistake(
            words: ["coverage", "x", "--limit"],
            error: .missingValue(
                option: "limit",
                kind: .integer(1...50),
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", "x", "--as-of", "--json"],
            error: .missingValue(option: "as-of", kind: .date, command: "doorstep coverage")
        ),
        Mistake(
            words: ["coverage", "x", "--all=yes"],
            error: .unexpectedValue(option: "all", command: "doorstep coverage")
        ),
        Mistake(
            words: ["coverage", "x", "--limit", "51"],
            error: .wrongValue(
                "51",
                of: Label("--limit", "--limit"),
                kind: .integer(1...50),
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", "x", "--limit=99999999999999999999"],
            error: .wrongValue(
                "99999999999999999999",
                of: Label("--limit", "--limit"),
                kind: .integer(1...50),
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", "x", "--as-of", "2026-02-29"],
            error: .wrongValue(
                "2026-02-29",
                of: Label("--as-of", "--as-of"),
                kind: .date,
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", ""],
            error: .wrongValue(
                "",
                of: Label("<máy>", "<node>"),
                kind: .path,
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", "x", "--lang", "fr"],
            error: .wrongValue(
                "fr",
                of: Label("--lang", "--lang"),
                kind: .choice(["vi", "en"]),
                command: "doorstep coverage"
            )
        ),
        Mistake(
            words: ["coverage", "x", "--limit=1", "--limit=1"],
            error: .repeatedOption("limit", command: "doorstep coverage")
        ),
        Mistake(
            words: ["coverage", "x", "--all", "--all"],
            error: .repeatedOption("all", command: "doorstep coverage")
        ),
        Mistake(
            words: ["node", "revoke", "1"],
            error: .missingOption("reason", command: "doorstep node revoke")
        ),
        Mistake(
            words: ["node", "revoke", "--reason=x"],
            error: .missingArgument(Label("<mã>", "<id>"), command: "doorstep node revoke")
        ),
        Mistake(
            words: ["coverage", "x", "y", "z"],
            error: .unexpectedArgument("z", command: "doorstep coverage")
        ),
    ])
    func `a mistake is named exactly, in one line that says where to look`(
        mistake: Mistake
    ) throws {
        #expect(throws: mistake.error) { try sample.parse(mistake.words) }
        let (vi, en) = (mistake.error.label.vi, mistake.error.label.en)
        #expect(!vi.contains("\n") && !en.contains("\n") && vi != en)
        #expect(vi.hasSuffix("xem: \(mistake.error.command) --help"))
        #expect(en.hasSuffix("see: \(mistake.error.command) --help"))
    }

    @Test func `what was mistyped cannot steer the terminal`() {
        let error = UsageError.unexpectedArgument(
            "\u{1b}[2J\r\n" + String(repeating: "a", count: 500),
            command: "doorstep"
        )
        #expect(!"\(error)".unicodeScalars.contains { $0.value < 0x20 })
        #expect("\(error)".count < 150)
    }

    @Test(arguments: [
        ["--help"], ["help"], ["coverage", "--help"], ["coverage", "--wrong", "--help"],
        ["help", "coverage"], ["node", "-h"], ["node", "list", "--help", "extra"],
    ])
    func `help wins over mistakes`(words: [String]) throws {
        guard case .help(let text) = try sample.parse(words) else {
            Issue.record("no help")
            return
        }
        let path = words.filter { ["coverage", "node", "list"].contains($0) }
        #expect(text == sample.help(for: path, .vi))
    }

    @Test(arguments: [["covrage", "--help"], ["help", "covrage"]])
    func `there is no help for a verb that is none`(words: [String]) {
        #expect(
            throws: UsageError.unknownCommand("covrage", under: "doorstep", suggestion: "coverage")
        ) { try sample.parse(words) }
    }

    @Test func `the version is printed`() throws {
        guard case .help(let text) = try sample.parse(["--version"]) else {
            Issue.record("no version")
            return
        }
        #expect(text == "doorstep 1.0\n")
    }

    @Test(
        arguments: [
            ("2024-02-29", true), ("2100-02-29", false), ("2000-02-29", true),
            ("2026-04-31", false),
            ("2026-4-30", false), ("0000-01-01", false), ("2026-13-01", false),
            ("+026-01-01", false),
            ("2026-01-01 ", false), ("９026-01-01", false),
        ] as [(String, Bool)]
    )
    func `a day exists or is refused`(text: String, exists: Bool) {
        #expect((CalendarDay(text) != nil) == exists)
        #expect(CalendarDay(text)?.description == (exists ? text : nil))
    }
}

@Suite struct LanguageTests {
    struct Case: Sendable {
        let words: [String]
        let fallback: String?
        let language: Language
    }

    @Test(arguments: [
        Case(words: [], fallback: nil, language: .vi),
        Case(words: [], fallback: "en", language: .en),
        Case(words: [], fallback: "fr", language: .vi),
        Case(words: ["find", "--lang", "en"], fallback: nil, language: .en),
        Case(words: ["--lang=vi", "wrong"], fallback: "en", language: .vi),
        Case(words: ["find", "--lang", "fr"], fallback: "en", language: .en),
        Case(words: ["find", "--lang"], fallback: nil, language: .vi),
        Case(words: ["find", "--", "--lang", "en"], fallback: nil, language: .vi),
    ])
    func `the language is known before the words are understood`(_ sample: Case) {
        #expect(Language(words: sample.words, fallback: sample.fallback) == sample.language)
    }
}

@Suite struct HelpTests {
    @Test func `the help of a verb in Vietnamese`() {
        #expect(
            sample.help(for: ["coverage"], .vi) == """
                doorstep coverage — Độ phủ theo thôn và chỉ tiêu

                Cách dùng: doorstep coverage [tùy chọn] <máy> [<thôn>]

                Tính những gì đã khảo sát đến một ngày.

                Tham số:
                  <máy>     Thư mục của máy
                  [<thôn>]  Chỉ các thôn này

                Tùy chọn:
                  --as-of <năm-tháng-ngày>  Tính đến ngày này
                  --limit <số>              Số dòng in ra (mặc định 10)
                  --type <chữ>              Chỉ loại này (ghi được nhiều lần)
                  --all                     Tất cả
                  --json                    In JSON
                  --lang <vi|en>            Ngôn ngữ hiển thị (mặc định vi)
                  --help                    In phần này

                Ví dụ:
                  doorstep coverage xa-tam-my --lang en
                      Bảng bằng tiếng Anh.

                """
        )
    }

    @Test func `the help of a verb`() {
        #expect(
            sample.help(for: ["coverage"], .en) == """
                doorstep coverage — Coverage by village and indicator

                Usage: doorstep coverage [options] <node> [<village>]

                Counts what was surveyed up to a day.

                Arguments:
                  <node>       The node's folder
                  [<village>]  Only these villages

                Options:
                  --as-of <yyyy-mm-dd>  Count as of this day
                  --limit <number>      Lines to print (default 10)
                  --type <text>         Only this type (may be repeated)
                  --all                 Everything
                  --json                Print JSON
                  --lang <vi|en>        Language of what is printed (default vi)
                  --help                Print this text

                Examples:
                  doorstep coverage xa-tam-my --lang en
                      The table in English.

                """
        )
    }

    @Test func `the help of the programme and of a group`() {
        #expect(
            sample.help(for: [], .en) == """
                doorstep 1.0 — survey node

                Usage: doorstep <verb> [options] …

                Verbs:
                  coverage  Coverage by village and indicator
                  node      Nodes of the commune

                Options of every verb:
                  --json          Print JSON
                  --lang <vi|en>  Language of what is printed (default vi)
                  --help          Print this text

                Exit codes:
                  0  done
                  1  the operation failed; nothing was half done
                  2  the command line was not understood
                  3  some or all of the data was refused; the report says which and why
                  4  a check of signatures, chains, tables or the machine failed

                More about a verb, with examples: doorstep <verb> --help

                """
        )
        #expect(
            sample.help(for: ["node"], .en) == """
                doorstep node — Nodes of the commune

                Usage: doorstep node <verb> [options] …

                Verbs:
                  list    List them
                  revoke  Shut one out

                More about a verb, with examples: doorstep node <verb> --help

                """
        )
        #expect(
            sample.help(for: ["node", "revoke"], .en)
                .contains("Usage: doorstep node revoke --reason <text> [options] <id>…")
        )
    }
}
