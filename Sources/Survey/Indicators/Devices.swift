extension Indicator {
    /// Households and their devices (plan II.3).
    static let devices = [
        Indicator(
            name: "household-smart-device",
            label: Label("Hộ có thiết bị thông minh", "Household with a smart device"),
            wording: "100% hộ gia đình có ít nhất 01 thiết bị thông minh",
            place: "II.3",
            target: 100,
            unit: .household,
            measure: .survey(device(["smartphone", "tablet"]))
        ),
        Indicator(
            name: "household-smart-device-broad",
            label: Label(
                "Hộ có thiết bị thông minh (kể cả máy tính, TV)",
                "Household with a smart device, computers and TVs included"
            ),
            target: 100,
            unit: .household,
            role: .reading(of: "household-smart-device"),
            measure: .survey(device(["smartphone", "tablet", "computer", "smart_tv"]))
        ),
    ]

    private static func device(_ fields: [String]) -> SurveyRule {
        SurveyRule(
            "household",
            population: occupied,
            numerator: .or(fields.map { .isAtLeast($0, 1) }),
            sections: ["devices"],
            reason: Reason("household", "no_device_reason")
        )
    }

    /// Lived in at the cut-off date: since that day or an earlier one, or until a later one.
    private static let occupied = Predicate.or([
        .and([.isOneOf("state", ["occupied"]), .not(isLater)]),
        .and([
            .isOneOf("state", ["vacant", "moved", "dissolved", "not-found", "duplicate"]),
            isLater,
        ]),
    ])

    private static let isLater = Predicate.certain(.not(.isReached("state_on")))
}
