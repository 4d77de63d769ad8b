import Causality
import Coverage
import Replication
import SQLite
import Store
import Survey
import Synthetic

/// A surveyed commune in the survey's own tables, about as large as the workload, for its indicators.
final class SyntheticSurvey {
    private let node: BenchNode
    private let reader: CoverageReader
    private let saver = SyntheticSaver()

    init(_ commune: BenchCommune, villages: Int, folder: BenchFolder) throws {
        node = try commune.hub(path: folder.file("survey.db"), description: .doorstep)
        let firstDay = CalendarDay(number: BenchLimits.surveyDay)
        let shape = CommuneShape(
            seed: 1,
            day: firstDay,
            villages: villages,
            households: villages * BenchLimits.surveyHouseholds
        )
        let fieldwork = Fieldwork(SyntheticCommune(shape), FieldworkPlan(firstDay: firstDay))
        let today = firstDay.adding(days: 60)
        reader = CoverageReader(.doorstep, cutoff: Cutoff(day: today, today: today))
        for village in shape.villages.indices {
            try node.store.transaction {
                let scope = BenchCommune.scope(village)
                for household in fieldwork.commune.list(village: village) {
                    try saver.save(household, scope, in: node.store)
                }
                for day in 0..<fieldwork.days(village: village) {
                    for visit in fieldwork.saves(village: village, day: day) {
                        try saver.save(visit.records, scope, in: node.store)
                    }
                }
            }
        }
        // As a hub's file lies most of the time, and the plain one when it is asked.
        try node.store.db.checkpoint(truncate: true)
    }

    func residents() throws -> Int {
        try node.store.db.cached("SELECT count(*) FROM resident").first { Int($0.integer(0)) } ?? 0
    }

    /// Every indicator of the survey by village, with its bounds.
    func report() throws {
        let db = node.store.db
        let hasLater = try CoverageReader.hasAnswers(after: reader.cutoff.day, .doorstep, db)
        precondition(!hasLater, "synthetic answers are of days before the report")
        _ = try reader.report(db)
    }
}

/// Saves what synthetic people say, under the ids that a store has given them.
final class SyntheticSaver {
    private var records: [Int: RecordID] = [:]

    func save(_ synthetic: [SyntheticRecord], _ scope: String, in store: Store) throws {
        guard !synthetic.isEmpty else { return }
        try store.save(scope: scope, author: "canbo") { batch in
            for record in synthetic {
                let cells = record.values { records[$0] ?? RecordID(origin: 0, counter: 1) }
                    .map { Cell($0.name, $0.value) }
                if record.isNew {
                    records[record.key] = batch.add(record.type, cells)
                } else if let id = records[record.key] {
                    batch.set(record.type, id, cells)
                }
            }
        }
    }
}
