package import Causality
package import Replication
import SQLite
import Survey

/// A log that this node writes or has written, with the last entry that is held of it.
package struct OwnLog: Hashable, Sendable {
    package let id: LogID
    /// Of the open segment where it is not empty.
    package let seq: UInt64
    /// Whether the next change goes into it.
    package let isOpen: Bool
}

extension Store {
    /// The log that the next change in a scope goes into; begun where there is none.
    package func openLogID(_ path: String) throws -> LogID {
        try transaction { try openLog(scope: ensureScope(path)).id }
    }

    /// The logs of this node, other nodes' left out; none before enrolment.
    package func ownLogs() throws -> [OwnLog] {
        guard let node = try identity()?.node else { return [] }
        return try db.cached(
            """
            SELECT id, max(seq, coalesce(
                (SELECT max(p.seq) FROM pending_entry p WHERE p.log = l.n), 0)), is_open
            FROM log l WHERE node = ?1 ORDER BY n
            """
        ).bind(all: Int64(bitPattern: node.rawValue)).rows {
            OwnLog(
                id: LogID(UInt64(bitPattern: $0.integer(0))),
                seq: UInt64($0.integer(1)),
                isOpen: $0.integer(2) != 0
            )
        }
    }

    /// Held entries that the parent is not known to hold, open ones included; nil without a parent.
    package func unsentEntries() throws -> UInt64? {
        var count: UInt64 = 0
        guard try forEachUnsent({ _, sent, held in count += held - sent }) else { return nil }
        return count
    }

    /// How many of them have made records of a type; of one whose records nobody changes later, such
    /// as the access log's, so many entries have nothing else in them.
    package func unsentRecords(of type: String) throws -> UInt64 {
        var count: UInt64 = 0
        try forEachUnsent { log, sent, held in
            // Each opening of the file makes records under an origin of its own.
            let origins = try db.cached("SELECT n FROM origin WHERE scope = ?1")
                .bind(all: log.scope).rows { $0.integer(0) }
            for origin in origins {
                // The latest records of an origin: no more of them are unsent than entries are.
                count +=
                    try statement(
                        """
                        SELECT count(*) FROM (SELECT _log, _seq FROM "\(type)"
                            WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3)
                        WHERE _log = ?4 AND _seq > ?5
                        """
                    ).bind(
                        all: origin << 32,
                        (origin + 1) << 32,
                        Int64(clamping: held - sent),
                        log.n,
                        Int64(clamping: sent)
                    ).first { UInt64($0.integer(0)) } ?? 0
            }
        }
        return count
    }

    /// Calls `body` with each log of which the parent lacks something: what it has, and what is held.
    ///
    /// - Returns: false without a parent.
    @discardableResult
    private func forEachUnsent(
        _ body: (_ log: LogRow, _ sent: UInt64, _ held: UInt64) throws -> Void
    ) throws -> Bool {
        guard let parent = try identity()?.parent else { return false }
        let known = try remembered(of: parent.node) ?? [:]
        for path in try sharedScopes(with: parent) {
            guard let scope = try scopeNumber(path) else { continue }
            for log in try logs(inScope: scope) where log.node != parent.node {
                let held = log.isOpen ? max(log.seq, try openSegment(log).last) : log.seq
                let sent = known[path]?.seq(of: log.id) ?? 0
                if held > sent { try body(log, sent, held) }
            }
        }
        return true
    }

    /// When the parent last had news for this node or took some, milliseconds since 1970.
    ///
    /// An exchange in which neither side has news leaves no trace.
    package func lastNewsOfParent() throws -> UInt64? {
        try identity()?.parent.flatMap { try lastStatement(of: $0.node) }
    }

    /// When a peer last said something new of what it holds, milliseconds since 1970.
    package func lastStatement(of node: NodeID) throws -> UInt64? {
        let time =
            try db.cached("SELECT max(at) FROM peer WHERE node = ?1 AND kind = ?2")
            .bind(all: Int64(bitPattern: node.rawValue), PeerHoldings.stated.rawValue)
            .first { $0.integer(0) } ?? 0
        return time > 0 ? UInt64(time) : nil
    }

    /// The latest time that an entry of this node bears, and of the others.
    package func latestTimes() throws -> (own: HybridTime, others: HybridTime) {
        let node = try identity()?.node
        var own = HybridTime(0)
        var others = HybridTime(0)
        for bytes in try db.cached("SELECT entry FROM pending_entry").rows({ $0.blob(0) }) {
            own = max(own, try Entry(bytes).time)
        }
        let rows = try db.cached(
            "SELECT l.node, s.header FROM segment s JOIN log l ON l.n = s.log AND l.seq = s.last"
        ).rows { (NodeID(UInt64(bitPattern: $0.integer(0))), $0.blob(1)) }
        for (writer, header) in rows {
            let time = try SegmentHeader(header).time
            if writer == node { own = max(own, time) } else { others = max(others, time) }
        }
        return (own, others)
    }

    /// How many scopes there are, and the most logs that one has and that one node has in one.
    package func logCounts() throws -> (scopes: Int, inScope: Int, ofNodeInScope: Int) {
        let counts = try db.cached("SELECT scope, count(*) FROM log GROUP BY scope, node").rows {
            (scope: $0.integer(0), logs: Int($0.integer(1)))
        }
        let scopes = Dictionary(counts.map { ($0.scope, $0.logs) }, uniquingKeysWith: +)
        return (scopes.count, scopes.values.max() ?? 0, counts.map(\.logs).max() ?? 0)
    }

    /// How many records wait for a person's decision: those that ``conflicts(under:)`` lists.
    package func recordsInReview() throws -> Int { try conflicts().count }
}
