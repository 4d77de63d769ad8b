extension RecordType {
    /// Tài khoản định danh điện tử.
    ///
    /// Passwords, codes and pictures of the app are never fields.
    static let vneid =
        [
            Field(
                "vneid_level",
                Label("Mức độ tài khoản", "Level of the account"),
                .code(levels + [.unknown]),
                .complete,
                section: "vneid",
                askedIf: .ageAtLeast(14, birth: "birth")
            ),
            Field(
                "vneid_state",
                Label("Trạng thái tài khoản", "State of the account"),
                .code(accountStates),
                .complete,
                section: "vneid",
                askedIf: .not(.isOneOf("vneid_level", ["0"]))
            ),
            Field(
                "vneid_level_register",
                Label("Mức độ (danh sách nghiệp vụ)", "Level (imported list)"),
                .code(levels),
                section: "vneid"
            ),
            Field(
                "vneid_state_register",
                Label("Trạng thái (danh sách nghiệp vụ)", "State (imported list)"),
                .code(accountStates),
                section: "vneid"
            ),
            Field(
                "vneid_activated_on",
                Label("Ngày kích hoạt", "Activated on"),
                .partialDate,
                section: "vneid",
                askedIf: .isOneOf("vneid_state", ["activated"]),
                days: .pastSince(CalendarDay(year: 2022, month: 1, day: 1)),
                dayOf: [StateFact("vneid_level"), StateFact("vneid_state")]
            ),
            Field(
                "vneid_device",
                Label("Dùng trên", "Used on"),
                .code([
                    Choice("own", "Máy của mình", "Own device"),
                    Choice("family", "Máy người thân", "A relative's device"),
                    Choice("none", "Không có máy", "No device"),
                ]),
                section: "vneid"
            ),
            Field(
                "vneid_obstacle",
                Label("Vướng mắc", "Obstacles"),
                .codeSet(obstacles),
                .complete,
                merge: .union,
                section: "vneid",
                askedIf: .and([
                    .ageAtLeast(14, birth: "birth"),
                    // Of an account that is not there no state is asked.
                    .or([
                        .isOneOf("vneid_level", ["0"]),
                        .not(.isOneOf("vneid_state", ["activated"])),
                    ]),
                ])
            ),
        ] + Field.provenance(of: "vneid")

    private static let levels = [
        Choice("0", "Chưa có", "None"),
        Choice("1", "Mức 1", "Level 1"),
        Choice("2", "Mức 2", "Level 2"),
    ]

    private static let accountStates = [
        Choice("none", "Chưa có", "None"),
        Choice("applied", "Đã đăng ký, chờ duyệt", "Applied for, waiting"),
        Choice("issued", "Đã cấp, chưa kích hoạt", "Issued, not activated"),
        Choice("activated", "Đã kích hoạt", "Activated"),
        Choice("locked", "Bị khóa, quên mật khẩu", "Locked"),
    ]

    private static let obstacles = [
        Choice("no-smartphone", "Không có điện thoại thông minh", "No smartphone"),
        Choice("old-phone", "Máy cũ, không cài được", "Phone too old"),
        Choice("no-sim", "Không có SIM, SIM không chính chủ", "No SIM in own name"),
        Choice("otp", "Không nhận được OTP", "One-time code does not arrive"),
        Choice("forgot-password", "Quên mật khẩu", "Forgot the password"),
        Choice("no-card", "Chưa có căn cước", "No identity card"),
        .dataMismatch, .cannotUse, .frail,
        Choice("no-signal", "Không có mạng", "No network"),
        Choice("afraid", "Sợ lừa đảo", "Afraid of fraud"),
        Choice("declined", "Không muốn", "Does not want it"),
        Choice("waiting", "Chờ duyệt", "Waiting for approval"),
        .other, .refused,
    ]
}
