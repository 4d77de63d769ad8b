import Causality
import Coverage
import Node
import Store
import Survey
import Terminal

/// Which of the figures are printed, and of whom.
struct CoverageChoice {
    /// Names of figures; nil for those of the report.
    var wanted: Set<String>?
    /// Other readings and companions too.
    var isAll = false
    /// People who are registered here instead of those who live here.
    var isRegistered = false
    /// Without places of so few people that a rate points at persons.
    var isPublic = false
    /// The day on which the figures are made.
    let madeOn: CalendarDay
    /// What came later does not count; nil where everything does.
    var knownOn: CalendarDay?

    init(madeOn: CalendarDay) {
        self.madeOn = madeOn
    }

    /// Whether a figure was asked for, or none in particular.
    func wants(_ indicator: Indicator) -> Bool { wanted?.contains(indicator.name) ?? true }
}

/// The figures for people and programs.
struct CoveragePrinter {
    let context: VerbContext
    let report: CoverageReport
    let choice: CoverageChoice

    init(_ context: VerbContext, _ report: CoverageReport, _ choice: CoverageChoice) {
        self.context = context
        self.report = report
        self.choice = choice
    }

    /// Figures with a target that the commune prints; all of them if asked for.
    var lines: [CoverageLine] {
        report.lines.filter { line in
            if let wanted = choice.wanted { return wanted.contains(line.indicator.name) }
            return choice.isAll || (line.isPrinted && line.target != nil)
        }
    }

    /// The counts of a line by place; nil where they are not made public.
    func tallies(_ line: CoverageLine) -> [Tally?] {
        let byPlace = choice.isRegistered ? line.registeredByPlace : line.byPlace
        return choice.isPublic ? CoverageLine.published(byPlace) : byPlace
    }

    /// The count of the whole commune; nil where it is not made public.
    func total(_ line: CoverageLine) -> Tally? {
        let total = choice.isRegistered ? line.registeredTotal : line.total
        return choice.isPublic ? CoverageLine.published(total: total) : total
    }

    // MARK: Tables

    func print(byVillage: Bool) {
        printParameters()
        if choice.isRegistered {
            context.print(
                context.say(
                    "Người đăng ký thường trú, tạm trú tại xã, kể cả đang vắng",
                    "People who are registered here, present or not"
                )
            )
        }
        printSurveyed(byVillage: byVillage)
        AgencyPrinter(context, report, choice).print()
        guard choice.wanted == nil else { return }
        // How many of a village refused, or are away, points at persons as a rate of few does.
        guard !choice.isPublic else { return }
        printVisits()
        printPopulation()
    }

    /// What the survey counts; nothing where only agencies' figures are wanted.
    private func printSurveyed(byVillage: Bool) {
        guard choice.wanted == nil || !lines.isEmpty else { return }
        context.print("")
        printLines(byVillage: byVillage)
        // Nor is why it is not known of a village's few people: causes are the whole commune's alone.
        printUnknown(byVillage: byVillage && !choice.isPublic)
    }

    /// What the figures depend on, so that they can be made again.
    private func printParameters() {
        func shown(_ day: CalendarDay) -> String { context.shownDate(day.description) }
        let day = shown(report.cutoff.day)
        let made = shown(choice.madeOn)
        context.print(
            context.say("Chốt số liệu: \(day); in ngày \(made)", "As of \(day); made on \(made)")
        )
        if let known = choice.knownOn.map(shown) {
            context.print(
                context.say(
                    "Theo những gì đã ghi đến hết \(known), tính theo giờ của máy đã ghi",
                    "By what was recorded until the end of \(known), by the clocks it was recorded with"
                )
            )
        }
        if let start = report.cutoff.roundStart.map(shown) {
            context.print(context.say("Lượt đến từ \(start)", "Visits since \(start)"))
        }
        if let oldest = report.cutoff.staleBefore.map(shown) {
            context.print(
                context.say(
                    "Câu trả lời trước \(oldest) coi như chưa rõ",
                    "Answers from before \(oldest) count as not known"
                )
            )
        }
    }

