import Causality

/// Whole communes from one seed: nodes, phones, bundles, accidents, and what must hold throughout.
///
/// Everything is decided by the seed, so a failing seed fails again alone.
package enum Simulation {
    package struct Options: Hashable, Sendable {
        package var firstSeed: UInt64 = 1
        package var seeds = 100
        /// Steps of each seed before everything is connected again and healed.
        package var steps = 120
        /// Folder for databases on disk; nil keeps them in memory.
        package var folder: String?
        /// Keeps every step for printing, not only the last ones.
        package var isTracing = false

        package init() {}
    }

    /// A seed that broke an invariant.
    package struct Failure: Hashable, Sendable {
        package let seed: UInt64
        package let invariant: Invariant
        package let message: String
        /// What happened before, one line a step; the last ``traceLinesMax`` unless tracing.
        package let trace: [String]
    }

    package struct Report: Hashable, Sendable {
        package internal(set) var figures = Figures()
        package internal(set) var failures: [Failure] = []
    }

    /// Lines of a failing seed's trace that are kept.
    package static let traceLinesMax = 80

    /// Runs the seeds one after another.
    ///
    /// `onSeed`: hears of each seed when it is done; false stops the run.
    package static func run(
        _ options: Options,
        onSeed: (UInt64, Failure?) -> Bool = { _, _ in true }
    ) -> Report {
        var report = Report()
        for index in 0..<options.seeds {
            let seed = options.firstSeed &+ UInt64(index)
            let (figures, failure) = run(seed: seed, options)
            report.figures.add(figures)
            if let failure { report.failures.append(failure) }
            guard onSeed(seed, failure) else { break }
        }
        return report
    }

    /// Runs one seed.
    package static func run(
        seed: UInt64,
        _ options: Options = Options()
    ) -> (figures: Figures, failure: Failure?) {
        let trace = Trace(limit: options.isTracing ? nil : traceLinesMax)
        do {
            let world = try World(seed: seed, options: options, trace: trace)
            defer { world.close() }
            do {
                try world.run()
                return (world.figures, nil)
            } catch {
                return (world.figures, failure(seed, error, trace))
            }
        } catch {
            return (Figures(), failure(seed, error, trace))
        }
    }

    private static func failure(_ seed: UInt64, _ error: any Error, _ trace: Trace) -> Failure {
        let violation = error as? Violation ?? Violation(.sound, "\(error)")
        return Failure(
            seed: seed,
            invariant: violation.invariant,
            message: violation.message,
            trace: trace.lines
        )
    }
}

/// The last steps in words.
final class Trace {
    private(set) var lines: [String] = []
    private let limit: Int?
    private var step = 0

    init(limit: Int?) {
        self.limit = limit
    }

    func begin(step: Int) {
        self.step = step
    }

    func note(_ text: @autoclosure () -> String) {
        lines.append("\(step): \(text())")
        if let limit, lines.count > limit { lines.removeFirst(lines.count - limit) }
    }
}
