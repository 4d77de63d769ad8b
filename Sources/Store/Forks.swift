import Causality
import Replication
import SQLite
import Sealing

/// Restored, copied and forked databases: `sync-protocol.md` section 9.4.
///
/// A log has one writer, ever. Where two histories stand under one name, the parent's branch
/// stands; this side's is set aside and its entries are written again under a fresh log, each with
/// the context that its author really had. Nothing is lost; at worst a conflict appears that was none.
extension Store {
    /// Leaves every own log behind: the next change begins fresh ones.
    ///
    /// For a database that was restored or copied: the original may have gone on under these names.
    package func leaveOwnLogs() throws {
        try transaction {
            for path in try scopes() {
                guard let scope = try scopeNumber(path) else { continue }
                for log in try logs(inScope: scope) where log.isOpen {
                    try leave(log)
                }
            }
            // What peers were known to hold may be more than they were ever told since: each side says
            // anew how far it is, and what was lost comes back.
            try forgetPeers()
            // A code that was used after the copy was made would work a second time.
            try dropOpenInvites()
            try finishHealing()
        }
    }

    /// Own logs of a scope up to which a child's word alone makes this node leave one.
    ///
    /// A child that lies would otherwise fill the scope with logs, one at each exchange.
    static let doubtedLogsMax = 16

    /// Leaves own logs of which a peer holds more than this database: it is older than its own past.
    ///
    /// `isProven`: the parent states it, or this node itself has stated it once.
    func leaveOutrunLogs(stated: [String: VersionVector], isProven: Bool) throws {
        guard try !reading({ try outrunLogs(stated, isProven) }).isEmpty else { return }
        try transaction { for log in try outrunLogs(stated, isProven) { try leave(log) } }
    }

    private func outrunLogs(
        _ stated: [String: VersionVector],
        _ isProven: Bool
    ) throws -> [LogRow] {
        let node = try requireIdentity().node
        return try stated.flatMap { path, vector -> [LogRow] in
            guard let scope = try scopeNumber(path) else { return [] }
            let own = try logs(inScope: scope).filter { $0.node == node }
            guard isProven || own.count < Self.doubtedLogsMax else { return [] }
            return own.filter { $0.isOpen && vector.seq(of: $0.id) > $0.seq }
        }
    }

    private func leave(_ log: LogRow) throws {
        let open = try openEntries(log: log.n)
        if !open.isEmpty {
            try setAside(open, of: log, kept: [:])
            try db.cached("DELETE FROM pending_entry WHERE log = ?1").run(log.n)
        }
        try setOpen(log, false)
        if !open.isEmpty { try rebuild(scope: log.scope) }
    }

    // MARK: A branch gives way

    /// Sets this side's branch of a log aside, with all that depends on it.
    ///
    /// `header`: the parent's segment that contradicts it.
    func yieldBranch(to header: SegmentHeader) throws {
        guard let log = try log(header.log) else { return }
        try transaction {
            var kept = [log.n: header.first - 1]
            var removed: [StoredSegment] = []
            // Arrival is causal: what depends on a removed segment comes behind it.
            for (n, first) in try segmentKeys(scope: log.scope) {
                guard let stored = try segment(log: n, first: first) else { continue }
                let header = stored.segment.header
                if try dependsOnRemoved(header, kept: kept) {
                    kept[n] = min(kept[n] ?? .max, header.first - 1)
                }
                if header.last > kept[n] ?? .max { removed.append(stored) }
            }
            // The parent's segment may begin inside one of these, which goes as a whole.
            for (n, seq) in kept { kept[n] = try lastEnd(of: self.log(n), upTo: seq) }
            try clipWaiting(kept, scope: log.scope)
            try setAside(removed, kept: kept, scope: log.scope)
            for (n, seq) in kept { try cutBack(self.log(n), to: seq) }
            try rebuild(scope: log.scope)
        }
    }

    /// What waits already may have seen what is removed now.
    private func clipWaiting(_ kept: [Int64: UInt64], scope: Int64) throws {
        for aside in try asideEntries(scope: scope) {
            try db.cached("UPDATE aside_entry SET context = ?3 WHERE log = ?1 AND seq = ?2").run(
                aside.log.n,
                Int64(aside.seq),
                try clip(aside.context, kept: kept).encode()
            )
        }
    }

    private func dependsOnRemoved(
        _ header: SegmentHeader,
        kept: [Int64: UInt64]
    ) throws -> Bool {
        for element in header.after.elements {
            guard let n = try log(element.log)?.n, let kept = kept[n] else { continue }
            if element.seq > kept { return true }
        }
        return false
    }

    /// Own entries wait to be written again; others' segments wait for their writer or the parent, and
    /// so do own ones that this node may not write any more.
    private func setAside(
        _ removed: [StoredSegment],
        kept: [Int64: UInt64],
        scope: Int64
    ) throws {
        let node = try requireIdentity().node
        for log in try logs(inScope: scope) where log.isOpen {
            let open = try openEntries(log: log.n)
            try setAside(open, of: log, kept: kept)
            try db.cached("DELETE FROM pending_entry WHERE log = ?1").run(log.n)
            if !open.isEmpty || kept[log.n] != nil { try setOpen(log, false) }
        }
        let mayWrite = try mayWrite(scope)
        for stored in removed {
            let log = try log(stored.log)
            let header = stored.segment.header
            if log.node == node, mayWrite {
                let entries = try decode(stored)
                let numbered = entries.enumerated().map { (header.first + UInt64($0), $1) }
                try setAside(numbered, of: log, kept: kept, after: header.after)
            } else {
                try quarantine(
                    stored.segment,
                    isRedacted: stored.redaction > 0,
                    reason: "branch",
                    isSettled: false,
                    wasHeld: true
                )
            }
        }
    }

