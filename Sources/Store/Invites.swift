package import Replication
import SQLite
import Sealing

/// An invitation of a hub: what the node will be that comes with its code.
package struct Invite: Hashable, Sendable {
    package enum State: Int64, Hashable, Sendable {
        case open = 0
        /// A node has called with the right code, and an officer has not decided yet.
        case waiting = 1
        case approved = 2
        case refused = 3
    }

    package let number: Int
    package let name: String
    package let kind: NodeKind
    package let scopes: [String]
    /// Milliseconds since 1970.
    package let madeAt: UInt64
    package let madeBy: String
    package let endsAt: UInt64
    /// Whoever knows the code is taken in at once.
    package let isTrusted: Bool
    /// The node whose place the new one takes: a lost laptop.
    package let replaces: NodeID?
    package let state: State
    /// Open, but too many wrong codes have come: nobody can use it any more.
    package let isVoid: Bool
    /// Of the node that has called.
    package let request: EnrolmentRequest?
    package let address: String?
    package let calledAt: UInt64?
    /// Encoded ``EnrolmentReply``, once approved.
    package let reply: [UInt8]?
    package let key: InviteKey
}

/// What a new invitation says.
package struct InviteDraft: Hashable, Sendable {
    package var name: String
    package var kind: NodeKind
    package var scopes: [String]
    /// Milliseconds from now.
    package var validFor: UInt64
    package var isTrusted: Bool
    package var replaces: NodeID?

    package init(
        name: String,
        kind: NodeKind = .village,
        scopes: [String],
        validFor: UInt64 = InviteLimits.validFor,
        isTrusted: Bool = false,
        replaces: NodeID? = nil
    ) {
        self.name = name
        self.kind = kind
        self.scopes = scopes
        self.validFor = validFor
        self.isTrusted = isTrusted
        self.replaces = replaces
    }
}

/// The bounds of enrolment by code; `sync-protocol.md` section 10 repeats them.
package enum InviteLimits {
    /// How long a code works unless said otherwise: a day, in milliseconds.
    package static let validFor: UInt64 = 24 * 3_600_000
    /// The longest that one may work: a week.
    package static let validForMax: UInt64 = 7 * 24 * 3_600_000
    /// Invitations that are open or wait at once.
    package static let openMax = 200
    /// Wrong proofs after which an invitation is void.
    package static let wrongTriesMax = 5
    /// Wrong proofs an hour from one address (of IPv6: its /64), whichever invitations they are about.
    package static let addressTriesMax = 10
    package static let addressPeriod: UInt64 = 3_600_000
    /// Addresses of which wrong tries are remembered; beyond it the one with the fewest is forgotten.
    package static let addressesMax = 1_000
    /// Milliseconds that an invitation may have been made later than now: with more the clock was ahead
    /// then, and nobody knows how long ago that was.
    package static let clockSlack: UInt64 = 5 * 60_000
    /// How long a call may wait, and a decided one is remembered: a week.
    package static let keptFor: UInt64 = 7 * 24 * 3_600_000
}

/// What a hub makes of a call.
package enum CallOutcome: Hashable, Sendable {
    /// The proof is right; the invitation says how things stand.
    case known(Invite)
    /// No such invitation, a wrong code, or too many wrong ones before.
    case wrong
    /// Too many wrong codes from this address.
    case limited(retryAfterSeconds: Int)
    /// The code is right, and too old.
    case expired
    /// The code is right, and another machine has used it.
    case used
}

extension Store {
    /// Makes an invitation, with a code that is shown now and never again.
    package func makeInvite(_ draft: InviteDraft, author: String = "") throws -> InviteCode {
        let identity = try requireIdentity()
        return try transaction {
            try forgetOldInvites()
            let taken = Set(
                try db.cached("SELECT number FROM invite").rows { Int($0.integer(0)) }
            )
            let open = try db.cached("SELECT count(*) FROM invite WHERE state < 2")
                .first { Int($0.integer(0)) }
            guard open ?? 0 < InviteLimits.openMax, taken.count < InviteCode.numbersMax else {
                throw StoreError.tooManyInvites
            }
            var number = Int(environment.random() % UInt64(InviteCode.numbersMax))
            while taken.contains(number) { number = (number + 1) % InviteCode.numbersMax }
            let code = InviteCode(number: number, random: environment.random())
            let now = environment.wall()
            try db.cached(
                """
                INSERT INTO invite(
                    number, name, kind, scopes, key, made_at, made_by, ends_at, is_trusted, replaces)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """
            ).run(
                Int64(number),
                draft.name,
                Int64(draft.kind.rawValue),
                draft.scopes.joined(separator: "\n"),
                try code.key(at: identity.certificate.signingKey).bytes,
                Int64(now),
                author,
                Int64(now + min(draft.validFor, InviteLimits.validForMax)),
                draft.isTrusted,
                draft.replaces.map { Int64(bitPattern: $0.rawValue) }
            )
            return code
        }
    }

