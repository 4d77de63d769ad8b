import Node
import Store
import Terminal

@main
enum Main {
    static func main() {
        Output.ignoreClosedPipes()
        let output = Output.standardOutput()
        let errors = Output.standardError()
        var code = run(Array(CommandLine.arguments.dropFirst()), output, errors)
        do {
            try output.finish()
        } catch {
            errors.writeLine("doorstep: \(error)")
            code = .failed
        }
        try? errors.finish()
        exitProcess(code)
    }

    private static func run(
        _ words: [String],
        _ output: Output,
        _ errors: Output
    ) -> ExitCode {
        do {
            switch try Verbs.programme.parse(words) {
            case .help(let text):
                output.write(text)
                return .ok
            case .run(let parsed):
                guard let verb = Verbs.verb(at: parsed.path) else { return .usage }
                return try verb.run(VerbContext(parsed, output, errors))
            }
        } catch {
            output.flush()
            errors.writeLine("doorstep: \(oneLine(error))")
            return exitCode(of: error)
        }
    }

    private static func exitCode(of error: any Error) -> ExitCode {
        switch error {
        case is UsageError, is WordError: .usage
        case NodeError.refused: .refused
        case StoreError.damaged: .unverified
        case is SyncProblem: .refused
        default: .failed
        }
    }

    /// Errors are one line, whatever they quote.
    private static func oneLine(_ error: any Error) -> String {
        String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
