import HTTP
import Node
import Replication
import Store
import TestSupport
import Testing

/// What a running node tells whoever watches it.
@Suite struct MetricsTests {
    private func service(_ hub: TestHub, folder: String?) throws -> HubService {
        try HubService(
            hub.store,
            settings: HubService.Settings(
                software: "test",
                card: hub.card.bytes,
                folder: folder,
                certificateEnd: 1_800_000_000
            ),
            log: .silent
        )
    }

    /// Status and text of a page of the service, served by itself.
    private func get(_ service: HubService, _ path: String) throws -> String {
        let server = try Server(ServerConfiguration(), service: service)
        defer { server.stop(grace: .zero) }
        service.observe { server.counters }
        defer { service.observe(nil) }
        let client = Client(trust: .unverified, settings: .direct)
        do throws(ClientError) {
            let url = "http://127.0.0.1:\(server.port)/\(path)"
            let reply = try client.collect(url, limit: 1 << 20)
            return "\(reply.head.status) " + String(decoding: reply.body, as: UTF8.self)
        } catch {
            guard case .status(let refused) = error else { throw error }
            return "\(refused.status) " + String(decoding: refused.excerpt, as: UTF8.self)
        }
    }

    @Test func `a full disk is said to whoever asks after the node's health`() throws {
        let hub = try TestHub(seed: 401)
        // A file system without any room.
        #expect(try get(service(hub, folder: "/proc"), "healthz") == "503 disk full\n")
        #expect(try get(service(hub, folder: nil), "healthz") == "200 ok\n")
    }

    @Test func `the figures tell of every node, of what is unsent, of disk and certificate`()
        throws
    {
        let hub = try TestHub(seed: 402)
        let village = try hub.village("thon-1")
        try village.add(2)
        let node = try village.node
        let certificate = try #require(try village.run { try $0.identity() }).certificate
        try hub.run { try $0.enter(certificate) }
        #expect(try village.sync().problem == nil)
        hub.service.writeContacts()
        try hub.add(3, to: village.scope, seed: 9)
        try hub.run { try $0.seal(village.scope) }
        let text = try get(service(hub, folder: "/proc"), "metrics").dropFirst("200 ".count)
        let lines = text.split(separator: "\n")
        let label = "{node=\"\(node)\",role=\"child\"}"
        for line in [
            "doorstep_peer_in_trouble\(label) 0", "doorstep_disk_free_bytes 0",
            "doorstep_certificate_end_seconds 1800000000", "doorstep_sync_failures_total 0",
            "doorstep_requests_denied_total 0",
        ] {
            #expect(lines.contains(Substring(line)), "\(line) in \(text)")
        }
        func value(_ name: String) -> Int? {
            lines.first { $0.hasPrefix(name + label) }
                .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
        }
        #expect(value("doorstep_peer_last_contact_seconds") ?? 0 > 0)
        #expect(value("doorstep_peer_unsent_entries") ?? 0 >= 3)
        // Every figure is explained, once.
        let names = lines.filter { !$0.hasPrefix("#") }
            .compactMap { $0.split { $0 == " " || $0 == "{" }.first }
        for name in Set(names) {
            #expect(lines.count { $0.hasPrefix("# TYPE \(name) ") } == 1)
        }
        #expect(!text.contains("backup_age"), "there was no backup yet")
    }
}
