extension RecordType {
    /// Whether a person has any payment account; details are records of their own, and optional.
    static let payment =
        [
            Field(
                "payment_has_any",
                Label("Có tài khoản thanh toán điện tử", "Has an electronic payment account"),
                .fourValued,
                .complete,
                section: "payment",
                askedIf: .ageAtLeast(18, birth: "birth"),
                answeredBy: .hasOwnAccount
            ),
            Field(
                "payment_missing_reason",
                Label("Vì sao chưa có tài khoản", "Why no account"),
                .code([
                    Choice("cash", "Quen dùng tiền mặt", "Used to cash"),
                    Choice("no-phone", "Không có điện thoại", "No phone"),
                    .cannotUse,
                    Choice("far", "Xa ngân hàng", "Far from a bank"),
                    Choice("no-card", "Chưa có, hết hạn căn cước", "No valid identity card"),
                    Choice("afraid", "Sợ lừa đảo, phí", "Afraid of fraud or fees"),
                    Choice("no-income", "Không có nhu cầu", "No need"),
                    .frail,
                    Choice("declined", "Không muốn", "Does not want one"),
                    .other, .refused,
                ]),
                .complete,
                section: "payment",
                askedIf: .isOneOf("payment_has_any", ["no"])
            ),
        ] + Field.provenance(of: "payment")

    /// One payment account of a resident of 15 or more.
    ///
    /// Numbers and balances are never kept. All of it is one answer of one day: that there is such an
    /// account is known from the day on which somebody said so.
    package static let paymentAccount = RecordType(
        "payment_account",
        Label("Tài khoản thanh toán", "Payment account"),
        parent: "resident",
        fields: [
            Field(
                "resident",
                Label("Chủ tài khoản", "Holder"),
                .reference(to: "resident"),
                .save,
                section: "account",
                indexed: true
            ),
            Field(
                "kind",
                Label("Loại", "Kind"),
                .code([
                    Choice("bank", "Tài khoản ngân hàng", "Bank account"),
                    Choice("ewallet", "Ví điện tử", "E-wallet"),
                    Choice("mobile-money", "Mobile Money", "Mobile Money"),
                ]),
                .save,
                section: "account"
            ),
            Field(
                "provider",
                Label("Ngân hàng, đơn vị", "Provider"),
                .code(providers),
                section: "account"
            ),
            Field(
                "last4",
                Label("4 số cuối", "Last 4 digits"),
                .text(max: 4),
                section: "account",
                isOptIn: true
            ),
            Field(
                "own_name",
                Label("Đúng tên mình", "In own name"),
                .fourValued,
                section: "account"
            ),
            Field(
                "usable",
                Label("Đang dùng được", "In working order"),
                .fourValued,
                section: "account"
            ),
            Field(
                "linked_vneid",
                Label("Đã liên kết VNeID", "Linked on VNeID"),
                .fourValued,
                section: "account"
            ),
        ] + Field.provenance(of: "account")
    )

    private static let providers = [
        Choice("agribank", "Agribank", "Agribank"),
        Choice("vietcombank", "Vietcombank", "Vietcombank"),
        Choice("bidv", "BIDV", "BIDV"),
        Choice("vietinbank", "VietinBank", "VietinBank"),
        Choice("mbbank", "MB", "MB"),
        Choice("lpbank", "LPBank", "LPBank"),
        Choice("sacombank", "Sacombank", "Sacombank"),
        Choice("vbsp", "Ngân hàng Chính sách xã hội", "Bank for Social Policies"),
        Choice("momo", "MoMo", "MoMo"),
        Choice("zalopay", "ZaloPay", "ZaloPay"),
        Choice("viettel-money", "Viettel Money", "Viettel Money"),
        Choice("vnpt-money", "VNPT Money", "VNPT Money"),
        Choice("mobifone-money", "MobiFone Money", "MobiFone Money"),
        .other,
    ]
}
