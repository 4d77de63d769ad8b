extension RecordType {
    /// A village of the commune, thôn; villages have no national code, may be renamed and merged.
    package static let village = RecordType(
        "village",
        Label("Thôn", "Village"),
        purpose: .administration,
        fields: [
            Field(
                "scope",
                Label("Mã đường dẫn", "Scope path"),
                .text(max: 60),
                .save,
                indexed: true
            ),
            Field("name", Label("Tên thôn", "Name"), .text(max: 80), .save),
            Field("code", Label("Mã thôn", "Code"), .text(max: 10)),
            Field("valid_from", Label("Có hiệu lực từ", "Valid from"), .date),
            Field("valid_to", Label("Hết hiệu lực từ", "Valid until"), .date),
            Field(
                "merged_into",
                Label("Nhập vào thôn (đường dẫn)", "Joined into (scope path)"),
                .text(max: 60)
            ),
        ]
    )

    /// What the commune decided about the survey itself, kept at the hub for all its nodes.
    package static let communeSetting = RecordType(
        "commune_setting",
        Label("Cài đặt của xã", "Commune's setting"),
        purpose: .administration,
        fields: [
            Field(
                "key",
                Label("Cài đặt", "Setting"),
                .code([
                    Choice("optional-field", "Mục tùy chọn", "Optional field"),
                    Choice(
                        "answer-validity-months",
                        "Số tháng câu trả lời còn giá trị",
                        "Months for which an answer is valid"
                    ),
                    Choice("notice-version", "Bản thông báo", "Version of the notice"),
                    Choice(
                        "notice-contact",
                        "Nơi hỏi về dữ liệu cá nhân",
                        "Whom to ask about personal data"
                    ),
                ]),
                .save
            ),
            // The field as `resident.ethnicity`, the number of months, or the text.
            Field("value", Label("Giá trị", "Value"), .text(max: 120), .save),
            Field(
                "state",
                Label("Tình trạng", "State"),
                .code([
                    Choice("on", "Bật", "On"),
                    Choice("off", "Tắt", "Off"),
                ]),
                .save
            ),
        ]
    )

    /// What the commune decided about an indicator: its target, and which reading is printed.
    package static let target = RecordType(
        "target",
        Label("Mục tiêu", "Target"),
        purpose: .administration,
        fields: [
            Field(
                "indicator",
                Label("Chỉ tiêu", "Indicator"),
                .text(max: 60),
                .save,
                indexed: true
            ),
            Field("percent", Label("Mục tiêu (%)", "Target (%)"), .integer(0...100)),
            Field(
                "reading",
                Label("Cách hiểu được in", "Reading that is printed"),
                .text(max: 60)
            ),
        ]
    )
}
