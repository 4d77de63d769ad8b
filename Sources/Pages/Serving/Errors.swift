import HTTP
import Survey

/// Refusals, as plain pages in the reader's language.
enum Errors {
    /// Why a form is not taken.
    enum Reason {
        case foreign
        case oldForm
        /// It waited for its sender too long.
        case goneForm
        case othersForm
    }

    /// Before anything is known of the caller, or where the node could not say.
    static func page(_ status: Int, _ say: Speech, _ words: Label? = nil) -> Response {
        page(status, Frame(say: say, title: say(title(status, words)), isNarrow: true), words)
    }

    static func page(_ status: Int, _ say: Speech, _ reason: Reason) -> Response {
        page(status, say, words(reason))
    }

    static func page(_ status: Int, _ caller: Caller, _ reason: Reason) -> Response {
        page(status, caller, words(reason))
    }

    /// With the menu and the name of whoever is signed in; `words`: more than the status tells.
    static func page(_ status: Int, _ caller: Caller, _ words: Label? = nil) -> Response {
        page(status, caller.frame(caller.say(title(status, words)), isNarrow: true), words)
    }

    private static func page(_ status: Int, _ frame: Frame, _ words: Label?) -> Response {
        let say = frame.say
        let html = frame.page {
            element("p") { say.sentence(words ?? advice(status)) }
            Component.link(LocalPath("/"), say("Về trang đầu", "To the first page"))
        }
        let reply = Replies.page(html, status)
        return [429, 503].contains(status) ? reply.with("Retry-After", "5") : reply
    }

    private static func words(_ reason: Reason) -> Label {
        switch reason {
        case .foreign:
            Label(
                "Yêu cầu này đến từ một trang khác nên không được thực hiện. Chưa có gì thay đổi.",
                "This request came from another site's page, so it was not carried out. Nothing has changed."
            )
        case .oldForm:
            Label(
                "Biểu mẫu này thuộc một phiên đăng nhập khác. Chưa có gì thay đổi: mở lại trang rồi gửi lại.",
                "This form belongs to another session. Nothing has changed: open the page anew and send it again."
            )
        case .goneForm:
            Label(
                "Những gì đã gửi trước khi đăng nhập lại không còn được giữ (quá một giờ, hoặc máy đã khởi động lại). Chưa có gì thay đổi: mở lại trang rồi điền lại.",
                "What was sent before you signed in again is not kept any more (over an hour, or the node was started anew). Nothing has changed: open the page and fill it in again."
            )
        case .othersForm:
            Label(
                "Những gì đã gửi là của người dùng khác. Chưa có gì thay đổi: người đó đăng nhập lại thì gửi tiếp được.",
                "What was sent is another user's. Nothing has changed: that user can sign in and send it again."
            )
        }
    }

    private static func title(_ status: Int, _ words: Label?) -> Label {
        switch status {
        // What is missing is no page, but what the words tell of.
        case 404 where words != nil: Label("Không tìm thấy", "Not found")
        case 403: Label("Không được phép", "Not allowed")
        case 404: Label("Không có trang này", "No such page")
        case 405: Label("Không dùng được ở đây", "Not possible here")
        case 400, 413: Label("Không đọc được biểu mẫu", "The form cannot be read")
        case 422: Label("Chưa thực hiện được", "Could not be done")
        case 429, 503: Label("Máy đang bận", "The node is busy")
        case 507: Label("Đĩa của máy này đầy", "This node's disk is full")
        default: Label("Máy gặp lỗi", "The node failed")
        }
    }

    private static func advice(_ status: Int) -> Label {
        switch status {
        case 403:
            Label(
                "Vai trò của anh/chị không làm được việc này. Nếu cần, hỏi người quản trị của xã.",
                "Your role does not include this. Ask the commune's administrator if you need it."
            )
        case 404:
            Label(
                "Địa chỉ sai, hoặc mục này không còn.",
                "The address is wrong, or what was here is gone."
            )
        case 405:
            Label(
                "Trang này không nhận yêu cầu loại đó. Mở lại từ trình đơn.",
                "This page does not take requests of that kind. Open it from the menu."
            )
        case 400:
            Label(
                "Nội dung gửi lên bị hỏng. Chưa có gì thay đổi: mở lại trang rồi gửi lại.",
                "What was sent is damaged. Nothing has changed: open the page anew and send it again."
            )
        case 413:
            Label(
                "Nội dung gửi lên quá dài. Chưa có gì thay đổi: rút ngắn rồi gửi lại.",
                "What was sent is too long. Nothing has changed: shorten it and send it again."
            )
        case 429, 503:
            Label(
                "Nhiều người đang dùng cùng lúc, hoặc máy đang ghi việc khác (nhập danh sách, dựng lại). Chờ một lát rồi thử lại.",
                "Many use it at once, or the machine writes something else (an import, a rebuild). Wait a moment and try again."
            )
        case 507:
            Label(
                "Chưa ghi được gì. Báo cán bộ xã dọn bớt đĩa, rồi thử lại.",
                "Nothing was saved. Ask the officer to free some space, then try again."
            )
        default:
            Label(
                "Thử lại; nếu vẫn lỗi, báo cán bộ xã xem nhật ký của máy.",
                "Try again; if it fails again, tell the officer to look at the node's log."
            )
        }
    }
}
