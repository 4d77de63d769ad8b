import Causality
import Intake
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let importList = Verb(
        Command(
            "import",
            summary: "Take a population list in, from CSV",
            discussion: """
                The separator and the columns are found by themselves; titles, footers and blank rows are
                left out; what is certain is repaired, what is likely is proposed, the rest is refused
                with its row and reason. A second run changes nothing: empty fields are filled, others
                stay as they are recorded, and the differences are listed. All of the list is taken in,
                or on an error nothing. Ends with exit code 3 if anything was refused.
                """,
            arguments: [
                .folder, Argument("file", summary: "The list; - for standard input", kind: .path),
            ],
            options: [
                .flag("dry-run", summary: "Report only; the node stays as it is"), .accept,
                .flag(
                    "create-villages",
                    summary: "Enter villages of the list that the roster does not know"
                ),
                .value("village", .text, summary: "The village of households that name none"),
                .flag("details", summary: "List repairs and remarks too, row by row"),
            ],
            examples: [
                Example(
                    "import hub danh-sach.csv --dry-run --create-villages",
                    "Shows what would be taken, refused and proposed, and why."
                ),
                Example(
                    "import hub danh-sach.csv --create-villages --accept-proposals",
                    "Takes the list in, with the proposals that the dry run has shown."
                ),
            ]
        )
    ) { context in
        let node = try context.open()
        var options = ListImportOptions()
        options.acceptsProposals = context.parsed.flag("accept-proposals")
        options.isDryRun = context.parsed.flag("dry-run")
        options.createsVillages = context.parsed.flag("create-villages")
        options.place = context.parsed.text("village")
        let path = context.text("file")
        let file = path == "-" ? try FileReader.standardInput() : try FileReader(path)
        let source: ByteSource = { () throws(IntakeError) in
            guard let piece = try? file.next() else { throw .unreadable }
            return piece.isEmpty ? nil : piece
        }
        let report = try node.importList(source, options) { households in
            let title = context.say("Hộ đã đọc", "Households read")
            context.progress.update(title, done: households, of: nil)
        }
        context.progress.clear()
        if context.isJSON {
            context.print(json: json(report, context))
        } else {
            ListReportPrinter(context, report).print(details: context.parsed.flag("details"))
        }
        return report.hasRefusals ? .refused : .ok
    }

    private static func json(_ report: ListImportReport, _ context: VerbContext) -> JSONValue {
        func json(_ counts: ListImportReport.Counts) -> JSONValue {
            [
                "created": .integer(Int64(counts.created)),
                "completed": .integer(Int64(counts.completed)),
                "unchanged": .integer(Int64(counts.unchanged)),
            ]
        }
        let counts = report.list.counts.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            "dry_run": .bool(report.isDryRun),
            "rows": .integer(Int64(report.list.rows)),
            "persons": .integer(Int64(report.list.persons)),
            "households": json(report.households), "residents": json(report.residents),
            "villages_created": .array(report.villagesCreated.map { .string($0.scope) }),
            "villages_unknown": .array(report.villagesUnknown.map { .string($0) }),
            "unknown_columns": .array(report.list.unknownColumns.map { .string($0) }),
            "counts": .object(counts.map { .init($0.key.rawValue, .integer(Int64($0.value))) }),
            "refused_rows": .integer(Int64(report.list.refusedRows)),
            "refused": .array(
                report.refusals.map { refusal in
                    [
                        "row": .integer(Int64(refusal.row)),
                        "reason": .string(refusal.reason.rawValue),
                        "persons": .integer(Int64(refusal.persons)),
                    ]
                }
            ),
            "differences": .array(
                report.differences.map { difference in
                    [
                        "row": .integer(Int64(difference.row)),
                        "record": .string(difference.record.description),
                        "field": .string(difference.field),
                        "listed": .string(difference.listed),
                        "recorded": .string(difference.recorded),
                    ]
                }
            ),
            "decisions": .array(
                report.list.decisions.map { decision in
                    [
                        "row": .integer(Int64(decision.row)),
                        "outcome": .string(decision.outcome.rawValue),
                        "code": .string(decision.code.rawValue),
                        "column": context.optional(decision.column?.rawValue),
                        "given": context.optional(decision.given),
                        "taken": context.optional(decision.taken),
                    ]
                }
            ),
        ]
    }

    // MARK: Export

    static let export = Verb(
        Command(
            "export",
            summary: "Write records out: CSV for Excel, or JSON Lines",
            discussion: """
                CSV has labels and shown values, opens in Excel as it is, and no cell of it acts as a
                formula; --raw gives stable names and stored values. References are record ids. Several
                types go to one file each, in the folder of --to; JSON Lines may go to one file.
                """,
            arguments: [.folder],
            options: [
                .list("type", .text, summary: "This record type; without it all of the survey"),
                .village,
                .value("format", .choice(["csv", "jsonl"]), default: "csv", summary: "The format"),
                .value("to", .path, summary: "The file, or folder; else standard output"),
                .flag("raw", summary: "Stable names and stored values in CSV too"),
                .flag("all", summary: "Deleted, merged and moved records too"),
            ],
            examples: [
                Example("export hub --type resident --to nhan-khau.csv", "Writes all residents."),
                Example("export hub --format jsonl --village phu-quy-2", "Prints a village."),
            ]
        )
    ) { context in
        let node = try context.open()
        var options = ExportOptions()
        options.format = ExportFormat(rawValue: context.text("format")) ?? .csv
        options.scope = try context.scope(node)
        options.language = context.language
        options.isRaw = context.parsed.flag("raw")
        options.includesGone = context.parsed.flag("all")
        let wanted = try context.parsed.texts("type").map { try node.type($0).name }
        let types = wanted.isEmpty ? node.description.types.map(\.name) : wanted
        let target = context.parsed.text("to")
        let isOneFile = types.count == 1 || options.format == .jsonl
        guard isOneFile || target != nil else {
            throw WordError.missing("several types need --to FOLDER, or --format jsonl")
        }
        let counts = try write(types, node, options, to: target, isOneFile, context)
        guard target != nil else { return .ok }
        if context.isJSON {
            context.print(json: .object(counts.map { .init($0.type, .integer(Int64($0.count))) }))
        } else {
            for (type, count) in counts {
                context.print("\(type): \(context.numbers.integer(count))")
            }
        }
        return .ok
    }

    private static func write(
        _ types: [String],
        _ node: LocalNode,
        _ options: ExportOptions,
        to target: String?,
        _ isOneFile: Bool,
        _ context: VerbContext
    ) throws -> [(type: String, count: Int)] {
        var counts: [(type: String, count: Int)] = []
        func write(_ type: String, _ file: FileWriter?) throws {
            let count = try node.export(type, options, line: context.line) { bytes in
                if let file { try file.write(bytes) } else { context.output.write(bytes: bytes) }
            }
            counts.append((type, count))
        }
        if let target, !isOneFile {
            try Files.makeFolder(target)
            for type in types {
                let file = try FileWriter("\(target)/\(type).csv")
                try write(type, file)
                try file.commit()
            }
        } else {
            let file = try target.map { path throws(NodeError) in try FileWriter(path) }
            for type in types { try write(type, file) }
            try file?.commit()
        }
        return counts
    }
}

