import Causality
import Foundation
import Glibc
import HTTP
import Replication
import SQLite
import Store
import Survey
import Testing

@testable import Node

/// Whole nodes in folders, as `doorstep serve` runs them.
@Suite struct ServerTests {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
    }

    private func options() -> ServeOptions {
        var options = ServeOptions(software: "doorstep test")
        options.listen = ["127.0.0.1"]
        options.port = 0
        options.names = ["127.0.0.1"]
        options.schedule.startSpread = 0
        options.schedule.debounce = 100
        options.schedule.backOff = 200
        return options
    }

    private func makeHub() throws -> NodeFolder {
        let path = NodeFolder(folder + "/hub")
        let node = try LocalNode(creating: path, user: "lan")
        try Enrolment.makeHub(node.store, scope: "48/21004", name: "Xã Mẫu")
        return path
    }

    @Test func `a served village sends what another process saves, by itself`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let log = LogLines()
        let hub = try NodeServer(hubFolder, options(), log: log.log)
        let officer = try LocalNode(opening: hubFolder, user: "lan")
        let scope = "48/21004/thon-1"
        var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: [scope])
        draft.isTrusted = true
        let addresses = try NodeServer.addresses(officer.store)
        #expect(addresses == hub.greeting.addresses)
        let invitation = try Invitations.make(
            draft,
            at: officer.store,
            addresses: addresses.map(\.description)
        )
        let villageFolder = NodeFolder(folder + "/thon")
        let worker = try LocalNode(creating: villageFolder, user: "tam")
        let line = EnrolmentLine(worker.store, client: .direct)
        let enrolment = try line.begin(invitation.text, addresses: [])
        guard case .enrolled = try line.ask(enrolment) else {
            Issue.record("not enrolled")
            return
        }
        let village = try NodeServer(villageFolder, options(), log: log.log)
        #expect(village.greeting.fingerprint == nil && !village.greeting.isHub)
        #expect(try eventually { try worker.store.contacts().values.contains { $0.at != nil } })
        try worker.store.save(scope: scope) {
            _ = $0.add("household", [Cell("address", .text("Tổ 1"))])
        }
        let isSent = try eventually { try officer.store.vector(scope) != .empty }
        #expect(isSent, "\(log.all)")
        village.stop(grace: .seconds(5))
        hub.stop(grace: .seconds(5))
        #expect(try officer.store.peerStatus().first?.lastContact != nil)
        #expect(try officer.store.verify().damages.isEmpty)
    }

    @Test func `the certificate's key outlives restarts and new names`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        var pins: Set<[UInt8]> = []
        for name in ["127.0.0.1", "127.0.0.1", "hub.xa.vn"] {
            var options = options()
            options.names = [name]
            let server = try NodeServer(hubFolder, options, log: .silent)
            let client = Client(trust: .unverified, settings: .direct)
            let url = "https://127.0.0.1:\(server.greeting.port)/hub"
            let card = try HubCard(try client.collect(url, limit: 100_000).body)
            pins.formUnion(card.pins)
            #expect(card.addresses == ["\(name):\(server.greeting.port)"])
            server.stop(grace: .zero)
        }
        #expect(pins.count == 1)
        for file in ["server.key", "authority.key"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: "\(hubFolder.path)/tls/\(file)"
            )
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a hub's card is later than every one before, whatever the clock said`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let ahead: UInt64 = 9_999_999_999_999
        try LocalNode(opening: hubFolder, user: "lan").store
            .set("hub-card-time", Array(String(ahead).utf8))
        let server = try NodeServer(hubFolder, options(), log: .silent)
        defer { server.stop(grace: .zero) }
        let url = "https://127.0.0.1:\(server.greeting.port)/hub"
        let client = Client(trust: .unverified, settings: .direct)
        #expect(try HubCard(client.collect(url, limit: 100_000).body).issuedAt == ahead + 1)
    }

    @Test func `a start with a wrong clock costs no authority`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tls = folder + "/tls"
        let (now, year): (Int64, Int64) = (1_780_000_000, 365 * 86_400)
        var authorities: [[UInt8]] = []
        for time in [now, now - 3 * year, now, now + 30 * year, now, now + year] {
            let identity = try LineIdentity.own(
                in: tls,
                name: "Doorstep",
                for: LineIdentity.Names(names: ["localhost"], addresses: [], areSaid: false),
                born: now,
                now: time,
                log: .silent
            )
            authorities.append(Array(identity.certificatePEM.utf8.suffix(300)))
        }
        // Thirty years on another had to be made; that one gives way again.
        #expect(authorities[3] != authorities[0])
        #expect(authorities.indices.allSatisfy { $0 == 3 || authorities[$0] == authorities[0] })
    }

    @Test func `an authority is made anew for what is said, not for what is found`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let now: Int64 = 1_780_000_000
        let lines = LogLines()
        func own(_ names: [String], _ addresses: [String], isSaid: Bool) throws -> TLSIdentity {
            try LineIdentity.own(
                in: folder + "/tls",
                name: "Doorstep",
                for: LineIdentity.Names(names: names, addresses: addresses, areSaid: isSaid),
                born: now,
                now: now,
                log: lines.log
            )
        }
        let home = try own(["localhost"], ["192.168.1.20"], isSaid: false)
        let moved = try own(["localhost"], ["10.1.2.3", "fd00::7"], isSaid: false)
        #expect(try moved.authority() == home.authority())
        #expect(moved.certificateDigest != home.certificateDigest)
        let abroad = try own(["localhost"], ["10.1.2.3", "fd00::7", "203.0.113.9"], isSaid: false)
        #expect(abroad.certificateDigest == moved.certificateDigest)
        #expect(lines.all.isEmpty)
        let named = try own(["hub.xa.vn", "localhost"], ["10.1.2.3"], isSaid: true)
        #expect(try named.authority() != home.authority())
        #expect(lines.all.count == 1 && lines.all[0].contains("event=authority-replaced"))
        #expect(named.publicKeyPin == home.publicKeyPin)
        let again = try own(["hub.xa.vn", "localhost"], ["192.168.1.20"], isSaid: false)
        #expect(try again.authority() == named.authority())
    }

    @Test func `what a clock ahead has certified is replaced once the clock is put right`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let right = StoreEnvironment.system.wall()
        let year: UInt64 = 365 * 86_400_000
        func shown(
            _ wall: UInt64
        ) throws -> (server: NodeServer, authority: AuthorityCertificate?) {
            var authority: AuthorityCertificate?
            let server = try NodeServer(
                hubFolder,
                options(),
                log: .silent,
                environment: StoreEnvironment(
                    wall: { wall },
                    random: StoreEnvironment.system.random
                ),
                pages: { rooms in
                    authority = rooms.authority
                    return nil
                }
            )
            return (server, authority)
        }
        func isValid(now: UInt64) throws -> Bool {
            let tls = hubFolder.path + "/tls/"
            let text = try String(contentsOfFile: tls + "server.pem", encoding: .utf8)
            let key = try String(contentsOfFile: tls + "server.key", encoding: .utf8)
            let chain = try TLSIdentity(
                certificatePEM: text,
                key: PrivateKeyPEM(text: key),
                now: Int64(now / 1000)
            )
            return chain.issuerValidFrom <= Int64(now / 1000)
        }
        /// The authority that is shown at a time, and whether a server asks for a restart at others.
        func serve(
            at wall: UInt64,
            asking times: [UInt64]
        ) throws -> (authority: AuthorityCertificate?, isDue: [Bool]) {
            let (server, authority) = try shown(wall)
            defer { server.stop(grace: .zero) }
            return (authority, times.map { server.needsRestart(now: Int64($0 / 1000)) })
        }
        let day: UInt64 = 86_400_000
        // Put right while it serves: at once, and not at the next day's look.
        let ahead = try serve(at: right + year, asking: [right])
        #expect(ahead.isDue == [true])
        // A clock that falls behind the node's own beginning proves nothing.
        let now = try serve(at: right, asking: [right + day, right - year])
        #expect(try isValid(now: right))
        #expect(now.isDue == [false, false])
        #expect(now.authority != ahead.authority, "none that begins in a year is taken")
        #expect(try serve(at: right + day, asking: []).authority == now.authority)
    }

    @Test func `a server asks for a restart once its own certificate is near its end`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try NodeServer(makeHub(), options(), log: .silent)
        defer { server.stop(grace: .zero) }
        let (now, day) = (Int64(StoreEnvironment.system.wall() / 1000), Int64(86_400))
        #expect(!server.needsRestart(now: now + 290 * day))
        #expect(server.needsRestart(now: now + 300 * day))
        #expect(!server.needsRestart(now: now + 300 * day + 60), "one look a day")
        #expect(server.needsRestart(now: now + 301 * day))
    }

    @Test func `a server asks for a restart once the files it was given hold a new certificate`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let files = (certificate: folder + "/c.pem", key: folder + "/k.pem")
        var first: [UInt8] = []
        func write(_ identity: TLSIdentity) throws {
            try Files.write(Array(identity.certificatePEM.utf8), to: files.certificate)
            try Files.write(Array(identity.key.text.utf8), to: files.key)
        }
        func shownPins(_ server: NodeServer) throws -> [[UInt8]] {
            let url = "https://127.0.0.1:\(server.greeting.port)/hub"
            let client = Client(trust: .unverified, settings: .direct)
            return try HubCard(client.collect(url, limit: 100_000).body).pins
        }
        try write(certificate())
        var options = options()
        options.certificate = files
        let (now, day) = (Int64(StoreEnvironment.system.wall() / 1000), Int64(86_400))
        do {
            let log = LogLines()
            let server = try NodeServer(hubFolder, options, log: log.log)
            first = try shownPins(server)[0]
            #expect(!server.needsRestart(now: now + day))
            // Half of a renewal, as one may meet it.
            let next = try certificate()
            try Files.write(Array(next.certificatePEM.utf8), to: files.certificate)
            #expect(!server.needsRestart(now: now + 2 * day))
            #expect(log.all.contains { $0.contains("event=certificate-unusable") })
            try write(next)
            #expect(server.needsRestart(now: now + 3 * day))
            options.port = server.greeting.port
            server.stop(grace: .zero)
        }
        let server = try NodeServer(hubFolder, options, log: .silent)
        defer { server.stop(grace: .zero) }
        #expect(server.greeting.port == options.port)
        #expect(try shownPins(server)[0] != first)
    }

    @Test func `what a hub's own villages bring is news for its parent at once`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let city = try TestHub(seed: 51)
        let commune = try TwoLevels(city: city)
        let runner = RunnerParts(
            store: commune.hub,
            service: commune.service,
            client: commune.client,
            folder: NodeFolder(folder),
            log: .silent
        )
        #expect(!runner.hasChanged())
        #expect(try commune.client.run().problem == nil)
        #expect(!runner.hasChanged())
        // The exchange writes on the very connection that is asked for changes of others.
        try commune.village.add(1)
        #expect(try commune.village.sync().problem == nil)
        #expect(runner.hasChanged())
        #expect(!runner.hasChanged(), "told once")
        #expect(try commune.client.run().problem == nil)
        #expect(try city.vector(commune.village.scope) == commune.village.vector())
    }

    @Test func `a node that is no hub says so`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = NodeFolder(folder + "/thon")
        _ = try LocalNode(creating: path, user: "tam")
        let node = try NodeServer(path, options(), log: .silent)
        defer { node.stop(grace: .zero) }
        let other = try LocalNode(creating: NodeFolder(folder + "/other"), user: "tam")
        #expect(throws: SyncProblem.noHub) {
            try EnrolmentLine(other.store, client: .direct)
                .begin("07FF-KQT4-YC54", addresses: node.greeting.addresses)
        }
        for path in ["sync/1", "enrol/1"] {
            let error = #expect(throws: ClientError.self) {
                try Client(trust: .unverified, settings: .direct).collect(
                    "https://127.0.0.1:\(node.greeting.port)/\(path)",
                    method: .post,
                    headers: [("Content-Type", HubService.bundleType)],
                    body: .bytes([1]),
                    limit: 1_000
                )
            }
            guard case .status(let reply) = error else { continue }
            #expect(reply.status == 404 && reply.contentType == LineRefusal.contentType)
        }
    }

    @Test func `plain HTTP is for this machine alone`() {
        for host in ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"] {
            #expect(HubAddress("http://\(host):8080") != nil)
        }
        for host in ["127.evil.example", "127.0.0.1.example", "127.0.0.256", "10.0.0.1", "127."] {
            #expect(HubAddress("http://\(host):8080") == nil)
        }
    }

    @Test func `while another process writes, strangers hold up nobody and nodes come back`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        var options = options()
        options.isPlain = true
        let lines = LogLines()
        let hub = try NodeServer(hubFolder, options, log: lines.log)
        defer { hub.stop(grace: .zero) }
        let officer = try LocalNode(opening: hubFolder, user: "lan")
        var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: ["48/21004/thon-1"])
        draft.isTrusted = true
        let invitation = try Invitations.make(draft, at: officer.store, addresses: [])
        let worker = try LocalNode(creating: NodeFolder(folder + "/thon"), user: "tam")
        let line = EnrolmentLine(worker.store, client: .direct)
        let enrolment = try line.begin(invitation.code.text, addresses: hub.greeting.addresses)
        do {
            guard case .enrolled = try line.ask(enrolment) else {
                Issue.record("not enrolled")
                return
            }
        } catch {
            Issue.record("\(error); the hub's log: \(lines.all)")
            return
        }
        try worker.store.save(scope: "48/21004/thon-1") {
            _ = $0.add("household", [Cell("address", .text("Tổ 1"))])
        }
        try officer.store.db.execute("BEGIN IMMEDIATE")
        func problem(_ body: [UInt8], _ path: String, _ type: String) -> SyncProblem? {
            do throws(ClientError) {
                _ = try Client(trust: .unverified, settings: .direct).collect(
                    "http://127.0.0.1:\(hub.greeting.port)/\(path)",
                    method: .post,
                    headers: [("Content-Type", type)],
                    body: .bytes(body),
                    limit: 1 << 20
                )
                return nil
            } catch {
                guard case .status(let reply) = error else { return nil }
                return LineRefusal(
                    status: reply.status,
                    contentType: reply.contentType,
                    body: reply.excerpt
                )?.problem
            }
        }
        #expect(problem([1, 2, 3], "sync/1", HubService.bundleType) == .damaged)
        #expect(!lines.all.contains { $0.contains("locked") })
        var bundle: [UInt8] = []
        try worker.store.request(software: "test") { bundle += $0 }
        #expect(problem(bundle, "sync/1", HubService.bundleType)?.code == "busy")
        #expect(try problem(enrolment.call(), "enrol/1", HubService.callType)?.code == "busy")
        try officer.store.db.execute("COMMIT")
        #expect(!lines.all.contains { $0.contains("hub-failed") })
    }

    @Test func `while another process writes, who signs in is sent away at once`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let node = try LocalNode(
            opening: hubFolder,
            user: "lan",
            // Time stands still: who has to wait goes on waiting, however slow the machine is.
            environment: StoreEnvironment(
                wall: { 1_790_000_000_000 },
                random: StoreEnvironment.system.random
            )
        )
        try node.addUser(
            "lan",
            UserDraft(displayName: "Ví Dụ", role: .administrator),
            password: "ba chiếc ghe nhỏ"
        )
        let attempt = try node.beginSignIn("lan", address: "192.0.2.1")
        let verdict = try attempt.judge("ba chiếc ghe nhỏ")
        for _ in 0..<ThrottleLimits.freeTries {
            _ = try node.beginSignIn("mai", address: "192.0.2.2")
        }
        let other = try LocalNode(opening: hubFolder, user: "lan")
        try other.store.db.execute("BEGIN IMMEDIATE")
        func time(_ body: () throws -> Void) -> Duration {
            let clock = ContinuousClock()
            return clock.measure {
                do {
                    try body()
                    Issue.record("nothing was busy")
                } catch SQLiteError.busy {
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        let atWork = time { try node.store.set("test", [1]) }
        let begin = time { _ = try node.beginSignIn("lan", address: "192.0.2.1") }
        let end = time { _ = try node.finishSignIn(verdict) }
        #expect(begin * 4 < atWork && end * 4 < atWork)
        // Who has to wait anyway is told so, and waits for no lock.
        #expect(throws: NodeError.user(.wait(seconds: 1))) {
            try node.beginSignIn("mai", address: "192.0.2.2")
        }
        try other.store.db.execute("ROLLBACK")
        _ = try node.finishSignIn(verdict)
    }

    @Test func `in plain HTTP the address is the one that is listened at, also behind a proxy`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = options()
        options.isPlain = true
        options.proxy = "127.0.0.1"
        let server = try NodeServer(makeHub(), options, log: .silent)
        defer { server.stop(grace: .zero) }
        #expect(server.greeting.addresses.map(\.port) == [server.greeting.port])
    }

    @Test func `a certificate that has expired is shown with a warning`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        let files = (certificate: folder + "/c.pem", key: folder + "/k.pem")
        let identity = try certificate()
        try Files.write(Array(identity.certificatePEM.utf8), to: files.certificate)
        try Files.write(Array(identity.key.text.utf8), to: files.key)
        var options = options()
        options.certificate = files
        let late = UInt64(identity.validUntil + 86_400) * 1000
        do {
            let log = LogLines()
            let server = try NodeServer(
                hubFolder,
                options,
                log: log.log,
                environment: StoreEnvironment(
                    wall: { late },
                    random: StoreEnvironment.system.random
                )
            )
            defer { server.stop(grace: .zero) }
            #expect(log.all.contains { $0.contains("level=warning event=certificate-unusable") })
            let url = "https://127.0.0.1:\(server.greeting.port)/hub"
            let client = Client(trust: .unverified, settings: .direct)
            #expect(try client.collect(url, limit: 100_000).head.status == 200)
        }
        // Anything else that is wrong with it ends the start.
        try Files.write(Array(try certificate().key.text.utf8), to: files.key)
        #expect(throws: HTTPError.certificate(.keyOfAnother)) {
            try NodeServer(hubFolder, options, log: .silent)
        }
    }

    @Test func `figures are for this machine, or for who has the token`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hubFolder = try makeHub()
        try Files.write(Array("geheim\n".utf8), to: hubFolder.path + "/metrics.token")
        var options = options()
        // Behind a proxy on this machine, which says who asks.
        options.proxy = "127.0.0.1"
        let server = try NodeServer(hubFolder, options, log: .silent)
        defer { server.stop(grace: .zero) }
        let client = Client(trust: .unverified, settings: .direct)
        func status(_ headers: [(name: String, value: String)]) -> Int {
            do throws(ClientError) {
                let url = "http://127.0.0.1:\(server.greeting.port)/metrics"
                return try client.collect(url, headers: headers, limit: 100_000).head.status
            } catch {
                guard case .status(let refused) = error else { return 0 }
                return refused.status
            }
        }
        let far = (name: "X-Forwarded-For", value: "192.0.2.7")
        #expect(status([far]) == 401)
        #expect(status([far, (name: "Authorization", value: "Bearer falsch")]) == 401)
        #expect(status([far, (name: "Authorization", value: "Bearer geheim")]) == 200)
        // A proxy that does not say who asks speaks for the whole world.
        #expect(status([]) == 401)
        #expect(status([(name: "X-Forwarded-For", value: "unknown")]) == 401)
        #expect(status([(name: "X-Forwarded-For", value: "127.0.0.1")]) == 200)
    }

    @Test(arguments: [false, true])
    func `systemd hears that the node is ready`(isAbstract: Bool) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = isAbstract ? "@doorstep-\(UUID().uuidString)" : folder + "/notify"
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(receiver) }
        var address = [UInt8(AF_UNIX), 0]
        address += isAbstract ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8) + [0]
        let bound = unsafe address.withUnsafeBytes { raw in
            unsafe bind(
                receiver,
                raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count)
            )
        }
        #expect(bound == 0)
        let notifier = try #require(ServiceNotifier(socket: name, watchdog: "60000000"))
        #expect(notifier.watchdogMilliseconds == 30_000)
        #expect(notifier.send("READY=1"))
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = unsafe recv(receiver, &buffer, buffer.count, 0)
        #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "READY=1")
        #expect(ServiceNotifier(socket: nil, watchdog: nil) == nil)
        #expect(ServiceNotifier(socket: "relative", watchdog: nil) == nil)
    }

    @Test func `refusals read back, and nothing else is taken for one`() throws {
        let body: [UInt8] = [0x82, 0x67] + Array("revoked".utf8) + [0]
        let type = LineRefusal.contentType
        #expect(LineRefusal(status: 403, contentType: type, body: body)?.problem == .revoked)
        #expect(LineRefusal(status: 403, contentType: "text/html", body: body) == nil)
        for cut in body.indices {
            let part = Array(body[..<cut])
            #expect(LineRefusal(status: 403, contentType: type, body: part) == nil)
        }
        let long = body + [UInt8](repeating: 0, count: 300)
        #expect(LineRefusal(status: 403, contentType: type, body: long) == nil)
    }
}
