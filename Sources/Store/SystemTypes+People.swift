import Survey

/// Who works with the program, how he proves it, and what he has looked at.
///
/// Who may write which where, and what counts: `sync-protocol.md` section 9.10.
extension SystemTypes {
    /// Somebody who works with the program; counts in the roster's scope alone.
    static let user = RecordType(
        "user",
        Label("Người dùng", "User"),
        purpose: .administration,
        fields: [
            Field(
                "name",
                Label("Tên đăng nhập", "Sign-in name"),
                .text(max: 32),
                .save,
                indexed: true
            ),
            Field("display_name", Label("Họ và tên", "Full name"), .personName(max: 80), .save),
            // The roles and their rights are the program's own.
            Field("role", Label("Vai trò", "Role"), .text(max: 20), .save),
            // Scope paths, joined by spaces.
            Field("villages", Label("Thôn phụ trách", "Villages"), .text(max: 2000)),
            Field(
                "state",
                Label("Tình trạng", "State"),
                .code([
                    Choice("active", "Đang dùng", "Active"),
                    Choice("blocked", "Đã khóa", "Blocked"),
                ]),
                .save
            ),
        ]
    )

    /// What a user proves himself with in one scope: it opens this scope and nothing else.
    ///
    /// The later of two passwords counts, so nothing here ever waits for a decision.
    static let credential = RecordType(
        "credential",
        Label("Thông tin đăng nhập", "Credential"),
        purpose: .administration,
        fields: [
            // The id of the user's record, as text: it lies in another scope.
            Field("user", Label("Người dùng", "User"), .text(max: 40), .save, indexed: true),
            Field(
                "password",
                Label("Mật khẩu", "Password"),
                .text(max: 128),
                merge: .latest,
                isSecret: true
            ),
            Field(
                "code",
                Label("Mã dùng một lần", "One-time code"),
                .text(max: 128),
                merge: .latest,
                isSecret: true
            ),
            // Milliseconds since 1970, by the clock of the hub that made the code.
            Field(
                "code_from",
                Label("Mã dùng từ", "Code valid from"),
                .integer(0...Int64.max),
                merge: .latest
            ),
            Field(
                "code_until",
                Label("Mã dùng đến", "Code valid until"),
                .integer(0...Int64.max),
                merge: .latest
            ),
        ]
    )

    /// Somebody has looked at a person's record, at a list, or taken data out.
    ///
    /// Holds ids and numbers, never a name or a value of what was read.
    static let access = RecordType(
        "access",
        Label("Lượt xem dữ liệu", "Access"),
        purpose: .administration,
        fields: [
            Field("who", Label("Ai", "Who"), .text(max: 64), .save),
            Field("action", Label("Việc", "Action"), .text(max: 20), .save),
            Field("record", Label("Bản ghi", "Record"), .text(max: 40), indexed: true),
            Field("scope", Label("Nơi", "Scope"), .text(max: 200)),
            // Which list, such as an indicator or record types: never words that were searched for.
            Field("filter", Label("Danh sách", "List"), .text(max: 200)),
            Field("count", Label("Số dòng", "Rows"), .integer(0...Int64.max)),
            Field("reason", Label("Lý do", "Reason"), .text(max: 200)),
            // Page or command.
            Field("via", Label("Qua", "Via"), .text(max: 60)),
            // Milliseconds since 1970.
            Field("at", Label("Lúc", "At"), .integer(0...Int64.max), .save, indexed: true),
        ]
    )
}
