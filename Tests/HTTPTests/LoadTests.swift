import Glibc
import HTTP
import Lines
import Synchronization
import Testing

/// Many clients and much data: nothing grows, nobody waits for anybody else.
@Suite(.serialized) struct LoadTests {
    @Test func `thousands of idle connections cost no threads and stop nobody`() throws {
        // Both ends of every connection are in this process.
        try FileAllowance.holding(connections: 6_000, filesPerConnection: 2, holdIdle)
    }

    private func holdIdle(_ count: Int) throws {
        let threadsBefore = try threadCount()
        let server = try Server.onLoopback(try TestSite()) {
            $0.connections = count + 2_000
            $0.headTime = .seconds(600)
            // Half a body is no slow one here: to open all takes a busy machine a while.
            $0.bodyPace = Pace(bytes: 1, every: .seconds(600))
        }
        var idle: [RawClient] = []
        for number in 0..<count {
            let client = try RawClient(port: server.port)
            // Some have said nothing, some half a head, some half a body.
            switch number % 3 {
            case 0: break
            case 1: client.send("GET /hello HTTP/1.1\r\nHo")
            default: client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhal")
            }
            idle.append(client)
        }
        #expect(eventually { server.counters.open == count })
        let client = Client.direct()
        for _ in 0..<50 {
            let (_, body) = try client.collect(server.url("/hello"), limit: 100)
            #expect(String(decoding: body, as: UTF8.self) == "hello\n")
        }
        #expect(count >= 1_000, "\(count) connections")
        // Other suites start and end threads meanwhile: what a connection costs stands out.
        #expect(try threadCount() - threadsBefore < count / 4)
        idle.removeAll()
        #expect(eventually { server.counters.open <= 2 }, "\(server.counters)")
        server.stop(grace: .seconds(5))
    }

    @Test func `idle connections make room for others when there are too many`() throws {
        let server = try Server.onLoopback(try TestSite()) { $0.connections = 64 }
        let idle = try (0..<64).map { _ in try RawClient(port: server.port) }
        #expect(eventually { server.counters.accepted >= 64 })
        for _ in 0..<20 {
            // A new connection each: the oldest of the idle ones go.
            let (_, body) = try Client.direct().collect(server.url("/hello"), limit: 100)
            #expect(String(decoding: body, as: UTF8.self) == "hello\n")
        }
        server.stop(grace: .seconds(5))
        #expect(server.counters.crowdedOut >= 8)
        #expect(idle[0].readToEnd() == [])
    }

    @Test func `a hundred megabytes up and down take no memory`() throws {
        let megabytes = 100
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let client = Client.direct()
        // Once small, so that what is kept anyway is there.
        try pass(1 << 20, client, server)
        let before = try residentBytes()
        try pass(megabytes << 20, client, server)
        let grown = try residentBytes() - before
        #expect(grown < 24 << 20, "\(grown >> 20) MiB for \(megabytes) MiB each way")
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.largestPiece <= ServerLimits.pieceBytes)
        #expect(site.diary.now.received == (megabytes + 1) << 20)
    }

    private func pass(_ bytes: Int, _ client: Client, _ server: Server) throws {
        let (_, body) = try client.collect(
            server.url("/count"),
            method: .post,
            body: .stream(Zeros(bytes), length: nil),
            limit: 100
        )
        #expect(String(decoding: body, as: UTF8.self) == "\(bytes)\n")
        var received = 0
        try client.exchange(server.url("/zeros?total=\(bytes)")) { received += $0.count }
        #expect(received == bytes)
    }

    @Test func `a slow reader holds back its source and nobody else`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let slow = try RawClient(port: server.port)
        slow.send("GET /numbers?total=500000000 HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in 0..<20 {
            let (_, body) = try Client.direct().collect(server.url("/hello"), limit: 100)
            #expect(body.count == 6)
        }
        slow.reset()
        #expect(eventually { site.diary.now.closed == 1 })
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.outcomes.filter { $0 == .vanished }.count == 1)
    }

    private func threadCount() throws -> Int {
        try #require(try statusLine("Threads:"))
    }

    private func residentBytes() throws -> Int {
        try #require(try statusLine("VmRSS:")) << 10
    }

    private func statusLine(_ name: String) throws -> Int? {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while true {
            guard unsafe fgets(&line, 256, file) != nil else { return nil }
            let text = line.prefix { $0 != 0 }.map { Character(Unicode.Scalar(UInt8($0))) }
            guard String(text).hasPrefix(name) else { continue }
            return Int(String(text.filter(\.isNumber)))
        }
    }
}
