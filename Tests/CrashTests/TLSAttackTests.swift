import Foundation
import HTTP
import Lines
import Synchronization
import Testing

/// The built command as villages and browsers meet it, over TLS, attacked by clients that no honest
/// one is; ``AttackTests`` has what they can send in plain.
@Suite(.serialized) final class TLSAttackTests {
    private let command: KilledCommand
    private let hub: ServedHub

    init() throws {
        command = try KilledCommand()
        try command("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Mẫu")
        hub = try ServedHub(command)
    }

    private static func client() -> Client {
        var settings = ClientSettings()
        settings.proxy = .none
        return Client(trust: .unverified, settings: settings)
    }

    private func url(_ path: String, port: Int? = nil) -> String {
        "https://127.0.0.1:\(port ?? hub.port)\(path)"
    }

    private func expectServed(_ place: SourceLocation = #_sourceLocation) throws {
        let reply = try Self.client().collect(url("/healthz"), limit: 4_096)
        #expect(reply.body.starts(with: Array("ok".utf8)), sourceLocation: place)
    }

    /// Bytes of memory that the hub's process holds.
    private func memory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(hub.id)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }

    /// The head of a ClientHello of 512 bytes (RFC 8446 section 4), and some of it.
    private static let halfHello: [UInt8] =
        [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3] + [UInt8](repeating: 7, count: 100)

    private static let garbage: [[UInt8]] = [
        [UInt8](repeating: 0, count: 2_000), [UInt8](repeating: 0xff, count: 2_000),
        Array("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n".utf8),
        // A record that is longer than any may be, an alert, an empty hello, an ancient one.
        [0x16, 3, 1, 0xff, 0xff] + [UInt8](repeating: 1, count: 3_000),
        [0x15, 3, 3, 0, 2, 2, 40], [0x16, 3, 1, 0, 4, 1, 0, 0, 0], [0x80, 0x2e, 1, 0, 2],
    ]

    @Test func `thousands that idle or stop in the handshake keep nobody else from theirs`() throws
    {
        try FileAllowance.holding(connections: 3_000, filesPerConnection: 1) { count in
            try expectServed()
            let before = try memory()
            let crowd = try (0..<count).map { number in
                // No address has too many.
                let client = try RawClient(port: hub.port, from: "127.0.4.\(number / 400 + 1)")
                if number % 2 == 0 { client.send(Self.halfHello) }
                return client
            }
            for _ in 0..<20 { try expectServed() }
            #expect(count >= 500, "\(count) connections")
            #expect(try memory() - before < count * (64 << 10))
            withExtendedLifetime(crowd) {}
        }
        try expectServed()
        try command.expectSound("hub")
    }

    @Test func `garbage in the place of a handshake ends its own connection alone`() throws {
        try expectServed()
        let before = try memory()
        for round in 0..<40 {
            for bytes in Self.garbage {
                let client = try RawClient(port: hub.port)
                client.send(bytes)
                client.endSending()
                // Whatever it is answered, an alert most often, it is over then.
                let answer = client.readToEnd(limit: 1 << 16)
                #expect(answer != nil, "round \(round): still open")
            }
        }
        try expectServed()
        #expect(try memory() - before < 32 << 20)
        try command.expectSound("hub")
    }

    @Test func `clients whose handshakes and heads drip in hold up nobody`() throws {
        let line = try Line(to: hub.port, .slow(150))
        let lanes = try (0..<20).map { try Lane(name: "slow-\($0)") }
        for lane in lanes {
            let address = url("/sign-in", port: line.port)
            lane.async { _ = try? Self.client().collect(address, limit: 1 << 20) }
        }
        // All of them are in the middle of something.
        while line.counters.upBytes < 20 * 100 { usleep(10_000) }
        for _ in 0..<20 { try expectServed() }
        line.cutAll()
        for lane in lanes { lane.run {} }
        try expectServed()
    }

    @Test func `a flood of requests over kept and new connections leaves the hub answering`() throws
    {
        let isOver = Atomic(false)
        let answered = Atomic(0)
        let lanes = try (0..<24).map { try Lane(name: "flood-\($0)") }
        let paths = ["/household/1-1", "/coverage", "/sign-in", "/hub", "/nowhere", "/sync/1"]
        for (number, lane) in lanes.enumerated() {
            let address = url(paths[number % paths.count])
            let kept = Self.client()
            lane.async {
                while !isOver.load(ordering: .relaxed) {
                    let client = number.isMultiple(of: 2) ? kept : Self.client()
                    _ = try? client.collect(address, limit: 1 << 20)
                    answered.add(1, ordering: .relaxed)
                }
            }
        }
        defer {
            isOver.store(true, ordering: .relaxed)
            for lane in lanes { lane.run {} }
        }
        while answered.load(ordering: .relaxed) < 200 { usleep(10_000) }
        for _ in 0..<20 { try expectServed() }
        #expect(try memory() < 256 << 20)
    }
}
