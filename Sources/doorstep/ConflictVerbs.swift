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
                context.shown(item.record), item.record.place, context.reasons(item.item),
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
            context.print(json: json(detail, context))
        } else {
            print(detail, context)
        }
        return .ok
    }

    private static func json(_ detail: ConflictDetail, _ context: VerbContext) -> JSONValue {
        [
            "id": .string(detail.record.id.description),
            "type": .string(detail.record.type.name), "scope": .string(detail.record.scope),
            "settled": .bool(detail.isSettled), "seen": .string(detail.stamp.description),
            "disputed": .array(
                detail.disputed.map { field in
                    [
                        "field": .string(field.name), "shown": context.json(field.shown),
                        "values": .array(field.values.map(context.json)),
                    ]
                }
            ),
            "clashes": .array(
                detail.clashes.map { clash in
                    [
                        "field": .string(clash.field), "change": context.json(clash.change),
                        "fate": .string(clash.fate), "decision": context.json(clash.decision),
                    ]
                }
            ),
            "cycle": .array(detail.cycle.map { .string($0.description) }),
            "orphan_of": context.optional(detail.orphan?.parent.description),
        ]
    }

    private static func print(_ detail: ConflictDetail, _ context: VerbContext) {
        guard !detail.isSettled else {
            context.print(context.say("Không còn gì để quyết định", "Nothing is left to decide"))
            return
        }
        var table = Table([
            .init(context.say("Mục", "Field")), .init("#", .right),
            .init(context.say("Giá trị", "Value")), .init(context.say("Ai", "Who")),
            .init(context.say("Máy", "Node")), .init(context.say("Lúc", "When")),
        ])
        for field in detail.disputed {
            for (index, value) in field.values.enumerated() {
                table.add([
                    context.label(of: field.name, in: detail.record.type), String(index + 1),
                    context.shown(value.value, field.field), value.author, value.node,
                    context.time(value.time),
                ])
            }
        }
        for clash in detail.clashes {
            let field = detail.record.type.field(clash.field)
            for (name, value) in [(clash.field, clash.change), (clash.fate, clash.decision)] {
                table.add([
                    context.label(of: name, in: detail.record.type), "",
                    context.shown(value.value, name == clash.fate ? nil : field), value.author,
                    value.node, context.time(value.time),
                ])
            }
        }
        context.print(table)
        let words = "doorstep conflict resolve \(context.text("folder")) \(detail.record.id)"
        let seen = "--seen \(detail.stamp)"
        // Also for who reads it from a file: nothing is decided without it.
        if !detail.isSettled { context.print(context.say("Dấu: ", "Stamp: ") + seen) }
        if !detail.disputed.isEmpty {
            context.suggest(
                "\(words) MỤC --take SỐ \(seen)",
                "\(words) FIELD --take NUMBER \(seen)"
            )
        }
        if !detail.clashes.isEmpty || detail.orphan?.link == .merge {
            context.suggest(
                "\(words) --keep|--dismiss \(seen)",
                "\(words) --keep|--dismiss \(seen)"
            )
        }
        if !detail.cycle.isEmpty {
            let ids = detail.cycle.map(\.description).joined(separator: ", ")
            context.print(context.say("Gộp vòng tròn: ", "Merged in a circle: ") + ids)
            context.suggest("\(words) --break-cycle \(seen)", "\(words) --break-cycle \(seen)")
        }
        if let orphan = detail.orphan {
            let text =
                orphan.link == .merge
                ? context.say("Đã gộp vào bản ghi không còn: ", "Merged into what is gone: ")
                : context.say("Thuộc bản ghi không còn: ", "Belongs to what is gone: ")
            context.print("\(text)\(orphan.parent) (\(orphan.state.rawValue))")
        }
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
                tách nó ra, --dismiss xóa luôn.

                Chỉ quyết định được về những gì đã hiện: --seen là dấu mà 'conflict show' in ra. Nếu từ
                lúc đó bản ghi đã khác, lệnh không đổi gì và yêu cầu xem lại.
                """,
                """
                A decision is an ordinary change: it travels like any, and whoever had not seen it may
                still disagree. A changed record that was deleted, merged or moved meanwhile is settled by
                --keep (the change counts; after a merge it goes to the record that stands) or --dismiss
                (the deletion, merge or move does). A record that was merged into one that is deleted
                stands for itself again by --keep, and is deleted as well by --dismiss.

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
        switch flags.first {
        case "keep": return try store.settle(id, .keep, seen: seen, author: author)
        case "dismiss": return try store.settle(id, .dismiss, seen: seen, author: author)
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

extension VerbContext {
    /// Why a record waits, in words.
    fileprivate func reasons(_ item: ReviewItem) -> String {
        var reasons = item.disputed.map { label(of: $0, in: item.row.type) }
        if !item.clashing.isEmpty {
            reasons.append(
                say("sửa khi đã xóa, gộp, chuyển", "changed while deleted, merged or moved")
            )
        }
        if item.isCycle { reasons.append(say("gộp vòng tròn", "merged in a circle")) }
        switch item.orphan?.state {
        case .some where item.orphan?.link == .merge:
            reasons.append(say("đã gộp vào bản ghi bị xóa", "merged into what is deleted"))
        case .missing: reasons.append(say("chưa có hộ, chủ", "what it belongs to is not here"))
        case .deleted: reasons.append(say("hộ, chủ đã xóa", "what it belongs to is deleted"))
        case .moved: reasons.append(say("hộ, chủ đã chuyển", "what it belongs to has moved"))
        case nil: break
        }
        return reasons.joined(separator: "; ")
    }
}
