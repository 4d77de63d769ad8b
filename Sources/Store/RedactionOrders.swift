import Causality
import Compression
import Replication
import SQLite
import Sealing

/// An order as this node keeps it: what it says of one segment, whether or not that is here yet.
struct KnownOrder {
    /// Counts the orders of one segment as they became known here.
    let number: Int
    let redaction: SegmentRedaction
}

/// A segment's log and first entry; histories that fork have segments of one name.
struct SegmentName: Hashable, Comparable {
    let log: LogID
    let first: UInt64

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.log, left.first) < (right.log, right.first)
    }
}

/// The content of a segment on its way through orders.
private struct RedactedContent {
    var entries: [Entry]
    var hash: Digest
    /// The order that explains the content; 0 for the content that was signed.
    var number: Int
    /// Records whose values went.
    var records: Set<RecordID> = []

    /// Goes through every order that applies, in whatever sequence they do.
    ///
    /// An order applies to the content that it turns into one with its hash: which of two came first
    /// is not said anywhere else. Of another history under the same name it never does.
    mutating func apply(_ orders: [KnownOrder], first: UInt64) {
        var isDone = false
        while !isDone {
            isDone = true
            for order in orders where order.redaction.hash != hash {
                guard let next = entries(after: order.redaction, first: first) else { continue }
                self = next
                number = order.number
                isDone = false
            }
        }
    }

    private func entries(after order: SegmentRedaction, first: UInt64) -> RedactedContent? {
        var next = self
        for seq in order.seqs where seq >= first && seq - first < UInt64(entries.count) {
            let index = Int(seq - first)
            next.entries[index] = entries[index].redacted
            next.records.insert(entries[index].record)
        }
        guard next.entries != entries else { return nil }
        next.hash = Hash.blake2b(Payload.encode(next.entries))
        return next.hash == order.hash ? next : nil
    }
}

/// Carrying redaction orders out: `sync-protocol.md` section 9.7.
extension Store {
    /// When records were last erased here on request, as the order says it; nil where none was.
    package func lastErasure() throws -> String? {
        try db.cached(
            """
            SELECT max(ordered_on) FROM redaction WHERE id IN (SELECT record FROM redaction_done)
            """
        ).first { row throws(SQLiteError) in row.isNull(0) ? nil : try row.text(0) } ?? nil
    }

    /// Carries out the orders that are new in the roster's projection.
    ///
    /// An order counts only in the roster of a hub, and only for that hub's own scopes: what a
    /// village writes under this name in its own scope erases nothing.
    ///
    /// - Returns: whether records have changed.
    func carryOutRedactions() throws -> Bool {
        let orders = try db.cached(
            """
            SELECT r.id, r.segments, r._scope, s.path
            FROM redaction r JOIN scope s ON s.n = r._scope
            WHERE r.segments IS NOT NULL AND r.id NOT IN (SELECT record FROM redaction_done)
            ORDER BY r.id
            """
        ).rows { row throws(SQLiteError) in
            (
                key: row.integer(0), segments: row.blob(1), scope: row.integer(2),
                home: try row.text(3)
            )
        }
        var named: [SegmentName] = []
        let homes = try roster().scopes
        for order in orders where homes.contains(order.home) {
            try db.cached("INSERT INTO redaction_done(record) VALUES (?1)").run(order.key)
            // What the hub has signed and cannot be read is of a later version: kept in the log.
            guard let segments = try? SegmentRedaction.decode(order.segments) else { continue }
            for redaction in segments {
                try note(redaction, by: order.scope)
                named.append(SegmentName(log: redaction.log, first: redaction.first))
            }
        }
        guard !named.isEmpty else { return false }
        // A partial segment may hold values that go; it is asked for again.
        try db.cached("DELETE FROM partial").run()
        try noteErasedInJournal()
        var scopes: Set<Int64> = []
        var gone: Set<RecordID> = []
        for name in Set(named).sorted() {
            var records = try carryOutAside(on: name)
            if let log = try log(name.log) {
                let erased = try carryOut(on: log, first: name.first)
                if !erased.isEmpty { scopes.insert(log.scope) }
                records.formUnion(erased)
                try eraseWaiting(records, scope: log.scope)
            }
            gone.formUnion(records)
        }
        try forgetDrafts(of: gone)
        for scope in scopes.sorted() { try rebuild(scope: scope) }
        return !scopes.isEmpty
    }

