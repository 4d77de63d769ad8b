import Causality
import HTTP
import Node
import Survey

/// The users of the commune, at its hub.
extension Page {
    private static let keepers: Gate = .mayAny([.manageUsers, .resetPasswords])

    static let users = Page(
        label: "users",
        gate: keepers,
        isOfHub: true,
        show: { caller, rooms in
            let (users, places) = try rooms.node(caller) { (try $0.users(), try $0.placeNames()) }
            let say = caller.say
            let frame = caller.frame(say("Người dùng", "Users"))
            var table = PageTable(
                say("Người dùng của xã", "Users of the commune"),
                [
                    .init(say("Họ và tên", "Full name")),
                    .init(say("Tên đăng nhập", "Sign-in name")),
                    .init(say("Vai trò", "Role"), .wide),
                    .init(say("Thôn", "Villages"), .wide), .init(say("Tình trạng", "State"), .wide),
                ]
            )
            for user in users {
                table.add([
                    Component.link(LocalPath("/users", user.id.description), user.displayName),
                    HTML(user.name), HTML(user.role.map { say($0.label) } ?? "–"),
                    HTML(villages(user, places, say)), state(user, say),
                ])
            }
            return Replies.page(
                frame.page {
                    Done.notice(caller)
                    if caller.may(.manageUsers) {
                        element("div", .class("actions")) {
                            Component.linkButton(
                                LocalPath("/users/new"),
                                say("Thêm người dùng", "New user")
                            )
                        }
                    }
                    table.html
                }
            )
        }
    )

    private static func villages(
        _ user: User,
        _ places: [String: String],
        _ say: Speech
    ) -> String {
        user.villages.isEmpty
            ? say("Cả xã", "The whole commune")
            : user.villages.map { places[$0] ?? $0 }.joined(separator: ", ")
    }

    private static func state(_ user: User, _ say: Speech) -> HTML {
        user.isBlocked
            ? Component.badge(.bad, say("đã khóa", "blocked"))
            : Component.badge(.good, say("đang dùng", "active"))
    }

    // MARK: One user

    static func oneUser(_ id: String) -> Page {
        Page(
            label: "user",
            gate: keepers,
            isOfHub: true,
            rooms: (.store, .hashing),
            show: { caller, rooms in
                let (user, places) = try rooms.node(caller) {
                    (try $0.users().first { $0.id.description == id }, try $0.villages())
                }
                guard let user else { return Errors.page(404, caller) }
                return userForm(user, places, caller)
            },
            take: { caller, rooms in
                let users = try rooms.node(caller) { try $0.users() }
                guard let user = users.first(where: { $0.id.description == id }) else {
                    return Errors.page(404, caller)
                }
                switch caller.form["do"] {
                case "reset": return try reset(user, caller, rooms)
                case "block", "unblock": return try block(user, caller, rooms)
                case "change": return try changeUser(user, caller, rooms)
                default: return Errors.page(400, caller)
                }
            }
        )
    }

