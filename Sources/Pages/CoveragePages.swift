import Causality
import Coverage
import HTTP
import Node
import Survey

/// The figures of the plan, as far as the reader's villages go.
extension Page {
    static let coverage = Page(
        label: "coverage",
        gate: .may(.seeFigures),
        rooms: (.figures, .store),
        show: { caller, rooms in
            let figures = try VisibleFigures(caller, rooms)
            let say = caller.say
            let frame = caller.frame(say("Chỉ tiêu", "Coverage"))
            return Replies.page(
                frame.page {
                    element("p") { figures.asOf }
                    figures.visits
                    figures.table
                    if figures.isOfCommune { AgencyTables(say: say, report: figures.report).html }
                }
            )
        }
    )

    /// One figure by village.
    static func indicator(_ name: String) -> Page {
        Page(
            label: "indicator",
            gate: .may(.seeFigures),
            rooms: (.figures, .store),
            show: { caller, rooms in
                let figures = try VisibleFigures(caller, rooms)
                guard let line = figures.report.line(name) else { return Errors.page(404, caller) }
                let frame = caller.frame(caller.say(line.indicator.label))
                return Replies.page(
                    frame.page {
                        element("p") { figures.asOf }
                        figures.about(line)
                        figures.sums(line)
                        figures.villages(line)
                        figures.causes(line)
                        Component.link(
                            LocalPath("/coverage"),
                            caller.say("Mọi chỉ tiêu", "All figures")
                        )
                    }
                )
            }
        )
    }
}

/// A report cut to the places that somebody may see: totals are over these alone.
private struct VisibleFigures {
    let say: Speech
    let report: CoverageReport
    let isOfCommune: Bool
    private let counting: CountedAt
    private let places: [Int]

    init(_ caller: Caller, _ rooms: PageRooms) throws {
        say = caller.say
        let counted = try rooms.sums.report(rooms)
        let report = counted.value
        self.report = report
        counting = CountedAt(counted, caller)
        places = report.places.indices.filter {
            caller.signedIn?.may(.seeFigures, in: report.places[$0].scope) == true
        }
        if case .commune? = caller.signedIn?.reach {
            isOfCommune = true
        } else {
            isOfCommune = false
        }
    }

    var asOf: HTML {
        let day = say.date(report.cutoff.day.description)
        return HTML(say("Số liệu đến ngày \(day), ", "As of \(day), ")) + counting.html
    }

    private func total(_ line: CoverageLine) -> Tally {
        places.reduce(Tally()) { $0 + line.byPlace[$1] }
    }

    var visits: HTML {
        let total = places.reduce(VisitTally()) { $0 + report.visits[$1] }
        let share = total.visitedShare?.text(say.language) ?? "–"
        return element("div", .class("figures")) {
            Component.figure(say.number(total.households), say("Hộ", "Households"))
            Component.figure(
                say.number(total.visited),
                say("Đã khảo sát, \(share)", "Surveyed, \(share)")
            )
            Component.figure(say.number(total.notYetVisited), say("Hộ chưa đến", "Not visited yet"))
            Component.figure(say.number(total.refused), say("Hộ từ chối", "Refused"))
        }
    }

    var table: HTML {
        var table = PageTable(
            say("Chỉ tiêu theo kế hoạch", "Figures of the plan"),
            [.init(say("Chỉ tiêu", "Figure"))] + columns
        )
        for line in report.lines where line.isPrinted && line.target != nil {
            let link = Component.link(
                LocalPath("/coverage", line.indicator.name),
                say(line.indicator.label)
            )
            table.add([link] + cells(total(line), line))
        }
        return table.html
    }

    func villages(_ line: CoverageLine) -> HTML {
        var table = PageTable(
            say("Theo thôn", "By village"),
            [.init(say("Nơi", "Place"))] + columns
        )
        for place in places where !isEmpty(line.byPlace[place]) || report.places[place].isStanding {
            table.add([HTML(report.places[place].name)] + cells(line.byPlace[place], line))
        }
        if places.count > 1 {
            table.add(
                [element("b") { say("Cộng", "Total") }] + cells(total(line), line)
            )
        }
        return table.html
    }

    private func isEmpty(_ tally: Tally) -> Bool { tally.population + tally.possible == 0 }

