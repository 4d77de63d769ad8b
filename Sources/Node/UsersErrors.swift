/// What a node refuses about users, passwords and sessions, and what to do instead.
package enum UserError: Error, Hashable, Sendable, CustomStringConvertible {
    case invalidName
    case exists(name: String)
    case unknown(name: String)
    case noDisplayName
    /// A role that works in villages, without any.
    case villagesNeeded
    case tooManyVillages
    /// The user may not act in the scope, so he cannot sign in there either.
    case notAUserOf(scope: String)
    /// Nobody could manage users any more.
    case lastAdministrator
    case passwordTooShort
    case passwordTooLong
    case passwordTooCommon
    case passwordIsName
    case passwordsDiffer
    /// Nobody can be asked for a password.
    case noTerminal
    case calledOff
    /// Name, password or code; which of them is not said.
    case wrongNameOrPassword
    case blocked
    case codeExpired
    /// Too many wrong tries.
    case wait(seconds: Int)
    case sessionEnded
    /// Not four to six digits.
    case invalidPIN
    /// Among the first that are tried.
    case easyPIN
    case noPINForRole
    /// Many persons' data may not leave without a trace.
    case accessNotLogged

    package var description: String {
        switch self {
        case .invalidName:
            "a sign-in name has 1 to 32 of a-z, 0-9, '.', '_' and '-', and begins with a letter"
        case .exists(let name): "there is a user '\(name)' already: choose another sign-in name"
        case .unknown(let name): "no user '\(name)' here: see 'doorstep user list'"
        case .noDisplayName: "a user needs a full name of at most 80 characters: give --full-name"
        case .villagesNeeded: "this role works in villages: name them with --village"
        case .tooManyVillages:
            "too many villages for one user: leave them out for the whole commune"
        case .notAUserOf(let scope): "the user has no right in \(scope), so cannot sign in there"
        case .lastAdministrator:
            "this is the last administrator: give another user the role first"
        case .passwordTooShort:
            "the password needs at least \(PasswordRules.lengthMin) characters"
        case .passwordTooLong:
            "the password may have at most \(PasswordRules.lengthMax) characters"
        case .passwordTooCommon: "this password is among the first that are guessed: choose another"
        case .passwordIsName: "the password must not be the sign-in name"
        case .passwordsDiffer: "the two passwords differ: type the same one twice"
        case .noTerminal: "no terminal to ask on: give the password with --password-stdin"
        case .calledOff: "called off: nothing was changed"
        case .wrongNameOrPassword: "wrong sign-in name or password: type them anew"
        case .blocked: "this user is blocked: ask an administrator of the commune"
        case .codeExpired:
            "the one-time code has expired, or this machine's clock is wrong: "
                + "ask an officer for a new one"
        case .wait(let seconds):
            "too many wrong tries: wait \(seconds) second\(seconds == 1 ? "" : "s") and try again"
        case .sessionEnded: "the session has ended: sign in again"
        case .invalidPIN: "a PIN has 4 to 6 digits"
        case .easyPIN: "this PIN is among the first that are tried: choose another"
        case .noPINForRole: "sessions of this role have no PIN: sign in with the password"
        case .accessNotLogged:
            "nothing was written out because the access log cannot be written: free disk space first"
        }
    }
}
