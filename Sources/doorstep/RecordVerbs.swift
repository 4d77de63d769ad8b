import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let records = [
        recordFields, addRecord, editRecord, showRecord, deleteRecord, restoreRecord, recordHistory,
    ]

    private static let values = Argument(
        Label("giá trị", "values"),
        summary: Label(
            "MỤC=GIÁ_TRỊ, bao nhiêu cũng được; MỤC= để xóa trống mục",
            "FIELD=VALUE, as many as wanted; FIELD= clears the field"
        ),
        arity: .repeated
    )

    private static let recordFields = Verb(
        in: "record",
        Command(
            "fields",
            summary: Label(
                "Xem các mục của một loại bản ghi, hoặc các loại",
                "The fields of a record type, or the types"
            ),
            arguments: [
                Argument(
                    Label("loại", "type"),
                    summary: Label(
                        "Loại; không ghi thì liệt kê mọi loại",
                        "The type; without it all are listed"
                    ),
                    arity: .optional
                )
            ],
            examples: [
                Example(
                    "record fields resident",
                    "Liệt kê những gì hỏi về một người.",
                    "Lists what is asked of a person."
                )
            ]
        )
    ) { context in
        let survey = DataDescription.doorstep
        guard let name = context.parsed.text("type") else {
            if context.isJSON {
                context.print(json: .array(survey.types.map { .string($0.name) }))
            } else {
                var table = Table([
                    .init(context.say("Loại", "Type")), .init(context.say("Tên", "Name")),
                ])
                for type in survey.types { table.add([type.name, type.label(context.language)]) }
                context.print(table)
            }
            return .ok
        }
        guard let type = survey.type(String(name.map { $0 == "-" ? "_" : $0 })) else {
            throw NodeError.unknownType(name, known: survey.types.map(\.name))
        }
        return printFields(of: type, context)
    }

    private static func printFields(of type: RecordType, _ context: VerbContext) -> ExitCode {
        if context.isJSON {
            context.print(
                json: .array(
                    type.fields.map { field in
                        [
                            "name": .string(field.name),
                            "label": .string(field.label(context.language)),
                            "required": .bool(field.requirement == .save),
                            "values": .string(field.kind.explained),
                        ]
                    }
                )
            )
            return .ok
        }
        var table = Table([
            .init(context.say("Mục", "Field")), .init(context.say("Tên", "Label")),
            .init(context.say("Bắt buộc", "Required")), .init(context.say("Giá trị", "Values")),
        ])
        for field in type.fields {
            table.add([
                field.name, field.label(context.language),
                field.requirement == .save ? "x" : "", field.kind.explained,
            ])
        }
        context.print(table)
        return .ok
    }

    private static let addRecord = Verb(
        in: "record",
        Command(
            "add",
            summary: Label("Thêm một bản ghi và in mã của nó", "Add a record and print its id"),
            discussion: Label(
                """
                Bản ghi thuộc về bản ghi khác (nhân khẩu thuộc hộ) thì nằm trong thôn của bản ghi đó;
                bản ghi khác thì trong --village, hoặc trong thôn duy nhất mà máy này được ghi.
                """,
                """
                A record that belongs to another (a resident to a household) lies in its village;
                others in --village, or in the only village that this node may write.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("loại", "type"),
                    summary: Label(
                        "Loại bản ghi: xem 'record fields'",
                        "The record type: see 'record fields'"
                    )
                ), values,
            ],
            options: [
                .value(
                    "village",
                    .text,
                    summary: Label("Thôn của bản ghi", "The village that it lies in")
                ), .accept,
            ],
            examples: [
                Example(
                    "record add thon household state=occupied address='Tổ 3'",
                    "Thêm một hộ vào thôn của máy.",
                    "Adds a household to the node's own village."
                ),
                Example(
                    "record add thon resident household=00a1b2c3d4e5f607-12 "
                        + "full_name='Nguyễn Văn Ví Dụ' birth=5/3/1985 sex=nam nationality=vn "
                        + "residence='thường trú' presence=here",
                    "Thêm một người; giá trị ghi bằng mã hoặc nhãn.",
                    "Adds a person; codes are taken by code or label."
                ),
            ]
        )
    ) { context in
        let outcome = try context.open().addRecord(
            context.text("type"),
            try context.assignments("values"),
            place: context.parsed.text("village"),
            acceptsProposals: context.parsed.flag("accept-proposals")
        )
        return context.finish(outcome)
    }

    private static let editRecord = Verb(
        in: "record",
        Command(
            "edit",
            summary: Label("Sửa các mục của một bản ghi", "Change fields of a record"),
            arguments: [.folder, .id, values],
            options: [.accept],
            examples: [
                Example(
                    "record edit thon 00a1b2c3d4e5f607-13 phone='0905 123 456' other_name=",
                    "Đặt số điện thoại và xóa trống tên gọi khác.",
                    "Sets the phone number and clears the other name."
                )
            ]
        )
    ) { context in
        let outcome = try context.open().editRecord(
            try context.id("id"),
            try context.assignments("values"),
            acceptsProposals: context.parsed.flag("accept-proposals")
        )
        return context.finish(outcome)
    }

    private static let showRecord = Verb(
        in: "record",
        Command(
            "show",
            summary: Label(
                "Xem một bản ghi cùng những gì thuộc về nó",
                "Show a record with what belongs to it"
            ),
            arguments: [.folder, .id],
            examples: [
                Example(
                    "record show thon 00a1b2c3d4e5f607-12",
                    "In mọi mục đã có giá trị.",
                    "Prints every field that is set."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let shown = try node.showRecord(try context.id("id"))
        let record = shown.record
        let open = try node.openMatters(of: record.id)
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: [
                "record": context.json(record),
                "children": .array(shown.children.map(context.json)),
                "open": .array(open.map { context.json($0) }),
            ])
            return .ok
        }
        context.print("\(record.type.label(context.language)) \(record.id), \(shown.place)")
        var table = Table([
            .init(context.say("Mục", "Field")), .init(context.say("Giá trị", "Value")), .init(""),
        ])
        for field in record.fields where field.value != .null || field.isDisputed {
            table.add([
                context.label(of: field.name, in: record.type),
                try context.shown(field.value, field.field, node),
                field.isDisputed ? context.say("đang chờ xử lý", "disputed") : "",
            ])
        }
        context.print(table)
        if !shown.children.isEmpty { printSummaries(shown.children, context) }
        if !open.isEmpty { context.print(context.table(open)) }
        return .ok
    }

    private static let deleteRecord = Verb(
        in: "record",
        Command(
            "delete",
            summary: Label("Xóa một bản ghi, kèm lý do", "Delete a record, for a reason"),
            discussion: Label(
                "Bản ghi vẫn còn trong nhật ký; 'record restore' bỏ việc xóa.",
                "The record stays in the log; 'record restore' takes the deletion back."
            ),
            arguments: [.folder, .id],
            options: [
                .value(
                    "reason",
                    .text,
                    isRequired: true,
                    summary: Label("Vì sao, cho người hỏi sau này", "Why, for those who ask later")
                ),
                .flag(
                    "with-children",
                    summary: Label(
                        "Xóa cả những gì thuộc về nó",
                        "Delete all that belongs to it too"
                    )
                ),
            ],
            examples: [
                Example(
                    "record delete thon 00a1b2c3d4e5f607-12 --reason 'nhập nhầm'",
                    "Xóa bản ghi nếu không có gì thuộc về nó.",
                    "Deletes the record if nothing belongs to it."
                )
            ]
        )
    ) { context in
        let deleted = try context.open().deleteRecord(
            try context.id("id"),
            reason: context.text("reason"),
            withChildren: context.parsed.flag("with-children")
        )
        if context.isJSON {
            context.print(json: [
                "deleted": .array(deleted.map { .string($0.description) })
            ])
        } else {
            let count = context.numbers.integer(deleted.count)
            context.print(context.say("Đã xóa \(count) bản ghi", "Records deleted: \(count)"))
        }
        return .ok
    }

    private static let restoreRecord = Verb(
        in: "record",
        Command(
            "restore",
            summary: Label("Bỏ việc xóa", "Take a deletion back"),
            arguments: [.folder, .id],
            options: [
                .flag(
                    "with-children",
                    summary: Label(
                        "Cả những gì thuộc về nó và bị xóa vì cùng lý do",
                        "Also of all that belongs to it and was deleted for the same reason"
                    )
                )
            ],
            examples: [
                Example(
                    "record restore thon 00a1b2c3d4e5f607-12 --with-children",
                    "Khôi phục hộ đã xóa cùng người trong hộ.",
                    "Undeletes the household and the people in it."
                )
            ]
        )
    ) { context in
        let id = try context.id("id")
        let outcome = try context.open().restoreRecord(
            id,
            withChildren: context.parsed.flag("with-children")
        )
        if context.isJSON {
            context.print(json: [
                "restored": .array(outcome.restored.map { .string($0.description) }),
                "still_deleted": .integer(Int64(outcome.stillDeleted)),
            ])
            return .ok
        }
        let count = context.numbers.integer(outcome.restored.count)
        context.print(context.say("Đã khôi phục \(count) bản ghi", "Records restored: \(count)"))
        if outcome.stillDeleted > 0 {
            let left = context.numbers.integer(outcome.stillDeleted)
            context.print(
                context.say(
                    "\(left) bản ghi thuộc về nó vẫn còn bị xóa: khôi phục từng bản ghi theo mã",
                    "\(left) records that belong to it stay deleted: restore each by its id"
                )
            )
        }
        return .ok
    }

    private static let recordHistory = Verb(
        in: "record",
        Command(
            "history",
            summary: Label(
                "Mọi thay đổi của một bản ghi: ai, ở đâu, lúc nào, từ gì thành gì",
                "Every change of a record: who, where, when, from what to what"
            ),
            arguments: [.folder, .id],
            examples: [
                Example(
                    "record history thon 00a1b2c3d4e5f607-12",
                    "Liệt kê các thay đổi, cũ nhất trước.",
                    "Lists changes, oldest first."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let history = try node.history(of: try context.id("id"))
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: .array(history.map { json($0, context) }))
            return .ok
        }
        var table = Table([
            .init(context.say("Lúc", "When")), .init(context.say("Ai", "Who")),
            .init(context.say("Máy", "Node")), .init(context.say("Mục", "Field")),
            .init(context.say("Trước", "Before")), .init(context.say("Sau", "After")), .init(""),
        ])
        for entry in history {
            let type = node.description.type(entry.type)
            for cell in entry.cells {
                let field = type?.field(cell.field)
                table.add([
                    context.time(entry.time), entry.author, entry.node,
                    field?.label(context.language) ?? context.reservedLabel(cell.field),
                    cell.old.map { context.shown($0, field) }.joined(separator: " | "),
                    context.shown(cell.new, field),
                    cell.stands ? "" : context.say("đã thay", "replaced"),
                ])
            }
        }
        context.print(table)
        return .ok
    }

    private static func json(_ entry: HistoryEntry, _ context: VerbContext) -> JSONValue {
        let type = DataDescription.doorstep.type(entry.type)
        func hides(_ field: String) -> Bool { type?.field(field)?.isSecret == true }
        return [
            "dot": .string(entry.dot.description), "type": .string(entry.type),
            "scope": .string(entry.scope), "author": .string(entry.author),
            "node": .string(entry.node), "time": .string(context.isoTime(entry.time)),
            "sealed": .bool(entry.isSealed), "superseded": .bool(entry.isSuperseded),
            "cells": .array(
                entry.cells.map { cell in
                    [
                        "field": .string(cell.field),
                        "old": .array(
                            cell.old.map { hides(cell.field) ? .null : context.json($0) }
                        ),
                        "new": hides(cell.field) ? .null : context.json(cell.new),
                        "known": .bool(cell.isKnown),
                        "stands": .bool(cell.stands),
                    ]
                }
            ),
        ]
    }
}

extension FieldKind {
    /// What may be typed, in a few words.
    fileprivate var explained: String {
        switch self {
        case .text(let max), .personName(let max): "≤ \(max)"
        case .integer(let range): "\(range.lowerBound)–\(range.upperBound)"
        case .date: "dd/mm/yyyy"
        case .partialDate: "dd/mm/yyyy, mm/yyyy, yyyy"
        case .localTime: "dd/mm/yyyy hh:mm"
        case .code(let choices): choices.map(\.code).joined(separator: " | ")
        case .codeSet(let choices): choices.map(\.code).joined(separator: ", ")
        case .fourValued: Choice.fourValues.map(\.code).joined(separator: " | ")
        case .phone: "0905 123 456"
        case .personalID: "12 × 0–9"
        case .oldPersonalID: "9 × 0–9"
        case .taxCode: "10–13 × 0–9"
        case .microdegrees: "15,3693"
        case .reference(let type): "\(type) id"
        case .bytes: "–"
        }
    }
}
