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
        var code = run(words, language, output, errors)
        do {
            try output.finish()
        } catch {
            errors.writeLine(prefix(errors) + error.label(language))
            code = .failed
        }
        try? errors.finish()
        exitProcess(code)
    }

    private static func run(
        _ words: [String],
        _ language: Language,
        _ output: Output,
        _ errors: Output
    ) -> ExitCode {
        do {
            switch try Verbs.programme.parse(words, language) {
            case .help(let text):
                output.write(text)
                return .ok
            case .run(let parsed):
                guard let verb = Verbs.verb(at: parsed.path) else { return .usage }
                let context = VerbContext(parsed, language, output, errors)
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
            errors.writeLine(prefix(errors) + oneLine(explanation(of: error)(language)))
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

    /// Says who speaks, in red where there are colours.
    private static func prefix(_ errors: Output) -> String {
        errors.emphasised("doorstep:", .bad) + " "
    }

    /// Errors are one line that steers no terminal, whatever they quote.
    private static func oneLine(_ text: String) -> String {
        printable(text, limit: TerminalLimits.errorCharacters)
    }
}
