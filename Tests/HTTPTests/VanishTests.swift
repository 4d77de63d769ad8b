import Causality
import HTTP
import Lines
import Synchronization
import Testing

/// Whatever ends an exchange, every consumer is finished or abandoned once, every source closed.
@Suite struct VanishTests {
    @Test(arguments: [false, true])
    func `a client that vanishes in its upload leads to one abandonment`(resets: Bool) throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        for sent in [0, 1, 1_000, 100_000] {
            let client = try RawClient(port: server.port)
            client.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
            client.send([UInt8](repeating: 1, count: sent))
            let opened = [0, 1, 1_000, 100_000].prefix { $0 <= sent }.count
            #expect(eventually { site.diary.now.opened == opened })
            if resets { client.reset() } else { client.endSending() }
            #expect(eventually { site.diary.now.abandoned == opened })
        }
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 4 && entries.abandoned == 4 && entries.finished == 0)
        #expect(entries.outcomes == [.vanished, .vanished, .vanished, .vanished])
    }

    @Test func `a client that vanishes in its download closes the source once`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        for known in ["", "&known=1"] {
            let client = try RawClient(port: server.port)
            client.send("GET /numbers?total=50000000\(known) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.readToEnd(limit: 100_000) != nil)
            client.reset()
        }
        #expect(eventually { site.diary.now.closed == 2 })
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.closed == 2)
    }

    @Test func `a reply that is never sent closes its source`() throws {
        let site = try TestSite()
        let gate = Gate()
        let isHandling = Atomic(false)
        let service = OneRoute {
            .collect(on: site.lane, label: "x") { _ in
                isHandling.store(true, ordering: .releasing)
                gate.wait()
                return Response(200, source: Numbers(total: 9, diary: site.diary), on: site.lane)
            }
        }
        let server = try Server(ServerConfiguration(), service: service)
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { isHandling.load(ordering: .acquiring) })
        let stopper = try Lane(name: "stopper")
        stopper.async { server.stop(grace: .zero) }
        // The line is cut when the grace is over, and only then the handler returns.
        #expect(client.readToEnd(limit: 1_000) != nil)
        gate.open()
        stopper.run {}
        #expect(site.diary.now.closed == 1)
    }

    @Test func `HEAD closes a source that is never asked`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let client = try RawClient(port: server.port)
        client.send("HEAD /numbers?total=5000&known=1 HTTP/1.1\r\nHost: h\r\n\r\n")
        client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
        #expect(text.contains("Content-Length: 5000\r\n") && text.contains("Content-Length: 6\r\n"))
        #expect(text.hasSuffix("\r\n\r\n") && !text.contains("hello"))
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.closed == 1)
    }

    @Test func `a handler's own error is 500 and is told to the log`() throws {
        let fault = Mutex<(any Error)?>(nil)
        let site = try TestSite()
        let server = try Server(ServerConfiguration(), service: site) { request in
            fault.withLock { $0 = request.fault }
        }
        let error = #expect(throws: ClientError.self) {
            try Client.direct().collect(server.url("/fault"), limit: 100)
        }
        guard case .status(let reply) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reply.status == 500)
        server.stop(grace: .seconds(5))
        #expect(fault.withLock { $0 } is TestFault)
    }

    @Test(arguments: 0..<6)
    func `stopping in the middle of traffic loses nobody`(seed: UInt64) throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        var random = SplitMix64(seed: seed)
        let clients = try (0..<20).map { _ in try RawClient(port: server.port) }
        for client in clients {
            switch random.below(4) {
            case 0: client.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n")
            case 1: client.send("GET /numbers?total=90000000 HTTP/1.1\r\nHost: h\r\n\r\n")
            case 2: client.send("GET /hello HTTP/1.1\r\nHo")
            default: break
            }
            client.send([UInt8](repeating: 1, count: random.below(5_000)))
        }
        let enough = random.below(10)
        #expect(eventually { server.counters.accepted >= enough })
        server.stop(grace: random.percent(50) ? .zero : .milliseconds(50))
        let entries = site.diary.now
        #expect(entries.opened == entries.abandoned + entries.finished)
        #expect(server.counters.open == 0)
        for client in clients { #expect(client.readToEnd(limit: 100 << 20) != nil) }
        #expect(!RawClient.canConnect(port: server.port))
    }

    @Test(arguments: [Handling.collects, .streams, .repliesFromSource])
    func `a request that is planned while the server stops is let go`(how: Handling) throws {
        let site = try TestSite()
        let gate = Gate()
        let isPlanning = Atomic(false)
        let service = OneRoute {
            isPlanning.store(true, ordering: .releasing)
            gate.wait()
            switch how {
            case .collects: return .collect(on: site.lane, label: "x") { _ in .text(200, "x") }
            case .streams:
                return .stream(limit: 10, on: site.lane, label: "x") { Counter(site.diary) }
            case .repliesFromSource:
                let source = Numbers(total: 10, diary: site.diary)
                return .reply(Response(200, source: source, on: site.lane), label: "x")
            }
        }
        let server = try Server(ServerConfiguration(), service: service)
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { isPlanning.load(ordering: .acquiring) })
        let stopper = try Lane(name: "stopper")
        stopper.async { server.stop(grace: .zero) }
        // The line is cut: what comes then is libmicrohttpd's own end, which waits for the plan.
        #expect(client.readToEnd(limit: 1_000) != nil)
        gate.open()
        stopper.run {}
        let entries = site.diary.now
        #expect(entries.opened == entries.abandoned)
        #expect(entries.closed == (how == .repliesFromSource ? 1 : 0))
        #expect(server.counters.requests == 1)
    }

    enum Handling: CaseIterable {
        case collects
        case streams
        case repliesFromSource
    }

    @Test func `a request that has begun is finished within the grace`() throws {
        let lane = try Lane(name: "slow")
        let gate = Gate()
        let hasBegun = Atomic(false)
        let service = OneRoute {
            .collect(on: lane, label: "x") { _ in
                hasBegun.store(true, ordering: .releasing)
                gate.wait()
                return .text(200, "done")
            }
        }
        let server = try Server(ServerConfiguration(), service: service)
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { hasBegun.load(ordering: .acquiring) })
        let opener = try Lane(name: "opener")
        opener.async {
            // The server stops meanwhile: it no longer accepts.
            _ = eventually { !RawClient.canConnect(port: server.port) }
            gate.open()
        }
        server.stop(grace: .seconds(60))
        let reply = try #require(client.nextReply())
        #expect(reply.status == 200 && reply.head.contains("Connection: close"))
    }
}
