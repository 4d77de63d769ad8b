import Causality
package import Replication
import SQLite

/// How exchanges with one peer went, for people to see.
package struct Contact: Hashable, Sendable {
    package let node: NodeID
    /// When an exchange last reached its end, milliseconds since 1970; nil before the first.
    package var at: UInt64?
    package var triedAt: UInt64
    /// How the last one failed, in the word of a programme; nil where it did not.
    package var problem: String?
    /// Milliseconds that the peer's clock is ahead.
    package var clockOffset: Int64?
    /// Name and version of the peer's programme.
    package var software: String?

    package init(
        node: NodeID,
        at: UInt64? = nil,
        triedAt: UInt64,
        problem: String? = nil,
        clockOffset: Int64? = nil,
        software: String? = nil
    ) {
        self.node = node
        self.at = at
        self.triedAt = triedAt
        self.problem = problem
        self.clockOffset = clockOffset
        self.software = software
    }
}

extension Store {
    /// All peers that were ever in contact over a line.
    package func contacts() throws -> [NodeID: Contact] {
        let rows = try db.cached(
            "SELECT node, at, tried_at, problem, clock_offset, software FROM contact"
        ).rows { row throws(SQLiteError) in
            Contact(
                node: NodeID(UInt64(bitPattern: row.integer(0))),
                at: row.isNull(1) ? nil : UInt64(bitPattern: row.integer(1)),
                triedAt: UInt64(bitPattern: row.integer(2)),
                problem: row.isNull(3) ? nil : try row.text(3),
                clockOffset: row.isNull(4) ? nil : row.integer(4),
                software: row.isNull(5) ? nil : try row.text(5)
            )
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.node, $0) })
    }

    /// Notes how exchanges went, of several peers in one transaction.
    ///
    /// What a contact does not say, and an earlier one did, stays.
    package func note(_ contacts: [Contact]) throws {
        guard !contacts.isEmpty else { return }
        try transaction {
            for contact in contacts {
                try db.cached(
                    """
                    INSERT INTO contact(node, at, tried_at, problem, clock_offset, software)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT(node) DO UPDATE SET
                        at = coalesce(?2, at), tried_at = ?3, problem = ?4,
                        clock_offset = coalesce(?5, clock_offset),
                        software = coalesce(?6, software)
                    """
                ).run(
                    Int64(bitPattern: contact.node.rawValue),
                    contact.at.map { Int64($0) },
                    Int64(contact.triedAt),
                    contact.problem,
                    contact.clockOffset,
                    contact.software
                )
            }
        }
    }

    /// Differs where another connection has written since this one asked last.
    package func changeCounter() throws -> Int64 { try currentDataVersion() }

    /// A few figures that cost nothing to read.
    package func health() throws -> (bytes: Int, aside: Int, waiting: Int) {
        func number(_ sql: StaticString) throws -> Int {
            Int(try db.cached(sql).first { $0.integer(0) } ?? 0)
        }
        return (
            try number("PRAGMA page_count") * (try number("PRAGMA page_size")),
            try number("SELECT count(*) FROM quarantine"),
            try number("SELECT count(*) FROM invite WHERE state = 1")
        )
    }

    /// Forgets beginnings of segments that nobody has come back for.
    package func forgetPartials(before time: UInt64) throws {
        try db.cached("DELETE FROM partial WHERE at < ?1").run(Int64(time))
    }

    /// Entries of the shared scopes that the parent was last known to hold and this node does not.
    package func unfetchedEntries() throws -> UInt64? {
        guard let parent = try identity()?.parent else { return nil }
        return try unfetchedEntries(of: parent)
    }

    /// Entries of the scopes shared with a peer that it has said it holds and this node does not; nil
    /// before its first word.
    package func unfetchedEntries(of peer: Certificate) throws -> UInt64? {
        guard let known = try remembered(of: peer.node) else { return nil }
        let local = try stated(sharedScopes(with: peer), to: peer.node)
        return known.reduce(0) { sum, scope in
            sum.addingUpToMax((local[scope.key] ?? .empty).lacking(of: scope.value))
        }
    }

    /// Entries that a child is not known to hold; all of them before the first contact.
    package func unsentEntries(to child: Certificate) throws -> UInt64 {
        let local = try stated(sharedScopes(with: child), to: child.node)
        let stated = try remembered(.stated, of: child.node) ?? [:]
        return local.reduce(0) { sum, scope in
            sum.addingUpToMax((stated[scope.key] ?? .empty).lacking(of: scope.value))
        }
    }
}

extension VersionVector {
    /// How many of the other's entries this one does not name.
    fileprivate func lacking(of other: VersionVector) -> UInt64 {
        other.elements.reduce(0) { sum, element in
            let held = seq(of: element.log)
            return sum.addingUpToMax(element.seq > held ? element.seq - held : 0)
        }
    }
}

extension UInt64 {
    /// A peer may state numbers of any size: their sum stays at the largest.
    fileprivate func addingUpToMax(_ other: UInt64) -> UInt64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
