import HTTP
import Replication
import Sealing
import Store

/// The bounds of what a hub does at once for nodes on a line.
package enum LineLimits {
    /// Exchanges under way with nodes that are known; one a node.
    ///
    /// All nodes of a commune may come at once. Each holds at most ``sessionBytes``, so all together
    /// some 290 MB where every node sends the largest segments there are; with those that nodes
    /// write, 64 KiB, about 32 MB.
    package static let sessionsMax = 128
    /// A card or the answer to a call, whole.
    static let answerTime: Duration = .seconds(60)
    /// Of one exchange: the bytes not yet taken, and one segment coming or going.
    package static let sessionBytes =
        2 * pieceBytes + 2 * ReplicationLimits.compressedBytesMax
    /// Bodies whose hello is not here yet; beyond it the oldest gives way of the line that has most:
    /// an honest hello comes with the first piece.
    ///
    /// Each costs at most a hello, 256 KiB.
    package static let strangersMax = 128
    /// How long a hello may take until it is whole.
    static let helloTime: Duration = .seconds(60)
    /// Bytes that are gathered before they are applied, so that a fast line needs few commits.
    package static let pieceBytes = 64 << 10
    /// A request or reply of at most so many bytes goes over a line that breaks often: it has small
    /// chunks, and over TLS small records, as of neither anything can be read before it is whole.
    static let brokenLineBytes = 64 << 10
    /// Plain bytes of such a chunk: with what HTTP and TLS add it fills one packet.
    static let smallChunkBytes = 1 << 10
    /// Plain bytes of such a record.
    static let smallRecordBytes = 1_400
    /// How long bytes wait at most for more of them.
    package static let gatherTime: Duration = .seconds(1)
    /// Bytes of one bundle; the protocol itself has no such limit.
    package static let requestBytesMax = 1 << 30
    /// Seconds that a node is told to wait when too many are served.
    package static let busySeconds = 5...20
    /// A contact is written at once where the one in the file is older than so many milliseconds,
    /// or says something else: whoever looks sees a node's first exchange, and a new trouble, soon.
    package static let contactAge: UInt64 = 60_000
    /// Bundles of a node that are known again when they come again.
    package static let hellosMax = 16
    /// A node whose clock was ahead by more milliseconds, and is so no longer, speaks anew.
    package static let clockAheadMax: UInt64 = 24 * 3_600_000
    /// So does one whose clock was ahead by more than this, and is within as much of the hub's now.
    package static let clockTolerance = UInt64(PeerStatus.clockTolerance)
    /// How long the beginning of a segment is kept for a node that does not come back.
    package static let partialAge: UInt64 = 30 * 24 * 3_600_000
}

/// What the hub knows of the exchanges under way.
///
/// Used on the store's lane alone, by one job at a time: hence `@unchecked Sendable`.
final class HubExchanges: @unchecked Sendable {
    private let store: Store
    private let sessionsMax: Int
    private var met: [NodeID: HubExchange] = [:]
    /// What each node has said of itself last.
    private var heard: [NodeID: Heard] = [:]
    /// The one that has waited longest first.
    private var strangers: [HubExchange] = []
    private let lane: Lane
    private let log: LineLog
    /// Noted since the last writing.
    private var contacts: [NodeID: Contact] = [:]
    /// What the file says, as far as it was written here.
    private var written: [NodeID: Contact]
    /// Whether a writing waits for its turn on the lane.
    private var isWritingSoon = false
    private(set) var counters = HubCounters()

    init(_ store: Store, sessionsMax: Int, lane: Lane, log: LineLog) throws {
        self.store = store
        self.sessionsMax = sessionsMax
        self.lane = lane
        self.log = log
        written = try store.contacts()
    }

    var active: Int { met.count }

    /// Begins an exchange of which nothing is known yet.
    func begin(_ exchange: HubExchange) {
        while let first = strangers.first, first.isLate(at: exchange.began) { crowdOut(at: 0) }
        strangers.append(exchange)
        guard strangers.count > LineLimits.strangersMax else { return }
        // Whoever opens many takes the place of his own, and not of a node on a slow line. Where each
        // address holds one, the latest is a node most often, and the oldest none.
        var held: [String: Int] = [:]
        for stranger in strangers { held[stranger.subscriber, default: 0] += 1 }
        let most = held.values.max() ?? 0
        guard let index = strangers.firstIndex(where: { held[$0.subscriber] == most }) else {
            return
        }
        crowdOut(at: index)
    }

    private func crowdOut(at index: Int) {
        let stranger = strangers.remove(at: index)
        stranger.end(.busy)
        counters.crowdedOut += 1
        log.write(
            .warning,
            "sync-crowded",
            [("from", stranger.subscriber), ("strangers", "\(strangers.count)")],
            // Whoever has many addresses fills no log either.
            causedBy: "strangers"
        )
    }

    /// The latest hello of a node, by the node's own clock.
    private struct Heard {
        var time: UInt64
        /// Of its last few bundles, the latest last: each has a random one, signed with its hello.
        var headers: [StreamHeader] = []

        mutating func add(_ header: StreamHeader) {
            if headers.count >= LineLimits.hellosMax { headers.removeFirst() }
            headers.append(header)
        }
    }

