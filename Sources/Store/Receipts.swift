package import Causality
package import Replication
import SQLite
import Sealing

/// What the parent has stated of its holdings, kept as proof: `sync-protocol.md` section 9.5.
extension Store {
    /// Keeps the parent's hello, if it states something else than the last one kept.
    func keep(_ receipt: Receipt) throws {
        let vectors = receipt.vectors
        guard try !vectors.isEmpty && receipts().last?.vectors != vectors else { return }
        try db.cached("INSERT INTO receipt(bytes) VALUES (?1)").run(receipt.encode())
    }

    /// Forgets receipts that prove nothing beyond the newest one, and the oldest above the limit.
    func forgetReceipts() throws {
        let rows = try db.cached("SELECT n, bytes FROM receipt ORDER BY n").rows {
            ($0.integer(0), $0.blob(1))
        }
        guard rows.count > 1, let newest = rows.last else { return }
        let known = try Receipt(newest.1).vectors
        let shared = try scopesSharedWithParent()
        var needed: [Int64] = []
        for (n, bytes) in rows.dropLast() {
            if try proves(Receipt(bytes), beyond: known, in: shared) {
                needed.append(n)
            } else {
                try forget(n)
            }
        }
        for n in needed.dropLast(ReplicationLimits.receiptsMax - 1) { try forget(n) }
    }

    private func forget(_ n: Int64) throws {
        try db.cached("DELETE FROM receipt WHERE n = ?1").run(n)
    }

    private func receipts() throws -> [Receipt] {
        try db.cached("SELECT bytes FROM receipt ORDER BY n").rows { $0.blob(0) }
            .map { try Receipt($0) }
    }

    /// The receipts that prove more than the parent knows of itself: it was set back.
    ///
    /// `known`: what the parent last stated; nil before the first contact.
    package func receiptsToShow(known: [String: VersionVector]?) throws -> [Receipt] {
        let shared = try scopesSharedWithParent()
        return try receipts().filter { try proves($0, beyond: known ?? [:], in: shared) }
    }

    private func scopesSharedWithParent() throws -> Set<String> {
        guard let parent = try requireIdentity().parent else { return [] }
        return Set(try sharedScopes(with: parent))
    }

    /// Whether a receipt names ends of other nodes' logs that are here and that `known` lacks.
    ///
    /// Of a scope that is not shared any more the parent states nothing, and gets nothing.
    private func proves(
        _ receipt: Receipt,
        beyond known: [String: VersionVector],
        in shared: Set<String>
    ) throws -> Bool {
        let node = try requireIdentity().node
        for (path, vector) in receipt.vectors
        where shared.contains(path) && known[path] != vector {
            for end in vector.elements where known[path]?.element(for: end.log) != end {
                guard let log = try log(end.log), log.node != node, try isHere(end, of: log)
                else { continue }
                let reached = known[path]?.element(for: end.log)
                guard let reached, reached.seq >= end.seq, try isHere(reached, of: log) else {
                    return true
                }
            }
        }
        return false
    }

    /// Whether a segment that ends so is in the log, or in a branch that was set aside.
    private func isHere(_ end: VersionVector.Element, of log: LogRow) throws -> Bool {
        if try holds(end, of: log) { return true }
        return try db.cached(
            "SELECT header FROM quarantine WHERE log = ?1 AND reason = 'branch' AND is_settled = 0"
        ).bind(all: Int64(bitPattern: log.id.rawValue)).rows { $0.blob(0) }
            .contains { Segment.chainHash(ofHeader: $0).prefix == end.hash }
    }
}

/// Ends of logs that this hub has stated itself, as those who have its word show them to it.
package struct StatedEnds {
    private var ends: Set<VersionVector.Element> = []

    package init() {}

    mutating func add(_ receipt: Receipt) {
        for vector in receipt.vectors.values { ends.formUnion(vector.elements) }
    }

    func contains(_ end: VersionVector.Element) -> Bool { ends.contains(end) }
}
