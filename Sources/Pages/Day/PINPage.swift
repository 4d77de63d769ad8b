import HTTP
import Node
import Survey

extension Page {
    /// Choosing a PIN; whoever's session is locked gives it here.
    static let pin = Page(
        label: "pin",
        gate: .held,
        isRepeatable: false,
        show: { caller, _ in
            guard let signedIn = caller.signedIn else {
                return Replies.redirect(LocalPath("/sign-in"))
            }
            if signedIn.isLocked { return PINPrompt.reply(caller) }
            return choosing(signedIn, caller, [:])
        },
        take: { caller, rooms in
            guard let signedIn = caller.signedIn else {
                return Replies.redirect(LocalPath("/sign-in"))
            }
            guard !signedIn.isLocked else { return PINPrompt.reply(caller, isKept: false) }
            // The desk has unlocked it.
            guard caller.form[PINPrompt.field].isEmpty else {
                let next = LocalPath(untrustedAddress: caller.form["next"]) ?? LocalPath("/")
                return Replies.redirect(next)
            }
            return try choose(signedIn, caller, rooms)
        }
    )

    private static func choose(
        _ signedIn: SignedIn,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> Response {
        let say = caller.say
        let form = caller.form
        guard !signedIn.isRestricted, PINRules.areFor(signedIn.role) else {
            return Errors.page(403, caller)
        }
        guard form["new"] == form["again"] else {
            let words = say("Hai lần gõ khác nhau: gõ lại.", "The two differ: type them anew.")
            return choosing(signedIn, caller, ["again": words])
        }
        do {
            let outcome = try rooms.node(caller) {
                try $0.setPIN(signedIn, form["new"], current: form["current"])
            }
            switch outcome {
            case .open:
                return Done.pin.redirect(to: LocalPath("/"), in: signedIn.token)
            case .wrong(let tries):
                return choosing(signedIn, caller, ["current": PINPrompt.wrong(tries, say)])
            case .ended: return PINPrompt.ended(caller, signIn: LocalPath("/sign-in"))
            }
        } catch NodeError.user(let error) {
            let words = say.sentence(words(for: NodeError.user(error)))
            return choosing(signedIn, caller, ["new": words])
        }
    }

    private static func choosing(
        _ signedIn: SignedIn,
        _ caller: Caller,
        _ errors: [String: String]
    ) -> Response {
        let say = caller.say
        guard !signedIn.isRestricted else { return Replies.redirect(LocalPath("/password")) }
        guard PINRules.areFor(signedIn.role) else { return Errors.page(403, caller) }
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(say("Mã PIN", "PIN"), isNarrow: true)
        let minutes = PINRules.lockAfter / 60_000
        let html = frame.page {
            element("p") {
                say(
                    "Sau \(minutes) phút không dùng, trang hỏi mã này thay cho mật khẩu. Mã chỉ dùng cho phiên đăng nhập này; sai \(PINRules.triesMax) lần thì phải đăng nhập lại.",
                    "After \(minutes) quiet minutes pages ask for it instead of the password. It is for this session only; \(PINRules.triesMax) wrong tries end it."
                )
            }
            forms.summary
            forms.form(LocalPath("/pin")) {
                if signedIn.hasPIN {
                    forms.field("current", say("Mã PIN đang dùng", "Present PIN"), PINPrompt.input)
                }
                forms.field(
                    "new",
                    say("Mã PIN mới", "New PIN"),
                    hint: say("4 đến 6 chữ số.", "4 to 6 digits."),
                    PINPrompt.input
                )
                forms.field("again", say("Gõ lại mã PIN mới", "New PIN once more"), PINPrompt.input)
                forms.button(say("Lưu mã PIN", "Save the PIN"))
            }
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }
}

/// The question for the PIN of a quiet session.
enum PINPrompt {
    static let field: StaticString = "unlock-pin"
    /// The button of whoever does not know it any more.
    static let forgotten: StaticString = "unlock-forgotten"

    /// Of the form for a PIN: never shown again.
    private static let secrets: Set = ["current", "new", "again"]

    static let input: [Attribute] = [
        Attribute("type", "password"), Attribute("inputmode", "numeric"),
        Attribute("autocomplete", "off"), Attribute("minlength", "\(PINRules.lengths.lowerBound)"),
        Attribute("required"),
    ]

    static func wrong(_ triesLeft: Int, _ say: Speech) -> String {
        say(
            "Mã PIN không đúng; còn \(triesLeft) lần thử.",
            "The PIN is wrong; tries left: \(triesLeft)."
        )
    }

    /// Asks for it; a form that was sent meanwhile is kept in the page and goes on with the PIN.
    ///
    /// `isKept`: whether it may be; one with a password in it is typed anew.
    static func reply(_ caller: Caller, isKept: Bool = true, triesLeft: Int? = nil) -> Response {
        guard let token = caller.signedIn?.token else {
            return Replies.redirect(LocalPath("/sign-in"))
        }
        if caller.head.isReading {
            let path = caller.path
            guard path == LocalPath("/pin") else {
                return Replies.redirect(LocalPath("/pin").asking("next", caller.address.text))
            }
            return page(caller, path, [("next", caller.head.query("next") ?? "/")])
        }
        // Only what this session's own page has sent is shown again.
        guard token.isFormToken(caller.form[FormBuilder.tokenField]) else {
            return Errors.page(403, caller, .oldForm)
        }
        guard isKept || caller.path == LocalPath("/pin") else {
            return page(caller, LocalPath("/pin"), [("next", caller.path.text)], triesLeft)
        }
        let kept = caller.form.fields(but: FormBuilder.ownFields.union(isKept ? [] : secrets))
        return page(caller, caller.address, kept, triesLeft)
    }

    private static func page(
        _ caller: Caller,
        _ path: LocalPath,
        _ kept: [(name: String, value: String)],
        _ triesLeft: Int? = nil
    ) -> Response {
        let say = caller.say
        var forms = caller.forms
        if let triesLeft { forms.errors["\(field)"] = wrong(triesLeft, say) }
        let frame = caller.frame(say("Nhập mã PIN", "Enter your PIN"), isNarrow: true)
        let html = frame.page {
            forms.form(path) {
                for field in kept { forms.kept(field.name, field.value) }
                forms.field(field, say("Mã PIN", "PIN"), input + [Attribute("autofocus")])
                forms.button(say("Tiếp tục", "Go on"))
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "\(forgotten)"),
                    Attribute("value", "1"),
                    Attribute("formnovalidate"),
                    .class("plain")
                ) { say("Quên mã, dùng mật khẩu", "Forgotten, use the password") }
            }
            element("p", .class("hint")) {
                say(
                    "Những gì đã ghi và vừa điền được giữ lại.",
                    "What was saved, and what was just filled in, is kept."
                )
            }
        }
        return Replies.page(html, triesLeft == nil ? 200 : 422)
    }

    /// Too many wrong ones.
    ///
    /// `signIn`: leads back to what was sent.
    static func ended(_ caller: Caller, signIn: LocalPath) -> Response {
        let say = caller.say
        var frame = Frame(
            say: say,
            title: say("Phiên đã kết thúc", "The session has ended"),
            node: caller.around.node
        )
        frame.isNarrow = true
        let html = frame.page {
            element("p") {
                say(
                    "Sai mã PIN quá nhiều lần. Đăng nhập lại bằng mật khẩu; những gì đã ghi và vừa điền vẫn còn.",
                    "Too many wrong PINs. Sign in with the password; what was saved and filled in is kept."
                )
            }
            Component.linkButton(signIn, say("Đăng nhập", "Sign in"))
        }
        return Replies.page(html, 403).with("Set-Cookie", SessionToken.noCookie)
    }
}
