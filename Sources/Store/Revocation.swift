package import Causality
package import Replication
import SQLite
import Sealing

/// Which segments of a revoked node count: `sync-protocol.md` section 9.5.
extension Store {
    /// Judges a revoked node's segment that is the next of its log, or lies beyond a gap.
    ///
    /// What is not proven is set aside, until a chain of such segments ends where this hub itself
    /// has stated, or cut, its log.
    ///
    /// - Returns: nil where the other checks decide.
    func judgeRevoked(
        _ segment: Segment,
        isRedacted: Bool,
        of writer: Certificate,
        in path: String,
        from peer: NodeID?,
        stated: StatedEnds
    ) throws -> ApplyOutcome? {
        let header = segment.header
        guard let cut = try cut(node: writer.node, log: header.log, in: path) else { return nil }
        let identity = try requireIdentity()
        let isIssuer = writer.issuer == identity.node
        let isBelowCut = header.last <= cut
        // A parent had it from this hub. A person decides by raising the cut first.
        let counts =
            !isIssuer || peer == nil
            ? isBelowCut : peer == identity.parent?.node
        if counts { return nil }
        guard try keepLate(segment, isRedacted: isRedacted) else { return .refused(.tooMuchLate) }
        guard isIssuer else { return .quarantined }
        return try admitProven(segment, of: writer, stated: stated) ?? .quarantined
    }

    /// Sets a revoked node's segment aside for a person; false where too much waits already.
    ///
    /// Whoever has the lost machine could fill the disk otherwise. Each node has its own bound, and
    /// logs that were never seen before one together: a thief's flood leaves others' work its place.
    func keepLate(_ segment: Segment, isRedacted: Bool) throws -> Bool {
        let isKept =
            try db.cached("SELECT 1 FROM quarantine WHERE header = ?1")
            .bind(all: segment.headerBytes).first { _ in true } ?? false
        if !isKept {
            let waiting = try db.cached(
                """
                SELECT count(*), coalesce(sum(length(payload)), 0)
                FROM quarantine q LEFT JOIN log l ON l.id = q.log
                WHERE q.reason = 'revoked'
                    AND l.node IS (SELECT node FROM log WHERE id = ?1)
                """
            ).bind(all: Int64(bitPattern: segment.header.log.rawValue)).first {
                ($0.integer(0), $0.integer(1))
            }
            guard let (count, bytes) = waiting, count < Self.lateSegmentsMax,
                bytes < Self.lateBytesMax
            else { return false }
        }
        try quarantine(segment, isRedacted: isRedacted, reason: "revoked")
        return true
    }

    /// Segments of one revoked node that wait for a person, and their compressed bytes.
    static let lateSegmentsMax: Int64 = 4_096
    static let lateBytesMax: Int64 = 64 << 20

