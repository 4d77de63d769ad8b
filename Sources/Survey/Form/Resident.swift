extension RecordType {
    /// One person of a household, nhân khẩu; facts that exist once per person are sections of it.
    package static let resident = RecordType(
        "resident",
        Label("Nhân khẩu", "Resident"),
        parent: "household",
        states: [
            .state("presence", with: ["away_kind", "away_place"], since: "presence_on"),
            .state("residence"),
        ],
        fields: residentIdentity + residentPlace + residentContact + [
            Field(
                "register_on",
                Label("Ngày của danh sách nghiệp vụ", "Day of the imported lists"),
                .date,
                merge: .maximum,
                days: .past
            )
        ] + idcard + vneid + payment + socialSecurity + signature + officialEmail + service
            + healthInsurance + skill
    )

    private static let residentIdentity = [
        Field(
            "household",
            Label("Hộ", "Household"),
            .reference(to: "household"),
            .save,
            indexed: true
        ),
        Field(
            "full_name",
            Label("Họ, chữ đệm và tên khai sinh", "Full name"),
            .personName(max: 80),
            .save,
            purpose: .matching
        ),
        Field(
            "other_name",
            Label("Tên gọi khác", "Other name"),
            .personName(max: 80),
            purpose: .matching
        ),
        Field(
            "personal_id",
            Label("Số định danh cá nhân", "Personal identification number"),
            .personalID,
            .complete,
            indexed: true,
            purpose: .matching
        ),
        Field(
            "personal_id_checked_on",
            Label("Số định danh đã đối chiếu với thẻ, ngày", "Number checked on the card, on"),
            .date,
            askedIf: .isFilled("personal_id"),
            purpose: .matching,
            days: .past,
            dayOf: [StateFact("personal_id")]
        ),
        Field(
            "old_cmnd",
            Label("Số CMND 9 số", "Old identity paper's number"),
            .oldPersonalID,
            indexed: true,
            askedIf: .not(.isFilled("personal_id")),
            purpose: .matching
        ),
        Field(
            "birth",
            Label("Ngày sinh", "Date of birth"),
            .partialDate,
            .save,
            days: .pastOrBlocked
        ),
        Field(
            "sex",
            Label("Giới tính", "Sex"),
            .code([
                Choice("male", "Nam", "Male"),
                Choice("female", "Nữ", "Female"),
                Choice("other", "Khác, chưa rõ", "Other or not known"),
            ]),
            .save,
            purpose: .matching
        ),
        Field(
            "relation",
            Label("Quan hệ với chủ hộ", "Relation to the head"),
            .code(relations),
            .complete
        ),
        Field(
            "nationality",
            Label("Quốc tịch", "Nationality"),
            .code([
                Choice("vn", "Việt Nam", "Viet Nam"),
                Choice("foreign", "Nước ngoài", "Foreign"),
                Choice(
                    "vn-origin-undetermined",
                    "Người gốc Việt chưa xác định quốc tịch",
                    "Of Vietnamese origin, nationality not determined"
                ),
            ]),
            .save,
            initial: "vn"
        ),
        Field(
            "ethnicity",
            Label("Dân tộc", "Ethnic group"),
            .code(Choice.ethnicGroups),
            purpose: .ethnicity,
            isOptIn: true
        ),
    ]

    private static let residentPlace = [
        Field(
            "residence",
            Label("Tình trạng cư trú", "Residence"),
            .code([
                Choice("permanent", "Thường trú", "Permanent"),
                Choice("temporary", "Tạm trú", "Temporary"),
                Choice("unregistered", "Đang ở, chưa đăng ký", "Lives here, not registered"),
            ]),
            .save
        ),
        Field("presence", Label("Hiện nay", "Now"), .code(presences), .save),
        Field(
            "presence_on",
            Label("Từ ngày", "Since"),
            .partialDate,
            .complete,
            askedIf: .isOneOf("presence", ["moved", "deceased", "away-long"]),
            days: .pastOrBlocked,
            dayOf: [StateFact("presence")]
        ),
        Field(
            "away_kind",
            Label("Lý do vắng", "Why away"),
            .code([
                Choice("work", "Đi làm xa", "Works elsewhere"),
                Choice("study", "Đi học", "Studies"),
                Choice("abroad", "Nước ngoài", "Abroad"),
                Choice("treatment", "Chữa bệnh", "In hospital"),
                Choice("military", "Nghĩa vụ, quân đội, công an", "Army or police"),
                .other,
            ]),
            askedIf: .isOneOf("presence", ["away-short", "away-long"])
        ),
        Field(
            "away_place",
            Label("Nơi đến (tỉnh, thành phố)", "Where to"),
            .code(Choice.provinces + [Choice("abroad", "Nước ngoài", "Abroad")]),
            askedIf: .isOneOf("presence", ["away-short", "away-long", "moved"])
        ),
        Field(
            "on_list",
            Label("Có trong danh sách nhập", "On the imported list"),
            .fourValued,
            purpose: .matching
        ),
        Field(
            "occupation",
            Label("Nghề nghiệp", "Occupation"),
            .code(occupations),
            isOptIn: true
        ),
    ]

    private static let residentContact = [
        Field(
            "phone",
            Label("Số điện thoại", "Phone"),
            .phone,
            .complete,
            askedIf: .ageAtLeast(14, birth: "birth"),
            purpose: .contactByPhone
        ),
        Field(
            "phone_own",
            Label("SIM chính chủ", "SIM in own name"),
            .fourValued,
            askedIf: .isFilled("phone")
        ),
        Field(
            "guardian",
            Label("Người giám hộ, đại diện", "Guardian"),
            .reference(to: "resident"),
            .complete,
            askedIf: .and([
                .not(.ageAtLeast(14, birth: "birth")),
                .or([
                    .isOneOf("idcard_status", ["valid", "expired", "lost", "damaged"]),
                    .isOneOf("vneid_level", ["1", "2"]),
                ]),
            ]),
            leastAge: 18
        ),
        Field(
            "proxy_relation",
            Label("Người trả lời thay", "Who answered for the person"),
            .code(relations)
        ),
        Field(
            "needs_help",
            Label("Cần hỗ trợ tại nhà", "Needs help at home"),
            .codeSet([
                Choice("elderly", "Già yếu", "Elderly"),
                Choice("disability", "Khó đi lại, khuyết tật", "Hard to move"),
                Choice("illiterate", "Không biết chữ", "Cannot read"),
                Choice("no-vietnamese", "Không rành tiếng Việt", "Little Vietnamese"),
                Choice("none", "Không", "None"),
            ]),
            purpose: .needsHelp
        ),
    ]

    static let relations = [
        Choice("head", "Chủ hộ", "Head"),
        Choice("spouse", "Vợ, chồng", "Spouse"),
        Choice("child", "Con", "Child"),
        Choice("child-in-law", "Con dâu, con rể", "Child-in-law"),
        Choice("parent", "Cha, mẹ", "Parent"),
        Choice("parent-in-law", "Cha, mẹ vợ hoặc chồng", "Parent-in-law"),
        Choice("grandparent", "Ông, bà", "Grandparent"),
        Choice("grandchild", "Cháu (nội, ngoại)", "Grandchild"),
        Choice("sibling", "Anh, chị, em", "Sibling"),
        Choice("other-kin", "Họ hàng khác", "Other kin"),
        Choice("lodger", "Người ở trọ, ở nhờ", "Lodger"),
        Choice("worker", "Người giúp việc, làm thuê", "Employed in the household"),
        .other,
    ]

    private static let presences = [
        Choice("here", "Đang ở đây", "Here"),
        Choice("away-short", "Vắng ngắn hạn", "Away for less than 12 months"),
        Choice(
            "away-long",
            "Vắng dài hạn (từ 12 tháng hoặc ra nước ngoài)",
            "Away for 12 months or more, or abroad"
        ),
        Choice("moved", "Đã chuyển đi", "Moved away", isGone: true),
        Choice("deceased", "Đã mất", "Deceased", isGone: true),
        Choice("not-found", "Không có ở địa chỉ này", "Not known at this address", isGone: true),
    ]

    private static let occupations = [
        Choice("farmer", "Nông, lâm nghiệp", "Farming, forestry"),
        Choice("fisher", "Ngư nghiệp", "Fishing"),
        Choice("worker", "Công nhân", "Worker"),
        Choice("trade", "Buôn bán, dịch vụ", "Trade, services"),
        Choice("household-business", "Chủ hộ kinh doanh", "Owner of a household business"),
        Choice("official", "Cán bộ, công chức, viên chức", "Civil servant"),
        Choice("armed", "Lực lượng vũ trang", "Armed forces"),
        Choice("student", "Học sinh, sinh viên", "Pupil, student"),
        Choice("retired", "Hưu trí", "Retired"),
        Choice("homemaker", "Nội trợ", "Homemaker"),
        Choice("none", "Không việc làm", "Without work"),
        Choice("child", "Còn nhỏ", "Small child"),
        .other,
    ]
}

extension DataDescription {
    /// Codes of the presence of a resident who lives there no more, in the order of the list.
    package var gonePresences: [String] { type("resident")?.field("presence")?.goneCodes ?? [] }
}
