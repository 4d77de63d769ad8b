import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let users = [
        addUser, listUsers, setUser, blockUser, unblockUser, resetUser, setPassword,
    ]

    private static let roles = ValueKind.choice(Role.allCases.map(\.rawValue))
    private static let name = Argument(
        Label("tên", "name"),
        summary: Label("Tên đăng nhập", "The sign-in name")
    )
    private static let fullName = Option.value(
        "full-name",
        .text,
        summary: Label("Họ và tên", "Family and given names")
    )
    private static let places = Option.list(
        "village",
        .text,
        summary: Label(
            "Thôn phụ trách; không ghi thì cả xã",
            "A village that he works in; none: the whole commune"
        )
    )
    private static let hours = Option.value(
        "hours",
        .integer(1...Int64(CredentialLimits.codeHoursMax)),
        default: String(CredentialLimits.codeHours),
        summary: Label(
            "Mã dùng một lần có hiệu lực mấy giờ; đi bằng USB có thể cần nhiều ngày",
            "How long the one-time code counts; a stick may need days"
        )
    )

    private static let addUser = Verb(
        in: "user",
        Command(
            "add",
            summary: Label(
                "Thêm người dùng, hiện mã đăng nhập lần đầu",
                "Enter a user, and show the code for the first sign-in"
            ),
            discussion: Label(
                """
                Làm ở máy xã. Mã dùng được ở máy xã và ở các thôn đã ghi, từ lần đồng bộ sau, để đặt
                mật khẩu ở đó. Mã chỉ hiện một lần.
                """,
                """
                At the hub. The code counts at the hub and in the villages named, from the next exchange
                on, and sets the user's password there. It is shown once.
                """
            ),
            arguments: [.folder, name],
            options: [
                fullName,
                .value(
                    "role",
                    roles,
                    isRequired: true,
                    summary: Label("Công việc", "What he does")
                ),
                places, hours, .passwordInput,
            ],
            examples: [
                Example(
                    "user add hub lan --full-name 'Nguyễn Thị Ví Dụ' --role field-staff "
                        + "--village 'Thôn Mẫu 1'",
                    "Thêm một người trong tổ của thôn.",
                    "Enters somebody of the village's team."
                )
            ]
        )
    ) { context in
        let name = context.text("name")
        let password = try context.givenPassword(for: name)
        let draft = UserDraft(
            displayName: context.parsed.text("full-name") ?? name,
            role: try context.role() ?? .fieldStaff,
            villages: context.parsed.texts("village")
        )
        let code = try context.open().addUser(
            name,
            draft,
            password: password,
            codeHours: context.hours
        )
        context.report(code, of: name, hours: context.hours)
        return .ok
    }

    private static let listUsers = Verb(
        in: "user",
        Command(
            "list",
            summary: Label("Người dùng của xã", "The users of the commune"),
            arguments: [.folder],
            examples: [
                Example(
                    "user list hub",
                    "Liệt kê tên, vai trò và thôn.",
                    "Lists names, roles and villages."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let users = try node.users()
        if context.isJSON {
            context.print(
                json: .array(
                    users.map { user in
                        [
                            "id": .string(user.id.description), "name": .string(user.name),
                            "full_name": .string(user.displayName),
                            "role": context.optional(user.role?.rawValue),
                            "villages": .array(user.villages.map { .string($0) }),
                            "blocked": .bool(user.isBlocked),
                        ]
                    }
                )
            )
            return .ok
        }
        let places = try node.placeNames()
        var table = Table([
            .init(context.say("Tên đăng nhập", "Sign-in name")),
            .init(context.say("Họ và tên", "Full name")), .init(context.say("Vai trò", "Role")),
            .init(context.say("Thôn", "Villages")), .init(context.say("Tình trạng", "State")),
        ])
        for user in users {
            table.add([
                user.name, user.displayName, user.role?.label(context.language) ?? "",
                user.villages.map { places[$0] ?? $0 }.joined(separator: ", "),
                user.isBlocked
                    ? context.say("đã khóa", "blocked") : context.say("đang dùng", "active"),
            ])
        }
        context.print(table, ifEmpty: Label("Chưa có người dùng", "No users yet"))
        return .ok
    }

    private static let setUser = Verb(
        in: "user",
        Command(
            "set",
            summary: Label(
                "Sửa tên, vai trò hoặc thôn của người dùng",
                "Change a user's name, role or villages"
            ),
            discussion: Label(
                """
                Làm ở máy xã. --village thay mọi thôn cũ; --all-villages bỏ hết, phụ trách cả xã. Mật khẩu
                ở thôn cũ bị xóa; ở thôn mới cần mã dùng một lần: 'doorstep user reset … --village THÔN'.
                """,
                """
                At the hub. --village replaces all villages; --all-villages takes them away. Passwords in
                earlier villages are removed; a new one needs a code: 'doorstep user reset … --village NAME'.
                """
            ),
            arguments: [.folder, name],
            options: [
                fullName,
                .value(
                    "role",
                    roles,
                    summary: Label("Công việc từ nay", "What he does from now on")
                ), places,
                .flag("all-villages", summary: Label("Cả xã", "The whole commune")),
            ],
            examples: [
                Example(
                    "user set hub lan --role village-lead",
                    "Cho làm trưởng nhóm của chính các thôn đó.",
                    "Makes somebody the lead of the same villages."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let user = try node.requireUser(context.text("name"))
        let given = context.parsed.texts("village")
        guard given.isEmpty || !context.parsed.flag("all-villages") else {
            throw WordError.missing(
                Label(
                    "chọn --village hoặc --all-villages",
                    "say either --village or --all-villages"
                )
            )
        }
        guard let role = try context.role() ?? user.role else {
            throw WordError.missing(
                Label(
                    "vai trò của người dùng thuộc phiên bản mới hơn: ghi --role",
                    "the user's role is of a newer version: give --role"
                )
            )
        }
        let closed = try node.setUser(
            user.name,
            UserDraft(
                displayName: context.parsed.text("full-name") ?? user.displayName,
                role: role,
                villages: context.parsed.flag("all-villages")
                    ? [] : given.isEmpty ? user.villages : given
            )
        )
        context.report(
            [
                "changed": .string(user.name),
                "needs_code": .array(closed.map { .string($0) }),
            ],
            "Đã sửa \(user.name)",
            "Changed \(user.name)"
        )
        context.noteClosed(closed, to: user.name, try node.placeNames())
        return .ok
    }

    private static let blockUser = Verb(
        in: "user",
        Command(
            "block",
            summary: Label(
                "Khóa người dùng: ở đây ngay, nơi khác từ lần đồng bộ sau",
                "Keep a user out: here at once, elsewhere from the next exchange on"
            ),
            arguments: [.folder, name],
            examples: [
                Example(
                    "user block hub lan",
                    "Khóa người dùng và kết thúc các phiên.",
                    "Blocks the user and ends his sessions."
                )
            ]
        )
    ) { context in
        let name = context.text("name")
        try context.open().setBlocked(true, user: name)
        context.report(["blocked": .string(name)], "Đã khóa \(name)", "Blocked \(name)")
        return .ok
    }

    private static let unblockUser = Verb(
        in: "user",
        Command(
            "unblock",
            summary: Label("Mở khóa người dùng", "Let a blocked user in again"),
            arguments: [.folder, name],
            examples: [Example("user unblock hub lan", "Mở khóa.", "Takes the blocking back.")]
        )
    ) { context in
        let name = context.text("name")
        try context.open().setBlocked(false, user: name)
        context.report(["unblocked": .string(name)], "Đã mở khóa \(name)", "Unblocked \(name)")
        return .ok
    }

    private static let resetUser = Verb(
        in: "user",
        Command(
            "reset",
            summary: Label(
                "Cấp mã dùng một lần thay cho mật khẩu",
                "Give a user a one-time code instead of the password"
            ),
            discussion: Label(
                """
                Làm ở máy xã. Không có --village thì mã dùng được ở máy xã và mọi thôn của người dùng;
                có thì chỉ ở các thôn đó. Mật khẩu cũ ở đó hết hiệu lực từ lần đồng bộ sau.
                """,
                """
                At the hub. Without --village the code counts at the hub and in all villages named for the
                user; with it, in these villages alone. Passwords there end with the next exchange.
                """
            ),
            arguments: [.folder, name],
            options: [
                .list("village", .text, summary: Label("Chỉ ở thôn này", "Only in this village")),
                hours,
            ],
            examples: [
                Example(
                    "user reset hub lan",
                    "Hiện mã để đặt một mật khẩu, trong một ngày.",
                    "Shows a code that sets one password, within a day."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let villages = try context.parsed.texts("village").map { try node.scope(of: $0) }
        let code = try node.resetPassword(
            of: context.text("name"),
            in: villages.isEmpty ? nil : villages,
            codeHours: context.hours
        )
        context.report(code, of: context.text("name"), hours: context.hours)
        return .ok
    }

    private static let setPassword = Verb(
        in: "user",
        Command(
            "passwd",
            summary: Label(
                "Đặt mật khẩu của người dùng trên máy này",
                "Set a user's password on this node"
            ),
            discussion: Label(
                """
                Ở máy xã thì cho trang của máy xã, ở máy thôn thì cho thôn đó. Các phiên đăng nhập của
                người dùng ở đây kết thúc.
                """,
                """
                At a hub for the hub's pages, on a village's node for that village. Ends the user's
                sessions here.
                """
            ),
            arguments: [.folder, name],
            options: [.passwordInput],
            examples: [
                Example(
                    "user passwd hub lan",
                    "Hỏi mật khẩu mới, hai lần.",
                    "Asks for the new password, twice."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let user = try node.requireUser(context.text("name"))
        guard let password = try context.askedPassword(for: user.name) else {
            throw NodeError.user(.noTerminal)
        }
        let scopes = try node.setPassword(password, of: user.name)
        context.report(
            [
                "password_set": .string(user.name),
                "scopes": .array(scopes.map { .string($0) }),
            ],
            "Đã đặt mật khẩu của \(user.name)",
            "The password of \(user.name) is set"
        )
        return .ok
    }
}

extension Option {
    static let passwordInput = Option.flag(
        "password-stdin",
        summary: Label(
            "Đọc mật khẩu từ dòng đầu của đầu vào chuẩn",
            "Read the password from the first line of standard input"
        )
    )
}

extension VerbContext {
    fileprivate var hours: Int {
        Int(parsed.integer("hours") ?? Int64(CredentialLimits.codeHours))
    }

    fileprivate func role() throws -> Role? { parsed.text("role").flatMap { Role(rawValue: $0) } }

    /// The password from standard input, where `--password-stdin` says so.
    func givenPassword(for name: String) throws -> String? {
        guard parsed.flag("password-stdin") else { return nil }
        let password = try Self.firstLine()
        try PasswordRules.check(password, for: name)
        return password
    }

    /// The password from standard input or, typed twice, from the terminal; nil with neither.
    func askedPassword(for name: String) throws -> String? {
        if let given = try givenPassword(for: name) { return given }
        guard SecretPrompt.canAsk else { return nil }
        guard
            let password = SecretPrompt.ask(
                say("Mật khẩu mới của \(name): ", "New password of \(name): ")
            )
        else {
            throw NodeError.user(.calledOff)
        }
        try PasswordRules.check(password, for: name)
        guard SecretPrompt.ask(say("Nhập lại: ", "Once more: ")) == password else {
            throw NodeError.user(.passwordsDiffer)
        }
        return password
    }

    private static func firstLine() throws -> String {
        let file = try FileReader.standardInput()
        var bytes: [UInt8] = []
        while !bytes.contains(UInt8(ascii: "\n")), bytes.count <= PasswordRules.bytesMax {
            let piece = try file.next()
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw WordError.missing(
                Label(
                    "mật khẩu ở đầu vào chuẩn không phải chữ UTF-8",
                    "the password on standard input is not UTF-8 text"
                )
            )
        }
        return text
    }
}
