import Causality
import Intake
import Node
import Store
import Survey
import Terminal

/// The report of an import for people.
struct ListReportPrinter {
    private let context: VerbContext
    private let report: ListImportReport

    init(_ context: VerbContext, _ report: ListImportReport) {
        self.context = context
        self.report = report
    }

    func print(details: Bool) {
        let rows = context.numbers.integer(report.list.rows)
        let refused = context.numbers.integer(report.refusedRows)
        context.print(
            context.say(
                "\(deed.vi): \(rows) dòng, \(refused) dòng có tên người không nhận được",
                "\(deed.en): \(rows) rows, \(refused) of them name somebody and are refused"
            )
        )
        printCounts()
        if let encoding = report.list.encoding, !encoding.isAccepted { printEncoding(encoding) }
        printColumns()
        let unknown = report.list.unknownColumns
        if report.list.isOwnExport, !unknown.isEmpty {
            let count = context.numbers.integer(unknown.count)
            context.print(
                context.say(
                    "Bản xuất của Doorstep: \(count) cột trả lời khảo sát không nhập lại "
                        + "('backup' giữ mọi thứ)",
                    "An export of Doorstep: \(count) columns of the survey's answers are not taken in "
                        + "again ('backup' keeps everything)"
                )
            )
        } else if !unknown.isEmpty {
            context.print(
                context.say("Cột không hiểu: ", "Columns not understood: ")
                    + unknown.joined(separator: ", ")
            )
        }
        for village in report.villagesCreated {
            context.print(context.say("Thêm thôn: ", "New village: ") + village.scope)
        }
        if !report.villagesUnknown.isEmpty {
            context.print(
                context.say(
                    "Thôn chưa có (--create-villages): ",
                    "Not in the roster (--create-villages): "
                )
                    + report.villagesUnknown.joined(separator: ", ")
            )
        }
        printSums()
        printDecisions(details ? Set(ImportOutcome.allCases) : [.refused, .proposed])
        printRefusals()
        printDifferences()
        printErasure()
        suggestNext(details: details)
    }

    /// What has become of the list: the head of the report.
    private var deed: Label {
        if report.isDryRun { return Label("Chạy thử, chưa ghi gì", "Dry run, nothing is written") }
        let isWritten =
            [report.households, report.residents].contains { $0.created + $0.completed > 0 }
            || !report.villagesCreated.isEmpty
        return isWritten
            ? Label("Đã nhập danh sách", "The list is taken in")
            : Label("Đã đọc danh sách, không có gì để ghi", "The list was read, nothing is new")
    }

    private func printErasure() {
        guard let day = report.lastErasure else { return }
        context.print(
            context.say(
                "Đã có bản ghi bị xóa hẳn theo yêu cầu (gần nhất \(day)): ai đã được xóa mà danh sách vẫn "
                    + "ghi tên thì thành người mới; hãy bỏ dòng đó khỏi danh sách rồi xóa lại",
                "Records were erased on request (last on \(day)): whoever was erased and is still on the "
                    + "list is recorded anew; take such rows off the list, and erase them again"
            )
        )
    }

    /// What a person does after a look at the report.
    private func suggestNext(details: Bool) {
        let outcomes = report.list.outcomes
        if !details, outcomes[.repaired] ?? 0 > 0 {
            context.suggest(
                "xem từng chỗ đã sửa và lưu ý: --details",
                "see each repair and remark: --details"
            )
        }
        if outcomes[.proposed] ?? 0 > 0, report.list.policy.accepted.isEmpty {
            context.suggest(
                "nhận các đề xuất nếu đúng: --accept-proposals",
                "take the proposals if they are right: --accept-proposals"
            )
        }
        if report.refusals.contains(where: { $0.reason == .perhapsRecorded }) {
            context.suggest(
                "người đúng là người đã ghi: nếu hộ có số mới thì ghi bằng 'record edit', "
                    + "danh sách sau sẽ nhận ra",
                "whoever is the one recorded: give the household its new number with 'record edit', "
                    + "and the next list knows them"
            )
        }
        if report.isDryRun {
            context.suggest(
                "ghi vào máy: bỏ --dry-run",
                "write it to the node: leave out --dry-run"
            )
        }
    }

    private func printCounts() {
        var table = Table([
            .init(""), .init(context.say("Mới", "New"), .right),
            .init(context.say("Bổ sung", "Completed"), .right),
            .init(context.say("Không đổi", "Unchanged"), .right),
        ])
        for (name, counts) in [
            (context.say("Hộ", "Households"), report.households),
            (context.say("Nhân khẩu", "Residents"), report.residents),
        ] {
            let numbers = [counts.created, counts.completed, counts.unchanged]
            table.add([name] + numbers.map { context.numbers.integer($0) })
        }
        context.print(table)
    }

    /// What people have said of columns, now or of an earlier list.
    private func printColumns() {
        for (origin, title) in [
            (
                ImportedColumn.Origin.given,
                context.say("Cột ghi bằng tay: ", "Columns as you say: ")
            ),
            (
                .remembered,
                context.say(
                    "Cột như lần trước (bỏ bằng --forget-columns): ",
                    "Columns as last time (drop them with --forget-columns): "
                )
            ),
        ] {
            let columns = report.list.columns.filter { $0.origin == origin }
            guard !columns.isEmpty else { continue }
            let words = columns.map { column in
                let field = column.column?.label(context.language)
                return "\(column.header) = \(field ?? context.say("bỏ", "left out"))"
            }
            context.print(title + words.joined(separator: "; "))
        }
    }

