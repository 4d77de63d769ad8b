import Causality

/// Percentages by age of the sample facts, section 6, and how a fact is drawn from them.
struct FactTables {
    /// Gaps (100 − x) grow or shrink with the area; no gap is more than 95.
    private let gapPerMille: Int

    init(area: SyntheticVillage.Area) {
        gapPerMille =
            switch area {
            case .east: 900
            case .west: 1000
            case .hills: 1800
            }
    }

    /// Bands: 14–17, 18–34, 35–49, 50–59, 60–69, 70–79, 80+.
    private static let cardIssued = [88, 98, 99, 99, 98, 96, 90]
    private static let ownSmartphone = [75, 97, 93, 80, 55, 25, 8]
    private static let level2 = [70, 93, 93, 88, 78, 58, 30]
    private static let activatedIfIssued = [80, 96, 95, 88, 72, 45, 20]
    private static let payment = [0, 95, 88, 70, 45, 25, 10]
    private static let linked = [0, 60, 58, 50, 42, 30, 10]
    private static let wantsSignature = [0, 30, 25, 12, 5, 2, 1]
    private static let hasIfWants = [0, 40, 35, 25, 15, 10, 5]
    private static let usedService = [0, 62, 52, 33, 15, 6, 2]

    /// Draws card, then account, then activation, then what needs them, so that the implications
    /// linked ⇒ activated ∧ account and activated ⇒ issued ⇒ card always hold.
    ///
    /// A share of the table is of all people; where a fact needs another, it is drawn among those who
    /// have that one with the share divided by theirs, so that the table comes out.
    func draw(age: Int, _ random: inout SplitMix64) -> DigitalFacts {
        var facts = DigitalFacts()
        facts.isInsured = random.percent(92)
        guard let band = Self.band(age) else {
            facts.hasCard = age >= 6 && random.percent(25)
            return facts
        }
        let card = perMille(Self.cardIssued[band])
        let level2 = perMille(Self.level2[band])
        let active = perMille(Self.activatedIfIssued[band])
        let payment = Self.payment[band] == 0 ? 0 : perMille(Self.payment[band])
        facts.ownSmartphone = random.perMille(perMille(Self.ownSmartphone[band]))
        facts.hasCard = random.perMille(card)
        facts.level2 = facts.hasCard && random.perMille(min(1000, level2 * 1000 / card))
        facts.isActivated = facts.level2 && random.perMille(active)
        facts.hasPayment = random.perMille(payment)
        facts.insuredOnCard = facts.isInsured && facts.hasCard && random.percent(85)
        guard age >= 18 else { return facts }
        let base = max(1, level2 * active / 1000 * payment / 1000)
        let linked = perMille(Self.linked[band])
        facts.isLinked =
            facts.isActivated && facts.hasPayment
            && random.perMille(min(1000, linked * 1000 / base))
        facts.wantsSignature = facts.level2 && random.percent(Self.wantsSignature[band])
        facts.hasSignature =
            facts.wantsSignature && facts.isActivated && random.percent(Self.hasIfWants[band])
        facts.neededServices = random.percent(55)
        facts.usedServices = random.perMille(perMille(Self.usedService[band]))
        facts.hasEmail = facts.level2 && random.percent(30)
        return facts
    }

    /// 9 % of people receive something regularly.
    static func benefit(
        age: Int,
        _ facts: DigitalFacts,
        _ random: inout SplitMix64
    ) -> BenefitFacts? {
        let kind: String
        switch age {
        case 75...: kind = random.percent(62) ? "social-pension" : "pension"
        case 60...74:
            guard random.percent(26) else { return nil }
            kind = random.pick(["pension", "pension", "merit", "social-assistance"])
        default:
            guard random.perMille(30) else { return nil }
            kind = random.pick(["merit", "social-assistance", "social-assistance"])
        }
        guard age < 75 || random.percent(70) else { return nil }
        switch random.below(100) {
        case ..<58 where facts.hasPayment:
            let isLinked = facts.isLinked && random.percent(90)
            return BenefitFacts(kind: kind, channel: "bank-own", isLinked: isLinked)
        case ..<64: return BenefitFacts(kind: kind, channel: "bank-other", isLinked: false)
        default:
            let channel = random.percent(70) ? "cash-point" : "cash-home"
            return BenefitFacts(kind: kind, channel: channel, isLinked: false)
        }
    }

    private func perMille(_ percent: Int) -> Int {
        1000 - min(950, (100 - percent) * gapPerMille / 100)
    }

    private static func band(_ age: Int) -> Int? {
        switch age {
        case ..<14: nil
        case ..<18: 0
        case ..<35: 1
        case ..<50: 2
        case ..<60: 3
        case ..<70: 4
        case ..<80: 5
        default: 6
        }
    }
}
