package import Survey

/// What is true of a synthetic person on the day of the data.
package struct SyntheticPerson: Sendable {
    package var name: String
    package var isMale: Bool
    package var birth: PartialDate
    /// Completed years; the last day of the year counts for those of whom only the year is known.
    package var age: Int
    package var relation: String
    /// Nil for newborns whose birth is not registered yet.
    package var personalID: String?
    package var phone: String?
    package var residence = "permanent"
    package var presence = "here"
    package var awayKind: String?
    package var digital = DigitalFacts()
    package var benefit: BenefitFacts?

    package var sex: String { isMale ? "male" : "female" }

    /// The year before this one, as that from which he is away; of who was not born then this one.
    func awaySince(_ today: CalendarDay) -> String { "\(max(today.year - 1, birth.year))" }
}

/// Card, accounts and services of a person; drawn in the order in which each needs the one before.
package struct DigitalFacts: Hashable, Sendable {
    package var hasCard = false
    package var ownSmartphone = false
    package var level2 = false
    package var isActivated = false
    package var hasPayment = false
    package var isLinked = false
    package var wantsSignature = false
    package var hasSignature = false
    package var usedServices = false
    package var neededServices = false
    package var hasEmail = false
    package var isInsured = false
    package var insuredOnCard = false
}

/// A pension or allowance.
package struct BenefitFacts: Hashable, Sendable {
    package var kind: String
    package var channel: String
    package var isLinked: Bool
}

/// What is true of a synthetic household, and how it relates to the list.
package struct SyntheticHousehold: Sendable {
    package let ordinal: Int
    package let village: Int
    /// Number on the list, beginning anew in each village.
    package let number: Int
    package let group: String
    package let address: String
    package internal(set) var members: [SyntheticPerson]
    package internal(set) var devices: Devices
    package let policy: String
    /// Nobody lives in the house.
    package let isVacant: Bool
    /// Lives here, but the list does not know it.
    package let isUnlisted: Bool

    /// Devices in working order, counted per household.
    package struct Devices: Hashable, Sendable {
        package var smartphones = 0
        package var tablets = 0
        package var computers = 0
        package var smartTVs = 0
        package var featurePhones = 0
        package var internet = "none"
    }
}
