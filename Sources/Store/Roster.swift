import Causality
package import Replication
import SQLite

/// Whom this node trusts: certificates from the roster, and where revoked nodes' logs are cut.
struct Roster {
    var identity: Identity?
    var certificates: [NodeID: [Certificate]] = [:]
    /// For a revoked node: log → highest number that counts.
    var cuts: [NodeID: [UInt64: UInt64]] = [:]
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
            SELECT certificate, state, cut FROM node
            WHERE certificate IS NOT NULL AND _flags & 14 = 0 ORDER BY id
            """
        ).rows { row in
            (certificate: row.blob(0), state: try? row.text(1), cut: row.blob(2))
        }
        for row in rows {
            guard let certificate = try? Certificate(row.certificate) else { continue }
            roster.certificates[certificate.node, default: []].append(certificate)
            guard row.state == "revoked" else { continue }
            roster.cuts[certificate.node, default: [:]].merge(Self.cuts(row.cut)) { max($0, $1) }
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
        where issuer.kind == .hub && issuer.bytes != certificate.bytes {
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
    func cut(node: NodeID, log: UInt64) -> UInt64? {
        cache.roster.cuts[node].map { $0[log] ?? 0 }
    }

    package func isRevoked(_ node: NodeID) -> Bool {
        cache.roster.cuts[node] != nil
    }

    private static func cuts(_ bytes: [UInt8]) -> [UInt64: UInt64] {
        guard let vector = try? VersionVector(encoded: bytes) else { return [:] }
        return Dictionary(uniqueKeysWithValues: vector.elements.map { ($0.log.rawValue, $0.seq) })
    }
}
