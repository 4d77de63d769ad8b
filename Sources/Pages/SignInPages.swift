import HTTP
import Node
import Survey

/// Coming in, going out, and choosing a password and a language.
extension Page {
    static let signIn = Page(
        label: "sign-in",
        gate: .open,
        rooms: (.store, .hashing),
        show: { caller, _ in
            let isHere = caller.signedIn.map { !$0.isRestricted } ?? false
            if isHere { return Replies.redirect(next(caller.head.query("next"))) }
            return signInForm(caller, next: caller.head.query("next") ?? "")
        },
        take: { caller, rooms in
            do {
                return try begin(caller, rooms)
            } catch NodeError.user(let error) {
                noteRefusal(error, caller, rooms)
                let reply = signInForm(
                    caller,
                    next: caller.form["next"],
                    error: words(for: NodeError.user(error))
                )
                guard case .wait(let seconds) = error else { return reply }
                return reply.with("Retry-After", "\(seconds)")
            }
        }
    )

    /// Somebody guesses, or has forgotten: told without a name, which may be a mistyped password.
    private static func noteRefusal(_ error: UserError, _ caller: Caller, _ rooms: PageRooms) {
        let problem: String
        switch error {
        case .wrongNameOrPassword: problem = "wrong"
        case .wait: problem = "wait"
        case .blocked: problem = "blocked"
        case .codeExpired: problem = "code-expired"
        default: problem = "other"
        }
        let address = caller.head.remoteAddress
        rooms.counts.noteSignInRefused()
        rooms.log.write(
            .warning,
            "sign-in-refused",
            [("from", address), ("problem", problem)],
            causedBy: "\(caller.head.subscriber)"
        )
    }

    private static func next(_ text: String?) -> LocalPath {
        text.flatMap { LocalPath(untrustedAddress: $0) } ?? LocalPath("/")
    }

    /// The store is held only to begin and to end; in between a password is hashed.
    private static func begin(_ caller: Caller, _ rooms: PageRooms) throws -> Response {
        guard caller.around.hasUsers else { return signInForm(caller, next: "") }
        let attempt = try rooms.node(caller) {
            try $0.beginSignIn(caller.form["name"], address: caller.head.remoteAddress)
        }
        let verdict = try attempt.judge(caller.form["password"])
        let session = try rooms.node(caller) { node in
            let session = try node.finishSignIn(verdict)
            if let old = caller.signedIn { try node.signOut(old.token) }
            return session
        }
        let next = next(caller.form["next"])
        let path =
            session.signedIn.isRestricted
            ? next == LocalPath("/")
                ? LocalPath("/password") : LocalPath("/password").asking("next", next.text)
            : next
        return Replies.redirect(path).with("Set-Cookie", session.cookie)
    }

    private static func signInForm(
        _ caller: Caller,
        next: String,
        error: Label? = nil
    ) -> Response {
        let say = caller.say
        guard caller.around.hasUsers else { return firstSteps(caller) }
        let forms = FormBuilder(say: say, token: nil)
        var frame = Frame(say: say, title: say("Đăng nhập", "Sign in"), node: caller.around.node)
        frame.isNarrow = true
        frame.here = LocalPath("/sign-in")
        frame.scripts = Script.ofSession
        let html = frame.page {
            if let error { Component.notice(.bad) { element("p") { say.sentence(error) } } }
            if error == nil { ended(next, caller) }
            forms.form(LocalPath("/sign-in")) {
                forms.hidden("next", next)
                forms.field(
                    "name",
                    say("Tên đăng nhập", "Sign-in name"),
                    value: String(caller.form["name"].prefix(64)),
                    [
                        Attribute("autocomplete", "username"), Attribute("autocapitalize", "none"),
                        Attribute("spellcheck", "false"), Attribute("required"),
                    ]
                )
                forms.field(
                    "password",
                    say("Mật khẩu hoặc mã dùng một lần", "Password or one-time code"),
                    [
                        Attribute("type", "password"),
                        Attribute("autocomplete", "current-password"), Attribute("required"),
                    ]
                )
                forms.button(say("Đăng nhập", "Sign in"))
            }
            element("p", .class("hint")) {
                say(
                    "Quên mật khẩu: xin cán bộ xã một mã dùng một lần.",
                    "Forgotten the password: ask an officer for a one-time code."
                )
            }
            Component.link(
                LocalPath("/trust"),
                say("Trình duyệt cảnh báo chứng thư?", "Does the browser warn of a certificate?")
            )
        }
        return Replies.page(html, error == nil ? 200 : 422)
    }