    /// Calls `row` for each line and, if asked for, for each of its places.
    private func forEachRow(
        byVillage: Bool,
        _ row: (_ label: String, _ tally: Tally?, _ line: CoverageLine, _ name: String) -> Void
    ) {
        for line in lines {
            row(line.indicator.label(context.language), total(line), line, line.indicator.name)
            guard byVillage else { continue }
            for (place, tally) in zip(report.places, tallies(line))
            where place.isStanding && line.isOfEveryVillage || !(tally?.isEmpty ?? false) {
                row("  " + name(of: place), tally, line, "")
            }
        }
    }

    private func name(of place: Place) -> String {
        // At a city's hub the communes below are above their villages, and go by their names.
        let others = report.places.map(\.scope)
        let isAbove = others.contains { $0.hasPrefix(place.scope + "/") }
        let isTop = !others.contains { place.scope.hasPrefix($0 + "/") }
        return isAbove && isTop ? context.communeItself : place.name
    }

    private func printLines(byVillage: Bool) {
        var table = Table([
            .init(context.say("Chỉ tiêu", "Figure")),
            .init(context.say("Mục tiêu", "Target"), .right),
            .init(context.say("Có", "Have it"), .right), .init(context.say("Trên", "Of"), .right),
            .init(context.say("Đạt", "Rate"), .right),
            .init(context.say("Cao nhất", "At most"), .right, mayBeLeftOut: true),
            .init(context.say("Trên đã khảo sát", "Of surveyed"), .right, mayBeLeftOut: true),
            .init(context.say("Đã khảo sát", "Surveyed"), .right, mayBeLeftOut: true),
            .init(context.say("Còn thiếu", "Lacking"), .right, mayBeLeftOut: true),
            .init(context.say("Kết quả", "Verdict")), .init(context.say("Mã", "Name")),
        ])
        forEachRow(byVillage: byVillage) { label, tally, line, name in
            let target = line.target.map { "\($0)%" } ?? "–"
            guard let tally else {
                let cells = [String](repeating: "–", count: 7)
                return table.add([label, target] + cells + [tooFew, name])
            }
            let rates = [
                tally.registerRate, tally.upperBound, tally.surveyedRate, tally.surveyedShare,
            ].map { $0?.text(context.language) ?? "–" }
            let gap = line.target.map { context.numbers.integer(tally.gap(to: $0)) } ?? "–"
            table.add(
                [
                    label, target, context.numbers.integer(tally.yes),
                    context.numbers.integer(tally.population),
                ] + rates + [gap, tally.verdict(on: line.target).label(context.language), name]
            )
        }
        context.print(table)
    }

    private var tooFew: String {
        context.say("quá ít người, không công bố", "too few people to publish")
    }

    /// Of whom it is not known, why, and who may belong besides.
    private func printUnknown(byVillage: Bool) {
        var table = Table(
            [.init(context.say("Chưa rõ, vì sao", "Not known, and why"))]
                + Cause.allCases.map { .init($0.label(context.language), .right) }
                + [
                    .init(
                        context.say("Không thuộc diện", "Not concerned"),
                        .right,
                        mayBeLeftOut: true
                    ),
                    .init(context.say("Chưa rõ tuổi", "Age not known"), .right, mayBeLeftOut: true),
                    .init(context.say("Không tìm thấy", "Not found"), .right, mayBeLeftOut: true),
                    .init(
                        context.say("Có thể thuộc diện", "May belong"),
                        .right,
                        mayBeLeftOut: true
                    ),
                    .init(context.say("Biên mở rộng", "Extended bounds")),
                    .init(context.say("Mã", "Name")),
                ]
        )
        var isEmpty = true
        forEachRow(byVillage: byVillage) { label, tally, _, name in
            guard let tally, tally.unknown + tally.possible + tally.notApplicable > 0 else {
                return
            }
            isEmpty = false
            let counts =
                tally.unknownByCause
                + [tally.notApplicable, tally.ageUncertain, tally.notFound, tally.mayBelong]
            let bounds = tally.possible > 0 ? tally.extendedBounds : nil
            let text = bounds.map {
                "\($0.lower.text(context.language)) – \($0.upper.text(context.language))"
            }
            table.add(
                [label] + counts.map { $0 == 0 ? "" : context.numbers.integer($0) }
                    + [text ?? "", name]
            )
        }
        guard !isEmpty else { return }
        context.print("")
        context.print(table)
    }

