import Causality
import Coverage
import Node
import Store
import Survey
import Terminal

/// The figures for people and programs.
struct CoveragePrinter {
    let context: VerbContext
    let report: CoverageReport
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
    var lines: [CoverageLine] {
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
            where tally.population + tally.possible + tally.notApplicable > 0
                || place.isVillage && line.isOfEveryVillage
            {
                table.add(row("  " + name(of: place), tally, line) + [""])
            }
        }
        context.print(table)
    }

    private func name(of place: Place) -> String {
        let isAbove = report.places.contains { $0.scope.hasPrefix(place.scope + "/") }
        return isAbove ? context.say("Cấp xã", "The commune itself") : place.name
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
}

extension CoverageLine {
    /// Whether every village has some of whom or what is counted; units are here and there.
    fileprivate var isOfEveryVillage: Bool {
        [.resident, .household].contains(indicator.unit)
    }
}
