import Causality
import Glibc
import HTTP
import Lines
import Node
import Replication
import SQLite
import Store
import TestSupport
import Testing

/// Villages and a hub over loopback, and over lines that break.
@Suite struct SyncTests {
    @Test(arguments: [false, true])
    func `a village and its hub hold the same after one run`(isSecure: Bool) throws {
        let hub = try TestHub(seed: 1, certificate: isSecure ? certificate() : nil)
        let village = try hub.village("thon-1")
        try village.add(300)
        try hub.add(1, to: village.scope, seed: 2)
        let result = try village.sync()
        #expect(result.problem == nil)
        #expect(result.exchanges == 1 && result.entries == 1)
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(try isSound(village.store) && isSound(hub.store))
        let again = try village.sync()
        #expect(again.exchanges == 1 && again.bytesOut < 1_024 && again.bytesIn < 1_024)
    }

    /// Every connection breaks somewhere, in either direction, by reset or by an orderly end.
    @Test(arguments: UInt64(0)..<25)
    func `whatever breaks, both ends stay sound and come to hold the same`(seed: UInt64) throws {
        let isSecure = seed % 3 == 0
        let hub = try TestHub(seed: seed, certificate: isSecure ? certificate() : nil)
        let line = try Line(to: hub.server.port) { number in
            var random = SplitMix64(seed: seed << 16 + UInt64(number))
            var shape = LineShape()
            // TLS needs some 2 kB before anything else passes.
            let bytes = 300 + Int(random.next() % 18_000) + (isSecure ? 3_000 : 0)
            shape.cut = LineShape.Cut(
                afterBytes: bytes,
                random.next() % 2 == 0 ? .up : .down,
                random.next() % 2 == 0 ? .reset : .end
            )
            return shape
        }
        let village = try hub.village("thon-1", port: line.port)
        try village.add(1_000, seed: seed + 1)
        try hub.add(1_000, to: village.scope, seed: seed + 2)
        var runs = 0
        while try village.sync().problem != nil, runs < 60 { runs += 1 }
        #expect(runs < 60)
        #expect(line.counters.cuts > 0)
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(try isSound(village.store) && isSound(hub.store))
    }