    /// All invitations that are remembered, the newest first.
    package func invites() throws -> [Invite] {
        try inviteRows(number: nil)
    }

    package func invite(_ number: Int) throws -> Invite? {
        try inviteRows(number: number).first
    }

    /// Makes an invitation void that nobody has used; a node that waits with it is refused.
    package func withdrawInvite(_ number: Int) throws {
        try transaction {
            guard let invite = try invite(number), invite.state != .approved else {
                throw StoreError.unknownInvite
            }
            guard invite.state == .open else {
                return try settle(number, .refused, reply: nil)
            }
            try db.cached("DELETE FROM invite WHERE number = ?1").run(Int64(number))
        }
    }

    /// Notes an officer's decision about the node that waits.
    package func settle(_ number: Int, _ state: Invite.State, reply: [UInt8]?) throws {
        try db.cached("UPDATE invite SET state = ?2, reply = ?3 WHERE number = ?1")
            .run(Int64(number), state.rawValue, reply)
    }

    /// Forgets invitations that nobody has used: after a restore one would work again.
    package func dropOpenInvites() throws {
        try db.cached("DELETE FROM invite WHERE state = 0").run()
    }

    /// Judges a call: counts wrong proofs, and notes the first right one.
    ///
    /// The same call again finds how things stand; another machine with the same code is refused.
    /// `subscriber`: for whom wrong tries are counted, all addresses that one line may have.
    package func take(
        _ call: EnrolmentCall,
        from address: String,
        of subscriber: String
    ) throws -> CallOutcome {
        let hub = try requireIdentity().certificate.signingKey
        return try transaction {
            let now = environment.wall()
            if let wait = try waitingTime(of: subscriber, now) {
                return .limited(retryAfterSeconds: wait)
            }
            let key = try self.key(of: call.number)
            // Where there is no such invitation the work is the same.
            let expected = (key ?? InviteKey(bytes: hub.bytes)).proof(of: call.request, to: hub)
            let isRight = constantTimeEquals(call.proof, expected)
            guard key != nil, isRight, let invite = try self.invite(call.number) else {
                if key != nil { try countWrongTry(invite: call.number) }
                try countWrongTry(address: subscriber, now)
                return .wrong
            }
            if let request = invite.request {
                return request.bytes == call.request.bytes ? .known(invite) : .used
            }
            guard now <= invite.endsAt else { return .expired }
            try db.cached(
                """
                UPDATE invite SET state = 1, request = ?2, address = ?3, called_at = ?4
                WHERE number = ?1
                """
            ).run(Int64(call.number), call.request.bytes, address, Int64(now))
            guard let noted = try self.invite(call.number) else { return .wrong }
            return .known(noted)
        }
    }

    /// The key of an invitation that is not void.
    private func key(of number: Int) throws -> InviteKey? {
        try db.cached(
            """
            SELECT key FROM invite
            WHERE number = ?1 AND wrong_tries < ?2 AND (state = 0 OR called_at >= ?3)
            """
        ).bind(all: Int64(number), Int64(InviteLimits.wrongTriesMax), oldestCall)
            .first { InviteKey(bytes: $0.blob(0)) }
    }

    private func countWrongTry(invite number: Int) throws {
        try db.cached(
            "UPDATE invite SET wrong_tries = wrong_tries + 1 WHERE number = ?1 AND state = 0"
        ).run(Int64(number))
    }

    /// Seconds until the address may try again; nil where it may now.
    private func waitingTime(of address: String, _ now: UInt64) throws -> Int? {
        let row = try db.cached("SELECT count, since FROM wrong_try WHERE address = ?1")
            .bind(all: address).first { (Int($0.integer(0)), UInt64($0.integer(1))) }
        guard let (count, since) = row, count >= InviteLimits.addressTriesMax else { return nil }
        // A clock that was set back must not lock an address for longer.
        guard now >= since, now - since < InviteLimits.addressPeriod else { return nil }
        return Int((InviteLimits.addressPeriod - (now - since) + 999) / 1000)
    }

