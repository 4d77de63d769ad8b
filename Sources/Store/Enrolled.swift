package import Causality
package import Replication
import SQLite
import Sealing

/// The hub's keeping of its nodes: enrolling, revoking with a cut, admitting what came too late.
extension Store {
    /// The scope that everybody shares and only the hub writes: roster, code lists, targets.
    package func rosterScope() throws -> String {
        let identity = try requireIdentity()
        let hub = identity.certificate.kind == .hub ? identity.certificate : identity.parent
        guard let path = (hub ?? identity.certificate).rosterPath else {
            throw StoreError.notEnrolled
        }
        return path
    }

    /// Enters a node's certificate in the roster; a newer one of the same node stands beside it.
    package func enter(_ certificate: Certificate, author: String = "") throws {
        try save(scope: try rosterScope(), author: author) { batch in
            _ = batch.add(
                "node",
                [
                    Cell("name", .text(certificate.name)),
                    Cell("node_id", .text(certificate.node.description)),
                    Cell("certificate", .bytes(certificate.bytes)),
                    Cell("state", .text("active")),
                ]
            )
        }
    }

    /// Revokes a node: each of its logs is cut at what is held now, never lower.
    ///
    /// Others may depend on what is held already; what is wrong in it is corrected by ordinary
    /// changes, or erased. What arrives later is set aside.
    package func revoke(_ node: NodeID, author: String = "", on day: String) throws {
        try transaction {
            let cut = VersionVector(
                try allLogs().filter { $0.node == node && $0.seq > 0 }.map {
                    .init(log: $0.id, seq: $0.seq, hash: 0)
                }
            )
            try setState(
                of: node,
                author: author,
                [
                    Cell("state", .text("revoked")), Cell("cut", .bytes(cut.encode())),
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
            guard let last = late.map(\.segment.header.last).max(), let writer = try writer(late)
            else { throw StoreError.nothingToDecide }
            var cut = VersionVector(
                (cache.roster.cuts[writer.node] ?? [:]).compactMap { id, seq in
                    seq > 0 ? .init(log: LogID(id), seq: seq, hash: 0) : nil
                }
            )
            cut.advance(to: .init(log: log, seq: last, hash: 0))
            try setState(of: writer.node, author: author, [Cell("cut", .bytes(cut.encode()))])
            try loadRoster()
            var count = 0
            for (n, segment, isRedacted) in late
            where try apply(segment, isRedacted: isRedacted) == .applied {
                try db.cached("DELETE FROM quarantine WHERE n = ?1").run(n)
                count += 1
            }
            return count
        }
    }

    private func quarantined(
        _ log: LogID
    ) throws -> [(n: Int64, segment: Segment, isRedacted: Bool)] {
        let rows = try db.cached(
            """
            SELECT n, header, signature, payload, is_redacted FROM quarantine
            WHERE log = ?1 AND reason = 'revoked' ORDER BY first
            """
        ).bind(all: Int64(bitPattern: log.rawValue)).rows {
            ($0.integer(0), $0.blob(1), $0.blob(2), $0.blob(3), $0.integer(4) != 0)
        }
        return try rows.map { row in
            (
                row.0,
                try Segment(
                    headerBytes: row.1,
                    signature: try Signature(row.2),
                    compressed: row.3
                ), row.4
            )
        }
    }

    private func writer(
        _ late: [(n: Int64, segment: Segment, isRedacted: Bool)]
    ) throws -> Certificate? {
        guard let first = late.first?.segment.header else { return nil }
        if let log = try log(first.log) { return try Certificate(log.certificate) }
        return try first.birth.map { try Certificate($0.certificate) }
    }

    func setState(of node: NodeID, author: String, _ cells: [Cell]) throws {
        let keys = try db.cached("SELECT id FROM node WHERE node_id = ?1 ORDER BY id")
            .bind(all: node.description).rows { $0.integer(0) }
        guard !keys.isEmpty else { throw ExchangeError.untrusted(node) }
        let ids = try keys.map { try recordID($0) }
        try save(scope: try rosterScope(), author: author) { batch in
            for id in ids { batch.set("node", id, cells) }
        }
    }

    /// Raises the cuts of this hub's revoked nodes to what is held of their logs.
    ///
    /// A hub that was set back may have cut lower than others hold and depend on: what they bring
    /// counts, since they can only have it from this hub.
    func raiseCuts() throws {
        let hub = try requireIdentity().node
        for (node, cuts) in cache.roster.cuts.sorted(by: { $0.key < $1.key })
        where (cache.roster.certificates[node] ?? []).contains(where: { $0.issuer == hub }) {
            let held = VersionVector(
                try allLogs().filter { $0.node == node && $0.seq > 0 }
                    .map { .init(log: $0.id, seq: $0.seq, hash: 0) }
            )
            guard held.elements.contains(where: { $0.seq > cuts[$0.log.rawValue] ?? 0 }) else {
                continue
            }
            let cut = VersionVector(
                cuts.filter { $0.value > 0 }.map { .init(log: LogID($0), seq: $1, hash: 0) }
            )
            try setState(of: node, author: "", [Cell("cut", .bytes(cut.merging(held).encode()))])
        }
    }

    func allLogs() throws -> [LogRow] {
        try scopes().flatMap { path in
            try scopeNumber(path).map { try logs(inScope: $0) } ?? []
        }
    }
}
