import Causality
import Replication
import SQLite
import Sealing
import Store

/// How long sessions last, in milliseconds.
package enum SessionLimits {
    private static let minute: UInt64 = 60_000
    private static let hour = 60 * minute

    /// From the sign-in on, whatever happens.
    package static func lifetime(of role: Role) -> UInt64 {
        switch role {
        case .fieldStaff, .villageLead, .communeOfficer: 12 * hour
        case .auditor, .administrator: 8 * hour
        }
    }

    /// Without a request, where it has no PIN.
    package static func idle(of role: Role) -> UInt64 {
        switch role {
        // Between two houses of a hamlet; the phone's own lock does the rest.
        case .fieldStaff, .villageLead: 4 * hour
        case .communeOfficer: hour
        case .auditor, .administrator: 30 * minute
        }
    }

    /// To choose a password with a one-time code.
    package static let restricted = 15 * minute
    /// A clock that is set back by more ends all sessions: they might never end otherwise.
    package static let clockSlack = 5 * minute
    /// A request later than this after the one that was noted is noted.
    package static let noteInterval = minute
    /// Of one user on one node; beyond it the oldest ends.
    package static let perUser = 10
}

/// Who a request comes from, and what it may do.
package struct SignedIn: Sendable {
    package let token: SessionToken
    package let user: User
    package let role: Role
    /// Where he may act: what the roster allows, as far as the session opens it.
    package let reach: Reach
    /// The session was opened with a one-time code: it sets a password and does nothing else.
    package let isRestricted: Bool
    package let hasPIN: Bool
    /// Nobody has used it for a while: it does nothing until its PIN is given.
    package let isLocked: Bool
    /// The scopes of the credentials that the session was opened with.
    let scopes: [String]

    package func may(_ action: Action, in scope: String) -> Bool {
        !isRestricted && !isLocked && Node.may(role, reach, action, in: scope)
    }
}

/// Sessions of the pages, in a table of this node's own that never travels.
extension LocalNode {
    /// Who holds the token; nil for a session that has ended, for whatever reason.
    ///
    /// Everything is judged anew by what the roster says now: blocking, another role, other
    /// villages, another password count from the moment at which they are here.
    ///
    /// `isUse`: somebody does something. What a phone asks by itself keeps no session awake.
    package func session(_ token: SessionToken, isUse: Bool = true) throws -> SignedIn? {
        guard let found = try store.reading({ try check(token) }) else {
            // Whatever ended it may be taken back, as blocking may; the session stays ended. A token
            // that somebody has made up costs no write.
            if try isKnown(token) { try? store.db.waitingBriefly { try end(token) } }
            return nil
        }
        if isUse, found.isToBeNoted {
            // A full disk, or a file that is busy for hours, ends a session early, and nothing worse.
            try? store.db.waitingBriefly {
                try store.db.cached("UPDATE session SET used = max(used, ?2) WHERE token = ?1")
                    .run(token.hash.bytes, Int64(clamping: now))
            }
        }
        return found.signedIn
    }

    private func isKnown(_ token: SessionToken) throws -> Bool {
        try store.db.cached("SELECT 1 FROM session WHERE token = ?1").bind(all: token.hash.bytes)
            .first { _ in true } == true
    }

    package func signOut(_ token: SessionToken) throws {
        try end(token)
    }

    private func end(_ token: SessionToken) throws {
        try store.db.cached("DELETE FROM session WHERE token = ?1").run(token.hash.bytes)
    }

    /// Ends every session of a user on this node.
    func endSessions(of user: User) throws {
        try store.db.cached("DELETE FROM session WHERE user = ?1").run(user.id.description)
    }

    func endAllSessions() throws {
        try store.db.cached("DELETE FROM session").run()
    }

