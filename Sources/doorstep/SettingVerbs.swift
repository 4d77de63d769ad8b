import Node
import Survey
import Terminal

extension Verb {
    static let settings = [listSettings, setField, setValidity, setNotice]

    private static let listSettings = Verb(
        in: "setting",
        Command(
            "list",
            summary: Label(
                "Xem xã thu thập mục tùy chọn nào",
                "Which optional fields the commune collects"
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "setting list hub",
                    "Liệt kê các mục tùy chọn, bật hay tắt.",
                    "Lists the optional fields, on or off."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let collected = try node.collectedFields()
        let fields = node.description.optionalFields
        let months = try node.answerValidityMonths()
        if context.isJSON {
            context.print(json: [
                "fields": .object(
                    fields.map { .init("\($0.type).\($0.field)", .bool(collected.contains($0))) }
                ),
                "valid_months": months.map { .integer(Int64($0)) } ?? .null,
                "notice_version": .string(try node.noticeVersion()),
                "notice_contact": try node.noticeContact().map { .string($0) } ?? .null,
            ])
            return .ok
        }
        var table = Table([
            .init(context.say("Mục", "Field")), .init(context.say("Tên", "Label")),
            .init(context.say("Thu thập", "Collected")),
        ])
        for name in fields {
            let label = node.description.type(name.type)?.field(name.field)?.label
            table.add([
                "\(name.type).\(name.field)", label?(context.language) ?? "",
                collected.contains(name) ? context.say("bật", "on") : context.say("tắt", "off"),
            ])
        }
        context.print(table)
        let validity = months.map { "\($0)" } ?? context.say("không giới hạn", "without limit")
        context.print(
            context.say(
                "Câu trả lời còn giá trị (tháng): \(validity)",
                "Answers are valid (months): \(validity)"
            )
        )
        let contact =
            try node.noticeContact()
            ?? context.say(
                "chưa ghi, đặt bằng 'setting notice --contact'",
                "nobody named, set it by 'setting notice --contact'"
            )
        context.print(
            context.say(
                "Bản thông báo: \(try node.noticeVersion()); nơi hỏi: \(contact)",
                "Notice: \(try node.noticeVersion()); whom to ask: \(contact)"
            )
        )
        return .ok
    }

    private static let setField = Verb(
        in: "setting",
        Command(
            "field",
            summary: Label(
                "Bật hoặc tắt một mục tùy chọn, tại máy xã",
                "Switch an optional field on or off, at the hub"
            ),
            discussion: Label(
                """
                Mục nhạy cảm hoặc ít dùng không được ghi cho đến khi xã bật. Tắt không xóa dữ liệu đã ghi;
                xóa bằng 'record edit' hoặc 'record erase'.
                """,
                """
                Sensitive fields, and those of use to few, are not taken until the commune switches them
                on. Switching off deletes nothing: 'record edit' and 'record erase' do.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("mục", "field"),
                    summary: Label(
                        "Mục, như setting list liệt kê",
                        "The field, as setting list shows it"
                    )
                ),
                Argument(
                    Label("bật|tắt", "state"),
                    summary: Label("Ghi on hoặc off", "Either on or off"),
                    kind: .choice(["on", "off"])
                ),
            ],
            examples: [
                Example(
                    "setting field hub resident.ethnicity on",
                    "Cho phép ghi dân tộc.",
                    "Lets the ethnic group be recorded."
                )
            ]
        )
    ) { context in
        let outcome = try context.open().setOptionalField(
            context.text("field"),
            isOn: context.text("state") == "on"
        )
        return context.finish(outcome)
    }

    private static let setValidity = Verb(
        in: "setting",
        Command(
            "validity",
            summary: Label(
                "Đặt số tháng câu trả lời còn giá trị, tại máy xã",
                "Set for how many months an answer is valid, at the hub"
            ),
            discussion: Label(
                "Câu trả lời cũ hơn được tính là chưa rõ, quá hạn. Số 0 bỏ giới hạn.",
                "Older answers count as unknown, too old. The number 0 takes the limit away."
            ),
            arguments: [
                .folder,
                Argument(
                    Label("số tháng", "months"),
                    summary: Label("Số tháng, hoặc 0", "The number of months, or 0"),
                    kind: .integer(0...120)
                ),
            ],
            examples: [
                Example(
                    "setting validity hub 12",
                    "Câu trả lời có giá trị một năm.",
                    "Answers are valid for a year."
                )
            ]
        )
    ) { context in
        let months = context.parsed.integer("months").map { Int($0) } ?? 0
        return context.finish(
            try context.open().setAnswerValidity(months: months == 0 ? nil : months)
        )
    }

    private static let setNotice = Verb(
        in: "setting",
        Command(
            "notice",
            summary: Label(
                "Đặt bản thông báo và nơi hỏi về dữ liệu cá nhân, tại máy xã",
                "Set the notice's version and whom to ask about personal data, at the hub"
            ),
            discussion: Label(
                """
                Mỗi hộ được đọc thông báo một lần mỗi đợt; bản ghi giữ tên bản đã đọc. Đổi tên bản khi xã
                đổi nội dung. Nơi hỏi (đơn vị, số điện thoại) được đọc cùng thông báo; không ghi thì bỏ.
                """,
                """
                Each household is read the notice once a round, and its record keeps the version's name:
                change it when the commune changes the text. Whom to ask (an office, a phone number) is
                read with it; left out, nobody is named.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("bản", "version"),
                    summary: Label(
                        "Tên bản thông báo, như 2026-01",
                        "Name of the notice's version, such as 2026-01"
                    )
                ),
            ],
            options: [
                .value(
                    "contact",
                    .text,
                    summary: Label(
                        "Nơi hỏi, có số điện thoại",
                        "Whom to ask, with a phone number"
                    )
                )
            ],
            examples: [
                Example(
                    "setting notice hub 2026-02 --contact 'Văn phòng UBND xã, 0235 3000 000'",
                    "Từ nay các hộ được đọc bản 2026-02.",
                    "From now on households are read version 2026-02."
                )
            ]
        )
    ) { context in
        let contact = context.parsed.text("contact")
        let outcome = try context.open().setNotice(
            version: context.text("version"),
            contact: contact
        )
        if contact == nil, !outcome.isRefused {
            context.note(
                context.say(
                    "lưu ý: thông báo chưa ghi nơi để người dân hỏi về dữ liệu của mình: thêm --contact",
                    "note: the notice names nobody whom residents can ask about their data: add --contact"
                )
            )
        }
        return context.finish(outcome)
    }
}