    /// Whether a node has said something later than this hello; a bundle that comes again is refused.
    private func hear(_ node: NodeID, _ hello: Hello, _ header: StreamHeader) throws -> Bool {
        let now = store.environment.wall()
        // After a start the file says when it was heard last.
        var known =
            heard[node]
            ?? written[node].map { contact in
                let offset = Int64(clamping: contact.triedAt).addingReportingOverflow(
                    contact.clockOffset ?? 0
                )
                return Heard(time: UInt64(clamping: offset.partialValue))
            } ?? Heard(time: 0)
        guard !known.headers.contains(header) else {
            counters.repeated += 1
            throw Refusal(LineRefusal(status: 409, .cut).response)
        }
        known.add(header)
        let ahead = known.time - min(now, known.time)
        let tolerance = LineLimits.clockTolerance
        // Only what was said just now has the time of now: an old bundle is not taken for it.
        let isNow = hello.time + tolerance >= now && hello.time <= now + tolerance
        let wasAhead = ahead > LineLimits.clockAheadMax || ahead > tolerance && isNow
        let isStale = hello.time < known.time && !wasAhead
        if !isStale { known.time = hello.time }
        heard[node] = known
        return isStale
    }

    /// Takes a node's exchange in.
    ///
    /// A node has one at a time, and the later one counts: the earlier is most often the rest of a
    /// line that broke without the hub's noticing. What it brought is kept first. Returns whether
    /// the node has said something later: whoever has an old bundle of it replaces nothing.
    func meet(
        _ exchange: HubExchange,
        _ node: NodeID,
        _ hello: Hello,
        _ header: StreamHeader
    ) throws -> Bool {
        strangers.removeAll { $0 === exchange }
        let isStale = try hear(node, hello, header)
        guard !isStale || met[node] == nil else {
            throw Refusal(LineRefusal(status: 409, .cut).response)
        }
        if let earlier = met.removeValue(forKey: node) {
            earlier.end(.replaced)
            counters.replaced += 1
        }
        guard met.count < sessionsMax else {
            counters.busy += 1
            let refusal = LineRefusal.busy
            if !isStale { noteTurnedAway(node, hello, refusal.problem) }
            throw Refusal(refusal.response)
        }
        met[node] = exchange
        return isStale
    }

    /// The node was here, and is no silent one.
    private func noteTurnedAway(_ node: NodeID, _ hello: Hello, _ problem: SyncProblem) {
        let now = store.environment.wall()
        note(
            Contact(
                node: node,
                triedAt: now,
                problem: problem.code,
                clockOffset: Int64(clamping: hello.time) - Int64(clamping: now),
                software: hello.software
            )
        )
        log.write(
            .info,
            "sync-refused",
            [("node", node.description), ("problem", problem.code)]
        )
    }

    func leave(_ exchange: HubExchange) {
        strangers.removeAll { $0 === exchange }
        if let node = exchange.node, met[node] === exchange { met[node] = nil }
    }

    /// Notes how an exchange ended; what is news is written as soon as the lane is free, with that
    /// of others, the rest now and then.
    ///
    /// So a hundred nodes that come at once cost few commits, and one that asks again and again none.
    func note(_ contact: Contact) {
        var merged = contact
        if let known = contacts[contact.node] {
            merged.at = contact.at ?? known.at
            merged.clockOffset = contact.clockOffset ?? known.clockOffset
            merged.software = contact.software ?? known.software
        }
        contacts[contact.node] = merged
        if contact.problem == nil { counters.done += 1 } else { counters.failed += 1 }
        guard isNews(merged), !isWritingSoon else { return }
        isWritingSoon = true
        lane.async(.patient) { [self] in
            isWritingSoon = false
            writeContacts()
        }
    }

    private func isNews(_ contact: Contact) -> Bool {
        guard let seen = written[contact.node] else { return true }
        // A clock that was set back makes everything news, once.
        return contact.problem != seen.problem || (contact.at != nil && seen.at == nil)
            || contact.isClockOff != seen.isClockOff || contact.triedAt < seen.triedAt
            || contact.triedAt - seen.triedAt >= LineLimits.contactAge
    }

    func count(_ summary: ExchangeSummary) {
        counters.segments += summary.applied
        counters.entries += summary.entries
        counters.refusedSegments += summary.refused.count
    }

    /// Writes what was noted since the last time, in one transaction.
    func writeContacts() {
        do {
            try store.note(Array(contacts.values))
            written.merge(contacts) { $1 }
            contacts = [:]
        } catch {
            // Tried again with the next one.
            log.write(.error, "contacts", [("reason", LineLog.reason(error))])
        }
    }
}

/// What a hub has done for its nodes since it started.
package struct HubCounters: Hashable, Sendable {
    package var done = 0
    package var failed = 0
    /// Exchanges that a later one of the same node has replaced.
    package var replaced = 0
    /// Bundles that somebody has sent once more.
    package var repeated = 0
    /// Nodes that were told to come back.
    package var busy = 0
    /// Bodies without a hello that gave way to others.
    package var crowdedOut = 0
    package var segments = 0
    package var entries = 0
    package var refusedSegments = 0
}
