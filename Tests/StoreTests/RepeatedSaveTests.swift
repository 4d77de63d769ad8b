import Causality
import Replication
import SQLite
import TestSupport
import Testing

@testable import Store

/// A change that is submitted twice, and a change id that is used twice.
@Suite struct RepeatedSaveTests {
    let change = ChangeID(client: 5, counter: 1)
    let first = RecordID.test(1)
    let second = RecordID.test(2)

    private func save(
        _ id: RecordID,
        _ name: String,
        in scope: String = firstVillage,
        by author: String = "lan",
        at store: Store
    ) throws -> [Dot] {
        try store.save(scope: scope, author: author, change: change) {
            $0.set("house", id, [Cell("name", .text(name))])
        }
    }

    @Test func `the same change is saved once`() throws {
        let commune = try TestCommune(seed: 51)
        let village = try commune.village("thon-1")
        let dots = try save(first, "P", at: village)
        #expect(dots.count == 1)
        #expect(try save(first, "P", at: village) == dots)
        try village.seal(firstVillage)
        #expect(try save(first, "P", at: village) == dots)
        _ = try TestExchange(village, with: commune.hub)
        #expect(try save(first, "P", at: commune.hub) == dots)
        #expect(try village.openEntries(scope: firstVillage).isEmpty)
    }

    @Test func `a change id that was used for something else is refused`() throws {
        let commune = try TestCommune(seed: 52)
        let village = try commune.village("thon-1")
        _ = try save(first, "P", at: village)
        #expect(throws: StoreError.changeReused) { try save(second, "P", at: village) }
        #expect(throws: StoreError.changeReused) { try save(first, "Q", at: village) }
        #expect(throws: StoreError.changeReused) { try save(first, "P", by: "hoa", at: village) }
        #expect(try village.openEntries(scope: firstVillage).count == 1)
    }

    @Test func `records that a change creates are created once`() throws {
        let commune = try TestCommune(seed: 53)
        let village = try commune.village("thon-1")
        func add(_ name: String) throws -> [Dot] {
            try village.save(scope: firstVillage, change: change) { batch in
                let house = batch.add("house", [Cell("name", .text(name))])
                _ = batch.add("person", [Cell("house", .reference(house))])
            }
        }
        let dots = try add("P")
        #expect(try add("P") == dots)
        #expect(throws: StoreError.changeReused) { try add("Q") }
        #expect(try village.number("SELECT count(*) FROM house") == 1)
        // A record of this opening that another change names is another record.
        let other = try village.save(scope: firstVillage) {
            _ = $0.add("house", [Cell("name", .text("P"))])
        }
        let id = try #require(try village.openEntries(scope: firstVillage).last).entry.record
        #expect(other.count == 1)
        #expect(throws: StoreError.changeReused) { try save(id, "P", by: "", at: village) }
    }

    @Test func `another scope has change ids of its own`() throws {
        let commune = try TestCommune(seed: 54)
        _ = try save(first, "P", at: commune.hub)
        #expect(try save(second, "Q", in: secondVillage, at: commune.hub).count == 1)
    }

    @Test func `a repeat is recognised when its values were erased since`() throws {
        let commune = try TestCommune(seed: 55)
        let dots = try save(first, "P", at: commune.hub)
        try commune.hub.redact([first], reason: "request", on: "2026-11-24")
        #expect(try save(first, "P", at: commune.hub) == dots)
    }

    @Test func `a deletion is recognised when its reason was erased since`() throws {
        let commune = try TestCommune(seed: 56)
        let house = RecordID.test(1)
        try commune.hub.set(house, Cell("name", .text("A")))
        func delete(_ reason: String) throws -> [Dot] {
            try commune.hub.save(scope: firstVillage, change: ChangeID(client: 7, counter: 1)) {
                $0.set("house", house, [Cell(ReservedField.deleted, .text(reason))])
            }
        }
        let dots = try delete("moved to her son's")
        try commune.hub.redact([house], reason: "request", on: "2026-11-24")
        #expect(try delete("moved to her son's") == dots)
    }
}
