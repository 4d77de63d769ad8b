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

    /// Somebody who works with the program.
    package static let user = RecordType(
        "user",
        Label("Người dùng", "User"),
        purpose: .administration,
        fields: [
            Field(
                "name",
                Label("Tên đăng nhập", "Sign-in name"),
                .text(max: 60),
                .save,
                indexed: true
            ),
            Field(
                "display_name",
                Label("Họ và tên", "Full name"),
                .personName(max: 80),
                .save
            ),
            Field(
                "role",
                Label("Vai trò", "Role"),
                .code([
                    Choice("field-staff", "Cán bộ khảo sát", "Field staff"),
                    Choice("village-lead", "Trưởng nhóm thôn", "Village lead"),
                    Choice("commune-officer", "Cán bộ xã", "Commune officer"),
                    Choice("auditor", "Người kiểm tra", "Auditor"),
                    Choice("administrator", "Quản trị", "Administrator"),
                ]),
                .save
            ),
            Field(
                "villages",
                Label("Thôn phụ trách (đường dẫn)", "Villages (scope paths)"),
                .text(max: 2000)
            ),
            Field(
                "password_hash",
                Label("Mã băm mật khẩu", "Password hash"),
                .text(max: 256),
                isSecret: true
            ),
            Field(
                "state",
                Label("Tình trạng", "State"),
                .code([
                    Choice("active", "Đang dùng", "Active"),
                    Choice("blocked", "Đã khóa", "Blocked"),
                ]),
                .save
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
                ]),
                .save
            ),
            // The field as `resident.ethnicity`, or the number of months.
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
