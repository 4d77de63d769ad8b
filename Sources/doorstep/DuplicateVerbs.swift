import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let duplicates = [listDuplicates, mergeDuplicates, dismissDuplicate]

    private static let listDuplicates = Verb(
        in: "duplicate",
        Command(
            "list",
            summary: Label(
                "Liệt kê người, hộ, thôn, đơn vị, khoản trợ cấp có thể bị ghi hai lần",
                "People, places, units and benefits that may have been recorded twice"
            ),
            discussion: Label(
                """
                Không bao giờ tự gộp: tên không xác định được một người. Thôn và hộ có hai bản ghi khi máy
                xã được khôi phục về trước lần nhập danh sách rồi nhập lại: gộp thôn, hộ trước, rồi người.
                """,
                """
                Nothing is ever merged by itself: a name never identifies a person. Villages and households
                are there twice where a hub was restored to before its list and was given it again: merge
                these first, then the people.
                """
            ),
            arguments: [.folder],
            options: [.village],
            examples: [
                Example(
                    "duplicate list hub",
                    "Liệt kê từng cặp, cặp dễ trùng nhất trước.",
                    "Lists pairs, the likeliest first."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let pairs = try node.duplicates(under: context.scope(node))
        context.noteUnlogged(node)
        if context.isJSON {
            let all = pairs.map { pair -> JSONValue in
                [
                    "reason": .string(pair.candidate.reason.code),
                    "mergeable": .bool(pair.candidate.isMergeable),
                    "first": context.json(pair.first), "second": context.json(pair.second),
                ]
            }
            context.print(json: .array(all))
            return .ok
        }
        var table = Table([
            .init(context.say("Vì sao", "Why")), .init(context.say("Mã", "Id")),
            .init(context.say("Tên", "Name")), .init(context.say("Hộ", "Household")),
            .init(context.say("Thôn", "Village")),
        ])
        for (index, pair) in pairs.enumerated() {
            if index > 0 { table.addRule() }
            for summary in [pair.first, pair.second] {
                table.add([
                    pair.candidate.reason.label(context.language), summary.id.description,
                    context.shown(summary), context.shown(summary.household),
                    context.place(of: summary),
                ])
            }
        }
        context.print(table, ifEmpty: Label("Không thấy gì bị trùng", "No duplicates found"))
        return .ok
    }

    private static let mergeDuplicates = Verb(
        in: "duplicate",
        Command(
            "merge",
            summary: Label(
                "Xác nhận hai bản ghi là một: người, hộ, thôn, đơn vị, khoản trợ cấp",
                "Say that two records are one person, place, unit or benefit"
            ),
            discussion: Label(
                """
                Từ nay bản ghi sau đại diện cho cả hai; không chép hay chuyển gì khác. Những mục chỉ có ở
                bản ghi trước, và những mục hai bản ghi khác nhau kèm ngày trả lời, được kể ra, để ghi lại
                nếu đúng. Cả hai phải ở cùng một thôn.
                """,
                """
                The second stands for both from now on; nothing else is copied or moved. What only the
                first one says is named, and where the two differ, with the days of the answers, to be
                recorded anew where it is so. Both must lie in one village.
                """
            ),
            arguments: [
                .folder, .id,
                Argument(
                    Label("mã giữ lại", "into"),
                    summary: Label("Mã của bản ghi được giữ lại", "The id of the record that stays")
                ),
            ],
            options: [
                .flag(
                    "overrule",
                    summary: Label(
                        "Gộp dù đã có người xác nhận là hai; lời xác nhận đó không còn tính",
                        "Merge though somebody has said that they are two; that counts no more"
                    )
                )
            ],
            examples: [
                Example(
                    "duplicate merge hub 00a1b2c3d4e5f607-14 00a1b2c3d4e5f607-12",
                    "Gộp bản ghi 14 vào bản ghi 12.",
                    "Merges record 14 into record 12."
                )
            ]
        )
    ) { context in
        let (id, target) = (try context.id("id"), try context.id("into"))
        let node = try context.open()
        let merged = try node.showRecord(id).record
        let survivor = try node.showRecord(target).record
        try node.mergeDuplicates(
            id,
            into: target,
            overrulesDismissal: context.parsed.flag("overrule")
        )
        let left = merged.type.fields.filter { field in
            merged[field.name] != .null && survivor[field.name] == .null
        }
        let differing = differences(merged, survivor)
        if context.isJSON {
            context.print(json: [
                "merged": .string(id.description), "into": .string(target.description),
                "only_in_merged": .array(left.map { .string($0.name) }),
                "differing": .array(
                    differing.map { field in
                        [
                            "field": .string(field.name),
                            "merged": context.json(merged[field.name]),
                            "merged_on": context.optional(day(of: field, in: merged)),
                            "stays": context.json(survivor[field.name]),
                            "stays_on": context.optional(day(of: field, in: survivor)),
                        ]
                    }
                ),
            ])
            return .ok
        }
        context.print("\(id) → \(target)")
        if !left.isEmpty {
            let labels = left.map { $0.label(context.language) }.joined(separator: ", ")
            context.print(
                context.say("Chỉ bản ghi đã gộp có: ", "Only the merged record has: ") + labels
            )
        }
        if !differing.isEmpty {
            try print(differing, merged, survivor, node, context)
        }
        if !left.isEmpty || !differing.isEmpty {
            context.suggest(
                "doorstep record show \(context.text("folder")) \(id), rồi record edit … \(target)",
                "doorstep record show \(context.text("folder")) \(id), then record edit … \(target)"
            )
        }
        return .ok
    }

    /// Fields of which the two say different things; the days and sources of answers go with these.
    private static func differences(_ merged: StoredRecord, _ survivor: StoredRecord) -> [Field] {
        merged.type.fields.filter { field in
            let values = [merged[field.name], survivor[field.name]]
            let isBeside = ["_observed_on", "_source", "_by"].contains { field.name.hasSuffix($0) }
            return !isBeside && !field.isSecret && field.name != RecordType.registerDay
                && values[0] != values[1] && !values.contains(.null) && !values.contains(.erased)
        }
    }

    /// The day of an answer, or of the list that says it.
    private static func day(of field: Field, in record: StoredRecord) -> String? {
        if record.type.isRegister(field) { return record.text(RecordType.registerDay) }
        return field.section.flatMap { record.text("\($0)_observed_on") }
    }

    private static func print(
        _ fields: [Field],
        _ merged: StoredRecord,
        _ survivor: StoredRecord,
        _ node: LocalNode,
        _ context: VerbContext
    ) throws {
        context.print(
            context.say(
                "Hai bản ghi khác nhau; bản giữ lại được tính:",
                "The two differ; what stays counts:"
            )
        )
        var table = Table([
            .init(context.say("Mục", "Field")), .init(context.say("Đã gộp", "Merged")),
            .init(context.say("Ngày", "Day")), .init(context.say("Giữ lại", "Stays")),
            .init(context.say("Ngày", "Day")),
        ])
        for field in fields {
            let cells = try [merged, survivor].flatMap { record in
                [
                    try context.shown(record[field.name], field, node),
                    day(of: field, in: record).map(context.shownDate) ?? "",
                ]
            }
            table.add([field.label(context.language)] + cells)
        }
        context.print(table)
    }

    private static let dismissDuplicate = Verb(
        in: "duplicate",
        Command(
            "dismiss",
            summary: Label(
                "Xác nhận hai bản ghi là hai người",
                "Say that two records are two persons"
            ),
            discussion: Label(
                "Nếu đã gộp hai bản ghi làm một thì tách chúng ra.",
                "Where the two were merged, the merge is taken back."
            ),
            arguments: [
                .folder, .id,
                Argument(
                    Label("mã kia", "other"),
                    summary: Label("Mã của bản ghi kia", "The id of the other record")
                ),
            ],
            examples: [
                Example(
                    "duplicate dismiss hub 00a1b2c3d4e5f607-14 00a1b2c3d4e5f607-12",
                    "Bỏ cặp này khỏi danh sách, trên mọi máy.",
                    "Takes the pair off the list, on every node."
                )
            ]
        )
    ) { context in
        let (id, other) = (try context.id("id"), try context.id("other"))
        let node = try context.open()
        try node.store.dismiss(id, other, author: node.user)
        if context.isJSON {
            context.print(json: [
                "dismissed": .array([.string(id.description), .string(other.description)])
            ])
        } else {
            context.print("\(id) ≠ \(other)")
        }
        return .ok
    }
}

extension DuplicateCandidate.Reason {
    fileprivate var code: String {
        switch self {
        case .villagePath: "village-path"
        case .householdNumber: "household-number"
        case .householdHead: "household-head"
        case .personalID: "personal-id"
        case .oldNumber: "old-number"
        case .nameAndBirth: "name-and-birth"
        case .nameYearAndHousehold: "name-year-and-household"
        case .nameYearAndPhone: "name-year-and-phone"
        case .nameAndVagueBirth: "name-and-vague-birth"
        case .taxCode: "tax-code"
        case .unitName: "unit-name"
        case .staffName: "staff-name"
        case .benefitKind: "benefit-kind"
        }
    }

    fileprivate var label: Label {
        switch self {
        case .villagePath: Label("thôn cùng đường dẫn", "villages of one path")
        case .householdNumber: Label("hộ cùng số, cùng thôn", "households of one number")
        case .householdHead: Label("hộ cùng chủ hộ", "households of one head")
        case .personalID: Label("cùng số định danh", "same personal number")
        case .oldNumber: Label("cùng số CMND cũ", "same old number")
        case .nameAndBirth: Label("cùng tên, ngày sinh", "same name and birth date")
        case .nameYearAndHousehold:
            Label("cùng tên, năm sinh, hộ", "same name, year and household")
        case .nameYearAndPhone:
            Label("cùng tên, năm sinh, điện thoại", "same name, year and phone")
        case .nameAndVagueBirth:
            Label(
                "cùng tên, thôn, năm sinh (không rõ đủ ngày)",
                "same name, village and year, not both to the day"
            )
        case .taxCode: Label("đơn vị cùng mã số thuế", "units of one tax code")
        case .unitName: Label("đơn vị cùng loại, cùng tên", "units of one kind and name")
        case .staffName: Label("cùng tên trong một đơn vị", "same name in one unit")
        case .benefitKind:
            Label("cùng người, cùng loại trợ cấp", "one person's benefits of one kind")
        }
    }
}
