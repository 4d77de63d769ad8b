import Glibc
import HTTP
import Lines
import Synchronization
import Testing

/// One address, or a few, that send without end: others go on as though nobody did.
@Suite struct CrowdingTests {
    private static let half =
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4096\r\n\r\n"
        + String(repeating: "x", count: 4_000)
    private static let rest = String(repeating: "x", count: 96)

    @Test func `whoever sends a long body is judged before any of it is taken`() throws {
        let lane = try Lane(name: "judge")
        let asked = Mutex(0)
        let isWelcome = Atomic(false)
        let service = OneRoute {
            .collect(
                limit: 1 << 20,
                on: lane,
                label: "x",
                judge: {
                    asked.withLock { $0 += 1 }
                    if !isWelcome.load(ordering: .relaxed) { throw Refusal(401, "who?") }
                }
            ) { .text(200, "\($0.count)") }
        }
        let server = try Server(ServerConfiguration(), service: service)
        defer { server.stop(grace: .seconds(5)) }
        for framing in ["Content-Length: 1000000", "Transfer-Encoding: chunked"] {
            let stranger = try RawClient(port: server.port)
            stranger.send("POST / HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
            #expect(stranger.nextReply()?.status == 401, "before a byte of the body was sent")
        }
        #expect(asked.withLock { $0 } == 2)
        func post(_ count: Int) throws -> Int? {
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n")
            client.send([UInt8](repeating: 7, count: count))
            guard let reply = client.nextReply(), reply.status == 200 else { return nil }
            return Int(String(decoding: reply.body.dropLast(), as: UTF8.self))
        }
        // So little nobody is asked for.
        #expect(try post(ServerLimits.unjudgedBytes) == ServerLimits.unjudgedBytes)
        #expect(asked.withLock { $0 } == 2)
        isWelcome.store(true, ordering: .relaxed)
        #expect(try post(300_000) == 300_000)
        #expect(asked.withLock { $0 } == 3)
    }

    @Test func `bodies of one address take a quarter of the memory for bodies, and give it back`()
        throws
    {
        let server = try Server.onLoopback(try TestSite()) {
            $0.collectedBytes = 64 << 10
            $0.bodyPace = Pace(bytes: 1, every: .seconds(600))
        }
        defer { server.stop(grace: .zero) }
        func client(_ host: String) throws -> RawClient {
            let client = try RawClient(port: server.port, from: host)
            client.send(Self.half)
            return client
        }
        // Four have room; which of them come first nobody knows.
        let many = try (0..<5).map { _ in try client("127.0.0.2") }
        #expect(eventually { server.counters.overloads == 1 })
        let other = try client("127.0.0.3")
        other.send(Self.rest)
        #expect(other.nextReply()?.status == 200)
        for client in many { client.reset() }
        #expect(
            eventually {
                guard let again = try? client("127.0.0.2") else { return false }
                again.send(Self.rest)
                return again.nextReply()?.status == 200
            }
        )
    }

    /// None of these connections idles: each has a request under way.
    @Test func `when it is full the addresses with most requests under way make room`() throws {
        let server = try Server.onLoopback(try TestSite()) {
            $0.connections = 64
            $0.bodyPace = Pace(bytes: 1, every: .seconds(600))
        }
        defer { server.stop(grace: .zero) }
        let honest = try RawClient(port: server.port, from: "127.0.0.2")
        honest.send(Self.half)
        let crowd = try (0..<63).map { number in
            let client = try RawClient(port: server.port, from: "127.0.1.\(number % 2 + 1)")
            client.send(Self.half)
            return client
        }
        #expect(eventually { server.counters.crowdedOut >= 8 })
        for _ in 0..<10 {
            let late = try RawClient(port: server.port, from: "127.0.0.3")
            late.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(late.nextReply()?.status == 200)
        }
        // So those that made room were all of the crowd.
        honest.send(Self.rest)
        #expect(honest.nextReply()?.status == 200)
        withExtendedLifetime(crowd) {}
    }
}
