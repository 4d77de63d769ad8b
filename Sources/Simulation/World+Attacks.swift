import Causality
import Compression
import Replication
import Sealing
import Store

/// Messages from nodes that have no right to what they try: refused, and nothing changes.
extension World {
    private enum Attack: CaseIterable {
        /// Entries in a scope that the certificate does not allow.
        case foreignScope
        /// A node that nobody enrolled.
        case stranger
        /// A stranger's segment inside an enrolled node's bundle.
        case smuggled
        /// A certificate that claims the hub as its issuer.
        case forgedCertificate
        /// A segment at the end of somebody else's log.
        case foreignLog
        /// A content other than what was signed.
        case otherContent
        /// An entry that claims to have seen what its segment had not.
        case overstatedContext
        /// A request for scopes that the node may not read.
        case curious
        /// A bundle for somebody else.
        case redirected
        /// No bundle at all.
        case noise
    }

    func attack() throws {
        if random.percent(50), try conspire() { return }
        let children = living.filter { nodes[$0.node].parent != nil }
        guard let child = pick(children), let hub = parent(of: child),
            let attack = pick(Attack.allCases)
        else { return }
        try self.attack(by: child, on: hub, child.node == usurper ? .foreignScope : attack)
    }

    private func attack(
        by child: SimulatedDatabase,
        on hub: SimulatedDatabase,
        _ attack: Attack
    ) throws {
        figures.hostileMessages += 1
        trace.note("\(name(child)) attacks \(name(hub)): \(attack)")
        // What is open is sealed, and an erasure finished, by whatever arrives; that alone is no harm.
        try hub.store.transaction { try hub.store.finishErasures() }
        for scope in try hub.store.scopes() { try hub.store.seal(scope) }
        let before = try state(of: hub)
        let bytes = try hostileBytes(attack, child, hub)
        let summary = try ExchangeSummary(feeding: bytes, to: hub, world: self)
        let after = try state(of: hub).filter { before[$0.key] != nil || !$0.value.vector.isEmpty }
        guard summary.applied == 0, summary.quarantined == 0, after == before else {
            throw Violation(.authority, "\(name(hub)) took part of an attack: \(attack)")
        }
        if attack == .curious { try checkDisclosure(bytes, child, hub) }
        try inspect(hub)
    }

    /// A hub below enters in its own roster what only the city may say: certificates for itself, and
    /// that the city is revoked.
    ///
    /// Counted as written, each of them would show in what the world checks anyway: in a foreign scope
    /// that is taken (``Attack/foreignScope``), or in changes of the city that reach nobody.
    func usurp(from hub: Int) throws {
        guard let database = databases.first(where: { $0.node == hub }),
            let parent = nodes[hub].parent
        else { return }
        let city = nodes[parent].identity.certificate
        let own = nodes[hub].identity
        usurper = hub
        trace.note("\(name(database)) enters in its roster what is the city's to say")
        for (target, isRevoked) in [(own.certificate, false), (city, true)] {
            let forged = try Certificate.issue(
                name: target.name,
                kind: target.kind,
                signingKey: target.signingKey,
                sealingKey: target.sealingKey,
                reads: city.reads,
                writes: isRevoked
                    ? ["\(Self.communePath)/x"] : own.certificate.writes + city.writes,
                issuedAt: 1 << 48,
                by: own.signingKey
            )
            try database.store.save(scope: Self.communePath) { batch in
                _ = batch.add(
                    "node",
                    [
                        Cell("node_id", .text(target.node.description)),
                        Cell("certificate", .bytes(forged.bytes)),
                        Cell("state", .text(isRevoked ? "revoked" : "active")),
                    ]
                )
            }
        }
    }

    private func hostileBytes(
        _ attack: Attack,
        _ child: SimulatedDatabase,
        _ hub: SimulatedDatabase
    ) throws -> [UInt8] {
        let node = nodes[child.node].identity
        let target = nodes[hub.node].identity.certificate
        let scope = nodes[child.node].scopes[0]
        let foreign = nodes.flatMap(\.scopes).first { !node.certificate.mayWrite($0) }
        let stranger = try stranger(claiming: attack == .forgedCertificate ? target.node : nil)
        switch attack {
        case .foreignScope:
            let segment = try forged(foreign ?? World.communePath, by: node)
            return try bundle([segment], from: node, to: target)
        case .stranger, .forgedCertificate:
            return try bundle([try forged(scope, by: stranger)], from: stranger, to: target)
        case .smuggled:
            return try bundle([try forged(scope, by: stranger)], from: node, to: target)
        case .foreignLog:
            return try bundle([try appended(to: hub, by: node)], from: node, to: target)
        case .otherContent:
            let segment = try forged(scope, by: node)
            let other = try Segment(
                headerBytes: segment.headerBytes,
                signature: segment.signature,
                compressed: Compressor(level: 1).compress(random.bytes(segment.header.payloadSize))
            )
            return try bundle([other], from: node, to: target)
        case .overstatedContext:
            let seen = VersionVector([.init(log: LogID(random.next()), seq: 9, hash: 0)])
            return try bundle([try forged(scope, by: node, seen: seen)], from: node, to: target)
        case .curious:
            return try bundle([], from: node, to: target, curious: foreign)
        case .redirected:
            let other = nodes.first {
                $0.identity.node != target.node && $0.identity.node != node.node
            }
            return try bundle([], from: node, to: other?.identity.certificate ?? node.certificate)
        case .noise: return random.bytes(random.below(3_000))
        }
    }