    private func setAside(
        _ entries: [(seq: UInt64, entry: Entry)],
        of log: LogRow,
        kept: [Int64: UInt64],
        after: VersionVector? = nil
    ) throws {
        let after = try after ?? vector(log.scope)
        for (seq, entry) in entries {
            var whole = entry.seen ?? after
            if entry.seen == nil {
                whole.remove(log.id)
                if seq > 1 { whole.advance(to: .init(log: log.id, seq: seq - 1, hash: 0)) }
            }
            let context = try clip(whole, kept: kept)
            try db.cached(
                """
                INSERT OR REPLACE INTO aside_entry(log, seq, scope, entry, context, own)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """
            ).run(
                log.n,
                Int64(seq),
                log.scope,
                entry.encode(),
                context.encode(),
                whole.encode()
            )
        }
    }

    /// What of a context still stands once the logs are cut.
    private func clip(
        _ context: VersionVector,
        kept: [Int64: UInt64]
    ) throws -> VersionVector {
        VersionVector(
            try context.elements.compactMap { element in
                guard let row = try log(element.log) else { return nil }
                let seq = min(element.seq, kept[row.n] ?? .max, row.seq)
                return seq > 0 ? .init(log: element.log, seq: seq, hash: 0) : nil
            }
        )
    }

    // MARK: Writing again

    /// An own entry that waits to be written again.
    private struct AsideEntry {
        let log: LogRow
        let seq: UInt64
        let entry: Entry
        let context: VersionVector
        /// What its author had seen before anything was cut.
        let whole: VersionVector
    }

    func hasHealingToFinish() throws -> Bool { try !scopesToHeal().isEmpty }

    private func scopesToHeal() throws -> [Int64] {
        try db.cached("SELECT DISTINCT scope FROM aside_entry ORDER BY scope")
            .rows { $0.integer(0) }.filter { try mayWriteAgain($0) }
    }

    /// Writes what was set aside again under fresh logs, but for what the standing branch has too.
    ///
    /// Entries of a scope that this node may not write any more go on waiting.
    func finishHealing() throws {
        for scope in try scopesToHeal() {
            try rewriting(scope: scope) { rewriter in
                var lineages: [LogID: Lineage] = [:]
                for aside in Self.causalOrder(try asideEntries(scope: scope)) {
                    // Each log that was lost takes one; of those without, all entries wait.
                    let isBegun = lineages[aside.log.id]?.target != nil
                    if try isBegun || mayWriteAgain(scope) {
                        try writeAgain(aside, &lineages, &rewriter)
                    }
                }
            }
        }
    }

    private func writeAgain(
        _ aside: AsideEntry,
        _ lineages: inout [LogID: Lineage],
        _ rewriter: inout Rewriter
    ) throws {
        let log = aside.log
        try db.cached("DELETE FROM aside_entry WHERE log = ?1 AND seq = ?2")
            .run(log.n, Int64(aside.seq))
        // Everything before the first entry that was set aside stands.
        var lineage = lineages[log.id] ?? Lineage(common: aside.seq - 1)
        defer { lineages[log.id] = lineage }
        if let held = try entry(log: log.n, seq: aside.seq), held == aside.entry {
            lineage.noteIdentical(aside.seq)
            if lineage.common == aside.seq { return }
        }
        lineages[log.id] = lineage
        var context = aside.context
        for (id, lineage) in lineages {
            lineage.add(to: &context, of: id, seen: aside.whole.seq(of: id))
        }
        try rewrite(aside.entry, from: log, aside.seq, context: context, &lineage, &rewriter)
    }

    private func asideEntries(scope: Int64) throws -> [AsideEntry] {
        let rows = try db.cached(
            "SELECT log, seq, entry, context, own FROM aside_entry WHERE scope = ?1"
        ).bind(all: scope).rows {
            (
                log: $0.integer(0), seq: UInt64($0.integer(1)), entry: $0.blob(2),
                context: $0.blob(3), whole: $0.blob(4)
            )
        }
        return try rows.map { row in
            AsideEntry(
                log: try log(row.log),
                seq: row.seq,
                entry: try Entry(row.entry),
                context: try VersionVector(encoded: row.context),
                whole: try VersionVector(encoded: row.whole)
            )
        }
    }

    /// Sorts entries so that each comes behind all that its author had seen; clocks may have jumped.
    private static func causalOrder(_ entries: [AsideEntry]) -> [AsideEntry] {
        var queues = Dictionary(grouping: entries) { $0.log.id }
            .mapValues { Array($0.sorted { $0.seq < $1.seq }[...]) }
        var sorted: [AsideEntry] = []
        while !queues.isEmpty {
            let heads = queues.values.compactMap(\.first)
            let ready = heads.filter { head in
                heads.allSatisfy { other in
                    other.log.id == head.log.id || head.whole.seq(of: other.log.id) < other.seq
                }
            }
            // Contexts have no circles; were there one, the oldest entry would break it.
            let next = (ready.isEmpty ? heads : ready).min { $0.log.id < $1.log.id }
            guard let id = next?.log.id, var queue = queues[id] else { return sorted }
            sorted.append(queue.removeFirst())
            queues[id] = queue.isEmpty ? nil : queue
        }
        return sorted
    }
}
