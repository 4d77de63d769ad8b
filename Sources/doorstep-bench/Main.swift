import Benchmark
import Terminal

@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "--memory-of" {
            try MemoryProbe.run(folder: arguments[2], seed: 1)
            return
        }
        var options = BenchOptions(probeArguments: ["--memory-of"])
        for (index, argument) in arguments.enumerated() {
            let next = index + 1 < arguments.count ? arguments[index + 1] : ""
            switch argument {
            case "--rounds": options.rounds = Int(next) ?? 5
            case "--scale": options.scale = Int(next) ?? 1
            case "--villages": options.villages = Int(next) ?? 20
            case "--from": options.from = next
            case "--dir": options.folder = next
            case "--json": options.isJSON = true
            case "--layout": options.showsLayouts = true
            default: break
            }
        }
        let output = Output.standardOutput()
        let errors = Output.standardError()
        try Benchmark.run(options, output) {
            errors.writeLine($0)
            errors.flush()
        }
        try output.finish()
    }
}
