import HTTP
import Node
import Survey

extension Page {
    static let password = Page(
        label: "password",
        gate: .session,
        isRepeatable: false,
        rooms: (.store, .hashing),
        show: { caller, _ in passwordForm(caller, [:]) },
        take: { caller, rooms in
            guard let signedIn = caller.signedIn else {
                return Replies.redirect(LocalPath("/sign-in"))
            }
            do {
                let session = try change(signedIn, caller, rooms)
                let next = LocalPath(untrustedAddress: caller.form["next"]) ?? LocalPath("/")
                return Done.password.redirect(to: next, in: session.token)
                    .with("Set-Cookie", session.cookie)
            } catch NodeError.user(let error) {
                let place =
                    switch error {
                    case .wrongNameOrPassword, .wait: "current"
                    case .passwordsDiffer: "again"
                    default: "new"
                    }
                let words =
                    error == .wrongNameOrPassword
                    ? Label("mật khẩu đang dùng không đúng", "the present password is wrong")
                    : words(for: NodeError.user(error))
                return passwordForm(caller, [place: caller.say.sentence(words)])
            }
        }
    )

    /// As at the sign-in: no password is hashed while the store is held.
    private static func change(
        _ signedIn: SignedIn,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> NewSession {
        let form = caller.form
        let name = signedIn.user.name
        let address = caller.head.remoteAddress
        try PasswordRules.check(form["new"], for: name)
        guard form["new"] == form["again"] else { throw NodeError.user(.passwordsDiffer) }
        let attempt =
            try signedIn.isRestricted
            ? nil : rooms.node(caller) { try $0.beginSignIn(name, address: address) }
        let verdict = try attempt?.judge(form["current"])
        let secret = try Secret.password(form["new"], for: name)
        return try rooms.node(caller) {
            try $0.finishPasswordChange(signedIn, verdict, secret, address: address)
        }
    }

    private static func passwordForm(_ caller: Caller, _ errors: [String: String]) -> Response {
        let say = caller.say
        let isFirst = caller.signedIn?.isRestricted ?? false
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(
            isFirst
                ? say("Đặt mật khẩu mới", "Choose a password")
                : say("Đổi mật khẩu", "Change password"),
            isNarrow: true
        )
        let new: [Attribute] = [
            Attribute("type", "password"), Attribute("autocomplete", "new-password"),
            Attribute("minlength", "\(PasswordRules.lengthMin)"), Attribute("required"),
        ]
        let html = frame.page {
            if isFirst {
                element("p") {
                    say(
                        "Mã dùng một lần đã dùng xong. Đặt mật khẩu để tiếp tục.",
                        "The one-time code has served. Choose a password to go on."
                    )
                }
            }
            forms.summary
            forms.form(LocalPath("/password")) {
                forms.hidden("next", caller.form["next"] + (caller.head.query("next") ?? ""))
                // Password keepers of browsers want to know whose it is.
                forms.field(
                    "name",
                    say("Tên đăng nhập", "Sign-in name"),
                    value: caller.user,
                    [Attribute("autocomplete", "username"), Attribute("readonly")]
                )
                if !isFirst {
                    forms.field(
                        "current",
                        say("Mật khẩu đang dùng", "Present password"),
                        [
                            Attribute("type", "password"),
                            Attribute("autocomplete", "current-password"), Attribute("required"),
                        ]
                    )
                }
                forms.field(
                    "new",
                    say("Mật khẩu mới", "New password"),
                    hint: say(
                        "Ít nhất \(PasswordRules.lengthMin) ký tự; vài từ liền nhau là dễ nhớ nhất.",
                        "At least \(PasswordRules.lengthMin) characters; a few words are easiest to remember."
                    ),
                    new
                )
                forms.field("again", say("Nhập lại mật khẩu mới", "New password once more"), new)
                forms.button(say("Lưu mật khẩu", "Save the password"))
            }
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }
}
