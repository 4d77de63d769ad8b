extension RecordType {
    /// What a household was told about its data, and what it agreed to; one per household and round.
    package static let notice = RecordType(
        "notice",
        Label("Thông báo, đồng ý", "Notice and consent"),
        parent: "household",
        purpose: .rights,
        fields: [
            Field(
                "household",
                Label("Hộ", "Household"),
                .reference(to: "household"),
                .save,
                indexed: true
            ),
            Field("round", Label("Đợt khảo sát", "Round"), .text(max: 20), .save),
            Field(
                "basis",
                Label("Căn cứ xử lý", "Basis"),
                .code([
                    Choice(
                        "state-task",
                        "Hoạt động của cơ quan nhà nước theo luật",
                        "Activity of a state agency under the law"
                    ),
                    Choice("consent", "Đồng ý", "Consent"),
                ]),
                .save
            ),
            Field(
                "notice_version",
                Label("Bản thông báo", "Version of the notice"),
                .text(max: 20),
                .save
            ),
            Field(
                "given_how",
                Label("Đã thông báo bằng", "Given by"),
                .code([
                    Choice("read-aloud", "Đọc cho nghe", "Reading aloud"),
                    Choice("paper", "Đưa bản giấy", "Paper"),
                    Choice("screen", "Cho xem trên màn hình", "Screen"),
                ]),
                .save
            ),
            Field("given_on", Label("Ngày thông báo", "Given on"), .date, days: .past),
            consent("contact_by_phone", Label("Gọi điện hỗ trợ", "Call to help")),
            consent("gps", Label("Vị trí nhà", "Position of the house")),
            consent("ethnicity", Label("Dân tộc", "Ethnic group")),
            consent("needs_help", Label("Cần hỗ trợ tại nhà", "Help at home")),
            Field(
                "given_by",
                Label("Người đồng ý", "Who agreed"),
                .reference(to: "resident"),
                .complete,
                askedIf: .or(consented.map { .isOneOf("consent_\($0)", ["yes"]) }),
                leastAge: 18
            ),
            Field(
                "guardian_for",
                Label("Đại diện cho", "On behalf of"),
                .reference(to: "resident")
            ),
            Field(
                "evidence",
                Label("Bằng chứng", "Evidence"),
                .code([
                    Choice("signature-on-screen", "Ký trên màn hình", "Signed on the screen"),
                    Choice("paper-form-no", "Phiếu giấy", "Paper form"),
                    Choice("verbal-witnessed", "Nói trước người làm chứng", "Spoken, witnessed"),
                ])
            ),
            Field("withdrawn_on", Label("Rút lại ngày", "Withdrawn on"), .date, days: .past),
        ]
    )

    private static func consent(_ name: String, _ label: Label) -> Field {
        Field(
            "consent_\(name)",
            label,
            .code([
                Choice("yes", "Đồng ý", "Agrees"),
                Choice("no", "Không đồng ý", "Does not agree"),
                Choice("withdrawn", "Đã rút lại", "Withdrawn"),
            ])
        )
    }

    /// Voluntary purposes, each asked for by itself, whatever the rest of the collection rests on.
    private static let consented = ["contact_by_phone", "gps", "ethnicity", "needs_help"]
}
