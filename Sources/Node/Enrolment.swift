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
        try NodeNames.check(name)
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
        // By a code the hub says what the node is called.
        if !name.isEmpty { try NodeNames.check(name) }
        // A hub asks the hub above in the same way, with the keys that it has.
        if let identity = try store.identity() {
            guard identity.certificate.kind == .hub, identity.parent == nil, kind == .hub else {
                throw try isRevoked(identity, store)
                    ? NodeError.revokedNode : NodeError.alreadyEnrolled
            }
            // By a code the hub above says which; it is looked at when the certificate comes.
            let own = try store.rosterScope()
            guard scopes.isEmpty || scopes == [own] else { throw NodeError.otherHubPath(own: own) }
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

    /// Whether the hub above has revoked this node, as far as that is known here.
    static func isRevoked(_ identity: Identity, _ store: Store) throws -> Bool {
        guard let parent = identity.parent?.node else { return false }
        return try store.isRevoked(identity.node)
            || store.contacts()[parent]?.problem == SyncProblem.revoked.code
    }

    /// The key of a request that waits for its answer.
    static func openingKey(of store: Store) throws -> OpeningKey {
        guard let seed = try store.setting("enrolment-opening-key") else {
            throw NodeError.noInvitation
        }
        return try OpeningKey(seed: seed)
    }

    /// Approves a request at a hub: issues the certificate and enters it in the roster.
    ///
    /// A village or unit reads what everybody shares and its own scopes, and writes its own. A hub
    /// below keeps its own scope and everything under it. A request only proposes: an officer says
    /// what the node gets.
    package static func approve(
        _ request: EnrolmentRequest,
        as grant: Grant,
        at hub: Store,
        author: String = ""
    ) throws -> EnrolmentReply {
        let identity = try requireHub(hub)
        // Its keys are never taken again: whatever it saved would be set aside.
        guard try !hub.isRevoked(request.node) else { throw NodeError.revokedBelow(grant.name) }
        try check(grant, at: hub)
        // Its records lie under the path that it was made with; by a code it is not asked for.
        if grant.kind == .hub, !request.scopes.isEmpty,
            Set(grant.scopes) != Set(request.scopes)
        {
            throw NodeError.notAskedPath(asked: request.scopes)
        }
        let certificate = try issue(
            grant,
            signingKey: request.signingKey,
            sealingKey: request.sealingKey,
            at: hub
        )
        try hub.enter(certificate, author: author)
        return try EnrolmentReply(
            certificate: certificate,
            hub: identity.certificate,
            key: identity.signingKey
        )
    }

    /// What a hub decides that a node is.
    package struct Grant: Hashable, Sendable {
        package let name: String
        package let kind: NodeKind
        /// Paths that it writes.
        package let scopes: [String]

        package init(name: String, kind: NodeKind, scopes: [String]) {
            self.name = name
            self.kind = kind
            self.scopes = scopes
        }

        /// What an applicant asks for.
        package init(_ request: EnrolmentRequest) {
            self.init(name: request.name, kind: request.kind, scopes: request.scopes)
        }

        /// What a node is by its certificate.
        package init(_ certificate: Certificate) {
            name = certificate.name
            kind = certificate.kind
            scopes = certificate.writes.filter { $0.utf8.last != UInt8(ascii: "/") }
        }
    }

    /// Refuses a grant that the hub could not give, before anybody is told of it.
    package static func check(_ grant: Grant, at hub: Store) throws {
        let identity = try requireHub(hub)
        try NodeNames.check(grant.name)
        guard !grant.scopes.isEmpty else { throw NodeError.scopeNeeded }
        for path in grant.scopes {
            guard isScopePath(path), !isHubsOwnScope(path) else {
                throw StoreError.notAllowed(scope: path)
            }
            guard identity.certificate.mayWrite(path) else {
                throw NodeError.notBelow(path: path, own: try hub.rosterScope())
            }
            // A hub below writes its own roster; nobody else writes any.
            let isHubBelow = try grant.kind == .hub && path != hub.rosterScope()
            guard try isHubBelow || !hub.holdsRoster(path) else {
                throw NodeError.rosterScope(path)
            }
        }
    }

    @discardableResult
    package static func requireHub(_ hub: Store) throws -> Identity {
        guard let identity = try hub.identity(), identity.certificate.kind == .hub else {
            throw NodeError.notAHub
        }
        return identity
    }

    private static func issue(
        _ grant: Grant,
        signingKey: VerifyingKey,
        sealingKey: SealingKey,
        at hub: Store,
        after earlier: UInt64 = 0
    ) throws -> Certificate {
        let identity = try requireHub(hub)
        let writes =
            grant.kind == .hub ? grant.scopes.flatMap { [$0, $0 + "/"] } : grant.scopes
        return try Certificate.issue(
            name: grant.name,
            kind: grant.kind,
            signingKey: signingKey,
            sealingKey: sealingKey,
            reads: [try hub.rosterScope()] + writes,
            writes: writes,
            // The newest counts: a clock that was set back must not make an old one of it.
            issuedAt: max(hub.environment.wall(), earlier + 1),
            by: identity.signingKey
        )
    }

    /// Gives a node another name or other scopes: a new certificate for the same keys, which
    /// reaches it with the roster.
    ///
    /// What it may read, and what it writes itself, follows the new one. Its earlier certificates
    /// stay valid for what it has written: a machine that is not trusted any more is revoked.
    package static func change(
        _ node: NodeID,
        at hub: Store,
        name: String? = nil,
        scopes: [String]? = nil,
        author: String = ""
    ) throws -> Certificate {
        _ = try requireHub(hub)
        guard let old = try hub.children().first(where: { $0.node == node }) else {
            let known = try hub.enrolled().first { $0.certificate.node == node }
            guard let known, known.isRevoked else {
                throw NodeError.unknownNode(node.description)
            }
            throw NodeError.revokedBelow(known.certificate.name)
        }
        let present = Grant(old)
        let grant = Grant(
            name: name ?? present.name,
            kind: present.kind,
            scopes: scopes ?? present.scopes
        )
        try check(grant, at: hub)
        let certificate = try issue(
            grant,
            signingKey: old.signingKey,
            sealingKey: old.sealingKey,
            at: hub,
            after: old.issuedAt
        )
        try hub.enter(certificate, author: author)
        return certificate
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
            // What it has written, and its villages, lie below the path that it has.
            let writes = reply.certificate.writes
            guard
                identity.certificate.kind != .hub
                    || reply.certificate.kind == .hub
                        && identity.certificate.writes.allSatisfy(writes.contains)
            else { throw NodeError.otherHubPath(own: try store.rosterScope()) }
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
            for name in ["request", "signing-key", "opening-key", "call"] {
                try store.removeSetting("enrolment-\(name)")
            }
        }
    }
}
