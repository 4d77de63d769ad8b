import Causality
import Replication
import SQLite
import Sealing

/// Other writers' branches that lost: kept aside, offered upwards, taken up where nobody has them.
extension Store {
    /// Takes in a branch that a child had to set aside.
    ///
    /// - Returns: why it was not taken, where too much waits already.
    @discardableResult
    func consider(
        _ segment: Segment,
        isRedacted: Bool,
        stated: StatedEnds
    ) throws -> ApplyOutcome.Refusal? {
        let known = try log(segment.header.log)
        guard let (writer, path) = try offeredWriter(segment, known) else { return nil }
        if let known, try isHeld(segment, of: known) { return nil }
        // One that an order explains may come before the order.
        guard try isRedacted || branchPayload(segment, isRedacted: false) != nil else {
            return .badContent
        }
        if try isRevoked(writer.node), writer.issuer == (try requireIdentity()).node {
            return try considerRevoked(
                segment,
                isRedacted: isRedacted,
                of: writer,
                stated: stated
            )
        }
        if let cut = try cut(node: writer.node, log: segment.header.log, in: path),
            segment.header.last > cut
        {
            // Its own hub has to admit it, whoever brings it.
            return try keepLate(segment, isRedacted: isRedacted) ? nil : .tooMuchLate
        }
        guard let log = try known ?? enter(segment) else {
            return segment.header.birth == nil ? nil : .tooManyLogs
        }
        guard try hasRoomForBranch(segment, of: log) else { return .tooManyBranches }
        try quarantine(segment, isRedacted: isRedacted, reason: "branch", isSettled: false)
        if try isAbandoned(log) { try takeUpBranch(of: log) }
        return nil
    }

    /// Whether one more offered segment of a log's writer may wait here.
    ///
    /// A node can make up as many histories of its log as it likes. What is not taken goes on being
    /// offered, and finds its place when others have been written again.
    private func hasRoomForBranch(_ segment: Segment, of log: LogRow) throws -> Bool {
        let isKnown = try db.cached("SELECT 1 FROM quarantine WHERE header = ?1")
            .bind(all: segment.headerBytes).first { _ in true }
        if isKnown != nil { return true }
        let waiting = try db.cached(
            """
            SELECT count(*), coalesce(sum(length(q.payload)), 0)
            FROM quarantine q JOIN log l ON l.id = q.log
            WHERE q.reason = 'branch' AND q.is_settled = 0 AND l.node = ?1
            """
        ).bind(all: Int64(bitPattern: log.node.rawValue)).first { ($0.integer(0), $0.integer(1)) }
        guard let (count, bytes) = waiting else { return true }
        return count < Self.branchSegmentsMax && bytes < Self.branchBytesMax
    }

    /// Offered segments of one node that wait to be written again, and their compressed bytes.
    static let branchSegmentsMax: Int64 = 4_096
    static let branchBytesMax: Int64 = 64 << 20

    /// Who has written an offered segment, if he may write it and this node hold it.
    private func offeredWriter(
        _ segment: Segment,
        _ known: LogRow?
    ) throws -> (Certificate, scope: String)? {
        let writer: Certificate
        let path: String
        if let known {
            writer = try Certificate(known.certificate)
            path = try scopePath(known.scope)
        } else {
            let birth = try segment.header.birth ?? birthSetAside(segment.header.log)
            guard let birth, let certificate = try? Certificate(birth.certificate) else {
                return nil
            }
            writer = certificate
            path = birth.scope
        }
        guard try mayWrite(writer, path), try mayHold(path), try isTrusted(writer),
            segment.isSigned(by: writer.signingKey)
        else { return nil }
        return (writer, path)
    }

    /// Notes a log of which nothing is held yet.
    func enter(_ segment: Segment) throws -> LogRow? {
        guard let birth = segment.header.birth else { return nil }
        let writer = try Certificate(birth.certificate)
        let scope = try ensureScope(birth.scope)
        guard try hasRoom(of: writer.node, scope: scope) else { return nil }
        return try insertLog(
            segment.header.log,
            scope: scope,
            node: writer.node,
            certificate: writer.bytes,
            isOpen: false
        )
    }

