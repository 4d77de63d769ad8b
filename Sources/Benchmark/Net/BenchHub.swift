private import Glibc
import HTTP
import Node
import Replication
import Store

/// A hub of the run that is served over TLS on loopback, by the code that `doorstep serve` runs.
///
/// In a process of its own where what it costs is asked; in this one where that does not matter.
package enum BenchHub {
    /// Name of the hub's database in the run's folder.
    static let database = "net-hub.db"
    /// A constant text, for what the server alone costs.
    static let helloPath = "hello"
    /// What the process has used so far.
    static let usagePath = "usage"

    /// The child: serves a fresh hub in a folder until its standard input ends; the port is the one
    /// line that it prints.
    package static func run(folder: String, seed: Int) throws {
        let server = try Self.serve(folder: folder, seed: seed)
        Self.serve(server, telling: "\(server.port)")
    }

    /// Prints one line and serves until the standard input ends.
    static func serve(_ server: Server, telling line: String) {
        print(line)
        fflush(nil)
        var byte: UInt8 = 0
        while unsafe read(STDIN_FILENO, &byte, 1) > 0 {}
        server.stop(grace: .seconds(5))
    }

    static func serve(folder: String, seed: Int) throws -> Server {
        let node = try BenchCommune(seed: seed).hub(path: "\(folder)/\(database)")
        return try serve(node, StoreLane(node.store, name: "exchange"), pages: BenchPages())
    }

    static func serve(
        _ node: BenchNode,
        _ lane: StoreLane,
        pages: any Service
    ) throws -> Server {
        let now = Int64(StoreEnvironment.system.wall() / 1000)
        let certificate = try CertificateAuthority(named: "bench", permitting: [], now: now)
            .issue(names: ["localhost"], addresses: ["127.0.0.1"], now: now)
        let card = try HubCard(
            certificate: node.identity.certificate,
            issuedAt: UInt64(now) * 1000,
            pins: [certificate.publicKeyDigest],
            addresses: [],
            key: node.identity.signingKey
        )
        let service = try HubService(
            lane,
            settings: HubService.Settings(software: BenchNode.software, card: card.bytes),
            log: .silent,
            pages: pages
        )
        return try Server(ServerConfiguration(identity: certificate), service: service)
    }
}

/// What is asked of a hub of the run beside its own paths.
private struct BenchPages: Service {
    func plan(_ head: RequestHead) -> Plan {
        switch head.path {
        case [BenchHub.helloPath]: .reply(.text(200, "hello"), label: "hello")
        case [BenchHub.usagePath]:
            .reply(.text(200, ProcessUsage.own.text), label: "usage")
        default: .reply(.text(404, "not found"), label: "unknown")
        }
    }
}

/// What a process has used since it began.
struct ProcessUsage: Hashable {
    /// Of all its threads, in the system as well.
    var cpuMicroseconds: Int
    /// The most memory that was resident at once.
    var peakBytes: Int

    static var own: ProcessUsage {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return ProcessUsage(
            cpuMicroseconds: seconds * 1_000_000
                + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
            peakBytes: (try? MemoryProbe.peak()) ?? 0
        )
    }

    init(cpuMicroseconds: Int, peakBytes: Int) {
        self.cpuMicroseconds = cpuMicroseconds
        self.peakBytes = peakBytes
    }

    /// Reads ``text``.
    init?(_ text: String) {
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(cpuMicroseconds: numbers[0], peakBytes: numbers[1])
    }

    var text: String { "\(cpuMicroseconds) \(peakBytes)" }
}
