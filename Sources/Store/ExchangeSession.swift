import Causality
package import Replication
import SQLite
package import Sealing

/// One side of an exchange with the store: takes what a bundle yields, and keeps it.
///
/// Feed it with ``push(_:)``, then call ``close()`` whether or not the bundle was whole. What
/// ``push(_:)`` has taken is kept when it returns, also by an error of the bundle's; no transaction is
/// open between two calls, unless several bundles share commits (``Store/sharingCommits(_:)``).
package final class ExchangeSession {
    /// Compressed bytes that may share a transaction.
    private static let groupBytesMax = 1 << 20

    /// Called when the peer is known and trusted, before anything of it is taken; an error refuses
    /// it.
    package var whenMet: ((Certificate, Hello, Receipt) throws -> Void)?
    /// Whether the peer has said something later already.
    ///
    /// It is served, and what it states of itself is not kept: whoever carried a bundle may bring
    /// it again.
    package var isStale = false

    let store: Store
    private var reader: BundleReader
    private let lookup = StoreLookup()
    private(set) var receiver: ExchangeReceiver
    private var groupBytes = 0
    /// Where several bundles share a commit; nil where this one commits by itself.
    private let shared: SharedCommit?
    /// Whether the open transaction was begun for this bundle: it can be undone as a whole.
    private var ownsTransaction = false
    /// Whether a savepoint keeps what earlier bundles of a shared commit brought.
    private var isProtected = false
    private(set) var progress = ExchangeProgress()
    /// ``progress`` as far as no error can undo it.
    private var kept = ExchangeProgress()
    package private(set) var peer: Certificate?
    /// A node that this hub has revoked, whose bundle a person has brought: what it holds is set
    /// aside, and nothing else is heard of it.
    package private(set) var lateNode: NodeID?
    package private(set) var hello: Hello?
    /// What the peer's hello says that it holds, where that is known.
    private var statedVectors: [String: VersionVector]?
    /// Whether it is known what the peer holds: it has said so, in words that are understood here.
    package var isPeerUnderstood: Bool { statedVectors != nil }
    /// What this hub has stated earlier, as far as the peer shows it.
    private var statedEnds = StatedEnds()
    /// The segment whose beginning is kept of this peer.
    private var resumable: Digest?
    /// Whether the peer is the parent, whose branch of a fork stands.
    private var isAsking = false
    /// Whether the bundle comes from a folder, to which a person has brought it.
    private let isFromFolder: Bool

    /// What the bundle has brought; what an error has undone is not counted.
    package var summary: ExchangeSummary { progress.summary }

    /// The answering side: a hub that is spoken to.
    package convenience init(answering store: Store) throws {
        try self.init(store) { _ in .answering }
    }

    /// The asking side: reads the parent's welcome to its own request.
    package convenience init(asking store: Store, request: Digest) throws {
        try self.init(store) { identity in
            guard let parent = identity.parent else { throw StoreError.notEnrolled }
            return .asking(parent: parent.node, request: request)
        }
    }

    /// Reads a bundle that lies somewhere, of a child or of the parent.
    ///
    /// With `shared`, what it brings is certain only when that has committed.
    package convenience init(reading store: Store, shared: SharedCommit? = nil) throws {
        try self.init(store, shared, isFromFolder: true) { .reading(parent: $0.parent?.node) }
    }

    private init(
        _ store: Store,
        _ shared: SharedCommit? = nil,
        isFromFolder: Bool = false,
        role: (Identity) throws -> ExchangeReceiver.Role
    ) throws {
        self.store = store
        self.shared = shared
        self.isFromFolder = isFromFolder
        let identity = try store.requireIdentity()
        reader = Self.reader(store, identity, lookup)
        receiver = ExchangeReceiver(try role(identity), at: identity.node)
    }

    private static func reader(
        _ store: Store,
        _ identity: Identity,
        _ lookup: StoreLookup
    ) -> BundleReader {
        BundleReader(key: identity.openingKey) { header in
            lookup.find { try store.heldPartial(header: header) }
        } certificate: { node in
            lookup.find { try store.reading { try store.knownCertificate(of: node) } }
        }
    }

    /// The hash of the peer's hello, which a reply names.
    package var helloDigest: Digest? { receiver.helloDigest }

    /// Takes the next bytes of the bundle, however they are cut.
    package func push(_ bytes: some Collection<UInt8>) throws {
        do {
            try protect()
            try reader.push(bytes) { event in
                let action = try receiver.receive(event)
                do {
                    try perform(action)
                } catch {
                    undo()
                    throw error
                }
            }
        } catch {
            // What came before a damage is whole and signed.
            try settlePiece()
            throw lookup.failure ?? error
        }
        try settlePiece()
    }

    /// Others may save before the next piece comes: they must not join a transaction of this bundle.
    private func settlePiece() throws {
        if shared == nil { try flush() }
    }

    private func perform(_ action: ExchangeReceiver.Action) throws {
        switch action {
        case .meet(let hello, let certificate, let receipt):
            try meet(hello, certificate, receipt)
        case .apply(let segment, let isRedacted):
            try grouped(segment) { try apply(segment, isRedacted: isRedacted) }
        case .consider(let segment, let isRedacted):
            try grouped(segment) {
                let refusal = try store.consider(
                    segment,
                    isRedacted: isRedacted,
                    stated: statedEnds
                )
                guard let refusal else { return }
                progress.summary.refused.append(refusal)
                note(.refused, segment, number: segment.header.first)
            }
        case .note(let notice): progress.summary.notices.append(notice)
        case .recall(let receipt):
            let key = try store.requireIdentity().certificate.signingKey
            guard receipt.isSigned(by: key) else { return }
            statedEnds.add(receipt)
            try store.leaveOutrunLogs(stated: receipt.vectors, isProven: true)
        case .finish: progress.summary.isComplete = true
        }
    }

    private func meet(_ hello: Hello, _ certificate: Certificate, _ receipt: Receipt) throws {
        isAsking = hello.kind == .reply
        progress.summary.clockOffset = Int64(hello.time) - Int64(store.environment.wall())
        // Another process may have revoked the node a moment ago.
        let vectors = try store.reading { () -> [String: VersionVector]? in
            do {
                try judge(certificate)
            } catch ExchangeError.revoked(let node) where isFromFolder {
                lateNode = node
                return nil
            }
            resumable = try store.heldPartial(of: certificate.node)?.header
            let stated = try store.vectors(stated: hello.holdings, by: certificate)
            guard !isAsking else { return stated }
            // Of other scopes a child has nothing to say.
            let shared = Set(try store.sharedScopes(with: certificate))
            return stated?.filter { shared.contains($0.key) }
        }
        guard lateNode == nil else { return }
        try whenMet?(certificate, hello, receipt)
        peer = certificate
        self.hello = hello
        if isAsking {
            progress.receipt = receipt
            kept.receipt = receipt
        }
        statedVectors = vectors
        if let vectors { try store.leaveOutrunLogs(stated: vectors, isProven: isAsking) }
    }

    private func judge(_ certificate: Certificate) throws {
        guard try store.isTrusted(certificate) else {
            throw ExchangeError.untrusted(certificate.node)
        }
        guard try !store.isRevoked(certificate.node) else {
            throw ExchangeError.revoked(certificate.node)
        }
        // The tree has no other ways: a node speaks with its hub, a hub with those it enrolled.
        guard try isAsking || certificate.issuer == store.requireIdentity().node else {
            throw ExchangeError.untrusted(certificate.node)
        }
    }

    /// Several segments share a transaction, up to a size that a crash may cost.
    private func grouped(_ segment: Segment, _ body: () throws -> Void) throws {
        try begin()
        try keepReceipt()
        try body()
        groupBytes += segment.compressed.count
        if isGroupFull { try flush() }
    }

    private func begin() throws {
        guard !store.db.isInTransaction else { return }
        try store.begin()
        ownsTransaction = true
    }

    /// What follows a change of the roster is judged by the roster as it is then.
    private var isGroupFull: Bool {
        groupBytes + (shared?.bytes ?? 0) >= Self.groupBytesMax || store.cache.isRosterDirty
    }

    /// Whatever becomes of this bundle, those before it in a shared commit are kept.
    private func protect() throws {
        guard shared != nil, !isProtected, !ownsTransaction, store.db.isInTransaction else {
            return
        }
        try store.beginPart()
        isProtected = true
    }

    /// The proof of what the parent holds is here no later than what it has sent.
    private func keepReceipt() throws {
        guard let receipt = progress.receipt else { return }
        try store.keep(receipt)
        progress.receipt = nil
    }

    /// Commits what was applied so far.
    private func flush() throws {
        guard store.db.isInTransaction else { return }
        do {
            try store.commit()
        } catch {
            undo()
            throw error
        }
        shared?.noteCommit()
        endGroup()
    }

    /// At the bundle's end: commits, or leaves that to the bundles that share the commit.
    private func finish() throws {
        guard let shared, store.db.isInTransaction, !isGroupFull else { return try flush() }
        if isProtected { try store.keepPart() }
        let isFull = shared.add(groupBytes)
        endGroup()
        if isFull { try flush() }
    }

    private func undo() {
        if isProtected { store.undoPart() } else { store.rollback() }
        let told = progress.summary
        progress = kept
        progress.summary.notices = told.notices
        progress.summary.clockOffset = told.clockOffset
        endGroup()
    }

    private func endGroup() {
        kept = progress
        groupBytes = 0
        ownsTransaction = false
        isProtected = false
    }

    private func apply(_ segment: Segment, isRedacted: Bool) throws {
        if segment.chainHash == resumable { progress.isResumed = true }
        let sender = peer?.node ?? lateNode
        // One that completes a proven chain brings in those before it, which were set aside.
        let apply = { [self] in
            let held = try store.log(segment.header.log)?.seq ?? 0
            let outcome = try store.apply(
                segment,
                isRedacted: isRedacted,
                from: sender,
                stated: statedEnds
            )
            if outcome == .applied, let log = try store.log(segment.header.log), log.seq > held {
                progress.summary.entries += Int(log.seq - held)
            }
            return outcome
        }
        var outcome = try apply()
        if case .fork(let log) = outcome, isAsking, log == segment.header.log {
            // The parent's branch stands: this side's gives way.
            try store.yieldBranch(to: segment.header)
            progress.summary.healedLogs.append(log)
            outcome = try apply()
        }
        switch outcome {
        case .applied:
            progress.summary.applied += 1
        case .held:
            progress.summary.held += 1
        case .quarantined:
            progress.summary.quarantined += 1
            note(.revoked, segment, number: 0)
        case .refused(let refusal):
            progress.summary.refused.append(refusal)
            note(.refused, segment, number: segment.header.first)
        case .gap(let held):
            progress.summary.gaps += 1
            note(.resend, segment, number: held)
        case .missing(let log):
            progress.summary.gaps += 1
            answer(Notice(.missing, log: log.rawValue))
        case .fork(let log):
            progress.forks.insert(log)
            answer(Notice(.fork, log: log.rawValue, number: segment.header.first))
        }
    }

    private func note(_ code: Notice.Code, _ segment: Segment, number: UInt64) {
        answer(Notice(code, log: segment.header.log.rawValue, number: number))
    }

    private func answer(_ notice: Notice) {
        let answers = progress.answerNotices
        guard answers.count < ReplicationLimits.noticesMax / 2,
            !answers.contains(where: { $0.code == notice.code && $0.log == notice.log })
        else { return }
        progress.answerNotices.append(notice)
    }

    /// Ends the reading: commits, keeps the segment that a cut left in the middle, writes again
    /// what a fork has set aside.
    ///
    /// Of a bundle whose sender nobody here knows, or which says that nothing has changed, there is
    /// nothing to keep: the file is not written, and whoever writes it meanwhile is not waited for.
    package func close() throws {
        guard peer != nil || lateNode != nil else { return try finish() }
        guard try hasSomethingToKeep() else { return }
        do {
            try protect()
            try begin()
            try store.finishHealing()
            try store.finishErasures()
            try store.raiseCuts()
            try store.takeUpAbandoned()
            try store.settleReturned()
            if let peer { try keepWords(of: peer) }
            try finish()
        } catch {
            undo()
            throw error
        }
        try store.emptyAfterRedaction()
    }

    private func hasSomethingToKeep() throws -> Bool {
        guard let peer, let hello, case .digest = hello.holdings, !store.db.isInTransaction,
            shared == nil, reader.partial == nil, progress.forks.isEmpty,
            summary.applied + summary.quarantined + summary.notices.count == 0,
            summary.healedLogs.isEmpty
        else { return true }
        return try store.reading {
            try store.heldPartial(of: peer.node) != nil || store.hasLooseEnds()
                || hasStatedNews(peer)
        }
    }

    /// Whether the peer states what it was not known to hold: a digest can say for the first time that
    /// everything that was sent has arrived.
    private func hasStatedNews(_ peer: Certificate) throws -> Bool {
        guard !isStale, let statedVectors else { return false }
        return try store.remembered(of: peer.node) != statedVectors
    }

    /// Keeps what the peer has said of itself, and decides what waits for its word.
    private func keepWords(of peer: Certificate) throws {
        // A bundle that was whole has left nothing to go on with.
        let isSettled = summary.isComplete || progress.isResumed
        try store.keepPartial(of: peer.node, reader.partial, isSettled: isSettled)
        guard !isStale else { return }
        // What the writer has written again came in this bundle too: it is not taken up as well.
        if !isAsking, summary.isComplete, let statedVectors {
            try store.settleBranches(of: peer.node, stated: statedVectors, at: hello?.time ?? 0)
        }
        if let hello, case .vectors(let vectors) = hello.holdings {
            try keepReceipt()
            if isAsking { try store.forgetReceipts() }
            try store.remember(vectors, of: peer.node)
        } else if let statedVectors {
            try store.remember(statedVectors, of: peer.node)
        }
        if isAsking {
            let told = summary.notices.filter { $0.code == .fork }.map { LogID($0.log) }
            try store.refetch(
                progress.forks.union(told).subtracting(summary.healedLogs),
                isWhole: summary.isComplete
            )
            guard summary.isComplete else { return }
            try store.finishHandingOver(answers: hello?.answers, notices: summary.notices)
        }
    }
}
