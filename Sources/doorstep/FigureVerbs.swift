import Causality
import Coverage
import Node
import Store
import Survey
import Terminal

extension Verb {
    private static let dates = [
        Option.value(
            "as-of",
            .date,
            summary: Label(
                "Xét tuổi, nơi ở và câu trả lời tại ngày này; không ghi thì hôm nay",
                "Judge ages, moves and answers at this day; else today"
            )
        ),
        .value(
            "known-on",
            .date,
            summary: Label(
                "Chỉ lấy những gì đã ghi đến hết ngày này, theo giờ của máy đã ghi, dù đến đây sau đó",
                "Only what was recorded by this day, by the clocks of its authors' nodes, "
                    + "also where it came here later"
            )
        ),
        .value(
            "since",
            .date,
            summary: Label(
                "Ngày đầu của đợt: lượt đến trước đó không tính",
                "First day of the round: earlier visits do not count"
            )
        ),
        .value(
            "valid-months",
            .integer(1...120),
            summary: Label(
                "Câu trả lời cũ hơn số tháng này coi là chưa rõ; không ghi thì theo cài đặt của xã",
                "Answers older than so many months are unknown; else as the commune has set"
            )
        ),
        .village,
    ]

    private static func options(
        _ context: VerbContext,
        _ node: LocalNode
    ) throws -> FigureOptions {
        var options = FigureOptions()
        options.asOf = context.day("as-of")
        options.knownOn = context.day("known-on")
        options.since = context.day("since")
        options.validMonths = context.parsed.integer("valid-months").map { Int($0) }
        options.scope = try context.scope(node)
        return options
    }

