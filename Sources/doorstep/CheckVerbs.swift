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
            context.print(
                context.table(open, withFields: !isShort),
                ifEmpty: Label("Không còn gì", "Nothing is open")
            )
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

    func json(_ matter: OpenMatter) -> JSONValue {
        [
            "record": json(matter.record), "problems": .array(matter.problems.map { json($0) }),
            "unanswered": .array(matter.unanswered.map { .string($0.name) }),
        ]
    }
}
