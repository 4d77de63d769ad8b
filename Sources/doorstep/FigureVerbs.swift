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

/// The figures for people and programs.
struct CoveragePrinter {
    private let context: VerbContext
    private let report: CoverageReport
    private let wanted: Set<String>?
    private let isAll: Bool

    init(
        _ context: VerbContext,
        _ report: CoverageReport,
        _ wanted: Set<String>?,
        isAll: Bool
    ) {
        self.context = context
        self.report = report
        self.wanted = wanted
        self.isAll = isAll
    }

    /// Figures with a target that the commune prints; all of them if asked for.
    private var lines: [CoverageLine] {
        report.lines.filter { line in
            if let wanted { return wanted.contains(line.indicator.name) }
            return isAll || (line.isPrinted && line.target != nil)
        }
    }

    // MARK: Tables

    func print(byVillage: Bool) {
        let day = context.shownDate(report.cutoff.day.description)
        context.print(context.say("Chốt số liệu: \(day)", "As of \(day)"))
        context.print("")
        printLines(byVillage: byVillage)
        guard wanted == nil else { return }
        printAgencies()
        printMilestones()
        printVisits()
    }

    private func printLines(byVillage: Bool) {
        var table = Table([
            .init(context.say("Chỉ tiêu", "Figure")),
            .init(context.say("Mục tiêu", "Target"), .right),
            .init(context.say("Có", "Have it"), .right), .init(context.say("Trên", "Of"), .right),
            .init(context.say("Đạt", "Rate"), .right),
            .init(context.say("Cao nhất", "At most"), .right),
            .init(context.say("Chưa đến", "Not visited"), .right),
            .init(context.say("Từ chối", "Refused"), .right),
            .init(context.say("Chưa rõ khác", "Otherwise unknown"), .right),
            .init(context.say("Chờ xử lý", "Disputed"), .right),
            .init(context.say("Kết quả", "Verdict")), .init(context.say("Mã", "Name")),
        ])
        for line in lines {
            let label = line.indicator.label(context.language)
            table.add(row(label, line.total, line) + [line.indicator.name])
            guard byVillage else { continue }
            for (place, tally) in zip(report.places, line.byPlace)
            where place.isVillage || tally.population > 0 {
                table.add(row("  " + place.name, tally, line) + [""])
            }
        }
        context.print(table)
    }

    private func row(_ label: String, _ tally: Tally, _ line: CoverageLine) -> [String] {
        let other =
            tally.unknown - tally.unknown(.notVisited) - tally.unknown(.refused) - tally.disputed
        let counts = [tally.unknown(.notVisited), tally.unknown(.refused), other, tally.disputed]
        return [
            label, line.target.map { "\($0)%" } ?? "–", context.numbers.integer(tally.yes),
            context.numbers.integer(tally.population),
            tally.registerRate?.text(context.language) ?? "–",
            tally.upperBound?.text(context.language) ?? "–",
        ] + counts.map { context.numbers.integer($0) }
            + [tally.verdict(on: line.target).label(context.language)]
    }

    private func printAgencies() {
        let lines = report.agencyFigures.filter { isAll || $0.target != nil }
        guard !lines.isEmpty else { return }
        var table = Table([
            .init(context.say("Số liệu của cơ quan", "Reported by agencies")),
            .init(context.say("Mục tiêu", "Target"), .right),
            .init(context.say("Tỷ lệ", "Rate"), .right), .init(context.say("Kỳ", "Period")),
            .init(context.say("Đơn vị", "Agency")), .init(context.say("Mã", "Name")),
        ])
        for line in lines {
            table.add([
                line.indicator.label(context.language), line.target.map { "\($0)%" } ?? "–",
                line.figure?.rate?.text(context.language) ?? "–",
                line.figure.map { context.shownDate($0.period) } ?? "",
                line.figure?.reportedBy ?? context.say("chưa có", "none yet"),
                line.indicator.name,
            ])
        }
        context.print("")
        context.print(table)
    }

    private func printMilestones() {
        guard !report.milestones.isEmpty else { return }
        let type = DataDescription.doorstep.type("milestone")
        var table = Table([
            .init(context.say("Mốc công việc", "Milestone")),
            .init(context.say("Tiến độ", "Progress")),
            .init(context.say("Từ ngày", "Since")), .init(context.say("Mã", "Name")),
        ])
        for line in report.milestones {
            let state = line.state.map { context.shown(.text($0), type?.field("state")) }
            table.add([
                line.indicator.label(context.language), state ?? context.say("chưa có", "none yet"),
                line.since.map(context.shownDate) ?? "", line.indicator.name,
            ])
        }
        context.print("")
        context.print(table)
    }