    private func printEncoding(_ proposal: EncodingProposal) {
        context.print(proposal.encoding.label(context.language) + " (--accept-proposals):")
        for example in proposal.examples { context.print("  \(example.before) → \(example.after)") }
    }

    /// How often each thing was met.
    private func printSums() {
        let decisions = Dictionary(grouping: report.list.decisions) { $0.code }
        var table = Table([
            .init(context.say("Kết quả", "Outcome")), .init(context.say("Gì", "What")),
            .init(context.say("Số lần", "Times"), .right),
        ])
        let counts = report.list.counts.sorted { $0.key.rawValue < $1.key.rawValue }
        for outcome in ImportOutcome.allCases {
            for (code, count) in counts where decisions[code]?.first?.outcome == outcome {
                table.add([
                    outcome.label(context.language), code.label(context.language),
                    context.numbers.integer(count),
                ])
            }
        }
        context.print("")
        context.print(table)
    }

    private func printDecisions(_ outcomes: Set<ImportOutcome>) {
        // Whose number it is, only a look at these rows tells.
        let shown = report.list.decisions.filter {
            outcomes.contains($0.outcome) || $0.code == .idRepeated
        }
        guard !shown.isEmpty else { return }
        var table = Table([
            .init(context.say("Dòng", "Row"), .right), .init(context.say("Kết quả", "Outcome")),
            .init(context.say("Cột", "Column")), .init(context.say("Vì sao", "Why")),
            .init(context.say("Trong tệp", "In the file")), .init(context.say("Thành", "Taken as")),
        ])
        for decision in shown {
            table.add([
                String(decision.row), decision.outcome.label(context.language),
                decision.column?.label(context.language) ?? "",
                decision.code.label(context.language),
                decision.given ?? "", decision.taken ?? "",
            ])
        }
        context.print("")
        context.print(table)
    }

    private func printRefusals() {
        guard !report.refusals.isEmpty else { return }
        var table = Table([
            .init(context.say("Dòng", "Row"), .right),
            .init(context.say("Người", "Persons"), .right),
            .init(context.say("Không nhận vì", "Refused because")),
            .init(context.say("Bản ghi", "Record")),
        ])
        for refusal in report.refusals {
            table.add([
                String(refusal.row), String(refusal.persons),
                refusal.reason.label(context.language), refusal.record?.description ?? "",
            ])
        }
        context.print("")
        context.print(table)
    }

    private func printDifferences() {
        guard !report.differences.isEmpty else { return }
        var table = Table([
            .init(context.say("Dòng", "Row"), .right), .init(context.say("Bản ghi", "Record")),
            .init(context.say("Mục", "Field")), .init(context.say("Danh sách", "List")),
            .init(context.say("Đang ghi (giữ nguyên)", "Recorded (stays)")),
        ])
        for difference in report.differences {
            table.add([
                String(difference.row), difference.record.description,
                label(of: difference.field),
                difference.listed, difference.recorded,
            ])
        }
        context.print("")
        context.print(table)
    }
}

extension ListReportPrinter {
    /// Residents and households share no field's name but that of the remark.
    private func label(of field: String) -> String {
        let fields = [RecordType.resident, .household].lazy.compactMap { $0.field(field) }
        return fields.first?.label(context.language) ?? field
    }
}

extension ListRefusal.Reason {
    fileprivate var label: Label {
        switch self {
        case .villageUnknown:
            Label("thôn chưa có trong danh mục", "the roster does not know the village")
        case .villageMissing: Label("không ghi thôn", "names no village")
        case .villageNotOurs:
            Label("máy này không được ghi thôn đó", "this node may not write the village")
        case .villageEnded:
            Label("thôn không còn hiệu lực", "it is no village any more")
        case .numberTaken:
            Label("số hộ này là của hộ khác", "the number belongs to another household")
        case .perhapsRecorded:
            Label(
                "có lẽ là người đã ghi (tên, ngày sinh có thể là một); là người khác thì --other-person DÒNG",
                "perhaps one recorded (the name, perhaps the birth); if another: --other-person ROW"
            )
        case .livesElsewhere:
            Label(
                "số định danh đã có ở thôn khác: chuyển hộ bằng 'record move' nếu đúng",
                "recorded in another village by this number: 'record move' if they moved"
            )
        case .personUnknown:
            Label(
                "không có ai ở đây, hoặc nhiều người, khớp số và tên",
                "nobody here, or several people, of this number and name"
            )
        case .listedTwice: Label("dòng khác là cùng một người", "another row is the same person")
        case .laterListRecorded:
            Label(
                "danh sách của ngày sau đã ghi khác: giữ như đang ghi",
                "a list of a later day has said something else: it stays as recorded"
            )
        case .listDayUnusable:
            Label(
                "ngày danh sách không dùng được: ghi ngày/tháng/năm đã qua",
                "the list's day cannot be used: write day/month/year, none to come"
            )
        case .benefitUnclear:
            Label(
                "không rõ loại trợ cấp nào: ghi bằng --benefit",
                "it is not clear which benefit: name the kind with --benefit"
            )
        case .deletedHere: Label("đã xóa tại đây", "deleted here")
        }
    }
}
