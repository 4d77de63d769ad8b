import Causality
import Foundation
import Glibc
import HTTP
import Node
import Replication
import Store
import Survey
import Testing

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
        let hub = try NodeServer(hubFolder, options(), log: .silent)
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
        let village = try NodeServer(villageFolder, options(), log: .silent)
        #expect(village.greeting.fingerprint == nil && !village.greeting.isHub)
        #expect(try eventually { try worker.store.contacts().values.contains { $0.at != nil } })
        try worker.store.save(scope: scope) {
            _ = $0.add("household", [Cell("address", .text("Tổ 1"))])
        }
        #expect(try eventually { try officer.store.vector(scope) != .empty })
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
    }

    @Test(arguments: [false, true])
    func `systemd hears that the node is ready`(isAbstract: Bool) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = isAbstract ? "@doorstep-\(UUID().uuidString)" : folder + "/notify"
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
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

    @Test(arguments: ["a b", "", "../x", "A"])
    func `a unit's name is plain`(name: String) {
        #expect(throws: NodeError.self) {
            try ServiceUnit(
                name: name,
                executable: "/usr/bin/doorstep",
                folder: "/srv/hub",
                user: "doorstep",
                arguments: []
            )
        }
    }

    @Test func `words of a unit are quoted as systemd reads them`() throws {
        let unit = try ServiceUnit(
            name: "doorstep",
            executable: "/usr/bin/doorstep",
            folder: "/srv/xã \"mẫu\" 5% $HOME",
            user: "doorstep",
            arguments: ["--name", "hub"]
        )
        #expect(
            unit.text.contains(
                #"ExecStart="/usr/bin/doorstep" "serve" "/srv/xã \"mẫu\" 5%% $$HOME" "--name" "hub""#
            )
        )
        #expect(throws: NodeError.self) {
            try ServiceUnit(
                name: "doorstep",
                executable: "/usr/bin/doorstep",
                folder: "/srv/a\nExecStart=/bin/sh",
                user: "doorstep",
                arguments: []
            )
        }
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
