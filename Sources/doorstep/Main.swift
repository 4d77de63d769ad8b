import Node
import SQLite
import Store
import Survey
import Terminal

@main
enum Main {
    static func main() {
        Output.ignoreClosedPipes()
        let output = Output.standardOutput()
        let errors = Output.standardError()
        let words = Array(CommandLine.arguments.dropFirst())
        let language = Language(words: words, fallback: environmentVariable("DOORSTEP_LANG"))
        let teller = ErrorTeller(errors: errors, language: language, words: words)
        var code = run(words, language, output, teller)
        do {
            try output.finish()
        } catch {
            teller.tell(error)
            code = .failed
        }
        try? errors.finish()
        exitProcess(code)
    }

    private static func run(
        _ words: [String],
        _ language: Language,
        _ output: Output,
        _ teller: ErrorTeller
    ) -> ExitCode {
        do {
            try checkArguments()
            switch try Verbs.programme.parse(words, language) {
            case .help(let text):
                output.write(text)
                return .ok
            case .run(let parsed):
                guard let verb = Verbs.verb(at: parsed.path) else { return .usage }
                let context = VerbContext(parsed, language, output, teller.errors)
                // Every change and every look at a person bears a name.
                guard !context.user.allSatisfy(\.isWhitespace) else {
                    throw WordError.missing(
                        Label(
                            "Chưa biết ai đang làm: ghi tên bằng --as TÊN",
                            "who is doing this? give your name with --as NAME"
                        )
                    )
                }
                return try verb.run(context)
            }
        } catch {
            output.flush()
            teller.tell(error)
            return exitCode(of: error)
        }
    }

    private static func exitCode(of error: any Error) -> ExitCode {
        switch error {
        case is UsageError, is WordError: .usage
        case NodeError.refused: .refused
        case StoreError.damaged, SQLiteError.corrupt, NodeError.unsoundDatabase: .unverified
        case is SyncProblem: .refused
        default: .failed
        }
    }

    /// Swift repairs words that are no UTF-8: a path among them would name another file.
    private static func checkArguments() throws {
        for index in 1..<max(Int(CommandLine.argc), 1) {
            guard let word = unsafe CommandLine.unsafeArgv[index] else { continue }
            guard unsafe String(validatingCString: word) == nil else { continue }
            throw WordError.missing(
                Label(
                    "từ thứ \(index) của dòng lệnh không phải UTF-8: đổi tên tệp hay thư mục đó",
                    "word \(index) of the command line is no UTF-8: rename that file or folder"
                )
            )
        }
    }
}

/// Tells what has ended a verb: a line for people, with `--json` an object for programs.
private struct ErrorTeller {
    let errors: Output
    let language: Language
    let isJSON: Bool

    /// Also words that cannot be parsed may have asked for JSON.
    init(errors: Output, language: Language, words: [String]) {
        self.errors = errors
        self.language = language
        isJSON = words.prefix { $0 != "--" }.contains("--json")
    }

    func tell(_ error: any Error) {
        // One line that steers no terminal, whatever it quotes.
        let text = printable(
            explanation(of: error)(language),
            limit: TerminalLimits.errorCharacters
        )
        guard isJSON else {
            return errors.writeLine(errors.emphasised("doorstep:", .bad) + " " + text)
        }
        errors.writeLine(JSONText.encode(error: ErrorCode.word(for: error), message: text))
    }
}