    /// Whether nobody else will come and write a branch of this log again: its writer is this
    /// database itself, or revoked, or not one of this topmost hub's own nodes.
    private func isAbandoned(_ log: LogRow) throws -> Bool {
        let identity = try requireIdentity()
        let issuer = try Certificate(log.certificate).issuer
        return try log.node == identity.node || (issuer == identity.node && isRevoked(log.node))
            || (identity.parent == nil && issuer != identity.node)
    }

    /// Takes up the branches that this node decides about and whose writers will not come.
    func takeUpAbandoned() throws {
        for id in try unsettledLogs() {
            guard let log = try log(id), try isAbandoned(log) else { continue }
            try transaction { try takeUpBranch(of: log) }
        }
    }

    /// Whether branches wait here to be written again by somebody.
    package var hasUnsettledBranches: Bool {
        get throws { try !unsettledLogs().isEmpty }
    }

    /// Whether the end of an exchange has to look after something, whatever the exchange brought:
    /// lost branches, entries to write again, cuts, logs to fetch from their beginning.
    func hasLooseEnds() throws -> Bool {
        try hasUnsettledBranches || hasHealingToFinish() || !cutsToRaise().isEmpty
            || hasRefetches() || hasErasedInJournal || hasErasureToFinish()
    }

    /// Decides, when a writer shows what it holds, who writes its lost branches again.
    ///
    /// A writer that still has the branch finds the fork itself and writes its entries again. One
    /// that stands on the history that is held here no longer has them: this node takes them up. What
    /// a writer said before it had the branch, in a bundle that comes late or twice, decides nothing:
    /// it says less than the branch, or at a time before it.
    ///
    /// `time`: of the hello, milliseconds since 1970 by the writer's clock.
    func settleBranches(
        of node: NodeID,
        stated: [String: VersionVector],
        at time: UInt64
    ) throws {
        for id in try unsettledLogs() {
            guard let log = try log(id), log.node == node else { continue }
            let ends = try unsettledEnds(of: id)
            let element = stated[try scopePath(log.scope)]?.element(for: id)
            let end = ends.map(\.element.seq).max() ?? 0
            // As far as the branch, or as far as what stands: behind neither is it said too early.
            guard (element?.seq ?? 0) >= min(end, log.seq),
                !ends.contains(where: { $0.element.hash == element?.hash }),
                isLater(time, than: ends.map(\.time))
            else { continue }
            try transaction { try takeUpBranch(of: log) }
        }
    }

    /// Whether a hello was written after the last entry of a branch, by the writer's clock for both.
    ///
    /// A branch of a time far ahead was written while that clock was wrong, and says nothing of
    /// before and after.
    private func isLater(_ time: UInt64, than branch: [HybridTime]) -> Bool {
        let last = branch.map(\.milliseconds).max() ?? 0
        return time >= last || last > environment.wall() + HybridClock.aheadMax
    }

    /// Row numbers of the branches that this node cannot decide about, for its parent.
    func offerNumbers() throws -> [Int64] {
        let identity = try requireIdentity()
        let rows = try db.cached(
            """
            SELECT n, log FROM quarantine WHERE reason = 'branch' AND is_settled = 0
            ORDER BY log, first, n
            """
        ).rows { ($0.integer(0), LogID(UInt64(bitPattern: $0.integer(1)))) }
        return try rows.compactMap { n, id in
            guard let log = try log(id) else { return nil }
            return try Certificate(log.certificate).issuer == identity.node ? nil : n
        }
    }

    /// A branch's segment that still waits; nil where it was settled meanwhile.
    func unsettled(_ number: Int64) throws -> (Segment, Bool)? {
        let row = try db.cached(
            """
            SELECT header, signature, payload, is_redacted FROM quarantine
            WHERE n = ?1 AND reason = 'branch' AND is_settled = 0
            """
        ).bind(all: number).first { ($0.blob(0), $0.blob(1), $0.blob(2), $0.integer(3) != 0) }
        guard let row else { return nil }
        let segment = try Segment(
            headerBytes: row.0,
            signature: try Signature(row.1),
            compressed: row.2
        )
        return (segment, row.3)
    }

