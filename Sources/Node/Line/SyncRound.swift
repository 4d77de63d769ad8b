import Causality
import HTTP
import Replication
import Store

/// What one request and its reply came to.
struct Round {
    var bytesOut = 0
    var bytesIn = 0
    /// The hub's hello came.
    var isAnswered = false
    /// One of the sides has more than before.
    var isAdvance = false
    var isMoreLeft = false
    /// The hub takes none of some log.
    var isRefused = false
    var problem: SyncProblem?
    private var taken = SyncResult()

    mutating func take(_ summary: ExchangeSummary, _ hello: Hello?) {
        taken.segments += summary.applied
        taken.entries += summary.entries
        taken.refused += summary.refused
        taken.quarantined += summary.quarantined
        taken.healedLogs += summary.healedLogs.count
        guard let hello else { return }
        taken.exchanges += 1
        taken.clockOffset = summary.clockOffset
        taken.software = hello.software
    }

    func add(to result: inout SyncResult) {
        result.bytesOut += bytesOut
        result.bytesIn += bytesIn
        result.exchanges += taken.exchanges
        result.segments += taken.segments
        result.entries += taken.entries
        result.refused += taken.refused
        result.quarantined += taken.quarantined
        result.healedLogs += taken.healedLogs
        result.clockOffset = taken.clockOffset ?? result.clockOffset
        result.software = taken.software ?? result.software
    }
}

/// The request as the client asks for it: whole chunks, up to a limit.
///
/// At the limit the body ends between two chunks, without the bundle's end: the hub takes what it
/// has got and answers. Without a limit only the hello is sent.
final class RequestBody: BodySource {
    private let source: BundleSource
    private let store: StoreLane
    private let limit: Int?
    /// What is given at once; libcurl makes one TLS record of it where it is small.
    private let pieceBytes: Int

    init(_ source: BundleSource, _ store: StoreLane, limit: Int?) {
        self.source = source
        self.store = store
        self.limit = limit
        let isSmall = limit.map { $0 <= LineLimits.brokenLineBytes } ?? false
        if isSmall { source.chunkBytes = LineLimits.smallChunkBytes }
        pieceBytes = isSmall ? LineLimits.smallRecordBytes : LineLimits.pieceBytes
    }

    func next() throws -> [UInt8]? {
        guard let limit else { return store.run(.patient) { _ in source.helloAlone() } }
        guard source.taken < limit else { return nil }
        let rest = min(limit - source.taken, pieceBytes)
        return try store.run(.patient) { _ in try source.next(atMost: rest) }
    }

    func close() {}
}

/// The reply as it comes: gathered, so that a fast line needs few commits.
final class ReplyTaker {
    private let session: ExchangeSession
    private let store: StoreLane
    private var gathered: [UInt8] = []
    private var lastPush = ContinuousClock.now
    private(set) var count = 0

    init(_ session: ExchangeSession, _ store: StoreLane) {
        self.session = session
        self.store = store
    }

    func take(_ piece: [UInt8]) throws {
        count += piece.count
        gathered += piece
        let now = ContinuousClock.now
        guard
            gathered.count >= LineLimits.pieceBytes || now - lastPush >= LineLimits.gatherTime
        else { return }
        lastPush = now
        try store.run(.patient) { _ in try push() }
    }

    /// On the store's lane.
    func push() throws {
        guard !gathered.isEmpty else { return }
        let bytes = gathered
        gathered = []
        try session.push(bytes)
    }
}

/// How far the parent is known to have come: differs exactly when an exchange has brought it on.
typealias ParentState = [String: VersionVector]

extension Store {
    func parentState() throws -> ParentState {
        guard let parent = try identity()?.parent else { return [:] }
        return try remembered(of: parent.node) ?? [:]
    }
}
