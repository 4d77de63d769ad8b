import Causality
import HTTP
import Lines
import Node
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// What is refused over a line: said in a word, and nothing changed or disclosed.
@Suite struct RefusalTests {
    private func bundle(_ store: Store) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try store.request(software: "test") { bytes += $0 }
        return bytes
    }

    /// Everything that the hub's exchanges may change.
    private func state(_ hub: TestHub) throws -> [String: VersionVector] {
        try hub.run { store in
            try Dictionary(
                uniqueKeysWithValues: store.scopes().map { ($0, try store.vector($0)) }
            )
        }
    }

    @Test func `a revoked node is told so, and what it brings is not taken`() throws {
        let hub = try TestHub(seed: 1)
        let village = try hub.village("thon-1")
        let certificate = try #require(try village.run { try $0.identity() }).certificate
        try hub.run { store in
            try store.enter(certificate)
            try store.revoke(certificate.node, on: "2026-06-01")
        }
        try village.add(5)
        let before = try state(hub)
        #expect(try village.sync().problem == .revoked)
        #expect(try state(hub) == before)
        #expect(hub.log.all.contains { $0.contains("problem=revoked") })
        #expect(try village.run { try $0.contacts().values.first?.problem } == "revoked")
    }

    @Test func `a node of another commune is refused by the seal`() throws {
        let hub = try TestHub(seed: 2)
        let other = try TestCommune(seed: 3)
        let village = try TestVillage(
            other.village("thon-1"),
            scope: TestCommune.path + "/thon-1",
            [hub.address]
        )
        try village.add(5)
        #expect(try village.sync().problem == .wrongHub)
        #expect(try state(hub).values.allSatisfy { $0 == .empty })
    }

    @Test func `a changed byte is refused, and what came before it stays`() throws {
        let hub = try TestHub(seed: 9)
        let village = try hub.village("thon-1")
        try village.add(500)
        var bytes = try village.run { try bundle($0) }
        bytes[bytes.count - 100] ^= 1
        #expect(hub.post(bytes) == .refused(LineRefusal(status: 400, .damaged)))
        #expect(try isSound(hub.store))
        #expect(try village.sync().problem == nil)
        #expect(try hub.vector(village.scope) == village.vector())
    }

    @Test(
        arguments: [
            [], [0], Array("doorstep".utf8), [UInt8](repeating: 0x41, count: 100_000),
        ] as [[UInt8]]
    )
    func `what is no bundle is refused`(bytes: [UInt8]) throws {
        let hub = try TestHub(seed: 10)
        #expect(hub.post(bytes) == .refused(LineRefusal(status: 400, .damaged)))
    }

    @Test(arguments: [0, 2, 255] as [UInt8])
    func `an envelope of another version is refused as a version, not as damage`(
        version: UInt8
    ) throws {
        let hub = try TestHub(seed: 11)
        let village = try hub.village("thon-1")
        var bytes = try village.run { try bundle($0) }
        bytes[8] = version
        let refusal = LineRefusal(
            status: 400,
            .version(theirs: Hello.version, ours: Hello.version)
        )
        #expect(hub.post(bytes) == .refused(refusal))
    }

    @Test func `methods, types and paths that nobody serves are refused`() throws {
        let hub = try TestHub(seed: 12)
        let client = Client(trust: .unverified, settings: .direct)
        func status(_ method: HTTP.Method, _ path: String) -> Int {
            do throws(ClientError) {
                let url = "http://127.0.0.1:\(hub.server.port)/\(path)"
                return try client.collect(url, method: method, limit: 1 << 20).head.status
            } catch {
                guard case .status(let refused) = error else { return 0 }
                return refused.status
            }
        }
        #expect(status(.get, "sync/1") == 405)
        #expect(status(.post, "sync/1") == 415)
        #expect(status(.post, "hub") == 405)
        #expect(status(.get, "enrol/1") == 405)
        #expect(status(.get, "nowhere") == 404)
        #expect(status(.get, "healthz") == 200)
        #expect(status(.get, "metrics") == 200)
    }

    @Test func `whoever asks for the head alone gets that of the page`() throws {
        let hub = try TestHub(seed: 13)
        func reply(_ method: String, _ path: String) throws -> (head: [Substring], body: Substring)
        {
            let client = try RawClient(port: hub.server.port)
            client.send("\(method) /\(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            // A card is no text, but its head is.
            let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
            let parts = text.split(
                separator: "\r\n\r\n",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let head = parts[0].split(separator: "\r\n").filter { !$0.hasPrefix("Date:") }
            return (head, parts[1])
        }
        for path in ["hub", "healthz"] {
            let (head, page) = (try reply("HEAD", path), try reply("GET", path))
            #expect(head.head.first == "HTTP/1.1 200 OK", "\(path)")
            #expect(head.body.isEmpty && !page.body.isEmpty, "\(path)")
            #expect(head.head == page.head, "\(path)")
        }
        // The figures themselves change from one to the other.
        #expect(try reply("HEAD", "metrics").head.first == "HTTP/1.1 200 OK")
        #expect(try reply("HEAD", "sync/1").head.first?.contains("405") == true)
    }

    // MARK: What lines and disks do

    /// Answers everything with one response.
    private struct Fixed: Service {
        let response: Response

        func plan(_ head: RequestHead) -> Plan { .reply(response, label: "fixed") }
    }

    @Test func `a captive portal's page is no answer of the hub`() throws {
        let hub = try TestHub(seed: 13)
        let page = Response(
            200,
            contentType: "text/html",
            body: Array("<html>Sign in</html>".utf8)
        )
        let portal = try Server(ServerConfiguration(), service: Fixed(response: page))
        defer { portal.stop(grace: .zero) }
        let village = try hub.village("thon-1")
        try village.add(3)
        let client = SyncClient(
            village.store,
            software: "test",
            addresses: [HubAddress(host: "127.0.0.1", port: portal.port, isSecure: false)],
            client: .direct,
            pause: { _ in }
        )
        // The card knows a second address, which is the hub's: it is found behind the portal.
        #expect(try client.run().problem == nil)
        #expect(try hub.vector(village.scope) != .empty)
        #expect(try hub.vector(village.scope) == village.vector())
        hub.server.stop(grace: .zero)
        try village.add(1, seed: 4)
        #expect(try client.run().problem == .portal)
    }

    @Test(arguments: [302, 403, 511])
    func `whatever else a portal says is told as a portal`(status: Int) throws {
        let hub = try TestHub(seed: 14)
        let portal = try Server(
            ServerConfiguration(),
            service: Fixed(response: .text(status, "sign in"))
        )
        defer { portal.stop(grace: .zero) }
        hub.server.stop(grace: .zero)
        let village = try hub.village("thon-1", port: portal.port)
        try village.add(3)
        #expect(try village.sync().problem == .portal)
    }

    @Test func `a name server that never answers ends a sync in its time, and changes wait`() throws
    {
        let hub = try TestHub(seed: 16)
        let store = try hub.commune.village("thon-1")
        try CodeEnrolment.keep(hub.card, in: store)
        var line = ClientSettings.direct
        line.connectTime = .milliseconds(300)
        let name = HubAddress(host: "hub" + SilentNames.domain, port: hub.server.port)
        let scope = TestCommune.path + "/thon-1"
        let village = try TestVillage(store, scope: scope, [name], line: line)
        try village.add(1)
        // The hub's card names a number address besides: there it goes through.
        #expect(try village.sync().problem == nil)
        #expect(try village.vector() == hub.vector(scope))
        hub.server.stop(grace: .zero)
        try village.add(3, seed: 2)
        // The number address is known and was tried: nobody need be asked for one.
        #expect(try village.sync().problem == .unreachable)
        #expect(try village.run { try $0.unsentEntries() } == 3)
    }

    @Test func `a hub that is known by a name alone, which nobody resolves, is told so`() throws {
        let hub = try TestHub(seed: 17, cardAddresses: [])
        let store = try hub.commune.village("thon-1")
        try CodeEnrolment.keep(hub.card, in: store)
        var line = ClientSettings.direct
        line.connectTime = .milliseconds(300)
        let name = HubAddress(host: "hub" + SilentNames.domain, port: hub.server.port)
        let scope = TestCommune.path + "/thon-1"
        let village = try TestVillage(store, scope: scope, [name], line: line)
        try village.add(3)
        #expect(try village.sync().problem == .noName)
        #expect(try village.run { try $0.unsentEntries() } == 3)
        #expect(try village.run { try $0.contacts().values.first?.problem } == "no-name")
    }

    @Test func `of several addresses the one that came farthest says what is wrong`() throws {
        let hub = try TestHub(seed: 18)
        let portal = try Server(
            ServerConfiguration(),
            service: Fixed(response: .text(511, "sign in"))
        )
        defer { portal.stop(grace: .zero) }
        hub.server.stop(grace: .zero)
        let store = try hub.commune.village("thon-1")
        try CodeEnrolment.keep(hub.card, in: store)
        var line = ClientSettings.direct
        line.connectTime = .milliseconds(300)
        let name = HubAddress(host: "hub" + SilentNames.domain, port: 1, isSecure: false)
        let caught = HubAddress(host: "127.0.0.1", port: portal.port, isSecure: false)
        let scope = TestCommune.path + "/thon-1"
        for addresses in [[name, caught], [caught, name]] {
            let village = try TestVillage(store, scope: scope, addresses, line: line)
            #expect(try village.sync().problem == .portal)
        }
    }

    @Test func `a hub that is not there is told so, and changes wait`() throws {
        let hub = try TestHub(seed: 15)
        let village = try hub.village("thon-1")
        hub.server.stop(grace: .zero)
        try village.add(3)
        #expect(try village.sync().problem == .unreachable)
        #expect(try village.run { try $0.unsentEntries() } == 3)
        let status = try #require(try village.run { try $0.peerStatus() }.first)
        #expect(status.problem == .unreachable && status.lastContact == nil && status.unsent == 3)
    }

    @Test func `a full disk at the hub is told, and mends itself`() throws {
        let hub = try TestHub(seed: 16)
        let village = try hub.village("thon-1")
        try village.add(2_000)
        try hub.run { try $0.db.execute("PRAGMA max_page_count = 1") }
        #expect(try village.sync().problem == .hubDiskFull)
        #expect(try isSound(hub.store))
        try hub.run { try $0.db.execute("PRAGMA max_page_count = 1000000") }
        #expect(try village.sync().problem == nil)
        #expect(try hub.vector(village.scope) == village.vector())
    }

    @Test func `a full disk here is told, and mends itself`() throws {
        let hub = try TestHub(seed: 17)
        let village = try hub.village("thon-1")
        try hub.add(2_000, to: village.scope, seed: 1)
        try village.run { try $0.db.execute("PRAGMA max_page_count = 1") }
        #expect(try village.sync().problem == .diskFull)
        try village.run { try $0.db.execute("PRAGMA max_page_count = 1000000") }
        #expect(try village.sync().problem == nil)
        #expect(try hub.vector(village.scope) == village.vector())
    }

    @Test func `a node with a wrong clock syncs all the same, and is told`() throws {
        let hub = try TestHub(seed: 18, certificate: certificate())
        let village = try hub.village("thon-1")
        let slow = try village.run { store in
            try Store(
                db: store.db,
                description: store.description,
                environment: StoreEnvironment(
                    wall: { 1_000_000_000_000 },
                    random: store.environment.random
                )
            )
        }
        let late = try TestVillage(slow, scope: village.scope, [hub.address])
        try late.add(3)
        let result = try late.sync()
        #expect(result.problem == nil)
        #expect(result.clockOffset == 780_000_000_000)
        let parent = try #require(try late.run { try $0.peerStatus() }.first)
        // The village is told to set its own clock, not that the hub's is wrong.
        #expect(
            parent.clockLabel?.en.hasPrefix("this machine's clock is 13000000 minutes behind")
                == true
        )
        #expect(try hub.vector(village.scope) == late.vector())
    }

    // MARK: Whose key it is

    @Test func `another machine at the hub's address gets nothing`() throws {
        let hub = try TestHub(seed: 19, certificate: certificate())
        let thief = try TestHub(seed: 20, certificate: certificate())
        let village = try hub.village("thon-1", port: thief.server.port)
        hub.server.stop(grace: .zero)
        try village.add(3)
        #expect(try village.sync().problem == .otherKey)
        #expect(thief.log.all.isEmpty)
    }

    @Test func `a hub with a new certificate is known by its signed card`() throws {
        let old = try TestHub(seed: 21, certificate: certificate())
        let renewed = try TestHub(seed: 21, certificate: certificate(), cardTime: 2)
        let village = try old.village("thon-1", port: renewed.server.port)
        old.server.stop(grace: .zero)
        try village.add(3)
        let result = try village.sync()
        #expect(result.problem == nil)
        #expect(try village.run { try CodeEnrolment.hubCard($0) } == renewed.card)
        #expect(try renewed.vector(village.scope) == village.vector())
    }
}
