import Causality
import Node
import Sealing
import Store

/// What a phone shows to be told that its user is blocked, when there is no session any more.
///
/// It opens nothing: it only proves that this node knew the user on that phone, so that nobody else
/// learns from the reply who is blocked.
enum PhoneTicket {
    private static let setting = "phone-ticket-key"

    /// See ``UserProof/text(for:)``.
    static func text(for user: User, at node: LocalNode) throws -> String {
        proof(try key(at: node) ?? makeKey(at: node)).text(for: user.id)
    }

    static func isOfBlockedUser(_ text: String, at node: LocalNode) throws -> Bool {
        guard let key = try key(at: node), let id = proof(key).user(in: text) else { return false }
        // A node that was restored from before somebody was entered does not know him yet: nobody
        // is blocked but by his record.
        return try node.users().first { $0.id == id }?.isBlocked ?? false
    }

    private static func key(at node: LocalNode) throws -> [UInt8]? {
        try node.store.setting(setting)
    }

    private static func makeKey(at node: LocalNode) throws -> [UInt8] {
        let key = randomBytes(32)
        try node.store.set(setting, key)
        return key
    }

    private static func proof(_ key: [UInt8]) -> UserProof {
        UserProof(label: "doorstep-phone-1", key: key)
    }
}
