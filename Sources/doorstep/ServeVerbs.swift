private import Glibc
import Node
import Pages
import Store
import Survey
import Terminal

extension Verb {
    static let serving = [serve, installService, uninstallService]

    private static let serveOptions: [Option] = [
        .list(
            "listen",
            .text,
            summary: Label(
                "Địa chỉ lắng nghe, có hoặc không :cổng; không ghi thì mọi địa chỉ",
                "Address to listen on, with or without :port; all if none"
            )
        ),
        .list(
            "name",
            .text,
            summary: Label(
                "Tên hoặc địa chỉ để các máy khác tìm máy này",
                "Name or address under which others find this node"
            )
        ),
        .value(
            "cert",
            .path,
            summary: Label(
                "Chứng thư TLS của riêng mình, dạng PEM; kèm --key",
                "A certificate of one's own, as PEM; with --key"
            )
        ),
        .value(
            "key",
            .path,
            summary: Label(
                "Khóa của chứng thư, dạng PEM, không mật khẩu",
                "Its key, as PEM, without a password"
            )
        ),
        .value(
            "behind-proxy",
            .text,
            summary: Label(
                "Địa chỉ của proxy ngược giải mã TLS; có --cert thì proxy gọi máy này qua TLS",
                "Address of the reverse proxy that ends TLS; with --cert it calls this node over TLS"
            )
        ),
        .list(
            "carrier",
            .path,
            summary: Label(
                "Thư mục để mang dữ liệu (USB, thư mục dùng chung), hiện ở trang USB",
                "A folder that data travels in (stick, shared folder), offered on the stick's page"
            )
        ),
        .flag(
            "plain",
            summary: Label(
                "HTTP không mã hóa, chỉ trên máy này",
                "Plain HTTP, on this machine only"
            )
        ),
    ]

