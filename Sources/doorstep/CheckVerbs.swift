import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    /// Lines that are printed of a long list, before its counts.
    private static let shownAtFirst = 40

    static let check = Verb(
        Command(
            "check",
            summary: Label(
                "Liệt kê hộ còn mục chưa hỏi hoặc không khớp",
                "Households with something not asked, or that does not fit"
            ),
            discussion: Label(
                """
                Mỗi hộ, mỗi người một dòng: mục còn trống của phiếu, cảnh báo như hộ hai chủ, người ở lại
                trong hộ đã chuyển, và dữ liệu phải xóa vì hộ đã rút lại sự đồng ý.
                """,
                """
                A line for each household and person: fields of the form that are still empty, warnings
                such as two heads or people left in a household that has moved, and what must be erased
                because the household took its consent back.
                """
            ),
            arguments: [.folder],
            options: [
                .village,
                .flag(
                    "all",
                    summary: Label(
                        "In mọi dòng; không thì \(shownAtFirst) dòng đầu và số đếm",
                        "Prints every line; else the first \(shownAtFirst) and counts"
                    )
                ),
                .flag(
                    "warnings",
                    summary: Label(
                        "Chỉ cảnh báo, không liệt kê mục còn trống",
                        "Warnings only, without empty fields"
                    )
                ),
            ],
            examples: [
                Example(
                    "check thon --warnings",
                    "Liệt kê những chỗ không khớp.",
                    "Lists what does not fit."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let isShort = context.parsed.flag("warnings")
        let open = try node.openMatters(under: context.scope(node), onlyProblems: isShort)
        context.noteUnlogged(node)
        if context.isJSON {
            context.print(json: .array(open.map { context.json($0) }))
        } else {
            let limit = context.parsed.flag("all") ? open.count : Self.shownAtFirst
            context.print(
                context.table(Array(open.prefix(limit)), withFields: !isShort),
                ifEmpty: Label("Không còn gì", "Nothing is open")
            )
            if open.count > limit { context.summarize(open, shown: limit) }
        }
        return .ok
    }
}

extension VerbContext {
    /// What is open, a line for each record.
    func table(_ open: [OpenMatter], withFields: Bool = true) -> Table {
        var table = Table([
            .init(say("Thôn", "Village")), .init(say("Hộ", "Household")),
            .init(say("Bản ghi", "Record")), .init(say("Còn lại", "Open")), .init(say("Mã", "Id")),
        ])
        for matter in open {
            var texts = matter.problems.map { $0.text(language) }
            if withFields, !matter.unanswered.isEmpty {
                let fields = matter.unanswered.map { $0.label(language) }.joined(separator: ", ")
                texts.append(say("chưa có: \(fields)", "not filled: \(fields)"))
            }
            table.add([
                matter.record.place, shown(matter.record.household), shown(matter.record),
                texts.joined(separator: "; "), matter.record.id.description,
            ])
        }
        return table
    }

    /// How much is open of each kind, the most frequent first, where the lines are too many to read.
    fileprivate func summarize(_ open: [OpenMatter], shown: Int) {
        var counts: [String: Int] = [:]
        for matter in open {
            for problem in Set(matter.problems.map(\.code)) {
                let label = matter.problems.first { $0.code == problem }?.text(language)
                counts[label ?? problem, default: 0] += 1
            }
            for field in matter.unanswered {
                counts[say("chưa có: ", "not filled: ") + field.label(language), default: 0] += 1
            }
        }
        var table = Table([
            .init(say("Còn lại, gộp", "Open, in all")), .init(say("Bản ghi", "Records"), .right),
        ])
        for (text, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add([text, numbers.integer(count)])
        }
        print("")
        print(table)
        print(
            say(
                "In \(numbers.integer(shown)) trong \(numbers.integer(open.count)) dòng; --all in hết",
                "\(numbers.integer(shown)) of \(numbers.integer(open.count)) lines; --all prints them all"
            )
        )
    }

    func json(_ matter: OpenMatter) -> JSONValue {
        [
            "record": json(matter.record), "problems": .array(matter.problems.map { json($0) }),
            "unanswered": .array(matter.unanswered.map { .string($0.name) }),
        ]
    }
}
