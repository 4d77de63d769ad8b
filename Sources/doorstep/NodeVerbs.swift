import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let makeNode = Verb(
        Command(
            "init",
            summary: Label(
                "Tạo máy: máy xã, hoặc máy sẽ đăng ký",
                "Make a node: the hub of a commune, or one to be enrolled"
            ),
            discussion: Label(
                """
                Có --hub thì máy là máy xã: có khóa, chứng thư riêng, danh mục của xã và người quản trị
                đầu tiên. Mật khẩu được hỏi trên màn hình; không hỏi được và không có --password-stdin
                thì hiện mã dùng một lần để đăng nhập lần đầu. Không có --hub thì máy còn trống đến khi
                đăng ký với máy xã.

                Đường dẫn không đổi được về sau. Xã dưới một thành phố thì đường dẫn bắt đầu bằng đường dẫn
                của thành phố (--commune 48/21004, máy thành phố --commune 48), dù máy nào tạo trước; máy
                thành phố nhận máy xã bằng 'doorstep enrol' như nhận mọi máy.
                """,
                """
                With --hub the node is the top of its commune: it gets keys, a certificate of its own,
                the commune's roster, and its first administrator. The password is asked for on a
                terminal; without one and without --password-stdin a one-time code for the first sign-in
                is shown. Without --hub the node is empty until a hub enrols it.

                The path cannot be changed later. A commune below a city has one that begins with the city's
                (--commune 48/21004, the city's hub --commune 48), whichever is made first; the city's hub
                takes the commune's in by 'doorstep enrol', like any node.
                """
            ),
            arguments: [
                Argument(
                    Label("thư mục", "folder"),
                    summary: Label("Thư mục sẽ tạo", "The folder to make"),
                    kind: .path
                )
            ],
            options: [
                .flag("hub", summary: Label("Tạo máy xã", "Make the hub of a commune")),
                .value(
                    "commune",
                    .text,
                    summary: Label(
                        "Đường dẫn phạm vi của xã: mã tỉnh và mã xã; của thành phố: mã tỉnh",
                        "Its scope path: province and commune code; a city's: the province code"
                    )
                ),
                .value(
                    "name",
                    .text,
                    summary: Label("Tên mà các máy khác thấy", "The name that other nodes see")
                ),
                .value(
                    "admin",
                    .text,
                    summary: Label(
                        "Tên đăng nhập của người quản trị đầu tiên",
                        "Sign-in name of the first administrator"
                    )
                ),
                .passwordInput,
            ],
            examples: [
                Example(
                    "init hub --hub --commune 48/21004 --name 'Xã Tam Mỹ'",
                    "Tạo máy xã trong thư mục 'hub'.",
                    "Makes the hub of the commune in the folder 'hub'."
                )
            ]
        )
    ) { context in
        let folder = NodeFolder(context.text("folder"))
        guard context.parsed.flag("hub") else {
            let ofHubs = ["commune", "name", "admin"].first { context.parsed.text($0) != nil }
            if let word = ofHubs ?? (context.parsed.flag("password-stdin") ? "password-stdin" : nil)
            {
                throw WordError.missing(
                    Label(
                        "--\(word) chỉ dùng cùng --hub; tên và phạm vi của máy thôn ghi khi đăng ký: "
                            + "xem 'doorstep enrol --help'",
                        "--\(word) needs --hub; a village node's name and scope are told when it "
                            + "enrols: see 'doorstep enrol --help'"
                    )
                )
            }
            _ = try LocalNode(creating: folder, user: context.user)
            if context.isJSON {
                context.print(json: ["folder": .string(folder.path), "enrolled": false])
            } else {
                context.print(
                    context.say("Đã tạo máy trong \(folder.path)", "Made a node in \(folder.path)")
                )
                context.suggest(
                    "đăng ký với xã, xem doorstep enrol --help",
                    "enrol it, see doorstep enrol --help"
                )
            }
            return .ok
        }
        guard let commune = context.parsed.text("commune") else {
            throw WordError.missing(
                Label(
                    "máy xã cần --commune, ví dụ 48/21004",
                    "a hub needs --commune, such as 48/21004"
                )
            )
        }
        guard isScopePath(commune) else {
            throw WordError.missing(
                Label(
                    "--commune phải là mã tỉnh và mã xã, ví dụ 48/21004",
                    "--commune must be the codes of province and commune, such as 48/21004"
                )
            )
        }
        guard let name = context.parsed.text("name"), !name.isEmpty else {
            throw WordError.missing(
                Label(
                    "máy xã cần --name, ví dụ 'Xã Tam Mỹ'",
                    "a hub needs --name, such as 'Xã Tam Mỹ'"
                )
            )
        }
        return try makeHub(folder, commune: commune, name: name, context)
    }

    private static func makeHub(
        _ folder: NodeFolder,
        commune: String,
        name: String,
        _ context: VerbContext
    ) throws -> ExitCode {
        // The user of the system may have a name that nobody can sign in with.
        let usual = User.isValidName(context.user) ? context.user : "admin"
        let admin = context.parsed.text("admin") ?? usual
        guard User.isValidName(admin) else { throw NodeError.user(.invalidName) }
        guard !Files.exists(folder.database) else { throw NodeError.exists(path: folder.database) }
        let password = try context.askedPassword(for: admin)
        var code: OneTimeCode?
        let node = try LocalNode(creating: folder, user: context.user) { store in
            try Enrolment.makeHub(store, scope: commune, name: name, author: context.user)
            code = try LocalNode(store, user: context.user).addUser(
                admin,
                UserDraft(displayName: admin, role: .administrator),
                password: password
            )
        }
        let certificate = try node.certificate()
        if context.isJSON {
            context.print(json: [
                "folder": .string(folder.path), "enrolled": true,
                "node": .string(certificate.node.description), "scope": .string(commune),
                "fingerprint": .string(certificate.signingKey.fingerprint),
                "admin": .string(admin), "code": context.optional(code?.text),
            ])
            return .ok
        }
        context.print(
            context.say(
                "Đã tạo máy xã '\(name)' (\(certificate.node)) trong \(folder.path)",
                "Made the hub '\(name)' (\(certificate.node)) in \(folder.path)"
            )
        )
        context.print(
            context.say("Dấu vân khóa: ", "Fingerprint: ") + certificate.signingKey.fingerprint
        )
        context.print(context.say("Quản trị: ", "Administrator: ") + admin)
        if let code { context.report(code, of: admin, hours: CredentialLimits.codeHours) }
        context.suggest(
            "nhập danh sách, doorstep import \(folder.path) TỆP --dry-run",
            "take a list in, doorstep import \(folder.path) FILE --dry-run"
        )
        return .ok
    }

    static let verify = Verb(
        Command(
            "verify",
            summary: Label(
                "Kiểm tra toàn bộ tệp: trang, chuỗi băm, chữ ký, bảng",
                "Check the whole file: pages, chains, signatures, tables"
            ),
            discussion: Label(
                "Mã kết thúc là 4 nếu có gì sai. Không thay đổi gì.",
                "Ends with exit code 4 if anything is wrong. Changes nothing."
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "verify hub",
                    "Kiểm tra máy xã và cho biết đã xem những gì.",
                    "Checks the hub and says what it has looked at."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let report = try node.store.verify { done, total in
            context.progress.update(
                context.say("Kiểm tra", "Checking"),
                done: done,
                of: total
            )
        }
        context.progress.clear()
        if context.isJSON {
            context.print(json: [
                "sound": .bool(report.damages.isEmpty), "logs": .integer(Int64(report.logs)),
                "segments": .integer(Int64(report.segments)),
                "entries": .integer(Int64(report.entries)),
                "open_entries": .integer(Int64(report.openEntries)),
                "records": .integer(Int64(report.records)),
                "damages": .array(report.damages.map { .string($0.description) }),
            ])
        } else {
            for damage in report.damages {
                context.complain(explanation(of: StoreError.damaged(damage)))
            }
            let logs = context.numbers.integer(report.logs)
            let segments = context.numbers.integer(report.segments)
            let entries = context.numbers.integer(report.entries + report.openEntries)
            let records = context.numbers.integer(report.records)
            let counts = context.say(
                "\(logs) nhật ký, \(segments) đoạn, \(entries) thay đổi, \(records) bản ghi",
                "\(logs) logs, \(segments) segments, \(entries) changes, \(records) records"
            )
            let verdict =
                report.damages.isEmpty
                ? context.say("Nguyên vẹn: ", "Sound: ") : context.say("Có lỗi: ", "Damaged: ")
            context.print(verdict + counts)
        }
        return report.damages.isEmpty ? .ok : .unverified
    }

    static let rebuild = Verb(
        Command(
            "rebuild",
            summary: Label("Dựng lại các bảng từ nhật ký", "Make the tables anew from the log"),
            arguments: [.folder],
            examples: [
                Example(
                    "rebuild hub",
                    "Thay các bảng bằng những gì nhật ký ghi.",
                    "Replaces the tables by what the log says."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        try node.store.rebuild()
        if context.isJSON {
            context.print(json: ["rebuilt": true])
        } else {
            context.print(context.say("Đã dựng lại các bảng", "The tables are made anew"))
        }
        return .ok
    }
}
