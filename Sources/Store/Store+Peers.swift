import Causality
package import Replication
import SQLite

/// What others lack, as far as is known here.
extension Store {
    /// The nodes that this hub has enrolled and not revoked, the newest certificate of each.
    package func children() throws -> [Certificate] {
        try reading {
            guard let identity = try identity(), identity.certificate.kind == .hub else {
                return []
            }
            return try roster().certificates.keys.sorted()
                .filter { try $0 != identity.node && !isRevoked($0) }
                .compactMap { try issuedCertificate(of: $0) }
        }
    }

    /// Every node of the roster here, the newest certificate of each, by name; this hub's own word
    /// comes before others'.
    package func enrolled() throws -> [(certificate: Certificate, isRevoked: Bool)] {
        try reading {
            let roster = try roster()
            return try roster.certificates.compactMap { node, certificates in
                try issuedCertificate(of: node)
                    ?? certificates.max { $0.issuedAt < $1.issuedAt }
            }
            .sorted { ($0.name, $0.node) < ($1.name, $1.node) }
            .map { ($0, roster.revocations[$0.node]?[$0.issuer] != nil) }
        }
    }

    /// Whether the parent lacks something, or has not been told what is held here.
    package func hasNewsForParent() throws -> Bool {
        try reading {
            guard let parent = try identity()?.parent else { return false }
            if try hasOpenEntries(try sharedScopes(with: parent)) { return true }
            let local = try stated(try sharedScopes(with: parent), to: parent.node)
            guard let known = try remembered(of: parent.node) else { return true }
            if Exchange.request(local: local, known: known).holdings == .vectors(local) {
                return true
            }
            return try !offerNumbers().isEmpty
        }
    }

    /// Whether a child has not said itself that it holds all that is held here: what was sent may
    /// have been lost on the way.
    package func hasNews(for child: Certificate) throws -> Bool {
        try differs(.stated, for: child)
    }

    /// Whether a child was not sent all that is held here.
    package func hasUnsent(for child: Certificate) throws -> Bool {
        try differs(.sent, for: child)
    }

    private func differs(_ kind: PeerHoldings, for child: Certificate) throws -> Bool {
        try reading {
            let paths = try sharedScopes(with: child)
            if try hasOpenEntries(paths) { return true }
            let local = try stated(paths, to: child.node)
            return try remembered(kind, of: child.node) ?? [:] != local
        }
    }

    /// Forgets what was known of peers: a database that was set back knows too much of them.
    func forgetPeers() throws {
        try db.cached("DELETE FROM peer").run()
    }

    /// Writes a bundle for a child that has not asked: what it lacks as far as known for certain.
    package func offer(
        to child: Certificate,
        software: String,
        keys: BundleKeys = .random(),
        _ write: ([UInt8]) throws -> Void
    ) throws {
        let plan = BundleSource.Plan(peer: child, kind: .reply, software: software, keys: keys)
        let source = try BundleSource(
            self,
            plan,
            turn: { local in
                let known = try self.remembered(.stated, of: child.node) ?? [:]
                return Exchange.answer(to: .vectors(known), local: local, remembered: [])
            },
            whenTaken: { local, _, _ in try self.remember(local, .sent, of: child.node) }
        )
        try source.write(to: write)
    }
}
