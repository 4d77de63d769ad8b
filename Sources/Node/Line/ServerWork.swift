import HTTP
import Replication
import Store

/// What the runner works with.
///
/// Used on the runner's thread alone: hence `@unchecked Sendable`.
final class RunnerParts: @unchecked Sendable {
    private let store: StoreLane
    private let service: HubService
    private let client: SyncClient
    private let folder: NodeFolder
    private let log: LineLog
    private var version: Int64?
    private var addressVersion: Int64?
    private var addresses: [HubAddress]?
    private var appliedSegments = 0
    private var savedEntries = 0

    init(
        store: StoreLane,
        service: HubService,
        client: SyncClient,
        folder: NodeFolder,
        log: LineLog
    ) {
        self.store = store
        self.service = service
        self.client = client
        self.folder = folder
        self.log = log
    }

    /// Milliseconds until it is tried again where 'doorstep sync' is at it.
    private static let otherSyncWait: UInt64 = 5_000

    func sync() -> SyncScheduler.Ending {
        do {
            let hasParent = try store.run(.patient) { try $0.identity()?.parent != nil }
            guard hasParent else { return .done }
            guard let result = try folder.whileSyncing({ try client.run() }) else {
                log.write(.info, "sync-elsewhere", causedBy: "sync-elsewhere")
                return .elsewhere(retryAfter: Self.otherSyncWait)
            }
            log.write(
                result.problem == nil ? .info : .warning,
                "sync-up",
                [
                    ("exchanges", "\(result.exchanges)"), ("in", "\(result.bytesIn)"),
                    ("out", "\(result.bytesOut)"), ("entries", "\(result.entries)"),
                    ("problem", result.problem?.code ?? "-"),
                ]
            )
            guard let problem = result.problem else { return .done }
            service.countFailedSync()
            if case .busy(let seconds) = problem {
                return .failed(retryAfter: UInt64(seconds) * 1000)
            }
            return problem.isHopeless ? .hopeless : .failed(retryAfter: nil)
        } catch {
            log.write(.error, "sync-up", [("reason", LineLog.reason(error))])
            service.countFailedSync()
            // Also where it failed before any exchange: the status must not say that all is well.
            var failed = SyncResult()
            failed.problem = .failed
            try? client.note(failed)
            return .failed(retryAfter: nil)
        }
    }

    /// Looks into the file only where another connection has written, this node's own children have
    /// brought something, or pages and calls of this process have saved something, and then for news.
    func hasChanged() -> Bool {
        let found = try? store.run(.patient) { store -> (Int64, Bool) in
            let version = try store.changeCounter()
            let (applied, saved) = (service.appliedSegments, store.savedEntries)
            guard version != self.version || applied != appliedSegments || saved != savedEntries
            else { return (version, false) }
            appliedSegments = applied
            savedEntries = saved
            return (version, try store.hasNewsForParent())
        }
        guard let (version, hasNews) = found else { return false }
        let isFirst = self.version == nil
        self.version = version
        return hasNews && !isFirst
    }

    /// Looks for them only where another connection has written: those that an exchange or a page of
    /// this process has learnt are asked without that.
    func hasNewAddresses() -> Bool {
        let found = try? store.run(.patient) { store -> (Int64, [HubAddress])? in
            let version = try store.changeCounter()
            guard version != addressVersion else { return nil }
            return try store.reading {
                (version, try HubAddress.known(store))
            }
        }
        guard let (version, addresses) = found ?? nil else { return false }
        defer {
            addressVersion = version
            self.addresses = addresses
        }
        return self.addresses.map { $0 != addresses } ?? false
    }
}

/// What is written now and then beside the exchanges.
///
/// Used on the thread for upkeep alone: hence `@unchecked Sendable`.
final class Upkeep: @unchecked Sendable {
    private let store: StoreLane
    private let service: HubService
    private let mark: InstanceGuard
    private var lastWrite = ContinuousClock.now

    init(store: StoreLane, service: HubService, mark: InstanceGuard) {
        self.store = store
        self.service = service
        self.mark = mark
    }

    /// Once every half minute: contacts, and the mark beside the database.
    func run() {
        guard ContinuousClock.now - lastWrite >= .seconds(30) else { return }
        lastWrite = .now
        service.writeContacts()
        // What cannot be written now is written the next time.
        try? store.run(.patient) { try mark.note($0) }
    }
}
