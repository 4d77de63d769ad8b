package import Replication
import Sealing
package import Store

/// Making hubs and enrolling nodes by files, as a stick carries them.
package enum Enrolment {
    /// Makes a new store the topmost hub of a scope: keys, a certificate of its own, the roster.
    package static func makeHub(
        _ store: Store,
        scope: String,
        name: String,
        author: String = ""
    ) throws {
        guard try store.identity() == nil else { throw NodeError.alreadyEnrolled }
        guard isScopePath(scope) else { throw StoreError.unknownScope(scope) }
        let signing = SigningKey.random()
        let opening = OpeningKey.random()
        let certificate = try Certificate.issue(
            name: name,
            kind: .hub,
            signingKey: signing.verifyingKey,
            sealingKey: opening.sealingKey,
            reads: [scope, scope + "/"],
            writes: [scope, scope + "/"],
            issuedAt: store.environment.wall(),
            by: signing
        )
        try store.transaction {
            try store.adopt(
                Identity(
                    signingKey: signing,
                    openingKey: opening,
                    certificate: certificate,
                    parent: nil
                )
            )
            try store.enter(certificate, author: author)
        }
    }

    /// Makes keys and writes the request that a hub is to approve; the same again when repeated.
    package static func request(
        _ store: Store,
        name: String,
        kind: NodeKind,
        scopes: [String]
    ) throws -> EnrolmentRequest {
        // A hub asks the hub above in the same way, with the keys that it has.
        if let identity = try store.identity() {
            guard identity.certificate.kind == .hub, identity.parent == nil, kind == .hub else {
                throw NodeError.alreadyEnrolled
            }
            return try EnrolmentRequest(
                name: name,
                kind: kind,
                scopes: scopes,
                signingKey: identity.signingKey,
                sealingKey: identity.openingKey.sealingKey
            )
        }
        if let pending = try store.setting("enrolment-request") {
            let request = try EnrolmentRequest(pending)
            if request.name == name, request.kind == kind, request.scopes == scopes {
                return request
            }
        }
        let signing = SigningKey.random()
        let opening = OpeningKey.random()
        let request = try EnrolmentRequest(
            name: name,
            kind: kind,
            scopes: scopes,
            signingKey: signing,
            sealingKey: opening.sealingKey
        )
        try store.transaction {
            try store.set("enrolment-request", request.bytes)
            try store.set("enrolment-signing-key", signing.exportSeed())
            try store.set("enrolment-opening-key", opening.exportSeed())
        }
        return request
    }

    /// Approves a request at a hub: issues the certificate and enters it in the roster.
    ///
    /// A village or unit reads what everybody shares and its own scopes, and writes its own. A hub
    /// below keeps its own scope and everything under it.
    package static func approve(
        _ request: EnrolmentRequest,
        at hub: Store,
        scopes: [String]? = nil,
        author: String = ""
    ) throws -> EnrolmentReply {
        guard let identity = try hub.identity(), identity.certificate.kind == .hub else {
            throw NodeError.notAHub
        }
        let scopes = scopes ?? request.scopes
        let writes = request.kind == .hub ? scopes.flatMap { [$0, $0 + "/"] } : scopes
        for pattern in writes {
            let path = pattern.utf8.last == UInt8(ascii: "/") ? String(pattern.dropLast()) : pattern
            guard identity.certificate.mayWrite(path), !HubScope.isReserved(path) else {
                throw StoreError.notAllowed(scope: path)
            }
        }
        let certificate = try Certificate.issue(
            name: request.name,
            kind: request.kind,
            signingKey: request.signingKey,
            sealingKey: request.sealingKey,
            reads: [try hub.rosterScope()] + writes,
            writes: writes,
            issuedAt: hub.environment.wall(),
            by: identity.signingKey
        )
        try hub.enter(certificate, author: author)
        return try EnrolmentReply(
            certificate: certificate,
            hub: identity.certificate,
            key: identity.signingKey
        )
    }

    /// Takes up the certificate on the node that asked for it.
    ///
    /// `fingerprint`: of the hub's key, as the hub shows it; where given it must match.
    package static func accept(
        _ reply: EnrolmentReply,
        at store: Store,
        fingerprint: String? = nil
    ) throws {
        if let fingerprint {
            let digits = fingerprint.filter(\.isNumber)
            guard
                constantTimeEquals(
                    Array(digits.utf8),
                    Array(reply.hub.signingKey.fingerprint.filter(\.isNumber).utf8)
                )
            else { throw NodeError.otherHub }
        }
        if let identity = try store.identity() {
            guard identity.certificate.signingKey == reply.certificate.signingKey,
                identity.parent == nil || identity.parent?.node == reply.hub.node
            else { throw NodeError.otherKeys }
            return try store.adopt(
                Identity(
                    signingKey: identity.signingKey,
                    openingKey: identity.openingKey,
                    certificate: reply.certificate,
                    parent: reply.hub
                )
            )
        }
        guard let signing = try store.setting("enrolment-signing-key"),
            let opening = try store.setting("enrolment-opening-key")
        else { throw NodeError.otherKeys }
        let identity = Identity(
            signingKey: try SigningKey(seed: signing),
            openingKey: try OpeningKey(seed: opening),
            certificate: reply.certificate,
            parent: reply.hub
        )
        guard identity.signingKey.verifyingKey == reply.certificate.signingKey,
            identity.openingKey.sealingKey == reply.certificate.sealingKey
        else { throw NodeError.otherKeys }
        try store.transaction {
            try store.adopt(identity)
            for name in ["request", "signing-key", "opening-key"] {
                try store.removeSetting("enrolment-\(name)")
            }
        }
    }
}