    /// Settles the branches whose every entry has come back into the log under some name.
    ///
    /// Until then a branch is offered again and again: a parent that had it may have been set back.
    func settleReturned() throws {
        let waiting = try unsettledLogs()
        cache.searches.keepOnly(waiting)
        let orders = try db.cached("SELECT count(*) FROM redacted").first { $0.integer(0) } ?? 0
        var isShort = false
        for id in cache.searches.turns(of: waiting) {
            guard let log = try log(id) else { continue }
            let branch = try unsettledNumbers(of: id)
            if cache.searches[id]?.isAbout(branch, orders: orders) == false {
                cache.searches.end(id)
            }
            let search = try lookFor(
                cache.searches[id] ?? BranchSearch(branch, orders: orders),
                of: log
            )
            if search.isOver, !search.readable.isEmpty {
                try transaction { for number in search.readable { try settle(number) } }
                cache.searches.end(id)
            }
            isShort = isShort || search.needsPortion
        }
        if isShort { cache.searches.endFirst() }
    }

    /// Goes on with the search for a branch's entries as far as the log reaches, or there is room.
    private func lookFor(_ search: BranchSearch, of log: LogRow) throws -> BranchSearch {
        var search = search
        while true {
            if search.needsPortion {
                guard cache.searches.hasRoom else { return search }
                try takePortion(&search)
            }
            while !search.missing.isEmpty,
                let next = try nextSegment(inScope: log.scope, behind: search.arrival)
            {
                for entry in try decode(next) { search.missing.remove(entry) }
                search.arrival = next.arrival
            }
            cache.searches.keep(search, of: log.id)
            for row in try logs(inScope: log.scope) where !search.missing.isEmpty {
                for (_, entry) in try openEntries(log: row.n) { search.missing.remove(entry) }
            }
            guard search.needsPortion else { return search }
        }
    }

    /// Takes up the next segments of a branch, one at least.
    private func takePortion(_ search: inout BranchSearch) throws {
        search.arrival = 0
        while search.taken < search.branch.count {
            let number = search.branch[search.taken]
            let waiting = try unsettled(number)
            let count = search.missing.count + (waiting?.0.header.count ?? 0)
            guard search.missing.isEmpty || count <= cache.searches.portionMax else { return }
            search.taken += 1
            guard let (segment, isRedacted) = waiting,
                let payload = try branchPayload(segment, isRedacted: isRedacted)
            else { continue }
            search.readable.append(number)
            search.missing.add(payload.entries())
        }
    }

    private func nextSegment(inScope scope: Int64, behind arrival: Int64) throws -> StoredSegment? {
        let key = try db.cached(
            """
            SELECT s.log, s.first FROM segment s JOIN log l ON l.n = s.log
            WHERE s.arrival > ?2 AND l.scope = ?1 ORDER BY s.arrival LIMIT 1
            """
        ).bind(all: scope, arrival).first { ($0.integer(0), UInt64(bitPattern: $0.integer(1))) }
        return try key.flatMap { try segment(log: $0.0, first: $0.1) }
    }

    /// Keeps of a branch only that it was settled: its entries stand in the log under other names.
    private func settle(_ number: Int64) throws {
        try db.cached("UPDATE quarantine SET is_settled = 1, payload = x'' WHERE n = ?1")
            .run(number)
    }

    /// The logs of which branches wait.
    private func unsettledLogs() throws -> [LogID] {
        try db.cached(
            "SELECT DISTINCT log FROM quarantine WHERE reason = 'branch' AND is_settled = 0"
        ).rows { LogID(UInt64(bitPattern: $0.integer(0))) }.sorted()
    }

    /// A log's waiting segments, in the order in which they were written; each is read by itself.
    private func unsettledNumbers(of id: LogID) throws -> [Int64] {
        try db.cached(
            """
            SELECT n FROM quarantine
            WHERE log = ?1 AND reason = 'branch' AND is_settled = 0 ORDER BY first, n
            """
        ).bind(all: Int64(bitPattern: id.rawValue)).rows { $0.integer(0) }
    }

