import Causality
import Node
import Replication
import Sealing
import Store
import Survey
import Terminal

extension Verb {
    static let upkeep = [backup, restore, doctor]

    private static let backup = Verb(
        Command(
            "backup",
            summary: Label(
                "Ghi bản sao lưu, niêm phong cho khóa khôi phục, trong khi máy vẫn làm việc",
                "Write a backup, sealed to a recovery key, while the node goes on working"
            ),
            discussion: Label(
                """
                Lần đầu, --new-key tạo khóa khôi phục và hiện một lần: hãy chép ra giấy và cất xa máy. Ở
                đây chỉ giữ nửa công khai, nên ai nhặt được bản sao lưu, hay chiếc máy, cũng không mở
                được cái này bằng cái kia. Bản sao có cả chứng thư gốc của máy mà điện thoại đã cài,
                không có chứng thư đưa bằng --cert. Sau đó máy được kiểm tra; mã kết thúc là 4 nếu có
                gì hỏng.
                """,
                """
                The first time, --new-key makes the recovery key and shows it once: write it down and
                keep it apart from the machine. Only its public half stays here, so whoever finds a
                backup, or the laptop, cannot open the one with the other. The node's own authority,
                which phones were told to trust, is in it; a certificate given by --cert is not. Then the
                node is verified; the exit code is 4 where something is damaged.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("tệp", "file"),
                    summary: Label(
                        "Bản sao lưu sẽ ghi; chưa được có sẵn",
                        "The backup to write; must not exist"
                    ),
                    kind: .path
                ),
            ],
            options: [
                .flag(
                    "new-key",
                    summary: Label(
                        "Tạo khóa khôi phục mới và hiện ra",
                        "Make a new recovery key and show it"
                    )
                )
            ],
            examples: [
                Example(
                    "backup hub /media/disk/hub.bak --new-key",
                    "Tạo khóa và bản sao lưu đầu tiên.",
                    "Makes the key and the first backup."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let folder = NodeFolder(context.text("folder"))
        let newKey = context.parsed.flag("new-key") ? RecoveryKey.random() : nil
        let info = try Backup.write(
            node.store,
            database: folder.database,
            to: context.text("file"),
            software: software,
            recipient: newKey?.openingKey.sealingKey
        ) { done, total in
            context.progress.update(context.say("Sao lưu", "Backing up"), done: done, of: total)
        }
        context.progress.clear()
        show(info, newKey?.text, context)
        if let newKey {
            // Only a key that was shown: the next backups are sealed to it without another word.
            context.output.flush()
            guard !context.output.isClosed else {
                try? Files.remove(context.text("file"))
                return .failed
            }
            try Backup.setRecoveryKey(newKey.openingKey.sealingKey, of: node.store)
        }
        return try verifyBackedUp(node, context)
    }

    /// A backup of a node whose log or tables are damaged would be found out when it is too late.
    private static func verifyBackedUp(_ node: LocalNode, _ context: VerbContext) throws -> ExitCode
    {
        let report = try node.store.verify { done, total in
            context.progress.update(context.say("Kiểm tra", "Checking"), done: done, of: total)
        }
        context.progress.clear()
        guard !report.damages.isEmpty else { return .ok }
        for damage in report.damages {
            context.complain(explanation(of: StoreError.damaged(damage)))
        }
        context.complain(
            Label(
                "bản sao lưu này chứa cùng chỗ hỏng: giữ các bản cũ hơn",
                "this backup holds the same damage: keep the older ones"
            )
        )
        return .unverified
    }

    private static func show(_ info: BackupInfo, _ shownKey: String?, _ context: VerbContext) {
        if context.isJSON {
            context.print(json: [
                "file": .string(context.text("file")), "node": .string(info.node.description),
                "recovery_key": context.optional(shownKey),
            ])
            return
        }
        context.print(
            context.say(
                "Đã sao lưu \(info.name) vào \(context.text("file"))",
                "Backed up \(info.name) to \(context.text("file"))"
            )
        )
        if let shownKey {
            context.print(
                context.say(
                    "Khóa khôi phục, chép ra giấy ngay (chỉ hiện một lần):",
                    "Recovery key, write it down now (it is shown only once):"
                )
            )
            context.print("  " + shownKey)
        }
    }

    private static let restore = Verb(
        Command(
            "restore",
            summary: Label(
                "Khôi phục một máy từ bản sao lưu, vào thư mục mới",
                "Bring a node back from a backup, into a new folder"
            ),
            discussion: Label(
                """
                Khóa khôi phục đọc từ tệp, hoặc với '-' từ đầu vào chuẩn; không bao giờ từ dòng lệnh.
                Máy được khôi phục ghi tiếp bằng nhật ký mới, và nhận lại từ máy xã những gì đã gửi lên
                sau lần sao lưu.
                """,
                """
                The recovery key is read from a file or, with '-', from standard input; never from the
                command line. The node that comes back goes on under fresh logs, and gets from its hub
                what it had brought there after the backup.
                """
            ),
            arguments: [
                Argument(
                    Label("tệp", "file"),
                    summary: Label("Bản sao lưu", "The backup"),
                    kind: .path
                ),
                Argument(
                    Label("thư mục", "folder"),
                    summary: Label("Thư mục sẽ tạo", "The folder to make"),
                    kind: .path
                ),
            ],
            options: [
                .value(
                    "key-file",
                    .path,
                    default: "-",
                    summary: Label("Tệp ghi khóa khôi phục", "Where the recovery key stands")
                )
            ],
            examples: [
                Example(
                    "restore hub.bak hub-new --key-file key.txt",
                    "Khôi phục máy xã.",
                    "Brings the hub back."
                )
            ]
        )
    ) { context in
        // What is wrong with the backup or the folder is told before anybody types a key.
        _ = try FileReader(context.text("file"))
        let folder = NodeFolder(context.text("folder"))
        guard !Files.exists(folder.path) else { throw NodeError.exists(path: folder.path) }
        let path = context.parsed.text("key-file") ?? "-"
        if path == "-", Output(descriptor: 0).isTerminal {
            context.note(
                context.say("Gõ khóa khôi phục rồi Enter:", "Type the recovery key, then Enter:")
            )
            context.errors.flush()
        }
        let file = path == "-" ? try FileReader.standardInput() : try FileReader(path)
        let key = try RecoveryKey(from: file)
        let restored = try Restore(description: .doorstep, environment: .system).run(
            context.text("file"),
            key: key,
            to: folder.path,
            databaseName: NodeFolder.databaseName
        ) { done, total in
            context.progress.update(context.say("Khôi phục", "Restoring"), done: done, of: total)
        }
        context.progress.clear()
        let info = restored.backup
        let day = Survey.CalendarDay(milliseconds: info.time)
        context.report(
            [
                "folder": .string(folder.path), "node": .string(info.node.description),
                "taken_on": .string(day.description),
                "authority_kept": .bool(restored.keepsAuthority),
            ],
            "Đã khôi phục \(info.name), bản sao ngày \(context.shownDate(day.description))",
            "Restored \(info.name), backup of \(context.shownDate(day.description))"
        )
        if !restored.keepsAuthority {
            context.note(
                context.say(
                    "Bản sao không có chứng thư gốc của máy: điện thoại phải cài lại (trang /trust)",
                    "The backup has no authority of the node's own: phones must trust it anew (/trust)"
                )
            )
        }
        return .ok
    }

    private static let doctor = Verb(
        Command(
            "doctor",
            summary: Label(
                "Khám Doorstep và máy tính chạy nó",
                "Look after the node and the machine under it"
            ),
            discussion: Label(
                """
                Mã hóa ổ đĩa, dung lượng trống, đồng hồ, quyền tệp, cơ sở dữ liệu, số ngày chưa liên
                lạc, việc chờ quyết định và việc sao lưu đến hạn. Mã kết thúc là 4 nếu có lỗi.
                """,
                """
                Disk encryption, free space, clock, permissions, the database, days without contact,
                decisions and backups that are due. Ends with exit code 4 if there is a problem.
                """
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "doctor hub",
                    "Cho biết cái gì tốt, và phải làm gì với cái còn lại.",
                    "Says what is well, and what to do about the rest."
                )
            ]
        )
    ) { context in
        let folder = NodeFolder(context.text("folder"))
        // A node that cannot be opened is what a doctor is for.
        let node = Result { try context.openToRead() }
        if case .failure(NodeError.noNode(let path)) = node { throw NodeError.noNode(folder: path) }
        let findings = try Doctor(
            folder: folder.path,
            database: folder.database,
            software: software,
            now: StoreEnvironment.system.wall()
        ).examine(node.map(\.store))
        if context.isJSON {
            context.print(
                json: .array(
                    findings.map { finding in
                        [
                            "topic": .string(finding.topic.rawValue),
                            "level": .string(finding.level.rawValue),
                            "text": .string(finding.text(context.language)),
                        ]
                    }
                )
            )
        } else {
            for finding in findings {
                context.print("[\(mark(finding.level, context))] \(finding.text(context.language))")
            }
        }
        return findings.contains { $0.level == .problem } ? .unverified : .ok
    }

    private static func mark(_ level: Finding.Level, _ context: VerbContext) -> String {
        switch level {
        case .ok: context.output.emphasised(context.say("tốt", "ok"), .good)
        case .advice: context.output.emphasised(context.say("nên", "advice"), .warning)
        case .problem: context.output.emphasised(context.say("LỖI", "PROBLEM"), .bad)
        }
    }
}
