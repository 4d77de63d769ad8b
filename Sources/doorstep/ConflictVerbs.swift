import Causality
import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let conflicts = [listConflicts, showConflict, resolveConflict]

    private static let listConflicts = Verb(
        in: "conflict",
        Command(
            "list",
            summary: Label(
                "Liệt kê những việc chờ người quyết định",
                "What waits for a person to decide"
            ),
            arguments: [.folder],
            options: [.village],
            examples: [
                Example(
                    "conflict list hub",
                    "Liệt kê các bản ghi chờ quyết định và lý do.",
                    "Lists records in question, and why."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let items = try node.conflicts(under: context.scope(node))
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: .array(items.map { json($0.item, $0.record, context) }))
            return .ok
        }
        var table = Table([
            .init(context.say("Mã", "Id")), .init(context.say("Loại", "Type")),
            .init(context.say("Tên", "Name")), .init(context.say("Thôn", "Village")),
            .init(context.say("Cần quyết định", "To decide")),
        ])
        for item in items {
            table.add([
                item.item.id.description, item.record.type.label(context.language),
                context.shown(item.record), context.place(of: item.record),
                context.reasons(item.item),
            ])
        }
        context.print(
            table,
            ifEmpty: Label("Không có gì chờ quyết định", "Nothing waits for a decision")
        )
        if !table.isEmpty {
            let folder = context.text("folder")
            context.suggest(
                "doorstep conflict show \(folder) MÃ",
                "doorstep conflict show \(folder) ID"
            )
        }
        return .ok
    }

    private static func json(
        _ item: ReviewItem,
        _ summary: RecordSummary,
        _ context: VerbContext
    ) -> JSONValue {
        [
            "record": context.json(summary),
            "disputed": .array(item.disputed.map { .string($0) }),
            "clashing": .array(item.clashing.map { .string($0) }), "cycle": .bool(item.isCycle),
            "orphan": item.orphan.map { orphan in
                [
                    "parent": .string(orphan.parent.description),
                    "state": .string(orphan.state.rawValue),
                    "link": .string(orphan.link.rawValue),
                ]
            } ?? .null,
            "contradicted": .array(item.contradicted.map { .string($0.description) }),
        ]
    }

    private static let showConflict = Verb(
        in: "conflict",
        Command(
            "show",
            summary: Label(
                "Xem mọi giá trị đang xung đột: ai ghi, ở máy nào, lúc nào",
                "Every value in question, with author, node and time"
            ),
            arguments: [.folder, .id],
            examples: [
                Example(
                    "conflict show hub 00a1b2c3d4e5f607-12",
                    "Đánh số các giá trị của từng mục.",
                    "Numbers the values of each field."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let id = try context.id("id")
        let detail = try node.conflict(id)
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: context.json(detail))
        } else {
            context.print(detail)
        }
        return .ok
    }

    private static let resolveConflict = Verb(
        in: "conflict",
        Command(
            "resolve",
            summary: Label(
                "Quyết định: lấy một trong các giá trị, hoặc giá trị khác",
                "Decide: take one of the values, or another"
            ),
            discussion: Label(
                """
                Quyết định là một thay đổi bình thường: được đồng bộ như mọi thay đổi, và ai chưa thấy
                vẫn có thể ghi khác. Bản ghi được sửa trong khi nơi khác đã xóa, gộp hoặc chuyển thì
                giải quyết bằng --keep (lấy lần sửa; đã gộp thì ghi sang bản ghi còn lại) hoặc
                --dismiss (lấy lần xóa, gộp, chuyển). Bản ghi đã gộp vào một bản ghi bị xóa: --keep
                tách nó ra, --dismiss xóa luôn. Bản ghi đã gộp trong khi nơi khác xác nhận là hai: --keep
                tách ra, --dismiss giữ việc gộp.

                Chỉ quyết định được về những gì đã hiện: --seen là dấu mà 'conflict show' in ra. Nếu từ
                lúc đó bản ghi đã khác, lệnh không đổi gì và yêu cầu xem lại.
                """,
                """
                A decision is an ordinary change: it travels like any, and whoever had not seen it may
                still disagree. A changed record that was deleted, merged or moved meanwhile is settled by
                --keep (the change counts; after a merge it goes to the record that stands) or --dismiss
                (the deletion, merge or move does). A record that was merged into one that is deleted
                stands for itself again by --keep, and is deleted as well by --dismiss. One that was merged
                while somebody said that they are two is parted by --keep; --dismiss lets the merge stand.

                Only what was shown can be decided: --seen is the stamp that 'conflict show' prints. Where
                the record has changed since, nothing is written, and you are asked to look again.
                """
            ),
            arguments: [
                .folder, .id,
                Argument(
                    Label("mục", "field"),
                    summary: Label("Mục đang xung đột", "The field that is disputed"),
                    arity: .optional
                ),
            ],
            options: [
                .value(
                    "take",
                    .text,
                    summary: Label(
                        "Số thứ tự của giá trị trong 'conflict show', hoặc tên thay đổi (dot)",
                        "The value's number in 'conflict show', or its dot"
                    )
                ),
                .value(
                    "value",
                    .text,
                    summary: Label(
                        "Giá trị khác; để trống là không có giá trị nào",
                        "Another value; empty for none"
                    )
                ),
                .value(
                    "seen",
                    .text,
                    summary: Label(
                        "Dấu của những gì đã xem, do 'conflict show' in ra",
                        "The stamp of what you have seen, as 'conflict show' prints it"
                    )
                ),
                .flag(
                    "keep",
                    summary: Label(
                        "Lấy lần sửa, không phải lần xóa, gộp hoặc chuyển",
                        "The change counts, not the deletion, merge or move"
                    )
                ),
                .flag(
                    "dismiss",
                    summary: Label(
                        "Lấy lần xóa, gộp hoặc chuyển",
                        "The deletion, merge or move counts"
                    )
                ),
                .flag(
                    "break-cycle",
                    summary: Label(
                        "Tách bản ghi này ra khỏi vòng gộp",
                        "This record stands for itself again"
                    )
                ),
            ],
            examples: [
                Example(
                    "conflict resolve hub 00a1b2c3d4e5f607-12 phone --take 2 --seen 5b1e02c7d9a4f386",
                    "Lấy giá trị thứ hai trong các giá trị đã hiện.",
                    "Takes the second of the values that were shown."
                ),
                Example(
                    "conflict resolve hub 00a1b2c3d4e5f607-12 --keep --seen 5b1e02c7d9a4f386",
                    "Bỏ lần xóa đã không biết có thay đổi.",
                    "Takes back a deletion that missed a change."
                ),
            ]
        )
    ) { context in
        let node = try context.open()
        let id = try context.id("id")
        let dots = try resolve(id, node, context)
        if context.isJSON {
            context.print(json: [
                "id": .string(id.description),
                "written": .array(dots.map { .string($0.description) }),
            ])
        } else {
            context.print(context.say("Đã quyết định", "Decided"))
        }
        return .ok
    }

    private static func resolve(
        _ id: RecordID,
        _ node: LocalNode,
        _ context: VerbContext
    ) throws -> [Dot] {
        let flags = ["keep", "dismiss", "break-cycle"].filter { context.parsed.flag($0) }
        let values = ["take", "value"].filter { context.parsed.text($0) != nil }
        guard flags.count + values.count == 1,
            values.isEmpty == (context.parsed.text("field") == nil)
        else {
            throw WordError.missing(
                Label(
                    "ghi MỤC kèm --take hoặc --value; hoặc chỉ ghi --keep, --dismiss hay --break-cycle",
                    "say either FIELD with --take or --value, or --keep, --dismiss or --break-cycle"
                )
            )
        }
        let seen = try seen(context)
        let (store, author) = (node.store, node.user)
        // First whether it is merged at all: what met the merge is in question no more where it is not.
        let settle =
            try store.conflict(id).contradicted.isEmpty ? store.settle : store.settleContradicted
        switch flags.first {
        case "keep": return try settle(id, .keep, seen, author)
        case "dismiss": return try settle(id, .dismiss, seen, author)
        case "break-cycle": return try store.breakCycle(id, seen: seen, author: author)
        default: break
        }
        let name = context.text("field")
        return try store.transaction {
            let detail = try store.conflict(id)
            guard let field = detail.disputed.first(where: { $0.name == name }) else {
                throw StoreError.nothingToDecide
            }
            // Before the number is looked up: among other values it means another one.
            guard detail.stamp == seen else { throw StoreError.changedSince(id) }
            let value = try value(of: field, node, context)
            return try store.resolve(id, field: name, value: value, seen: seen, author: author)
        }
    }

    private static func seen(_ context: VerbContext) throws -> ConflictStamp {
        guard let stamp = context.parsed.text("seen").flatMap({ ConflictStamp($0) }) else {
            throw WordError.missing(
                Label(
                    "ghi --seen DẤU mà 'conflict show' in ra: chỉ quyết định về những gì đã xem",
                    "say --seen STAMP as 'conflict show' prints it: only what was seen can be decided"
                )
            )
        }
        return stamp
    }

    private static func value(
        of field: ConflictDetail.Disputed,
        _ node: LocalNode,
        _ context: VerbContext
    ) throws -> Value {
        if let word = context.parsed.text("take") {
            if let found = field.values.first(where: { $0.dot.description == word }) {
                return found.value
            }
            guard let number = Int(word), (1...field.values.count).contains(number) else {
                throw WordError.notAChoice(word)
            }
            return field.values[number - 1].value
        }
        guard let description = field.field else {
            // A record that is in question may also be neither deleted nor merged.
            guard context.text("value").isEmpty, field.name != ReservedField.movedTo else {
                throw WordError.notAChoice(context.text("value"))
            }
            return .null
        }
        switch description.parse(context.text("value"), today: node.today) {
        case .empty: return .null
        case .value(let value, _): return value
        case .proposed(_, let problem), .refused(let problem):
            throw NodeError.refused([problem.blocking])
        }
    }
}

extension Problem {
    fileprivate var blocking: Problem { Problem(.blocks, field, code, text) }
}
