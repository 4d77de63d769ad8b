extension RecordType {
    static let signature =
        [
            Field(
                "signature_state",
                Label("Chữ ký số", "Digital signature"),
                .code([
                    Choice("has", "Có", "Has one"),
                    Choice("none", "Chưa", "None"),
                    Choice("applied", "Đã đăng ký", "Applied for"),
                    Choice("expired", "Hết hạn", "Expired"),
                    .unknown,
                ]),
                .complete,
                section: "signature",
                askedIf: adultWithAccount
            ),
            Field(
                "signature_where",
                Label("Nơi cấp chữ ký số", "Issued by"),
                .code([
                    Choice("vneid", "Trên VNeID", "On VNeID"),
                    Choice("public-ca", "Nhà cung cấp khác", "Another provider"),
                    Choice("official", "Chuyên dùng công vụ", "For official duty"),
                ]),
                .complete,
                section: "signature",
                askedIf: .isOneOf("signature_state", ["has"])
            ),
            Field(
                "signature_want",
                Label("Có nhu cầu chữ ký số", "Wants one"),
                .fourValued,
                .complete,
                section: "signature",
                askedIf: .isOneOf("signature_state", ["none", "applied", "expired"])
            ),
            Field(
                "signature_missing_reason",
                Label("Vì sao chưa có chữ ký số", "Why none"),
                .code([
                    Choice("unaware", "Chưa biết", "Did not know"),
                    .cannotUse,
                    Choice("no-vneid2", "Chưa có VNeID mức 2", "No VNeID of level 2"),
                    Choice("error", "Lỗi khi đăng ký", "Error when registering"),
                    Choice("fee", "Sợ tốn phí", "Afraid of fees"),
                    .other,
                ]),
                section: "signature",
                askedIf: .isOneOf("signature_want", ["yes"])
            ),
        ] + Field.provenance(of: "signature")

    static let officialEmail =
        [
            Field(
                "official_email_state",
                Label("Thư điện tử công dân", "Official e-mail"),
                .code([
                    Choice("none", "Chưa có", "None"),
                    Choice("created", "Đã tạo", "Created"),
                    Choice("used", "Đang dùng", "In use"),
                    .unknown,
                ]),
                section: "official_email",
                askedIf: hasAccount
            )
        ] + Field.provenance(of: "official_email")

    static let service =
        [
            Field(
                "service_used_online_12m",
                Label(
                    "12 tháng qua dùng dịch vụ công trực tuyến",
                    "Used an online service in the last 12 months"
                ),
                .code([
                    Choice("self", "Tự làm", "By oneself"),
                    Choice("helped", "Có người giúp", "With help"),
                    Choice("no", "Không", "No"),
                    .unknown,
                ]),
                .complete,
                section: "service",
                askedIf: .ageAtLeast(18, birth: "birth")
            ),
            Field(
                "service_needed_12m",
                Label("12 tháng qua có làm thủ tục", "Needed a procedure in the last 12 months"),
                .fourValued,
                section: "service",
                askedIf: .ageAtLeast(18, birth: "birth")
            ),
            Field(
                "service_obstacle",
                Label("Vướng mắc dịch vụ công", "Obstacles"),
                .codeSet([
                    Choice("no-account", "Chưa có tài khoản", "No account"),
                    .cannotUse,
                    Choice("no-device", "Không có thiết bị", "No device"),
                    Choice("rather-office", "Thích ra trực tiếp", "Rather goes to the office"),
                    Choice(
                        "procedure-unsupported",
                        "Thủ tục chưa làm được trực tuyến",
                        "The procedure is not online"
                    ),
                    .other,
                ]),
                merge: .union,
                section: "service",
                askedIf: .isOneOf("service_used_online_12m", ["no"])
            ),
        ] + Field.provenance(of: "service")

    static let healthInsurance =
        [
            Field(
                "bhyt_insured",
                Label("Có BHYT", "Has health insurance"),
                .fourValued,
                section: "bhyt"
            ),
            Field(
                "bhyt_on_idcard",
                Label(
                    "Khám bệnh bằng căn cước, VNeID được",
                    "Is treated on the identity card or VNeID"
                ),
                .fourValued,
                section: "bhyt",
                askedIf: .and([
                    .isOneOf("bhyt_insured", ["yes"]),
                    .isOneOf("idcard_status", ["valid", "expired", "lost", "damaged"]),
                ])
            ),
        ] + Field.provenance(of: "bhyt")

    static let skill =
        [
            Field(
                "skill",
                Label("Kỹ năng số", "Digital skill"),
                .code([
                    Choice("none", "Chưa có", "None"),
                    Choice("basic", "Cơ bản", "Basic"),
                    Choice("good", "Tốt", "Good"),
                ]),
                section: "skill",
                askedIf: .ageAtLeast(15, birth: "birth")
            )
        ] + Field.provenance(of: "skill")

    private static let hasAccount = Predicate.isOneOf("vneid_level", ["1", "2"])
    private static let adultWithAccount = Predicate.and([
        hasAccount, .ageAtLeast(18, birth: "birth"),
    ])
}
