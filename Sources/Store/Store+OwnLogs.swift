package import Causality
import Replication
import SQLite

/// A log that this node writes or has written, with the last entry that is held of it.
package struct OwnLog: Hashable, Sendable {
    package let id: LogID
    /// Of the open segment where it is not empty.
    package let seq: UInt64
    /// Whether the next change goes into it.
    package let isOpen: Bool
}

extension Store {
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
}
