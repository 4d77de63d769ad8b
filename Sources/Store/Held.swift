package import Causality
import Compression
package import Replication
import SQLite
import Sealing

/// What a file holds, read from the log alone: for histories, `verify` and the simulator.
extension Store {
    /// One sealed segment that counts.
    package struct HeldSegment: Hashable, Sendable {
        package let log: LogID
        package let node: NodeID
        package let first: UInt64
        package let last: UInt64
        /// Names the segment: no two have the same.
        package let signature: [UInt8]
        /// The hash of its payload, where redaction orders have changed that; empty for what was signed.
        ///
        /// Two nodes may hold a segment after different orders, until both have them all.
        package let redacted: [UInt8]
    }

    /// Every sealed segment of a scope, in the order of arrival.
    package func heldSegments(scope path: String) throws -> [HeldSegment] {
        guard let scope = try scopeNumber(path) else { return [] }
        let rows = try db.cached(
            """
            SELECT s.log, s.first, s.last, s.signature, ifnull(r.hash, x'')
            FROM segment s JOIN log l ON l.n = s.log
            LEFT JOIN redacted r ON r.log = l.id AND r.first = s.first AND r.number = s.redaction
            WHERE l.scope = ?1 ORDER BY s.arrival
            """
        ).bind(all: scope).rows {
            ($0.integer(0), $0.integer(1), $0.integer(2), $0.blob(3), $0.blob(4))
        }
        return try rows.map { row in
            let log = try log(row.0)
            return HeldSegment(
                log: log.id,
                node: log.node,
                first: UInt64(row.1),
                last: UInt64(row.2),
                signature: row.3,
                redacted: row.4
            )
        }
    }

    /// The entries of a sealed segment, in order.
    package func entries(of held: HeldSegment) throws -> [Entry] {
        guard let row = try log(held.log), let stored = try segment(log: row.n, first: held.first)
        else { return [] }
        return try decode(stored)
    }

    /// Saved entries of a scope that are not sealed yet.
    package func openEntries(scope path: String) throws -> [(dot: Dot, entry: Entry)] {
        guard let scope = try scopeNumber(path) else { return [] }
        return try logs(inScope: scope).flatMap { row in
            try openEntries(log: row.n).map { (Dot(log: row.id, seq: $0.seq), $0.entry) }
        }
    }

    /// Entries that wait beside the log: of lost branches, not yet written again.
    package func waitingEntries() throws -> [(scope: String, entry: Entry)] {
        try db.cached("SELECT scope, entry FROM aside_entry ORDER BY log, seq")
            .rows { ($0.integer(0), $0.blob(1)) }
            .map { (try scopePath($0.0), try Entry($0.1)) }
    }

    /// An entry of a segment that was set aside.
    package struct QuarantinedEntry: Hashable, Sendable {
        package let log: LogID
        package let scope: String
        package let reason: String
        package let entry: Entry
    }

    /// Entries of segments that were set aside and can be read.
    package func quarantinedEntries() throws -> [QuarantinedEntry] {
        let rows = try db.cached(
            """
            SELECT header, signature, payload, is_redacted, reason FROM quarantine
            WHERE payload <> x'' ORDER BY log, first, n
            """
        ).rows { row throws(SQLiteError) in
            (row.blob(0), row.blob(1), row.blob(2), row.integer(3) != 0, try row.text(4))
        }
        var scopes: [LogID: String] = [:]
        var found: [QuarantinedEntry] = []
        for row in rows {
            let segment = try Segment(
                headerBytes: row.0,
                signature: try Signature(row.1),
                compressed: row.2
            )
            let header = segment.header
            let known = try log(header.log).map { try scopePath($0.scope) } ?? header.birth?.scope
            guard let scope = known ?? scopes[header.log] else { continue }
            scopes[header.log] = scope
            let bytes =
                row.3
                ? try explained(segment)?.bytes : try segment.payloadBytes(decompressor)
            guard let bytes else { continue }
            found += try Payload(bytes, count: header.count).entries().map {
                QuarantinedEntry(log: header.log, scope: scope, reason: row.4, entry: $0)
            }
        }
        return found
    }
}
