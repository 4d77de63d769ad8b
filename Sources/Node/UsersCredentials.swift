import Causality
import Replication
import Sealing
import Store
import Survey

/// The numbers that bound credentials.
package enum CredentialLimits {
    /// How long a one-time code counts, unless somebody says otherwise.
    package static let codeHours = 24
    /// The longest that may be said: a village whose stick travels every two weeks.
    package static let codeHoursMax = 14 * 24
    /// Milliseconds that a code may begin later than now, as nodes' clocks differ.
    ///
    /// With more the hub's clock was ahead when it was made, and nobody knows how long ago that was.
    static let clockSlack: UInt64 = 24 * 3_600_000
}

/// A new password, or a new code: hashed, and not yet anywhere.
///
/// Making one takes the time and memory of a password hash and needs no file: whoever serves many
/// makes it while nobody waits for the store.
package struct Secret: Sendable {
    /// Nil for a password.
    package let code: OneTimeCode?
    private let text: String
    private let hours: Int

    /// A code for the first sign-in, or for whoever has forgotten his password.
    package static func code(hours: Int = CredentialLimits.codeHours) throws -> Secret {
        try Secret(nil, hours: hours)
    }

    /// A password for a user of that name; refuses one that breaks ``PasswordRules``.
    package static func password(_ password: String, for name: String) throws -> Secret {
        try PasswordRules.check(password, for: name)
        return try Secret(password, hours: 0)
    }

    /// A code where there is no password.
    init(_ password: String?, hours: Int) throws {
        let code = password == nil ? OneTimeCode.random() : nil
        self.code = code
        self.hours = min(max(hours, 1), CredentialLimits.codeHoursMax)
        text = try PasswordRules.hash(password ?? OneTimeCode.normalized(code?.text ?? ""))
    }

    func cells(now: UInt64) -> [Cell] {
        guard code != nil else {
            return [
                Cell("password", .text(text)), Cell("code", .null), Cell("code_from", .null),
                Cell("code_until", .null),
            ]
        }
        let until = Int64(clamping: now + UInt64(hours) * 3_600_000)
        return [
            Cell("code", .text(text)), Cell("code_from", .integer(Int64(clamping: now))),
            Cell("code_until", .integer(until)),
        ]
    }
}

/// What opens one scope for a user: a password, or a code until he has set one.
struct StoredCredential: Hashable, Sendable {
    let id: RecordID
    let password: String?
    let code: String?
    /// Milliseconds since 1970, both.
    private let codeFrom: UInt64
    private let codeUntil: UInt64

    init(_ row: RecordRow) {
        id = row.id
        password = row.text("password")
        code = row.text("code")
        codeUntil = Self.time("code_until", row) ?? 0
        // A code that does not say when it begins: the longest that one may live before its end.
        let longest = UInt64(CredentialLimits.codeHoursMax) * 3_600_000
        codeFrom = Self.time("code_from", row) ?? codeUntil - min(codeUntil, longest)
    }

    private static func time(_ field: String, _ row: RecordRow) -> UInt64? {
        guard case .integer(let time) = row[field] else { return nil }
        return UInt64(clamping: time)
    }

    /// Whether the code counts at a time, milliseconds since 1970.
    func isCodeAlive(at now: UInt64) -> Bool {
        now < codeUntil && codeFrom <= now + CredentialLimits.clockSlack
    }
}

/// Credentials lie in the scopes that they open.
///
/// **Who holds them.** A village's node reads the commune's roster, so hashes there would be on every
/// laptop of the commune. So the roster says who somebody is, and a `credential` in a scope proves
/// him there: of a village's staff in the village's scope, of officers and administrators in the
/// hub's own (``hubsOwnScope(under:)``), which no other node reads, a hub above included.
///
/// **What they open.** A node that may write a scope may write credentials in it, for anybody. So a
/// credential opens the scope that it lies in and no other, at most as far as the roster lets that
/// user go: the node that wrote it can read and write all that anyway. At a hub only the hub's own
/// scope counts. A node that writes several villages checks each of their credentials by itself.
extension LocalNode {
    /// The scopes whose credentials count on this node.
    package func signInScopes() throws -> [String] {
        let certificate = try certificate()
        guard certificate.kind != .hub else { return [try hubScope()] }
        return certificate.writes.filter { $0.utf8.last != UInt8(ascii: "/") }.sorted()
    }

    package func hubScope() throws -> String { hubsOwnScope(under: try store.rosterScope()) }

