package import Causality
package import Replication
import SQLite
package import Sealing

/// A bundle that is written while it is taken, piece by piece: the carrier pulls.
///
/// What is said and what will be sent is decided once, when the source is made. Between two calls
/// no transaction is open, and nothing is held but the sealed bytes of one frame and a place in
/// each log: the line may be slow, and others use the store meanwhile.
package final class BundleSource {
    /// What a bundle is made of, beside what the store holds.
    struct Plan {
        let peer: Certificate
        let kind: Hello.Kind
        /// Who gets a reply has its parent's certificate.
        var showsCertificate = false
        /// In a reply: the hello that it answers.
        var answers: Digest?
        let software: String
        let keys: BundleKeys
        /// The beginning of a segment that the peer has.
        var partial: PartialSegment?
    }

    private let store: Store
    private let plan: Plan
    private var writer: BundleWriter
    private var scopes: ArraySlice<[LogCursor]>
    private var offers: ArraySlice<Int64>
    private var isClosed = false
    /// When the peer's newest certificate was issued, as far as it was known at the beginning.
    private let certifiedAt: UInt64?
    /// Called once when everything was taken.
    private var whenTaken: (() throws -> Void)?
    /// The hash of the bundle's hello, which its reply names.
    package let digest: Digest
    /// Sealed bytes handed out so far.
    package private(set) var taken = 0

    /// Plain bytes of a whole chunk from here on, at most ``ReplicationLimits/chunkBytesMax``.
    package var chunkBytes: Int {
        get { writer.chunkBytes }
        set { writer.chunkBytes = newValue }
    }

    /// Whether the last piece, with the final tag, was handed out.
    package var isWhole: Bool { isClosed && !writer.hasOutput }

    /// Seals what is open, decides what to say and send, and writes the hello.
    init(
        _ store: Store,
        _ plan: Plan,
        turn decide: ([String: VersionVector]) throws -> ExchangeTurn,
        whenTaken: ((_ local: [String: VersionVector], ExchangeTurn, Digest) throws -> Void)? = nil
    ) throws {
        self.store = store
        self.plan = plan
        let peer = plan.peer
        let identity = try store.requireIdentity()
        let (paths, certifiedAt) = try store.reading {
            (
                try store.sharedScopes(with: peer),
                try store.issuedCertificate(of: peer.node)?.issuedAt
            )
        }
        self.certifiedAt = certifiedAt
        if try store.reading({ try store.hasOpenEntries(paths) }) {
            try store.transaction { for path in paths { try store.seal(path) } }
        }
        let decided = try store.reading { () -> Decided in
            let local = try store.stated(paths, to: peer.node)
            let turn = try decide(local)
            return Decided(
                local: local,
                turn: turn,
                partial: try store.heldPartial(of: peer.node).map {
                    PartialSegment(header: $0.header, held: $0.bytes.count)
                },
                scopes: try turn.sends.keys.sorted().map { path in
                    try store.cursors(of: path, lacking: turn.sends[path] ?? .empty)
                },
                offers: plan.kind == .request ? try store.offerNumbers() : [],
                receipts: plan.kind == .request
                    ? try store.receiptsToShow(known: store.remembered(of: peer.node)) : []
            )
        }
        let hello = Hello(
            kind: plan.kind,
            from: identity.node,
            to: peer.node,
            time: store.environment.wall(),
            software: plan.software,
            holdings: decided.turn.holdings,
            partial: decided.partial,
            certificate: plan.showsCertificate ? identity.certificate.bytes : nil,
            answers: plan.answers
        )
        digest = Hash.blake2b(hello.encode())
        writer = try BundleWriter(
            hello: hello,
            to: peer,
            signingKey: identity.signingKey,
            keys: plan.keys
        )
        for notice in decided.turn.notices { writer.write(notice) }
        for receipt in decided.receipts { writer.write(receipt) }
        scopes = decided.scopes[...]
        offers = decided.offers[...]
        if let whenTaken {
            self.whenTaken = { [digest] in try whenTaken(decided.local, decided.turn, digest) }
        }
    }

    /// What is read of the store in one moment.
    private struct Decided {
        let local: [String: VersionVector]
        let turn: ExchangeTurn
        let partial: PartialSegment?
        let scopes: [[LogCursor]]
        let offers: [Int64]
        let receipts: [Receipt]
    }

    /// The next whole chunks: at least one, and no more than `bytes` unless one alone has more.
    ///
    /// Nil when the bundle was taken to its end. After an error the bundle cannot go on; what was
    /// handed out before is valid.
    package func next(atMost bytes: Int = .max) throws -> [UInt8]? {
        while !writer.hasOutput {
            guard !isClosed else {
                try whenTaken?()
                whenTaken = nil
                return nil
            }
            try store.reading { try writeNext() }
        }
        let piece = writer.takeChunks(atMost: bytes)
        taken += piece.count
        return piece
    }

    /// The hello in a chunk of its own, for a request that only asks how far the parent has come:
    /// the bundle ends behind it, without its end.
    ///
    /// Nil when something was handed out before.
    package func helloAlone() -> [UInt8]? {
        guard taken == 0 else { return nil }
        writer.flush()
        let piece = writer.takeChunks(atMost: .max)
        taken += piece.count
        return piece
    }

    /// Writes one more frame, or the end.
    private func writeNext() throws {
        // The hub may have revoked the peer since its hello.
        guard try !store.isRevoked(plan.peer.node) else {
            throw ExchangeError.revoked(plan.peer.node)
        }
        // Or given it other scopes: what was decided goes by the earlier certificate.
        guard try store.issuedCertificate(of: plan.peer.node)?.issuedAt == certifiedAt else {
            throw ExchangeError.rightsChanged(plan.peer.node)
        }
        while let logs = scopes.first {
            guard let next = logs.indices.min(by: { logs[$0].arrival < logs[$1].arrival }) else {
                scopes.removeFirst()
                continue
            }
            var cursor = logs[next]
            let stored = try store.segment(log: cursor.log, first: cursor.first)
            let isLeft = try store.advance(&cursor, behind: stored?.segment)
            if isLeft {
                scopes[scopes.startIndex][next] = cursor
            } else {
                scopes[scopes.startIndex].remove(at: next)
            }
            guard let stored else { continue }
            return write(stored.segment, isRedacted: stored.redaction > 0)
        }
        while let number = offers.popFirst() {
            guard let (segment, isRedacted) = try store.unsettled(number) else { continue }
            return writer.write(segment, isRedacted: isRedacted, isOffer: true)
        }
        writer.close()
        isClosed = true
    }

    private func write(_ segment: Segment, isRedacted: Bool) {
        let partial = plan.partial
        let held = partial?.header == segment.chainHash ? partial?.held ?? 0 : 0
        writer.write(
            segment,
            isRedacted: isRedacted,
            from: held <= segment.compressed.count ? held : 0
        )
    }

    /// Takes everything.
    package func write(to sink: ([UInt8]) throws -> Void) throws {
        while let piece = try next() { try sink(piece) }
    }
}