    private func printVisits() {
        var table = Table([
            .init(context.say("Thôn", "Village")),
            .init(context.say("Nhân khẩu", "Residents"), .right),
            .init(context.say("Hộ", "Households"), .right),
            .init(context.say("Đã đến", "Visited"), .right),
            .init(context.say("Chưa đến", "Not visited"), .right),
            .init(context.say("Từ chối", "Refused"), .right),
            .init(context.say("Không gặp", "Nobody met"), .right),
        ])
        func add(_ name: String, _ population: PopulationTally, _ visits: VisitTally) {
            let numbers = [
                population.here + population.awayShort, visits.households, visits.visited,
                visits.notYetVisited,
                visits.refused, visits.noContact,
            ]
            table.add([name] + numbers.map { context.numbers.integer($0) })
        }
        for (index, place) in report.places.enumerated() where place.isVillage {
            add(place.name, report.population[index], report.visits[index])
        }
        table.addRule()
        add(context.say("Cả xã", "Commune"), report.populationTotal, report.visitTotal)
        context.print("")
        context.print(table)
    }

    // MARK: JSON

    var json: JSONValue {
        [
            "as_of": .string(report.cutoff.day.description),
            "places": .array(
                report.places.map { place in
                    [
                        "scope": .string(place.scope), "name": .string(place.name),
                        "village": .bool(place.isVillage),
                    ]
                }
            ),
            "figures": .array(lines.map(json)),
            "agencies": .array(report.agencyFigures.map(json)),
            "milestones": .array(
                report.milestones.map { line in
                    [
                        "name": .string(line.indicator.name), "state": context.optional(line.state),
                        "since": context.optional(line.since),
                    ]
                }
            ),
            "visits": .array(zip(report.places, report.visits).map { json($0, $1) }),
        ]
    }

    private func json(_ line: CoverageLine) -> JSONValue {
        [
            "name": .string(line.indicator.name),
            "label": .string(line.indicator.label(context.language)),
            "definition": .string(line.definition),
            "target": line.target.map { .integer(Int64($0)) } ?? .null,
            "verdict": .string(line.verdict.rawValue), "total": json(line.total),
            "places": .object(
                zip(report.places, line.byPlace).map { .init($0.scope, json($1)) }
            ),
        ]
    }

    private func json(_ tally: Tally) -> JSONValue {
        let causes = Cause.allCases.map { cause in
            JSONValue.Member(cause.code, .integer(Int64(tally.unknown(cause))))
        }
        return [
            "numerator": .integer(Int64(tally.yes)),
            "denominator": .integer(Int64(tally.population)),
            "lacking": .integer(Int64(tally.no)), "unknown": .object(causes),
            "not_applicable": .integer(Int64(tally.notApplicable)),
            "possible": .integer(Int64(tally.possible)),
            "rate_permille": permille(tally.registerRate),
            "surveyed_permille": permille(tally.surveyedRate),
            "upper_permille": permille(tally.upperBound),
        ]
    }

    private func permille(_ rate: Permille?) -> JSONValue {
        rate.map { .integer(Int64($0.value)) } ?? .null
    }

    private func json(_ line: AgencyLine) -> JSONValue {
        [
            "name": .string(line.indicator.name),
            "target": line.target.map { .integer(Int64($0)) } ?? .null,
            "numerator": line.figure?.numerator.map { .integer(Int64($0)) } ?? .null,
            "denominator": line.figure?.denominator.map { .integer(Int64($0)) } ?? .null,
            "rate_permille": permille(line.figure?.rate),
            "period": context.optional(line.figure?.period),
            "reported_by": context.optional(line.figure?.reportedBy),
        ]
    }

    private func json(_ place: Place, _ visits: VisitTally) -> JSONValue {
        [
            "scope": .string(place.scope), "households": .integer(Int64(visits.households)),
            "visited": .integer(Int64(visits.visited)),
            "not_yet_visited": .integer(Int64(visits.notYetVisited)),
            "refused": .integer(Int64(visits.refused)),
            "no_contact": .integer(Int64(visits.noContact)),
        ]
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
