import HTTP
import Replication
import SQLite
import Store

/// One exchange at the hub: takes the request as it comes, then gives the reply.
///
/// Used on the store's lane alone. No transaction is open between two calls.
final class HubExchange: BodyConsumer, BodySource {
    /// Why an exchange ends before its time.
    enum End {
        /// Too many others.
        case busy
        /// The same node has begun another.
        case replaced
    }

    private let store: Store
    private let exchanges: HubExchanges
    private let session: ExchangeSession
    private let software: String
    private let lane: Lane
    private let log: LineLog
    /// Bytes of the reply that the node wants at most.
    private let replyLimit: Int
    /// The line it comes over, as far as strangers are told apart by it.
    let subscriber: String
    let began: ContinuousClock.Instant
    private var gathered: [UInt8] = []
    private var lastPush: ContinuousClock.Instant
    private var isClosed = false
    private var end: End?
    private var bytesIn = 0
    private var reply: BundleSource?
    private var problem: SyncProblem?

    var node: NodeID? { session.peer?.node }

    init(
        _ store: Store,
        _ exchanges: HubExchanges,
        software: String,
        replyLimit: Int,
        subscriber: String,
        lane: Lane,
        log: LineLog,
        began: ContinuousClock.Instant = .now
    ) throws {
        self.store = store
        self.exchanges = exchanges
        self.software = software
        self.replyLimit = replyLimit
        self.subscriber = subscriber
        self.lane = lane
        self.log = log
        self.began = began
        lastPush = began
        session = try ExchangeSession(answering: store)
        session.whenMet = { [unowned self] certificate, hello, receipt in
            session.isStale = try exchanges.meet(
                self,
                certificate.node,
                hello,
                receipt.streamHeader
            )
        }
        exchanges.begin(self)
    }

    /// Whether its hello should have been whole by now, and is not.
    func isLate(at now: ContinuousClock.Instant) -> Bool {
        session.peer == nil && now - began > LineLimits.helloTime
    }

    // MARK: The request

    func receive(_ piece: [UInt8]) throws {
        try checkEnd()
        bytesIn += piece.count
        gathered += piece
        let now = ContinuousClock.now
        // Who speaks is judged at once; after that few commits matter more.
        guard
            session.peer == nil || gathered.count >= LineLimits.pieceBytes
                || now - lastPush >= LineLimits.gatherTime
        else { return }
        lastPush = now
        try refusing {
            try push()
            if isLate(at: now) { throw Refusal(LineRefusal.busy.response) }
        }
    }

    private func push() throws {
        let bytes = gathered
        gathered = []
        try session.push(bytes)
    }

    func finish() throws -> Response {
        try checkEnd()
        return try refusing {
            if !gathered.isEmpty { try push() }
            // A node whose line is slow ends its request early, between two chunks.
            guard session.peer != nil else { throw ReplicationError.damagedBundle }
            try closeSession()
            let source = try session.reply(software: software)
            reply = source
            var response = Response(
                200,
                contentType: HubService.bundleType,
                source: self,
                on: lane,
                .patient
            )
            if replyLimit <= LineLimits.brokenLineBytes {
                source.chunkBytes = LineLimits.smallChunkBytes
                response.recordBytes = LineLimits.smallRecordBytes
            }
            return response
        }
    }

    func abandon() {
        // What was cut off is kept: the next exchange goes on from there.
        if end == nil, problem == nil, !gathered.isEmpty { try? push() }
        problem = problem ?? .cut
        depart()
    }

    // MARK: The reply

    func next() throws -> [UInt8]? {
        try checkEnd()
        guard let reply, reply.taken < replyLimit else { return nil }
        let rest = min(replyLimit - reply.taken, LineLimits.pieceBytes)
        return try reply.next(atMost: rest)
    }

    private func closeSession() throws {
        guard !isClosed else { return }
        isClosed = true
        try session.close()
        exchanges.count(session.summary)
    }

    /// The end of the reply, whether or not all of it was sent.
    func close() {
        if let reply, !reply.isWhole, reply.taken < replyLimit { problem = .cut }
        depart()
    }

    // MARK: Ends

    /// Ends the exchange from outside: what it has brought is kept, and its line learns why.
    func end(_ end: End) {
        self.end = end
        if !gathered.isEmpty { try? push() }
        problem = end == .busy ? .busy(retryAfterSeconds: 0) : .cut
        depart()
    }

    private func checkEnd() throws {
        switch end {
        case .busy: throw Refusal(LineRefusal.busy.response)
        case .replaced: throw Refusal(LineRefusal(status: 409, .cut).response)
        case nil: return
        }
    }

    /// Runs a step; what it throws is told to the node in a word.
    private func refusing<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let refusal as Refusal {
            problem = .busy(retryAfterSeconds: 0)
            throw refusal
        } catch {
            let refusal = LineRefusal(error) ?? LineRefusal(status: 500, .hubFailed)
            problem = refusal.problem
            log.write(
                refusal.status >= 500 ? .error : .warning,
                "sync-refused",
                [
                    ("node", (node ?? Self.node(of: error))?.description ?? "-"),
                    ("problem", refusal.problem.code),
                    ("reason", LineLog.reason(error)),
                ],
                causedBy: subscriber
            )
            throw Refusal(refusal.response)
        }
    }

    /// Whom a refusal is about who has signed a hello and was not met.
    private static func node(of error: any Error) -> NodeID? {
        switch error {
        case ExchangeError.untrusted(let node), ExchangeError.revoked(let node),
            ExchangeError.rightsChanged(let node):
            node
        default: nil
        }
    }

    private var isGone = false

    private func depart() {
        guard !isGone else { return }
        isGone = true
        do {
            try closeSession()
        } catch {
            problem = problem ?? LineRefusal(error)?.problem ?? .hubFailed
            log.write(
                .error,
                "sync-close",
                [("reason", LineLog.reason(error))],
                causedBy: subscriber
            )
        }
        exchanges.leave(self)
        note()
    }

    private func note() {
        guard let peer = session.peer else { return }
        if !session.isStale { note(peer.node) }
        let summary = session.summary
        log.write(
            .info,
            "sync",
            [
                ("node", peer.node.description), ("in", "\(bytesIn)"),
                ("out", "\(reply?.taken ?? 0)"), ("segments", "\(summary.applied)"),
                ("entries", "\(summary.entries)"), ("refused", "\(summary.refused.count)"),
                ("whole", "\(summary.isComplete)"), ("stale", "\(session.isStale)"),
                ("problem", problem?.code ?? "-"),
                ("ms", LineLog.milliseconds(ContinuousClock.now - began)),
            ]
        )
    }

    private func note(_ node: NodeID) {
        let now = store.environment.wall()
        exchanges.note(
            Contact(
                node: node,
                at: problem == nil ? now : nil,
                triedAt: now,
                problem: problem?.code,
                clockOffset: session.summary.clockOffset,
                software: session.hello?.software
            )
        )
    }
}
