import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let syncing = [sync, writeBundle, readBundle]

    private static let sync = Verb(
        Command(
            "sync",
            summary: "Sync with the hub now, or over a folder: a USB stick, a shared folder",
            discussion: """
                Without a folder it asks the hub over the network. With one it reads what lies there
                for this node, writes what the others lack, and leaves acknowledgements. Line and
                stick may be cut at any moment: nothing is lost, and the next sync goes on from there.
                """,
            arguments: [
                .folder,
                Argument("carrier", summary: "The stick's folder", kind: .path, arity: .optional),
            ],
            options: [
                .list("hub", .text, summary: "The hub's address, host:port, tried first")
            ],
            examples: [
                Example("sync thon-1", "Syncs with the hub over the network."),
                Example("sync thon-1 /media/usb", "Takes and leaves what is to be taken."),
            ]
        )
    ) { context in
        let node = try context.open()
        guard let folder = context.parsed.text("carrier") else {
            return try syncOverLine(node, context)
        }
        let carrier = try FolderSync(node.store, folder: folder, software: software)
        let result = try carrier.run { file in
            context.progress.update(context.say("Đọc", "Reading") + " \(file)", done: 0, of: 0)
        }
        context.progress.clear()
        if context.isJSON {
            context.print(json: json(result))
        } else {
            print(result, context)
        }
        return result.read.contains { $0.problem != nil } ? .refused : .ok
    }

    static let software = "doorstep \(Verbs.version)"

    private static func print(_ result: FolderSyncResult, _ context: VerbContext) {
        for bundle in result.read {
            let from = bundle.from?.description ?? "?"
            let entries = context.numbers.integer(bundle.summary.entries)
            context.print(
                context.say(
                    "Đã nhận \(entries) thay đổi từ \(from)",
                    "Took \(entries) changes from \(from)"
                )
            )
            if let problem = bundle.problem { context.note("doorstep: \(bundle.file): \(problem)") }
            for refusal in bundle.summary.refused {
                context.note("doorstep: \(bundle.file): \(refusal.rawValue)")
            }
            if !bundle.summary.healedLogs.isEmpty {
                context.note(
                    context.say(
                        "Hai bản của một máy đã ghi cùng lúc: đã gộp lại, không mất gì",
                        "Two copies of one node had written at once: healed, nothing is lost"
                    )
                )
            }
        }
        for bundle in result.written {
            let bytes = context.numbers.integer(bundle.bytes)
            context.print(
                context.say(
                    "Đã ghi \(bytes) byte cho \(bundle.to)",
                    "Wrote \(bytes) bytes for \(bundle.to)"
                )
            )
        }
        if result.read.isEmpty, result.written.isEmpty {
            context.print(context.say("Không có gì mới", "Nothing new"))
        }
    }

    private static func json(_ result: FolderSyncResult) -> JSONValue {
        [
            "read": .array(
                result.read.map { bundle in
                    [
                        "from": bundle.from.map { .string($0.description) } ?? .null,
                        "file": .string(bundle.file),
                        "applied": .integer(Int64(bundle.summary.applied)),
                        "entries": .integer(Int64(bundle.summary.entries)),
                        "held": .integer(Int64(bundle.summary.held)),
                        "quarantined": .integer(Int64(bundle.summary.quarantined)),
                        "refused": .array(
                            bundle.summary.refused.map { .string($0.rawValue) }
                        ),
                        "complete": .bool(bundle.summary.isComplete),
                        "problem": bundle.problem.map { .string($0) } ?? .null,
                    ]
                }
            ),
            "written": .array(
                result.written.map { bundle in
                    [
                        "to": .string(bundle.to.description), "file": .string(bundle.file),
                        "bytes": .integer(Int64(bundle.bytes)),
                    ]
                }
            ),
        ]
    }

    private static let writeBundle = Verb(
        in: "bundle",
        Command(
            "write",
            summary: "Write one sealed bundle to a file, for mail or any carrier",
            discussion: "A village's goes to its hub; a hub names the node that it is for.",
            arguments: [.folder, Argument("file", summary: "The file to write", kind: .path)],
            options: [.value("to", .text, summary: "The node's id or name, at a hub")],
            examples: [
                Example("bundle write thon-1 thon-1.bundle", "Writes what the hub lacks."),
                Example("bundle write hub b --to 'Thôn Mẫu 1'", "Writes what that village lacks."),
            ]
        )
    ) { context in
        let node = try context.open()
        let file = try FileWriter(context.text("file"))
        if let word = context.parsed.text("to") {
            let children = try node.store.children()
            guard
                let child = children.first(where: { $0.node.description == word || $0.name == word }
                )
            else { throw NodeError.unknownPlace(word) }
            try node.store.offer(to: child, software: software) { try file.write($0) }
        } else {
            try node.store.request(software: software) { try file.write($0) }
        }
        try file.commit()
        context.report(
            ["file": .string(file.path), "bytes": .integer(Int64(file.count))],
            "Đã ghi \(context.numbers.integer(file.count)) byte",
            "Wrote \(context.numbers.integer(file.count)) bytes"
        )
        return .ok
    }

    private static let readBundle = Verb(
        in: "bundle",
        Command(
            "read",
            summary: "Read one bundle from a file",
            arguments: [.folder, Argument("file", summary: "The bundle", kind: .path)],
            options: [.value("answer", .path, summary: "Write the answer to this file, at a hub")],
            examples: [
                Example("bundle read hub thon-1.bundle --answer a.bundle", "Reads and answers.")
            ]
        )
    ) { context in
        let node = try context.open()
        let session = try ExchangeSession(reading: node.store)
        let file = try FileReader(context.text("file"))
        while case let piece = try file.next(), !piece.isEmpty { try session.push(piece) }
        try session.close()
        if let path = context.parsed.text("answer"), session.hello?.kind == .request {
            let answer = try FileWriter(path)
            try session.reply(software: software) { try answer.write($0) }
            try answer.commit()
        }
        let summary = session.summary
        context.report(
            [
                "from": session.peer.map { .string($0.node.description) } ?? .null,
                "applied": .integer(Int64(summary.applied)),
                "entries": .integer(Int64(summary.entries)), "held": .integer(Int64(summary.held)),
                "complete": .bool(summary.isComplete),
            ],
            "Đã nhận \(context.numbers.integer(summary.entries)) thay đổi"
                + (summary.isComplete ? "" : "; gói chưa đủ"),
            "Took \(context.numbers.integer(summary.entries)) changes"
                + (summary.isComplete ? "" : "; the bundle is not complete")
        )
        return summary.isComplete ? .ok : .refused
    }
}