    private func countWrongTry(address: String, _ now: UInt64) throws {
        let limit = Int64(now) - Int64(InviteLimits.addressPeriod)
        try db.cached("DELETE FROM wrong_try WHERE since <= ?1 OR since > ?2")
            .run(limit, Int64(now))
        try db.cached(
            """
            INSERT INTO wrong_try(address, count, since) VALUES (?1, 1, ?2)
            ON CONFLICT(address) DO UPDATE SET count = count + 1
            """
        ).run(address, Int64(now))
        try db.cached(
            """
            DELETE FROM wrong_try WHERE address IN (
                SELECT address FROM wrong_try ORDER BY count DESC, since DESC LIMIT -1 OFFSET ?1)
            """
        ).run(Int64(InviteLimits.addressesMax))
    }

    private func forgetOldInvites() throws {
        let now = Int64(environment.wall())
        try db.cached("DELETE FROM invite WHERE state = 0 AND (ends_at < ?1 OR made_at > ?2)")
            .run(now, now + Int64(InviteLimits.clockSlack))
        try db.cached("DELETE FROM invite WHERE state > 0 AND called_at < ?1")
            .run(oldestCall)
    }

    /// A call before this time counts no more, whether or not its row is gone.
    private var oldestCall: Int64 {
        Int64(environment.wall()) - Int64(InviteLimits.keptFor)
    }

    private func inviteRows(number: Int?) throws -> [Invite] {
        let rows = try db.cached(
            """
            SELECT number, name, kind, scopes, made_at, made_by, ends_at, is_trusted, replaces,
                state, request, address, called_at, reply, key, wrong_tries
            FROM invite
            WHERE (?1 IS NULL OR number = ?1) AND (state = 0 OR called_at >= ?2)
            ORDER BY made_at DESC, number
            """
        ).bind(all: number.map { Int64($0) }, oldestCall).rows { row throws(SQLiteError) in
            InviteRow(
                number: Int(row.integer(0)),
                texts: [
                    try row.text(1), try row.text(3), try row.text(5),
                    row.isNull(11) ? "" : try row.text(11),
                ],
                kind: UInt64(bitPattern: row.integer(2)),
                times: [row.integer(4), row.integer(6), row.integer(12)].map {
                    UInt64(bitPattern: $0)
                },
                isTrusted: row.integer(7) != 0,
                replaces: row.isNull(8) ? nil : NodeID(UInt64(bitPattern: row.integer(8))),
                state: row.integer(9),
                request: row.isNull(10) ? nil : row.blob(10),
                reply: row.isNull(13) ? nil : row.blob(13),
                key: row.blob(14),
                wrongTries: row.integer(15)
            )
        }
        let now = environment.wall()
        return try rows.map { try Invite($0, now: now) }
    }
}

/// An invitation as its row has it.
private struct InviteRow {
    let number: Int
    let texts: [String]
    let kind: UInt64
    let times: [UInt64]
    let isTrusted: Bool
    let replaces: NodeID?
    let state: Int64
    let request: [UInt8]?
    let reply: [UInt8]?
    let key: [UInt8]
    let wrongTries: Int64
}

extension Invite {
    fileprivate init(_ row: InviteRow, now: UInt64) throws {
        number = row.number
        name = row.texts[0]
        scopes = row.texts[1].split(separator: "\n").map(String.init)
        madeBy = row.texts[2]
        address = row.texts[3].isEmpty ? nil : row.texts[3]
        kind = NodeKind(rawValue: row.kind) ?? .village
        madeAt = row.times[0]
        // Made while the clock was ahead, it must not live until that time: it is over.
        let isOfClockAhead = madeAt > now + InviteLimits.clockSlack
        endsAt = isOfClockAhead ? min(row.times[1], now - min(now, 1)) : row.times[1]
        calledAt = row.request == nil ? nil : row.times[2]
        isTrusted = row.isTrusted
        replaces = row.replaces
        state = State(rawValue: row.state) ?? .refused
        isVoid = state == .open && row.wrongTries >= InviteLimits.wrongTriesMax
        request = try row.request.map { try EnrolmentRequest($0) }
        reply = row.reply
        key = InviteKey(bytes: row.key)
    }
}
