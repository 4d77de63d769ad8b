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
            summary: Label(
                "Đồng bộ ngay với máy xã, hoặc qua một thư mục: USB, thư mục dùng chung",
                "Sync with the hub now, or over a folder: a USB stick, a shared folder"
            ),
            discussion: Label(
                """
                Không ghi thư mục thì hỏi máy xã qua mạng. Có thư mục thì đọc những gì dành cho máy
                này, ghi những gì máy khác còn thiếu, và để lại xác nhận. Mạng đứt hay rút USB lúc
                nào cũng được: không mất gì, lần đồng bộ sau tiếp tục từ đó.
                """,
                """
                Without a folder it asks the hub over the network. With one it reads what lies there
                for this node, writes what the others lack, and leaves acknowledgements. Line and
                stick may be cut at any moment: nothing is lost, and the next sync goes on from there.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("thư mục USB", "carrier"),
                    summary: Label("Thư mục của USB", "The stick's folder"),
                    kind: .path,
                    arity: .optional
                ),
            ],
            options: [
                .list(
                    "hub",
                    .text,
                    summary: Label(
                        "Địa chỉ của máy xã, máy:cổng, thử trước tiên",
                        "The hub's address, host:port, tried first"
                    )
                )
            ],
            examples: [
                Example(
                    "sync thon-1",
                    "Đồng bộ với máy xã qua mạng.",
                    "Syncs with the hub over the network."
                ),
                Example(
                    "sync thon-1 /media/usb",
                    "Nhận và để lại những gì cần chuyển.",
                    "Takes and leaves what is to be taken."
                ),
            ]
        )
    ) { context in
        guard let folder = context.parsed.text("carrier") else {
            return try syncOverLine(context.open(), context)
        }
        guard context.parsed.texts("hub").isEmpty else {
            throw WordError.missing(
                Label(
                    "--hub là địa chỉ trên mạng: bỏ đi, hoặc bỏ thư mục USB",
                    "--hub is an address of the line: leave it out, or the stick's folder"
                )
            )
        }
        let node = try context.open()
        try NodeFolder.checkOutside("\(folder)/doorstep")
        let carrier = try FolderSync(node.store, folder: folder, software: software)
        let result = try carrier.run { file in
            context.progress.update(context.say("Đọc", "Reading") + " \(file)", done: 0, of: 0)
        }
        context.progress.clear()
        if context.isJSON {
            context.print(json: json(result, context))
        } else {
            let identity = try node.store.identity()
            var names = try node.store.peerNames()
            if let identity { names[identity.node] = identity.certificate.name }
            print(result, names, parent: identity?.parent?.node, context)
        }
        let isRefused = result.read.contains { bundle in
            bundle.problem != nil || bundle.summary.refused.contains { $0 != .notYetOurScope }
        }
        if isRefused, context.isJSON { context.fail(.refused, reason(of: result)) }
        return isRefused ? .refused : .ok
    }

    /// The first thing that was wrong with a bundle.
    private static func reason(of result: FolderSyncResult) -> Label {
        let words = result.read.lazy.compactMap { bundle in
            bundle.problem
                ?? bundle.summary.refused.first { $0 != .notYetOurScope }.map(\.words)
        }.first
        return words ?? Label("có gói không nhận được", "a bundle was not taken")
    }

    static let software = "doorstep \(Verbs.version)"

    private static func print(
        _ result: FolderSyncResult,
        _ names: [NodeID: String],
        parent: NodeID?,
        _ context: VerbContext
    ) {
        for bundle in result.read {
            let from = bundle.from.map { names[$0] ?? $0.description } ?? bundle.file
            let entries = context.numbers.integer(bundle.summary.entries)
            context.print(
                bundle.isReceipt
                    ? context.say("Đã nhận xác nhận từ \(from)", "Took the receipt of \(from)")
                    : context.say(
                        "Đã nhận \(entries) thay đổi từ \(from)",
                        "Changes taken from \(from): \(entries)"
                    )
            )
            if bundle.summary.quarantined > 0 {
                let aside = context.numbers.integer(bundle.summary.quarantined)
                context.print(
                    context.say(
                        "Đoạn của \(from) để riêng: \(aside)",
                        "Segments of \(from) set aside: \(aside)"
                    )
                )
            }
            if let problem = bundle.problem { context.complain(problem, about: bundle.file) }
            complain(of: bundle.summary.refused, about: bundle.file, context)
            if !bundle.summary.healedLogs.isEmpty {
                context.note(
                    context.say(
                        "Hai bản của một máy đã ghi cùng lúc: đã gộp lại, không mất gì",
                        "Two copies of one node had written at once: healed, nothing is lost"
                    )
                )
            }
        }
        for twin in result.twins.sorted() {
            context.complain(FolderSyncResult.twinWords, about: names[twin] ?? twin.description)
        }
        complainOfClock(result, names, parent: parent, context)
        for bundle in result.written {
            let bytes = context.numbers.integer(bundle.bytes)
            let to = names[bundle.to] ?? bundle.to.description
            context.print(
                context.say("Đã ghi \(bytes) byte cho \(to)", "Wrote \(bytes) bytes for \(to)")
            )
        }
        if result.read.isEmpty, result.written.isEmpty {
            context.print(context.say("Không có gì mới", "Nothing new"))
        }
    }

    /// Says each reason once: a bundle may have hundreds of segments.
    static func complain(
        of refused: [ApplyOutcome.Refusal],
        about file: String? = nil,
        _ context: VerbContext
    ) {
        for (index, refusal) in refused.enumerated() where !refused[..<index].contains(refusal) {
            context.complain(refusal.words, about: file)
        }
    }

    /// No bundle was written after now: where its sender's clock says so, one of both is wrong.
    private static func complainOfClock(
        _ result: FolderSyncResult,
        _ names: [NodeID: String],
        parent: NodeID?,
        _ context: VerbContext
    ) {
        guard let bundle = result.read.max(by: { $0.summary.clockOffset < $1.summary.clockOffset }),
            bundle.summary.clockOffset > 0,
            let words = PeerStatus.clockLabel(
                bundle.summary.clockOffset,
                isParent: bundle.from == parent
            )
        else { return }
        context.complain(words, about: bundle.from.map { names[$0] ?? $0.description })
    }

    private static func json(_ result: FolderSyncResult, _ context: VerbContext) -> JSONValue {
        [
            "read": .array(
                result.read.map { bundle in
                    [
                        "from": bundle.from.map { .string($0.description) } ?? .null,
                        "file": .string(bundle.file),
                        "applied": .integer(Int64(bundle.summary.applied)),
                        "entries": .integer(Int64(bundle.summary.entries)),
                        "held": .integer(Int64(bundle.summary.held)),
                        "clock_ahead_ms": .integer(bundle.summary.clockOffset),
                        "quarantined": .integer(Int64(bundle.summary.quarantined)),
                        "refused": .array(
                            bundle.summary.refused.map { .string($0.code) }
                        ),
                        "complete": .bool(bundle.summary.isComplete),
                        "problem": context.optional(bundle.problemCode),
                        "message": context.optional(bundle.problem?(context.language)),
                    ]
                }
            ),
            "twins": .array(result.twins.sorted().map { .string($0.description) }),
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
            summary: Label(
                "Ghi một gói niêm phong vào tệp, để gửi thư điện tử hay cách khác",
                "Write one sealed bundle to a file, for mail or any carrier"
            ),
            discussion: Label(
                "Gói của thôn gửi cho máy xã; máy xã phải nêu tên máy nhận. Gói cũ mang tên đó bị thay, "
                    + "tệp khác loại thì chỉ khi có --force.",
                "A village's goes to its hub; a hub names the node that it is for. An earlier bundle of "
                    + "the name is replaced, another file only with --force."
            ),
            arguments: [
                .folder,
                Argument(
                    Label("tệp", "file"),
                    summary: Label("Tệp sẽ ghi", "The file to write"),
                    kind: .path
                ),
            ],
            options: [
                .value(
                    "to",
                    .text,
                    summary: Label(
                        "Mã hoặc tên của máy nhận, tại máy xã",
                        "The node's id or name, at a hub"
                    )
                ), .force,
            ],
            examples: [
                Example(
                    "bundle write thon-1 thon-1.bundle",
                    "Ghi những gì máy xã còn thiếu.",
                    "Writes what the hub lacks."
                ),
                Example(
                    "bundle write hub b --to 'Thôn Mẫu 1'",
                    "Ghi những gì thôn đó còn thiếu.",
                    "Writes what that village lacks."
                ),
            ]
        )
    ) { context in
        let node = try context.open()
        if try node.store.identity()?.parent == nil, context.parsed.text("to") == nil {
            _ = try node.certificate()
            throw NodeError.recipientNeeded
        }
        let file = try FileWriter(
            named: context.text("file"),
            as: .bundle,
            force: context.parsed.flag("force")
        )
        if let word = context.parsed.text("to") {
            let children = try node.store.children()
            guard
                let child = children.first(where: { $0.node.description == word || $0.name == word }
                )
            else { throw NodeError.unknownNode(word) }
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
            summary: Label("Đọc một gói từ tệp", "Read one bundle from a file"),
            arguments: [
                .folder,
                Argument(Label("tệp", "file"), summary: Label("Gói", "The bundle"), kind: .path),
            ],
            options: [
                .value(
                    "answer",
                    .path,
                    summary: Label(
                        "Ghi gói trả lời vào tệp này, tại máy xã",
                        "Write the answer to this file, at a hub"
                    )
                ), .force,
            ],
            examples: [
                Example(
                    "bundle read hub thon-1.bundle --answer a.bundle",
                    "Đọc và trả lời.",
                    "Reads and answers."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        // Before anything is taken in: what cannot be answered here is read elsewhere.
        let answer = try context.parsed.text("answer").map { path throws(NodeError) in
            try FileWriter(named: path, as: .bundle, force: context.parsed.flag("force"))
        }
        let session = try ExchangeSession(reading: node.store)
        let file = try FileReader(context.text("file"))
        while case let piece = try file.next(), !piece.isEmpty { try session.push(piece) }
        try session.close()
        if let answer {
            if session.hello?.kind == .request {
                try session.reply(software: software) { try answer.write($0) }
                try answer.commit()
            } else {
                context.complain(
                    Label(
                        "gói này là trả lời hay xác nhận: không có gì để trả lời, không ghi tệp nào",
                        "this bundle is a reply or a receipt: there is nothing to answer, no file is written"
                    )
                )
            }
        }
        let summary = session.summary
        if !summary.isComplete {
            context.complain(
                Label(
                    "gói chưa đủ: chép lại, hoặc xin bên gửi gói mới; phần đã đọc vẫn giữ",
                    "the bundle is not complete: copy it again, or ask its sender for a new one; "
                        + "what was read is kept"
                )
            )
        }
        complain(of: summary.refused, context)
        context.report(
            [
                "from": session.peer.map { .string($0.node.description) } ?? .null,
                "applied": .integer(Int64(summary.applied)),
                "entries": .integer(Int64(summary.entries)), "held": .integer(Int64(summary.held)),
                "complete": .bool(summary.isComplete),
            ],
            "Đã nhận \(context.numbers.integer(summary.entries)) thay đổi",
            "Changes taken: \(context.numbers.integer(summary.entries))"
        )
        let isTaken = summary.refused.allSatisfy { $0 == .notYetOurScope }
        return summary.isComplete && isTaken ? .ok : .refused
    }
}
