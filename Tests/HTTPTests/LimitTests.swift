import Glibc
import HTTP
import Lines
import Testing

/// Clients that are too slow, too many or send too much; others do not notice.
@Suite struct LimitTests {
    private func expectServed(_ server: Server) throws {
        let (_, body) = try Client.direct().collect(server.url("/hello"), limit: 100)
        #expect(String(decoding: body, as: UTF8.self) == "hello\n", "others are served")
    }

    @Test func `a head that drips is cut at its deadline`() throws {
        let server = try Server.onLoopback(try TestSite()) { $0.headTime = .seconds(3) }
        let attacker = try RawClient(port: server.port)
        attacker.send("GET /hello HTTP/1.1\r\nHost: h\r\n")
        // Each byte is activity; only a deadline ends this.
        var dripped = 0
        while dripped < 10_000, attacker.send("X") {
            dripped += 1
            usleep(10_000)
        }
        #expect(dripped < 10_000)
        #expect(attacker.readToEnd() == [])
        try expectServed(server)
        server.stop(grace: .seconds(5))
        #expect(server.counters.headTooSlow == 1)
    }

    @Test func `a connection that says nothing is closed`() throws {
        let server = try Server.onLoopback(try TestSite()) { $0.headTime = .seconds(3) }
        let silent = try RawClient(port: server.port)
        let kept = try RawClient(port: server.port)
        kept.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(kept.nextReply()?.status == 200)
        #expect(silent.readToEnd() == [])
        #expect(kept.readToEnd() == [])
        server.stop(grace: .seconds(5))
        #expect(server.counters.headTooSlow == 2)
    }

    @Test(arguments: ["Content-Length: 1000", "Transfer-Encoding: chunked"])
    func `a body that drips is cut by its plan's pace`(framing: String) throws {
        var site = try TestSite()
        site.pace = Pace(bytes: 100, every: .milliseconds(400))
        let server = try Server.onLoopback(site)
        let attacker = try RawClient(port: server.port)
        attacker.send("POST /count HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
        var dripped = 0
        while dripped < 900, attacker.send(framing.hasPrefix("C") ? "x" : "1\r\nx\r\n") {
            dripped += 1
            usleep(20_000)
        }
        #expect(dripped < 900)
        #expect(attacker.readToEnd() == [])
        try expectServed(server)
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 1 && entries.abandoned == 1 && entries.finished == 0)
        #expect(entries.outcomes.contains(.tooSlow))
        #expect(server.counters.bodyTooSlow == 1)
    }

