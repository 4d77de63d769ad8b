import Foundation
import Simulation
import Testing

/// Real stores and bundles against an oracle that knows what each author had on screen.
///
/// Each rule was broken on purpose once. What noticed it first, in seeds from 1 on:
///
/// | rule left out | invariant |
/// |---|---|
/// | an entry's `seen` | no lost update (1) |
/// | explicit contexts of what is written again | no lost update (1) |
/// | own entries of a branch that gives way are written again | durable (1) |
/// | signatures of segments | authority (1) |
/// | the projection is made anew when a branch gives way | sound (1) |
/// | a clash is of fields that are known here | no false conflict (2) |
/// | a child's segments of a revoked node need proof | authority (4) |
/// | no entry has seen more than its segment | authority (7) |
/// | a child's offers of a revoked node's segments need proof | authority (10) |
/// | scopes sent are those that the child may read | authority (10) |
/// | a segment is the next one of its log, or there is a gap | prefix (11) |
/// | a decision ends its clash | no false conflict (2) |
/// | a change that comes after a deletion or move is a clash, too | no lost update (2) |
/// | the projection is made anew after an erasure | convergent (4), rebuildable (15) |
/// | a segment that is held is not applied again | sound (1) |
/// | `after` is held before a segment is applied | no false conflict (12) |
/// | others' branches that give way are set aside | progress (12) |
/// | branches are offered to the parent | progress (12) |
/// | another history under a log's name is a fork | progress (1) |
/// | what was set aside and is written again is set aside no more | idempotent (1) |
/// | logs that a peer holds further are left | no lost update (14) |
/// | what is open is sealed before a segment is applied | no lost update (19) |
/// | a log's writer may write its scope | authority (33) |
/// | a segment continues the hash of the one before | no lost update (46) |
/// | open entries of a restored database are written again | durable (65) |
/// | a token is clipped to what is held | progress (97) |
/// | what comes of somebody who was erased is erased as well | durable (5009) |
///
/// Not noticed in 159 seeds, and so tested by themselves: the hash at the end of a proven chain, and
/// showing receipts (`RevocationTests`; a person admits then what was set aside). Not in 61 seeds:
/// change ids (`RepeatedSaveTests`), the cut of a revocation (`RevocationTests`), the hash of a payload
/// (`SegmentTests`), where a circle of merges ends (`ProjectionTests`), the latest value of siblings
/// (`SiblingsTests`), and that a restored database leaves its logs: forks heal without it too.
@Suite struct SimulationTests {
    @Test(arguments: 1..<31 as Range<UInt64>)
    func `whole communes keep every invariant`(seed: UInt64) {
        let (_, failure) = Simulation.run(seed: seed)
        #expect(failure == nil)
    }

    /// Clashes that hung on the order of arrival, a token from before an erasure, a transaction that a
    /// failed end of reading left open, what came of somebody who had been erased, orders told apart by the
    /// number that a node gave them.
    @Test(arguments: [189, 533, 539, 2_167, 2_168, 5_009, 5_245] as [UInt64])
    func `seeds that failed once hold now`(seed: UInt64) {
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
