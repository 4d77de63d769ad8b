import Causality
import Foundation
import HTTP
import Node
import Replication
import Store
import TestSupport
import Testing

/// Many nodes at one hub at once, over TLS; `DOORSTEP_NODES` asks for more of them.
///
/// What that costs the hub in time and memory, `doorstep bench --net` tells.
@Suite(.serialized) struct CrowdTests {
    static let count: Int = {
        let wanted = ProcessInfo.processInfo.environment["DOORSTEP_NODES"].flatMap { Int($0) }
        return min(max(wanted ?? 30, 2), LineLimits.sessionsMax)
    }()

    @Test func `all nodes that come at once are served, and nobody is sent away`() throws {
        let hub = try TestHub(seed: 81, certificate: certificate())
        let villages = try (1...Self.count).map { number in
            let village = try hub.village("thon-\(number)")
            try village.add(200, seed: UInt64(number))
            return Handed(village)
        }
        let lanes = try villages.map { _ in try Lane(name: "node") }
        for (village, lane) in zip(villages, lanes) {
            lane.async { village.result = try? village.village.sync() }
        }
        for lane in lanes { lane.run {} }
        for handed in villages {
            let result = try #require(handed.result)
            // Nobody was told to come back, and nobody's exchange gave way to another's.
            #expect(result.problem == nil && result.exchanges == 1)
            #expect(try hub.vector(handed.village.scope) == handed.village.vector())
        }
        #expect(try isSound(hub.store))
        #expect(hub.log.all.count { $0.contains("event=sync ") } == Self.count)
        #expect(try hub.hasContacts(Self.count))
    }

    @Test func `a node's first exchange, and its trouble, are seen at the hub at once`() throws {
        let hub = try TestHub(seed: 82)
        let village = try hub.village("thon-1")
        let node = try village.node
        #expect(try village.sync().problem == nil)
        #expect(try hub.hasContacts(1))
        #expect(try hub.run { try $0.contacts()[node]?.problem } == nil)
        // A request that is whole up to its hello, and damaged behind it.
        let identity = try #require(try village.run { try $0.identity() })
        var hostile = HostileNode(identity, against: hub, seed: 83)
        let hello = hostile.hello().encode()
        var bundle = RawBundle(hello: hello, signedBy: identity.signingKey, to: hostile.hub)
        bundle.chunkLength = 4 + hello.count + 64
        bundle.add(try hostile.segment(village.scope))
        var bytes = try bundle.sealed()
        bytes[bytes.count - 1] ^= 1
        #expect(hub.post(bytes) == .refused(LineRefusal(status: 400, .damaged)))
        #expect(try hub.hasContact { $0.node == node && $0.problem == "damaged" && $0.at != nil })
    }
}

extension TestHub {
    /// Whether the file comes to tell of so many nodes that have been here.
    func hasContacts(_ count: Int) throws -> Bool {
        try eventually { try run { try $0.contacts().values.count { $0.at != nil } } == count }
    }

    /// Whether the file comes to tell this of a node.
    func hasContact(_ isMeant: (Contact) -> Bool) throws -> Bool {
        try eventually { try run { try $0.contacts().values.contains(where: isMeant) } }
    }
}
