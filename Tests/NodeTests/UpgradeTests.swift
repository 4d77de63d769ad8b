import Causality
import Node
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// Nodes of different builds in one commune: an older build knows fewer fields and types.
@Suite struct UpgradeTests {
    let scope = TestCommune.path + "/thon-1"
    /// As `.small`, from before houses had rooms and persons were recorded.
    let older: DataDescription
    let commune: TestCommune

    init() throws {
        let house = try #require(DataDescription.small.types.first { $0.name == "house" })
        older = DataDescription(
            types: [
                RecordType(
                    house.name,
                    house.label,
                    fields: house.fields.filter { $0.name != "rooms" }
                )
            ],
            indicators: []
        )
        commune = try TestCommune(seed: 11)
    }

    /// The same file, opened by another build.
    private func reopened(_ store: Store, _ description: DataDescription) throws -> Store {
        try Store(db: store.db, description: description, environment: store.environment)
    }

    private func village(_ description: DataDescription) throws -> Store {
        try reopened(commune.village("thon-1"), description)
    }

    private func texts(_ store: Store, _ sql: String) throws -> [String] {
        try store.db.prepare(sql).rows { row throws(SQLiteError) in try row.text(0) }
    }

    private let houses =
        "SELECT name || ' ' || coalesce(rooms, '-') FROM house ORDER BY name, id"
    private let persons = "SELECT name || ' ' || coalesce(phone, '-') FROM person ORDER BY name"

    private func addHouse(_ store: Store) throws -> RecordID {
        var id: RecordID?
        try store.save(scope: scope) { batch in
            let house = batch.add("house", [Cell("name", .text("A")), Cell("rooms", .integer(3))])
            _ = batch.add(
                "person",
                [
                    Cell("name", .text("Ví Dụ")), Cell("phone", .text("0900000000")),
                    Cell("house", .reference(house)),
                ]
            )
            id = house
        }
        return try #require(id)
    }

    @Test func `what an older build does not know is kept, travels on and shows later`() throws {
        let newer = try village(.small)
        let olderVillage = try village(older)
        let hub = try reopened(commune.hub, older)
        let id = try addHouse(newer)
        _ = try TestExchange(newer, with: hub)
        _ = try TestExchange(olderVillage, with: hub)
        #expect(try texts(olderVillage, "SELECT name FROM house") == ["A"])

        // The older build changes the record without touching what it does not know.
        try olderVillage.save(scope: scope) { $0.set("house", id, [Cell("name", .text("B"))]) }
        _ = try TestExchange(olderVillage, with: hub)
        _ = try TestExchange(newer, with: hub)
        for store in [newer, try reopened(olderVillage, .small), try reopened(hub, .small)] {
            #expect(try texts(store, houses) == ["B 3"])
            #expect(try texts(store, persons) == ["Ví Dụ 0900000000"])
            #expect(try store.recordsInReview() == 0)
            #expect(try store.verify().damages.isEmpty)
        }
    }

    @Test func `a conflict in a field that the hub does not know is one for those who do`() throws {
        let first = try village(.small)
        let second = try village(.small)
        let hub = try reopened(commune.hub, older)
        let id = try addHouse(first)
        _ = try TestExchange(first, with: hub)
        _ = try TestExchange(second, with: hub)
        for (store, rooms) in [(first, Int64(4)), (second, 5)] {
            try store.save(scope: scope) { $0.set("house", id, [Cell("rooms", .integer(rooms))]) }
        }
        for store in [first, second, first] { _ = try TestExchange(store, with: hub) }
        #expect(try hub.recordsInReview() == 0)
        for store in [first, second, try reopened(hub, .small)] {
            #expect(try store.recordsInReview() == 1)
            let values = try store.db.prepare("SELECT value FROM sibling ORDER BY value")
                .rows { $0.integer(0) }
            #expect(values == [4, 5])
        }
    }

    @Test func `a file that an older build has opened shows everything again`() throws {
        let store = try village(.small)
        let id = try addHouse(store)
        try store.seal(scope)
        try store.save(scope: scope) { $0.set("house", id, [Cell("rooms", .integer(7))]) }
        let before = try Dump(store)
        let downgraded = try reopened(store, older)
        #expect(try texts(downgraded, "SELECT name FROM house") == ["A"])
        #expect(try Dump(try reopened(downgraded, .small)) == before)
    }

    @Test func `opening with the same build rebuilds nothing`() throws {
        let store = try village(.small)
        _ = try addHouse(store)
        let changes = store.db.totalChanges
        _ = try reopened(store, .small)
        #expect(store.db.totalChanges == changes)
    }
}

/// The projection as rows of text: typed tables and what is derived from several records.
struct Dump: Equatable {
    private let rows: [String]

    init(_ store: Store) throws {
        var rows: [String] = []
        for table in store.types.map(\.name) + ["sibling", "clash", "alias"] {
            let columns = try store.db.prepare("SELECT * FROM \"\(table)\" LIMIT 0").columnCount
            let order = (1...columns).map(String.init).joined(separator: ", ")
            let statement = try store.db.prepare("SELECT * FROM \"\(table)\" ORDER BY \(order)")
            while try statement.step() {
                let values = try (0..<columns).map { "\(try statement.value($0))" }
                rows.append("\(table): \(values.joined(separator: " | "))")
            }
        }
        self.rows = rows
    }
}
