import Causality
import Foundation
import Terminal
import Testing

/// The built command is killed with SIGKILL at random moments; what it has acknowledged stays.
///
/// A killed process shows what a crash leaves; what a power cut leaves also depends on the disk,
/// and is the business of SQLite's `synchronous=FULL`. `DOORSTEP_CRASH_SEEDS` runs more seeds.
@Suite(.serialized) struct CrashTests {
    private static let killsPerSeed = 5
    static let seeds: Range<UInt64> = {
        let wanted = ProcessInfo.processInfo.environment["DOORSTEP_CRASH_SEEDS"]
        return 0..<(wanted.flatMap { UInt64($0) } ?? 4)
    }()

    /// Tries until so many processes were really killed; the faster ones end by themselves.
    ///
    /// A step runs one process that takes `whole` undisturbed and is killed after the given time,
    /// checks what it left, and says whether it was killed.
    private func killed(
        _ seed: UInt64,
        within whole: Duration,
        _ step: (Duration) throws -> Bool
    ) throws {
        var random = SplitMix64(seed: seed)
        var kills = 0
        for _ in 0..<(4 * Self.killsPerSeed) where kills < Self.killsPerSeed {
            let delay = whole * random.below(1_000) / 1_000
            kills += try step(delay) ? 1 : 0
        }
        #expect(kills > 0, "no process lived long enough to be killed")
    }

    @Test(arguments: seeds)
    func `a killed import has taken in all of the list or nothing`(seed: UInt64) throws {
        let words = ["import", "hub", "list.csv", "--json"]
        let template = try CrashTemplate.make()
        let reference = try template.copy()
        let whole = try reference.duration(words)
        let listed = try reference.ids("household", "hub").count
        try #require(listed > 50)

        var command = try template.copy()
        var known: [String] = []
        try killed(seed, within: whole) { delay in
            known.append(try #require(try command.add("hub")))
            let outcome = try command.run(words, killAfter: delay)
            try command.expectSound("hub")
            let found = try command.ids("household", "hub")
            #expect(Set(known).isSubset(of: found))
            #expect(found.count == known.count || found.count == known.count + listed)
            if found.count > known.count {
                command = try template.copy()
                known = []
            }
            return outcome.isKilled
        }
        try command.run(words)
        let taken = try command.lines("resident", "hub")
        #expect(try command.ids("household", "hub").count == known.count + listed)
        try command.run(words)
        #expect(try command.lines("resident", "hub") == taken)
        try command.expectSound("hub")
    }

    @Test(arguments: seeds)
    func `a record whose id was printed is there`(seed: UInt64) throws {
        let command = try CrashTemplate.make()
        let whole = try ContinuousClock().measure { _ = try command.add("hub") }
        var known = try command.ids("household", "hub")
        try killed(seed, within: whole) { delay in
            let id = try command.add("hub", killAfter: delay)
            if let id { known.append(id) }
            try command.expectSound("hub")
            #expect(Set(known).isSubset(of: try command.ids("household", "hub")))
            return id == nil
        }
    }

    @Test(arguments: seeds)
    func `a killed rebuild leaves the tables as they were`(seed: UInt64) throws {
        let command = try CrashTemplate.make()
        try command("import", "hub", "list.csv")
        let before = try command.lines("resident", "hub")
        let whole = try command.duration(["rebuild", "hub"])
        try killed(seed, within: whole) { delay in
            let outcome = try command.run(["rebuild", "hub"], killAfter: delay)
            try command.expectSound("hub")
            #expect(try command.lines("resident", "hub") == before)
            return outcome.isKilled
        }
        #expect(try command("rebuild", "hub").code == 0)
        #expect(try command.lines("resident", "hub") == before)
        try command.expectSound("hub")
    }

    @Test(arguments: seeds)
    func `killed syncs lose nothing, and later ones bring both sides level`(seed: UInt64) throws {
        let command = try CrashTemplate.make()
        try command("import", "hub", "list.csv")
        let whole = try command.copy().duration(["sync", "hub", "stick"])
        var sides = SplitMix64(seed: seed ^ 0xff)
        var known = try command.ids("household", "hub")
        try killed(seed, within: whole) { delay in
            for side in ["hub", "thon"] { known.append(try #require(try command.add(side))) }
            let side = sides.percent(50) ? "hub" : "thon"
            let outcome = try command.run(["sync", side, "stick"], killAfter: delay)
            try command.expectSound(side)
            return outcome.isKilled
        }
        try settle(command)
        for side in ["hub", "thon"] {
            try command.expectSound(side)
            #expect(try command.ids("household", side).sorted() == known.sorted())
        }
        #expect(try command.lines("resident", "hub") == command.lines("resident", "thon"))
    }

    /// Syncs to and fro until neither side has anything to say.
    private func settle(_ command: KilledCommand) throws {
        for _ in 0..<10 {
            var isQuiet = true
            for side in ["thon", "hub"] {
                let outcome = try command("sync", side, "stick", "--json")
                try #require(outcome.code == 0, "\(outcome.output)")
                let report = try outcome.json()
                isQuiet = isQuiet && report["read"] == [] && report["written"] == []
            }
            if isQuiet { return }
        }
        Issue.record("the sync does not come to rest")
    }
}
