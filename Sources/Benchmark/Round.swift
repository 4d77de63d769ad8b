import Causality
import Replication
import SQLite
import Store

/// The workload prepared for both sides: nothing of this is timed.
struct BenchInput {
    let workload: Workload
    let visits: [WorkloadVisits]
    /// Rows of each village for plain SQLite.
    let rows: [[PlainRows]]

    init(_ workload: Workload) {
        self.workload = workload
        visits = workload.villages.map(WorkloadVisits.init)
        rows = zip(workload.villages, visits).map { village, visits in
            WorkloadKind.allCases.map { kind in
                var rows = PlainRows(kind)
                for (index, record) in village[kind].enumerated() {
                    let key = BenchCommune.key(village.number, visits.counter(kind, index + 1))
                    rows.add(key: key, record) { kind, number in
                        BenchCommune.key(village.number, visits.counter(kind, number))
                    }
                }
                return rows
            }
        }
    }
}

/// Everything measured once, both sides one after the other, in fresh files.
final class Round {
    let input: BenchInput
    let folder: BenchFolder
    let commune: BenchCommune
    /// Samples by name; each round adds one.
    private(set) var samples: [Measure: Samples] = [:]
    /// The villages' first bundles of the latest round.
    var bundles: [[UInt8]] = []
    /// Made before the first round that asks for it.
    var survey: SyntheticSurvey?
    /// How many residents it has.
    var residents: Int?
    private var random: SplitMix64

    /// What is timed or weighed.
    enum Measure: Hashable {
        case plainSync
        case plainEdits
        case plainSave
        case plainFile
        case referenceQuery
        case seal
        case write
        case sync
        case syncBytes
        case edits
        case stickSync
        case stickEdits
        case editBytes
        case requestBytes
        case replyBytes
        case unchangedWrites
        case save
        case file
        case rebuild
        case conflicts
        case plainConflicts
        case indicators
    }

    init(_ input: BenchInput, folder: BenchFolder, seed: Int) throws {
        self.input = input
        self.folder = folder
        commune = try BenchCommune(seed: seed)
        random = SplitMix64(seed: UInt64(seed))
    }

    func note(_ measure: Measure, _ value: Double) {
        samples[measure, default: Samples()].add(value)
    }

    /// Villages record house by house; what they send is made, sealed and written.
    func record(into villages: [BenchNode]) throws -> [[UInt8]] {
        var sealing = 0.0
        var writing = 0.0
        var bundles: [[UInt8]] = []
        for (number, node) in villages.enumerated() {
            sealing += try record(number, node)
            writing += try seconds { bundles.append(try node.request()) }
        }
        note(.seal, sealing)
        note(.write, writing)
        note(.syncBytes, Double(bundles.reduce(0) { $0 + $1.count }))
        return bundles
    }

    /// Saves visit by visit and seals in time, so that all sealing is done on the clock.
    ///
    /// A node whose number is above those of the workload records what another village's has;
    /// `visits`: how many at most.
    /// - Returns: the seconds that sealing took.
    func record(_ number: Int, _ node: BenchNode, visits most: Int = .max) throws -> Double {
        let content = number % input.visits.count
        let visits = input.visits[content]
        let village = input.workload.villages[content]
        let origin = BenchCommune.origin(number)
        var rest = visits.visits.prefix(most)
        var sealing = 0.0
        while !rest.isEmpty {
            try node.store.transaction {
                var entries = 0
                while let visit = rest.first,
                    entries + visit.count <= BenchLimits.entriesPerSeal
                {
                    rest.removeFirst()
                    entries += visit.count
                    commune.clock.advance(seconds: 120 + random.below(600))
                    try node.store.save(scope: node.scope, author: author(number)) { batch in
                        for (kind, index) in visit {
                            let values = village[kind][index].values.enumerated().map {
                                (column: $0.offset, value: $0.element)
                            }
                            _ = batch.add(
                                kind.table,
                                visits.cells(kind, values, origin: origin)
                            )
                        }
                    }
                }
            }
            sealing += try seconds { try node.store.seal(node.scope) }
        }
        return sealing
    }

    /// One of the three people who survey a village.
    private func author(_ village: Int) -> String {
        "canbo-\(village + 1)-\(random.below(3) + 1)"
    }

    /// The villages' edits, each saved by itself, as bundles.
    func edit(_ villages: [BenchNode]) throws -> [[UInt8]] {
        for (number, node) in villages.enumerated() { try edit(number, node) }
        return try villages.map { try $0.request() }
    }

    /// One village's edits, each saved by itself.
    func edit(_ number: Int, _ node: BenchNode) throws {
        let visits = input.visits[number]
        let origin = BenchCommune.origin(number)
        for edit in input.workload.edits where edit.village == number {
            let id = RecordID(origin: origin, counter: visits.counter(edit.kind, edit.number))
            commune.clock.advance(seconds: 120 + random.below(600))
            try node.store.save(scope: node.scope, author: author(edit.village)) { batch in
                batch.set(
                    edit.kind.table,
                    id,
                    visits.cells(edit.kind, edit.changes, origin: origin)
                )
            }
        }
    }
}

/// The numbers that make one run like another.
enum BenchLimits {
    /// Entries after which a village seals, on the clock: fewer than would make the store do it.
    static let entriesPerSeal = 1_250
    /// Single changes per round.
    static let saves = 100
    /// Households of each village of the commune whose indicators are computed, as in the workload.
    static let surveyHouseholds = 400
    /// The target is for 30,000 residents: fewer are measured, not judged.
    static let residentsJudged = 25_000
    /// Its first day of survey: 2026-06-01.
    static let surveyDay = 20_605
    /// Bytes of a bundle handed over at once, as from a socket.
    static let pieceBytes = 64 << 10
}
