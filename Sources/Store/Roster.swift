import Causality
package import Replication
import SQLite

/// Whom this node trusts: certificates from the roster, and where revoked nodes' logs are cut.
struct Roster {
    var certificates: [NodeID: [Certificate]] = [:]
    /// For a revoked node: how far each of its logs counts, and which history of it.
    var cuts: [NodeID: VersionVector] = [:]
    /// The scopes in which hubs keep their rosters, as far as those hubs are known here.
    var scopes: Set<String> = []
}

extension Certificate {
    /// Where a hub with this certificate keeps its roster: the shortest path that it names, of
    /// several the first.
    var rosterPath: String? {
        writes.filter { $0.utf8.last != UInt8(ascii: "/") }
            .min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
}

extension Store {
    /// The roster, read into memory when it is first needed after a change.
    func roster() throws -> Roster {
        if let roster = cache.roster { return roster }
        let roster = try readRoster()
        cache.roster = roster
        return roster
    }

    func forgetRoster() {
        cache.roster = nil
    }

    /// Reads the roster's projection.
    ///
    /// Any node may write records of these types in its own scope: they count only where their
    /// issuer keeps its roster, which nobody but that hub, or one above it, can write. Otherwise a
    /// village could give itself the right to another's scope, or revoke another node.
    private func readRoster() throws -> Roster {
        var roster = Roster()
        let rows = try db.cached(
            """
            SELECT n.id, n.certificate, n.state, n.cut, s.path
            FROM node n JOIN scope s ON s.n = n._scope
            WHERE n.certificate IS NOT NULL AND n._flags & ?1 = 0 ORDER BY n.id
            """
        ).bind(all: RecordFlags.gone).rows { row throws(SQLiteError) in
            (
                id: row.integer(0), certificate: row.blob(1), state: try? row.text(2),
                cut: row.blob(3), path: try row.text(4)
            )
        }.compactMap { row in
            (try? Certificate(row.certificate)).map { (certificate: $0, row: row) }
        }
        let homes = rosterHomes(try identity(), rows.map { ($0.certificate, $0.row.path) })
        roster.scopes = Set(homes.values)
        for (certificate, row) in rows where homes[certificate.issuer] == row.path {
            roster.certificates[certificate.node, default: []].append(certificate)
            guard row.state == "revoked" else { continue }
            // A hub that was set back may have cut twice without knowing: the highest counts.
            let cuts = try [row.cut] + siblingCuts(of: row.id)
            roster.cuts[certificate.node] = cuts.compactMap { try? VersionVector(encoded: $0) }
                .reduce(roster.cuts[certificate.node] ?? .empty) { $0.merging($1) }
        }
        return roster
    }

    /// Where each known hub keeps its roster: this node and its parent, then those that they name.
    private func rosterHomes(
        _ identity: Identity?,
        _ rows: [(certificate: Certificate, path: String)]
    ) -> [NodeID: String] {
        var homes: [NodeID: String] = [:]
        for root in [identity?.certificate, identity?.parent].compactMap(\.self)
        where root.kind == .hub {
            homes[root.node] = root.rosterPath
        }
        let hubs = rows.filter { $0.certificate.kind == .hub }
        for _ in 0..<Self.hubLevels {
            for (hub, path) in hubs where homes[hub.node] == nil && homes[hub.issuer] == path {
                homes[hub.node] = hub.rosterPath
            }
        }
        return homes
    }

    /// A tree of hubs is shallow: commune, city, perhaps a ministry.
    private static let hubLevels = 4

    /// Whether a certificate was issued by somebody entitled, up to this node or its parent.
    package func isTrusted(_ certificate: Certificate) throws -> Bool {
        try reading { try isTrusted(certificate, depth: 0) }
    }

    private func isTrusted(_ certificate: Certificate, depth: Int) throws -> Bool {
        guard depth < Self.hubLevels, let identity = try identity() else { return false }
        // The same key is the same node, whoever has certified it since: a hub that has come under
        // a city's shows the city's certificate from then on.
        let roots = [identity.certificate, identity.parent].compactMap(\.self)
        if roots.contains(where: { $0.node == certificate.node }) { return true }
        for root in roots where root.node == certificate.issuer {
            return certificate.isSigned(by: root.signingKey)
                && isWithin(certificate, root)
        }
        for issuer in try roster().certificates[certificate.issuer] ?? []
        where issuer.kind == .hub && issuer.bytes != certificate.bytes {
            guard certificate.isSigned(by: issuer.signingKey), isWithin(certificate, issuer),
                try isTrusted(issuer, depth: depth + 1)
            else { continue }
            return true
        }
        return false
    }

    /// Nobody can grant more than he has, and no hub its own roster to another node: who writes that
    /// owns the hub's users, revocations and erasures.
    private func isWithin(_ certificate: Certificate, _ issuer: Certificate) -> Bool {
        certificate.writes.allSatisfy { pattern in
            (pattern != issuer.rosterPath || certificate.node == issuer.node)
                && issuer.writes.contains {
                    $0 == pattern || (pattern.utf8.last != UInt8(ascii: "/") && covers($0, pattern))
                        || ($0.utf8.last == UInt8(ascii: "/") && pattern.hasPrefix($0))
                }
        }
    }

    /// Whether a scope holds the roster of this hub or of one that it knows.
    package func holdsRoster(_ path: String) throws -> Bool {
        try reading { try roster().scopes.contains(path) }
    }

    /// The cut of a log, if its node is revoked: entries beyond it are set aside.
    func cut(node: NodeID, log: LogID) throws -> UInt64? {
        try roster().cuts[node]?.seq(of: log)
    }

    package func isRevoked(_ node: NodeID) throws -> Bool {
        try reading { try roster().cuts[node] != nil }
    }

    private func siblingCuts(of record: Int64) throws -> [[UInt8]] {
        try db.cached(
            """
            SELECT value FROM sibling
            WHERE type = 'node' AND record = ?1 AND field = 'cut' AND kind = 3
            """
        )
        .bind(all: record).rows { $0.blob(0) }
    }

    /// The certificate by which a node is known here that shows none: the parent's, or the newest
    /// of the roster.
    func knownCertificate(of node: NodeID) throws -> Certificate? {
        if let parent = try identity()?.parent, parent.node == node { return parent }
        return try roster().certificates[node]?.max { $0.issuedAt < $1.issuedAt }
    }
}