    /// The session's row, with what the roster and the credentials say now.
    func check(_ token: SessionToken) throws -> (signedIn: SignedIn, isToBeNoted: Bool)? {
        let row = try store.db.cached(
            """
            SELECT user, name, scopes, stamp, is_restricted, begun, used, pin IS NOT NULL
            FROM session
            WHERE token = ?1
            """
        ).bind(all: token.hash.bytes).first { row throws(SQLiteError) in
            (
                user: try row.text(0), name: try row.text(1), scopes: try row.text(2),
                stamp: row.blob(3), isRestricted: row.integer(4) != 0,
                begun: UInt64(clamping: row.integer(5)), used: UInt64(clamping: row.integer(6)),
                hasPIN: row.integer(7) != 0
            )
        }
        guard let row, let user = try user(named: row.name), user.id.description == row.user,
            !user.isBlocked, let role = user.role,
            isAlive(
                role,
                begun: row.begun,
                used: row.used,
                isRestricted: row.isRestricted,
                hasPIN: row.hasPIN
            )
        else { return nil }
        let scopes = row.scopes.split(separator: " ").map(String.init)
        guard try stamp(of: user, scopes) == row.stamp else { return nil }
        guard let reach = try reach(of: user, opening: scopes) else { return nil }
        // It stays so: a locked session's requests are not noted.
        let isLocked = row.hasPIN && SessionLimits.isLocked(used: row.used, now: now)
        let signedIn = SignedIn(
            token: token,
            user: user,
            role: role,
            reach: reach,
            isRestricted: row.isRestricted,
            hasPIN: row.hasPIN,
            isLocked: isLocked,
            scopes: scopes
        )
        return (signedIn, !isLocked && now > row.used + SessionLimits.noteInterval)
    }

    private func isAlive(
        _ role: Role,
        begun: UInt64,
        used: UInt64,
        isRestricted: Bool,
        hasPIN: Bool
    ) -> Bool {
        // `used` never goes back: a clock that does is seen here, however often it is set.
        guard now + SessionLimits.clockSlack >= used, now + SessionLimits.clockSlack >= begun else {
            return false
        }
        let age = now - min(begun, now)
        let quiet = now - min(used, now)
        let lifetime =
            isRestricted ? SessionLimits.restricted : SessionLimits.lifetime(of: role)
        // With a PIN it locks long before, and need not end.
        return age < lifetime && (hasPIN || quiet < SessionLimits.idle(of: role))
    }

    /// What the roster allows, as far as the credentials of these scopes open it.
    private func reach(of user: User, opening scopes: [String]) throws -> Reach? {
        let commune = try store.rosterScope()
        let allowed = user.reach(in: commune)
        guard try certificate().kind != .hub else {
            return scopes == [hubsOwnScope(under: commune)] ? allowed : nil
        }
        let own = Set(try signInScopes())
        let opened = Set(scopes.filter { own.contains($0) && allowed.covers($0) })
        return opened.isEmpty ? nil : .scopes(opened)
    }

    /// Changes with every password and code of these scopes.
    private func stamp(of user: User, _ scopes: [String]) throws -> [UInt8] {
        let parts = try scopes.map { scope in
            let credential = try credential(of: user, in: scope)
            return [
                scope, credential?.id.description ?? "", credential?.password ?? "",
                credential?.code ?? "",
            ].joined(separator: "\n")
        }
        return Hash.blake2b(Array(parts.joined(separator: "\n\n").utf8)).bytes
    }

    /// Begins a session under a new token; within a transaction.
    func beginSession(
        of user: User,
        scopes: [String],
        isRestricted: Bool
    ) throws -> NewSession {
        try forgetSessions(of: user)
        let token = SessionToken.random()
        let time = Int64(clamping: now)
        try store.db.cached(
            """
            INSERT INTO session(token, user, name, scopes, stamp, is_restricted, begun, used)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
            """
        ).run(
            token.hash.bytes,
            user.id.description,
            user.name,
            scopes.joined(separator: " "),
            try stamp(of: user, scopes),
            isRestricted,
            time
        )
        guard let checked = try check(token) else { throw NodeError.user(.sessionEnded) }
        return NewSession(token: token, signedIn: checked.signedIn)
    }

    /// Makes room: sessions that are too old for any role, and the oldest of this user.
    private func forgetSessions(of user: User) throws {
        let oldest = Role.allCases.map { SessionLimits.lifetime(of: $0) }.max() ?? 0
        // One that begins later than now began while the clock was ahead, and has ended with that.
        try store.db.cached("DELETE FROM session WHERE begun < ?1 OR begun > ?2").run(
            Int64(clamping: now - min(oldest, now)),
            Int64(clamping: now + SessionLimits.clockSlack)
        )
        try store.db.cached(
            """
            DELETE FROM session WHERE user = ?1 AND token NOT IN (
                SELECT token FROM session WHERE user = ?1 ORDER BY begun DESC LIMIT ?2)
            """
        ).run(user.id.description, SessionLimits.perUser - 1)
    }
}
