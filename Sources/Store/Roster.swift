import Causality
package import Replication
import SQLite

/// Whom this node trusts: certificates from the roster, and where revoked nodes' logs are cut.
struct Roster {
    var identity: Identity?
    var certificates: [NodeID: [Certificate]] = [:]
    /// For a revoked node: how far each of its logs counts, and which history of it.
    var cuts: [NodeID: VersionVector] = [:]
}

extension Store {
    /// Reads the roster's projection into memory.
    ///
    /// A record that nobody entitled has written cannot be there: the commune's scope is written by
    /// its hub alone. A certificate counts only with a valid chain up to the root all the same.
    func loadRoster() throws {
        var roster = Roster()
        roster.identity = cache.roster.identity
        let rows = try db.cached(
            """
            SELECT id, certificate, state, cut FROM node
            WHERE certificate IS NOT NULL AND _flags & 14 = 0 ORDER BY id
            """
        ).rows { row in
            (
                id: row.integer(0), certificate: row.blob(1), state: try? row.text(2),
                cut: row.blob(3)
            )
        }
        for row in rows {
            guard let certificate = try? Certificate(row.certificate) else { continue }
            roster.certificates[certificate.node, default: []].append(certificate)
            guard row.state == "revoked" else { continue }
            // A hub that was set back may have cut twice without knowing: the highest counts.
            let cuts = try [row.cut] + siblingCuts(of: row.id)
            roster.cuts[certificate.node] = cuts.compactMap { try? VersionVector(encoded: $0) }
                .reduce(roster.cuts[certificate.node] ?? .empty) { $0.merging($1) }
        }
        cache.roster = roster
    }

    /// Whether a certificate was issued by somebody entitled, up to this node or its parent.
    package func isTrusted(_ certificate: Certificate) throws -> Bool {
        try isTrusted(certificate, depth: 0)
    }

    private func isTrusted(_ certificate: Certificate, depth: Int) throws -> Bool {
        // A tree of hubs is shallow: commune, city, perhaps a ministry.
        guard depth < 4, let identity = try identity() else { return false }
        // The same key is the same node, whoever has certified it since: a hub that has come under
        // a city's shows the city's certificate from then on.
        let roots = [identity.certificate, identity.parent].compactMap(\.self)
        if roots.contains(where: { $0.node == certificate.node }) { return true }
        for root in roots where root.node == certificate.issuer {
            return certificate.isSigned(by: root.signingKey)
                && (root.node == certificate.node || isWithin(certificate, root))
        }
        for issuer in cache.roster.certificates[certificate.issuer] ?? []
        where issuer.kind == .hub && issuer.node != certificate.node {
            guard certificate.isSigned(by: issuer.signingKey), isWithin(certificate, issuer),
                try isTrusted(issuer, depth: depth + 1)
            else { continue }
            return true
        }
        return false
    }

    /// Nobody can grant more than he has.
    private func isWithin(_ certificate: Certificate, _ issuer: Certificate) -> Bool {
        certificate.writes.allSatisfy { pattern in
            issuer.writes.contains {
                $0 == pattern || (pattern.utf8.last != UInt8(ascii: "/") && covers($0, pattern))
                    || ($0.utf8.last == UInt8(ascii: "/") && pattern.hasPrefix($0))
            }
        }
    }

    /// The cut of a log, if its node is revoked: entries beyond it are set aside.
    func cut(node: NodeID, log: LogID) -> UInt64? {
        cache.roster.cuts[node]?.seq(of: log)
    }

    package func isRevoked(_ node: NodeID) -> Bool {
        cache.roster.cuts[node] != nil
    }

    private func siblingCuts(of record: Int64) throws -> [[UInt8]] {
        try db.cached("SELECT value FROM sibling WHERE record = ?1 AND field = 'cut' AND kind = 3")
            .bind(all: record).rows { $0.blob(0) }
    }

    /// The certificate by which a node is known here that shows none: the parent's, or the newest
    /// of the roster.
    func knownCertificate(of node: NodeID) throws -> Certificate? {
        if let parent = try identity()?.parent, parent.node == node { return parent }
        return cache.roster.certificates[node]?.max { $0.issuedAt < $1.issuedAt }
    }
}
