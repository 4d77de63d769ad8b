package import Causality
import Compression
import Replication
import SQLite
import Sealing
import Survey

/// Erasure that leaves the chain whole: `sync-protocol.md` section 9.7.
///
/// An order in the roster, signed by the hub as everything there, names entries; every node
/// replaces their values by the mark "erased". Cells, header and chain stay, so nothing older comes
/// back, and the order explains the changed payload to whoever gets the segment later.
extension Store {
    /// Deletes records and erases every value that was ever written in them.
    ///
    /// - Returns: the entries whose values were erased.
    @discardableResult
    package func redact(
        _ records: [RecordID],
        reason: String,
        on day: String,
        author: String = ""
    ) throws -> Int {
        let erased = try transaction {
            var orders: [SegmentRedaction] = []
            for path in try scopes() {
                let present = try records.compactMap { id in
                    try self.type(of: id, in: path).map { (type: $0, id: id) }
                }
                guard !present.isEmpty else { continue }
                try save(scope: path, author: author) { batch in
                    for record in present {
                        batch.set(
                            record.type,
                            record.id,
                            [Cell(ReservedField.deleted, .text("erased"))]
                        )
                    }
                }
                try seal(path)
                orders += try redactions(of: Set(present.map(\.id)), in: path)
            }
            guard !orders.isEmpty else { throw StoreError.nothingToDecide }
            try save(scope: try rosterScope(), author: author) { batch in
                _ = batch.add(
                    "redaction",
                    [
                        Cell("reason", .text(reason)), Cell("ordered_on", .text(day)),
                        Cell("segments", .bytes(SegmentRedaction.encode(orders))),
                    ]
                )
            }
            return orders.reduce(0) { $0 + $1.seqs.count }
        }
        try emptyAfterRedaction()
        return erased
    }

    /// The write-ahead log holds the old pages until it is emptied.
    func emptyAfterRedaction() throws {
        guard cache.hasRedacted, !db.isInTransaction else { return }
        try db.checkpoint(truncate: true)
        cache.hasRedacted = false
    }

    private func type(of id: RecordID, in path: String) throws -> String? {
        guard let scope = try scopeNumber(path) else { return nil }
        let key = try key(id, scope: scope)
        return try types.first { type in
            try statement("SELECT 1 FROM \"\(type.name)\" WHERE id = ?1").bind(all: key)
                .first { _ in true } == true
        }?.name
    }

