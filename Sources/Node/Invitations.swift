package import Replication
package import Store
import Survey

/// A hub's side of enrolment by code: inviting, judging calls, approving.
package enum Invitations {
    /// Makes an invitation; the code is in what is returned and nowhere else.
    ///
    /// `addresses`: where the hub is found, `host:port`, the likeliest first.
    package static func make(
        _ draft: InviteDraft,
        at hub: Store,
        addresses: [String],
        author: String = ""
    ) throws -> Invitation {
        let identity = try Enrolment.requireHub(hub)
        try Enrolment.check(
            Enrolment.Grant(name: draft.name, kind: draft.kind, scopes: draft.scopes),
            at: hub
        )
        let code = try hub.makeInvite(draft, author: author)
        return Invitation(
            code: code,
            fingerprint: identity.certificate.signingKey.fingerprint,
            addresses: addresses
        )
    }

    /// An invitation for the machine that takes the place of another: the same name and scopes, and
    /// the old one is revoked when the new one is approved, unless it is revoked already.
    package static func replacement(for node: NodeID, at hub: Store) throws -> InviteDraft {
        let own = try Enrolment.requireHub(hub).node
        let old = try hub.enrolled().map(\.certificate).first {
            $0.node == node && $0.node != own && $0.issuer == own
        }
        guard let old else { throw NodeError.unknownNode(node.description) }
        let grant = Enrolment.Grant(old)
        return InviteDraft(
            name: grant.name,
            kind: grant.kind,
            scopes: grant.scopes,
            replaces: node
        )
    }

    /// Takes the node in that waits with an invitation: issues its certificate, and revokes the one
    /// that it replaces.
    package static func approve(
        _ number: Int,
        at hub: Store,
        author: String = ""
    ) throws -> Invite {
        try hub.transaction {
            guard let invite = try hub.invite(number), invite.state == .waiting,
                let request = invite.request
            else { throw StoreError.unknownInvite }
            let reply = try Enrolment.approve(
                request,
                as: Enrolment.Grant(
                    name: invite.name,
                    kind: invite.kind,
                    scopes: invite.scopes
                ),
                at: hub,
                author: author
            )
            if let replaced = invite.replaces, try !hub.isRevoked(replaced) {
                let today = CalendarDay(milliseconds: hub.environment.wall())
                try hub.revoke(replaced, author: author, on: today.description)
            }
            try hub.settle(number, .approved, reply: reply.bytes)
            return invite
        }
    }

    /// The number of the invitation that a word names: its own number, or the node that waits.
    package static func number(of word: String, at hub: Store) throws -> Int {
        let invites = try hub.invites()
        if let node = NodeID(word),
            let invite = invites.first(where: { $0.request?.node == node })
        {
            return invite.number
        }
        guard let number = Int(word), invites.contains(where: { $0.number == number }) else {
            throw StoreError.unknownInvite
        }
        return number
    }

    /// What a hub answers to a call.
    package enum Response: Hashable, Sendable {
        /// The sealed answer.
        case answer([UInt8])
        case wrong
        case limited(retryAfterSeconds: Int)
        case expired
        case used
    }

    /// Judges a call from an address; approves at once where the invitation says so.
    package static func respond(
        to bytes: [UInt8],
        from address: String,
        at hub: Store
    ) throws -> Response {
        let identity = try Enrolment.requireHub(hub)
        let call = try EnrolmentCall(bytes, with: identity.openingKey)
        let outcome = try hub.transaction { () -> CallOutcome in
            let outcome = try hub.take(
                call,
                from: address,
                of: Throttle.network(address)
            )
            guard case .known(let invite) = outcome, invite.state == .waiting, invite.isTrusted,
                try hub.invite(invite.number)?.state == .waiting
            else { return outcome }
            _ = try approve(invite.number, at: hub, author: invite.madeBy)
            return try hub.invite(invite.number).map { .known($0) } ?? outcome
        }
        switch outcome {
        case .wrong: return .wrong
        case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
        case .expired: return .expired
        case .used: return .used
        case .known(let invite):
            let state: EnrolmentAnswer.State =
                switch invite.state {
                case .open, .waiting: .waiting
                case .approved: .approved
                case .refused: .refused
                }
            let answer = EnrolmentAnswer(state: state, reply: invite.reply ?? [])
            return .answer(
                try answer.sealed(
                    to: call.request,
                    key: invite.key,
                    from: identity.certificate.signingKey
                )
            )
        }
    }
}
