extension DataDescription {
    /// The survey of the Tam Mỹ plan of 2026: the one place where a field or indicator is added.
    package static let doorstep = DataDescription(
        types: [
            .household, .resident, .paymentAccount, .benefit, .visit, .notice,
            .unit, .staff, .agencyFigure, .milestone,
            .village, .target, .communeSetting,
        ],
        indicators: Indicator.identity + Indicator.devices + Indicator.payments
            + Indicator.services + Indicator.children + Indicator.businesses
            + Indicator.facilities + Indicator.civilServants + Indicator.agencies
            + Indicator.agencyFiles + Indicator.milestones,
        sections: Section.doorstep,
        purposes: Purpose.doorstep
    )
}
