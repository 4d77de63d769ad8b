import Causality
import Node
import Store
import Survey
import TestSupport
import Testing

/// What is written of a record that was deleted, merged or moved would be seen by nobody.
@Suite struct GoneRecordTests {
    private let commune: TestCommune
    private let hub: LocalNode
    private let home: RecordID
    private let person: RecordID

    init() throws {
        commune = try TestCommune(seed: 31, description: .doorstep)
        hub = LocalNode(commune.hub, user: "minh")
        let place = try hub.addVillage("Mẫu 1").scope
        _ = try hub.addVillage("Mẫu 2")
        home = try #require(
            hub.addRecord(
                "household",
                [FieldInput("address", "Tổ 1"), FieldInput("state", "occupied")],
                place: place
            ).id
        )
        person = try #require(
            hub.addRecord("resident", Self.person(of: home, named: "Nguyễn Văn An")).id
        )
    }

    private static func person(of home: RecordID, named name: String) -> [FieldInput] {
        [
            FieldInput("household", home.description), FieldInput("full_name", name),
            FieldInput("birth", "1985"), FieldInput("sex", "male"),
            FieldInput("residence", "permanent"), FieldInput("relation", "other"),
            FieldInput("presence", "here"),
        ]
    }

    private func refused(
        _ node: LocalNode,
        _ id: RecordID,
        as fate: NodeError.RecordFate,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try node.store.history(of: id).count
        #expect(throws: NodeError.gone(fate), sourceLocation: sourceLocation) {
            try node.editRecord(id, [FieldInput("phone", "0905123456")])
        }
        #expect(try node.store.history(of: id).count == before, sourceLocation: sourceLocation)
    }

    @Test func `a deleted person is restored before anything is written of him`() throws {
        try hub.deleteRecord(home, reason: "nhập nhầm", withChildren: true)
        try refused(hub, person, as: .deleted)
        #expect(throws: NodeError.gone(.deleted)) {
            try hub.addRecord("resident", Self.person(of: home, named: "Trần Thị Hai"))
        }
        try hub.restoreRecord(home)
        try hub.restoreRecord(person)
        #expect(try !hub.editRecord(person, [FieldInput("other_name", "Ba")]).isRefused)
    }

    @Test func `of a merged person the one is named who stands for him`() throws {
        let other = try #require(
            hub.addRecord("resident", Self.person(of: home, named: "Nguyễn Văn An")).id
        )
        _ = try hub.store.merge(person, into: other, author: "minh")
        try refused(hub, person, as: .merged(into: other.description))
        #expect(throws: NodeError.gone(.merged(into: other.description))) {
            try hub.deleteRecord(person, reason: "nhầm")
        }
        #expect(try !hub.editRecord(other, [FieldInput("other_name", "Ba")]).isRefused)
    }

    /// The last writer would decide between two values of which he has seen one.
    @Test func `a field that waits for a decision is decided there, not in passing`() throws {
        let place = try #require(try hub.store.record(home)).scope
        let village = try commune.village(String(place.split(separator: "/").last ?? ""))
        let node = LocalNode(village, user: "lan")
        _ = try TestExchange(village, with: commune.hub)
        _ = try node.editRecord(person, [FieldInput("other_name", "Ba")])
        _ = try hub.editRecord(person, [FieldInput("other_name", "Tư")])
        _ = try TestExchange(village, with: commune.hub)
        #expect(try hub.store.conflicts().count == 1)
        for text in ["Ba", "Tư", "Năm", ""] {
            #expect(throws: NodeError.disputed(["other_name"])) {
                try hub.editRecord(person, [FieldInput("other_name", text)])
            }
        }
        #expect(try !hub.editRecord(person, [FieldInput("phone", "0905990001")]).isRefused)
        #expect(try hub.store.conflicts().count == 1)
    }

    @Test func `the village that a household has left writes no more of it once it knows`() throws {
        let old = try #require(try hub.store.record(home)).scope
        let new = try #require(try hub.villages().map(\.scope).first { $0 != old })
        let village = try commune.village(String(old.split(separator: "/").last ?? ""))
        let node = LocalNode(village, user: "lan")
        _ = try TestExchange(village, with: commune.hub)
        #expect(try !node.editRecord(person, [FieldInput("other_name", "Ba")]).isRefused)
        _ = try TestExchange(village, with: commune.hub)
        try hub.store.move(home, to: new, author: "minh")
        // Not heard of yet: taken, and a clash once both meet.
        #expect(try !node.editRecord(person, [FieldInput("other_name", "Tư")]).isRefused)
        _ = try TestExchange(village, with: commune.hub)
        try refused(node, person, as: .moved(to: new))
        #expect(try hub.store.conflicts().count == 1)
        // Where it lives now it goes on.
        #expect(try !hub.editRecord(person, [FieldInput("phone", "")]).isRefused)
    }
}