/// How far one log of a scope was sent.
struct LogCursor {
    let log: Int64
    /// The next segment to send, and when it arrived here.
    var first: UInt64
    var arrival: Int64
    /// What was held when the bundle began.
    let through: UInt64
}

extension Store {
    /// Hands over every held segment of a scope that a vector lacks, in causal order.
    ///
    /// A log that the vector knows under another history is sent from its beginning on: the
    /// receiver finds the fork.
    package func segments(
        of path: String,
        lacking vector: VersionVector,
        _ send: (Segment, _ isRedacted: Bool) throws -> Void
    ) throws {
        var logs = try cursors(of: path, lacking: vector)
        while let next = logs.indices.min(by: { logs[$0].arrival < logs[$1].arrival }) {
            let stored = try segment(log: logs[next].log, first: logs[next].first)
            if try !advance(&logs[next], behind: stored?.segment) { logs.remove(at: next) }
            if let stored { try send(stored.segment, stored.redaction > 0) }
        }
    }

    /// Where to begin in each log of a scope of which the vector lacks something.
    ///
    /// Found through the index of each log: what it costs follows from what is lacking, not from
    /// what is held.
    func cursors(of path: String, lacking vector: VersionVector) throws -> [LogCursor] {
        guard let scope = try scopeNumber(path) else { return [] }
        return try logs(inScope: scope).compactMap { log in
            let held = try common(vector, log)
            guard held < log.seq, let arrival = try arrival(log: log.n, first: held + 1) else {
                return nil
            }
            return LogCursor(log: log.n, first: held + 1, arrival: arrival, through: log.seq)
        }
    }

    /// Moves on behind a segment; false at the end of what was held when the cursor was made, and
    /// where the log was cut back since.
    func advance(_ cursor: inout LogCursor, behind segment: Segment?) throws -> Bool {
        guard let last = segment?.header.last, last < cursor.through,
            let arrival = try arrival(log: cursor.log, first: last + 1)
        else { return false }
        cursor.first = last + 1
        cursor.arrival = arrival
        return true
    }

    private func arrival(log: Int64, first: UInt64) throws -> Int64? {
        try db.cached("SELECT arrival FROM segment WHERE log = ?1 AND first = ?2")
            .bind(all: log, Int64(first)).first { $0.integer(0) }
    }

    /// How far the receiver's history of a log is ours; 0 where it is another one.
    private func common(_ vector: VersionVector, _ log: LogRow) throws -> UInt64 {
        guard let element = vector.element(for: log.id) else { return 0 }
        if element.seq > log.seq { return element.seq }
        return try holds(element, of: log) ? element.seq : 0
    }
}
