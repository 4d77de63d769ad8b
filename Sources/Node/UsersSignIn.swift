import Causality
import Replication
import SQLite
import Sealing
import Store

/// One try to sign in: found out about in the file, then judged without it.
///
/// Judging takes the time and memory of a password hash (``PasswordRules/cost``) for each scope of
/// the node, whoever is named: so whoever serves many should hold no lock of the store meanwhile,
/// and judge few at once.
package struct SignInAttempt: Sendable {
    /// What a scope of this node has of the user, if anything.
    fileprivate struct Door: Sendable {
        let scope: String
        let credential: StoredCredential?
    }

    fileprivate let name: String
    fileprivate let address: String
    fileprivate let user: User?
    fileprivate let doors: [Door]
    fileprivate let begun: UInt64

    /// Tries the password, or the code, at every door: the same work for everybody.
    package func judge(_ password: String) throws -> SignInVerdict {
        var opened: [Door] = []
        var isExpired = false
        for door in doors {
            // Until a code has been used there is no password, and later no code.
            let code = door.credential?.code
            let typed = code == nil ? password : OneTimeCode.normalized(password)
            let isRight = try PasswordRules.matches(typed, code ?? door.credential?.password)
            guard isRight else { continue }
            if let credential = door.credential, code != nil, !credential.isCodeAlive(at: begun) {
                isExpired = true
            } else {
                opened.append(door)
            }
        }
        return SignInVerdict(attempt: self, opened: opened, isExpired: isExpired)
    }
}

/// What the doors said; the node has to be told.
package struct SignInVerdict: Sendable {
    fileprivate let attempt: SignInAttempt
    fileprivate let opened: [SignInAttempt.Door]
    fileprivate let isExpired: Bool
}

/// A session that has just begun: the only moment at which its token is known.
package struct NewSession: Sendable {
    package let token: SessionToken
    package let signedIn: SignedIn

    /// The value of the `Set-Cookie` header.
    ///
    /// Phones end browsers at will: those who work at the doors stay signed in for their day all the
    /// same, and a PIN keeps others out. The cookies of the rest go when the browser is closed.
    package var cookie: String {
        let isForDay = PINRules.areFor(signedIn.role) && !signedIn.isRestricted
        return token.cookie(
            seconds: isForDay ? SessionLimits.lifetime(of: signedIn.role) / 1000 : nil
        )
    }
}

/// Signing in, out, and choosing a password.
extension LocalNode {
    /// Signs in with a password or a one-time code; `address` is where the request came from.
    ///
    /// The same as the three steps one after the other.
    package func signIn(
        _ name: String,
        password: String,
        address: String
    ) throws -> NewSession {
        try finishSignIn(try beginSignIn(name, address: address).judge(password))
    }

    /// First step: counts the try, and throws ``UserError/wait(seconds:)`` where it comes too soon.
    package func beginSignIn(_ name: String, address: String) throws -> SignInAttempt {
        // Bounded before it is hashed or looked up.
        let name = String(name.prefix(64)).lowercased()
        // While another process writes, who is known to nobody yet must not hold up those at work.
        try store.db.waitingBriefly {
            try Throttle(store, name: name, address: address).begin(now: now)
        }
        return try store.reading {
            let user = try user(named: name)
            return SignInAttempt(
                name: name,
                address: address,
                user: user,
                doors: try signInScopes().map { scope in
                    SignInAttempt.Door(
                        scope: scope,
                        credential: try user.flatMap { try credential(of: $0, in: scope) }
                    )
                },
                begun: now
            )
        }
    }

    /// Last step: begins a session, or throws what the user is told.
    package func finishSignIn(_ verdict: SignInVerdict) throws -> NewSession {
        let attempt = verdict.attempt
        guard let user = attempt.user, !verdict.opened.isEmpty || verdict.isExpired else {
            throw NodeError.user(.wrongNameOrPassword)
        }
        // Whoever knows the password may know what else stands in the way.
        guard !user.isBlocked else { throw NodeError.user(.blocked) }
        guard !verdict.opened.isEmpty else { throw NodeError.user(.codeExpired) }
        let commune = try store.rosterScope()
        let reach = user.reach(in: commune)
        let scopes = verdict.opened.map(\.scope).filter { scope in
            scope == hubsOwnScope(under: commune) || reach.covers(scope)
        }
        guard user.role != nil, !scopes.isEmpty else {
            throw NodeError.user(.wrongNameOrPassword)
        }
        return try store.db.waitingBriefly {
            try store.transaction {
                try Throttle(store, name: attempt.name, address: attempt.address)
                    .succeed(now: now)
                let byCode = verdict.opened.contains { $0.credential?.code != nil }
                return try beginSession(of: user, scopes: scopes, isRestricted: byCode)
            }
        }
    }

    /// Replaces the password of whoever is signed in, and his sessions by a new one.
    ///
    /// `current` is needed unless the session was opened with a one-time code. Only the scopes that
    /// the session opens get the new password.
    package func changePassword(
        _ signedIn: SignedIn,
        current: String?,
        new: String,
        address: String
    ) throws -> NewSession {
        try PasswordRules.check(new, for: signedIn.user.name)
        let verdict =
            try signedIn.isRestricted
            ? nil : beginSignIn(signedIn.user.name, address: address).judge(current ?? "")
        return try finishPasswordChange(
            signedIn,
            verdict,
            try Secret.password(new, for: signedIn.user.name),
            address: address
        )
    }

    /// Last step of a change of password whose slow parts were done without the store.
    ///
    /// `verdict`: on the password that he has; nil needs a session that was opened with a one-time
    /// code.
    package func finishPasswordChange(
        _ signedIn: SignedIn,
        _ verdict: SignInVerdict?,
        _ secret: Secret,
        address: String
    ) throws -> NewSession {
        if !signedIn.isRestricted {
            guard let verdict, verdict.attempt.name == signedIn.user.name,
                Set(verdict.opened.map(\.scope)).isSuperset(of: signedIn.scopes)
            else { throw NodeError.user(.wrongNameOrPassword) }
        }
        return try store.transaction {
            // The session may have ended while the passwords were hashed.
            guard try check(signedIn.token) != nil else { throw NodeError.user(.sessionEnded) }
            try Throttle(store, name: signedIn.user.name, address: address).succeed(now: now)
            let author = LocalNode(store, user: signedIn.user.name)
            for scope in signedIn.scopes {
                try author.renewCredential(of: signedIn.user, in: scope, secret)
            }
            try endSessions(of: signedIn.user)
            return try beginSession(of: signedIn.user, scopes: signedIn.scopes, isRestricted: false)
        }
    }
}