    @Test func `a reply that nobody takes is cut`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site) {
            $0.replyPace = Pace(bytes: 1_000, every: .milliseconds(300))
        }
        let attacker = try RawClient(port: server.port)
        attacker.send("GET /numbers?total=100000000 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { site.diary.now.closed == 1 })
        try expectServed(server)
        server.stop(grace: .seconds(5))
        #expect(server.counters.replyTooSlow == 1)
        #expect(site.diary.now.outcomes.contains(.tooSlow))
    }

    @Test func `bodies over the limit are refused at once`() throws {
        var site = try TestSite()
        site.uploadLimit = 100_000
        let server = try Server.onLoopback(site)
        for (path, framing) in [
            ("/count", "Content-Length: 100001"), ("/count", "Content-Length: 999999999999999999"),
            ("/echo", "Content-Length: 100000"), ("/count", "Transfer-Encoding: chunked"),
            ("/echo", "Transfer-Encoding: chunked"),
        ] {
            let attacker = try RawClient(port: server.port)
            attacker.send("POST \(path) HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
            if framing.hasPrefix("T") {
                // Without end: the refusal comes while it is being sent.
                let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
                for _ in 0..<30 { attacker.send(chunk) }
            }
            let reply = try #require(attacker.nextReply(), "\(path) \(framing)")
            #expect(reply.status == 413)
            #expect(reply.head.contains("Connection: close"))
            attacker.endSending()
            #expect(attacker.readToEnd() == [])
        }
        try expectServed(server)
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 1 && entries.abandoned == 1 && entries.finished == 0)
    }

    @Test func `a small body that nobody wants leaves the connection open`() throws {
        let server = try Server.onLoopback(try TestSite())
        let client = try RawClient(port: server.port)
        for (path, count, status) in [("/echo", 4_097, 413), ("/nothing", 9_000, 404)] {
            client.send("POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n")
            client.send([UInt8](repeating: 7, count: count))
            #expect(client.nextReply()?.status == status)
        }
        client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.nextReply()?.status == 200)
        server.stop(grace: .seconds(5))
        #expect(server.counters.accepted == 1)
    }

    @Test func `a consumer's refusal is the reply though the client is still sending`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let client = try RawClient(port: server.port)
        client.send("POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
        client.send([UInt8](repeating: 7, count: 2_000))
        let reply = try #require(client.nextReply())
        #expect(reply.status == 409 && reply.body == Array("Enough.\n".utf8))
        // What was under way does not reset the connection before the reply is read.
        #expect(client.send([UInt8](repeating: 7, count: 100_000)))
        client.endSending()
        #expect(client.readToEnd() == [] && !client.wasReset)
        for _ in 0..<20 {
            let error = #expect(throws: ClientError.self) {
                try Client.direct().collect(
                    server.url("/refuse"),
                    method: .post,
                    body: .stream(Zeros(50_000_000), length: nil),
                    limit: 10
                )
            }
            guard case .status(let refused) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(refused.status == 409 && refused.excerpt == Array("Enough.\n".utf8))
        }
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 21 && entries.abandoned == 21 && entries.finished == 0)
    }

    @Test func `heads over the limits are refused`() throws {
        let server = try Server.onLoopback(try TestSite())
        let cases: [(String, Int)] = [
            ("GET /\(String(repeating: "a", count: 4_096)) HTTP/1.1\r\nHost: h\r\n\r\n", 414),
            ("GET /\(String(repeating: "a", count: 1 << 20)) HTTP/1.1\r\nHost: h\r\n\r\n", 414),
            ("GET /?\(String(repeating: "a&", count: 2_048)) HTTP/1.1\r\nHost: h\r\n\r\n", 414),
            (
                "GET / HTTP/1.1\r\nHost: h\r\n"
                    + String(repeating: "A: b\r\n", count: 64) + "\r\n", 431
            ),
            (
                "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 13_000))\r\n\r\n",
                431
            ),
            (
                "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 1 << 20))\r\n\r\n",
                431
            ),
            (
                "GET / HTTP/1.1\r\nHost: h\r\n"
                    + String(repeating: "A: b\r\n", count: 100_000) + "\r\n", 431
            ),
            (
                "GET / HTTP/1.1\r\nHost: h\r\nCookie: "
                    + String(repeating: "a=b; ", count: 100_000) + "\r\n\r\n", 431
            ),
            (
                "GET / HTTP/1.1\r\nHost: h\r\nCookie: "
                    + String(repeating: "a=b; ", count: 2_000) + "\r\n\r\n", 431
            ),
        ]
        for (request, status) in cases {
            let attacker = try RawClient(port: server.port)
            attacker.send(request)
            attacker.endSending()
            let reply = try #require(attacker.readToEnd())
            let start = String(decoding: reply.prefix(12), as: UTF8.self)
            // A flood may meet a connection that has been closed on it already.
            #expect(
                start == "HTTP/1.1 \(status)" || request.utf8.count > 100_000 && start.isEmpty,
                "\(request.prefix(20)) \(request.utf8.count) \(start)"
            )
        }
        try expectServed(server)
        server.stop(grace: .seconds(5))
    }

    @Test func `a head just within the limits is served, also byte by byte`() throws {
        let server = try Server.onLoopback(try TestSite())
        var head = "GET /hello?\(String(repeating: "a", count: 3_900)) HTTP/1.1\r\nHost: h\r\n"
        for number in 0..<62 {
            head += "X-\(number): \(String(repeating: "b", count: 110))\r\n"
        }
        head += "Cookie: a=b; c=d\r\n\r\n"
        let whole = try RawClient(port: server.port)
        whole.send(head)
        #expect(whole.nextReply()?.status == 200)
        let dripping = try RawClient(port: server.port)
        for byte in head.utf8 { dripping.send([byte]) }
        #expect(dripping.nextReply()?.status == 200)
        server.stop(grace: .seconds(5))
    }

    @Test func `an address with too many connections gets no more`() throws {
        let server = try Server.onLoopback(try TestSite()) { $0.connectionsPerAddress = 3 }
        let first = try (0..<3).map { _ in try RawClient(port: server.port) }
        for client in first {
            client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.nextReply()?.status == 200)
        }
        let fourth = try RawClient(port: server.port)
        #expect(fourth.readToEnd() == [])
        #expect(server.counters.overAddressLimit == 1)
        first[0].endSending()
        #expect(first[0].readToEnd() == [])
        #expect(eventually { server.counters.open == 2 })
        try expectServed(server)
        server.stop(grace: .seconds(5))
    }

    @Test func `a full lane is answered with 503`() throws {
        let lane = try Lane(name: "full", waitingLimit: 2)
        let gate = Gate()
        lane.async { gate.wait() }
        for _ in 0..<2 { lane.async(of: [127, 0, 0, 1]) {} }
        let service = OneRoute { .collect(on: lane, label: "x") { _ in .text(200, "done") } }
        let server = try Server(ServerConfiguration(), service: service)
        let client = try RawClient(port: server.port)
        #expect(eventually { lane.waiting == 2 })
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try #require(client.nextReply())
        #expect(reply.status == 503 && reply.head.contains("Retry-After: 5"))
        gate.open()
        #expect(eventually { lane.waiting == 0 })
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.nextReply()?.status == 200)
        server.stop(grace: .seconds(5))
        #expect(server.counters.overloads == 1)
    }

    @Test func `requests sent in one go are answered in order`() throws {
        let server = try Server.onLoopback(try TestSite())
        let client = try RawClient(port: server.port)
        var all = ""
        for number in 0..<50 {
            let body = "request \(number)"
            all +=
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body + "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
        }
        client.send(all)
        for number in 0..<50 {
            #expect(client.nextReply()?.body == Array("request \(number)".utf8))
            #expect(client.nextReply()?.body == Array("hello\n".utf8))
        }
        server.stop(grace: .seconds(5))
        #expect(server.counters.requests == 100)
    }
}
