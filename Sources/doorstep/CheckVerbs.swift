import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let check = Verb(
        Command(
            "check",
            summary: Label(
                "Liệt kê hộ còn mục chưa hỏi hoặc không khớp",
                "Households with something not asked, or that does not fit"
            ),
            discussion: Label(
                """
                Trước hết là số bản ghi của từng loại: mục còn trống của phiếu, cảnh báo như hộ hai chủ,
                người ở lại trong hộ đã chuyển, và dữ liệu phải xóa vì hộ đã rút lại sự đồng ý. Sau đó mỗi
                hộ, mỗi người một dòng, nhiều nhất bằng --limit; --json cho tất cả.
                """,
                """
                First how many records there are of each kind: fields of the form that are still empty,
                warnings such as two heads or people left in a household that has moved, and what must
                be erased because the household took its consent back. Then a line for each household
                and person, as many as --limit; --json has them all.
                """
            ),
            arguments: [.folder],
            options: [
                .village,
                .flag(
                    "warnings",
                    summary: Label(
                        "Chỉ cảnh báo, không liệt kê mục còn trống",
                        "Warnings only, without empty fields"
                    )
                ),
                .value(
                    "limit",
                    .integer(0...1_000_000),
                    default: "50",
                    summary: Label("Nhiều nhất bấy nhiêu dòng", "At most so many lines")
                ),
                .flag("all", summary: Label("Tất cả các dòng", "All lines")),
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
            return .ok
        }
        guard !open.isEmpty else {
            context.print(context.say("Không còn gì", "Nothing is open"))
            return .ok
        }
        context.print(context.kinds(of: open, withFields: !isShort))
        let limit =
            context.parsed.flag("all") ? open.count : Int(context.parsed.integer("limit") ?? 50)
        if limit > 0 {
            context.print("")
            context.print(context.table(Array(open.prefix(limit)), withFields: !isShort))
        }
        if limit < open.count {
            let (shown, all) = (
                context.numbers.integer(limit), context.numbers.integer(open.count)
            )
            context.print(
                context.say(
                    "\(shown) trên \(all) bản ghi; --all liệt kê tất cả",
                    "\(shown) of \(all) records; --all lists them all"
                )
            )
        }
        return .ok
    }
}

/// One kind of what is open, with how many records it is open at.
private struct OpenKind {
    /// In the words of the first that was found.
    let text: String
    var records = 0
}

extension VerbContext {
    /// How many records each kind of problem and each empty field concerns, the most frequent first.
    func kinds(of open: [OpenMatter], withFields: Bool) -> Table {
        var kinds: [String: OpenKind] = [:]
        func count(_ name: String, _ text: @autoclosure () -> String) {
            kinds[name, default: OpenKind(text: text())].records += 1
        }
        for matter in open {
            let type = matter.record.type
            var problems: [String: Problem] = [:]
            for problem in matter.problems {
                let place = problem.field.map { "\(type.name).\($0)" } ?? type.name
                problems["\(place) \(problem.code)", default: problem] = problem
            }
            for (name, problem) in problems { count(name, problem.text(language)) }
            guard withFields else { continue }
            for field in matter.unanswered {
                let label = field.label(language)
                count(
                    "\(type.name).\(field.name) empty",
                    say("chưa có: \(label)", "not filled: \(label)")
                )
            }
        }
        var table = Table([
            .init(say("Còn lại", "Open")), .init(say("Số bản ghi", "Records"), .right),
            .init(say("Mã", "Name")),
        ])
        let sorted = kinds.sorted { ($1.value.records, $0.key) < ($0.value.records, $1.key) }
        for (name, kind) in sorted {
            table.add([kind.text, numbers.integer(kind.records), name])
        }
        return table
    }

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
                place(of: matter.record), shown(matter.record.household), shown(matter.record),
                texts.joined(separator: "; "), matter.record.id.description,
            ])
        }
        return table
    }

    func json(_ matter: OpenMatter) -> JSONValue {
        [
            "record": json(matter.record), "problems": .array(matter.problems.map { json($0) }),
            "unanswered": .array(matter.unanswered.map { .string($0.name) }),
        ]
    }
}
