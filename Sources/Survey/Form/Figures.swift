extension RecordType {
    /// A figure that an agency reports because no household survey can measure it.
    package static let agencyFigure = RecordType(
        "agency_figure",
        Label("Số liệu của cơ quan", "Agency figure"),
        purpose: .units,
        fields: [
            Field(
                "indicator",
                Label("Chỉ tiêu", "Indicator"),
                .text(max: 60),
                .save,
                indexed: true
            ),
            Field("period", Label("Kỳ", "Period"), .partialDate, .save),
            Field(
                "numerator",
                Label("Tử số", "Numerator"),
                .integer(0...1_000_000_000_000)
            ),
            Field(
                "denominator",
                Label("Mẫu số", "Denominator"),
                .integer(0...1_000_000_000_000)
            ),
            Field(
                "permille",
                Label(
                    "Tỷ lệ phần nghìn (khi chỉ biết tỷ lệ)",
                    "Rate per thousand (where only the rate is known)"
                ),
                .integer(0...1000)
            ),
            Field(
                "source_system",
                Label("Hệ thống nguồn", "Source system"),
                .text(max: 120)
            ),
            Field("reported_by", Label("Đơn vị báo cáo", "Reported by"), .text(max: 120), .save),
            Field("document_no", Label("Số văn bản", "Document number"), .text(max: 60)),
            // Where the document is kept: the file itself is larger than an entry of the log may be.
            Field(
                "attachment",
                Label("Tệp kèm theo (tên, nơi lưu)", "Attachment (its name, where it is kept)"),
                .text(max: 200)
            ),
            Field(
                "reported_on",
                Label("Ngày báo cáo", "Reported on"),
                .date,
                .save,
                days: .past
            ),
            Field("note", Label("Ghi chú", "Note"), .text(max: 500)),
        ]
    )

    /// A target without a number: started or not, done or not.
    package static let milestone = RecordType(
        "milestone",
        Label("Mốc công việc", "Milestone"),
        purpose: .units,
        fields: [
            Field(
                "indicator",
                Label("Chỉ tiêu", "Indicator"),
                .text(max: 60),
                .save,
                indexed: true
            ),
            Field(
                "state",
                Label("Tiến độ", "Progress"),
                .code([
                    Choice("not-started", "Chưa bắt đầu", "Not started"),
                    Choice("in-progress", "Đang thực hiện", "In progress"),
                    Choice("done", "Hoàn thành", "Done"),
                ]),
                .save
            ),
            Field("state_on", Label("Từ ngày", "Since"), .date, .save, days: .past),
            Field("evidence", Label("Tài liệu chứng minh", "Evidence"), .text(max: 200)),
            Field("note", Label("Ghi chú", "Note"), .text(max: 500)),
        ]
    )
}
