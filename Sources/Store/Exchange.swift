package import Causality
package import Replication
import SQLite
package import Sealing

/// How a peer's vectors are known.
enum PeerHoldings: Int64 {
    /// It said so itself.
    case stated = 0
    /// It holds this if it took all that it was last sent; its next digest tells.
    case sent = 1
}

extension Store {
    /// The request of the asking side, to be taken piece by piece.
    ///
    /// `isWhole`: states the vectors, whatever is known of the parent.
    /// `showsCertificate`: false where the parent is known to have it and can say at once if it has
    /// not (``ReplicationError/unknownSender(_:)``), so that the request is made again.
    /// `resuming`: the beginning of a segment that the parent has just said it holds.
    package func request(
        software: String,
        keys: BundleKeys = .random(),
        isWhole: Bool = false,
        showsCertificate: Bool = true,
        resuming partial: PartialSegment? = nil
    ) throws -> BundleSource {
        guard let parent = try requireIdentity().parent else { throw StoreError.notEnrolled }
        let plan = BundleSource.Plan(
            peer: parent,
            kind: .request,
            showsCertificate: showsCertificate,
            software: software,
            keys: keys,
            partial: partial
        )
        return try BundleSource(
            self,
            plan,
            turn: { local in
                let known = isWhole ? nil : try self.remembered(of: parent.node)
                return Exchange.request(local: local, known: known)
            },
            whenTaken: { local, _, digest in
                try self.noteHandedOver(local, request: digest)
            }
        )
    }

    /// Writes the whole request and returns the hash of its hello.
    @discardableResult
    package func request(
        software: String,
        keys: BundleKeys = .random(),
        isWhole: Bool = false,
        showsCertificate: Bool = true,
        _ write: ([UInt8]) throws -> Void
    ) throws -> Digest {
        let source = try request(
            software: software,
            keys: keys,
            isWhole: isWhole,
            showsCertificate: showsCertificate
        )
        try source.write(to: write)
        return source.digest
    }

    /// The scopes that an exchange with the peer is about: held here, and allowed to the child; never
    /// a hub's own.
    func sharedScopes(with peer: Certificate) throws -> [String] {
        let identity = try requireIdentity()
        let child = peer.node == identity.parent?.node ? identity.certificate : peer
        // A child may read what the newest certificate says that this hub has given it; the one it
        // shows counts where the roster has none (a hub restored from before the enrolment).
        let certificate =
            child.node == identity.node ? child : try issuedCertificate(of: child.node) ?? child
        return try scopes().filter { !isHubsOwnScope($0) && certificate.mayRead($0) }
    }

    func hasOpenEntries(_ paths: [String]) throws -> Bool {
        try paths.contains { path in
            guard let scope = try scopeNumber(path) else { return false }
            return try logs(inScope: scope).contains { log in
                guard log.isOpen else { return false }
                return try openSegment(log).count > 0
            }
        }
    }

    /// Whether the parent has answered before: it has entered this node's certificate in its roster.
    package func isKnownToParent() throws -> Bool {
        guard let parent = try requireIdentity().parent else { return false }
        return try remembered(of: parent.node) != nil
    }

    /// What a peer is told of the scopes; the parent is not told of a log whose history is in doubt.
    func stated(_ paths: [String], to peer: NodeID) throws -> [String: VersionVector] {
        let isParent = try requireIdentity().parent?.node == peer
        var vectors: [String: VersionVector] = [:]
        for path in paths {
            guard let scope = try scopeNumber(path) else { continue }
            var vector = try vector(scope)
            for log in try logs(inScope: scope) where isParent && log.isRefetched {
                vector.remove(log.id)
            }
            // A scope that one side knows by name only would differ for ever.
            vectors[path] = vector.isEmpty ? nil : vector
        }
        return vectors
    }

    /// Marks the logs of which the parent holds another history: they are left out of what is
    /// stated next time, so that the parent sends them from their beginning.
    ///
    /// `isWhole`: the parent's bundle was complete, so that older marks are settled.
    func refetch(_ found: Set<LogID>, isWhole: Bool) throws {
        let marked = try db.cached("SELECT id FROM log WHERE is_refetched = 1").rows {
            LogID(UInt64(bitPattern: $0.integer(0)))
        }
        let forks = isWhole ? found : found.union(marked)
        guard forks != Set(marked) else { return }
        try transaction {
            try db.cached("UPDATE log SET is_refetched = 0 WHERE is_refetched = 1").run()
            for id in forks {
                try db.cached("UPDATE log SET is_refetched = 1 WHERE id = ?1")
                    .run(Int64(bitPattern: id.rawValue))
            }
        }
        cache.logTable = LogTable()
    }