    private static func block(
        _ user: User,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> Response {
        guard caller.may(.manageUsers) else { return Errors.page(403, caller) }
        let isBlocked = caller.form["do"] == "block"
        try rooms.node(caller) { try $0.setBlocked(isBlocked, user: user.name) }
        let done: Done = isBlocked ? .blocked : .unblocked
        return done.redirect(to: LocalPath("/users"), in: caller.signedIn?.token)
    }

    private static func reset(
        _ user: User,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> Response {
        guard mayReset(user, caller) else { return Errors.page(403, caller) }
        let secret = try Secret.code()
        let now = try rooms.node(caller) { node in
            try node.resetPassword(of: user.name, to: secret)
            return node.now
        }
        return show(secret.code, of: user.name, caller, rooms, now)
    }

    private static func mayReset(_ user: User, _ caller: Caller) -> Bool {
        guard caller.may(.resetPasswords), let own = caller.signedIn?.role else { return false }
        guard let role = user.role else { return own == .administrator }
        return own.mayReset(role)
    }

    private static func show(
        _ code: OneTimeCode?,
        of name: String,
        _ caller: Caller,
        _ rooms: PageRooms,
        _ now: UInt64
    ) -> Response {
        guard let code else { return Replies.redirect(LocalPath("/users")) }
        return showOnce(
            .code(user: name, code: code.text, hours: CredentialLimits.codeHours),
            caller,
            rooms,
            now
        )
    }

    static func userCode(
        _ name: String,
        _ code: String,
        _ hours: Int,
        _ caller: Caller
    ) -> Response {
        let say = caller.say
        let frame = caller.frame(say("Mã cho \(name)", "Code for \(name)"), isNarrow: true)
        return Replies.page(
            frame.page {
                onceNotice(say, hours)
                element("p", .class("code")) { code }
                element("p") {
                    say(
                        "\(name) đăng nhập bằng mã này rồi đặt mật khẩu của mình. Mật khẩu cũ không dùng được nữa; ở máy thôn thì từ lần đồng bộ sau.",
                        "\(name) signs in with this code and then chooses a password. The old password does not work any more; on a village's node from its next sync on."
                    )
                }
                element("div", .class("actions")) {
                    Component.linkButton(LocalPath("/users"), say("Đến người dùng", "To the users"))
                }
            }
        )
    }

    static func userForm(
        _ user: User,
        _ places: [Village],
        _ caller: Caller,
        _ errors: [String: String] = [:]
    ) -> Response {
        let say = caller.say
        let names = Dictionary(places.map { ($0.scope, $0.name) }) { first, _ in first }
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(user.displayName, isNarrow: true)
        let path = LocalPath("/users", user.id.description)
        let html = frame.page {
            Done.notice(caller)
            forms.summary
            element("section", .class("card")) {
                element("dl") {
                    element("dt") { say("Tên đăng nhập", "Sign-in name") }
                    element("dd") { user.name }
                    element("dt") { say("Vai trò", "Role") }
                    element("dd") { user.role.map { say($0.label) } ?? "–" }
                    element("dt") { say("Thôn", "Villages") }
                    element("dd") { villages(user, names, say) }
                    element("dt") { say("Tình trạng", "State") }
                    element("dd") { state(user, say) }
                }
            }
            if caller.may(.manageUsers) {
                Component.card(say("Tên, vai trò và thôn", "Name, role and villages")) {
                    changeForm(user, places, forms, caller.form)
                }
            }
            if mayReset(user, caller) {
                Component.card(say("Quên mật khẩu", "Forgotten password")) {
                    element("p") {
                        say(
                            "Cấp mã dùng một lần thay cho mật khẩu. Mọi phiên đăng nhập của người này kết thúc.",
                            "Gives a one-time code instead of the password. All sessions of this user end."
                        )
                    }
                    forms.form(path) {
                        forms.button(say("Cấp mã", "Give a code"), .plain, value: "reset")
                    }
                }
            }
            if caller.may(.manageUsers) {
                Component.card(
                    user.isBlocked ? say("Mở khóa", "Let in again") : say("Khóa", "Block")
                ) {
                    forms.form(path) {
                        if user.isBlocked {
                            forms.button(say("Mở khóa", "Let in again"), .plain, value: "unblock")
                        } else {
                            forms.button(
                                say("Khóa người dùng", "Block the user"),
                                .danger,
                                value: "block"
                            )
                        }
                    }
                }
            }
            Component.link(LocalPath("/users"), say("Mọi người dùng", "All users"))
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    // MARK: A new one

    static let newUser = Page(
        label: "new-user",
        gate: .may(.manageUsers),
        isOfHub: true,
        rooms: (.store, .hashing),
        show: { caller, rooms in try newUserForm(caller, rooms, [:]) },
        take: { caller, rooms in
            let form = caller.form
            guard let role = Role(rawValue: form["role"]) else { return Errors.page(400, caller) }
            let draft = UserDraft(
                displayName: form["full-name"],
                role: role,
                villages: form.all("village")
            )
            let name = form["name"].lowercased()
            do {
                guard User.isValidName(name) else { throw NodeError.user(.invalidName) }
                let secret = try Secret.code()
                let (code, now) = try rooms.node(caller) {
                    (try $0.addUser(name, draft, secret), $0.now)
                }
                return show(code, of: name, caller, rooms, now)
            } catch NodeError.user(let error) {
                return try newUserForm(caller, rooms, problem(error, caller.say))
            }
        }
    )

    /// What is wrong, by field, in the words of a form.
    static func problem(_ error: UserError, _ say: Speech) -> [String: String] {
        switch error {
        case .noDisplayName:
            [
                "full-name": say(
                    "Ghi họ và tên, nhiều nhất 80 ký tự.",
                    "Give a full name of at most 80 characters."
                )
            ]
        case .villagesNeeded:
            [
                "village": say(
                    "Vai trò này làm ở thôn: chọn ít nhất một thôn.",
                    "This role works in villages: choose at least one."
                )
            ]
        case .tooManyVillages:
            [
                "village": say(
                    "Quá nhiều thôn: bỏ chọn hết để phụ trách cả xã.",
                    "Too many villages: choose none for the whole commune."
                )
            ]
        default: ["name": say.sentence(words(for: NodeError.user(error)))]
        }
    }

    private static func newUserForm(
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String]
    ) throws -> Response {
        let places = try rooms.node(caller) { try $0.villages() }
        let say = caller.say
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(say("Thêm người dùng", "New user"), isNarrow: true)
        let form = caller.form
        let html = frame.page {
            forms.summary
            forms.form(LocalPath("/users/new")) {
                forms.field(
                    "full-name",
                    say("Họ và tên", "Full name"),
                    value: form["full-name"],
                    [Attribute("required"), off]
                )
                forms.field(
                    "name",
                    say("Tên đăng nhập", "Sign-in name"),
                    value: form["name"],
                    hint: say(
                        "Chữ thường không dấu, số, dấu chấm; như “lan.nguyen”.",
                        "Small letters without marks, digits, full stops; such as “lan.nguyen”."
                    ),
                    [
                        Attribute("autocapitalize", "none"), Attribute("spellcheck", "false"),
                        Attribute("required"), off,
                    ]
                )
                roleAndVillages(
                    forms,
                    places,
                    role: form["role"],
                    chosen: Set(form.all("village"))
                )
                forms.button(say("Thêm và cấp mã", "Add and give a code"))
            }
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    static let off = Attribute("autocomplete", "off")
}
