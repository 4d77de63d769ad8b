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
                "definition",
                Label("Phiên bản cách tính", "Definition version"),
                .text(max: 10)
            ),
            Field(
                "reading",
                Label("Cách hiểu được in", "Reading that is printed"),
                .text(max: 60)
            ),
        ]
    )
}
