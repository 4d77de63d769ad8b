import HTTP
import Lines
import Testing

/// Behind a named proxy all connections come from one address: what counts is the client that the
/// proxy names.
@Suite struct ProxiedClientTests {
    private static let half =
        "Content-Length: 4096\r\n\r\n" + String(repeating: "x", count: 4_000)

    private func server(
        _ change: (inout ServerLimits) -> Void
    ) throws -> Server {
        var configuration = ServerConfiguration(proxy: "127.0.0.1")
        configuration.limits.bodyPace = Pace(bytes: 1, every: .seconds(600))
        change(&configuration.limits)
        return try Server(configuration, service: try TestSite())
    }

    private func begin(_ server: Server, for client: String) throws -> RawClient {
        let connection = try RawClient(port: server.port)
        connection.send("POST /echo HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: \(client)\r\n")
        connection.send(Self.half)
        return connection
    }

    private func status(_ server: Server, for client: String?) throws -> Int? {
        let connection = try RawClient(port: server.port)
        let word = client.map { "X-Forwarded-For: \($0)\r\n" } ?? ""
        connection.send("GET /hello HTTP/1.1\r\nHost: h\r\n\(word)\r\n")
        return connection.nextReply()?.status
    }

    @Test func `one client has so many connections, whatever it says before the proxy's word`()
        throws
    {
        let server = try server { $0.connectionsPerAddress = 4 }
        defer { server.stop(grace: .zero) }
        let many = try (0..<4).map { number in
            let kept = try RawClient(port: server.port)
            kept.send("GET /hello HTTP/1.1\r\nHost: h\r\n")
            kept.send("X-Forwarded-For: 192.0.2.\(number), 203.0.113.7\r\n\r\n")
            #expect(kept.nextReply()?.status == 200)
            return kept
        }
        #expect(try status(server, for: "203.0.113.7") == 503)
        #expect(try status(server, for: "198.51.100.1, 203.0.113.7:4711") == 503)
        #expect(try status(server, for: "198.51.100.1") == 200)
        #expect(server.counters.overAddressLimit >= 2)
        // Nobody in particular: neither the proxy's own machine nor any client.
        for nobody in [nil, "unknown", "203.0.113.7.8", String(repeating: "9", count: 4_000)] {
            #expect(try status(server, for: nobody) == 200)
        }
        for client in many { client.reset() }
        #expect(eventually { (try? status(server, for: "203.0.113.7")) == 200 })
    }

    @Test func `a kept connection counts for whoever the proxy speaks for last`() throws {
        let server = try server { $0.connectionsPerAddress = 1 }
        defer { server.stop(grace: .zero) }
        let kept = try RawClient(port: server.port)
        for client in ["203.0.113.7", "198.51.100.1", "203.0.113.7", "198.51.100.1"] {
            kept.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: \(client)\r\n\r\n")
            #expect(kept.nextReply()?.status == 200)
        }
        #expect(try status(server, for: "203.0.113.7") == 200)
        #expect(try status(server, for: "198.51.100.1") == 503)
    }

    @Test func `another machine's word for itself is not taken`() throws {
        let server = try server { $0.connectionsPerAddress = 2 }
        defer { server.stop(grace: .zero) }
        let crowd = try (0..<3).map { number in
            let client = try RawClient(port: server.port, from: "127.0.0.2")
            client.send("GET /hello HTTP/1.1\r\nHost: h\r\n")
            client.send("X-Forwarded-For: 203.0.113.\(number)\r\n\r\n")
            return client
        }
        #expect(eventually { server.counters.overAddressLimit == 1 })
        withExtendedLifetime(crowd) {}
    }

    @Test func `when it is full the clients with most requests under way make room`() throws {
        let server = try server {
            $0.connections = 64
            $0.connectionsPerAddress = 0
        }
        defer { server.stop(grace: .zero) }
        let honest = try begin(server, for: "198.51.100.9")
        let crowd = try (0..<63).map { try begin(server, for: "203.0.113.\($0 % 2)") }
        #expect(eventually { server.counters.crowdedOut >= 8 })
        honest.send(String(repeating: "x", count: 96))
        #expect(honest.nextReply()?.status == 200)
        withExtendedLifetime(crowd) {}
    }
}