    /// No connection lets a whole segment pass: only what is kept of pieces brings it through.
    @Test(arguments: [LineShape.Direction.up, .down])
    func `a line that breaks every 24 kB carries segments of any size`(
        direction: LineShape.Direction
    ) throws {
        let hub = try TestHub(seed: 5)
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 24_000, direction, .reset)
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        // One save of much: a segment of some 130 kB.
        let store = direction == .up ? village.store : hub.store
        try store.run { store in
            var random = SplitMix64(seed: 9)
            let names = (0..<2_000).map { _ in
                String(decoding: random.bytes(100).map { 0x61 + $0 % 26 }, as: UTF8.self)
            }
            try store.save(scope: village.scope) { batch in
                for name in names { _ = batch.add("house", [Cell("name", .text(name))]) }
            }
        }
        var runs = 0
        while try village.sync().problem != nil, runs < 30 { runs += 1 }
        #expect(runs < 30)
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(line.counters.cuts >= 4, "a small segment proves nothing")
        // What has passed is not sent again: some is lost at each break, no more.
        let passed = direction == .up ? line.counters.upBytes : line.counters.downBytes
        #expect(passed < 130_000 * 4)
    }

    /// Three seconds of 2 kB/s, of which TLS itself takes nearly half.
    @Test(arguments: [LineShape.CutKind.reset, .end])
    func `over TLS a line that breaks every 6 kB, both ways counted, brings both to the same`(
        kind: LineShape.CutKind
    ) throws {
        let hub = try TestHub(seed: 8, certificate: certificate())
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 6_000, nil, kind)
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        try village.add(150)
        try hub.add(150, to: village.scope, seed: 2)
        // Steady: no run of many connections is for nothing.
        var runs = 0
        while try village.sync().problem != nil, runs < 10 { runs += 1 }
        #expect(runs < 10)
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(line.counters.cuts >= 4, "so little proves nothing")
        #expect(try isSound(village.store) && isSound(hub.store))
    }

    @Test func `a save waits for no line`() throws {
        let hub = try TestHub(seed: 6)
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 2_000, .up, .silence)
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        try village.add(1_000)
        let runner = try Lane(name: "runner")
        let handed = Handed(village)
        runner.async { handed.result = try? handed.village.sync() }
        while line.counters.cuts == 0 { usleep(1_000) }
        // The exchange hangs in the middle of its request.
        try village.add(1, seed: 77)
        #expect(handed.result == nil)
        village.call.cancel()
        runner.run {}
        #expect(handed.result?.problem == .stopped)
    }

    @Test func `a later exchange of a node replaces the one that hangs`() throws {
        let hub = try TestHub(seed: 7)
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 4_000, .up, .silence)
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        try village.add(1_000)
        let runner = try Lane(name: "runner")
        let handed = Handed(village)
        runner.async { handed.result = try? handed.village.sync() }
        while line.counters.cuts == 0 { usleep(1_000) }
        let second = SyncClient(
            village.store,
            software: "doorstep test",
            addresses: [hub.address],
            client: .direct,
            pause: { _ in }
        )
        #expect(try second.run().problem == nil)
        #expect(try village.vector() == hub.vector(village.scope))
        village.call.cancel()
        runner.run {}
        #expect(try isSound(hub.store))
    }

    @Test func `too many nodes at once are told to come back`() throws {
        let hub = try TestHub(seed: 8, sessionsMax: 0)
        let village = try hub.village("thon-1")
        try village.add(3)
        let result = try village.sync()
        guard case .busy(let seconds) = result.problem else {
            Issue.record("\(String(describing: result.problem))")
            return
        }
        #expect(LineLimits.busySeconds.contains(seconds))
        #expect(try hub.vector(village.scope) == .empty)
    }

    @Test func `a commune's hub syncs with the city's in the same way`() throws {
        let city = try TestHub(seed: 9)
        let commune = try TwoLevels(city: city)
        try commune.village.add(20)
        #expect(try commune.village.sync().problem == nil)
        #expect(try commune.client.run().problem == nil)
        let scope = commune.village.scope
        #expect(try city.vector(scope) == commune.village.vector())
        // The commune corrects a record: up and down. The city gives it another name: down.
        try commune.hub.run { try addHouses(1, to: $0, scope, seed: 5) }
        let node = try #require(try commune.hub.run { try $0.identity() }).node
        try city.run { _ = try Enrolment.change(node, at: $0, name: "Phường Mẫu 1") }
        #expect(try commune.client.run().problem == nil)
        #expect(try commune.village.sync().problem == nil)
        #expect(try city.vector(scope) == commune.village.vector())
        let name = try commune.hub.run { try $0.identity()?.certificate.name }
        #expect(name == "Phường Mẫu 1")
    }

    @Test func `what is a hub's own does not go up, and is not taken where it comes`() throws {
        let city = try TestHub(seed: 10)
        let commune = try TwoLevels(city: city)
        // As on a node: an officer's password, and who has looked at what, stand in the hub's own scope.
        let own = TwoLevels.path + "/-hub"
        try commune.hub.run { store in
            _ = try store.save(scope: own) { batch in
                _ = batch.add(
                    "credential",
                    [Cell("user", .text("1-1")), Cell("password", .text("$"))]
                )
                _ = batch.add("access", [Cell("who", .text("lan")), Cell("action", .text("show"))])
            }
        }
        try commune.village.add(2)
        #expect(try commune.village.sync().problem == nil)
        let result = try commune.client.run()
        #expect(result.problem == nil && result.refused.isEmpty)
        #expect(try city.vector(own) == .empty)
        #expect(try city.run { try !$0.scopes().contains(own) })
        for type in ["credential", "access"] {
            let count = try city.run { store in
                try store.db.prepare("SELECT count(*) FROM \(type)").first { $0.integer(0) }
            }
            #expect(count == 0)
        }
        // Both sides are level all the same: nothing waits for the next exchange.
        #expect(try commune.hub.run { try !$0.hasNewsForParent() })
        #expect(try commune.hub.run { try $0.unsentEntries() } == 0)
        // A hub of an earlier release would send it.
        let identity = try #require(try commune.hub.run { try $0.identity() })
        var node = HostileNode(identity, against: city, seed: 11)
        let segment = try node.segment(
            own,
            type: "credential",
            cells: [Cell("password", .text("$"))]
        )
        guard case .reply(let reply) = city.post(try node.bundle(node.hello(), [segment])) else {
            Issue.record("the hub was refused as a whole")
            return
        }
        #expect(try node.open(reply).isRefused)
        #expect(try city.run { try !$0.scopes().contains(own) })
    }
}

/// A village in the hands of another thread while this one looks on.
final class Handed: @unchecked Sendable {
    let village: TestVillage
    var result: SyncResult?

    init(_ village: TestVillage) { self.village = village }
}

/// A commune's hub under a city's, with a village of its own.
final class TwoLevels {
    static let path = TestCommune.path + "/xa-1"
    let hub: StoreLane
    let client: SyncClient
    let village: TestVillage
    let service: HubService
    private let server: Server

    init(city: TestHub) throws {
        let path = Self.path
        let store = try city.commune.unenrolled()
        try Enrolment.makeHub(store, scope: path, name: "Xã Mẫu 1")
        let request = try Enrolment.request(store, name: "Xã Mẫu 1", kind: .hub, scopes: [path])
        try Enrolment.accept(
            city.run { try Enrolment.approve(request, as: .init(request), at: $0) },
            at: store
        )
        let below = try city.commune.unenrolled()
        let scope = path + "/thon-1"
        let asked = try Enrolment.request(
            below,
            name: "Thôn Mẫu 1",
            kind: .village,
            scopes: [scope]
        )
        try Enrolment.accept(Enrolment.approve(asked, as: .init(asked), at: store), at: below)
        guard let identity = try store.identity() else { throw StoreError.notEnrolled }
        let card = try HubCard(
            certificate: identity.certificate,
            issuedAt: 1,
            pins: [],
            addresses: [],
            key: identity.signingKey
        )
        hub = try StoreLane(store, name: "commune")
        client = SyncClient(
            hub,
            software: "doorstep test",
            addresses: [city.address],
            client: .direct,
            pause: { _ in }
        )
        service = try HubService(
            hub,
            settings: HubService.Settings(software: "doorstep test", card: card.bytes),
            log: .silent
        )
        server = try Server(ServerConfiguration(), service: service)
        village = try TestVillage(
            below,
            scope: scope,
            [HubAddress(host: "127.0.0.1", port: server.port, isSecure: false)]
        )
    }

    deinit { server.stop(grace: .zero) }
}
