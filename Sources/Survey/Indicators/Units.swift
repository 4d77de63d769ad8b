extension Indicator {
    /// Businesses (plan II.1 and II.2).
    static let businesses = [
        Indicator(
            name: "official-email-business",
            label: Label(
                "Doanh nghiệp có thư điện tử công vụ",
                "Enterprises with an official mailbox"
            ),
            wording: "100% cá nhân, doanh nghiệp có tài khoản định danh điện tử được khởi tạo "
                + "thư điện tử",
            place: "II.1",
            target: 100,
            unit: .business,
            measure: .survey(mailbox(["enterprise"])),
            prefersAgency: true
        ),
        Indicator(
            name: "official-email-business-all",
            label: Label(
                "Như trên, kể cả hộ kinh doanh",
                "The same, household businesses included"
            ),
            target: 100,
            unit: .business,
            role: .companion(of: "official-email-business"),
            measure: .survey(mailbox(["enterprise", "household-business"]))
        ),
        Indicator(
            name: "online-service-use-business",
            label: Label(
                "Doanh nghiệp dùng dịch vụ công trực tuyến",
                "Businesses that use online services"
            ),
            wording: "Tỷ lệ người dân, doanh nghiệp sử dụng dịch vụ công trực tuyến đạt tối "
                + "thiểu 70%",
            place: "II.1",
            target: 70,
            unit: .business,
            measure: .survey(
                unit(businessKinds, numerator: .isOneOf("used_online_12m", ["yes"]))
            )
        ),
        Indicator(
            name: "ecommerce-identified-tax",
            label: Label(
                "Kinh doanh trên sàn đã định danh, kết nối thuế",
                "Platform sellers identified and connected to the tax authority"
            ),
            wording: "100% doanh nghiệp, hộ kinh doanh trên các sàn thương mại điện tử phải được "
                + "định danh điện tử và kết nối thông tin kinh doanh với cơ quan thuế",
            place: "II.2",
            target: 100,
            unit: .business,
            measure: .survey(
                unit(
                    businessKinds,
                    and: .isOneOf("sells_on_platform", ["yes"]),
                    numerator: .and([
                        .isOneOf("eid", ["yes"]), .isOneOf("tax_linked", ["yes"]),
                    ])
                )
            )
        ),
    ]

    /// Health stations and schools (plan II.2).
    static let facilities = [
        Indicator(
            name: "facility-digital-payment",
            label: Label(
                "Trạm y tế, trường học chấp nhận thanh toán số",
                "Health stations and schools that take digital payment"
            ),
            wording: facilityWording,
            place: "II.2",
            target: 100,
            unit: .facility,
            measure: .survey(digitalPayment(["health-station", "school"]))
        ),
        Indicator(
            name: "facility-digital-payment-health",
            label: Label("– Trạm y tế", "– Health stations"),
            target: 100,
            unit: .facility,
            role: .companion(of: "facility-digital-payment"),
            measure: .survey(digitalPayment(["health-station"]))
        ),
        Indicator(
            name: "facility-digital-payment-school",
            label: Label("– Trường học", "– Schools"),
            target: 100,
            unit: .facility,
            role: .companion(of: "facility-digital-payment"),
            measure: .survey(digitalPayment(["school"]))
        ),
        Indicator(
            name: "facility-idcard-for-bhyt",
            label: Label(
                "Trạm y tế nhận khám BHYT bằng căn cước",
                "Health stations that admit on the identity card"
            ),
            wording: facilityWording,
            place: "II.2",
            target: 100,
            unit: .facility,
            measure: .survey(
                unit(
                    ["health-station"],
                    numerator: .isOneOf("accepts_idcard_bhyt", ["yes"])
                )
            )
        ),
    ]

    private static let facilityWording =
        "100% trạm y tế, trường học chấp nhận thanh toán số; thẻ căn cước thay thế thẻ BHYT"

    private static let businessKinds = ["enterprise", "cooperative", "household-business"]

    private static func unit(
        _ kinds: [String],
        and condition: Predicate = .always,
        numerator: Predicate,
        notApplicable: Predicate? = nil,
        reason: Reason? = nil
    ) -> SurveyRule {
        SurveyRule(
            "unit",
            population: .and([
                .isOneOf("kind", kinds), .isOneOf("state", ["open"]), condition,
            ]),
            numerator: numerator,
            notApplicable: notApplicable,
            sections: ["unit"],
            reason: reason
        )
    }

    private static func mailbox(_ kinds: [String]) -> SurveyRule {
        unit(
            kinds,
            and: .isOneOf("eid", ["yes"]),
            numerator: .isOneOf("official_email", ["yes"])
        )
    }

    private static func digitalPayment(_ kinds: [String]) -> SurveyRule {
        unit(
            kinds,
            numerator: .isOneOf("digital_payment", ["yes"]),
            notApplicable: .isOneOf("collects_fees", ["no"]),
            reason: Reason("unit", "no_payment_reason")
        )
    }
}
