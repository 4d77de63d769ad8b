import Causality
import Glibc
import HTTP
import Lines
import Node
import Replication
import Store
import Synchronization
import TestSupport
import Testing

/// Lines as they are at the edge of a network: late, slow, with losses, and cut again and again.
@Suite struct WeakLineTests {
    /// Late, slow, lossy, and cut, all of it drawn anew for each connection.
    private static func shape(seed: UInt64, _ number: Int, isSecure: Bool) -> LineShape {
        var random = SplitMix64(seed: seed << 20 + UInt64(number))
        var shape = LineShape()
        shape.delay = .milliseconds(Int(random.next() % 60))
        shape.upBytesPerSecond = 16_000 + Int(random.next() % 48_000)
        shape.downBytesPerSecond = 16_000 + Int(random.next() % 48_000)
        shape.lossPercent = Int(random.next() % 20)
        shape.lossPause = .milliseconds(20 + Int(random.next() % 100))
        shape.seed = random.next()
        let kinds: [LineShape.CutKind] = [.reset, .end]
        let directions: [LineShape.Direction?] = [.up, .down, nil]
        shape.cut = LineShape.Cut(
            afterBytes: 1_200 + Int(random.next() % 5_000) + (isSecure ? 3_000 : 0),
            directions[Int(random.next() % 3)],
            kinds[Int(random.next() % 2)]
        )
        return shape
    }

    /// The seed of a failure is in the test's name.
    @Test(arguments: UInt64(0)..<8)
    func `delay, loss, a rate and cuts together bring both ends to the same`(seed: UInt64) throws {
        let isSecure = seed.isMultiple(of: 2)
        let hub = try TestHub(seed: seed, certificate: isSecure ? certificate() : nil)
        let line = try Line(to: hub.server.port) {
            Self.shape(seed: seed, $0, isSecure: isSecure)
        }
        let village = try hub.village("thon-1", port: line.port)
        try village.add(250, seed: seed + 1)
        try hub.add(250, to: village.scope, seed: seed + 2)
        var runs = 0
        while try village.sync().problem != nil, runs < 60 { runs += 1 }
        #expect(runs < 60, "no steady progress")
        #expect(line.counters.cuts > 0)
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(try isSound(village.store) && isSound(hub.store))
    }

    /// Told in time, as such a line is: a busy machine gets less through in it, and needs more of them.
    @Test func `two kilobytes a second over TLS, cut every few seconds, bring both to the same`()
        throws
    {
        let hub = try TestHub(seed: 9, certificate: certificate())
        var shape = LineShape.slow(2_000, delay: .milliseconds(100))
        shape.seed = 9
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        try village.add(250)
        try hub.add(250, to: village.scope, seed: 2)
        let isOver = Atomic(false)
        let cutter = try Lane(name: "cutter")
        cutter.async {
            while !isOver.load(ordering: .relaxed) {
                for _ in 0..<40 where !isOver.load(ordering: .relaxed) { usleep(100_000) }
                line.cutAll()
            }
        }
        defer {
            isOver.store(true, ordering: .relaxed)
            cutter.run {}
        }
        var runs = 0
        while try village.sync().problem != nil, runs < 40 { runs += 1 }
        #expect(runs < 40, "no steady progress")
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(line.counters.connections >= 3, "so little proves nothing")
        #expect(try isSound(village.store) && isSound(hub.store))
    }

    /// Known while a break has left the rest with the village.
    @Test func `a hub shows what a village has said it holds and could not bring yet`() throws {
        let hub = try TestHub(seed: 4)
        let village = try hub.village("thon-1")
        let node = try village.node
        let certificate = try #require(try village.run { try $0.identity() }).certificate
        try hub.run { try $0.enter(certificate) }
        func unfetched() throws -> UInt64? {
            try hub.run { try $0.peerStatus() }.first { $0.node == node }?.unfetched
        }
        #expect(try unfetched() == nil)
        try village.add(1_000)
        var request: [UInt8] = []
        try village.run { try $0.request(software: "test").write { request += $0 } }
        let half = request.prefix(request.count / 2)
        try hub.run { store in
            let session = try ExchangeSession(answering: store)
            try session.push(half)
            try session.close()
        }
        #expect(try unfetched() == 1_000)
        #expect(try village.sync().problem == nil)
        #expect(try unfetched() == 0)
    }
}
