import Foundation
import Simulation
import Testing

@Suite struct SimulationTests {
    @Test(arguments: 1..<21 as Range<UInt64>)
    func `whole communes keep every invariant`(seed: UInt64) {
        let (_, failure) = Simulation.run(seed: seed)
        #expect(failure == nil)
    }

    /// Any number of seeds outside CI: `SIMULATION_SEEDS=1000-3000 swift test -c release --filter many`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SIMULATION_SEEDS"] != nil))
    func `many seeds keep every invariant`() throws {
        let environment = ProcessInfo.processInfo.environment
        let range = try #require(environment["SIMULATION_SEEDS"]).split(separator: "-")
        var options = Simulation.Options()
        let first = try #require(UInt64(range[0]))
        options.firstSeed = first
        options.seeds = range.count > 1 ? Int(try #require(UInt64(range[1])) - first) : 1
        options.steps = environment["SIMULATION_STEPS"].flatMap { Int($0) } ?? options.steps
        options.isTracing = range.count == 1
        var failures = 0
        let report = Simulation.run(options) { seed, failure in
            guard let failure else { return true }
            failures += 1
            let lines = options.isTracing ? failure.trace.joined(separator: "\n") + "\n" : ""
            print("\(lines)seed \(seed): \(failure.invariant.rawValue): \(failure.message)")
            return failures < 400
        }
        print(report.figures)
        var counts: [String: Int] = [:]
        for failure in report.failures { counts[failure.invariant.rawValue, default: 0] += 1 }
        print(counts.sorted { $0.value > $1.value })
        #expect(report.failures.isEmpty)
    }
}