    private static let serve = Verb(
        Command(
            "serve",
            summary: Label(
                "Chạy máy: trang web, HTTPS cho các máy dưới, và đồng bộ với máy xã",
                "Run the node: pages, HTTPS for its nodes, and sync with its own hub"
            ),
            discussion: Label(
                """
                Người dùng ('doorstep user add') mở trang bằng trình duyệt tại https://MÁY:8443. Lần đầu
                chạy, chứng thư TLS được tạo trong thư mục của máy; mỗi ngày một lần, chứng thư gần hết hạn,
                hoặc tệp của --cert có chứng thư mới, được thay mà không cần chạy lại. Dòng nhật ký ra
                kênh lỗi chuẩn, không có dữ liệu cá nhân. Dừng gọn khi nhận SIGTERM hoặc Ctrl-C. /healthz
                cho biết máy có ổn không, /metrics cho các con số: trên máy này, hoặc với mã trong tệp
                metrics.token của thư mục.
                """,
                """
                Users ('doorstep user add') open the pages in a browser at https://HOST:8443. The first
                start makes a certificate under the node's folder; once a day one that is near its end, or
                new in the files of --cert, is taken up without a restart by hand. Log lines go to
                the standard error, without personal data. It ends cleanly on SIGTERM or Ctrl-C. /healthz
                tells whether the node is well, /metrics its figures: on this machine, or with the token
                in the folder's file metrics.token.
                """
            ),
            arguments: [.folder],
            options: serveOptions,
            examples: [
                Example(
                    "serve hub",
                    "Chạy ở cổng 8443 của mọi địa chỉ.",
                    "Serves on port 8443 of all addresses."
                ),
                Example(
                    "serve hub --listen 127.0.0.1:8080 --behind-proxy 127.0.0.1 --name hub.xa.vn",
                    "Chạy sau proxy ngược trên cùng máy.",
                    "Serves behind a reverse proxy on the same machine."
                ),
            ]
        )
    ) { context in
        // Before any thread is made: all threads inherit it, and only this one takes them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let log = LineLog(
            wall: { StoreEnvironment.system.wall() },
            limiter: LineLimiter(),
            sink: writeLogLine
        )
        let notifier = ServiceNotifier(
            socket: environmentVariable("NOTIFY_SOCKET"),
            watchdog: environmentVariable("WATCHDOG_USEC")
        )
        let folder = NodeFolder(context.text("folder"))
        var options = try options(context)
        var isFirst = true
        while true {
            let server = try NodeServer(
                folder,
                options,
                log: log,
                pages: { try PagesService($0) }
            )
            if isFirst {
                greet(server.greeting, context)
                notifier?.send("READY=1")
            }
            isFirst = false
            // Whoever let the system choose a port keeps it.
            options.port = server.greeting.port
            let wish = waitForWish(&signals, server, notifier)
            if wish == .end { notifier?.send("STOPPING=1") }
            server.stop(grace: .seconds(10))
            if wish == .end { return .ok }
        }
    }

    /// What a running server is to do next.
    private enum Wish {
        case end
        /// Stop, and begin again with the certificate that is there now.
        case restart
    }

    /// Until somebody wants the end, or a new certificate waits; meanwhile the watchdog hears that
    /// all is well.
    private static func waitForWish(
        _ signals: inout sigset_t,
        _ server: NodeServer,
        _ notifier: ServiceNotifier?
    ) -> Wish {
        while true {
            // A clock that is put right is seen within a minute.
            let wait = notifier?.watchdogMilliseconds ?? 60_000
            var time = timespec(tv_sec: Int(wait / 1000), tv_nsec: Int(wait % 1000) * 1_000_000)
            if unsafe sigtimedwait(&signals, nil, &time) > 0 { return .end }
            guard errno == EAGAIN else { continue }
            if let notifier, notifier.watchdogMilliseconds != nil, server.isWell() {
                notifier.send("WATCHDOG=1")
            }
            if server.needsRestart(now: Int64(StoreEnvironment.system.wall() / 1000)) {
                return .restart
            }
        }
    }

    private static func options(_ context: VerbContext) throws -> ServeOptions {
        var options = ServeOptions(software: software)
        options.isPlain = context.parsed.flag("plain")
        options.proxy = context.parsed.text("behind-proxy")
        options.names = context.parsed.texts("name")
        options.carriers = try context.parsed.texts("carrier").map { try absolute(path: $0) }
        switch (context.parsed.text("cert"), context.parsed.text("key")) {
        case (let certificate?, let key?): options.certificate = (certificate, key)
        case (nil, nil): break
        default:
            throw WordError.missing(
                Label(
                    "--cert và --key đi cùng nhau: ghi cả hai",
                    "--cert and --key belong together: give both"
                )
            )
        }
        guard !options.isPlain || options.certificate == nil else {
            throw WordError.missing(
                Label(
                    "--plain là không có chứng thư: bỏ --plain, hoặc bỏ --cert và --key",
                    "--plain has no certificate: leave out --plain, or --cert and --key"
                )
            )
        }
        let words = context.parsed.texts("listen")
        if words.isEmpty {
            if options.isPlain || options.proxy != nil { options.listen = ["127.0.0.1"] }
            return options
        }
        var ports: Set<Int> = []
        options.listen = []
        for word in words {
            let (host, port) = try listening(word)
            options.listen.append(host)
            if let port { ports.insert(port) }
        }
        guard ports.count < 2 else {
            throw WordError.missing(
                Label(
                    "--listen: mọi địa chỉ dùng cùng một cổng",
                    "--listen: the same port at every address"
                )
            )
        }
        options.port = ports.first ?? options.port
        return options
    }

    /// `address`, `address:port`, `[ipv6]:port`, `:port` alone for every address is `0.0.0.0:port`.
    private static func listening(_ word: String) throws -> (host: String, port: Int?) {
        let isPlainV6 = word.filter { $0 == ":" }.count > 1 && !word.hasPrefix("[")
        guard !isPlainV6, let colon = word.lastIndex(of: ":"), !word[colon...].contains("]")
        else { return (word.filter { $0 != "[" && $0 != "]" }, nil) }
        guard let port = Int(word[word.index(after: colon)...]), (0...65_535).contains(port) else {
            throw NodeError.badAddress(word)
        }
        return (word[..<colon].filter { $0 != "[" && $0 != "]" }, port)
    }

    private static func greet(_ greeting: NodeServer.Greeting, _ context: VerbContext) {
        if context.isJSON {
            context.print(json: [
                "port": .integer(Int64(greeting.port)), "hub": .bool(greeting.isHub),
                "name": context.optional(greeting.name),
                "fingerprint": context.optional(greeting.fingerprint),
                "addresses": .array(greeting.addresses.map { .string($0.description) }),
            ])
        } else {
            let addresses = greeting.addresses.map(\.description).joined(separator: " ")
            context.print(
                context.say(
                    "\(greeting.name ?? "Máy") đang chạy tại \(addresses)",
                    "\(greeting.name ?? "The node") serves at \(addresses)"
                )
            )
            if let fingerprint = greeting.fingerprint {
                context.print(context.say("Dấu vân khóa: ", "Fingerprint: ") + fingerprint)
            }
        }
        context.output.flush()
    }

    // MARK: systemd

    private static let installService = Verb(
        in: "service",
        Command(
            "install",
            summary: Label(
                "Ghi tệp systemd để chạy máy",
                "Write the systemd unit that runs the node"
            ),
            discussion: Label(
                """
                Ghi tệp systemd, với người dùng riêng chỉ được ghi thư mục của máy, và cho biết các lệnh
                để khởi động. Cần quyền root, trừ khi --print. USB mà màn hình nền gắn vào chỉ người đang
                ngồi máy mới đọc được: để dịch vụ dùng được, đặt nhãn USB là DOORSTEP, thêm --carrier
                \(ServiceUnit.stickFolder), và ghi dòng được in ra vào /etc/fstab.
                """,
                """
                Writes the unit, with a user of its own that may write nothing but the node's folder,
                and says which commands start it. Needs root, but for --print. A stick that a desktop
                mounts is for whoever sits there alone: for the service, label it DOORSTEP, add
                --carrier \(ServiceUnit.stickFolder), and put the line that is printed into /etc/fstab.
                """
            ),
            arguments: [.folder],
            options: [
                .unit,
                .value(
                    "user",
                    .text,
                    default: "doorstep",
                    summary: Label(
                        "Người dùng hệ thống để chạy",
                        "The user that it runs as"
                    )
                ),
                .flag(
                    "print",
                    summary: Label(
                        "Chỉ in những gì sẽ ghi",
                        "Only print what would be written"
                    )
                ), .force,
            ] + serveOptions,
            examples: [
                Example(
                    "service install /srv/doorstep/hub",
                    "Ghi doorstep.service.",
                    "Writes doorstep.service."
                ),
                Example(
                    "service install /srv/doorstep/hub --print",
                    "Xem trước.",
                    "Shows it first."
                ),
            ]
        )
    ) { context in
        // What serve would refuse is refused before a unit says it.
        let options = try options(context)
        let unit = try ServiceUnit(
            name: context.text("unit"),
            executable: try Files.absolute("/proc/self/exe"),
            folder: try Files.absolute(context.text("folder")),
            user: context.text("user"),
            arguments: try serveWords(context),
            readFiles: try ["cert", "key"].compactMap { try absolute($0, context) },
            writeFolders: options.carriers,
            hasLowPort: (1..<1_024).contains(options.port)
        )
        guard !context.parsed.flag("print") else {
            if context.isJSON {
                context.print(json: [
                    "unit": .string(unit.path), "text": .string(unit.text),
                    "fstab": .string(unit.stickLine),
                ])
            } else {
                context.output.write(unit.text)
                context.note(
                    context.say(
                        "Dòng cho /etc/fstab, để dịch vụ dùng được USB: ",
                        "A line for /etc/fstab, for sticks of the service: "
                    ) + unit.stickLine
                )
            }
            return .ok
        }
        try unit.install(force: context.parsed.flag("force"))
        let commands = [
            "systemd-sysusers", "chown -R \(unit.user): '\(unit.folder)'",
            "systemctl daemon-reload", "systemctl enable --now \(unit.name)",
        ]
        context.report(
            [
                "unit": .string(unit.path), "users": .string(unit.usersPath),
                "next": .array(commands.map { .string($0) }), "fstab": .string(unit.stickLine),
            ],
            "Đã ghi \(unit.path); tiếp theo: \(commands.joined(separator: " && ")); "
                + "sau đó chạy các lệnh khác bằng: sudo -u \(unit.user) doorstep …\n"
                + "Dòng cho /etc/fstab, để dịch vụ dùng được USB (--carrier \(ServiceUnit.stickFolder)):\n"
                + unit.stickLine,
            "Wrote \(unit.path); next: \(commands.joined(separator: " && ")); "
                + "then run other verbs as: sudo -u \(unit.user) doorstep …\n"
                + "A line for /etc/fstab, for sticks of the service (--carrier \(ServiceUnit.stickFolder)):\n"
                + unit.stickLine
        )
        return .ok
    }

    /// The absolute path that an option names, as the service runs elsewhere.
    ///
    /// Links stay: what they lead to changes when a certificate is renewed.
    private static func absolute(_ name: String, _ context: VerbContext) throws -> String? {
        try context.parsed.text(name).map { try absolute(path: $0) }
    }

    private static func absolute(path: String) throws -> String {
        path.hasPrefix("/") ? path : try Files.absolute(".") + "/" + path
    }

    /// The options of `serve`.
    private static func serveWords(_ context: VerbContext) throws -> [String] {
        var words: [String] = []
        for name in ["listen", "name"] {
            for word in context.parsed.texts(name) { words += ["--\(name)", word] }
        }
        for name in ["cert", "key"] {
            if let path = try absolute(name, context) { words += ["--\(name)", path] }
        }
        for path in context.parsed.texts("carrier") {
            words += ["--carrier", try absolute(path: path)]
        }
        if let word = context.parsed.text("behind-proxy") { words += ["--behind-proxy", word] }
        return words + (context.parsed.flag("plain") ? ["--plain"] : [])
    }
}
