import Benchmark
import Simulation
import Survey
import Terminal

extension Verb {
    static let lab = [simulate, bench]

    private static let simulate = Verb(
        Command(
            "simulate",
            summary: "Play communes from seeds, with every accident, against an oracle",
            discussion: """
                Real stores and bundles; cuts at any byte, crashes at any write, late and repeated
                sticks, restores, copies, clock jumps, revocations, moves, merges, erasures. A seed
                that breaks an invariant is printed with its trace, and fails alike every time. Ends
                with exit code 4 if one did.
                """,
            options: [
                .value(
                    "seeds",
                    .integer(1...10_000_000),
                    default: "100",
                    summary: "How many seeds"
                ),
                .value("from", .integer(0...Int64.max), default: "1", summary: "The first seed"),
                .value("steps", .integer(1...100_000), default: "120", summary: "Steps of each"),
                .value("dir", .path, summary: "Keep the databases in files under this folder"),
                .flag("trace", summary: "Keep the whole trace of a failing seed"),
            ],
            examples: [Example("simulate --seeds 1000 --from 1", "Plays a thousand communes.")]
        )
    ) { context in
        var options = Simulation.Options()
        options.seeds = context.parsed.integer("seeds").map { Int($0) } ?? options.seeds
        options.firstSeed = UInt64(context.parsed.integer("from") ?? 1)
        options.steps = context.parsed.integer("steps").map { Int($0) } ?? options.steps
        options.folder = context.parsed.text("dir")
        options.isTracing = context.parsed.flag("trace")
        var done = 0
        let report = Simulation.run(options) { seed, failure in
            done += 1
            context.progress.update("simulate", done: done, of: options.seeds)
            if let failure {
                context.note("seed \(seed): \(failure.invariant): \(failure.message)")
                for line in failure.trace { context.note("  " + line) }
            }
            return !context.output.isClosed
        }
        context.progress.clear()
        let figures = report.figures
        let numbers: [(String, Int)] = [
            ("seeds", figures.seeds), ("steps", figures.steps), ("saves", figures.saves),
            ("exchanges", figures.exchanges), ("cuts", figures.cuts), ("crashes", figures.crashes),
            ("old_bundles", figures.oldBundles), ("phone_changes", figures.phoneChanges),
            ("rollbacks", figures.rollbacks), ("restores", figures.restores),
            ("copies", figures.copies), ("replacements", figures.replacements),
            ("revocations", figures.revocations), ("moves", figures.moves),
            ("erasures", figures.erasures), ("hostile_messages", figures.hostileMessages),
            ("conspiracies", figures.conspiracies), ("admissions", figures.admissions),
            ("healed_forks", figures.healedForks),
            ("excused_conflicts", figures.excusedConflicts),
            ("healing_rounds_max", figures.healingRoundsMax),
            ("failures", report.failures.count),
        ]
        if context.isJSON {
            let members = numbers.map { JSONValue.Member($0.0, .integer(Int64($0.1))) }
            let seeds = report.failures.map { JSONValue.string(String($0.seed)) }
            context.print(
                json: .object(members + [JSONValue.Member("failing_seeds", .array(seeds))])
            )
        } else {
            for (name, number) in numbers {
                context.print("\(name) \(context.numbers.integer(number))")
            }
        }
        return report.failures.isEmpty ? .ok : .unverified
    }

    private static let bench = Verb(
        Command(
            "bench",
            summary: "Measure against plain SQLite doing the same rows, in the same run",
            discussion: """
                Prints ratios with medians, and for each the target. The machine's speed drops out;
                compare absolute times only within one run.
                """,
            options: [
                .value("villages", .integer(1...200), default: "20", summary: "Villages"),
                .value(
                    "rounds",
                    .integer(1...100),
                    default: "5",
                    summary: "Rounds to take medians of"
                ),
                .value(
                    "scale",
                    .integer(1...20),
                    default: "10",
                    summary: "How much larger the growth check is"
                ),
                .value(
                    "seed",
                    .integer(1...1_000_000),
                    default: "1",
                    summary: "Seed of the workload"
                ),
                .value("from", .path, summary: "Read the workload from this folder instead"),
                .value("dir", .path, default: "/tmp", summary: "Where the databases are made"),
                .flag(
                    "layout",
                    summary: "Sizes and times of payload layouts and zstd levels instead"
                ),
                .value("memory-of", .path, summary: "Used by bench itself: the memory of one hub"),
            ],
            examples: [Example("bench --rounds 5", "Measures everything.")]
        )
    ) { context in
        let seed = context.parsed.integer("seed").map { Int($0) } ?? 1
        if let folder = context.parsed.text("memory-of") {
            try MemoryProbe.run(folder: folder, seed: seed)
            return .ok
        }
        var options = BenchOptions()
        options.probeArguments = ["bench", "--memory-of"]
        options.villages = context.parsed.integer("villages").map { Int($0) } ?? options.villages
        options.rounds = context.parsed.integer("rounds").map { Int($0) } ?? options.rounds
        options.scale = context.parsed.integer("scale").map { Int($0) } ?? options.scale
        options.seed = seed
        options.from = context.parsed.text("from")
        options.folder = context.parsed.text("dir") ?? options.folder
        options.isJSON = context.isJSON
        options.showsLayouts = context.parsed.flag("layout")
        let reached = try Benchmark.run(options, context.output) { context.note($0) }
        return reached ? .ok : .failed
    }
}
