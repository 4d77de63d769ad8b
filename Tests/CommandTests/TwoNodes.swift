import Causality
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

/// A hub in a folder, for the command, and a village in memory that is enrolled with it.
struct TwoNodes {
    static let scope = "48/21004/mau-1"
    let doorstep: Doorstep
    let village: LocalNode

    /// Without `village` the scope is a unit's, which no roster names as a village.
    init(village isNamed: Bool = true) throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        if isNamed { _ = try doorstep("village", "add", "hub", "Mẫu 1") }
        let commune = try TestCommune(seed: 1, description: .doorstep)
        village = LocalNode(try commune.unenrolled(), user: "tam")
        let request = try Enrolment.request(
            village.store,
            name: "Thôn Mẫu 1",
            kind: .village,
            scopes: [Self.scope]
        )
        let reply = try Enrolment.approve(request, as: .init(request), at: try hub().store)
        try Enrolment.accept(reply, at: village.store)
        try sync()
    }

    func hub() throws -> LocalNode {
        try LocalNode(opening: NodeFolder(doorstep.path("hub")), user: "minh")
    }

    /// Both ends hold the same afterwards.
    func sync() throws {
        let hub = try hub()
        for _ in 0..<2 { _ = try TestExchange(village.store, with: hub.store) }
    }

    /// A household of the village that both hold.
    func sharedHousehold() throws -> RecordID {
        let saved = try village.addRecord(
            "household",
            [FieldInput("state", "occupied"), FieldInput("address", "Tổ 1")]
        )
        try sync()
        return try #require(saved.id)
    }
}