    /// Why somebody who was at work is asked to sign in.
    @HTMLBuilder private static func ended(_ next: String, _ caller: Caller) -> HTML {
        if caller.head.query("why") == "blocked" {
            Component.notice(.bad) {
                element("p") {
                    caller.say(
                        "Tài khoản này đã bị khóa; điện thoại đã xóa những gì nó giữ. Hỏi cán bộ xã.",
                        "This account is blocked; the phone has wiped what it held. Ask the commune's officer."
                    )
                }
            }
        } else if next.hasPrefix(LocalPath("/again").text + "/") {
            Component.notice(.information) {
                element("p") {
                    caller.say(
                        "Phiên đăng nhập đã hết. Những gì vừa gửi được giữ lại: đăng nhập rồi gửi tiếp.",
                        "The session has ended. What was just sent is kept: sign in and send it again."
                    )
                }
            }
        }
    }

    /// Nobody can sign in yet: how to come so far.
    private static func firstSteps(_ caller: Caller) -> Response {
        let say = caller.say
        let around = caller.around
        var frame = Frame(
            say: say,
            title: say("Chưa có người dùng", "No users yet"),
            node: around.node
        )
        frame.here = LocalPath("/sign-in")
        let html = frame.page {
            if around.node == nil {
                element("p") {
                    say(
                        "Máy này chưa đăng ký với xã. Xin cán bộ xã một mã, rồi chạy trên máy này:",
                        "This node is not enrolled yet. Ask the commune's officer for a code and run on this machine:"
                    )
                }
                element("p") {
                    element("code") { "doorstep enrol " + say("THƯ_MỤC MÃ", "FOLDER CODE") }
                }
            } else if around.isHub {
                element("p") {
                    say(
                        "Tạo người quản trị đầu tiên bằng lệnh sau trên máy này. Lệnh hỏi mật khẩu, hoặc in một mã dùng một lần để đăng nhập ở đây.",
                        "Make the first administrator with this command on this machine. It asks for a password, or prints a one-time code for the sign-in here."
                    )
                }
                element("p") {
                    element("code") {
                        "doorstep user add "
                            + say(
                                "THƯ_MỤC TÊN --full-name 'HỌ VÀ TÊN' --role administrator",
                                "FOLDER NAME --full-name 'FULL NAME' --role administrator"
                            )
                    }
                }
            } else {
                element("p") {
                    say(
                        "Người dùng được tạo ở máy xã ('doorstep user add') và đến máy này trong lần đồng bộ sau: chạy 'doorstep sync' rồi tải lại trang.",
                        "Users are made at the hub ('doorstep user add') and reach this node with its next sync: run 'doorstep sync' and load this page again."
                    )
                }
            }
            Component.linkButton(LocalPath("/sign-in"), say("Tải lại", "Load again"))
        }
        return Replies.page(html)
    }

    static let signOut = Page(
        label: "sign-out",
        gate: .held,
        take: { caller, rooms in
            if let signedIn = caller.signedIn {
                try rooms.node(caller) { try $0.signOut(signedIn.token) }
            }
            // What the browser stores is left to its script, which asks before it wipes: visits that
            // have not reached the hub lie there, of this user or of another.
            return Replies.redirect(LocalPath("/sign-in"))
                .with("Set-Cookie", SessionToken.noCookie)
                .with("Clear-Site-Data", "\"cache\"")
        }
    )

    static let language = Page(
        label: "language",
        gate: .open,
        take: { caller, _ in
            let back = LocalPath(untrusted: caller.form["back"]) ?? LocalPath("/")
            guard let language = Language(rawValue: caller.form["language"]) else {
                return Replies.redirect(back)
            }
            return Replies.redirect(back).with(
                "Set-Cookie",
                LanguageCookie.text(language, isTLS: caller.head.isTLS)
            )
        }
    )
}

extension Speech {
    /// An error's one line as a sentence of its own.
    func sentence(_ label: Label) -> String {
        let text = self(label)
        let isWhole = [".", "?", "!"].contains { text.hasSuffix($0) }
        return text.prefix(1).uppercased() + text.dropFirst() + (isWhole ? "" : ".")
    }
}
