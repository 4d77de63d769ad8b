extension RecordType {
    /// One visit to a household.
    ///
    /// It never overwrites facts; it is the reason why they are unknown.
    package static let visit = RecordType(
        "visit",
        Label("Lượt đến hộ", "Visit"),
        parent: "household",
        fields: [
            Field(
                "household",
                Label("Hộ", "Household"),
                .reference(to: "household"),
                .save,
                indexed: true
            ),
            Field("round", Label("Đợt khảo sát", "Round"), .text(max: 20), .save),
            Field("started_at", Label("Bắt đầu", "Started"), .localTime, .save),
            Field("ended_at", Label("Kết thúc", "Ended"), .localTime, .save),
            Field("by", Label("Người đến", "Visited by"), .text(max: 60), .save),
            Field("outcome", Label("Kết quả", "Outcome"), .code(outcomes), .save),
            Field(
                "next_on",
                Label("Hẹn lại ngày", "Call again on"),
                .date,
                .complete,
                askedIf: .isOneOf("outcome", ["postponed"]),
                days: .future
            ),
            Field(
                "respondent_kind",
                Label("Người trả lời", "Who answered"),
                .code([
                    Choice("member", "Người trong hộ", "Member of the household"),
                    Choice("other-adult", "Người lớn khác", "Another adult"),
                    Choice("none", "Không ai", "Nobody"),
                ]),
                .complete,
                askedIf: .isOneOf("outcome", ["complete", "partial"])
            ),
            Field(
                "respondent",
                Label("Người trả lời (nhân khẩu)", "Who answered (resident)"),
                .reference(to: "resident"),
                askedIf: .isOneOf("respondent_kind", ["member"]),
                leastAge: 16
            ),
            Field(
                "refusal_scope",
                Label("Từ chối", "Refused"),
                .code([
                    Choice("visit", "Cả buổi", "The whole visit"),
                    Choice("some-questions", "Một số câu", "Some questions"),
                ]),
                .complete,
                askedIf: .isOneOf("outcome", ["refused"])
            ),
            Field(
                "latitude",
                Label("Vĩ độ lúc đến", "Latitude on arrival"),
                .microdegrees(8_000_000...24_000_000),
                purpose: .position,
                isOptIn: true
            ),
            Field(
                "longitude",
                Label("Kinh độ lúc đến", "Longitude on arrival"),
                .microdegrees(102_000_000...118_000_000),
                purpose: .position,
                isOptIn: true
            ),
            Field("note", Label("Ghi chú", "Note"), .text(max: 500)),
        ]
    )

    private static let outcomes = [
        Choice("complete", "Hoàn thành", "Complete"),
        Choice("partial", "Một phần", "In part"),
        Choice("no-contact", "Không gặp ai", "Nobody met"),
        Choice("refused", "Từ chối", "Refused"),
        Choice("postponed", "Hẹn lại", "Call again"),
        Choice("vacant", "Nhà không có người ở", "Nobody lives there"),
        Choice("moved", "Cả hộ đã chuyển", "The household has moved"),
        Choice("not-found", "Không tìm thấy nhà", "House not found"),
        Choice(
            "inaccessible",
            "Không tới được (mưa lũ, đường)",
            "Could not be reached (flood, road)"
        ),
    ]
}
