package import Replication
package import Sealing

/// Who this node is: its keys, its certificate, and its parent's.
package struct Identity: Sendable {
    package let signingKey: SigningKey
    package let openingKey: OpeningKey
    package let certificate: Certificate
    /// The hub above; nil for the topmost one.
    package let parent: Certificate?

    package init(
        signingKey: SigningKey,
        openingKey: OpeningKey,
        certificate: Certificate,
        parent: Certificate?
    ) {
        self.signingKey = signingKey
        self.openingKey = openingKey
        self.certificate = certificate
        self.parent = parent
    }

    package var node: NodeID { certificate.node }
}

extension Store {
    /// The node's identity; nil before enrolment.
    package func identity() throws -> Identity? {
        if let identity = cache.identity { return identity }
        guard let signing = try setting("signing-key"), let opening = try setting("opening-key"),
            let certificate = try setting("certificate")
        else { return nil }
        let identity = Identity(
            signingKey: try SigningKey(seed: signing),
            openingKey: try OpeningKey(seed: opening),
            certificate: try Certificate(certificate),
            parent: try setting("parent").map { try Certificate($0) }
        )
        cache.identity = identity
        return identity
    }

    func requireIdentity() throws -> Identity {
        guard let identity = try identity() else { throw StoreError.notEnrolled }
        return identity
    }

    /// Takes up keys and a certificate: the end of an enrolment, or the making of a hub.
    package func adopt(_ identity: Identity) throws {
        try transaction {
            try set("signing-key", identity.signingKey.exportSeed())
            try set("opening-key", identity.openingKey.exportSeed())
            try set("certificate", identity.certificate.bytes)
            if let parent = identity.parent { try set("parent", parent.bytes) }
            cache.identity = identity
            // Which records of the roster count depends on who this node is.
            forgetRoster()
        }
    }
}
