extension Predicate {
    static let citizen = Predicate.isOneOf("nationality", ["vn"])

    static func age(_ years: Int) -> Predicate { .ageAtLeast(years, birth: "birth") }

    /// Citizens who have completed 14 years.
    static let from14 = Predicate.and([.citizen, .age(14)])
    /// Citizens who have completed 18 years.
    static let from18 = Predicate.and([.citizen, .age(18)])

    /// A card was issued, valid or not.
    ///
    /// The police's list holds cards only, so it need not name the kind.
    static let cardIssued = Predicate.or([
        .certain(
            .and([
                .isOneOf("idcard_status_register", issuedStates),
                .not(.certain(.isOneOf("idcard_kind_register", ["cmnd", "gcn-can-cuoc", "none"]))),
            ])
        ),
        .and([
            .not(.isFilled("idcard_status_register")),
            .isOneOf("idcard_status", issuedStates),
            .isOneOf("idcard_kind", ["cccd-chip", "can-cuoc", "cccd-barcode"]),
        ]),
    ])

    /// What is printed on the card has passed; without it, the age at which it must be renewed has.
    static let cardOver = Predicate.certain(
        .or([
            .isPast("idcard_expires_on"),
            .and([
                .not(.isFilled("idcard_expires_on")),
                .isRenewalDue(birth: "birth", issued: "idcard_issued_on"),
            ]),
        ])
    )

    /// An account of level 2 was issued.
    ///
    /// The police's list holds issued accounts unless it says otherwise.
    static let level2Issued = Predicate.or([
        .certain(
            .and([
                .isOneOf("vneid_level_register", ["2"]),
                .not(.certain(.isOneOf("vneid_state_register", ["none", "applied"]))),
            ])
        ),
        .and([
            .not(.isFilled("vneid_level_register")),
            .isOneOf("vneid_level", ["2"]),
            .isOneOf("vneid_state", ["issued", "activated", "locked"]),
        ]),
    ])

    static let level2Active = Predicate.and([
        .isOneOf("vneid_level", ["2"]), .isOneOf("vneid_state", ["activated"]),
    ])

    static let anyAccount = Predicate.isOneOf("vneid_level", ["1", "2"])

    private static let issuedStates = ["valid", "expired", "lost", "damaged"]
}

extension Indicator {
    /// Identity cards and electronic identity accounts (plan II.3).
    static let identity = [
        Indicator(
            name: "id-card",
            label: Label("Được cấp căn cước", "Identity card issued"),
            wording: "100% người dân đủ điều kiện hiện đang cư trú trên địa bàn xã được cấp "
                + "căn cước",
            place: "II.3",
            target: 100,
            unit: .resident,
            measure: .survey(idcard(population: .from14, .cardIssued))
        ),
        Indicator(
            name: "id-card-valid",
            label: Label("Căn cước còn hạn", "Identity card valid"),
            target: 100,
            unit: .resident,
            role: .companion(of: "id-card"),
            measure: .survey(
                idcard(
                    population: .from14,
                    .and([.cardIssued, .isOneOf("idcard_status", ["valid"]), .not(.cardOver)])
                )
            )
        ),
        Indicator(
            name: "vneid-level2",
            label: Label("Tài khoản định danh mức 2", "Electronic identity of level 2"),
            wording: "100% người dân đủ điều kiện hiện đang cư trú trên địa bàn xã được … cấp "
                + "tài khoản định danh điện tử mức độ 2",
            place: "II.3",
            target: 100,
            unit: .resident,
            measure: .survey(vneid(population: .from14, .level2Issued))
        ),
        Indicator(
            name: "vneid-level2-active",
            label: Label("Định danh mức 2 đã kích hoạt", "Level 2 activated"),
            target: 100,
            unit: .resident,
            role: .companion(of: "vneid-level2"),
            measure: .survey(vneid(population: .from14, .level2Active))
        ),
        Indicator(
            name: "vneid-level2-with-card",
            label: Label(
                "Định danh mức 2 trong số người có căn cước",
                "Level 2 among card holders"
            ),
            unit: .resident,
            role: .companion(of: "vneid-level2"),
            measure: .survey(
                vneid(population: .and([.from14, .cardIssued]), .level2Issued)
            )
        ),
    ]

    /// Children are entitled, not obliged: shown for information.
    static let children = [0...5, 6...13].flatMap { ages in
        let years = "\(ages.lowerBound)-\(ages.upperBound)"
        let population = Predicate.and([
            .citizen, .not(.certain(.age(ages.upperBound + 1))),
            ages.lowerBound == 0 ? .always : .age(ages.lowerBound),
        ])
        return [
            Indicator(
                name: "id-child-card-\(years)",
                label: Label(
                    "Trẻ \(years) tuổi có căn cước",
                    "Children aged \(years) with a card"
                ),
                unit: .resident,
                role: .information,
                measure: .survey(idcard(population: population, .cardIssued))
            ),
            Indicator(
                name: "id-child-account-\(years)",
                label: Label(
                    "Trẻ \(years) tuổi có tài khoản định danh",
                    "Children aged \(years) with an account"
                ),
                unit: .resident,
                role: .information,
                measure: .survey(vneid(population: population, .anyAccount))
            ),
        ]
    }

    private static func idcard(population: Predicate, _ numerator: Predicate) -> SurveyRule {
        SurveyRule(
            "resident",
            population: population,
            numerator: numerator,
            sections: ["idcard"],
            reason: Reason("resident", "idcard_missing_reason")
                .implied(by: "idcard_status", ["applied": "applied"])
        )
    }

    private static func vneid(population: Predicate, _ numerator: Predicate) -> SurveyRule {
        SurveyRule(
            "resident",
            population: population,
            numerator: numerator,
            sections: ["vneid"],
            reason: Reason("resident", "vneid_obstacle")
                .implied(by: "vneid_state", ["applied": "waiting"])
        )
    }
}
