extension RecordType {
    /// Thẻ căn cước: the card itself is never photographed, its number stands at the person.
    static let idcard =
        [
            Field(
                "idcard_kind",
                Label("Loại giấy tờ", "Kind of paper"),
                .code(cardKinds),
                .complete,
                section: "idcard"
            ),
            Field(
                "idcard_status",
                Label("Tình trạng thẻ", "State of the card"),
                .code(cardStates),
                .complete,
                section: "idcard"
            ),
            Field(
                "idcard_kind_register",
                Label("Loại giấy tờ (danh sách nghiệp vụ)", "Kind of paper (imported list)"),
                .code(cardKinds),
                section: "idcard"
            ),
            Field(
                "idcard_status_register",
                Label("Tình trạng thẻ (danh sách nghiệp vụ)", "State of the card (imported list)"),
                .code(cardStates),
                section: "idcard"
            ),
            Field(
                "idcard_issued_on",
                Label("Ngày cấp", "Issued on"),
                .date,
                section: "idcard",
                days: .pastSince(CalendarDay(year: 2016, month: 1, day: 1)),
                dayOf: newCard
            ),
            Field(
                "idcard_expires_on",
                Label("Có giá trị đến", "Valid until"),
                .date,
                section: "idcard",
                dayOf: newCard
            ),
            Field(
                "idcard_wrong_info",
                Label("Thông tin trên thẻ sai, địa danh cũ", "Wrong on the card"),
                .codeSet([
                    Choice(
                        "old-place-name",
                        "Địa danh trước sáp nhập (không phải lỗi)",
                        "Place name from before the mergers (not a fault)"
                    ),
                    Choice("name", "Họ tên", "Name"),
                    Choice("birth", "Ngày sinh", "Date of birth"),
                    Choice("sex", "Giới tính", "Sex"),
                    .other,
                ]),
                section: "idcard"
            ),
            Field(
                "idcard_missing_reason",
                Label("Vì sao chưa có thẻ", "Why no card"),
                .code(cardMissing),
                .complete,
                section: "idcard",
                askedIf: .and([
                    .ageAtLeast(14, birth: "birth"),
                    .isOneOf("idcard_status", ["none", "applied"]),
                ])
            ),
        ] + Field.provenance(of: "idcard")

    private static let newCard = [
        StateFact("idcard_kind"), StateFact("idcard_status", to: ["valid", "applied", "none"]),
    ]

    private static let cardKinds = [
        Choice("can-cuoc", "Thẻ căn cước (từ 1/7/2024)", "Identity card (since 1/7/2024)"),
        Choice("cccd-chip", "CCCD gắn chíp", "Citizen card with chip"),
        Choice("cccd-barcode", "CCCD mã vạch", "Citizen card with barcode"),
        Choice("cmnd", "CMND (hết giá trị)", "Old paper (no longer valid)"),
        Choice("gcn-can-cuoc", "Giấy chứng nhận căn cước", "Certificate of identity"),
        Choice("none", "Chưa có", "None"),
    ]

    private static let cardStates = [
        Choice("valid", "Còn hạn", "Valid"),
        Choice("expired", "Hết hạn", "Expired"),
        Choice("lost", "Mất", "Lost"),
        Choice("damaged", "Hỏng", "Damaged"),
        Choice("applied", "Đã làm, chưa nhận", "Applied for, not received"),
        Choice("none", "Chưa có", "None"),
    ]

    private static let cardMissing = [
        Choice("not-due", "Chưa đến hạn, mới đủ 14 tuổi", "Not due, just turned 14"),
        Choice("no-birth-record", "Vướng khai sinh, hộ tịch", "Birth record missing"),
        .dataMismatch,
        Choice("away", "Đi xa", "Away"),
        Choice("frail", "Già yếu, không đi được", "Frail, cannot go there"),
        Choice("no-fingerprint", "Không lấy được vân tay, ảnh", "No fingerprint or picture"),
        Choice("declined", "Không muốn làm", "Does not want one"),
        Choice("applied", "Đã nộp, chờ trả", "Applied for, waiting"),
        Choice("unaware", "Chưa biết", "Did not know"),
        .other, .refused,
    ]
}
