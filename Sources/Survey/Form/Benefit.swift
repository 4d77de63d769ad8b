extension RecordType {
    /// One regular pension or allowance of a resident.
    ///
    /// No amounts: no target needs them.
    package static let benefit = RecordType(
        "benefit",
        Label("Lương hưu, trợ cấp", "Pension or allowance"),
        parent: "resident",
        sameness: Sameness("kind", vague: ["other"], among: .openBenefit),
        fields: [
            Field(
                "resident",
                Label("Người hưởng", "Beneficiary"),
                .reference(to: "resident"),
                .save,
                indexed: true
            ),
            Field("kind", Label("Loại", "Kind"), .code(kinds), .save),
            Field(
                "channel",
                Label("Nhận qua", "Paid through"),
                .code(channels),
                .complete,
                section: "benefit"
            ),
            Field(
                "channel_register",
                Label("Nhận qua (danh sách chi trả)", "Paid through (paying agency's list)"),
                .code(channels),
                section: "benefit"
            ),
            Field(
                "linked_vneid",
                Label("Tài khoản đã liên kết VNeID", "Account linked on VNeID"),
                .fourValued,
                .complete,
                section: "benefit",
                askedIf: .isOneOf("channel", ["bank-own", "bank-other"])
            ),
            Field(
                "linked_vneid_register",
                Label(
                    "Đã liên kết VNeID (danh sách chi trả)",
                    "Linked on VNeID (paying agency's list)"
                ),
                .fourValued,
                section: "benefit"
            ),
            Field(
                "missing_reason",
                Label("Vì sao chưa nhận qua tài khoản", "Why not through an account"),
                .code(missing),
                .complete,
                section: "benefit",
                askedIf: .isOneOf("channel", ["cash-point", "cash-home"])
            ),
            Field(
                "register_on",
                Label("Ngày của danh sách chi trả", "Day of the paying agency's list"),
                .date,
                merge: .maximum,
                days: .past
            ),
            Field("since", Label("Từ", "Since"), .partialDate),
            Field("until", Label("Đến", "Until"), .partialDate),
        ] + Field.provenance(of: "benefit")
    )

    private static let kinds = [
        Choice("pension", "Lương hưu", "Pension"),
        Choice(
            "social-insurance-monthly",
            "Trợ cấp BHXH hằng tháng",
            "Monthly social-insurance allowance"
        ),
        Choice("merit", "Ưu đãi người có công", "People of merit"),
        Choice("social-pension", "Trợ cấp hưu trí xã hội", "Social pension"),
        Choice("social-assistance", "Trợ cấp bảo trợ xã hội", "Social assistance"),
        Choice("care-allowance", "Hỗ trợ chăm sóc", "Care allowance"),
        .other,
    ]

    private static let channels = [
        Choice("bank-own", "Tài khoản ngân hàng của mình", "Own bank account"),
        Choice("bank-other", "Tài khoản người khác", "Somebody else's account"),
        Choice("mobile-money", "Mobile Money", "Mobile Money"),
        Choice("cash-point", "Tiền mặt tại điểm chi trả", "Cash at the pay point"),
        Choice("cash-home", "Nhận tại nhà", "Cash at home"),
        .unknown,
    ]

    private static let missing = [
        Choice("prefers-cash", "Thích nhận tiền mặt", "Prefers cash"),
        Choice("no-account", "Chưa có tài khoản", "No account"),
        Choice("far-atm", "Xa ATM", "Far from a cash machine"),
        .frail,
        Choice("guardian", "Người giám hộ nhận thay", "A guardian receives it"),
        .cannotUse,
        Choice("partial", "Một phần", "In part"),
        .other, .refused,
    ]
}
