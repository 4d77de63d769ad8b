import Causality
import Compression
import Replication
import SQLite
import Sealing

/// Reading and sealing the log.
extension Store {
    /// The entry with this name, from the open segment or a sealed one.
    func entry(log n: Int64, seq: UInt64) throws -> Entry? {
        if let entry = cache.logTable.entry(log: n, seq: seq) { return entry }
        let open = try db.cached("SELECT entry FROM pending_entry WHERE log = ?1 AND seq = ?2")
            .bind(all: n, Int64(seq)).first { $0.blob(0) }
        if let open { return try Entry(open) }
        let first = try db.cached(
            "SELECT max(first) FROM segment WHERE log = ?1 AND first <= ?2"
        ).bind(all: n, Int64(seq)).first { $0.integer(0) }
        guard let first, first > 0, let stored = try segment(log: n, first: UInt64(first)),
            stored.segment.header.last >= seq
        else { return nil }
        let entries = try decode(stored)
        cache.logTable.remember(entries, log: n, first: UInt64(first))
        return entries[Int(seq - UInt64(first))]
    }

    /// A segment as it is kept, with what a redaction order says of its payload.
    struct StoredSegment {
        let segment: Segment
        let log: Int64
        let arrival: Int64
        /// How many redaction orders the payload has gone through.
        let redaction: Int
    }

    func segment(log n: Int64, first: UInt64) throws -> StoredSegment? {
        let row = try db.cached(
            """
            SELECT header, signature, payload, redaction, arrival FROM segment
            WHERE log = ?1 AND first = ?2
            """
        ).bind(all: n, Int64(first)).first {
            (
                header: $0.blob(0), signature: $0.blob(1), payload: $0.blob(2),
                redaction: Int($0.integer(3)), arrival: $0.integer(4)
            )
        }
        guard let row else { return nil }
        guard let signature = try? Signature(row.signature),
            let segment = try? Segment(
                headerBytes: row.header,
                signature: signature,
                compressed: row.payload
            )
        else { throw StoreError.damaged(.chain(log: try log(n).id, seq: first)) }
        return StoredSegment(
            segment: segment,
            log: n,
            arrival: row.arrival,
            redaction: row.redaction
        )
    }

    func decode(_ stored: StoredSegment) throws -> [Entry] {
        try payload(stored).entries()
    }

    func payload(_ stored: StoredSegment) throws -> Payload {
        let header = stored.segment.header
        let order =
            stored.redaction > 0
            ? try redactedPayload(log: header.log, first: header.first, number: stored.redaction)
            : nil
        guard let bytes = try? stored.segment.payloadBytes(decompressor, redacted: order),
            let payload = try? Payload(bytes, count: header.count)
        else { throw StoreError.damaged(.payload(log: header.log, seq: header.first)) }
        return payload
    }

    /// Keys of the scope's segments in the order in which they arrived, which is causal.
    func segmentKeys(scope: Int64) throws -> [(log: Int64, first: UInt64)] {
        try db.cached(
            """
            SELECT s.log, s.first FROM segment s JOIN log l ON l.n = s.log
            WHERE l.scope = ?1 ORDER BY s.arrival
            """
        ).bind(all: scope).rows { ($0.integer(0), UInt64(bitPattern: $0.integer(1))) }
    }

    /// Open entries of a log, in order.
    func openEntries(log n: Int64) throws -> [(seq: UInt64, entry: Entry)] {
        let rows = try db.cached(
            "SELECT seq, entry FROM pending_entry WHERE log = ?1 ORDER BY seq"
        ).bind(all: n).rows { ($0.integer(0), $0.blob(1)) }
        return try rows.map { (UInt64($0.0), try Entry($0.1)) }
    }

    // MARK: The open segment

    /// The log that this node writes in a scope, begun where there is none.
    func openLog(scope: Int64) throws -> LogRow {
        if let n = cache.logTable.openLog(scope: scope) { return try log(n) }
        if let row = try logs(inScope: scope).first(where: \.isOpen) { return row }
        let identity = try requireIdentity()
        let path = try scopePath(scope)
        guard identity.certificate.mayWrite(path) else {
            throw StoreError.notAllowed(scope: path)
        }
        guard try hasRoom(of: identity.node, scope: scope) else {
            throw StoreError.tooManyLogs(scope: path)
        }
        return try insertLog(
            LogID(environment.random()),
            scope: scope,
            node: identity.certificate.node,
            certificate: identity.certificate.bytes,
            isOpen: true
        )
    }

