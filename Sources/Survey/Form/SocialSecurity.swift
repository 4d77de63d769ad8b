extension RecordType {
    /// Tài khoản hưởng an sinh xã hội trên VNeID.
    static let socialSecurity =
        [
            Field(
                "ssa_state",
                Label("Tài khoản an sinh xã hội", "Social-security account"),
                .code(linkStates + [.unknown]),
                .complete,
                section: "ssa",
                askedIf: .ageAtLeast(18, birth: "birth")
            ),
            Field(
                "ssa_state_register",
                Label("Tài khoản an sinh (danh sách nghiệp vụ)", "Account (imported list)"),
                .code(linkStates),
                section: "ssa"
            ),
            Field(
                "ssa_linked_on",
                Label("Ngày liên kết", "Linked on"),
                .partialDate,
                section: "ssa",
                askedIf: .isOneOf("ssa_state", ["linked"]),
                days: .past,
                dayOf: [StateFact("ssa_state")]
            ),
            Field(
                "ssa_through",
                Label("Liên kết qua", "Linked through"),
                .code([
                    Choice("bank", "Ngân hàng", "Bank"),
                    Choice("mobile-money", "Mobile Money", "Mobile Money"),
                    Choice("ewallet", "Ví điện tử", "E-wallet"),
                ]),
                section: "ssa",
                askedIf: .isOneOf("ssa_state", ["linked"])
            ),
            Field(
                "ssa_missing_reason",
                Label("Vì sao chưa liên kết", "Why not linked"),
                .code(missing),
                .complete,
                section: "ssa",
                askedIf: .isOneOf("ssa_state", ["none", "requested", "rejected"])
            ),
        ] + Field.provenance(of: "ssa")

    private static let linkStates = [
        Choice("none", "Chưa", "None"),
        Choice("requested", "Đã gửi yêu cầu", "Requested"),
        Choice("linked", "Đã liên kết", "Linked"),
        Choice("rejected", "Bị từ chối", "Rejected"),
    ]

    private static let missing = [
        Choice("no-vneid2", "Chưa có VNeID mức 2", "No VNeID of level 2"),
        Choice("no-account", "Chưa có tài khoản", "No account"),
        Choice(
            "bank-unsupported",
            "Ngân hàng chưa liên kết",
            "The bank does not offer it"
        ),
        Choice(
            "name-mismatch",
            "Sai tên, CCCD ở ngân hàng (còn số CMND cũ)",
            "The bank holds another name or number"
        ),
        Choice("account-restricted", "Tài khoản bị hạn chế", "Account restricted"),
        .cannotUse,
        Choice("no-need", "Không thuộc diện hưởng, thấy không cần", "Sees no need"),
        Choice("afraid", "Sợ lừa đảo", "Afraid of fraud"),
        .other, .refused,
    ]
}