    private func printVisits() {
        var table = Table([
            .init(context.say("Nơi", "Place")),
            .init(context.say("Hộ", "Households"), .right),
            .init(context.say("Đã đến", "Visited"), .right),
            .init(context.say("Tỷ lệ", "Share"), .right),
            .init(context.say("Chưa đến", "Not visited"), .right),
            .init(context.say("Từ chối", "Refused"), .right),
            .init(context.say("Không gặp", "Nobody met"), .right),
            .init(context.say("Hẹn lại", "Call again"), .right),
            .init(context.say("Không ở đó", "Not there"), .right),
        ])
        func add(_ name: String, _ visits: VisitTally) {
            let share = visits.visitedShare?.text(context.language) ?? "–"
            let counts = [
                visits.notYetVisited, visits.refused, visits.noContact, visits.postponed,
                visits.notThere,
            ]
            table.add(
                [
                    name, context.numbers.integer(visits.households),
                    context.numbers.integer(visits.visited), share,
                ] + counts.map { context.numbers.integer($0) }
            )
        }
        // Whatever the sum counts has a line: units have people as well.
        for (place, visits) in zip(report.places, report.visits)
        where place.isStanding || visits != VisitTally() {
            add(name(of: place), visits)
        }
        table.addRule()
        add(context.say("Cả xã", "Commune"), report.visitTotal)
        context.print("")
        context.print(table)
    }

    /// Where the residents of the list are: the report's own lines beside the figures.
    private func printPopulation() {
        var table = Table(
            [.init(context.say("Nhân khẩu", "Residents"))]
                + PopulationTally.columns.map { .init($0.label(context.language), .right) }
        )
        func add(_ name: String, _ tally: PopulationTally) {
            table.add(
                [name]
                    + PopulationTally.columns.map {
                        context.numbers.integer($0.count(tally))
                    }
            )
        }
        for (place, tally) in zip(report.places, report.population)
        where place.isStanding || tally != PopulationTally() {
            add(name(of: place), tally)
        }
        table.addRule()
        add(context.say("Cả xã", "Commune"), report.populationTotal)
        context.print("")
        context.print(table)
    }
}

extension PopulationTally {
    /// A line of the report that is a column here.
    struct Column: Sendable {
        let name: String
        let label: Label
        let count: @Sendable (PopulationTally) -> Int
    }

    static let columns: [Column] = [
        Column(name: "here", label: Label("Đang ở", "Here"), count: { $0.here }),
        Column(name: "away_short", label: Label("Vắng ngắn hạn", "Away"), count: { $0.awayShort }),
        Column(
            name: "away_long",
            label: Label("Vắng dài hạn", "Away for long"),
            count: { $0.awayLong }
        ),
        Column(
            name: "not_found",
            label: Label("Không tìm thấy", "Not found"),
            count: { $0.notFound }
        ),
        Column(name: "moved", label: Label("Đã chuyển", "Moved"), count: { $0.moved }),
        Column(name: "deceased", label: Label("Đã mất", "Deceased"), count: { $0.deceased }),
        Column(
            name: "unregistered",
            label: Label("Trong đó chưa đăng ký", "Of those here not registered"),
            count: { $0.unregistered }
        ),
        Column(
            name: "off_list",
            label: Label("Trong đó ngoài danh sách", "Of those here on no list"),
            count: { $0.offList }
        ),
        Column(
            name: "duplicates",
            label: Label("Trùng, chờ quyết định", "Duplicates, undecided"),
            count: { $0.duplicates }
        ),
    ]
}

extension CoverageLine {
    /// Whether every village has some of whom or what is counted; units are here and there.
    fileprivate var isOfEveryVillage: Bool {
        [.resident, .household].contains(indicator.unit)
    }
}

extension Tally {
    /// Nobody and nothing there is in question.
    fileprivate var isEmpty: Bool { population + possible + notApplicable == 0 }
}
