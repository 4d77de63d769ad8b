import Causality
import Replication
import Store

/// An enrolled node that carries in what a revoked one wrote after its revocation.
extension World {
    /// Brings a hub everything that a revoked node has in its own logs and the hub lacks, in the
    /// bundle of another child and with all the receipts that this child has.
    ///
    /// - Returns: false where there is nobody to conspire with.
    func conspire() throws -> Bool {
        let revoked = try databases.filter { database in
            try nodes[database.node].isRevoked
                && parent(of: database)?.store.isRevoked(nodes[database.node].identity.node) == true
        }
        guard let writer = pick(revoked), let hub = parent(of: writer),
            let carrier = pick(living.filter { nodes[$0.node].parent == hub.node })
        else { return false }
        figures.conspiracies += 1
        let isOffer = random.percent(30)
        trace.note(
            "\(name(carrier)) brings \(name(hub)) what \(name(writer)) wrote, "
                + (isOffer ? "as offers" : "as segments")
        )
        let bytes = try conspiracy(of: carrier, with: writer, against: hub, isOffer: isOffer)
        let session = try ExchangeSession(answering: hub.store)
        do {
            try session.push(bytes)
        } catch let error as ExchangeError {
            trace.note("  refused: \(error)")
        }
        try session.close()
        try inspect(hub)
        return true
    }

    private func conspiracy(
        of carrier: SimulatedDatabase,
        with writer: SimulatedDatabase,
        against hub: SimulatedDatabase,
        isOffer: Bool
    ) throws -> [UInt8] {
        let identity = nodes[carrier.node].identity
        let target = nodes[hub.node].identity.certificate
        let hello = Hello(
            kind: .request,
            from: identity.node,
            to: target.node,
            time: clock.now,
            software: "conspiracy",
            holdings: .vectors([:]),
            certificate: identity.certificate.bytes
        )
        var bundle = try BundleWriter(
            hello: hello,
            to: target,
            signingKey: identity.signingKey,
            keys: try keys()
        )
        for receipt in try carrier.store.receiptsToShow(known: [:]) { bundle.write(receipt) }
        for scope in nodes[writer.node].scopes {
            try writer.store.seal(scope)
            let own = Set(
                try writer.store.heldSegments(scope: scope)
                    .filter { $0.node == nodes[writer.node].identity.node }.map(\.log)
            )
            let held = try hub.store.vector(scope)
            try writer.store.segments(of: scope, lacking: held) { segment, isRedacted in
                guard own.contains(segment.header.log) else { return }
                bundle.write(segment, isRedacted: isRedacted, isOffer: isOffer)
            }
        }
        return bundle.finish()
    }
}
