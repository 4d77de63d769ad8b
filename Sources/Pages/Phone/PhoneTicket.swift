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

    /// The node's part of the key of what a user keeps on phones: 64 hexadecimal digits.
    ///
    /// Given to his own session only. It opens his phones again when the password that they were
    /// sealed under is forgotten or was a one-time code; without it they open by the password alone.
    static func share(of user: User, at node: LocalNode) throws -> String {
        let key = try key(at: node) ?? makeKey(at: node)
        return digits("doorstep-phone-share-1 \(user.id) ", key)
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

    private static func digits(_ text: String, _ key: [UInt8]) -> String {
        Hash.blake2b(Array(text.utf8) + key).bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
