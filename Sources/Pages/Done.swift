import HTTP
import Node
import Sealing
import Survey

/// What a form has done, told on the page that its redirect leads to.
///
/// Its word in the address is good in one session alone: nobody is told by a link that he was sent of
/// what has not happened.
enum Done: Hashable {
    case password
    case approved
    case refused
    case revoked
    case changed
    /// The user has no password yet where he is to work.
    case moved
    case blocked
    case unblocked
    case pin
    /// So many households have changed hands.
    case assigned(Int)

    private static let plain: [String: Done] = [
        "password": .password, "approved": .approved, "refused": .refused, "revoked": .revoked,
        "changed": .changed, "moved": .moved, "blocked": .blocked, "unblocked": .unblocked,
        "pin": .pin,
    ]
    private static let assignedWord = "assigned-"

    private var word: String {
        if case .assigned(let count) = self { return Self.assignedWord + String(count) }
        return Self.plain.first { $0.value == self }?.key ?? ""
    }

    private init?(word: String) {
        if word.hasPrefix(Self.assignedWord) {
            guard let count = Int(word.dropFirst(Self.assignedWord.count)) else { return nil }
            self = .assigned(count)
        } else {
            guard let found = Self.plain[word] else { return nil }
            self = found
        }
    }

    /// What only this session's pages can have written behind a word.
    private static func seal(_ word: String, _ token: SessionToken) -> String {
        String(Hash.blake2b(token.hash.bytes + Array("done \(word)".utf8)).prefix, radix: 16)
    }

    /// To the page that tells it, in the session of `token`.
    func redirect(to path: LocalPath, in token: SessionToken?) -> Response {
        guard let token else { return Replies.redirect(path) }
        return Replies.redirect(path.asking("done", word + "." + Self.seal(word, token)))
    }

    private init?(_ caller: Caller) {
        guard let token = caller.signedIn?.token,
            let parts = caller.head.query("done")?.split(separator: "."), parts.count == 2,
            let done = Done(word: String(parts[0])), Self.seal(String(parts[0]), token) == parts[1]
        else { return nil }
        self = done
    }

    private var label: Label {
        switch self {
        case .password:
            Label("Đã lưu mật khẩu mới.", "The new password is saved.")
        case .approved:
            Label(
                "Đã duyệt máy. Dữ liệu đến máy đó trong lần đồng bộ đầu tiên.",
                "The node is approved. Its data comes with its first sync."
            )
        case .refused: Label("Đã từ chối; mã đã bị hủy.", "Refused; the code is void.")
        case .revoked:
            Label(
                "Đã thu hồi máy. Những gì máy đã gửi đến nay vẫn giữ.",
                "The node is revoked. What it has brought so far stays."
            )
        case .changed: Label("Đã lưu thay đổi.", "The change is saved.")
        case .moved:
            Label(
                "Đã lưu thay đổi. Ở nơi mới người này chưa đăng nhập được: cấp mã dùng một lần cho nơi đó.",
                "The change is saved. The user cannot sign in at the new place yet: give a one-time code for it."
            )
        case .blocked:
            Label(
                "Đã khóa người dùng: ở đây ngay, ở máy khác từ lần đồng bộ sau.",
                "The user is blocked: here at once, on other nodes from their next sync on."
            )
        case .assigned(0):
            Label(
                "Các hộ đó đã giao như vậy từ trước.",
                "These households were assigned so before."
            )
        case .assigned(let count):
            Label(
                "Đã giao \(count) hộ.",
                count == 1 ? "1 household is assigned." : "\(count) households are assigned."
            )
        case .pin:
            Label(
                "Đã lưu mã PIN cho phiên này. Trang hỏi mã sau \(PINRules.lockAfter / 60_000) phút không dùng.",
                "The PIN of this session is saved. Pages ask for it after \(PINRules.lockAfter / 60_000) quiet minutes."
            )
        case .unblocked: Label("Đã mở khóa người dùng.", "The user is let in again.")
        }
    }

    /// What has just been done; empty for whoever comes from elsewhere.
    static func notice(_ caller: Caller) -> HTML {
        guard let done = Done(caller) else { return HTML() }
        return Component.notice(.good) { element("p") { caller.say(done.label) } }
    }
}