    func openSegment(_ log: LogRow) throws -> OpenSegment {
        if let open = cache.logTable.openSegment(log: log.n) { return open }
        let row = try db.cached(
            """
            SELECT count(*), coalesce(sum(length(entry)), 0), coalesce(max(seq), 0)
            FROM pending_entry WHERE log = ?1
            """
        ).bind(all: log.n).first {
            OpenSegment(
                count: Int($0.integer(0)),
                bytes: Int($0.integer(1)),
                last: UInt64(bitPattern: $0.integer(2))
            )
        }
        var open = row ?? OpenSegment(count: 0, bytes: 0, last: 0)
        open.last = max(open.last, log.seq)
        cache.logTable.remember(open, log: log.n)
        return open
    }

    /// Seals what is open in the scope, if anything is.
    package func seal(_ path: String) throws {
        guard let scope = try scopeNumber(path) else { return }
        try transaction { try seal(scope: scope) }
    }

    func seal(scope: Int64) throws {
        guard let row = try logs(inScope: scope).first(where: \.isOpen) else { return }
        try seal(log: row)
    }

    func seal(log row: LogRow) throws {
        let open = try openEntries(log: row.n)
        guard let first = open.first?.seq else { return }
        let identity = try requireIdentity()
        let entries = open.map(\.entry)
        let payload = Payload.encode(entries)
        // Nobody could read it, this node included.
        guard payload.count <= ReplicationLimits.signedPayloadBytesMax else {
            throw StoreError.saveTooLarge
        }
        var after = try vector(row.scope)
        after.remove(row.id)
        let header = SegmentHeader(
            log: row.id,
            first: first,
            previous: first == 1 ? nil : try Digest(row.hash),
            after: after,
            time: entries.map(\.time).max() ?? HybridTime(0),
            birth: first == 1
                ? LogBirth(scope: try scopePath(row.scope), certificate: row.certificate) : nil,
            payload: payload,
            count: entries.count
        )
        let segment = try Segment(
            sealing: header,
            compressed: compressor.compress(payload),
            with: identity.signingKey
        )
        try insert(segment, log: row)
        try db.cached("DELETE FROM pending_entry WHERE log = ?1").run(row.n)
        cache.logTable.remember(
            OpenSegment(count: 0, bytes: 0, last: header.last),
            log: row.n
        )
    }

    /// Appends a segment to its log.
    func insert(_ segment: Segment, log row: LogRow, redaction: Int = 0) throws {
        try db.cached(
            """
            INSERT INTO segment(log, first, last, header, signature, payload, redaction)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """
        ).run(
            row.n,
            Int64(segment.header.first),
            Int64(segment.header.last),
            segment.headerBytes,
            segment.signature.bytes,
            segment.compressed,
            redaction
        )
        try advance(row, to: segment)
    }

    // MARK: The clock

    /// A time later than all that were given or accepted, but those of a clock far ahead.
    func tick() throws -> HybridTime {
        var clock = try currentClock()
        let time = clock.tick(wall: environment.wall())
        cache.clock = clock
        return time
    }

    /// Takes a remote time into account; false if it lies more than a day ahead.
    @discardableResult
    func observe(_ time: HybridTime) throws -> Bool {
        var clock = try currentClock()
        let isPlausible = clock.observe(time, wall: environment.wall())
        cache.clock = clock
        return isPlausible
    }

    /// The clock is not written at each save: the log itself says how far it had gone.
    private func currentClock() throws -> HybridClock {
        let wall = environment.wall()
        // One that was put back far begins anew from what the log has of plausible times.
        if let clock = cache.clock, !clock.isAhead(of: wall) { return clock }
        var times: [HybridTime] = []
        let open = try db.cached("SELECT entry FROM pending_entry").rows { $0.blob(0) }
        for bytes in open { times.append(try Entry(bytes).time) }
        let headers = try db.cached(
            """
            SELECT s.header FROM segment s JOIN log l ON l.n = s.log AND l.seq = s.last
            """
        ).rows { $0.blob(0) }
        for bytes in headers {
            // One that is damaged is `verify`'s to name; nobody is kept from working by it.
            if let time = try? SegmentHeader(bytes).time { times.append(time) }
        }
        var clock = HybridClock()
        for time in times { clock.observe(time, wall: wall) }
        return clock
    }
}
