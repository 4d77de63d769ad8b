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
                do. Tên cột có thể ghi trên hai dòng, như Năm sinh trên Nam và Nữ. Cột không được nhận
                ra thì ghi bằng --column; máy nhớ cho những danh sách sau có cùng tên cột.

                Dòng không có số hộ thuộc hộ ở trên, cho tới chủ hộ khác, tên chủ hộ khác hay địa chỉ khác.
                Danh sách không cho biết ai ở cùng hộ thì không nhận. Tên thôn đứng một mình giữa bảng là
                thôn của các hộ bên dưới. Một số định danh ghi cho nhiều người được báo từng dòng.

                Danh sách của công an (thẻ, VNeID, an sinh) và của cơ quan chi trả (lương hưu, trợ cấp
                gì, nhận qua đâu) cần --register-on hoặc cột 'Ngày danh sách': chỉ ghi các cột đó, cho
                người đã có; danh sách cũ hơn chỉ điền chỗ chưa danh sách nào ghi, và không thay điều mà
                danh sách sau đã xác nhận.

                Nhập lần nữa không thay đổi gì: mục còn trống được điền, mục khác giữ như đang ghi, và
                chỗ khác nhau được liệt kê. Hộ được đánh số lại thì nhận ra theo người trong hộ; người
                trùng tên, và ngày sinh có thể là một (đã ghi 1950, danh sách 02/03/1950), với một người
                đã ghi mà danh sách không nhắc đến thì không nhận, cho tới khi --other-person nói là
                người khác. Bản xuất của chính chương trình ('export --type resident') cũng nhập lại
                được. Nhận cả danh sách, hoặc khi có lỗi thì không nhận gì. Mã kết thúc là 3 nếu có
                dòng bị từ chối.
                """,
                """
                The separator and the columns are found by themselves; titles, footers and blank rows are
                left out; what is certain is repaired, what is likely is proposed, the rest is refused
                with its row and reason. Columns may be named in two rows, such as Năm sinh over Nam and
                Nữ. A column that is not recognised is explained with --column; the node remembers it
                for later lists with the same names of columns.

                Rows without a household number are of the household above them, until another head,
                another head's name or another address. A list in which nothing tells who lives
                together is refused. A village's name that stands alone between the rows is the village of
                the households below it. A personal number that several people
                have is told at each of their rows.

                A list of the police (card, VNeID, social security) or of a paying agency (which benefit,
                paid through what) needs --register-on or a column 'Ngày danh sách': only those columns
                are taken, of people who are recorded; an older list fills only what no list has said,
                and does not change what a later one has confirmed.

                A second run changes nothing: empty fields are filled, others stay as they are recorded,
                and the differences are listed. Households with new numbers are known by the people in
                them; somebody with the name of a person who is recorded, and a birth that may be the
                same (1950 recorded, 02/03/1950 listed), whom the list names nowhere, is left out until
                --other-person says that it is another one. Our own export ('export --type resident')
                can be taken in again too. All of the list is taken in, or on an error nothing. Ends
                with exit code 3 if anything was refused.
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
                        "Chỉ báo cáo; không ghi gì vào máy",
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
                        "Thôn của những hộ không ghi thôn; thôn mới thì thêm --create-villages",
                        "The village of households that name none; a new one with --create-villages"
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
                .list(
                    "other-person",
                    .integer(2...10_000_000),
                    summary: Label(
                        "Người ở dòng này là người khác, không phải người đã ghi cùng tên, ngày sinh",
                        "The person of this row is another one than is recorded with that name and birth"
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
                    .text,
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
        options.benefitKind = try benefitKind(context)
        options.columns = try context.parsed.texts("column").map { text throws(IntakeError) in
            try ColumnChoice(text)
        }
        options.otherPersons = Set(context.parsed.integers("other-person").map { Int($0) })
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

    /// The code of the kind that is named by it or by its label.
    private static func benefitKind(_ context: VerbContext) throws -> String? {
        guard let word = context.parsed.text("benefit"),
            case .code(let kinds) = RecordType.benefit.field("kind")?.kind
        else { return nil }
        let wanted = TextFold.fold(word)
        let found = kinds.first { kind in
            [kind.code, kind.label.vi, kind.label.en].contains { TextFold.fold($0) == wanted }
        }
        if let found { return found.code }
        let known = kinds.map { "\($0.code) (\($0.label.vi))" }.joined(separator: ", ")
        throw WordError.missing(
            Label(
                "--benefit không phải loại trợ cấp: chọn một trong \(known)",
                "--benefit is no kind of benefit: one of \(known)"
            )
        )
    }

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
            "last_erasure": context.optional(report.lastErasure),
            "columns_remembered": .bool(report.remembersColumns),
            "unknown_columns": .array(report.list.unknownColumns.map { .string($0) }),
            "counts": .object(counts.map { .init($0.key.rawValue, .integer(Int64($0.value))) }),
            "refused_rows": .integer(Int64(report.refusedRows)),
            "refused": .array(
                report.refusals.map { refusal in
                    [
                        "row": .integer(Int64(refusal.row)),
                        "reason": .string(refusal.reason.rawValue),
                        "persons": .integer(Int64(refusal.persons)),
                        "record": context.optional(refusal.record?.description),
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
}
