import Causality
import Coverage
import Survey
import Terminal

/// What no household survey measures: agencies' figures and milestones, as tables.
struct AgencyPrinter {
    private let context: VerbContext
    private let report: CoverageReport
    private let choice: CoverageChoice

    init(_ context: VerbContext, _ report: CoverageReport, _ choice: CoverageChoice) {
        self.context = context
        self.report = report
        self.choice = choice
    }

    func print() {
        printFigures()
        printMilestones()
    }

    private func printFigures() {
        let lines = report.agencyFigures.filter { line in
            choice.wanted?.contains(line.indicator.name) ?? (choice.isAll || line.target != nil)
        }
        guard !lines.isEmpty else { return }
        var table = Table([
            .init(context.say("Số liệu của cơ quan", "Reported by agencies")),
            .init(context.say("Mục tiêu", "Target"), .right),
            .init(context.say("Số liệu", "Counts"), .right),
            .init(context.say("Tỷ lệ", "Rate"), .right), .init(context.say("Kỳ", "Period")),
            .init(context.say("Đơn vị", "Agency")), .init(context.say("Nguồn", "Source")),
            .init(context.say("Ghi chú", "Remark")), .init(context.say("Mã", "Name")),
        ])
        for line in lines {
            table.add([
                line.indicator.label(context.language), line.target.map { "\($0)%" } ?? "–",
                line.figure.map(counts) ?? "", line.figure?.rate?.text(context.language) ?? "–",
                line.figure.map { context.shownDate($0.period) } ?? "",
                line.figure?.reportedBy ?? context.say("chưa có", "none yet"),
                line.figure.map(source) ?? "", remark(line), line.indicator.name,
            ])
        }
        context.print("")
        context.print(table)
    }

    private func counts(_ figure: AgencyFigure) -> String {
        guard let part = figure.numerator, let whole = figure.denominator else { return "" }
        return "\(context.numbers.integer(part))/\(context.numbers.integer(whole))"
    }

    private func source(_ figure: AgencyFigure) -> String {
        [figure.sourceSystem, figure.documentNumber, context.shownDate(figure.reportedOn)]
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func remark(_ line: AgencyLine) -> String {
        var remarks: [String] = []
        if line.indicator.level == .city {
            remarks.append(context.say("theo số liệu của thành phố", "by the city's figures"))
        }
        if line.figure?.isRateOnly == true {
            remarks.append(context.say("chỉ có tỷ lệ", "only a rate was reported"))
        }
        return remarks.joined(separator: "; ")
    }

    private func printMilestones() {
        let lines = report.milestones.filter { choice.wants($0.indicator) }
        guard !lines.isEmpty else { return }
        let type = DataDescription.doorstep.type("milestone")
        var table = Table([
            .init(context.say("Mốc công việc", "Milestone")),
            .init(context.say("Tiến độ", "Progress")),
            .init(context.say("Từ ngày", "Since")),
            .init(context.say("Tài liệu", "Evidence")), .init(context.say("Mã", "Name")),
        ])
        for line in lines {
            let state = line.state.map { context.shown(.text($0), type?.field("state")) }
            table.add([
                line.indicator.label(context.language), state ?? context.say("chưa có", "none yet"),
                line.since.map(context.shownDate) ?? "", line.evidence ?? "", line.indicator.name,
            ])
        }
        context.print("")
        context.print(table)
    }
}