    /// The credential that counts for a user in a scope.
    ///
    /// A reset replaces the record, so there is one; of several (two resets that did not know of each
    /// other) the one with the greatest id.
    func credential(of user: User, in scope: String) throws -> StoredCredential? {
        try credentials(of: user, in: scope).max { $0.id < $1.id }
    }

    private func credentials(of user: User, in scope: String) throws -> [StoredCredential] {
        try store.records(
            of: "credential",
            in: scope,
            where: "user",
            is: user.id.description
        ).filter { !$0.isGone }.map { StoredCredential($0) }
    }

    /// Where a user usually signs in: at the hub, and in the villages named for him.
    package func places(of user: User) throws -> [String] {
        [try hubScope()] + user.villages
    }

    private func requirePlace(_ scope: String, of user: User) throws {
        let commune = try store.rosterScope()
        guard scope == hubsOwnScope(under: commune) || user.reach(in: commune).covers(scope) else {
            throw NodeError.user(.notAUserOf(scope: scope))
        }
    }

    /// Gives a user a one-time code: what he had before, and sessions opened with it, end.
    ///
    /// `scopes`: where the code counts; nil for all places of the user. Elsewhere nothing changes.
    package func resetPassword(
        of name: String,
        in scopes: [String]? = nil,
        codeHours: Int = CredentialLimits.codeHours
    ) throws -> OneTimeCode {
        try requireHub()
        _ = try requireUser(name)
        let secret = try Secret(nil, hours: codeHours)
        guard let code = secret.code else { throw NodeError.user(.unknown(name: name)) }
        try resetPassword(of: name, in: scopes, to: secret)
        return code
    }

    /// As the other, with a secret at hand.
    package func resetPassword(
        of name: String,
        in scopes: [String]? = nil,
        to secret: Secret
    ) throws {
        try requireHub()
        try store.transaction {
            let user = try requireUser(name)
            for scope in try scopes ?? places(of: user) {
                try requirePlace(scope, of: user)
                try replaceCredential(of: user, in: scope, secret)
            }
        }
    }

    /// Sets a user's password on this node, by whoever has its file.
    ///
    /// - Returns: the scopes that it opens.
    @discardableResult
    package func setPassword(_ password: String, of name: String) throws -> [String] {
        try PasswordRules.check(password, for: try requireUser(name).name)
        let secret = try Secret(password, hours: 0)
        return try store.transaction {
            let user = try requireUser(name)
            let commune = try store.rosterScope()
            let scopes = try signInScopes().filter { scope in
                scope == hubsOwnScope(under: commune) || user.reach(in: commune).covers(scope)
            }
            guard !scopes.isEmpty else {
                throw NodeError.user(.notAUserOf(scope: try signInScopes().first ?? commune))
            }
            for scope in scopes { try renewCredential(of: user, in: scope, secret) }
            try endSessions(of: user)
            return scopes
        }
    }

    /// New records instead of the old ones: a password that somebody sets meanwhile without knowing
    /// of the reset lands on a deleted record and opens nothing.
    func replaceCredential(of user: User, in scope: String, _ secret: Secret) throws {
        let old = try credentials(of: user, in: scope)
        try store.save(scope: scope, author: self.user) { batch in
            for credential in old { batch.delete(credential, because: "reset") }
            _ = batch.add(
                "credential",
                [Cell("user", .text(user.id.description))]
                    + secret.cells(now: now).filter { $0.value != .null }
            )
        }
    }

    /// Deletes what opened scopes in which the user may not act any more: else the hash stays on their
    /// machines, and opens them again should the village come back.
    func removeCredentialsBeyondReach(of user: User) throws {
        let commune = try store.rosterScope()
        let reach = user.reach(in: commune)
        for scope in try store.scopes()
        where scope != hubsOwnScope(under: commune) && !reach.covers(scope) {
            let old = try credentials(of: user, in: scope)
            guard !old.isEmpty else { continue }
            try store.save(scope: scope, author: self.user) { batch in
                for credential in old { batch.delete(credential, because: "village") }
            }
        }
    }

    /// The same record with another password.
    func renewCredential(of user: User, in scope: String, _ secret: Secret) throws {
        guard let credential = try credential(of: user, in: scope) else {
            return try replaceCredential(of: user, in: scope, secret)
        }
        try store.save(scope: scope, author: self.user) {
            $0.set("credential", credential.id, secret.cells(now: now))
        }
    }
}

extension SaveBatch {
    /// Deletes a credential, and its hashes with it.
    fileprivate mutating func delete(_ credential: StoredCredential, because reason: String) {
        set(
            "credential",
            credential.id,
            [
                Cell(ReservedField.deleted, .text(reason)), Cell("password", .null),
                Cell("code", .null),
            ]
        )
    }
}
