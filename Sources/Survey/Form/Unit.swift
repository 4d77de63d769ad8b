extension RecordType {
    /// A place of service or business, đơn vị: filled in by itself or on a visit.
    package static let unit = RecordType(
        "unit",
        Label("Đơn vị", "Unit"),
        purpose: .units,
        states: [.state("state")],
        fields: unitCommon + unitFees + unitHealth + unitBusiness + Field.provenance(of: "unit")
    )

    private static let unitCommon = [
        Field("kind", Label("Loại", "Kind"), .code(kinds), .save),
        Field("name", Label("Tên đơn vị", "Name"), .text(max: 120), .save),
        Field("tax_code", Label("Mã số thuế", "Tax code"), .taxCode, indexed: true),
        Field("address", Label("Địa chỉ", "Address"), .text(max: 200)),
        Field(
            "latitude",
            Label("Vĩ độ", "Latitude"),
            .microdegrees(8_000_000...24_000_000),
            purpose: .position,
            isOptIn: true
        ),
        Field(
            "longitude",
            Label("Kinh độ", "Longitude"),
            .microdegrees(102_000_000...118_000_000),
            purpose: .position,
            isOptIn: true
        ),
        Field(
            "state",
            Label("Tình trạng", "State"),
            .code([
                Choice("open", "Đang hoạt động", "Open"),
                Choice("suspended", "Tạm ngừng", "Suspended"),
                Choice("closed", "Đã đóng", "Closed"),
            ]),
            .save
        ),
        Field("contact_name", Label("Người liên hệ", "Contact"), .personName(max: 80)),
        Field(
            "contact_phone",
            Label("Điện thoại liên hệ", "Contact's phone"),
            .phone,
            purpose: .contactByPhone
        ),
    ]

    private static let unitFees = [
        Field(
            "collects_fees",
            Label("Có thu tiền của người dân", "Takes money from people"),
            .fourValued,
            .complete,
            section: "unit",
            askedIf: facility
        ),
        Field(
            "digital_payment",
            Label("Chấp nhận thanh toán số", "Takes digital payment"),
            .fourValued,
            .complete,
            section: "unit",
            askedIf: .and([facility, .not(.isOneOf("collects_fees", ["no"]))])
        ),
        Field(
            "payment_means",
            Label("Hình thức thanh toán số", "Means of digital payment"),
            .codeSet([
                Choice("qr", "Mã QR", "QR code"),
                Choice("transfer", "Chuyển khoản", "Transfer"),
                Choice("pos", "Máy POS", "Card terminal"),
                Choice("ewallet", "Ví điện tử", "E-wallet"),
                Choice("fee-platform", "Nền tảng thu phí", "Fee platform"),
            ]),
            section: "unit",
            askedIf: .isOneOf("digital_payment", ["yes"])
        ),
        Field(
            "no_payment_reason",
            Label("Vì sao chưa thanh toán số", "Why no digital payment"),
            .code([
                Choice("no-account", "Chưa có tài khoản", "No account"),
                Choice("no-network", "Không có mạng", "No network"),
                Choice("no-guidance", "Chưa được hướng dẫn", "No guidance"),
                Choice("payers-cash", "Người dân trả tiền mặt", "People pay cash"),
                .other,
            ]),
            section: "unit",
            askedIf: .isOneOf("digital_payment", ["no"])
        ),
    ]

    private static let unitHealth = [
        Field(
            "accepts_idcard_bhyt",
            Label(
                "Tiếp nhận khám BHYT bằng căn cước, VNeID",
                "Admits insured patients on identity card or VNeID"
            ),
            .fourValued,
            .complete,
            section: "unit",
            askedIf: .isOneOf("kind", ["health-station"])
        ),
        Field(
            "reader",
            Label("Có thiết bị đọc QR, chíp", "Has a QR or chip reader"),
            .fourValued,
            section: "unit",
            askedIf: .isOneOf("kind", ["health-station"])
        ),
    ]

    private static let unitBusiness = [
        business(
            "eid",
            Label(
                "Có tài khoản định danh điện tử tổ chức",
                "Has an organisation's electronic id"
            )
        ),
        business(
            "sells_on_platform",
            Label("Bán trên sàn thương mại điện tử", "Sells on an e-commerce platform")
        ),
        Field(
            "platforms",
            Label("Các sàn", "Platforms"),
            .codeSet([
                Choice("shopee", "Shopee", "Shopee"),
                Choice("lazada", "Lazada", "Lazada"),
                Choice("tiktok-shop", "TikTok Shop", "TikTok Shop"),
                Choice("tiki", "Tiki", "Tiki"),
                Choice("sendo", "Sendo", "Sendo"),
                Choice("postmart", "Postmart", "Postmart"),
                .other,
            ]),
            section: "unit",
            askedIf: .isOneOf("sells_on_platform", ["yes"])
        ),
        business(
            "tax_linked",
            Label(
                "Đã kết nối thông tin với cơ quan thuế",
                "Connected to the tax authority"
            )
        ),
        business(
            "official_email",
            Label("Thư điện tử công vụ", "Official e-mail")
        ),
        business(
            "used_online_12m",
            Label(
                "12 tháng qua dùng dịch vụ công trực tuyến",
                "Used an online service in the last 12 months"
            )
        ),
        business("signature", Label("Chữ ký số", "Digital signature")),
    ]

    private static func business(_ name: String, _ label: Label) -> Field {
        Field(
            name,
            label,
            .fourValued,
            .complete,
            section: "unit",
            askedIf: .isOneOf("kind", ["enterprise", "cooperative", "household-business"])
        )
    }

    private static let facility = Predicate.isOneOf("kind", ["health-station", "school"])

    private static let kinds = [
        Choice("health-station", "Trạm y tế", "Health station"),
        Choice("school", "Trường học", "School"),
        Choice("enterprise", "Doanh nghiệp", "Enterprise"),
        Choice("cooperative", "Hợp tác xã", "Cooperative"),
        Choice("household-business", "Hộ kinh doanh", "Household business"),
        Choice("agency", "Cơ quan, đơn vị của xã", "Agency of the commune"),
    ]

    /// One post of a civil servant.
    ///
    /// No personal number is needed, and none is kept.
    package static let staff = RecordType(
        "staff",
        Label("Cán bộ, công chức, viên chức", "Civil servant"),
        parent: "unit",
        purpose: .units,
        states: [.state("state")],
        fields: [
            Field(
                "unit",
                Label("Đơn vị", "Unit"),
                .reference(to: "unit"),
                .save,
                indexed: true
            ),
            Field("full_name", Label("Họ và tên", "Full name"), .personName(max: 80), .save),
            Field("position", Label("Chức vụ", "Position"), .text(max: 80)),
            Field(
                "category",
                Label("Loại", "Category"),
                .code([
                    Choice("can-bo", "Cán bộ", "Elected or appointed official"),
                    Choice("cong-chuc", "Công chức", "Civil servant"),
                    Choice("vien-chuc", "Viên chức", "Public employee"),
                    .other,
                ]),
                .complete
            ),
            Field(
                "state",
                Label("Tình trạng", "State"),
                .code([
                    Choice("active", "Đang làm việc", "In service"),
                    Choice("leave-long", "Nghỉ dài hạn", "On long leave"),
                    Choice("left", "Đã nghỉ", "Left"),
                ]),
                .save
            ),
            Field(
                "digital_training",
                Label("Đã bồi dưỡng kỹ năng số", "Trained in digital skills"),
                .fourValued,
                .complete,
                section: "staff"
            ),
            Field(
                "digital_training_on",
                Label("Ngày bồi dưỡng kỹ năng số", "Trained on"),
                .partialDate,
                .complete,
                section: "staff",
                askedIf: .isOneOf("digital_training", ["yes"]),
                days: .past
            ),
            Field("course", Label("Khóa học", "Course"), .text(max: 120), section: "staff"),
            Field(
                "equipment",
                Label("Trang thiết bị", "Equipment"),
                .code([
                    Choice("adequate", "Đáp ứng", "Adequate"),
                    Choice("inadequate", "Chưa đáp ứng", "Not adequate"),
                    Choice("none", "Chưa có", "None"),
                ]),
                .complete,
                section: "staff"
            ),
            Field(
                "signature",
                Label("Chữ ký số cá nhân", "Personal digital signature"),
                .fourValued,
                .complete,
                section: "staff"
            ),
            Field(
                "signature_expires_on",
                Label("Chữ ký số hết hạn", "Signature expires on"),
                .date,
                section: "staff"
            ),
        ] + Field.provenance(of: "staff")
    )
}
