import SQLite
import Sealing
import Store

/// A short number that opens a quiet session again, so that nobody types a password at each door.
///
/// It belongs to one session and dies with it. The file keeps a hash under the session's own secret,
/// which only the browser has: whoever reads the file cannot even try the ten thousand numbers.
package enum PINRules {
    package static let lengths = 4...6
    /// Wrong ones in a row that end the session.
    package static let triesMax = 5
    /// Milliseconds without a request after which it is asked for.
    package static let lockAfter: UInt64 = 10 * 60_000

    /// Whether sessions of a role may have one: of those who work at the doors.
    ///
    /// Who keeps accounts or reads the access log types his password.
    package static func areFor(_ role: Role) -> Bool {
        switch role {
        case .fieldStaff, .villageLead, .communeOfficer: true
        case .auditor, .administrator: false
        }
    }

    /// Refuses what is no number of the length, and the first that are tried: `1111`, `1234`, `654321`.
    package static func check(_ pin: String) throws {
        let digits = Array(pin.utf8)
        guard lengths.contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw NodeError.user(.invalidPIN) }
        let steps = Set(zip(digits, digits.dropFirst()).map { Int($1) - Int($0) })
        guard !steps.isSubset(of: [0]), steps != [1], steps != [-1] else {
            throw NodeError.user(.easyPIN)
        }
    }
}

extension SessionLimits {
    /// Whether a session with a PIN has been quiet for so long that it is asked for.
    static func isLocked(used: UInt64, now: UInt64) -> Bool {
        now - min(used, now) >= PINRules.lockAfter
    }
}

extension LocalNode {
    /// What came of a try.
    package enum Unlocking: Hashable, Sendable {
        case open
        case wrong(triesLeft: Int)
        /// The session has ended, by this try or before it.
        case ended
    }

    /// Opens a session that has been quiet; the fifth wrong number in a row ends it.
    ///
    /// Every try is in the file before it is judged, so that no crash gives one back.
    package func unlock(_ token: SessionToken, pin: String) throws -> Unlocking {
        guard let found = try store.reading({ try check(token) })?.signedIn, found.hasPIN else {
            return .ended
        }
        let outcome = try tryPIN(token, pin)
        if outcome == .open {
            try store.db.cached("UPDATE session SET used = max(used, ?2) WHERE token = ?1")
                .run(token.hash.bytes, Int64(clamping: now))
        }
        return outcome
    }

    /// Gives the session its PIN, or another one; whoever has one already types that, and a wrong one
    /// counts as at the lock.
    package func setPIN(_ signedIn: SignedIn, _ pin: String, current: String) throws -> Unlocking {
        guard PINRules.areFor(signedIn.role) else { throw NodeError.user(.noPINForRole) }
        try PINRules.check(pin)
        guard let found = try store.reading({ try check(signedIn.token) })?.signedIn,
            !found.isLocked, !found.isRestricted
        else { return .ended }
        if found.hasPIN {
            let outcome = try tryPIN(signedIn.token, current)
            guard outcome == .open else { return outcome }
        }
        try store.db.cached("UPDATE session SET pin = ?2, pin_tries = 0 WHERE token = ?1")
            .run(signedIn.token.hash.bytes, signedIn.token.hash(ofPIN: pin))
        return .open
    }

    private func tryPIN(_ token: SessionToken, _ pin: String) throws -> Unlocking {
        let key = token.hash.bytes
        let row = try store.db.cached(
            """
            UPDATE session SET pin_tries = pin_tries + 1 WHERE token = ?1 AND pin IS NOT NULL
            RETURNING pin, pin_tries
            """
        ).bind(all: key).first { (pin: $0.blob(0), tries: Int($0.integer(1))) }
        guard let row else { return .ended }
        let isRight = constantTimeEquals(token.hash(ofPIN: pin), row.pin)
        if row.tries <= PINRules.triesMax, isRight {
            try store.db.cached("UPDATE session SET pin_tries = 0 WHERE token = ?1").run(key)
            return .open
        }
        guard row.tries < PINRules.triesMax else {
            try signOut(token)
            return .ended
        }
        return .wrong(triesLeft: PINRules.triesMax - row.tries)
    }
}
