import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let find = Verb(
        Command(
            "find",
            summary: "Find people and households by name, number, address or id",
            discussion: """
                Accents and case do not matter, words may be cut short (ng van h), initials do (nvh),
                and so do the last four or more digits of a personal or phone number.
                """,
            arguments: [
                .folder, Argument("text", summary: "What to look for", arity: .repeated),
            ],
            options: [
                .list("type", .text, summary: "Only records of this type"), .village,
                .value("limit", .integer(1...10_000), default: "50", summary: "At most so many"),
                .value(
                    "offset",
                    .integer(0...1_000_000),
                    default: "0",
                    summary: "Leave out so many"
                ),
                .flag("all", summary: "Deleted, merged and moved records too"),
            ],
            examples: [
                Example("find hub nguyen van hung", "Lists everybody of that name."),
                Example("find hub 0017 --type resident", "Lists people by the end of a number."),
            ]
        )
    ) { context in
        let node = try context.open()
        var query = FindQuery(
            context.parsed.texts("text").joined(separator: " "),
            limit: Int(context.parsed.integer("limit") ?? 50)
        )
        query.offset = Int(context.parsed.integer("offset") ?? 0)
        query.includesGone = context.parsed.flag("all")
        query.scope = try context.scope(node)
        let types = try context.parsed.texts("type").map { try node.type($0).name }
        if !types.isEmpty { query.types = Set(types) }
        let found = try node.find(query)
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: [
                "total": .integer(Int64(found.total)),
                "records": .array(found.records.map(context.json)),
            ])
            return .ok
        }
        printSummaries(found.records, context)
        if found.total > found.records.count {
            let shown = context.numbers.integer(found.records.count)
            let total = context.numbers.integer(found.total)
            context.note(
                context.say(
                    "\(shown) trên \(total); xem tiếp: --offset",
                    "\(shown) of \(total); more: --offset"
                )
            )
        }
        return .ok
    }

    static func printSummaries(_ records: [RecordSummary], _ context: VerbContext) {
        var table = Table([
            .init(context.say("Mã", "Id")), .init(context.say("Loại", "Type")),
            .init(context.say("Tên", "Name")), .init(context.say("Sinh", "Born")),
            .init(context.say("Hộ", "Household")), .init(context.say("Thôn", "Village")), .init(""),
        ])
        for record in records {
            table.add([
                record.id.description, record.type.label(context.language),
                context.title(of: record),
                record.birth.map(context.shownDate) ?? "", context.shown(record.household),
                record.place, context.fate(record.flags),
            ])
        }
        context.print(table)
    }

    static let addVisit = Verb(
        in: "visit",
        Command(
            "add",
            summary: "Record a visit to a household",
            discussion: """
                Begun now, by the user, in the round of the quarter, unless said otherwise.
                """,
            arguments: [
                .folder, Argument("household", summary: "The household's id"),
            ],
            options: [
                .value(
                    "outcome",
                    .text,
                    isRequired: true,
                    summary: "complete, partial, no-contact, refused, postponed, vacant, moved, …"
                ),
                .value("round", .text, summary: "Round of the survey; else year and quarter"),
                .value("at", .text, summary: "When it began: dd/mm/yyyy hh:mm"),
                .value("next-on", .date, summary: "When to call again"),
                .value("note", .text, summary: "What the next visitor should know"),
                .list("set", .text, summary: "Any other field, as FIELD=VALUE"),
            ],
            examples: [
                Example(
                    "visit add thon 00a1b2c3d4e5f607-12 --outcome no-contact",
                    "Records that nobody was met."
                )
            ]
        )
    ) { context in
        var more = try context.assignments("set")
        let given = [
            ("round", context.parsed.text("round")), ("started_at", context.parsed.text("at")),
            ("next_on", context.day("next-on")?.description), ("note", context.parsed.text("note")),
        ]
        more += given.compactMap { name, text in text.map { FieldInput(name, $0) } }
        let outcome = try context.open().addVisit(
            to: try context.id("household"),
            outcome: context.text("outcome"),
            more
        )
        return context.finish(outcome)
    }

    // MARK: Villages

    static let villages = [addVillage, listVillages]

    private static let addVillage = Verb(
        in: "village",
        Command(
            "add",
            summary: "Enter a village in the commune's roster",
            arguments: [.folder, Argument("name", summary: "Its name")],
            options: [
                .value("path", .text, summary: "Its scope path; else made from the name"),
                .value("code", .text, summary: "Its code in the commune"),
            ],
            examples: [
                Example("village add hub 'Phú Quý 2'", "Enters the village as 48/21004/phu-quy-2.")
            ]
        )
    ) { context in
        let village = try context.open().addVillage(
            context.text("name"),
            path: context.parsed.text("path"),
            code: context.parsed.text("code")
        )
        if context.isJSON {
            context.print(json: json(village, context))
        } else {
            context.print(village.scope)
        }
        return .ok
    }

    private static let listVillages = Verb(
        in: "village",
        Command(
            "list",
            summary: "The villages of the commune",
            arguments: [.folder],
            examples: [Example("village list hub", "Lists names and scope paths.")]
        )
    ) { context in
        let villages = try context.open().villages()
        if context.isJSON {
            context.print(json: .array(villages.map { json($0, context) }))
            return .ok
        }
        var table = Table([
            .init(context.say("Thôn", "Village")), .init(context.say("Đường dẫn", "Scope")),
            .init(context.say("Mã", "Code")), .init(context.say("Ghi được", "Writable")),
        ])
        for village in villages {
            table.add([
                village.name, village.scope, village.code ?? "", village.isWritable ? "x" : "",
            ])
        }
        context.print(table)
        return .ok
    }

    private static func json(_ village: Village, _ context: VerbContext) -> JSONValue {
        [
            "id": context.optional(village.id?.description), "name": .string(village.name),
            "scope": .string(village.scope), "code": context.optional(village.code),
            "writable": .bool(village.isWritable),
        ]
    }
}