    /// Remembers an order of a segment, which may come later than the order.
    private func note(_ redaction: SegmentRedaction, by scope: Int64) throws {
        let log = Int64(bitPattern: redaction.log.rawValue)
        let first = Int64(redaction.first)
        let count = try db.cached("SELECT count(*) FROM redacted WHERE log = ?1 AND first = ?2")
            .bind(all: log, first).first { $0.integer(0) }
        try db.cached(
            """
            INSERT INTO redacted(log, first, number, seqs, hash, size, scope)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """
        ).run(
            log,
            first,
            (count ?? 0) + 1,
            SegmentRedaction.encode([redaction]),
            redaction.hash.bytes,
            redaction.size,
            scope
        )
    }

    /// The orders of a segment that count in the scope where it stands.
    func orders(_ log: LogID, first: UInt64, in path: String) throws -> [KnownOrder] {
        let rows = try db.cached(
            """
            SELECT r.number, r.seqs, s.path FROM redacted r LEFT JOIN scope s ON s.n = r.scope
            WHERE r.log = ?1 AND r.first = ?2 ORDER BY r.number
            """
        ).bind(all: Int64(bitPattern: log.rawValue), Int64(first)).rows {
            row throws(SQLiteError) in
            (
                number: Int(row.integer(0)), redaction: row.blob(1),
                home: row.isNull(2) ? nil : try row.text(2)
            )
        }
        return try rows.compactMap { row in
            // Of an order from before this was kept, it was looked at when the order came.
            guard row.home.map({ path == $0 || path.hasPrefix($0 + "/") }) ?? true,
                let redaction = try SegmentRedaction.decode(row.redaction).first
            else { return nil }
            return KnownOrder(number: row.number, redaction: redaction)
        }
    }

    /// Carries out on a held segment every order that applies.
    ///
    /// - Returns: the records whose values went.
    @discardableResult
    func carryOut(on log: LogRow, first: UInt64) throws -> Set<RecordID> {
        let orders = try orders(log.id, first: first, in: try scopePath(log.scope))
        guard !orders.isEmpty, let stored = try segment(log: log.n, first: first),
            orders.contains(where: { $0.number != stored.redaction })
        else { return [] }
        let payload = try payload(stored)
        var content = RedactedContent(
            entries: payload.entries(),
            hash: orders.first { $0.number == stored.redaction }?.redaction.hash
                ?? stored.segment.header.payloadHash,
            number: stored.redaction
        )
        content.apply(orders, first: first)
        if !Self.left(of: content.entries, by: orders, first: first).isEmpty {
            try noteUnfinishedErasure()
        }
        guard content.number != stored.redaction else { return [] }
        try db.cached("UPDATE segment SET payload = ?2, redaction = ?3 WHERE arrival = ?1").run(
            stored.arrival,
            compressor.compress(Payload.encode(content.entries)),
            content.number
        )
        cache.logTable.forgetEntries(log: log.n)
        try forgetHashes(of: orders, log: log.n)
        try noteErasedInJournal()
        // A copy that was set aside before the segment counted.
        try db.cached("DELETE FROM quarantine WHERE header = ?1 AND payload <> x''")
            .run(stored.segment.headerBytes)
        return content.records
    }

    /// The entries of a segment that orders name.
    func seqsNamed(by log: LogID, first: UInt64, in path: String) throws -> Set<UInt64> {
        Set(try orders(log, first: first, in: path).flatMap(\.redaction.seqs))
    }

    /// No hash is kept of what was erased: of a short value it would say which one it was.
    private func forgetHashes(of orders: [KnownOrder], log n: Int64) throws {
        let delete = try db.cached("DELETE FROM rewritten WHERE new_log = ?1 AND new_seq = ?2")
        // An order may name numbers that no log reaches.
        for seq in Set(orders.flatMap(\.redaction.seqs)) where seq <= UInt64(Int64.max) {
            try delete.run(n, Int64(seq))
        }
    }

    /// Own entries that wait to be written again hold nothing of erased records.
    private func eraseWaiting(_ records: Set<RecordID>, scope: Int64) throws {
        guard !records.isEmpty else { return }
        let rows = try db.cached("SELECT log, seq, entry FROM aside_entry WHERE scope = ?1")
            .bind(all: scope).rows { ($0.integer(0), $0.integer(1), $0.blob(2)) }
        for (log, seq, bytes) in rows {
            let entry = try Entry(bytes)
            guard records.contains(entry.record) else { continue }
            try db.cached("UPDATE aside_entry SET entry = ?3 WHERE log = ?1 AND seq = ?2")
                .run(log, seq, entry.redacted.encode())
        }
    }

