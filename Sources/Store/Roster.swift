import Causality
package import Replication
import SQLite
import Sealing

/// Whom this node trusts: certificates from the roster, and what hubs have revoked.
struct Roster {
    /// Certificates that count, of each node; several where it was given another one.
    var certificates: [NodeID: [Certificate]] = [:]
    /// By the node and by the hub that has revoked it.
    var revocations: [NodeID: [NodeID: Revocation]] = [:]
    /// The scopes in which hubs keep their rosters, as far as those hubs are known here.
    var scopes: Set<String> = []
}

/// One hub's revocation of a node.
struct Revocation {
    /// How far each of the node's logs counts, and which history of it.
    var cut: VersionVector = .empty
    /// The patterns that the hub itself may write: elsewhere it revokes nothing.
    var scopes: Set<String> = []

    func reaches(_ path: String) -> Bool { scopes.contains { covers($0, path) } }
}

extension Certificate {
    /// Where a hub with this certificate keeps its roster: the shortest path that it names, of
    /// several the first.
    var rosterPath: String? {
        writes.filter { $0.utf8.last != UInt8(ascii: "/") }
            .min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    /// Whether this certificate may have been issued by the hub with another one: it is signed by
    /// it, and grants nothing beyond it.
    ///
    /// Nobody can grant more than he has, and no hub its own roster to another node: who writes that
    /// owns the hub's users, revocations and erasures.
    fileprivate func isGranted(by issuer: Certificate) -> Bool {
        issuer.node == self.issuer && isWithin(issuer) && isSigned(by: issuer.signingKey)
    }

    private func isWithin(_ issuer: Certificate) -> Bool {
        writes.allSatisfy { pattern in
            (pattern != issuer.rosterPath || node == issuer.node)
                && issuer.writes.contains {
                    $0 == pattern || (pattern.utf8.last != UInt8(ascii: "/") && covers($0, pattern))
                        || ($0.utf8.last == UInt8(ascii: "/") && pattern.hasPrefix($0))
                }
        }
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

    /// Whether a hub below this one keeps the scope: its villages know their own hub's certificate only,
    /// and would refuse what this one writes there and all that depends on it.
    func isOfHubBelow(_ path: String, _ identity: Identity) throws -> Bool {
        guard identity.certificate.kind == .hub else { return false }
        let roster = try roster()
        return roster.certificates.contains { node, certificates in
            node != identity.node && roster.revocations[node] == nil
                && certificates.contains {
                    $0.kind == .hub && $0.issuer == identity.node && $0.mayWrite(path)
                }
        }
    }

    /// Whether this node itself records in a scope: it may write it, and leaves it to no hub below.
    func mayRecord(in path: String, _ identity: Identity) throws -> Bool {
        try identity.certificate.mayWrite(path) && !isOfHubBelow(path, identity)
    }

    func forgetRoster() {
        cache.roster = nil
    }

    /// A `node` record with the scope that it stands in.
    private struct RosterRow {
        let id: Int64
        let certificate: Certificate
        let path: String
        let isRevoked: Bool
        let cut: [UInt8]
    }

    /// Reads the roster's projection (`sync-protocol.md` 9.5).
    ///
    /// Any node may write records of these types in its own scope. One counts only where a hub that
    /// is known here keeps its roster, and only if that hub has signed the certificate in it and may
    /// grant what it says. Otherwise a village, or a hub below, could give itself another's scope.
    private func readRoster() throws -> Roster {
        var roster = Roster()
        var rows = try rosterRows()[...]
        // From this node and its parent on, one step down the tree of hubs at a time.
        var hubs = try roots().filter { $0.kind == .hub }
        for _ in 0...Self.hubLevels where !hubs.isEmpty {
            let homes = Dictionary(grouping: hubs) { $0.rosterPath }
            roster.scopes.formUnion(homes.keys.compactMap(\.self))
            hubs = []
            var others: [RosterRow] = []
            for row in rows {
                let granted = homes[row.path]?.filter { isGranted(row.certificate, by: $0) } ?? []
                guard !granted.isEmpty else {
                    others.append(row)
                    continue
                }
                let certificate = row.certificate
                roster.certificates[certificate.node, default: []].append(certificate)
                if certificate.kind == .hub { hubs.append(certificate) }
                if row.isRevoked { try note(row, by: granted, in: &roster) }
            }
            rows = others[...]
        }
        return roster
    }

    private func rosterRows() throws -> [RosterRow] {
        try db.cached(
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
            guard let certificate = try? Certificate(row.certificate) else { return nil }
            return RosterRow(
                id: row.id,
                certificate: certificate,
                path: row.path,
                isRevoked: row.state == "revoked",
                cut: row.cut
            )
        }
    }

    private func note(_ row: RosterRow, by hubs: [Certificate], in roster: inout Roster) throws {
        let node = row.certificate.node
        let hub = row.certificate.issuer
        var revocation = roster.revocations[node]?[hub] ?? Revocation()
        for hub in hubs { revocation.scopes.formUnion(hub.writes) }
        // A hub that was set back may have cut twice without knowing: the highest counts.
        let cuts = try [row.cut] + siblingCuts(of: row.id)
        revocation.cut = cuts.compactMap { try? VersionVector(encoded: $0) }
            .reduce(revocation.cut) { $0.merging($1) }
        roster.revocations[node, default: [:]][hub] = revocation
    }

    /// The certificates with which trust begins: this node's own and its parent's.
    private func roots() throws -> [Certificate] {
        let identity = try identity()
        return [identity?.certificate, identity?.parent].compactMap(\.self)
    }

    /// A tree of hubs is shallow: commune, city, perhaps a ministry.
    private static let hubLevels = 4

    /// The same as ``Certificate/isGranted(by:)``; a signature is computed once while the file is open.
    private func isGranted(_ certificate: Certificate, by issuer: Certificate) -> Bool {
        let pair = CertificatePair(certificate: certificate.bytes, issuer: issuer.bytes)
        if let known = cache.grants[pair] { return known }
        let isGranted = certificate.isGranted(by: issuer)
        if cache.grants.count >= Self.grantsMax { cache.grants = [:] }
        cache.grants[pair] = isGranted
        return isGranted
    }

    private static let grantsMax = 16_384

    /// Whether a certificate was issued by somebody entitled, up to this node or its parent.
    package func isTrusted(_ certificate: Certificate) throws -> Bool {
        try reading {
            let roots = try roots()
            // The same key is the same node, whoever has certified it since: a hub that has come
            // under a city's shows the city's certificate from then on.
            if roots.contains(where: { $0.signingKey == certificate.signingKey }) { return true }
            if roots.contains(where: { isGranted(certificate, by: $0) }) { return true }
            let issuers = try roster().certificates[certificate.issuer] ?? []
            return issuers.contains { $0.kind == .hub && isGranted(certificate, by: $0) }
        }
    }

    /// Whether a scope holds the roster of this hub or of one that it knows.
    package func holdsRoster(_ path: String) throws -> Bool {
        try reading { try roster().scopes.contains(path) }
    }

    /// How far a log of a node counts in a scope where a hub has revoked the node; nil where none
    /// has.
    ///
    /// Of several hubs the one that lets less of it count.
    func cut(node: NodeID, log: LogID, in path: String) throws -> UInt64? {
        try roster().revocations[node]?.values.filter { $0.reaches(path) }
            .map { $0.cut.seq(of: log) }.min()
    }

    /// The cut by which this hub itself has revoked a node.
    func ownCut(of node: NodeID) throws -> VersionVector? {
        let hub = try requireIdentity().node
        return try roster().revocations[node]?[hub]?.cut
    }

    /// Whether this hub has revoked a node, or another one this node's parent.
    ///
    /// What some hub elsewhere has written of a node closes no door here.
    package func isRevoked(_ node: NodeID) throws -> Bool {
        try reading {
            guard let identity = try identity() else { return false }
            let judge = identity.parent.flatMap { $0.node == node ? $0.issuer : nil }
            return try roster().revocations[node]?[judge ?? identity.node] != nil
        }
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
    /// that this node has issued to it.
    func knownCertificate(of node: NodeID) throws -> Certificate? {
        if let parent = try identity()?.parent, parent.node == node { return parent }
        return try issuedCertificate(of: node)
    }

    /// The newest certificate that this hub has given to a node.
    ///
    /// A hub below may write others of the same node in its own roster, of whatever date.
    func issuedCertificate(of node: NodeID) throws -> Certificate? {
        guard let hub = try identity()?.node else { return nil }
        return try roster().certificates[node]?.filter { $0.issuer == hub }
            .max { $0.issuedAt < $1.issuedAt }
    }
}

/// A certificate and the one of its issuer: what the one says of the other never changes.
struct CertificatePair: Hashable {
    let certificate: [UInt8]
    let issuer: [UInt8]
}