    static let coverage = Verb(
        Command(
            "coverage",
            summary: Label(
                "In số liệu của kế hoạch, kèm mục tiêu",
                "The figures of the plan, with their targets"
            ),
            discussion: Label(
                """
                Mỗi tỷ lệ là mức thấp nhất: người chưa hỏi, đi vắng hay từ chối không tính là đã có. Mức
                cao nhất là khi tất cả những người đó đều có. Câu trả lời đang xung đột không tính vào
                bên nào. Tỷ lệ lấy một số lẻ, cắt bỏ phần sau, không làm tròn lên.

                Tình trạng ghi nhầm (như đã chết) mà sửa không kèm ngày thì chỉ đúng từ ngày sửa trở đi; để
                số liệu của ngày trước (--as-of) cũng đúng, ghi kèm ngày, như presence=here presence_on=….
                """,
                """
                Each figure is a lower bound: whoever was not asked, was away or refused does not count as
                having it. The upper bound is what it would be if all of them did. Disputed answers
                count as neither. Rates are cut after one decimal, never rounded up.

                A state entered by mistake (such as a death) and put right without its day is right from
                the day of the correction on. For earlier days (--as-of) to be right too, give the day
                with it, as in presence=here presence_on=….
                """
            ),
            arguments: [.folder],
            options: dates + [
                .flag(
                    "by-village",
                    summary: Label(
                        "Thêm một dòng cho mỗi thôn dưới mỗi chỉ tiêu",
                        "A line for each village below each figure"
                    )
                ),
                .list(
                    "indicator",
                    .text,
                    summary: Label("Chỉ chỉ tiêu này, theo mã", "Only this figure, by name")
                ),
                .flag(
                    "all",
                    summary: Label(
                        "Cả các cách tính khác và số liệu đi kèm",
                        "Other readings and companion figures too"
                    )
                ),
                .flag(
                    "registered",
                    summary: Label(
                        "Người đăng ký tại xã, thay cho người đang ở",
                        "People who are registered here, instead of those who live here"
                    )
                ),
                .flag(
                    "public",
                    summary: Label(
                        "Để công bố: bỏ số liệu của nơi dưới 5 người, hộ, và lý do chưa rõ theo thôn",
                        "To be published: without places of fewer than 5 people or households, and "
                            + "without a village's reasons of what is not known"
                    )
                ),
            ],
            examples: [
                Example(
                    "coverage hub",
                    "In mọi chỉ tiêu và mức xã đã đạt.",
                    "Prints every target with where the commune stands."
                ),
                Example(
                    "coverage hub --indicator vneid-level2 --by-village --as-of 2026-11-15",
                    "In một chỉ tiêu theo thôn, xét tại ngày đó.",
                    "Prints one figure by village, judged at that day."
                ),
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let wanted = context.parsed.texts("indicator")
        for name in wanted where node.description.indicator(name) == nil {
            throw NodeError.unknownIndicator(name)
        }
        let options = try options(context, node)
        let report = try node.coverage(options)
        var choice = CoverageChoice(madeOn: node.today)
        choice.knownOn = options.knownOn
        choice.wanted = wanted.isEmpty ? nil : Set(wanted)
        choice.isAll = context.parsed.flag("all")
        choice.isRegistered = context.parsed.flag("registered")
        choice.isPublic = context.parsed.flag("public")
        let printer = CoveragePrinter(context, report, choice)
        if context.isJSON {
            context.print(json: printer.json)
        } else {
            printer.print(byVillage: context.parsed.flag("by-village"))
        }
        return .ok
    }

    static let missing = Verb(
        Command(
            "missing",
            summary: Label(
                "Liệt kê ai còn thiếu, và vì sao",
                "Who lacks what a figure asks for, and why"
            ),
            arguments: [
                .folder,
                Argument(
                    Label("chỉ tiêu", "indicator"),
                    summary: Label(
                        "Mã chỉ tiêu, như coverage liệt kê",
                        "The figure's name, as coverage lists it"
                    )
                ),
            ],
            options: dates,
            examples: [
                Example(
                    "missing hub vneid-level2",
                    "Liệt kê ai chưa có tài khoản mức độ 2, và vì sao.",
                    "Lists who has no account of level 2, and why."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let items = try node.missing(context.text("indicator"), options(context, node))
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(
                json: .array(
                    items.map { item in
                        [
                            "record": context.json(item.record),
                            "state": .string(item.state.code),
                            "reason": context.optional(item.state.reason),
                        ]
                    }
                )
            )
            return .ok
        }
        var table = Table([
            .init(context.say("Thôn", "Village")), .init(context.say("Tên", "Name")),
            .init(context.say("Sinh", "Born")), .init(context.say("Hộ", "Household")),
            .init(context.say("Vì sao", "Why")), .init(context.say("Mã", "Id")),
        ])
        for item in items {
            table.add([
                context.place(of: item.record), item.record.title,
                item.record.birth.map(context.shownDate) ?? "",
                context.shown(item.record.household), context.why(item),
                item.record.id.description,
            ])
        }
        context.print(table, ifEmpty: Label("Không còn thiếu ai", "Nobody lacks it"))
        return .ok
    }

    static let differences = Verb(
        Command(
            "differences",
            summary: Label(
                "Liệt kê chỗ danh sách nghiệp vụ và khảo sát lệch nhau",
                "Where imported lists and the survey say different things"
            ),
            discussion: Label(
                "Số liệu lấy theo danh sách; người phụ trách xem lại từng dòng.",
                "Figures go by the list; somebody has to look at each line."
            ),
            arguments: [.folder],
            options: dates,
            examples: [
                Example(
                    "differences hub --village phu-quy-2",
                    "Liệt kê các chỗ lệch của một thôn.",
                    "Lists the differences of one village."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let items = try node.differences(options(context, node))
        if context.isJSON {
            context.print(
                json: .array(
                    items.flatMap { item in
                        item.fields.map { field, surveyed, listed in
                            [
                                "record": context.json(item.record), "field": .string(field.name),
                                "surveyed": context.json(surveyed), "listed": context.json(listed),
                            ]
                        }
                    }
                )
            )
            return .ok
        }
        var table = Table([
            .init(context.say("Thôn", "Village")), .init(context.say("Tên", "Name")),
            .init(context.say("Mục", "Field")), .init(context.say("Khảo sát", "Survey")),
            .init(context.say("Danh sách", "List")), .init(context.say("Mã", "Id")),
        ])
        for item in items {
            for (field, surveyed, listed) in item.fields {
                table.add([
                    context.place(of: item.record), context.shown(item.record),
                    field.label(context.language),
                    context.shown(surveyed, field), context.shown(listed, field),
                    item.record.id.description,
                ])
            }
        }
        context.print(table, ifEmpty: Label("Không có chỗ lệch", "Nothing differs"))
        return .ok
    }

    static let addFigure = Verb(
        in: "figure",
        Command(
            "add",
            summary: Label(
                "Nhập số liệu cơ quan báo cáo, hoặc tiến độ của một mốc",
                "Enter what an agency reported, or how far a milestone is"
            ),
            discussion: Label(
                "Cho các chỉ tiêu mà khảo sát hộ không đo được; nhập tại máy xã.",
                "For targets that no household survey can measure; at the hub."
            ),
            arguments: [
                .folder,
                Argument(
                    Label("chỉ tiêu", "indicator"),
                    summary: Label(
                        "Mã chỉ tiêu, như coverage liệt kê",
                        "The figure's name, as coverage lists it"
                    )
                ),
                Argument(
                    Label("giá trị", "values"),
                    summary: Label(
                        "MỤC=GIÁ_TRỊ, bao nhiêu cũng được",
                        "FIELD=VALUE, as many as wanted"
                    ),
                    arity: .repeated
                ),
            ],
            examples: [
                Example(
                    "figure add hub files-fully-online period=2026-09 numerator=812 "
                        + "denominator=930 reported_by='Trung tâm phục vụ hành chính công'",
                    "Nhập số liệu của tháng 9.",
                    "Enters a figure of September."
                )
            ]
        )
    ) { context in
        let outcome = try context.open().addFigure(
            context.text("indicator"),
            try context.assignments("values")
        )
        return context.finish(outcome)
    }
}

extension VerbContext {
    /// Why somebody is on the list.
    fileprivate func why(_ item: MissingRecord) -> String {
        switch item.state {
        case .no:
            let why = item.reason?(language) ?? ""
            return say("chưa có", "lacks it") + (why.isEmpty ? "" : ": \(why)")
        case .unknown(let cause): return cause.label(language)
        case .ageUncertain: return say("chưa rõ tuổi", "age not known")
        }
    }
}

extension WorkItem.State {
    fileprivate var code: String {
        switch self {
        case .no: "lacking"
        case .unknown(let cause): cause.code
        case .ageUncertain: "age-uncertain"
        }
    }
}
