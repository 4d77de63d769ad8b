extension Indicator {
    /// Signatures, mailboxes, online services and insurance of people (plan II.1 to II.3).
    static let services =
        signatures + [
            Indicator(
                name: "official-email-person",
                label: Label("Cá nhân có thư điện tử công dân", "People with an official mailbox"),
                wording: "100% cá nhân, doanh nghiệp có tài khoản định danh điện tử được khởi tạo "
                    + "thư điện tử",
                place: "II.1",
                target: 100,
                unit: .resident,
                measure: .survey(
                    SurveyRule(
                        "resident",
                        population: .anyAccount,
                        numerator: .isOneOf("official_email_state", ["created", "used"]),
                        sections: ["official_email"]
                    )
                ),
                prefersAgency: true
            ),
            Indicator(
                name: "online-service-use-person",
                label: Label(
                    "Người dân dùng dịch vụ công trực tuyến",
                    "People who use online services"
                ),
                wording: "Tỷ lệ người dân, doanh nghiệp sử dụng dịch vụ công trực tuyến đạt tối "
                    + "thiểu 70%",
                place: "II.1",
                target: 70,
                unit: .resident,
                measure: .survey(onlineService(.from18))
            ),
            Indicator(
                name: "online-service-use-person-needed",
                label: Label(
                    "Như trên, trong số người có làm thủ tục",
                    "The same, among those who needed a procedure"
                ),
                target: 70,
                unit: .resident,
                role: .companion(of: "online-service-use-person"),
                measure: .survey(
                    onlineService(.and([.from18, .isOneOf("service_needed_12m", ["yes"])]))
                )
            ),
            Indicator(
                name: "idcard-for-bhyt-person",
                label: Label(
                    "Khám BHYT bằng căn cước (người dân)",
                    "Treated on the identity card (people)"
                ),
                target: 100,
                unit: .resident,
                role: .reading(of: "facility-idcard-for-bhyt"),
                measure: .survey(
                    SurveyRule(
                        "resident",
                        population: .and([.from14, .isOneOf("bhyt_insured", ["yes"])]),
                        numerator: .isOneOf("bhyt_on_idcard", ["yes"]),
                        sections: ["bhyt"]
                    )
                )
            ),
        ]

    private static let signatures = [
        Indicator(
            name: "digital-signature",
            label: Label(
                "Chữ ký số trên VNeID khi có nhu cầu",
                "Digital signature on VNeID, if wanted"
            ),
            wording: "100% công dân đã có tài khoản định danh điện tử được cấp chữ ký số trên "
                + "ứng dụng VNeID khi có nhu cầu",
            place: "II.3",
            target: 100,
            unit: .resident,
            measure: .survey(
                signature(
                    population: wanting,
                    .and([
                        hasSignature, .isOneOf("signature_where", ["vneid"]),
                    ])
                )
            )
        ),
        Indicator(
            name: "digital-signature-any",
            label: Label("Chữ ký số của bất kỳ nơi cấp nào", "Digital signature of any provider"),
            target: 100,
            unit: .resident,
            role: .companion(of: "digital-signature"),
            measure: .survey(signature(population: wanting, hasSignature))
        ),
        Indicator(
            name: "digital-signature-asked",
            label: Label(
                "Người có tài khoản định danh đã được hỏi",
                "Account holders who were asked"
            ),
            unit: .resident,
            role: .information,
            measure: .survey(
                signature(
                    population: holder,
                    .or([.isFilled("signature_state"), .isFilled("signature_want")])
                )
            )
        ),
        Indicator(
            name: "digital-signature-wanted",
            label: Label("Người có nhu cầu hoặc đã có chữ ký số", "Want or have a signature"),
            unit: .resident,
            role: .information,
            measure: .survey(signature(population: holder, wish))
        ),
        Indicator(
            name: "digital-signature-had",
            label: Label("Người đã có chữ ký số", "Have a signature"),
            unit: .resident,
            role: .information,
            measure: .survey(signature(population: holder, hasSignature))
        ),
    ]

    private static let hasSignature = Predicate.isOneOf("signature_state", ["has"])
    private static let wish = Predicate.or([
        hasSignature, .isOneOf("signature_want", ["yes"]),
    ])
    private static let holder = Predicate.and([.citizen, .anyAccount])
    private static let wanting = Predicate.and([holder, wish])

    private static func signature(population: Predicate, _ numerator: Predicate) -> SurveyRule {
        SurveyRule(
            "resident",
            population: population,
            numerator: numerator,
            sections: ["signature"],
            reason: Reason("resident", "signature_missing_reason")
                .implied(by: "signature_state", ["applied": "applied", "expired": "expired"])
        )
    }

    private static func onlineService(_ population: Predicate) -> SurveyRule {
        SurveyRule(
            "resident",
            population: population,
            numerator: .isOneOf("service_used_online_12m", ["self", "helped"]),
            sections: ["service"],
            reason: Reason("resident", "service_obstacle")
        )
    }
}
