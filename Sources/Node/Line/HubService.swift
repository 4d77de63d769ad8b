package import HTTP
import Replication
import SQLite
import Sealing
import Store
private import Synchronization

/// What a node answers over HTTP: exchanges, enrolment, its health; and pages, where there are
/// any (`sync-protocol.md` 9.8).
package final class HubService: Service {
    package static let bundleType = "application/vnd.doorstep.bundle"
    package static let cardType = "application/vnd.doorstep.card"
    package static let callType = "application/vnd.doorstep.enrolment"
    /// Header of a request: bytes of the reply that the node wants at most.
    package static let replyLimitHeader = "Doorstep-Reply-Limit"

    /// What it says of itself, and to whom.
    package struct Settings: Sendable {
        /// Name and version of this programme.
        package var software: String
        /// The hub's card; nil on a node that is no hub.
        package var card: [UInt8]?
        /// Who shows it may read the figures from anywhere; on this machine nobody need.
        package var metricsToken: String?
        /// Exchanges under way at once.
        package var sessionsMax: Int
        /// The node's folder: whose disk is looked at; nil for a store in memory.
        package var folder: String?
        /// When the certificate that is shown ends, seconds since 1970; nil without TLS.
        package var certificateEnd: Int64?

        package init(
            software: String,
            card: [UInt8]? = nil,
            metricsToken: String? = nil,
            sessionsMax: Int = LineLimits.sessionsMax,
            folder: String? = nil,
            certificateEnd: Int64? = nil
        ) {
            self.software = software
            self.card = card
            self.metricsToken = metricsToken
            self.sessionsMax = sessionsMax
            self.folder = folder
            self.certificateEnd = certificateEnd
        }
    }

    private let settings: Settings
    private let store: StoreLane
    private let exchanges: HubExchanges
    private let log: LineLog
    private let pages: (any Service)?
    private let pageCounts: PageCounts
    private let server = Mutex<(@Sendable () -> ServerCounters)?>(nil)

    /// `pages`: answers every other path.
    package init(
        _ store: StoreLane,
        settings: Settings,
        log: LineLog,
        pages: (any Service)? = nil,
        pageCounts: PageCounts = PageCounts()
    ) throws {
        self.store = store
        self.settings = settings
        self.log = log
        self.pages = pages
        self.pageCounts = pageCounts
        exchanges = try store.run {
            try HubExchanges($0, sessionsMax: settings.sessionsMax, lane: store.lane, log: log)
        }
        try store.run { store in
            let now = store.environment.wall()
            try store.forgetPartials(before: now - min(now, LineLimits.partialAge))
        }
    }

    /// Tells where the server's own figures are; nil where there are none any more.
    package func observe(_ counters: (@Sendable () -> ServerCounters)?) {
        server.withLock { $0 = counters }
    }

    package func plan(_ head: RequestHead) -> Plan {
        switch head.path {
        case ["sync", "1"]: return sync(head)
        case ["hub"]: return card(head)
        case ["enrol", "1"]: return enrol(head)
        case ["healthz"]: return health(head)
        case ["metrics"]: return metrics(head)
        case let path
        where path.count == 2 && ["sync", "enrol"].contains(path[0]) && UInt64(path[1]) != nil:
            // A later carrier; which protocol is spoken over it has nothing to do with that.
            let refusal = LineRefusal(status: 400, .version(theirs: 0, ours: 0))
            return .reply(refusal.response, label: head.path[0])
        default:
            return pages?.plan(head) ?? .reply(.text(404, "not found"), label: "unknown")
        }
    }

    /// A plan only for one method; for GET also HEAD, of which the server sends the head alone.
    private func only(
        _ method: Method,
        _ head: RequestHead,
        label: String,
        _ plan: () -> Plan
    ) -> Plan {
        let methods = method == .get ? [Method.get, .head] : [method]
        guard methods.contains(head.method) else {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            let response = Response.text(405, "use \(allowed)").with("Allow", allowed)
            return .reply(response, label: label)
        }
        return plan()
    }

    // MARK: Exchanges

    private static let noHub = LineRefusal(status: 404, .noHub)

    private func sync(_ head: RequestHead) -> Plan {
        only(.post, head, label: "sync") {
            guard settings.card != nil else { return .reply(Self.noHub.response, label: "sync") }
            guard head.headers["Content-Type"] == Self.bundleType else {
                return .reply(.text(415, "a sync has \(Self.bundleType)"), label: "sync")
            }
            let subscriber = Throttle.network(head.remoteAddress)
            let limit = head.headers[Self.replyLimitHeader].flatMap { Int($0) } ?? .max
            return .stream(
                limit: LineLimits.requestBytesMax,
                on: store.lane,
                .patient,
                pace: .gentle,
                label: "sync"
            ) { [self] in
                try store.run { store in
                    try HubExchange(
                        store,
                        exchanges,
                        software: settings.software,
                        replyLimit: max(limit, 1),
                        subscriber: subscriber,
                        lane: self.store.lane,
                        log: log
                    )
                }
            }
        }
    }

    // MARK: Enrolment

    private func card(_ head: RequestHead) -> Plan {
        only(.get, head, label: "hub") {
            guard let card = settings.card else {
                return .reply(Self.noHub.response, label: "hub")
            }
            return .reply(Response(200, contentType: Self.cardType, body: card), label: "hub")
        }
    }

    private func enrol(_ head: RequestHead) -> Plan {
        only(.post, head, label: "enrol") {
            guard settings.card != nil else { return .reply(Self.noHub.response, label: "enrol") }
            let address = head.remoteAddress
            return .collect(
                limit: EnrolmentCall.bytesMax,
                on: store.lane,
                .patient,
                label: "enrol"
            ) { [self] body in
                try respond(to: body, from: address)
            }
        }
    }

    private func respond(to body: [UInt8], from address: String) throws -> Response {
        let outcome: Invitations.Response
        let subscriber = Throttle.network(address)
        do {
            outcome = try store.run { store in
                try store.db.waitingBriefly {
                    try Invitations.respond(to: body, from: address, at: store)
                }
            }
        } catch {
            let refusal = LineRefusal(error) ?? LineRefusal(status: 500, .hubFailed)
            log.write(
                refusal.status >= 500 ? .error : .warning,
                "enrol-refused",
                [("problem", refusal.problem.code), ("reason", LineLog.reason(error))],
                causedBy: subscriber
            )
            return refusal.response
        }
        let refusal: LineRefusal
        switch outcome {
        case .answer(let bytes):
            log.write(.info, "enrol-call", [("from", address)], causedBy: subscriber)
            return Response(200, contentType: Self.callType, body: bytes)
        case .wrong: refusal = LineRefusal(status: 403, .codeWrong)
        case .expired: refusal = LineRefusal(status: 403, .codeExpired)
        case .used: refusal = LineRefusal(status: 403, .codeUsed)
        case .limited(let seconds):
            refusal = LineRefusal(status: 429, .busy(retryAfterSeconds: seconds))
        }
        log.write(
            .warning,
            "enrol-refused",
            [("from", address), ("problem", refusal.problem.code)],
            causedBy: subscriber
        )
        return refusal.response
    }

    // MARK: Health

    private func health(_ head: RequestHead) -> Plan {
        only(.get, head, label: "healthz") {
            .collect(on: store.lane, .prompt, label: "healthz") { [self] _ in
                // A file that cannot be read is found here and not by the next field worker.
                _ = try store.run { try $0.identity() }
                // Nobody can sign in or save anything then.
                if let free = freeBytes, free < DoctorLimits.freeBytesFull {
                    return .text(503, "disk full")
                }
                return .text(200, "ok")
            }
        }
    }

    /// Of the disk that the node's file lies on; nil where that cannot be told.
    private var freeBytes: Int? { settings.folder.flatMap { Files.freeBytes($0) } }

    private func metrics(_ head: RequestHead) -> Plan {
        only(.get, head, label: "metrics") {
            guard mayReadMetrics(head) else {
                let response = Response.text(401, "the figures need the token of the node's folder")
                    .with("WWW-Authenticate", "Bearer")
                return .reply(response, label: "metrics")
            }
            let counters = server.withLock { $0 }
            return .collect(on: store.lane, .prompt, label: "metrics") { [self] _ in
                let text = try store.run { store in
                    try Metrics.text(
                        store,
                        exchanges,
                        server: counters?(),
                        pages: pageCounts,
                        freeBytes: freeBytes,
                        certificateEnd: settings.certificateEnd,
                        failedSyncs: failedSyncs
                    )
                }
                return Response(
                    200,
                    contentType: "text/plain; version=0.0.4; charset=utf-8",
                    body: Array(text.utf8)
                )
            }
        }
    }

    private func mayReadMetrics(_ head: RequestHead) -> Bool {
        if ["127.0.0.1", "::1"].contains(head.remoteAddress) { return true }
        guard let token = settings.metricsToken, let shown = head.headers["Authorization"] else {
            return false
        }
        return constantTimeEquals(Array(shown.utf8), Array("Bearer \(token)".utf8))
    }

    // MARK: Upkeep

    private let syncFailures = Mutex(0)

    /// Syncs with the hub above that have failed since the start.
    private var failedSyncs: Int { syncFailures.withLock { $0 } }

    func countFailedSync() { syncFailures.withLock { $0 += 1 } }

    /// Segments that nodes have brought since the start; asked for on the store's lane.
    var appliedSegments: Int { exchanges.counters.segments }

    /// Writes what was noted of the nodes; called now and then, and at the end.
    package func writeContacts() {
        store.run(.patient) { _ in exchanges.writeContacts() }
    }
}
