import Causality
import HTTP
import Node
import Replication
import SQLite
import Store
import Synchronization
import TestSupport

/// A hub that serves on loopback, as `doorstep serve` does, with its store in memory.
final class TestHub {
    let commune: TestCommune
    let store: StoreLane
    let service: HubService
    let log = LogLines()
    private(set) var server: Server

    init(seed: UInt64, software: String = "doorstep test") throws {
        commune = try TestCommune(seed: seed)
        store = try StoreLane(commune.hub, name: "hub")
        service = try HubService(
            store,
            settings: HubService.Settings(software: software),
            log: log.log
        )
        server = try Server(ServerConfiguration(), service: service)
    }

    deinit { server.stop(grace: .seconds(5)) }

    var address: HubAddress { HubAddress(host: "127.0.0.1", port: server.port, isSecure: false) }

    /// A village of the commune that syncs over the line.
    func village(_ name: String) throws -> TestVillage {
        try TestVillage(commune.village(name), scope: TestCommune.path + "/" + name, address)
    }

    @discardableResult
    func run<R>(_ body: (Store) throws -> R) throws -> R { try store.run { try body($0) } }
}

/// A village node with its client.
final class TestVillage {
    let scope: String
    let store: StoreLane
    let client: SyncClient

    init(
        _ store: Store,
        scope: String,
        _ address: HubAddress,
        settings: SyncClient.Settings = SyncClient.Settings()
    ) throws {
        self.scope = scope
        self.store = try StoreLane(store, name: "village")
        var line = ClientSettings()
        line.proxy = .none
        client = SyncClient(
            self.store,
            software: "doorstep test",
            addresses: [address],
            settings: settings,
            client: line,
            pause: { _ in }
        )
    }

    func add(_ count: Int, seed: UInt64 = 1) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<count {
            let name = String(decoding: random.bytes(60).map { 0x61 + $0 % 26 }, as: UTF8.self)
            try run { store in
                try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
            }
        }
    }

    func sync() throws -> SyncResult { try client.run() }

    @discardableResult
    func run<R>(_ body: (Store) throws -> R) throws -> R { try store.run { try body($0) } }

    func vector() throws -> VersionVector { try run { try $0.vector(scope) } }
}

/// What a service has logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var log: LineLog {
        LineLog(
            wall: { 1_780_000_000_000 },
            sink: { line in self.lines.withLock { $0.append(line) } }
        )
    }

    var all: [String] { lines.withLock { $0 } }
}