    // MARK: Segments set aside

    /// A segment that does not count, with its content.
    struct SegmentAside {
        let n: Int64
        let segment: Segment
        let isRedacted: Bool
    }

    /// Segments set aside, but for those whose entries have come back; of one name, or all.
    func segmentsAside(_ name: SegmentName? = nil) throws -> [SegmentAside] {
        let rows = try db.cached(
            """
            SELECT n, header, signature, payload, is_redacted FROM quarantine
            WHERE payload <> x'' AND (?1 IS NULL OR log = ?1 AND first = ?2)
            ORDER BY log, first, n
            """
        ).bind(
            all: name.map { Int64(bitPattern: $0.log.rawValue) },
            name.map { Int64($0.first) }
        ).rows { ($0.integer(0), $0.blob(1), $0.blob(2), $0.blob(3), $0.integer(4) != 0) }
        return try rows.map { row in
            let segment = try Segment(
                headerBytes: row.1,
                signature: try Signature(row.2),
                compressed: row.3
            )
            return SegmentAside(n: row.0, segment: segment, isRedacted: row.4)
        }
    }

    /// Where a segment set aside would stand; nil where its log is not known.
    func scopeOfAside(_ segment: Segment) throws -> String? {
        try log(segment.header.log).map { try scopePath($0.scope) } ?? segment.header.birth?.scope
    }

    /// The entries of a segment set aside, and which order explains them; nil if they cannot be read.
    func content(
        of aside: SegmentAside
    ) throws -> (entries: [Entry], redaction: Int, hash: Digest)? {
        let header = aside.segment.header
        guard aside.isRedacted else {
            let bytes = try? aside.segment.payloadBytes(decompressor)
            let payload = bytes.flatMap { try? Payload($0, count: header.count) }
            return payload.map { ($0.entries(), 0, header.payloadHash) }
        }
        guard let found = try explained(aside.segment),
            let payload = try? Payload(found.bytes, count: header.count)
        else { return nil }
        return (payload.entries(), found.redaction, Hash.blake2b(found.bytes))
    }

    /// Carries out on segments set aside under this name every order that applies; the rest of what
    /// they hold waits on.
    private func carryOutAside(on name: SegmentName) throws -> Set<RecordID> {
        var records: Set<RecordID> = []
        for aside in try segmentsAside(name) {
            guard let path = try scopeOfAside(aside.segment), let found = try content(of: aside)
            else { continue }
            var content = RedactedContent(
                entries: found.entries,
                hash: found.hash,
                number: found.redaction
            )
            content.apply(
                try orders(name.log, first: name.first, in: path),
                first: name.first
            )
            guard content.number != found.redaction else { continue }
            try db.cached("UPDATE quarantine SET payload = ?2, is_redacted = 1 WHERE n = ?1")
                .run(aside.n, compressor.compress(Payload.encode(content.entries)))
            records.formUnion(content.records)
        }
        return records
    }

    // MARK: What orders explain

    /// Hash and size of a segment's payload that the order with this number explains.
    func redactedPayload(
        log: LogID,
        first: UInt64,
        number: Int
    ) throws -> (hash: Digest, size: Int)? {
        let row = try db.cached(
            "SELECT hash, size FROM redacted WHERE log = ?1 AND first = ?2 AND number = ?3"
        ).bind(all: Int64(bitPattern: log.rawValue), Int64(first), number).first {
            (hash: $0.blob(0), size: Int($0.integer(1)))
        }
        return try row.map { (try Digest($0.hash), $0.size) }
    }

    /// The bytes of a redacted payload that travelled, and the order that explains them.
    func explained(_ segment: Segment) throws -> (bytes: [UInt8], redaction: Int)? {
        let header = segment.header
        guard let path = try scopeOfAside(segment) else { return nil }
        for order in try orders(header.log, first: header.first, in: path).reversed() {
            let payload = (hash: order.redaction.hash, size: order.redaction.size)
            if let bytes = try? segment.payloadBytes(decompressor, redacted: payload) {
                return (bytes, order.number)
            }
        }
        return nil
    }
}
