import Causality
import Replication
import SQLite
import Survey
import TestSupport
import Testing

@testable import Store

/// What a move takes along, and when it has to wait for a person.
@Suite struct MoveTests {
    let house = RecordID.test(1)
    let person = RecordID.test(2)

    /// The description of a later version: houses have a roof, and animals live in them.
    static let newer = DataDescription(
        types: DataDescription.small.types.map { type in
            guard type.name == "house" else { return type }
            let roof = Field("roof", Label("Mái", "Roof"), .text(max: 10))
            return RecordType("house", type.label, fields: type.fields + [roof])
        } + [
            RecordType(
                "pet",
                Label("Vật nuôi", "Pet"),
                parent: "house",
                fields: [Field("house", Label("Nhà", "House"), .reference(to: "house"))]
            )
        ],
        indicators: []
    )

    private func updated(_ store: Store, seed: UInt64) throws -> Store {
        var random = SplitMix64(seed: seed)
        return try Store(
            db: Connection(copying: store.db),
            description: Self.newer,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { random.next() }
            )
        )
    }

    @Test func `a move waits until a dispute is decided`() throws {
        let commune = try TestCommune(seed: 41)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("name", .text("A")), Cell("rooms", .integer(2)))
        try village.set(person, Cell("house", .reference(house)), type: "person")
        _ = try TestExchange(village, with: commune.hub)
        try village.set(person, Cell("name", .text("B")), type: "person")
        try commune.hub.set(person, Cell("name", .text("C")), type: "person")
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.undecided(person)) {
            try commune.hub.move(house, to: secondVillage)
        }
        #expect(try commune.hub.conflicts().count == 1)
        #expect(try commune.hub.locate(house)?.scope == firstVillage)
        try commune.hub.resolve(
            person,
            field: "name",
            value: .text("B"),
            seen: commune.hub.conflict(person).stamp,
            author: "lan"
        )
        #expect(try commune.hub.move(house, to: secondVillage) == [house, person])
    }

    @Test func `a hidden dispute of a deleted record is shown and decided before a move`() throws {
        let commune = try TestCommune(seed: 42)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("rooms", .integer(2)))
        _ = try TestExchange(village, with: commune.hub)
        try village.set(house, Cell("rooms", .integer(3)))
        try commune.hub.set(house, Cell("rooms", .integer(4)))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.set(house, Cell(ReservedField.deleted, .text("error")))
        #expect(throws: StoreError.undecided(house)) {
            try commune.hub.move(house, to: secondVillage)
        }
        #expect(try commune.hub.conflict(house).disputed.map(\.name) == ["rooms"])
        try commune.hub.resolve(
            house,
            field: "rooms",
            value: .integer(3),
            seen: commune.hub.conflict(house).stamp,
            author: "lan"
        )
        try commune.hub.move(house, to: secondVillage)
        #expect(try commune.hub.record(house)?["rooms"] == .integer(3))
    }

    @Test func `a change that met a deletion is decided before a move`() throws {
        let commune = try TestCommune(seed: 43)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("rooms", .integer(2)))
        _ = try TestExchange(village, with: commune.hub)
        try village.set(house, Cell("rooms", .integer(3)))
        try commune.hub.set(house, Cell(ReservedField.deleted, .text("error")))
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.undecided(house)) {
            try commune.hub.move(house, to: secondVillage)
        }
    }

    @Test func `fields of a newer version move along`() throws {
        let commune = try TestCommune(seed: 44)
        let village = try updated(commune.village("thon-1"), seed: 1)
        try village.set(house, Cell("name", .text("N")), Cell("roof", .text("tin")))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        try commune.hub.seal(secondVillage)
        let record = try #require(try updated(commune.hub, seed: 2).record(house))
        #expect(record.scope == secondVillage)
        #expect(record["roof"] == .text("tin"))
    }

    @Test func `what a newer version has added to a record keeps it where it is`() throws {
        let commune = try TestCommune(seed: 45)
        let village = try updated(commune.village("thon-1"), seed: 3)
        try village.set(house, Cell("name", .text("N")))
        try village.set(RecordID.test(3), Cell("house", .reference(house)), type: "pet")
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.newerVersion(type: "pet")) {
            try commune.hub.move(house, to: secondVillage)
        }
        // Once it is deleted, it keeps nothing back.
        try village.set(
            RecordID.test(3),
            Cell(ReservedField.deleted, .text("error")),
            type: "pet"
        )
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
    }

    @Test func `a field of a newer version that met a deletion keeps a record where it is`() throws
    {
        let commune = try TestCommune(seed: 50)
        let village = try updated(commune.village("thon-1"), seed: 4)
        try village.set(house, Cell("name", .text("N")))
        _ = try TestExchange(village, with: commune.hub)
        try village.set(house, Cell("roof", .text("tin")))
        try commune.hub.set(house, Cell(ReservedField.deleted, .text("error")))
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.newerFields(house)) {
            try commune.hub.move(house, to: secondVillage)
        }
        // The village knows the field and decides.
        try village.settle(house, .keep, seen: village.conflict(house).stamp, author: "lan")
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        #expect(try commune.hub.locate(house)?.scope == secondVillage)
    }

    @Test func `a field of a newer version that missed a move is not replaced by the way back`()
        throws
    {
        let commune = try TestCommune(seed: 51)
        let village = try updated(commune.village("thon-1"), seed: 5)
        try village.set(house, Cell("name", .text("N")), Cell("roof", .text("tin")))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        try village.set(house, Cell("roof", .text("tiles")))
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.newerFields(house)) {
            try commune.hub.move(house, to: firstVillage)
        }
    }

    @Test func `a dispute of a newer version's field asks for an update`() throws {
        let commune = try TestCommune(seed: 52)
        let first = try updated(commune.village("thon-1"), seed: 6)
        let second = try updated(commune.village("thon-1"), seed: 7)
        try first.set(house, Cell("name", .text("N")))
        _ = try TestExchange(first, with: commune.hub)
        _ = try TestExchange(second, with: commune.hub)
        try first.set(house, Cell("roof", .text("tin")))
        try second.set(house, Cell("roof", .text("tiles")))
        _ = try TestExchange(first, with: commune.hub)
        _ = try TestExchange(second, with: commune.hub)
        #expect(throws: StoreError.newerFields(house)) {
            try commune.hub.move(house, to: secondVillage)
        }
    }

    @Test func `what was cleared elsewhere does not come back with the record`() throws {
        let commune = try TestCommune(seed: 46)
        let hub = commune.hub
        try hub.set(house, Cell("name", .text("N")), Cell("rooms", .integer(5)))
        try hub.move(house, to: secondVillage)
        try hub.save(scope: secondVillage) { $0.set("house", house, [Cell("rooms", .null)]) }
        try hub.move(house, to: firstVillage)
        #expect(try hub.record(house)?["rooms"] == .null)
        #expect(try hub.record(house)?["name"] == .text("N"))
    }

    @Test func `a change that missed a move is not replaced by the way back`() throws {
        let commune = try TestCommune(seed: 47)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("rooms", .integer(5)))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        try village.set(house, Cell("rooms", .integer(7)))
        _ = try TestExchange(village, with: commune.hub)
        #expect(throws: StoreError.undecided(house)) {
            try commune.hub.move(house, to: firstVillage)
        }
        try commune.hub.settle(house, .keep, seen: commune.hub.conflict(house).stamp, author: "lan")
        try commune.hub.move(house, to: firstVillage)
        #expect(try commune.hub.record(house)?["rooms"] == .integer(7))
    }

    private func rooms(_ store: Store) throws -> [Value] {
        let field = try store.record(house)?.fields.first { $0.name == "rooms" }
        let siblings = field?.siblings.map(\.value) ?? []
        return siblings.isEmpty ? [field?.value ?? .null] : siblings.sorted { "\($0)" < "\($1)" }
    }

    /// Two nodes of the old village, and what the new one has written meanwhile, if anything.
    private func late(_ values: [Int64], meanwhile: Int64?) throws -> Store {
        let commune = try TestCommune(seed: 48)
        let first = try commune.village("thon-1")
        let second = try commune.village("thon-1")
        try first.set(house, Cell("rooms", .integer(5)))
        _ = try TestExchange(first, with: commune.hub)
        _ = try TestExchange(second, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        if let meanwhile {
            try commune.hub.save(scope: secondVillage) {
                $0.set("house", house, [Cell("rooms", .integer(meanwhile))])
            }
        }
        for (village, value) in zip([first, second], values) {
            try village.set(house, Cell("rooms", .integer(value)))
            _ = try TestExchange(village, with: commune.hub)
        }
        try commune.hub.settle(house, .keep, seen: commune.hub.conflict(house).stamp, author: "lan")
        return commune.hub
    }

    @Test func `late values that differ are carried side by side`() throws {
        let hub = try late([2, 3], meanwhile: nil)
        #expect(try rooms(hub) == [.integer(2), .integer(3)])
        #expect(try rooms(try late([7], meanwhile: nil)) == [.integer(7)])
        #expect(try rooms(try late([7, 7], meanwhile: nil)) == [.integer(7)])
    }

    @Test func `a late value does not replace what the new place has written since`() throws {
        #expect(try rooms(try late([2], meanwhile: 6)) == [.integer(2), .integer(6)])
        #expect(try rooms(try late([6], meanwhile: 6)) == [.integer(6)])
    }

    /// A deletion, or the taking back of one, by somebody who had not seen that the record moved.
    ///
    /// - Returns: whether it is deleted where it lives now, after `decision`.
    private func isDeleted(
        first: Value,
        late: Value,
        meanwhile: Bool = false,
        _ decision: ClashDecision
    ) throws -> Bool? {
        let commune = try TestCommune(seed: 49)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("rooms", .integer(5)))
        if first != .null { try village.set(house, Cell(ReservedField.deleted, first)) }
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        if meanwhile {
            try commune.hub.save(scope: secondVillage) {
                $0.set("house", house, [Cell("rooms", .integer(6))])
            }
        }
        try village.set(house, Cell(ReservedField.deleted, late))
        _ = try TestExchange(village, with: commune.hub)
        let stamp = try commune.hub.conflict(house).stamp
        try commune.hub.settle(house, decision, seen: stamp, author: "lan")
        let record = try #require(try commune.hub.record(house))
        #expect(record.scope == secondVillage)
        // Who deletes has not seen what the new place has written: a person decides once more.
        #expect((record.flags & RecordFlags.clash != 0) == (meanwhile && decision == .keep))
        return record[ReservedField.deleted] != .null
    }

    @Test func `a deletion that missed a move waits for a person`() throws {
        let reason = Value.text("counted twice")
        #expect(try isDeleted(first: .null, late: reason, .keep) == true)
        #expect(try isDeleted(first: .null, late: reason, .dismiss) == false)
        #expect(try isDeleted(first: .null, late: reason, meanwhile: true, .keep) == true)
    }

    /// The reason of an erasure is a reason of deletions alone.
    @Test func `a late word that is that of an erasure is carried as it is`() throws {
        let commune = try TestCommune(seed: 50)
        let village = try commune.village("thon-1")
        try village.set(house, Cell("rooms", .integer(5)))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.move(house, to: secondVillage)
        let word = Value.text(ReservedField.erasedReason)
        try village.set(house, Cell("name", word))
        _ = try TestExchange(village, with: commune.hub)
        try commune.hub.settle(house, .keep, seen: commune.hub.conflict(house).stamp, author: "lan")
        #expect(try commune.hub.record(house)?["name"] == word)
    }

    @Test func `a deletion that was taken back unseen by a move waits for a person`() throws {
        let reason = Value.text("counted twice")
        #expect(try isDeleted(first: reason, late: .null, .keep) == false)
        #expect(try isDeleted(first: reason, late: .null, .dismiss) == true)
    }
}
