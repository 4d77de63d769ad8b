import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let hubRecords = [moveRecord, eraseRecords]

    private static let moveRecord = Verb(
        in: "record",
        Command(
            "move",
            summary: Label(
                "Chuyển một hộ cùng người trong hộ sang thôn khác, tại máy xã",
                "Move a household with its people to another village, at the hub"
            ),
            arguments: [
                .folder, .id,
                Argument(
                    Label("thôn", "village"),
                    summary: Label(
                        "Chuyển đến đâu: tên thôn, đường dẫn phạm vi hoặc phần cuối",
                        "Where to: a name, or a scope path or the end of it"
                    )
                ),
            ],
            examples: [
                Example(
                    "record move hub 00a1b2c3d4e5f607-12 'Thôn Mẫu 2'",
                    "Chuyển hộ và mọi người trong hộ.",
                    "Moves the household and everybody in it."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let (moved, scope) = try node.moveRecord(context.id("id"), to: context.text("village"))
        context.report(
            ["moved": .array(moved.map { .string($0.description) }), "scope": .string(scope)],
            "Đã chuyển \(moved.count) bản ghi",
            "Records moved: \(moved.count)"
        )
        return .ok
    }

    private static let eraseRecords = Verb(
        in: "record",
        Command(
            "erase",
            summary: Label(
                "Xóa hẳn bản ghi, ở đây và trên mọi máy, tại máy xã",
                "Erase records for good, here and on every node, at the hub"
            ),
            discussion: Label(
                """
                Dùng khi người dân yêu cầu theo luật, hoặc khi hết hạn lưu giữ. Mọi giá trị từng ghi
                trong các bản ghi này, và trong những bản ghi đã gộp với chúng, bị xóa khỏi nhật ký;
                chuỗi chữ ký vẫn nguyên vẹn. Những gì thuộc về chúng, như tài khoản hay chế độ của một
                người, bị xóa cùng bằng --with-children; không có thì lệnh bị từ chối. Không thể làm
                lại, và các bản sao lưu trước đó vẫn còn giá trị.
                """,
                """
                For a person's legal request, or when retention ends. Every value that was ever
                written in the records, and in those that were merged with them, is erased from the
                log; the chain of signatures stays whole. What belongs to them, such as a person's
                accounts and benefits, goes too with --with-children, and is a refusal without. This
                cannot be undone, and backups made before still hold the values.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("mã", "ids"),
                    summary: Label("Mã của các bản ghi", "Ids of the records"),
                    arity: .repeated
                ),
            ],
            options: [
                .value(
                    "reason",
                    .text,
                    isRequired: true,
                    summary: Label(
                        "Lý do: được lưu trong lệnh xóa; không ghi tên người",
                        "Why: kept in the order; no names in it"
                    )
                ),
                .flag(
                    "with-children",
                    summary: Label(
                        "Xóa hẳn cả những gì thuộc về chúng",
                        "Erase all that belongs to them too"
                    )
                ),
                .flag(
                    "yes",
                    summary: Label(
                        "Thực hiện: không có thì chỉ cho biết sẽ xóa gì",
                        "Do it: without it the command only says what would go"
                    )
                ),
            ],
            examples: [
                Example(
                    "record erase hub 00a1b2c3d4e5f607-12 --with-children --reason 'request 12/2026' --yes",
                    "Xóa hẳn bản ghi của một người và những gì thuộc về người đó.",
                    "Erases one person's record and all that belongs to it."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let named = try context.parsed.texts("ids").map { word in
            guard let id = RecordID(word) else { throw WordError.notAnID(word) }
            return id
        }
        guard let reason = context.parsed.text("reason"), !reason.isEmpty else {
            throw WordError.missing(
                Label(
                    "xóa hẳn cần --reason, ví dụ số của đơn yêu cầu",
                    "an erasure needs --reason, such as the number of the request"
                )
            )
        }
        let ids = try node.recordsToErase(named, withChildren: context.parsed.flag("with-children"))
        guard context.parsed.flag("yes") else {
            let more = ids.count - Set(named).count
            let (vi, en) =
                more == 0
                ? ("", "")
                : (
                    " (\(more) đã gộp hoặc thuộc về chúng)",
                    " (merged with them or belonging to them: \(more))"
                )
            context.report(
                [
                    "would_erase": .integer(Int64(ids.count)),
                    "records": .array(ids.map { .string($0.description) }),
                ],
                "Sẽ xóa hẳn \(ids.count) bản ghi\(vi); thêm --yes để làm",
                "Records to erase for good: \(ids.count)\(en); add --yes to do it"
            )
            return .ok
        }
        let count = try node.store.redact(
            ids,
            reason: reason,
            on: node.today.description,
            author: context.user
        )
        let isInJournal = try node.store.hasErasedInJournal
        context.report(
            ["erased_changes": .integer(Int64(count)), "in_journal": .bool(isInJournal)],
            "Đã xóa giá trị của \(count) thay đổi"
                + (isInJournal ? "; chương trình khác đang đọc: xem 'doorstep doctor'" : ""),
            "Changes whose values are erased: \(count)"
                + (isInJournal ? "; another program is reading: see 'doorstep doctor'" : "")
        )
        return .ok
    }
}
