import Causality
import Replication
import SQLite
import Sealing

/// A node's newer certificate, with another name or other scopes: `sync-protocol.md` section 9.9.
///
/// The parent goes by it from the moment at which it has issued it, and says nothing any more of
/// scopes that go. What this node has written there is handed over first, under the older one.
extension Store {
    /// The last request that was sent whole while a newer certificate waited: the hash of its hello,
    /// then the vector of this node's own logs in the scopes that go.
    private static let handingSetting = "handing-over"

    /// Takes up the newer certificate that the parent has entered for this node in its roster, unless
    /// something is to be handed over first.
    ///
    /// `handed`: what the parent has taken in this moment of what it does not state.
    func takeUpOwnCertificate(handed: VersionVector = .empty) throws {
        guard let identity = try identity(), let newer = try newerCertificate() else { return }
        guard try isHandedOver(under: newer, handed) else { return }
        try adopt(
            Identity(
                signingKey: identity.signingKey,
                openingKey: identity.openingKey,
                certificate: newer,
                parent: identity.parent
            )
        )
        try removeSetting(Self.handingSetting)
    }

    /// Whether the node may hold a scope as soon as it has taken up the certificate that waits.
    func isToHold(_ path: String) throws -> Bool {
        try !isHubsOwnScope(path) && newerCertificate()?.mayRead(path) ?? false
    }

    private func newerCertificate() throws -> Certificate? {
        guard let identity = try identity(), let parent = identity.parent else { return nil }
        let own = identity.certificate
        return (try roster().certificates[identity.node] ?? []).filter {
            $0.issuedAt > own.issuedAt && $0.sealingKey == own.sealingKey && $0.kind == own.kind
                && $0.isSigned(by: parent.signingKey)
        }.max { $0.issuedAt < $1.issuedAt }
    }

    /// This node's own logs in scopes that it may write by its certificate of today alone.
    private func goingLogs(under newer: Certificate) throws -> [(path: String, log: LogRow)] {
        let own = try requireIdentity().certificate
        let going = try scopes().filter {
            !isHubsOwnScope($0) && own.mayRead($0) && own.mayWrite($0) && !newer.mayWrite($0)
        }
        return try going.flatMap { path in
            guard let scope = try scopeNumber(path) else { return [(path: String, log: LogRow)]() }
            return try logs(inScope: scope).filter { $0.node == own.node }.map { (path, $0) }
        }
    }

    private func isHandedOver(under newer: Certificate, _ handed: VersionVector) throws -> Bool {
        guard let parent = try requireIdentity().parent else { return true }
        let known = try remembered(of: parent.node) ?? [:]
        return try goingLogs(under: newer).allSatisfy { path, log in
            let isWaiting =
                try db.cached("SELECT 1 FROM aside_entry WHERE scope = ?1")
                .bind(all: log.scope).first { _ in true } ?? false
            let held = try log.isOpen ? max(log.seq, openSegment(log).last) : log.seq
            let sent = max(known[path]?.seq(of: log.id) ?? 0, handed.seq(of: log.id))
            return !isWaiting && held <= sent
        }
    }

    /// Notes what a request has handed over that was sent to its end; where nothing waits for it,
    /// nothing is written.
    func noteHandedOver(_ local: [String: VersionVector], request: Digest) throws {
        guard try reading({ try newerCertificate() }) != nil else { return }
        try transaction {
            guard let newer = try newerCertificate() else { return }
            let own = try goingLogs(under: newer).compactMap { path, log in
                local[path]?.element(for: log.id)
            }
            try set(Self.handingSetting, request.bytes + VersionVector(own).encode())
        }
    }

    /// Takes up the newer certificate where a reply says that all was taken.
    ///
    /// `notices`: of that reply, which was whole. A log of which the parent has something to say was
    /// not taken to its end.
    func finishHandingOver(answers request: Digest?, notices: [Notice]) throws {
        guard let noted = try setting(Self.handingSetting), let request,
            noted.starts(with: request.bytes),
            !notices.contains(where: { [.missing, .vectorsNeeded].contains($0.code) })
        else { return }
        var handed = try VersionVector(encoded: Array(noted.dropFirst(Digest.length)))
        for notice in notices where [.refused, .revoked, .resend, .fork].contains(notice.code) {
            handed.remove(LogID(notice.log))
        }
        try takeUpOwnCertificate(handed: handed)
    }
}
