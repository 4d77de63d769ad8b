import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let makeNode = Verb(
        Command(
            "init",
            summary: "Make a node: the hub of a commune, or one to be enrolled",
            discussion: """
                With --hub the node is the top of its commune: it gets keys, a certificate of its own
                and the commune's roster. Without it the node is empty until a hub enrols it.
                """,
            arguments: [
                Argument("folder", summary: "The folder to make", kind: .path)
            ],
            options: [
                .flag("hub", summary: "Make the hub of a commune"),
                .value("commune", .text, summary: "Its scope path: province and commune code"),
                .value("name", .text, summary: "The name that other nodes see"),
            ],
            examples: [
                Example(
                    "init hub --hub --commune 48/21004 --name 'Xã Tam Mỹ'",
                    "Makes the hub of the commune in the folder 'hub'."
                )
            ]
        )
    ) { context in
        let folder = NodeFolder(context.text("folder"))
        guard context.parsed.flag("hub") else {
            _ = try LocalNode(creating: folder, user: context.user)
            if context.isJSON {
                context.print(json: ["folder": .string(folder.path), "enrolled": false])
            } else {
                context.print(
                    context.say(
                        "Đã tạo nút trong \(folder.path); tiếp theo: doorstep enrol",
                        "Made a node in \(folder.path); next: doorstep enrol"
                    )
                )
            }
            return .ok
        }
        guard let commune = context.parsed.text("commune") else {
            throw WordError.missing("a hub needs --commune, such as 48/21004")
        }
        guard isScopePath(commune) else { throw StoreError.unknownScope(commune) }
        guard let name = context.parsed.text("name"), !name.isEmpty else {
            throw WordError.missing("a hub needs --name, such as 'Xã Tam Mỹ'")
        }
        let node = try LocalNode(creating: folder, user: context.user)
        try Enrolment.makeHub(node.store, scope: commune, name: name, author: context.user)
        let certificate = try node.certificate()
        if context.isJSON {
            context.print(json: [
                "folder": .string(folder.path), "enrolled": true,
                "node": .string(certificate.node.description), "scope": .string(commune),
                "fingerprint": .string(certificate.signingKey.fingerprint),
            ])
        } else {
            context.print(
                context.say(
                    "Đã tạo nút xã '\(name)' (\(certificate.node)) trong \(folder.path)",
                    "Made the hub '\(name)' (\(certificate.node)) in \(folder.path)"
                )
            )
            context.print(
                context.say("Dấu vân khóa: ", "Fingerprint: ") + certificate.signingKey.fingerprint
            )
        }
        return .ok
    }

    static let verify = Verb(
        Command(
            "verify",
            summary: "Check the whole file: pages, chains, signatures, tables",
            discussion: "Ends with exit code 4 if anything is wrong. Changes nothing.",
            arguments: [.folder],
            examples: [Example("verify hub", "Checks the hub and says what it has looked at.")]
        )
    ) { context in
        let node = try context.open()
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
            for damage in report.damages { context.note("doorstep: \(damage)") }
            let entries = context.numbers.integer(report.entries + report.openEntries)
            let records = context.numbers.integer(report.records)
            let counts = context.say(
                "\(report.logs) nhật ký, \(report.segments) đoạn, \(entries) thay đổi, \(records) bản ghi",
                "\(report.logs) logs, \(report.segments) segments, \(entries) changes, \(records) records"
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
            summary: "Make the tables anew from the log",
            arguments: [.folder],
            examples: [Example("rebuild hub", "Replaces the tables by what the log says.")]
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
