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
            summary: Label(
                "Nhập danh sách nhân khẩu từ tệp CSV",
                "Take a population list in, from CSV"
            ),
            discussion: Label(
                """
                Dấu phân cách và các cột được tự nhận ra; tiêu đề, chân trang và dòng trống được bỏ qua;
                chỗ chắc chắn thì sửa, chỗ có khả năng thì đề xuất, còn lại từ chối kèm số dòng và lý
                do. Dòng tiêu đề có thể là hai dòng, như Năm sinh trên Nam và Nữ. Cột không tự nhận ra thì
                ghi bằng --column, nhớ cho danh sách sau cùng dòng tiêu đề. Danh sách của công an (thẻ,
                VNeID, an sinh) và của cơ quan chi trả (lương hưu, trợ cấp, nhận qua đâu) cần
                --register-on hoặc cột ngày của danh sách: chỉ ghi các cột đó cho người đã có. Nhập lần nữa không thay đổi gì: mục còn trống được điền, mục khác giữ như đang ghi,
                và chỗ khác nhau được liệt kê. Nhận cả danh sách, hoặc khi có lỗi thì không nhận gì. Mã
                kết thúc là 3 nếu có dòng bị từ chối.
                """,
                """
                The separator and the columns are found by themselves; titles, footers and blank rows are
                left out; what is certain is repaired, what is likely is proposed, the rest is refused
                with its row and reason. The header may be two rows, such as Năm sinh over Nam and Nữ.
                A column that is not recognised is explained with --column, and remembered for the next
                list with the same header. A list of the police (card, VNeID, social security) or of a
                paying agency (which benefit, paid through what) needs --register-on or a column with
                the day of the list: only those columns are taken, of people who are recorded. A second run changes nothing: empty fields are filled, others
                stay as they are recorded, and the differences are listed. All of the list is taken in,
                or on an error nothing. Ends with exit code 3 if anything was refused.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("tệp", "file"),
                    summary: Label(
                        "Danh sách; - là đầu vào chuẩn",
                        "The list; - for standard input"
                    ),
                    kind: .path
                ),
            ],
            options: [
                .flag(
                    "dry-run",
                    summary: Label(
                        "Chỉ báo cáo; không ghi gì vào nút",
                        "Report only; the node stays as it is"
                    )
                ), .accept,
                .flag(
                    "create-villages",
                    summary: Label(
                        "Thêm các thôn có trong danh sách mà danh mục chưa có",
                        "Enter villages of the list that the roster does not know"
                    )
                ),
                .value(
                    "village",
                    .text,
                    summary: Label(
                        "Thôn của những hộ không ghi thôn",
                        "The village of households that name none"
                    )
                ),
                .value(
                    "residence",
                    .choice(["permanent", "temporary", "unregistered"]),
                    summary: Label(
                        "Cư trú của người mà danh sách không ghi; không ghi thì để trống",
                        "How people are registered of whom the list does not say it; else left open"
                    )
                ),
                .list(
                    "column",
                    .text,
                    summary: Label(
                        "Cột mang TÊN ghi MỤC nào: 'TÊN=MỤC', hoặc 'TÊN=-' để bỏ; nhớ cho lần sau",
                        "What a column holds: 'NAME=FIELD', or 'NAME=-' to leave it out; remembered"
                    )
                ),
                .flag(
                    "forget-columns",
                    summary: Label(
                        "Quên những gì đã ghi bằng --column cho danh sách có dòng tiêu đề này",
                        "Forget what --column has said of lists with this header"
                    )
                ),
                .value(
                    "register-on",
                    .date,
                    summary: Label(
                        "Ngày của danh sách công an, cơ quan chi trả: chỉ lấy cột của họ, cho người đã có",
                        "The day of a list of the police or a paying agency: only its columns are taken"
                    )
                ),
                .value(
                    "benefit",
                    .choice(benefitKinds),
                    summary: Label(
                        "Loại lương hưu, trợ cấp của danh sách chi trả không có cột loại",
                        "The kind of benefit, where a paying agency's list has no column for it"
                    )
                ),
                .flag(
                    "details",
                    summary: Label(
                        "Liệt kê cả chỗ đã sửa và lưu ý, từng dòng",
                        "List repairs and remarks too, row by row"
                    )
                ),
            ],
            examples: [
                Example(
                    "import hub danh-sach.csv --dry-run --create-villages",
                    "Cho biết sẽ nhận, từ chối, đề xuất gì, và vì sao.",
                    "Shows what would be taken, refused and proposed, and why."
                ),
                Example(
                    "import hub danh-sach.csv --create-villages --accept-proposals",
                    "Nhập danh sách, kể cả các đề xuất mà lần chạy thử đã nêu.",
                    "Takes the list in, with the proposals that the dry run has shown."
                ),
                Example(
                    "import hub danh-sach.csv --column 'Họ tên NK=full_name' --column 'Mã=-'",
                    "Cho biết cột ghi gì; danh sách sau của nơi gửi ấy không cần nữa.",
                    "Says what columns hold; the sender's next list needs it no more."
                ),
                Example(
                    "import hub chi-tra.csv --register-on 2026-11-01 --benefit pension",
                    "Nhập danh sách chi trả lương hưu của ngày ấy.",
                    "Takes a paying agency's list of pensions of that day in."
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
        options.residence = context.parsed.text("residence")
        options.registerDay = try registerDay(context)
        options.benefitKind = context.parsed.text("benefit")
        options.columns = try context.parsed.texts("column").map { text throws(IntakeError) in
            try ColumnChoice(text)
        }
        options.forgetsColumns = context.parsed.flag("forget-columns")
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

    private static let benefitKinds: [String] = {
        guard case .code(let kinds) = RecordType.benefit.field("kind")?.kind else { return [] }
        return kinds.map(\.code)
    }()

    private static func registerDay(_ context: VerbContext) throws -> CalendarDay? {
        let today = CalendarDay(milliseconds: StoreEnvironment.system.wall())
        guard let day = context.day("register-on"), day > today else {
            return context.day("register-on")
        }
        throw WordError.missing(
            Label(
                "--register-on là ngày chưa tới: ghi ngày của danh sách",
                "--register-on lies in the future: say the day of the list"
            )
        )
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
            "columns": .array(
                report.list.columns.filter { !$0.header.isEmpty }.map { column in
                    [
                        "header": .string(column.header),
                        "field": context.optional(column.column?.rawValue),
                        "by": .string(column.origin.rawValue),
                    ]
                }
            ),
            "columns_remembered": .bool(report.remembersColumns),
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
            summary: Label(
                "Xuất bản ghi: CSV cho Excel, hoặc JSON Lines",
                "Write records out: CSV for Excel, or JSON Lines"
            ),
            discussion: Label(
                """
                CSV có nhãn và giá trị dễ đọc, mở được ngay bằng Excel, không ô nào thành công thức;
                --raw cho tên cố định và giá trị gốc. Ô chữ bắt đầu bằng chữ số (số định danh, điện thoại)
                hay dấu công thức mang dấu nháy ' ở đầu để Excel không đổi nó; 'import' tự bỏ dấu ấy,
                chương trình khác phải tự bỏ. Tham chiếu là mã bản ghi. Nhiều loại thì mỗi loại
                một tệp, trong thư mục của --to; JSON Lines có thể gộp một tệp. Dữ liệu về người được
                ghi vào nhật ký truy cập.
                """,
                """
                CSV has labels and shown values, opens in Excel as it is, and no cell of it acts as a
                formula; --raw gives stable names and stored values. A text cell that begins with a digit
                (personal number, phone) or a formula sign carries an apostrophe ' in front, so that
                Excel leaves it as it is; 'import' takes it off again, other programs must. References are record ids. Several
                types go to one file each, in the folder of --to; JSON Lines may go to one file. What
                holds persons is entered in the access log.
                """
            ),
            arguments: [.folder],
            options: [
                .list(
                    "type",
                    .text,
                    summary: Label(
                        "Loại bản ghi này; không ghi thì toàn bộ khảo sát",
                        "This record type; without it all of the survey"
                    )
                ),
                .village,
                .value(
                    "format",
                    .choice(["csv", "jsonl"]),
                    summary: Label(
                        "Định dạng; không ghi thì csv, với --json là jsonl",
                        "The format; else csv, with --json jsonl"
                    )
                ),
                .value(
                    "to",
                    .path,
                    summary: Label(
                        "Tệp hoặc thư mục; không ghi thì đầu ra chuẩn",
                        "The file, or folder; else standard output"
                    )
                ),
                .flag(
                    "raw",
                    summary: Label(
                        "Cả CSV cũng dùng tên cố định và giá trị gốc",
                        "Stable names and stored values in CSV too"
                    )
                ),
                .flag(
                    "all",
                    summary: Label(
                        "Cả bản ghi đã xóa, đã gộp, đã chuyển",
                        "Deleted, merged and moved records too"
                    )
                ),
                .value(
                    "reason",
                    .text,
                    summary: Label(
                        "Lý do, ghi vào nhật ký truy cập; không ghi tên người",
                        "Why, for the access log; no names in it"
                    )
                ),
            ],
            examples: [
                Example(
                    "export hub --type resident --to nhan-khau.csv",
                    "Xuất toàn bộ nhân khẩu.",
                    "Writes all residents."
                ),
                Example(
                    "export hub --format jsonl --village phu-quy-2",
                    "In dữ liệu của một thôn.",
                    "Prints a village."
                ),
            ]
        )
    ) { context in
        let node = try context.openToRead()
        var options = ExportOptions()
        let target = context.parsed.text("to")
        let isForPrograms = context.isJSON && target == nil
        options.format =
            context.parsed.text("format").flatMap { ExportFormat(rawValue: $0) }
            ?? (isForPrograms ? .jsonl : .csv)
        options.scope = try context.scope(node)
        options.language = context.language
        options.isRaw = context.parsed.flag("raw")
        options.includesGone = context.parsed.flag("all")
        options.reason = context.parsed.text("reason")
        let wanted = try context.parsed.texts("type").map { try node.type($0).name }
        let types = wanted.isEmpty ? node.description.types.map(\.name) : wanted
        let isFolder = target.map { Files.kind($0) == .folder } ?? false
        let isOneFile = (types.count == 1 || options.format == .jsonl) && !isFolder
        guard isOneFile || target != nil else {
            throw WordError.missing(
                Label(
                    "nhiều loại thì cần --to THƯ_MỤC, hoặc --format jsonl",
                    "several types need --to FOLDER, or --format jsonl"
                )
            )
        }
        let counts = try write(types, node, options, to: target, isOneFile, context)
        guard target != nil else { return .ok }
        if context.isJSON {
            context.print(json: .object(counts.map { .init($0.type, .integer(Int64($0.count))) }))
        } else {
            var table = Table([
                .init(context.say("Loại", "Type")), .init(context.say("Tên", "Name")),
                .init(context.say("Bản ghi", "Records"), .right),
            ])
            for (name, count) in counts {
                let label = try node.type(name).label(context.language)
                table.add([name, label, context.numbers.integer(count)])
            }
            context.print(table)
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
                let file = try FileWriter("\(target)/\(type).\(options.format.rawValue)")
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
        let fields = zip(row.type.fields, row.values).filter { $0.1 != .null && !$0.0.isSecret }
        return JSONText.encode([
            "id": .string(row.id.description), "type": .string(row.type.name),
            "scope": .string(row.scope), "gone": .bool(row.isGone),
            "fields": .object(fields.map { .init($0.0.name, json($0.1)) }),
        ])
    }
}
