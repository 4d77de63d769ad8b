import Intake
import Node
import SQLite
import Store
import Survey
import Synthetic
import TestSupport
import Testing

/// The sample list of the project, read by the importer that users run.
@Suite struct ListImportTests {
    private func hub() throws -> Store {
        let store = try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: .doorstep,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { .random(in: 0 ... .max) }
            )
        )
        try Enrolment.makeHub(store, scope: TestCommune.path, name: "Xã Mẫu")
        return store
    }

    private func run(_ store: Store, isDryRun: Bool = false) throws -> ListImport.Result {
        let importer = Importer(today: try #require(CalendarDay(year: 2026, month: 11, day: 15)))
        return try ListImport(
            into: store,
            author: "lan",
            isDryRun: isDryRun,
            createsVillages: true
        ).run(importer, ByteChunks.source(SampleList.bytes))
    }

    @Test func `the sample list becomes households and residents, once`() throws {
        let store = try hub()
        let first = try run(store)
        #expect(first.newHouseholds == 400)
        #expect(first.newPersons == first.report.persons)
        #expect(first.leftOutHouseholds == 0)
        let before = store.db.totalChanges
        let second = try run(store)
        #expect(second.newHouseholds == 0)
        #expect(second.newPersons == 0)
        #expect(second.filledFields == 0)
        #expect(second.unchangedPersons == first.newPersons)
        #expect(store.db.totalChanges == before)
        #expect(try Villages(store).all.count == 5)
    }

    @Test func `a dry run tells the same and changes nothing`() throws {
        let store = try hub()
        let dry = try run(store, isDryRun: true)
        #expect(dry.newHouseholds == 400)
        #expect(try Villages(store).all.isEmpty)
        #expect(try store.db.prepare("SELECT count(*) FROM resident").first { $0.integer(0) } == 0)
        #expect(try run(store).newHouseholds == 400)
    }
}