    /// Takes in what leads to a segment at which this hub once held the log, if it is all here.
    ///
    /// - Returns: the outcome for the last segment; nil where nothing is proven.
    private func admitProven(
        _ segment: Segment,
        of writer: Certificate,
        stated: StatedEnds
    ) throws -> ApplyOutcome? {
        let id = segment.header.log
        let end = VersionVector.Element(
            log: id,
            seq: segment.header.last,
            hash: segment.chainHash.prefix
        )
        guard try stated.contains(end) || ownCut(of: writer.node)?.element(for: id) == end else {
            return nil
        }
        let log = try log(id)
        let late = Dictionary(
            try quarantined(id).map { ($0.segment.chainHash, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var chain: [QuarantinedSegment] = []
        var next: Digest? = segment.chainHash
        while let hash = next {
            guard let one = late[hash] else { return nil }
            chain.append(one)
            next = one.segment.header.previous
            if let log, try isHeld(log, endOf: next, at: one.segment.header.first - 1) { break }
        }
        chain.reverse()
        return try isTip(chain.first?.segment.header.previous, of: log)
            ? admit(chain, of: writer.node, to: end) : takeUp(chain, of: id)
    }

    private func isTip(_ previous: Digest?, of log: LogRow?) -> Bool {
        guard let log, log.seq > 0 else { return previous == nil }
        return previous?.bytes == log.hash
    }

    private func admit(
        _ chain: [QuarantinedSegment],
        of node: NodeID,
        to end: VersionVector.Element
    ) throws -> ApplyOutcome {
        let cuts = try ownCut(of: node) ?? .empty
        if cuts.seq(of: end.log) < end.seq {
            try setCut(cuts.merging(VersionVector([end])), of: node)
            forgetRoster()
        }
        for late in chain {
            let outcome = try apply(late.segment, isRedacted: late.isRedacted)
            guard outcome == .applied || outcome == .held else { return outcome }
            try forgetQuarantined(late.n)
        }
        return .applied
    }

    /// A proven chain that contradicts what is held: a branch whose writer will not come.
    private func takeUp(_ chain: [QuarantinedSegment], of id: LogID) throws -> ApplyOutcome? {
        guard let first = chain.first, let log = try log(id) ?? enter(first.segment) else {
            return nil
        }
        for late in chain { try makeBranch(late.n) }
        try takeUpBranch(of: log)
        return .quarantined
    }

    private func makeBranch(_ n: Int64) throws {
        try db.cached("UPDATE quarantine SET reason = 'branch', is_settled = 0 WHERE n = ?1").run(n)
    }

    private func forgetQuarantined(_ n: Int64) throws {
        try db.cached("DELETE FROM quarantine WHERE n = ?1").run(n)
    }

    /// Keeps an offered segment of a node that this hub has revoked, unless it is proven.
    func considerRevoked(
        _ segment: Segment,
        isRedacted: Bool,
        of writer: Certificate,
        stated: StatedEnds
    ) throws -> ApplyOutcome.Refusal? {
        guard try keepLate(segment, isRedacted: isRedacted) else { return .tooMuchLate }
        _ = try admitProven(segment, of: writer, stated: stated)
        return nil
    }

    // MARK: Decided by a person

    /// Revokes a node: each of its logs is cut at what is held now, never lower.
    ///
    /// Others may depend on what is held already; what is wrong in it is corrected by ordinary
    /// changes, or erased. What arrives later is set aside.
    package func revoke(_ node: NodeID, author: String = "", on day: String) throws {
        guard try node != requireIdentity().certificate.node else { throw StoreError.revokesItself }
        try transaction {
            try setState(
                of: node,
                author: author,
                [
                    Cell("state", .text("revoked")),
                    Cell("cut", .bytes(try endsHeld(of: node).encode())),
                    Cell("revoked_on", .text(day)),
                ]
            )
        }
    }

    /// Admits what a revoked node had written in a log and brought too late: raises the cut.
    ///
    /// - Returns: segments that count now.
    package func admit(_ log: LogID, author: String = "") throws -> Int {
        try transaction {
            let late = try quarantined(log)
            guard !late.isEmpty else { throw StoreError.noLateWork(log) }
            let run = try run(of: late, behind: self.log(log))
            guard let last = run.last, let writer = try writer(late) else {
                throw StoreError.nothingToDecide
            }
            let cuts = try ownCut(of: writer.node) ?? .empty
            let cut = cuts.merging(VersionVector([last.segment.element]))
            try setCut(cut, of: writer.node, author: author)
            forgetRoster()
            var count = 0
            for one in run {
                guard try apply(one.segment, isRedacted: one.isRedacted) == .applied else { break }
                try forgetQuarantined(one.n)
                count += 1
            }
            guard count > 0 else { throw StoreError.nothingToDecide }
            guard count < run.count else { return count }
            // Others apply what the cut covers: it covers what this hub could apply, no more.
            let reached = cuts.merging(VersionVector([run[count - 1].segment.element]))
            try setCut(reached, of: writer.node, author: author)
            forgetRoster()
            return count
        }
    }

    /// The segments set aside that follow what is held of a log, without a gap.
    private func run(
        of late: [QuarantinedSegment],
        behind log: LogRow?
    ) throws -> [QuarantinedSegment] {
        var tip = try log.flatMap { $0.seq > 0 ? try Digest($0.hash) : nil }
        var run: [QuarantinedSegment] = []
        for one in late where one.segment.header.previous == tip {
            run.append(one)
            tip = one.segment.chainHash
        }
        return run
    }

    private struct QuarantinedSegment {
        let n: Int64
        let segment: Segment
        let isRedacted: Bool
    }

    private func quarantined(_ log: LogID) throws -> [QuarantinedSegment] {
        let rows = try db.cached(
            """
            SELECT n, header, signature, payload, is_redacted FROM quarantine
            WHERE log = ?1 AND reason = 'revoked' ORDER BY first
            """
        ).bind(all: Int64(bitPattern: log.rawValue)).rows {
            ($0.integer(0), $0.blob(1), $0.blob(2), $0.blob(3), $0.integer(4) != 0)
        }
        return try rows.map { row in
            QuarantinedSegment(
                n: row.0,
                segment: try Segment(
                    headerBytes: row.1,
                    signature: try Signature(row.2),
                    compressed: row.3
                ),
                isRedacted: row.4
            )
        }
    }

    /// The name of the node whose segments of a log wait: by their own certificate where the log began
    /// after the last exchange.
    func lateNodeName(_ log: LogID) throws -> String? {
        try writer(quarantined(log))?.name
    }

    private func writer(_ late: [QuarantinedSegment]) throws -> Certificate? {
        guard let first = late.first?.segment.header else { return nil }
        if let log = try log(first.log) { return try Certificate(log.certificate) }
        return try first.birth.map { try Certificate($0.certificate) }
    }

    /// The birth of a log whose first segment was set aside.
    func birthSetAside(_ log: LogID) throws -> LogBirth? {
        let header = try db.cached(
            "SELECT header FROM quarantine WHERE log = ?1 AND first = 1 AND reason = 'revoked'"
        ).bind(all: Int64(bitPattern: log.rawValue)).first { $0.blob(0) }
        return try header.flatMap { try SegmentHeader($0).birth }
    }

    // MARK: The cut

    private func setCut(_ cut: VersionVector, of node: NodeID, author: String = "") throws {
        try setState(of: node, author: author, [Cell("cut", .bytes(cut.encode()))])
    }

    func setState(of node: NodeID, author: String, _ cells: [Cell]) throws {
        let path = try rosterScope()
        // What others have entered under this number elsewhere is none of this hub's records.
        let keys = try db.cached(
            """
            SELECT n.id FROM node n JOIN scope s ON s.n = n._scope
            WHERE n.node_id = ?1 AND s.path = ?2 ORDER BY n.id
            """
        ).bind(all: node.description, path).rows { $0.integer(0) }
        guard !keys.isEmpty else { throw ExchangeError.untrusted(node) }
        let ids = try keys.map { try recordID($0) }
        try save(scope: path, author: author) { batch in
            for id in ids { batch.set("node", id, cells) }
        }
    }

    /// Raises the cuts of this hub's revoked nodes to what is held of their logs.
    ///
    /// A hub that was set back may not have known, for a while, that it had revoked a node; and what
    /// it gets back from its parent counts.
    func raiseCuts() throws {
        for (node, cut) in try cutsToRaise() { try setCut(cut, of: node) }
    }

    /// The cuts that what is held goes beyond, as they have to be.
    func cutsToRaise() throws -> [(node: NodeID, cut: VersionVector)] {
        let hub = try requireIdentity().node
        return try roster().revocations.sorted(by: { $0.key < $1.key }).compactMap { node, hubs in
            guard let cuts = hubs[hub]?.cut else { return nil }
            let held = try endsHeld(of: node)
            return cuts.dominates(held) ? nil : (node, cuts.merging(held))
        }
    }

    /// Where the logs of a node end here.
    private func endsHeld(of node: NodeID) throws -> VersionVector {
        let held = try scopes().flatMap { path in
            try scopeNumber(path).map { try logs(inScope: $0) } ?? []
        }
        return VersionVector(
            try held.filter { $0.node == node && $0.seq > 0 }.map {
                .init(log: $0.id, seq: $0.seq, hash: try Digest($0.hash).prefix)
            }
        )
    }
}