    /// What has to change in a scope's segments so that nothing of the records is left.
    private func redactions(of records: Set<RecordID>, in path: String) throws -> [SegmentRedaction]
    {
        guard let scope = try scopeNumber(path) else { return [] }
        var orders: [SegmentRedaction] = []
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            var entries = try decode(stored)
            var seqs: [UInt64] = []
            for (index, entry) in entries.enumerated() where records.contains(entry.record) {
                let redacted = entry.redacted
                guard redacted != entry else { continue }
                entries[index] = redacted
                seqs.append(first + UInt64(index))
            }
            guard !seqs.isEmpty else { continue }
            let payload = Payload.encode(entries)
            orders.append(
                SegmentRedaction(
                    log: stored.segment.header.log,
                    first: first,
                    seqs: seqs,
                    hash: Hash.blake2b(payload),
                    size: payload.count
                )
            )
        }
        return orders
    }

    // MARK: Carrying orders out

    /// Carries out the orders that are new in the roster's projection.
    ///
    /// An order counts only in the roster of a hub, and only for that hub's own scopes: what a
    /// village writes under this name in its own scope erases nothing.
    func carryOutRedactions() throws {
        let orders = try db.cached(
            """
            SELECT r.id, r.segments, s.path FROM redaction r JOIN scope s ON s.n = r._scope
            WHERE r.segments IS NOT NULL AND r.id NOT IN (SELECT record FROM redaction_done)
            ORDER BY r.id
            """
        ).rows { row throws(SQLiteError) in (row.integer(0), row.blob(1), try row.text(2)) }
        var scopes: Set<Int64> = []
        for (key, bytes, home) in orders where cache.roster.scopes.contains(home) {
            try db.cached("INSERT INTO redaction_done(record) VALUES (?1)").run(key)
            // What the hub has signed and cannot be read is of a later version: kept in the log.
            guard let segments = try? SegmentRedaction.decode(bytes) else { continue }
            for redaction in segments {
                let log = try log(redaction.log)
                if let log {
                    let path = try scopePath(log.scope)
                    guard path == home || path.hasPrefix(home + "/") else { continue }
                }
                let number = try note(redaction)
                guard let log, let stored = try segment(log: log.n, first: redaction.first) else {
                    continue
                }
                try carryOut(redaction, number: number, on: stored)
                scopes.insert(log.scope)
            }
            cache.hasRedacted = true
        }
        for scope in scopes { try rebuild(scope: scope) }
    }

    /// Remembers an order of a segment, which may come later than the order.
    private func note(_ redaction: SegmentRedaction) throws -> Int {
        let log = Int64(bitPattern: redaction.log.rawValue)
        let first = Int64(redaction.first)
        let count = try db.cached("SELECT count(*) FROM redacted WHERE log = ?1 AND first = ?2")
            .bind(all: log, first).first { $0.integer(0) }
        let number = (count ?? 0) + 1
        try db.cached(
            """
            INSERT INTO redacted(log, first, number, seqs, hash, size)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """
        ).run(
            log,
            first,
            number,
            SegmentRedaction.encode([redaction]),
            redaction.hash.bytes,
            redaction.size
        )
        // Copies that do not count are not kept at all.
        try db.cached("DELETE FROM quarantine WHERE log = ?1 AND first = ?2").run(log, first)
        try db.cached("DELETE FROM partial").run()
        return Int(number)
    }

    private func carryOut(
        _ redaction: SegmentRedaction,
        number: Int,
        on stored: StoredSegment
    ) throws {
        guard stored.redaction < number else { return }
        let seqs = Set(redaction.seqs)
        let entries = try decode(stored).enumerated().map { index, entry in
            seqs.contains(redaction.first + UInt64(index)) ? entry.redacted : entry
        }
        let payload = Payload.encode(entries)
        // The encoding is unique. Another result means another history under the same name: that
        // branch gives way when the parent's own comes, and is written again under other names.
        guard Hash.blake2b(payload) == redaction.hash else { return }
        try db.cached("UPDATE segment SET payload = ?2, redaction = ?3 WHERE arrival = ?1")
            .run(stored.arrival, compressor.compress(payload), number)
        cache.decoded = []
    }

    /// Carries out, on a segment that has just arrived, the orders that it has not gone through.
    func carryOutWaiting(on log: LogRow, first: UInt64) throws {
        guard let stored = try segment(log: log.n, first: first) else { return }
        let rows = try db.cached(
            """
            SELECT number, seqs FROM redacted
            WHERE log = ?1 AND first = ?2 AND number > ?3 ORDER BY number
            """
        ).bind(all: Int64(bitPattern: log.id.rawValue), Int64(first), stored.redaction).rows {
            (Int($0.integer(0)), $0.blob(1))
        }
        for (number, bytes) in rows {
            guard let redaction = try SegmentRedaction.decode(bytes).first,
                let stored = try segment(log: log.n, first: first)
            else { continue }
            try carryOut(redaction, number: number, on: stored)
        }
    }

    /// Hash and size of a segment's payload after its first `number` orders.
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

    /// The bytes of a redacted payload that travelled, and how many orders explain them.
    func explained(_ segment: Segment) throws -> (bytes: [UInt8], redaction: Int)? {
        let count = try db.cached("SELECT count(*) FROM redacted WHERE log = ?1 AND first = ?2")
            .bind(
                all: Int64(bitPattern: segment.header.log.rawValue),
                Int64(segment.header.first)
            ).first { Int($0.integer(0)) }
        for number in stride(from: count ?? 0, to: 0, by: -1) {
            let order = try redactedPayload(
                log: segment.header.log,
                first: segment.header.first,
                number: number
            )
            guard let order else { continue }
            if let bytes = try? segment.payloadBytes(decompressor, redacted: order) {
                return (bytes, number)
            }
        }
        return nil
    }
}
