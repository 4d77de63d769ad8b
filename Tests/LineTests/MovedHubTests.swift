import Foundation
import HTTP
import Node
import Replication
import Store
import Testing

/// A hub that moves to another address, and villages that run meanwhile.
@Suite struct MovedHubTests {
    private let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
    }

    /// On a port that is free now.
    private func options() -> ServeOptions {
        var options = ServeOptions(software: "doorstep test")
        options.listen = ["127.0.0.1"]
        options.port = 0
        options.names = ["127.0.0.1"]
        options.schedule.startSpread = 0
        return options
    }

    private func makeHub() throws -> NodeFolder {
        let path = NodeFolder(folder + "/hub")
        let node = try LocalNode(creating: path, user: "lan")
        try Enrolment.makeHub(node.store, scope: "48/21004", name: "Xã Mẫu")
        return path
    }

    /// A village that was enrolled at a hub, whose folder this process has open too.
    private func enrolled(
        at hubFolder: NodeFolder,
        _ log: LogLines
    ) throws -> (folder: NodeFolder, worker: LocalNode) {
        let hub = try NodeServer(hubFolder, options(), log: log.log)
        defer { hub.stop(grace: .seconds(5)) }
        let officer = try LocalNode(opening: hubFolder, user: "lan")
        var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: ["48/21004/thon-1"])
        draft.isTrusted = true
        let invitation = try Invitations.make(
            draft,
            at: officer.store,
            addresses: NodeServer.addresses(officer.store).map(\.description)
        )
        let folder = NodeFolder(folder + "/thon")
        let worker = try LocalNode(creating: folder, user: "tam")
        let line = EnrolmentLine(worker.store, client: .direct)
        guard case .enrolled = try line.ask(line.begin(invitation.text, addresses: [])) else {
            throw StoreError.notEnrolled
        }
        return (folder, worker)
    }

    @Test func `a served village asks where the hub is by now, without a restart`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = LogLines()
        let hubFolder = try makeHub()
        let (villageFolder, worker) = try enrolled(at: hubFolder, log)
        let served = LogLines()
        var options = options()
        // Longer than any test: what has failed is tried again for a reason alone.
        options.schedule.backOff = 3_600_000
        options.schedule.settling = 0...0
        let village = try NodeServer(villageFolder, options, log: served.log)
        defer { village.stop(grace: .seconds(5)) }
        #expect(eventually { served.all.contains { $0.contains("problem=unreachable") } })
        let hub = try NodeServer(hubFolder, self.options(), log: log.log)
        defer { hub.stop(grace: .seconds(5)) }
        let store = try StoreLane(worker.handOver(), name: "worker")
        let command = SyncClient(
            store,
            software: "test",
            addresses: hub.greeting.addresses,
            client: .direct,
            pause: { _ in }
        )
        #expect(try command.run().problem == nil)
        let isBack = eventually {
            served.all.contains { $0.contains("event=sync-up") && $0.contains("problem=-") }
        }
        #expect(isBack, "\(served.all)")
    }
}