extension VerbContext {
    /// A record as one line of JSON, with its stored values.
    fileprivate func line(_ row: RecordRow) -> String {
        let fields = zip(row.type.fields, row.values).filter { $0.1 != .null }
        return JSONText.encode([
            "id": .string(row.id.description), "type": .string(row.type.name),
            "scope": .string(row.scope), "gone": .bool(row.isGone),
            "fields": .object(fields.map { .init($0.0.name, json($0.1)) }),
        ])
    }
}

/// The report of an import for people.
private struct ListReportPrinter {
    private let context: VerbContext
    private let report: ListImportReport

    init(_ context: VerbContext, _ report: ListImportReport) {
        self.context = context
        self.report = report
    }

    func print(details: Bool) {
        if report.isDryRun {
            context.print(context.say("Chạy thử: chưa ghi gì", "Dry run: nothing is written"))
        }
        printCounts()
        if let encoding = report.list.encoding, !encoding.isAccepted { printEncoding(encoding) }
        if !report.list.unknownColumns.isEmpty {
            context.print(
                context.say("Cột không hiểu: ", "Columns not understood: ")
                    + report.list.unknownColumns.joined(separator: ", ")
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
        let shown = report.list.decisions.filter { outcomes.contains($0.outcome) }
        guard !shown.isEmpty else { return }
        var table = Table([
            .init(context.say("Dòng", "Row"), .right), .init(context.say("Kết quả", "Outcome")),
            .init(context.say("Cột", "Column")), .init(context.say("Vì sao", "Why")),
            .init(context.say("Trong tệp", "In the file")), .init(context.say("Thành", "Taken as")),
        ])
        for decision in shown {
            table.add([
                String(decision.row), decision.outcome.label(context.language),
                decision.column?.rawValue ?? "", decision.code.label(context.language),
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
        ])
        for refusal in report.refusals {
            table.add([
                String(refusal.row), String(refusal.persons),
                refusal.reason.label(context.language),
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
                String(difference.row), difference.record.description, difference.field,
                difference.listed, difference.recorded,
            ])
        }
        context.print("")
        context.print(table)
    }
}

extension ListRefusal.Reason {
    fileprivate var label: Label {
        switch self {
        case .villageUnknown:
            Label("thôn chưa có trong danh mục", "the roster does not know the village")
        case .villageMissing: Label("không ghi thôn", "names no village")
        case .villageNotOurs:
            Label("nút này không được ghi thôn đó", "this node may not write the village")
        case .numberTaken:
            Label("số hộ này là của hộ khác", "the number belongs to another household")
        case .deletedHere: Label("đã xóa tại đây", "deleted here")
        }
    }
}