    private var columns: [PageTable.Column] {
        [
            .init(say("Có", "Have it"), .further), .init(say("Trên", "Of"), .further),
            .init(say("Đạt", "Rate"), .number),
            .init(say("Cao nhất có thể", "At most"), .further),
            .init(say("Mục tiêu", "Target"), .number),
            .init(say("Còn thiếu", "Lacking"), .further),
            .init(say("Chưa đến", "Not visited"), .further),
            .init(say("Kết quả", "Verdict")),
        ]
    }

    private func cells(_ tally: Tally, _ line: CoverageLine) -> [HTML] {
        let verdict = tally.verdict(on: line.target)
        let tone: Component.Tone =
            switch verdict {
            case .met: .good
            case .notMet: .bad
            case .noSubjects, .noTarget: .information
            }
        let rate = HTML(tally.registerRate?.text(say.language) ?? "–")
        let texts = [
            say.number(tally.yes), say.number(tally.population), "",
            tally.upperBound?.text(say.language) ?? "–",
            line.target.map { "\($0)%" } ?? "–",
            line.target.map { say.number(tally.gap(to: $0)) } ?? "–",
            say.number(tally.unknown(.notVisited)),
        ]
        var cells = texts.map { HTML($0) }
        cells[2] = rate + bar(tally)
        return cells + [Component.badge(tone, say(verdict.label))]
    }

    /// The rate to the eye; the number beside it says the same.
    private func bar(_ tally: Tally) -> HTML {
        guard tally.population > 0 else { return HTML() }
        return element(
            "progress",
            Attribute("max", "\(tally.population)"),
            Attribute("value", "\(tally.yes)"),
            Attribute("aria-hidden", "true")
        ) {}
    }

    /// All numbers of the places together.
    func sums(_ line: CoverageLine) -> HTML {
        element("section", .class("card")) {
            element("dl") {
                for (column, cell) in zip(columns, cells(total(line), line)) {
                    element("dt") { column.title }
                    element("dd") { cell }
                }
            }
        }
    }

    @HTMLBuilder func about(_ line: CoverageLine) -> HTML {
        if let wording = line.indicator.wording {
            element("p", .lang("vi")) {
                "“\(wording)”" + (line.indicator.place.map { " (\($0))" } ?? "")
            }
        }
    }

    /// Why it is not known of some.
    func causes(_ line: CoverageLine) -> HTML {
        let total = total(line)
        guard total.unknown > 0 else { return HTML() }
        var table = PageTable(
            say("Chưa rõ, vì sao", "Not known, and why"),
            [.init(say("Lý do", "Reason"), .wide), .init(say("Số", "Number"), .number)]
        )
        for cause in Cause.allCases where total.unknown(cause) > 0 {
            table.add([HTML(say(cause.label)), HTML(say.number(total.unknown(cause)))])
        }
        return table.html
    }
}

/// What no household survey measures.
private struct AgencyTables {
    let say: Speech
    let report: CoverageReport

    @HTMLBuilder var html: HTML {
        figures
        milestones
    }

    private var figures: HTML {
        var table = PageTable(
            say("Số liệu của cơ quan", "Reported by agencies"),
            [
                .init(say("Chỉ tiêu", "Figure")), .init(say("Tỷ lệ", "Rate"), .number),
                .init(say("Mục tiêu", "Target"), .number), .init(say("Kỳ", "Period")),
                .init(say("Đơn vị", "Agency"), .wide),
            ]
        )
        for line in report.agencyFigures where line.target != nil {
            table.add([
                HTML(say(line.indicator.label)),
                HTML(line.figure?.rate?.text(say.language) ?? "–"),
                HTML(line.target.map { "\($0)%" } ?? "–"),
                HTML(line.figure.map { say.date($0.period) } ?? ""),
                HTML(line.figure?.reportedBy ?? say("chưa có", "none yet")),
            ])
        }
        return table.isEmpty ? HTML() : table.html
    }

    private var milestones: HTML {
        let states = DataDescription.doorstep.type("milestone")?.field("state")
        var table = PageTable(
            say("Mốc công việc", "Milestones"),
            [
                .init(say("Mốc", "Milestone")), .init(say("Tiến độ", "Progress")),
                .init(say("Từ ngày", "Since")),
            ]
        )
        for line in report.milestones {
            let state = line.state.flatMap { states?.show(.text($0), say.language) }
            table.add([
                HTML(say(line.indicator.label)), HTML(state ?? say("chưa có", "none yet")),
                HTML(line.since.map { say.date($0) } ?? ""),
            ])
        }
        return table.isEmpty ? HTML() : table.html
    }
}
