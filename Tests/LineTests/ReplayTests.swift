import Causality
import HTTP
import Replication
import Store
import TestSupport
import Testing

@testable import Node

/// Bundles that somebody brings again, and bodies that never say whose they are.
@Suite struct ReplayTests {
    private func bundle(_ store: Store) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try store.request(software: "test") { bytes += $0 }
        return bytes
    }

    /// What the hub knows of its nodes once so many exchanges are over.
    private func contacts(_ hub: TestHub, after count: Int) throws -> [NodeID: Contact] {
        #expect(eventually { hub.log.all.count { $0.contains("event=sync ") } == count })
        hub.service.writeContacts()
        return try hub.run { try $0.contacts() }
    }

    @Test func `a bundle that comes again is refused, and counts as nothing`() throws {
        let hub = try TestHub(seed: 91)
        let village = try hub.village("thon-1")
        try village.add(3)
        let bytes = try village.run { try bundle($0) }
        guard case .reply = hub.post(bytes) else {
            Issue.record("the first time it is a bundle like any other")
            return
        }
        try village.add(2, seed: 7)
        #expect(try village.sync().problem == nil)
        let contacts = try contacts(hub, after: 2)
        let state = try HubState(hub)
        let lines = hub.log.all.count
        #expect(hub.post(bytes) == .refused(LineRefusal(status: 409, .cut)))
        #expect(try HubState(hub) == state)
        #expect(try self.contacts(hub, after: 2) == contacts)
        #expect(hub.log.all.count == lines)
    }

    @Test func `what a node said earlier is served, and nothing of it is kept`() throws {
        let hub = try TestHub(seed: 92)
        let village = try hub.village("thon-1")
        try village.add(3)
        #expect(try village.sync().problem == nil)
        let identity = try #require(try village.run { try $0.identity() })
        let earlier = HostileNode(identity, against: hub, seed: 93)
        let hello = earlier.hello { $0.time -= 3_600_000 }
        let contacts = try contacts(hub, after: 1)
        let state = try HubState(hub)
        guard case .reply = hub.post(try earlier.bundle(hello)) else {
            Issue.record("a node with a slow clock is turned away")
            return
        }
        #expect(try self.contacts(hub, after: 2) == contacts)
        #expect(hub.log.all.last?.contains("stale=true") == true)
        #expect(try HubState(hub) == state)
    }

    @Test func `a node whose clock is put right while the hub serves it is known as it is at once`()
        throws
    {
        let hub = try TestHub(seed: 98)
        let village = try hub.village("thon-1")
        try village.add(1)
        let identity = try #require(try village.run { try $0.identity() })
        try hub.run { try $0.enter(identity.certificate) }
        let node = HostileNode(identity, against: hub, seed: 99)
        let now = try hub.run { $0.environment.wall() }
        func status(_ offset: Int64, after count: Int) throws -> PeerStatus {
            let hello = node.hello { $0.time = UInt64(Int64(now) + offset) }
            guard case .reply = hub.post(try node.bundle(hello)) else {
                throw NodeError.noInvitation
            }
            _ = try contacts(hub, after: count)
            return try #require(try hub.run { try $0.peerStatus().first })
        }
        #expect(try status(20 * 3_600_000, after: 1).isClockOff)
        #expect(try status(0, after: 2).clockOffset.map { abs($0) < 60_000 } == true)
        #expect(hub.log.all.last?.contains("stale=false") == true)
        // An old bundle that nobody has seen is not taken for a clock that was put right.
        #expect(try status(20 * 3_600_000, after: 3).isClockOff)
        #expect(try status(-3_600_000, after: 4).isClockOff)
        #expect(hub.log.all.last?.contains("stale=true") == true)
    }

    @Test func `an earlier bundle ends no exchange under way, a later one does`() throws {
        let hub = try TestHub(seed: 94)
        let village = try hub.village("thon-1")
        let identity = try #require(try village.run { try $0.identity() })
        let node = HostileNode(identity, against: hub, seed: 95)
        let bodies = try [0, -60_000, 60_000].map { (offset: Int64) in
            try node.bundle(
                node.hello { $0.time = UInt64(Int64($0.time) + offset) }
            )
        }
        try hub.run { store in
            let exchanges = try exchanges(hub, store)
            let running = try exchange(exchanges, hub, store)
            try running.receive(bodies[0])
            let replayed = try exchange(exchanges, hub, store)
            #expect(throws: Refusal.self) { try replayed.receive(bodies[1]) }
            replayed.abandon()
            #expect(try running.finish().status == 200)
            let later = try exchange(exchanges, hub, store)
            try later.receive(bodies[2])
            #expect(throws: Refusal.self) { try running.next() }
            #expect(try later.finish().status == 200)
            running.close()
            later.close()
        }
    }

    @Test func `a crowd of strangers from one line takes nobody else's place`() throws {
        let hub = try TestHub(seed: 96)
        try hub.run { store in
            let exchanges = try exchanges(hub, store)
            let slow = try exchange(exchanges, hub, store, of: "198.51.100.1")
            var crowd: [HubExchange] = []
            for _ in 0..<LineLimits.strangersMax + 2 {
                crowd.append(try exchange(exchanges, hub, store, of: "192.0.2.1"))
            }
            try slow.receive([0x64])
            #expect(throws: Refusal.self) { try crowd.first?.receive([0x64]) }
            try crowd.last?.receive([0x64])
            #expect(exchanges.counters.crowdedOut == 3)
            for exchange in crowd + [slow] { exchange.abandon() }
        }
    }

    @Test func `strangers of as many addresses as there are places shut no node out`() throws {
        let hub = try TestHub(seed: 96)
        let node = HostileNode(
            try #require(try hub.village("thon-1").run { try $0.identity() }),
            against: hub,
            seed: 95
        )
        let body = try node.bundle(node.hello())
        try hub.run { store in
            let exchanges = try exchanges(hub, store, log: hub.log.log)
            let crowd = try (0..<LineLimits.strangersMax).map {
                try exchange(exchanges, hub, store, of: "192.0.2.\($0)")
            }
            for exchange in crowd { try exchange.receive([0x64]) }
            let honest = try exchange(exchanges, hub, store, of: "198.51.100.1")
            try honest.receive(body)
            #expect(try honest.finish().status == 200)
            #expect(exchanges.counters.crowdedOut == 1)
            #expect(throws: Refusal.self) { try crowd[0].receive([0x64]) }
            for exchange in crowd { exchange.abandon() }
            honest.close()
        }
        #expect(hub.log.all.contains { $0.contains("event=sync-crowded from=192.0.2.0 ") })
    }

    @Test func `a hello that is not whole within a minute gives way`() throws {
        let hub = try TestHub(seed: 96)
        try hub.run { store in
            let exchanges = try exchanges(hub, store)
            let past = ContinuousClock.now - LineLimits.helloTime - .seconds(1)
            let dripping = try exchange(exchanges, hub, store, began: past)
            #expect(throws: Refusal.self) { try dripping.receive([0x64]) }
            let silent = try exchange(exchanges, hub, store, began: past)
            let other = try exchange(exchanges, hub, store)
            #expect(exchanges.counters.crowdedOut == 2)
            #expect(throws: Refusal.self) { try silent.receive([0x64]) }
            try other.receive([0x64])
            for exchange in [dripping, silent, other] { exchange.abandon() }
        }
    }

    @Test func `a node that is told to come back is no silent one`() throws {
        let hub = try TestHub(seed: 97, sessionsMax: 0)
        let village = try hub.village("thon-1")
        _ = try village.sync()
        let node = try village.node
        #expect(try hub.hasContact { $0.node == node && $0.problem == "busy" && $0.at == nil })
    }

    private func exchanges(
        _ hub: TestHub,
        _ store: Store,
        log: LineLog = .silent
    ) throws -> HubExchanges {
        try HubExchanges(store, sessionsMax: 10, lane: hub.store.lane, log: log)
    }

    private func exchange(
        _ exchanges: HubExchanges,
        _ hub: TestHub,
        _ store: Store,
        of subscriber: String = "192.0.2.1",
        began: ContinuousClock.Instant = .now
    ) throws -> HubExchange {
        try HubExchange(
            store,
            exchanges,
            software: "test",
            replyLimit: .max,
            subscriber: subscriber,
            lane: hub.store.lane,
            log: .silent,
            began: began
        )
    }
}
