extension Predicate {
    /// An account of the person's own that works; what was not asked is not held against it.
    static let hasPayment = Predicate.or([
        .isOneOf("payment_has_any", ["yes"]),
        hasOwnAccount,
    ])

    /// One of the recorded accounts is such an account.
    static let hasOwnAccount = Predicate.hasChild(
        type: "payment_account",
        field: "resident",
        where: ownAccount
    )

    static let ownAccount = Predicate.and([
        .isOneOf("kind", ["bank", "ewallet", "mobile-money"]),
        .not(.certain(.isOneOf("own_name", ["no"]))),
        .not(.certain(.isOneOf("usable", ["no"]))),
    ])

    static let socialSecurityLinked = Predicate.isOneOf("ssa_state", ["linked"])

    /// Unknown, not false, for somebody who has an account of which nothing more is known.
    static let paymentLinked = Predicate.or([
        .hasChild(
            type: "payment_account",
            field: "resident",
            where: .isOneOf("linked_vneid", ["yes"])
        ),
        .and([
            .not(.hasChild(type: "payment_account", field: "resident", where: .always)),
            .not(.isOneOf("payment_has_any", ["no"])),
            .unknown,
        ]),
    ])

    /// Some regular benefit that is paid at the cut-off date satisfies the condition.
    static func hasBenefit(where condition: Predicate) -> Predicate {
        .hasChild(
            type: "benefit",
            field: "resident",
            where: .and([openBenefit, condition])
        )
    }

    /// A benefit that is paid at the cut-off date, as far as anybody knows.
    static let openBenefit = Predicate.and([
        .not(.certain(.not(.isReached("since")))), .not(.certain(.isPast("until"))),
    ])

    static func benefit(through channels: [String]) -> Predicate {
        .and([.isOneOf("channel", channels), .isOneOf("linked_vneid", ["yes"])])
    }

    static func allBenefits(through channels: [String]) -> Predicate {
        .not(hasBenefit(where: .not(benefit(through: channels))))
    }
}

extension Indicator {
    /// Payment accounts, social-security accounts and benefits (plan II.2 and II.3).
    static let payments = [
        Indicator(
            name: "epayment-account",
            label: Label("Tài khoản thanh toán điện tử", "Electronic payment account"),
            wording: paymentWording,
            place: "II.3",
            target: 100,
            unit: .resident,
            measure: .survey(adults(.hasPayment, ["payment"], noPayment))
        ),
        Indicator(
            name: "ssa-on-vneid",
            label: Label(
                "Tài khoản an sinh xã hội trên VNeID",
                "Social-security account on VNeID"
            ),
            wording: paymentWording,
            place: "II.3",
            target: 100,
            unit: .resident,
            measure: .survey(adults(.socialSecurityLinked, ["ssa"], notLinked))
        ),
        Indicator(
            name: "epayment-and-ssa",
            label: Label(
                "Có cả tài khoản thanh toán và an sinh",
                "Payment and social-security account"
            ),
            wording: paymentWording,
            place: "II.3",
            target: 100,
            unit: .resident,
            role: .reading(of: "epayment-account"),
            measure: .survey(
                adults(
                    .and([.hasPayment, .socialSecurityLinked]),
                    ["payment", "ssa"],
                    notLinked
                )
            )
        ),
        Indicator(
            name: "epayment-on-vneid",
            label: Label(
                "Tài khoản thanh toán liên kết VNeID",
                "Payment account linked on VNeID"
            ),
            target: 100,
            unit: .resident,
            role: .companion(of: "epayment-account"),
            measure: .survey(adults(.paymentLinked, ["payment"], noPayment))
        ),
        Indicator(
            name: "benefit-bank-vneid",
            label: Label(
                "Lương hưu, trợ cấp qua ngân hàng liên kết VNeID",
                "Benefits through a bank account linked on VNeID"
            ),
            wording: "Tối thiểu 80% người hưởng trợ cấp, lương hưu nhận qua tài khoản ngân hàng "
                + "liên kết trên VNeID",
            place: "II.2",
            target: 80,
            unit: .resident,
            measure: .survey(benefit(.always, ["bank-own"]))
        ),
        Indicator(
            name: "benefit-bank-vneid-any-holder",
            label: Label(
                "Như trên, kể cả tài khoản người khác",
                "The same, others' accounts included"
            ),
            target: 80,
            unit: .resident,
            role: .companion(of: "benefit-bank-vneid"),
            measure: .survey(benefit(.always, ["bank-own", "bank-other"]))
        ),
        Indicator(
            name: "benefit-bank-vneid-child",
            label: Label("Như trên, người dưới 18 tuổi", "The same, people under 18"),
            unit: .resident,
            role: .information,
            measure: .survey(benefit(.not(.certain(.age(18))), ["bank-own", "bank-other"]))
        ),
    ]

    private static let paymentWording =
        "100% công dân đủ 18 tuổi trở lên có tài khoản thanh toán điện tử, tài khoản an sinh "
        + "xã hội được tích hợp lên VNeID"

    private static func adults(
        _ numerator: Predicate,
        _ sections: [String],
        _ reason: Reason
    ) -> SurveyRule {
        SurveyRule(
            "resident",
            population: .from18,
            numerator: numerator,
            sections: sections,
            reason: reason
        )
    }

    private static func benefit(_ who: Predicate, _ channels: [String]) -> SurveyRule {
        SurveyRule(
            "resident",
            population: .and([who, .hasBenefit(where: .always)]),
            numerator: .allBenefits(through: channels),
            sections: ["benefit"],
            reason: Reason(
                "benefit",
                "missing_reason",
                parts: Reason.Parts(
                    among: .openBenefit,
                    satisfied: .benefit(through: channels),
                    mixed: "partial"
                )
            )
        )
    }

    private static let noPayment = Reason("resident", "payment_missing_reason")
    private static let notLinked = Reason("resident", "ssa_missing_reason")
        .implied(by: "ssa_state", ["requested": "requested", "rejected": "rejected"])
}
