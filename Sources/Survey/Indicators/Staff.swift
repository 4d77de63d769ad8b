extension Indicator {
    /// Civil servants of the commune's units (plan II.3 and II.4); the unit decides, not the address.
    static let civilServants = [
        Indicator(
            name: "staff-digital-training",
            label: Label("Được bồi dưỡng kỹ năng số", "Trained in digital skills"),
            wording: "100% cán bộ, công chức, viên chức được đào tạo, bồi dưỡng kỹ năng số",
            place: "II.3",
            target: 100,
            unit: .civilServant,
            measure: .survey(staff(trainedThisPlan))
        ),
        Indicator(
            name: "staff-digital-training-ever",
            label: Label("Như trên, từ trước đến nay", "The same, ever"),
            target: 100,
            unit: .civilServant,
            role: .companion(of: "staff-digital-training"),
            measure: .survey(
                staff(
                    .or([
                        .certain(.isReached("digital_training_on")),
                        .isOneOf("digital_training", ["yes"]),
                    ])
                )
            )
        ),
        Indicator(
            name: "staff-equipment",
            label: Label("Trang thiết bị đáp ứng yêu cầu", "Adequate equipment"),
            wording: staffWording,
            place: "II.4",
            target: 100,
            unit: .civilServant,
            measure: .survey(staff(equipped))
        ),
        Indicator(
            name: "staff-signature",
            label: Label("Chữ ký số cá nhân", "Personal digital signature"),
            wording: staffWording,
            place: "II.4",
            target: 100,
            unit: .civilServant,
            measure: .survey(staff(signed))
        ),
        Indicator(
            name: "staff-equipment-and-signature",
            label: Label("Có cả trang thiết bị và chữ ký số", "Equipment and signature"),
            wording: staffWording,
            place: "II.4",
            target: 100,
            unit: .civilServant,
            role: .reading(of: "staff-equipment"),
            measure: .survey(staff(.and([equipped, signed])))
        ),
    ]

    private static let staffWording =
        "100% cán bộ, công chức, viên chức được bố trí trang thiết bị đáp ứng yêu cầu công việc "
        + "và có chữ ký số cá nhân để giải quyết công việc trên môi trường điện tử"

    /// Trained since 01/01/2026, the beginning of the plan period.
    ///
    /// Trained, but no day known: unknown.
    private static let trainedThisPlan = Predicate.or([
        .certain(
            .and([
                .isFrom("digital_training_on", planStart), .isReached("digital_training_on"),
            ])
        ),
        .and([
            .not(.isFilled("digital_training_on")),
            .isOneOf("digital_training", ["yes"]),
            .unknown,
        ]),
    ])

    private static let planStart = CalendarDay(number: 20_454)
    private static let equipped = Predicate.isOneOf("equipment", ["adequate"])
    private static let signed = Predicate.isOneOf("signature", ["yes"])

    private static func staff(_ numerator: Predicate) -> SurveyRule {
        SurveyRule(
            "staff",
            population: .isOneOf("state", ["active"]),
            numerator: numerator,
            sections: ["staff"]
        )
    }
}
