extension RecordType {
    /// People living together at one address with one head, hộ gia đình.
    package static let household = RecordType(
        "household",
        Label("Hộ gia đình", "Household"),
        states: [.state("state", since: "state_on")],
        fields: householdOwn + householdWork + householdDevices + Field.provenance(of: "devices")
            + [
                Field("note", Label("Ghi chú", "Note"), .text(max: 500))
            ]
    )

    private static let householdOwn = [
        Field(
            "code",
            Label("Mã hộ", "Household code"),
            .text(max: 20),
            .complete,
            indexed: true,
            purpose: .matching
        ),
        Field(
            "register_code",
            Label("Mã hộ trên danh sách cư trú", "Code on the residence list"),
            .text(max: 20),
            indexed: true,
            purpose: .matching
        ),
        Field(
            "head",
            Label("Chủ hộ", "Head of household"),
            .reference(to: "resident"),
            .complete,
            leastAge: 18
        ),
        Field("group", Label("Tổ, xóm, tổ đoàn kết", "Neighbourhood group"), .text(max: 60)),
        Field(
            "address",
            Label("Địa chỉ (số nhà, đường, đặc điểm nhận biết)", "Address, or how to find it"),
            .text(max: 200),
            .complete,
            purpose: .matching
        ),
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
            "position_accuracy",
            Label("Sai số vị trí (m)", "Accuracy of the position (m)"),
            .integer(0...100_000),
            purpose: .position,
            isOptIn: true
        ),
        Field(
            "position_on",
            Label("Ngày đo vị trí", "Position taken on"),
            .date,
            purpose: .position,
            isOptIn: true,
            days: .past
        ),
        Field(
            "state",
            Label("Tình trạng hộ", "State of the household"),
            .code(states),
            .save
        ),
        Field(
            "state_on",
            Label("Ngày đổi tình trạng", "State since"),
            .partialDate,
            days: .past,
            dayOf: [StateFact("state")]
        ),
        Field(
            "on_list",
            Label("Có trong danh sách nhập", "On the imported list"),
            .fourValued,
            purpose: .matching
        ),
        Field("policy", Label("Diện hộ", "Policy group"), .codeSet(policies)),
        Field(
            "policy_until",
            Label("Theo danh sách năm", "By the list of year"),
            .integer(2020...2035)
        ),
        Field(
            "phone",
            Label("Điện thoại liên hệ của hộ", "Household's phone"),
            .phone,
            purpose: .contactByPhone
        ),
    ]

    /// Who is to visit it, as the village's lead has shared the work out.
    private static let householdWork = [
        Field(
            "assigned_to",
            Label("Giao cho", "Assigned to"),
            .text(max: 60),
            merge: .latest,
            purpose: .administration
        )
    ]

    private static let householdDevices = [
        device(
            "smartphone",
            Label("Số điện thoại thông minh đang dùng được", "Smartphones in working order"),
            .complete
        ),
        device("tablet", Label("Máy tính bảng", "Tablets"), .complete),
        device("computer", Label("Máy tính (bàn, xách tay)", "Computers")),
        device("smart_tv", Label("TV thông minh", "Smart televisions")),
        device("feature_phone", Label("Điện thoại phím (2G)", "Feature phones (2G)")),
        Field(
            "internet",
            Label("Kết nối Internet tại nhà", "Internet at home"),
            .codeSet([
                Choice("fiber", "Cáp quang", "Fibre"),
                Choice("mobile-4g5g", "4G/5G", "4G or 5G"),
                Choice("weak-signal", "Sóng yếu", "Weak signal"),
                Choice("none", "Không có", "None"),
            ]),
            section: "devices"
        ),
        Field(
            "no_device_reason",
            Label("Vì sao chưa có thiết bị", "Why no device"),
            .code([
                Choice("cost", "Không đủ tiền", "Cannot afford it"),
                Choice("no-need", "Không có nhu cầu", "No need"),
                .cannotUse,
                Choice("broken", "Bị hỏng", "Broken"),
                Choice("no-signal", "Không có sóng", "No signal"),
                Choice("no-power", "Không có điện ổn định", "No steady power"),
                .other, .refused,
            ]),
            .complete,
            section: "devices",
            askedIf: .not(.or([.isAtLeast("smartphone", 1), .isAtLeast("tablet", 1)]))
        ),
    ]

    private static func device(
        _ name: String,
        _ label: Label,
        _ requirement: Requirement = .optional
    ) -> Field {
        Field(name, label, .integer(0...20), requirement, section: "devices")
    }

    private static let states = [
        Choice("occupied", "Đang ở", "Lived in"),
        Choice("vacant", "Vắng cả hộ", "All away"),
        Choice("moved", "Đã chuyển đi", "Moved away", isGone: true),
        Choice("dissolved", "Đã xóa, nhập hộ", "Dissolved or joined another", isGone: true),
        Choice("not-found", "Không tìm thấy", "Not found", isGone: true),
        Choice("duplicate", "Trùng", "Duplicate", isGone: true),
    ]

    private static let policies = [
        Choice("poor", "Hộ nghèo", "Poor"),
        Choice("near-poor", "Hộ cận nghèo", "Near poor"),
        Choice("merit", "Gia đình có công", "Family of merit"),
        Choice(
            "social-protection",
            "Có người hưởng bảo trợ xã hội",
            "Receives social assistance"
        ),
        Choice(
            "ethnic-minority-policy",
            "Diện chính sách dân tộc",
            "Ethnic minority policy"
        ),
        Choice("none", "Không", "None"),
    ]
}
