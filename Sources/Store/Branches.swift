import Causality
import Replication
import SQLite
import Sealing

/// Other writers' branches that lost: kept aside, offered upwards, taken up where nobody has them.
extension Store {
    /// Takes in a branch that a child had to set aside.
    func consider(_ segment: Segment, isRedacted: Bool) throws {
        guard let log = try log(segment.header.log) else { return }
        let writer = try Certificate(log.certificate)
        guard try isTrusted(writer), segment.isSigned(by: writer.signingKey) else { return }
        let held = try db.cached("SELECT 1 FROM segment WHERE log = ?1 AND header = ?2")
            .bind(all: log.n, segment.headerBytes).first { _ in true }
        guard held == nil else { return }
        try quarantine(segment, isRedacted: isRedacted, reason: "branch", isSettled: false)
        if try isAbandoned(log) { try takeUpBranch(of: log) }
    }

    /// Whether nobody else will come and write a branch of this log again: its writer is this
    /// database itself, or revoked, or not one of this topmost hub's own nodes.
    private func isAbandoned(_ log: LogRow) throws -> Bool {
        let identity = try requireIdentity()
        let issuer = try Certificate(log.certificate).issuer
        return log.node == identity.node || (issuer == identity.node && isRevoked(log.node))
            || (identity.parent == nil && issuer != identity.node)
    }

    /// Takes up the branches that this node decides about and whose writers will not come.
    func takeUpAbandoned() throws {
        for id in Set(try unsettled().map(\.header.log)).sorted() {
            guard let log = try log(id), try isAbandoned(log) else { continue }
            try transaction { try takeUpBranch(of: log) }
        }
    }

    /// Whether branches wait here to be written again by somebody.
    package var hasUnsettledBranches: Bool {
        get throws { try !unsettledRows().isEmpty }
    }

    /// Decides, when a writer shows what it holds, who writes its lost branches again.
    ///
    /// A writer that still has the branch finds the fork itself and writes its entries again. One
    /// that stands on the history that is held here no longer has them: this node takes them up.
    func settleBranches(of node: NodeID, stated: [String: VersionVector]) throws {
        let logs = Set(try unsettled().map(\.header.log))
        for id in logs {
            guard let log = try log(id), log.node == node else { continue }
            let element = stated[try scopePath(log.scope)]?.element(for: id)
            let branch = try unsettled().filter { $0.header.log == id }
            let hasBranch = branch.contains { $0.chainHash.prefix == element?.hash }
            if !hasBranch { try transaction { try takeUpBranch(of: log) } }
        }
    }

    /// Branches that this node cannot decide about, for its parent.
    func offers() throws -> [(Segment, Bool)] {
        let identity = try requireIdentity()
        return try unsettledRows().compactMap { segment, isRedacted in
            guard let log = try log(segment.header.log) else { return nil }
            let issuer = try Certificate(log.certificate).issuer
            return issuer == identity.node ? nil : (segment, isRedacted)
        }
    }

    /// Settles the branches whose every entry has come back into the log under some name.
    ///
    /// Until then a branch is offered again and again: a parent that had it may have been set back.
    func settleReturned() throws {
        var wanted: [LogID: Set<Entry>] = [:]
        for (segment, isRedacted) in try unsettledRows() {
            guard let payload = try branchPayload(segment, isRedacted: isRedacted) else { continue }
            wanted[segment.header.log, default: []].formUnion(payload.entries().map(\.content))
        }
        for id in wanted.keys.sorted() {
            guard let log = try log(id), var missing = wanted[id] else { continue }
            for (n, first) in try segmentKeys(scope: log.scope) where !missing.isEmpty {
                guard let stored = try segment(log: n, first: first) else { continue }
                for entry in try decode(stored) { missing.remove(entry.content) }
            }
            for row in try logs(inScope: log.scope) {
                for (_, entry) in try openEntries(log: row.n) { missing.remove(entry.content) }
            }
            if missing.isEmpty { try transaction { try settle(id) } }
        }
    }