    private func unsettledEnds(
        of id: LogID
    ) throws -> [(element: VersionVector.Element, time: HybridTime)] {
        let headers = try db.cached(
            """
            SELECT header FROM quarantine
            WHERE log = ?1 AND reason = 'branch' AND is_settled = 0
            """
        ).bind(all: Int64(bitPattern: id.rawValue)).rows { $0.blob(0) }
        return try headers.map { bytes in
            let hash = Segment.chainHash(ofHeader: bytes)
            let header = try SegmentHeader(bytes)
            return (.init(log: id, seq: header.last, hash: hash.prefix), header.time)
        }
    }

    /// Writes a branch's entries again under this node's own logs, with their author and time.
    ///
    /// Where this node may not write the scope any more, or has no log to spare, they go on waiting.
    func takeUpBranch(of log: LogRow) throws {
        guard try mayWriteAgain(log.scope) else { return }
        try rewriting(scope: log.scope) { rewriter in
            // By the segment that they end with: a log may have lost several histories.
            var lineages: [Digest: Lineage] = [:]
            var continued: Set<Digest> = []
            for number in try unsettledNumbers(of: log.id) {
                guard let (segment, isRedacted) = try unsettled(number),
                    let payload = try branchPayload(segment, isRedacted: isRedacted)
                else { continue }
                let header = segment.header
                var lineage = Lineage()
                if let previous = header.previous, let known = lineages[previous] {
                    lineage = known
                    if !continued.insert(previous).inserted { lineage.target = nil }
                } else if try isHeld(log, endOf: header.previous, at: header.first - 1) {
                    lineage.common = header.first - 1
                }
                guard try lineage.target != nil || mayWriteAgain(log.scope) else { return }
                for (index, entry) in payload.entries().enumerated() {
                    let seq = header.first + UInt64(index)
                    if try self.entry(log: log.n, seq: seq) == entry {
                        lineage.noteIdentical(seq)
                        if lineage.common == seq { continue }
                    }
                    let context = try branchContext(entry, header, seq, lineage)
                    try rewrite(entry, from: log, seq, context: context, &lineage, &rewriter)
                }
                lineages[segment.chainHash] = lineage
                try settle(number)
            }
        }
    }

    private func isHeld(_ segment: Segment, of log: LogRow) throws -> Bool {
        try db.cached("SELECT 1 FROM segment WHERE log = ?1 AND header = ?2")
            .bind(all: log.n, segment.headerBytes).first { _ in true } != nil
    }

    /// Whether the history that is held of a log ends with this hash at this number, or goes on.
    func isHeld(_ log: LogRow, endOf hash: Digest?, at seq: UInt64) throws -> Bool {
        try chainHash(of: log, endingAt: seq).map { $0 == hash } ?? false
    }

    private func branchPayload(_ segment: Segment, isRedacted: Bool) throws -> Payload? {
        let bytes =
            isRedacted ? try explained(segment)?.bytes : try? segment.payloadBytes(decompressor)
        let payload = bytes.flatMap { try? Payload($0, count: segment.header.count) }
        guard let payload, canBeWrittenAgain(payload, segment.header) else { return nil }
        return payload
    }

    /// What the author of a branch's entry had seen, as far as it is held here.
    private func branchContext(
        _ entry: Entry,
        _ header: SegmentHeader,
        _ seq: UInt64,
        _ lineage: Lineage
    ) throws -> VersionVector {
        let seen = entry.seen ?? header.after
        var context = VersionVector()
        for element in seen.elements where element.log != header.log {
            // Only a history that both sides share says what was seen.
            guard let held = try log(element.log), let named = header.after.element(for: held.id),
                named.seq <= held.seq, try holds(named, of: held)
            else { continue }
            let common = min(element.seq, named.seq)
            context.advance(to: .init(log: held.id, seq: common, hash: 0))
        }
        let own = entry.seen == nil ? seq - 1 : seen.seq(of: header.log)
        lineage.add(to: &context, of: header.log, seen: own)
        return context
    }
}
