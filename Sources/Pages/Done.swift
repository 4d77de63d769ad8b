import HTTP
import Node
import Survey

/// What a form has done, told on the page that its redirect leads to.
enum Done: String {
    case password
    case approved
    case refused
    case revoked
    case changed
    case blocked
    case unblocked
    case pin
    case assigned

    private var label: Label {
        switch self {
        case .password:
            Label("Đã lưu mật khẩu mới.", "The new password is saved.")
        case .approved:
            Label(
                "Đã duyệt nút. Dữ liệu đến máy đó trong lần đồng bộ đầu tiên.",
                "The node is approved. Its data comes with its first sync."
            )
        case .refused: Label("Đã từ chối; mã đã bị hủy.", "Refused; the code is void.")
        case .revoked:
            Label(
                "Đã thu hồi nút. Những gì nút đã gửi đến nay vẫn giữ.",
                "The node is revoked. What it has brought so far stays."
            )
        case .changed: Label("Đã lưu thay đổi.", "The change is saved.")
        case .blocked:
            Label(
                "Đã khóa người dùng: ở đây ngay, ở nút khác từ lần đồng bộ sau.",
                "The user is blocked: here at once, on other nodes from their next sync on."
            )
        case .assigned: Label("Đã giao các hộ đã chọn.", "The chosen households are assigned.")
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
        guard let done = caller.head.query("done").flatMap({ Done(rawValue: $0) }) else {
            return HTML()
        }
        return Component.notice(.good) { element("p") { caller.say(done.label) } }
    }
}