    func hasRefetches() throws -> Bool {
        try db.cached("SELECT 1 FROM log WHERE is_refetched = 1 LIMIT 1").first { _ in true } != nil
    }

    // MARK: What is known of peers

    /// What a peer's statement means; nil for a digest of vectors that are not known here.
    func vectors(
        stated holdings: Hello.Holdings,
        by peer: Certificate
    ) throws -> [String: VersionVector]? {
        switch holdings {
        case .vectors(let vectors): return vectors
        case .digest(let digest):
            let known = try [
                stated(sharedScopes(with: peer), to: peer.node), remembered(.stated, of: peer.node),
                remembered(.sent, of: peer.node),
            ]
            return known.compactMap(\.self).first { Hello.digest(of: $0) == digest }
        }
    }

    /// A peer's vectors of one kind; nil where there is none.
    func remembered(
        _ kind: PeerHoldings,
        of node: NodeID
    ) throws -> [String: VersionVector]? {
        let rows = try db.cached("SELECT scope, vector FROM peer WHERE node = ?1 AND kind = ?2")
            .bind(all: Int64(bitPattern: node.rawValue), kind.rawValue).rows {
                row throws(SQLiteError) in
                (path: try row.text(0), vector: row.blob(1))
            }
        guard !rows.isEmpty else { return nil }
        return Dictionary(
            uniqueKeysWithValues: try rows.map { ($0.path, try VersionVector(encoded: $0.vector)) }
        )
    }

    /// A peer's vectors when they were last known for certain; nil before the first contact.
    package func remembered(of node: NodeID) throws -> [String: VersionVector]? {
        try remembered(.stated, of: node)
    }

    /// Milliseconds after which a peer that says nothing new is noted as heard of once more.
    private static let sameWordsAge: Int64 = 86_400_000

    /// Notes a peer's vectors, if they have changed: an exchange without news writes nothing, but for
    /// the time, once a day.
    func remember(
        _ vectors: [String: VersionVector],
        _ kind: PeerHoldings = .stated,
        of node: NodeID
    ) throws {
        let number = Int64(bitPattern: node.rawValue)
        let now = Int64(environment.wall())
        guard try remembered(kind, of: node) != vectors else {
            try db.cached("UPDATE peer SET at = ?3 WHERE node = ?1 AND kind = ?2 AND at < ?4")
                .run(number, kind.rawValue, now, now - Self.sameWordsAge)
            return
        }
        try transaction {
            try db.cached("DELETE FROM peer WHERE node = ?1 AND kind = ?2")
                .run(number, kind.rawValue)
            for (path, vector) in vectors {
                try db.cached(
                    "INSERT INTO peer(node, kind, scope, vector, at) VALUES (?1, ?2, ?3, ?4, ?5)"
                ).run(number, kind.rawValue, path, vector.encode(), now)
            }
        }
    }

    /// The beginning of a segment that a cut left here, from this peer.
    package func heldPartial(of node: NodeID) throws -> (header: Digest, bytes: [UInt8])? {
        let row = try db.cached("SELECT header, bytes FROM partial WHERE node = ?1")
            .bind(all: Int64(bitPattern: node.rawValue)).first { ($0.blob(0), $0.blob(1)) }
        return try row.map { (try Digest($0.0), $0.1) }
    }

    func heldPartial(header: Digest) throws -> [UInt8]? {
        try db.cached("SELECT bytes FROM partial WHERE header = ?1").bind(all: header.bytes).first {
            $0.blob(0)
        }
    }

    /// Keeps the beginning of a segment that a cut left here, for the peer to go on behind it.
    ///
    /// Longer pieces of a segment replace shorter ones: a line that breaks soon again loses nothing.
    ///
    /// `isSettled`: what was kept so far is of no use any more.
    func keepPartial(
        of node: NodeID,
        _ partial: (frame: SegmentFrame, bytes: [UInt8])?,
        isSettled: Bool
    ) throws {
        let number = Int64(bitPattern: node.rawValue)
        let kept = try heldPartial(of: node)
        guard let partial else {
            guard kept != nil, isSettled else { return }
            return try db.cached("DELETE FROM partial WHERE node = ?1").run(number)
        }
        let header = Segment.chainHash(ofHeader: partial.frame.header)
        if let kept, kept.header == header, kept.bytes.count >= partial.bytes.count { return }
        try db.cached(
            "INSERT OR REPLACE INTO partial(node, header, bytes, at) VALUES (?1, ?2, ?3, ?4)"
        )
        .run(number, header.bytes, partial.bytes, Int64(environment.wall()))
    }
}
