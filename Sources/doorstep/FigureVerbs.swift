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
            summary: "Judge ages, moves and answers at this day; else today"
        ),
        .value(
            "known-on",
            .date,
            summary: "Only what was recorded by this day, as the figures stood then"
        ),
        .value("since", .date, summary: "First day of the round: earlier visits do not count"),
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
        options.scope = try context.scope(node)
        return options
    }

    static let coverage = Verb(
        Command(
            "coverage",
            summary: "The figures of the plan, with their targets",
            discussion: """
                Each figure is a lower bound: whoever was not asked, was away or refused does not count as
                having it. The upper bound is what it would be if all of them did. Disputed answers
                count as neither. Rates are cut after one decimal, never rounded up.
                """,
            arguments: [.folder],
            options: dates + [
                .flag("by-village", summary: "A line for each village below each figure"),
                .list("indicator", .text, summary: "Only this figure, by name"),
                .flag("all", summary: "Other readings and companion figures too"),
            ],
            examples: [
                Example("coverage hub", "Prints every target with where the commune stands."),
                Example(
                    "coverage hub --indicator vneid-level2 --by-village --as-of 2026-11-15",
                    "Prints one figure by village, judged at that day."
                ),
            ]
        )
    ) { context in
        let node = try context.open()
        let wanted = context.parsed.texts("indicator")
        for name in wanted where node.description.indicator(name) == nil {
            throw NodeError.unknownIndicator(name)
        }
        let report = try node.coverage(options(context, node))
        let isAll = context.parsed.flag("all")
        let printer = CoveragePrinter(
            context,
            report,
            wanted.isEmpty ? nil : Set(wanted),
            isAll: isAll
        )
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
            summary: "Who lacks what a figure asks for, and why",
            arguments: [
                .folder, Argument("indicator", summary: "The figure's name, as coverage lists it"),
            ],
            options: dates,
            examples: [
                Example("missing hub vneid-level2", "Lists who has no account of level 2, and why.")
            ]
        )
    ) { context in
        let node = try context.open()
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
                item.record.place, item.record.title,
                item.record.birth.map(context.shownDate) ?? "",
                context.shown(item.record.household), context.why(item),
                item.record.id.description,
            ])
        }
        context.print(table)
        return .ok
    }

    static let addFigure = Verb(
        in: "figure",
        Command(
            "add",
            summary: "Enter what an agency reported, or how far a milestone is",
            discussion: "For targets that no household survey can measure; at the hub.",
            arguments: [
                .folder, Argument("indicator", summary: "The figure's name, as coverage lists it"),
                Argument("values", summary: "FIELD=VALUE, as many as wanted", arity: .repeated),
            ],
            examples: [
                Example(
                    "figure add hub online-full-process period=2026-09 numerator=812 "
                        + "denominator=930 reported_by='Trung tâm phục vụ hành chính công'",
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
        case .no(let reason):
            let why = reason.map { shown(.text($0), item.reasonField) } ?? ""
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

    fileprivate var reason: String? {
        if case .no(let reason) = self { return reason }
        return nil
    }
}