    /// Keys that nobody knows, with a certificate of their own making.
    private func stranger(claiming issuer: NodeID?) throws -> Identity {
        let signingKey = try SigningKey(seed: random.bytes(SigningKey.seedLength))
        let openingKey = try OpeningKey(seed: random.bytes(OpeningKey.seedLength))
        let own = [Self.communePath, Self.communePath + "/"]
        var certificate = try Certificate.issue(
            name: "stranger",
            kind: .hub,
            signingKey: signingKey.verifyingKey,
            sealingKey: openingKey.sealingKey,
            reads: own,
            writes: own,
            issuedAt: clock.now,
            by: signingKey
        )
        if let issuer {
            // The issuer's name in the signed body is replaced; the signature stays.
            let mine = bigEndian(certificate.issuer.rawValue)
            let wanted = bigEndian(issuer.rawValue)
            var bytes = certificate.bytes
            if let place = bytes.indices.dropLast(8).last(where: {
                Array(bytes[$0..<($0 + 8)]) == mine
            }) {
                bytes.replaceSubrange(place..<(place + 8), with: wanted)
            }
            certificate = try Certificate(bytes)
        }
        return Identity(
            signingKey: signingKey,
            openingKey: openingKey,
            certificate: certificate,
            parent: nil
        )
    }

    private func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    private func forged(
        _ scope: String,
        by node: Identity,
        seen: VersionVector? = nil
    ) throws -> Segment {
        try segment(
            log: LogID(random.next()),
            first: 1,
            previous: nil,
            birth: LogBirth(scope: scope, certificate: node.certificate.bytes),
            by: node,
            seen: seen
        )
    }

    /// A next segment of a log that another node writes.
    private func appended(to hub: SimulatedDatabase, by node: Identity) throws -> Segment {
        for scope in try hub.store.scopes() {
            let view = try view(of: hub, scope)
            guard let last = view.segments.last(where: { $0.node != node.node }),
                let end = view.stamp.token.vector.element(for: last.log)
            else { continue }
            // The hash of the true end is known to whoever holds the log.
            var previous: Digest?
            try hub.store.segments(of: scope, lacking: .empty) { segment, _ in
                if segment.header.log == last.log { previous = segment.chainHash }
            }
            return try segment(
                log: last.log,
                first: end.seq + 1,
                previous: previous,
                birth: nil,
                by: node
            )
        }
        return try forged(Self.communePath, by: node)
    }

    private func segment(
        log: LogID,
        first: UInt64,
        previous: Digest?,
        birth: LogBirth?,
        by node: Identity,
        seen: VersionVector? = nil
    ) throws -> Segment {
        let entry = Entry(
            record: RecordID(origin: random.next(), counter: 1),
            type: "house",
            author: "attacker",
            time: HybridTime(milliseconds: clock.now),
            cells: [Cell("name", .text("forged"))],
            seen: seen
        )
        let payload = Payload.encode([entry])
        let header = SegmentHeader(
            log: log,
            first: first,
            previous: previous,
            after: .empty,
            time: entry.time,
            birth: birth,
            payload: payload,
            count: 1
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 1).compress(payload),
            with: node.signingKey
        )
    }

    private func bundle(
        _ segments: [Segment],
        from node: Identity,
        to target: Certificate,
        curious scope: String? = nil
    ) throws -> [UInt8] {
        let hello = Hello(
            kind: .request,
            from: node.node,
            to: target.node,
            time: clock.now,
            software: "attack",
            holdings: .vectors(scope.map { [$0: .empty] } ?? [:]),
            certificate: node.certificate.bytes
        )
        var writer = try BundleWriter(
            hello: hello,
            to: target,
            signingKey: node.signingKey,
            keys: try keys()
        )
        for segment in segments { writer.write(segment) }
        return writer.finish()
    }

    /// What the hub answers holds nothing that the node may not read.
    private func checkDisclosure(
        _ request: [UInt8],
        _ child: SimulatedDatabase,
        _ hub: SimulatedDatabase
    ) throws {
        let session = try ExchangeSession(answering: hub.store)
        try session.push(request)
        try session.close()
        var reply: [UInt8] = []
        try session.reply(software: "simulation", keys: try keys()) { reply += $0 }
        var owners: [LogID: String] = [:]
        for scope in try hub.store.scopes() {
            for segment in try hub.store.heldSegments(scope: scope) { owners[segment.log] = scope }
        }
        let identity = nodes[child.node].identity
        let hubNode = nodes[hub.node].identity.certificate
        var reader = BundleReader(
            key: identity.openingKey,
            certificate: { $0 == hubNode.node ? hubNode : nil }
        )
        try reader.push(reply) { event in
            guard case .segment(let segment, _, _) = event,
                let scope = owners[segment.header.log], !identity.certificate.mayRead(scope)
            else { return }
            throw Violation(.authority, "\(name(hub)) shows \(scope) to \(name(child))")
        }
        try inspect(hub)
    }
}

extension ExchangeSummary {
    /// Feeds hostile bytes to a hub; whatever it refuses them with is fine.
    fileprivate init(feeding bytes: [UInt8], to hub: SimulatedDatabase, world: World) throws {
        let session = try ExchangeSession(answering: hub.store)
        do {
            try session.push(bytes)
        } catch let error as ExchangeError {
            world.trace.note("  refused: \(error)")
        } catch let error as ReplicationError {
            world.trace.note("  refused: \(error)")
        }
        try session.close()
        self = session.summary
    }
}
