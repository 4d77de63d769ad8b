import HTTP
import Lines
import Node
import Store
import Synchronization
import TestSupport
import Testing

/// A hub that is known under several addresses, of which some lead nowhere.
@Suite struct AddressTests {
    /// Answers every request with the page of a public network, and counts them.
    private final class Portal: Service {
        private let asked = Mutex(0)

        var count: Int { asked.withLock { $0 } }

        func plan(_ head: RequestHead) -> Plan {
            asked.withLock { $0 += 1 }
            return .reply(
                Response(200, contentType: "text/html", body: Array("<html>".utf8)),
                label: "portal"
            )
        }
    }

    /// Lets nothing of a request pass.
    private static func breaking(_ port: Int, after bytes: Int = 20) throws -> Line {
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: bytes, .up, .reset)
        return try Line(to: port, shape)
    }

    private static func address(_ port: Int) -> HubAddress {
        HubAddress(host: "127.0.0.1", port: port, isSecure: false)
    }

    /// A village that knows these addresses and no other, and tries once.
    private func village(
        _ hub: TestHub,
        _ ports: [Int],
        rounds: Int = 1
    ) throws -> TestVillage {
        let store = try hub.commune.village("thon-1")
        var settings = SyncClient.Settings()
        settings.fruitlessMax = rounds
        return try TestVillage(
            store,
            scope: "48/21004/thon-1",
            ports.map(Self.address),
            settings: settings
        )
    }

    @Test func `where the line at one address is cut the others are tried at once`() throws {
        let hub = try TestHub(seed: 301, cardAddresses: [])
        let bad = try Self.breaking(hub.server.port)
        let village = try village(hub, [bad.port, hub.server.port])
        #expect(try village.sync().problem == nil)
        #expect(bad.counters.cuts == 1)
        // The good one is asked first from then on.
        #expect(try village.sync().problem == nil)
        #expect(bad.counters.connections == 1)
    }

    @Test func `what something in front of a hub says is not the last word of the hub`() throws {
        struct Full: Service {
            func plan(_ head: RequestHead) -> Plan { .reply(.text(503, "full"), label: "full") }
        }
        let hub = try TestHub(seed: 302, cardAddresses: [])
        let front = try Server(ServerConfiguration(), service: Full())
        defer { front.stop(grace: .zero) }
        #expect(try village(hub, [front.port, hub.server.port]).sync().problem == nil)
        #expect(
            try village(hub, [front.port]).sync().problem == .busy(retryAfterSeconds: 0)
        )
    }

    @Test func `what the hub itself refuses is asked nowhere else`() throws {
        let hub = try TestHub(seed: 303, sessionsMax: 0, cardAddresses: [])
        let other = try Line(to: hub.server.port, LineShape())
        let village = try village(hub, [hub.server.port, other.port])
        guard case .busy(let seconds)? = try village.sync().problem else {
            Issue.record("the hub was not asked")
            return
        }
        #expect(LineLimits.busySeconds.contains(seconds))
        #expect(other.counters.connections == 0)
    }

    @Test func `of several failures the one that came farthest is told`() throws {
        let hub = try TestHub(seed: 304, cardAddresses: [])
        let closed = try Server(ServerConfiguration(), service: Portal())
        closed.stop(grace: .zero)
        let portal = try Server(ServerConfiguration(), service: Portal())
        defer { portal.stop(grace: .zero) }
        let early = try Self.breaking(hub.server.port)
        #expect(try village(hub, [early.port, closed.port]).sync().problem == .cut)
        #expect(try village(hub, [closed.port, portal.port]).sync().problem == .portal)
        // That one is the hub's own, and its line broke: the other is another machine's by chance.
        let late = try Self.breaking(hub.server.port, after: 600)
        #expect(try village(hub, [late.port, portal.port]).sync().problem == .cut)
    }

    @Test func `a run goes on where the line broke, and asks the others once`() throws {
        let hub = try TestHub(seed: 305, cardAddresses: [])
        let service = Portal()
        let portal = try Server(ServerConfiguration(), service: service)
        defer { portal.stop(grace: .zero) }
        let bad = try Self.breaking(hub.server.port, after: 600)
        let village = try village(hub, [bad.port, portal.port], rounds: 3)
        try village.add(20)
        #expect(try village.sync().problem == .cut)
        #expect(bad.counters.cuts >= 3)
        #expect(service.count == 1)
        _ = try village.sync()
        #expect(service.count == 2, "another run asks again")
    }

    @Test func `where somebody says that the hub is, it is looked for first and proves its key`()
        throws
    {
        let hub = try TestHub(seed: 307, cardAddresses: [])
        let other = try TestHub(seed: 308, cardAddresses: [])
        let (old, new) = (
            try Line(to: hub.server.port, LineShape()), try Line(to: hub.server.port, LineShape())
        )
        #expect(try village(hub, [old.port]).sync().problem == nil)
        let store = try StoreLane(hub.commune.village("thon-1"), name: "served")
        func sync() throws -> SyncProblem? {
            try SyncClient(store, software: "test", client: .direct, pause: { _ in }).run().problem
        }
        try store.run { store in
            try CodeEnrolment.keep(hub.card, in: store)
            try Self.address(other.server.port).say(in: store)
        }
        #expect(try sync() == .wrongHub)
        #expect(try store.run { try HubAddress.said($0) } != nil, "the hub may be off just now")
        try store.run { try Self.address(new.port).say(in: $0) }
        #expect(try sync() == nil)
        #expect(new.counters.connections == 1)
        #expect(try store.run { try HubAddress.said($0) } == nil)
        let known = try store.run { try HubAddress.known($0) }
        #expect(known == [Self.address(new.port)])
        // A wrong word costs one look where the hub is found as before.
        try store.run { try Self.address(other.server.port).say(in: $0) }
        #expect(try sync() == nil)
        #expect(try store.run { try HubAddress.known($0) } == known)
    }

    @Test func `an address that was said last is asked before one that still answers`() throws {
        let hub = try TestHub(seed: 306, cardAddresses: [])
        let (old, new) = (
            try Line(to: hub.server.port, LineShape()), try Line(to: hub.server.port, LineShape())
        )
        let said = try village(hub, [old.port])
        #expect(try said.sync().problem == nil)
        // As the served node does, which is told no address itself.
        let served = SyncClient(
            said.store,
            software: "test",
            client: .direct,
            pause: { _ in }
        )
        #expect(try served.run().problem == nil)
        let moved = SyncClient(
            said.store,
            software: "test",
            addresses: [Self.address(new.port)],
            client: .direct,
            pause: { _ in }
        )
        #expect(try moved.run().problem == nil)
        let before = old.counters.connections
        #expect(try served.run().problem == nil)
        #expect(old.counters.connections == before)
    }
}