    private func settle(_ log: LogID) throws {
        try db.cached("UPDATE quarantine SET is_settled = 1 WHERE log = ?1 AND reason = 'branch'")
            .run(Int64(bitPattern: log.rawValue))
    }

    private func unsettled() throws -> [Segment] {
        try unsettledRows().map(\.0)
    }

    private func unsettledRows() throws -> [(Segment, Bool)] {
        let rows = try db.cached(
            """
            SELECT header, signature, payload, is_redacted FROM quarantine
            WHERE reason = 'branch' AND is_settled = 0 ORDER BY log, first, n
            """
        ).rows { ($0.blob(0), $0.blob(1), $0.blob(2), $0.integer(3) != 0) }
        return try rows.map { row in
            (
                try Segment(
                    headerBytes: row.0,
                    signature: try Signature(row.1),
                    compressed: row.2
                ), row.3
            )
        }
    }

    /// Writes a branch's entries again under this node's own log, with their author and time.
    private func takeUpBranch(of log: LogRow) throws {
        // The scope's open segment keeps its context: what is taken up states its own.
        var rewriter = Rewriter()
        for (segment, isRedacted) in try unsettledRows() where segment.header.log == log.id {
            guard let payload = try branchPayload(segment, isRedacted: isRedacted) else { continue }
            for (index, entry) in payload.entries().enumerated() {
                let seq = segment.header.first + UInt64(index)
                if let held = try self.entry(log: log.n, seq: seq), held == entry {
                    rewriter.noteIdentical(log.id, seq)
                    continue
                }
                let (clipped, whole) = try branchContext(entry, segment.header, seq, log)
                try rewrite(
                    entry,
                    from: log.id,
                    seq,
                    scope: log.scope,
                    context: rewriter.context(clipped, whole: whole),
                    &rewriter
                )
            }
        }
        try settle(log.id)
    }

    private func branchPayload(_ segment: Segment, isRedacted: Bool) throws -> Payload? {
        let bytes =
            isRedacted ? try explained(segment)?.bytes : try? segment.payloadBytes(decompressor)
        return bytes.flatMap { try? Payload($0, count: segment.header.count) }
    }

    /// What the author of a branch's entry had seen: as far as it is held here, and in whole.
    private func branchContext(
        _ entry: Entry,
        _ header: SegmentHeader,
        _ seq: UInt64,
        _ log: LogRow
    ) throws -> (clipped: VersionVector, whole: VersionVector) {
        var whole = entry.seen ?? header.after
        if entry.seen == nil, seq > 1 {
            whole.advance(to: .init(log: log.id, seq: seq - 1, hash: 0))
        }
        var clipped = VersionVector()
        for element in whole.elements {
            guard let held = try self.log(element.log), held.scope == log.scope else { continue }
            // Only a number that both histories share says what was seen: the last common cut.
            let named = header.after.element(for: element.log)
            let common = try commonPrefix(held, upTo: element.seq, named: named, header: header)
            guard common > 0 else { continue }
            clipped.advance(to: .init(log: element.log, seq: common, hash: 0))
        }
        return (clipped, whole)
    }

    /// How far a context's view of a log is the history that is held here.
    private func commonPrefix(
        _ held: LogRow,
        upTo seq: UInt64,
        named: VersionVector.Element?,
        header: SegmentHeader
    ) throws -> UInt64 {
        if held.id == header.log {
            // The branch's own log: common up to where the first segment aside begins.
            let first = try unsettled().filter { $0.header.log == held.id }.map(\.header.first)
                .min()
            return min(seq, (first ?? header.first) - 1, held.seq)
        }
        guard let named, named.seq <= held.seq else { return 0 }
        let cut = try db.cached("SELECT header FROM segment WHERE log = ?1 AND last = ?2")
            .bind(all: held.n, Int64(named.seq)).first { $0.blob(0) }
        guard let cut, Segment.chainHash(ofHeader: cut).prefix == named.hash else { return 0 }
        return min(seq, named.seq)
    }
}

extension Entry {
    /// What stays the same when an entry is written again under another name.
    fileprivate var content: Entry {
        var entry = self
        entry.seen = nil
        return entry
    }
}
