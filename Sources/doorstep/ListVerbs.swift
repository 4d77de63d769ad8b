import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
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

                Mục mà hai người ghi khác nhau, chưa ai quyết định, thì xuất giá trị tạm thời, nêu tên ở cột
                'Đang chờ xử lý' (JSON Lines: 'disputed') và đếm ở đầu ra lỗi.

                Bản xuất nhân khẩu có cả mã, địa chỉ và tình trạng của hộ, nên 'import' nhận lại được.

                Bản xuất cũ mang tên đó bị thay; tệp khác thì chỉ khi có --force. Không ghi vào thư mục
                của máy.
                """,
                """
                CSV has labels and shown values, opens in Excel as it is, and no cell of it acts as a
                formula; --raw gives stable names and stored values. A text cell that begins with a digit
                (personal number, phone) or a formula sign carries an apostrophe ' in front, so that
                Excel leaves it as it is; 'import' takes it off again, other programs must. References are record ids. Several
                types go to one file each, in the folder of --to; JSON Lines may go to one file. What
                holds persons is entered in the access log.

                Of what two people wrote differently and nobody has decided, the provisional value is
                written; the column 'Disputed' (in JSON Lines 'disputed') names such fields, and standard
                error tells how many records have them.

                An export of residents has their household's code, address and state too, so that 'import'
                can take it in again.

                An earlier export of the name is replaced, another file only with --force. Nothing is
                written into the folder of a node.
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
                        "Cả bản ghi đã xóa, đã gộp, đã chuyển; cột 'Không còn' ghi rõ",
                        "Deleted, merged and moved records too; the column 'Gone' tells"
                    )
                ),
                .value(
                    "reason",
                    .text,
                    summary: Label(
                        "Lý do, ghi vào nhật ký truy cập; không ghi tên người",
                        "Why, for the access log; no names in it"
                    )
                ), .force,
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
        let disputed = counts.reduce(0) { $0 + $1.count.disputed }
        if disputed > 0 {
            let number = context.numbers.integer(disputed)
            context.note(
                context.say(
                    "\(number) bản ghi có giá trị đang chờ xử lý: xem 'doorstep conflict list'",
                    "\(number) records with values that are disputed: see 'doorstep conflict list'"
                )
            )
        }
        guard target != nil else { return .ok }
        if context.isJSON {
            context.print(
                json: .object(counts.map { .init($0.type, .integer(Int64($0.count.records))) })
            )
        } else {
            var table = Table([
                .init(context.say("Loại", "Type")), .init(context.say("Tên", "Name")),
                .init(context.say("Bản ghi", "Records"), .right),
            ])
            for (name, count) in counts {
                let label = try node.type(name).label(context.language)
                table.add([name, label, context.numbers.integer(count.records)])
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
    ) throws -> [(type: String, count: ExportCount)] {
        var counts: [(type: String, count: ExportCount)] = []
        func write(_ type: String, _ file: FileWriter?) throws {
            let count = try node.export(type, options, line: context.line) { bytes in
                if let file { try file.write(bytes) } else { context.output.write(bytes: bytes) }
            }
            counts.append((type, count))
        }
        func file(_ path: String) throws(NodeError) -> FileWriter {
            try FileWriter(
                named: path,
                as: .export(options.format),
                force: context.parsed.flag("force")
            )
        }
        if let target, !isOneFile {
            let paths = types.map { "\(target)/\($0).\(options.format.rawValue)" }
            for path in paths { try NodeFolder.checkOutside(path) }
            try Files.makeFolder(target)
            // All of them before the first is written: one that may not be replaced stops the others.
            let files = try paths.map(file)
            for (type, file) in zip(types, files) {
                try write(type, file)
                try file.commit()
            }
        } else {
            let file = try target.map(file)
            for type in types { try write(type, file) }
            try file?.commit()
        }
        return counts
    }
}

extension VerbContext {
    /// A record as one line of JSON, with its stored values and which of them are provisional.
    fileprivate func line(_ row: RecordRow, _ disputed: [String]) -> String {
        let fields = zip(row.type.fields, row.values).filter { $0.1 != .null && !$0.0.isSecret }
        return JSONText.encode([
            "id": .string(row.id.description), "type": .string(row.type.name),
            "scope": .string(row.scope), "gone": .bool(row.isGone),
            "disputed": .array(disputed.map { .string($0) }),
            "fields": .object(fields.map { .init($0.0.name, json($0.1)) }),
        ])
    }
}
