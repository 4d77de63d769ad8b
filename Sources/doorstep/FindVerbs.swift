import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let find = Verb(
        Command(
            "find",
            summary: Label(
                "Tìm người và hộ theo tên, số, địa chỉ hoặc mã",
                "Find people and households by name, number, address or id"
            ),
            discussion: Label(
                """
                Không cần dấu, không phân biệt chữ hoa; từ có thể viết tắt (ng van h), có thể chỉ ghi
                chữ đầu (nvh), hoặc bốn số cuối trở lên của số định danh hay số điện thoại.
                """,
                """
                Accents and case do not matter, words may be cut short (ng van h), initials do (nvh),
                and so do the last four or more digits of a personal or phone number.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("từ cần tìm", "text"),
                    summary: Label("Cần tìm gì", "What to look for"),
                    arity: .repeated
                ),
            ],
            options: [
                .list(
                    "type",
                    .text,
                    summary: Label("Chỉ bản ghi loại này", "Only records of this type")
                ), .village,
                .value(
                    "limit",
                    .integer(1...10_000),
                    default: "50",
                    summary: Label("Nhiều nhất bấy nhiêu dòng", "At most so many")
                ),
                .value(
                    "offset",
                    .integer(0...1_000_000),
                    default: "0",
                    summary: Label("Bỏ qua bấy nhiêu dòng đầu", "Leave out so many")
                ),
                .flag(
                    "all",
                    summary: Label(
                        "Cả bản ghi đã xóa, đã gộp, đã chuyển",
                        "Deleted, merged and moved records too"
                    )
                ),
            ],
            examples: [
                Example(
                    "find hub nguyen van hung",
                    "Liệt kê mọi người có tên đó.",
                    "Lists everybody of that name."
                ),
                Example(
                    "find hub 0017 --type resident",
                    "Tìm người theo các số cuối.",
                    "Lists people by the end of a number."
                ),
            ]
        )
    ) { context in
        let words = context.parsed.texts("text").joined(separator: " ")
        guard words.contains(where: { !$0.isWhitespace }) else {
            throw WordError.missing(
                Label("ghi tên, số, địa chỉ hoặc mã cần tìm", "say a name, number, address or id")
            )
        }
        let node = try context.openToRead()
        var query = FindQuery(
            words,
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
                    "\(shown) trên \(total); xem tiếp: --offset \(query.offset + found.records.count)",
                    "\(shown) of \(total); more: --offset \(query.offset + found.records.count)"
                )
            )
        }
        return .ok
    }

    static func printSummaries(_ records: [RecordSummary], _ context: VerbContext) {
        var table = Table([
            .init(context.say("Mã", "Id")), .init(context.say("Loại", "Type")),
            .init(context.say("Tên", "Name")), .init(context.say("Sinh", "Born")),
            .init(context.say("Hộ", "Household")), .init(context.say("Mã hộ", "Household id")),
            .init(context.say("Thôn", "Village")), .init(""),
        ])
        for record in records {
            let household = record.household.flatMap {
                $0.id == record.id ? nil : $0.id.description
            }
            table.add([
                record.id.description, record.type.label(context.language),
                context.title(of: record),
                record.birth.map(context.shownDate) ?? "", context.shown(record.household),
                household ?? "", context.place(of: record), context.fate(record.flags),
            ])
        }
        context.print(table, ifEmpty: Label("Không tìm thấy", "Nothing found"))
    }

    private static let outcomes: String = {
        guard case .code(let choices) = RecordType.visit.field("outcome")?.kind else { return "" }
        return choices.map(\.code).joined(separator: ", ")
    }()

    static let addVisit = Verb(
        in: "visit",
        Command(
            "add",
            summary: Label("Ghi một lượt đến hộ", "Record a visit to a household"),
            discussion: Label(
                """
                Không ghi gì thêm thì lượt đến bắt đầu lúc này, do người đang dùng, trong đợt của quý
                này.
                """,
                """
                Begun now, by the user, in the round of the quarter, unless said otherwise.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("mã hộ", "household"),
                    summary: Label("Mã của hộ", "The household's id")
                ),
            ],
            options: [
                .value(
                    "outcome",
                    .text,
                    isRequired: true,
                    summary: Label("Kết quả: \(outcomes)", "What came of it: \(outcomes)")
                ),
                .value(
                    "round",
                    .text,
                    summary: Label(
                        "Đợt khảo sát; không ghi thì là năm và quý",
                        "Round of the survey; else year and quarter"
                    )
                ),
                .value(
                    "at",
                    .text,
                    summary: Label(
                        "Bắt đầu lúc nào: ngày/tháng/năm giờ:phút",
                        "When it began: dd/mm/yyyy hh:mm"
                    )
                ),
                .value("next-on", .date, summary: Label("Ngày sẽ đến lại", "When to call again")),
                .value(
                    "note",
                    .text,
                    summary: Label(
                        "Điều người đến sau cần biết",
                        "What the next visitor should know"
                    )
                ),
                .list(
                    "set",
                    .text,
                    summary: Label(
                        "Mục khác bất kỳ, ghi MỤC=GIÁ_TRỊ",
                        "Any other field, as FIELD=VALUE"
                    )
                ),
            ],
            examples: [
                Example(
                    "visit add thon 00a1b2c3d4e5f607-12 --outcome no-contact",
                    "Ghi rằng không gặp ai.",
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
            summary: Label(
                "Thêm một thôn vào danh mục của xã",
                "Enter a village in the commune's roster"
            ),
            arguments: [
                .folder, Argument(Label("tên", "name"), summary: Label("Tên thôn", "Its name")),
            ],
            options: [
                .value(
                    "path",
                    .text,
                    summary: Label(
                        "Đường dẫn phạm vi; không ghi thì lấy từ tên",
                        "Its scope path; else made from the name"
                    )
                ),
                .value(
                    "code",
                    .text,
                    summary: Label("Mã thôn trong xã", "Its code in the commune")
                ),
            ],
            examples: [
                Example(
                    "village add hub 'Phú Quý 2'",
                    "Thêm thôn với phạm vi 48/21004/phu-quy-2.",
                    "Enters the village as 48/21004/phu-quy-2."
                )
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
            summary: Label("Liệt kê các thôn của xã", "The villages of the commune"),
            arguments: [.folder],
            examples: [
                Example(
                    "village list hub",
                    "Liệt kê tên và đường dẫn phạm vi.",
                    "Lists names and scope paths."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let villages = try node.villages()
        if context.isJSON {
            context.print(json: .array(villages.map { json($0, context) }))
            return .ok
        }
        var table = Table([
            .init(context.say("Thôn", "Village")), .init(context.say("Đường dẫn", "Scope")),
            .init(context.say("Mã", "Code")), .init(context.say("Ghi được", "Writable")),
            .init(context.say("Tình trạng", "State")),
        ])
        for village in villages {
            table.add([
                village.name, village.scope, village.code ?? "", village.isWritable ? "x" : "",
                state(village, node.today, context),
            ])
        }
        context.print(table, ifEmpty: Label("Chưa có thôn nào", "No villages yet"))
        return .ok
    }

    /// What has become of a village, or will; empty of one that simply stands.
    private static func state(
        _ village: Village,
        _ today: CalendarDay,
        _ context: VerbContext
    ) -> String {
        let day = village.endsOn.map { context.shownDate($0.description) }
        let end = day.map {
            village.hasEnded(by: today)
                ? context.say("hết hiệu lực từ \($0)", "ended on \($0)")
                : context.say("sẽ hết hiệu lực từ \($0)", "ends on \($0)")
        }
        let joined = village.joinedInto.map {
            context.say("nhập vào \($0)", "joined into \($0)")
        }
        return [end, joined].compactMap(\.self).joined(separator: ", ")
    }

    private static func json(_ village: Village, _ context: VerbContext) -> JSONValue {
        [
            "id": context.optional(village.id?.description), "name": .string(village.name),
            "scope": .string(village.scope), "code": context.optional(village.code),
            "writable": .bool(village.isWritable),
            "ends_on": context.optional(village.endsOn?.description),
            "joined_into": context.optional(village.joinedInto),
        ]
    }
}
