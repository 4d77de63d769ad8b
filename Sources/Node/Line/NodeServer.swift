private import Glibc
package import HTTP
import Replication
package import Store
private import Synchronization

/// How a node serves.
package struct ServeOptions: Sendable {
    /// Numeric addresses to listen on.
    package var listen = ["0.0.0.0", "::"]
    package var port = HubAddress.defaultPort
    /// Names and addresses, with or without a port, under which others find it; the machine's own
    /// addresses where there are none.
    package var names: [String] = []
    /// A certificate and key of one's own, as PEM files.
    package var certificate: (certificate: String, key: String)?
    /// The reverse proxy in front, which ends TLS.
    package var proxy: String?
    /// Plain HTTP, on this machine only.
    package var isPlain = false
    /// Folders that bundles travel in, beside the sticks that are plugged in.
    package var carriers: [String] = []
    package var software: String
    package var schedule = SyncScheduler.Settings()

    package init(software: String) {
        self.software = software
    }

    fileprivate var listensEverywhere: Bool {
        listen.contains { ["0.0.0.0", "::"].contains($0) }
    }
}

/// A node that runs: serves its children and pages, and syncs with its own hub by itself.
package final class NodeServer: Sendable {
    /// What is told at the start.
    package struct Greeting: Hashable, Sendable {
        package let name: String?
        package let isHub: Bool
        /// Of the hub's signing key; nil on a node that is none.
        package let fingerprint: String?
        package let addresses: [HubAddress]
        package let port: Int
    }

    /// Where `serve` notes its addresses, for `node invite`.
    static let addressesSetting = "serve-addresses"
    /// When the last card was made, milliseconds since 1970.
    private static let cardTimeSetting = "hub-card-time"

    package let greeting: Greeting
    private let store: StoreLane
    private let service: HubService
    private let server: Server
    private let runner: SyncRunner
    private let call: ClientCall
    private let lock: FolderLock
    private let log: LineLog
    private let certificateWatch: Mutex<CertificateWatch?>

    /// What pages are made on.
    package struct Rooms: Sendable {
        /// The store, for forms and for whatever is read quickly.
        package let store: StoreLane
        package let folder: NodeFolder
        package let log: LineLog
        /// Where somebody asks for a sync with the hub above.
        package let bell: SyncBell
        /// Whether a reverse proxy stands in front: where a client is, is its word then.
        package let isBehindProxy: Bool
        /// Name and version of this programme.
        package let software: String
        /// Folders beside sticks that bundles travel in.
        package let carriers: [Carrier]
        /// The node's own authority, for browsers to trust; nil where the certificate is another's.
        package let authority: AuthorityCertificate?
        package let counts: PageCounts
    }

    /// Opens the node and serves it; when it returns, it listens.
    ///
    /// `pages`: makes what answers all other paths; without it they are unknown.
    package init(
        _ folder: NodeFolder,
        _ options: ServeOptions,
        log: LineLog,
        environment: StoreEnvironment = .system,
        pages: (Rooms) throws -> (any Service)? = { _ in nil }
    ) throws {
        // Before a certificate is made for what is no address.
        try ServerConfiguration.check(addresses: options.listen)
        let tls = "\(folder.path)/\(LineIdentity.folderName)"
        guard Files.kind(folder.database) == .file else {
            throw NodeError.noNode(folder: folder.path)
        }
        try Files.makeFolder(tls)
        guard let lock = try FolderLock(tls) else { throw NodeError.alreadyServed }
        self.lock = lock
        self.log = log
        if case .removed = Backup.removeLeftOver(of: folder.database) {
            log.write(.warning, "backup-left-over-removed")
        }
        let node = try LocalNode(opening: folder, user: "", environment: environment)
        try CarriedAuthority.takeOut(of: node.store, to: tls)
        let identity = try node.store.identity()
        let own = try Self.own(options)
        let now = Int64(node.now / 1000)
        let certificate = try Self.certificate(
            options,
            identity,
            own,
            in: tls,
            now: now,
            log: log
        )
        certificateWatch = Mutex(
            certificate.map {
                CertificateWatch(
                    $0,
                    files: options.certificate,
                    born: identity?.certifiedAt,
                    now: now
                )
            }
        )
        let started = node.now
        let lane = try StoreLane(node.handOver(), name: "exchange")
        store = lane
        // The port is known only now, and the card says it.
        let later = LateService()
        let server = try Server(
            Self.configuration(options, certificate),
            service: later,
            onFinish: { Self.note($0, log) }
        )
        self.server = server
        let addresses = own.map { $0.address(port: server.port, options) }
        let card = try identity.flatMap { identity in
            try lane.run {
                try Self.card(identity, certificate, addresses, at: started, $0)
            }
        }
        let token = try Self.metricsToken(folder)
        let rooms = Rooms(
            store: store,
            folder: folder,
            log: log,
            bell: SyncBell(),
            isBehindProxy: options.proxy != nil,
            software: options.software,
            carriers: options.carriers.map { Carrier(path: $0) },
            authority: options.certificate == nil ? try certificate?.authority() : nil,
            counts: PageCounts()
        )
        service = try HubService(
            store,
            settings: HubService.Settings(
                software: options.software,
                card: card,
                metricsToken: token,
                folder: folder.path,
                certificateEnd: certificate?.validUntil
            ),
            log: log,
            pages: try pages(rooms),
            pageCounts: rooms.counts
        )
        service.observe { server.counters }
        later.begin(service)
        greeting = Greeting(
            name: identity?.certificate.name,
            isHub: card != nil,
            fingerprint: card == nil ? nil : identity?.certificate.signingKey.fingerprint,
            addresses: addresses,
            port: server.port
        )
        try store.run { store in
            let lines = addresses.map(\.description).joined(separator: "\n")
            try store.set(Self.addressesSetting, Array(lines.utf8))
        }
        call = ClientCall()
        runner = try Self.runner(store, service, folder, options, call, log)
        rooms.bell.connect(runner)
        log.write(
            .info,
            "started",
            [
                ("node", identity?.node.description ?? "-"), ("port", "\(server.port)"),
                ("tls", "\(certificate != nil)"), ("hub", "\(card != nil)"),
            ]
        )
    }

    /// Whether the store answers: the watchdog's question.
    package func isWell() -> Bool {
        // A node that is not enrolled yet has no identity, and is as well as any.
        (try? store.run { _ = try $0.identity() }) != nil
    }

    /// Whether the server has to be stopped and started anew, as it would show another certificate
    /// then: its own is near its end, or the files of ``ServeOptions/certificate`` hold a new one.
    ///
    /// Looks once a day, however often it is asked. `now`: seconds since 1970.
    package func needsRestart(now: Int64) -> Bool {
        switch certificateWatch.withLock({ $0?.look(now: now) }) {
        case .due?:
            log.write(.info, "certificate-due")
            return true
        case .unusable(let reason)?:
            log.write(.warning, "certificate-unusable", [("reason", reason)])
            return false
        case .fine?, nil: return false
        }
    }

    /// Takes no more requests, lets those under way end, cuts them after the grace, and closes.
    package func stop(grace: Duration) {
        log.write(.info, "stopping")
        call.cancel()
        server.stop(grace: grace)
        // It holds the server, which holds the service.
        service.observe(nil)
        runner.stop()
        service.writeContacts()
        log.write(.info, "stopped")
    }

    /// Where the node was last served, for whoever invites others to it.
    package static func addresses(_ store: Store) throws -> [HubAddress] {
        let bytes = try store.setting(addressesSetting) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .compactMap { HubAddress(String($0)) }
    }

    // MARK: Parts

    /// One of the names or addresses that others find the node under.
    private struct Name {
        let host: String
        let port: Int?

        func address(port listening: Int, _ options: ServeOptions) -> HubAddress {
            // In front of a proxy stands its own port: that of HTTPS unless it is said.
            let isBehindProxy = options.proxy != nil && !options.isPlain
            return HubAddress(
                host: host,
                port: port ?? (isBehindProxy ? 443 : listening),
                isSecure: !options.isPlain
            )
        }

        var isNumeric: Bool {
            host.hasPrefix("[") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        }

        /// Without the brackets of IPv6.
        var plain: String { host.filter { $0 != "[" && $0 != "]" } }
    }

    private static func own(_ options: ServeOptions) throws -> [Name] {
        if options.isPlain { return [Name(host: "127.0.0.1", port: nil)] }
        var names = try options.names.map { text in
            guard let address = HubAddress(text) else { throw NodeError.badAddress(text) }
            let hasPort = address.port != HubAddress.defaultPort || text.hasSuffix(":8443")
            return Name(host: address.host, port: hasPort ? address.port : nil)
        }
        if names.isEmpty {
            // Whoever listens at certain addresses is found there, and nowhere else.
            let found =
                options.listensEverywhere || options.proxy != nil
                ? LocalAddresses.all() : options.listen
            names = found.map { Name(host: $0.contains(":") ? "[\($0)]" : $0, port: nil) }
        }
        if names.isEmpty { names = [Name(host: "127.0.0.1", port: nil)] }
        return Array(names.prefix(Invitation.addressesMax))
    }

    private static func certificate(
        _ options: ServeOptions,
        _ identity: Identity?,
        _ own: [Name],
        in folder: String,
        now: Int64,
        log: LineLog
    ) throws -> TLSIdentity? {
        if let given = options.certificate {
            let identity = try LineIdentity.given(certificate: given.certificate, key: given.key)
            do {
                try identity.checkDates(now)
            } catch {
                // It may be the clock: nodes know the key and go on, and browsers say what is wrong.
                log.write(.warning, "certificate-unusable", [("reason", LineLog.reason(error))])
            }
            return identity
        }
        guard !options.isPlain, options.proxy == nil else { return nil }
        let numbers = Set(own.filter(\.isNumeric).map(\.plain)).union(["127.0.0.1", "::1"])
        return try LineIdentity.own(
            in: folder,
            name: "Doorstep \(identity?.node.description ?? "")",
            for: LineIdentity.Names(
                names: own.filter { !$0.isNumeric }.map(\.host) + ["localhost"],
                addresses: numbers.sorted(),
                areSaid: !options.names.isEmpty || !options.listensEverywhere
            ),
            born: identity?.certifiedAt,
            now: now,
            log: log
        )
    }

    private static func configuration(
        _ options: ServeOptions,
        _ certificate: TLSIdentity?
    ) -> ServerConfiguration {
        ServerConfiguration(
            addresses: options.listen,
            port: options.port,
            identity: certificate,
            proxy: options.proxy
        )
    }

    /// What a hub says of itself; nil for a node that is none.
    private static func card(
        _ identity: Identity,
        _ certificate: TLSIdentity?,
        _ addresses: [HubAddress],
        at now: UInt64,
        _ store: Store
    ) throws -> [UInt8]? {
        guard identity.certificate.kind == .hub else { return nil }
        // Later than every card before it, also where the clock was ahead when that was made: else
        // nodes would believe the earlier one for as long.
        let last = try store.setting(cardTimeSetting).flatMap {
            UInt64(String(decoding: $0, as: UTF8.self))
        }
        let issuedAt = max(now, (last ?? 0) + 1)
        try store.set(cardTimeSetting, Array(String(issuedAt).utf8))
        return try HubCard(
            certificate: identity.certificate,
            issuedAt: issuedAt,
            pins: certificate.map { [$0.publicKeyDigest] } ?? [],
            addresses: addresses.map(\.description),
            key: identity.signingKey
        ).bytes
    }

    private static func metricsToken(_ folder: NodeFolder) throws -> String? {
        let path = "\(folder.path)/metrics.token"
        guard Files.exists(path) else { return nil }
        let bytes = try Files.read(path, limit: 1_000)
        let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return token.isEmpty ? nil : token
    }

    private static func note(_ request: FinishedRequest, _ log: LineLog) {
        // Exchanges and calls have lines of their own; what failed within is told here.
        guard let fault = request.fault else { return }
        log.write(
            .error,
            "request",
            [
                ("route", request.label), ("status", "\(request.status)"),
                ("outcome", request.outcome.rawValue), ("reason", LineLog.reason(fault)),
            ],
            // Which of the routes fails is what counts, not for whom.
            causedBy: request.label
        )
    }

    private static func runner(
        _ store: StoreLane,
        _ service: HubService,
        _ folder: NodeFolder,
        _ options: ServeOptions,
        _ call: ClientCall,
        _ log: LineLog
    ) throws -> SyncRunner {
        let parts = RunnerParts(
            store: store,
            service: service,
            client: SyncClient(store, software: options.software, call: call, pause: sleep),
            folder: folder,
            log: log
        )
        let upkeep = Upkeep(
            store: store,
            service: service,
            mark: InstanceGuard(database: folder.database)
        )
        return try SyncRunner(
            options.schedule,
            SyncRunner.Work(
                sync: { parts.sync() },
                hasChanged: { parts.hasChanged() },
                hasNewAddresses: { parts.hasNewAddresses() },
                upkeep: { upkeep.run() }
            )
        )
    }

    private static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        unsafe nanosleep(&time, nil)
    }
}

extension Identity {
    /// When the node was certified, seconds since 1970.
    fileprivate var certifiedAt: Int64 { Int64(clamping: certificate.issuedAt / 1000) }
}
