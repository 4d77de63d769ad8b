import Causality

/// Draws names as they are given in the region: by sex and year of birth, families clustered by village.
struct Naming {
    /// Two or three families that take 60 % of a village.
    private let mainFamilies: [String]
    private let isCo: Bool

    init(seed: UInt64, village: Int, area: SyntheticVillage.Area) {
        var random = SplitMix64(seed: seed, stream: Stream.village, village)
        // One of two hamlets in the hills is of Co families.
        isCo = area == .hills && random.percent(50)
        let table = isCo ? NameTables.coFamilies : NameTables.kinhFamilies
        mainFamilies = (0..<random.within(2...3)).map { _ in table.draw(&random) }
    }

    func family(_ random: inout SplitMix64) -> String {
        if random.percent(60) { return random.pick(mainFamilies) }
        return (isCo ? NameTables.coFamilies : NameTables.kinhFamilies).draw(&random)
    }

    /// Family name, middle name, given name; some spellings of the tone mark are the newer ones.
    func name(
        family: String,
        isMale: Bool,
        bornIn year: Int,
        _ random: inout SplitMix64
    ) -> String {
        let middle = Self.middle(isMale: isMale, bornIn: year, &random)
        var given = Self.given(isMale: isMale, bornIn: year, &random)
        if given == middle { given = isMale ? "Anh" : "Ngân" }
        if random.percent(40), let other = Self.newStyle[given] { given = other }
        return [family, middle, given].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static let newStyle = ["Thủy": "Thuỷ", "Hòa": "Hoà", "Thúy": "Thuý"]

    private static func middle(
        isMale: Bool,
        bornIn year: Int,
        _ random: inout SplitMix64
    ) -> String {
        switch (isMale, year < 1985) {
        case (true, true): return NameTables.olderMenMiddle.draw(&random)
        case (false, true): return NameTables.olderWomenMiddle.draw(&random)
        case (true, false):
            let middle = NameTables.youngerMenMiddle.draw(&random)
            guard random.percent(26) else { return middle }
            let second = NameTables.youngerMenMiddle.draw(&random)
            return second == middle ? middle : "\(middle) \(second)"
        case (false, false):
            let middle = NameTables.youngerWomenMiddle.draw(&random)
            guard !middle.contains(" "), random.percent(50) else { return middle }
            let second = NameTables.youngerWomenMiddle.draw(&random)
            return second.contains(middle) || second.contains(" ") ? middle : "\(middle) \(second)"
        }
    }

    private static func given(
        isMale: Bool,
        bornIn year: Int,
        _ random: inout SplitMix64
    ) -> String {
        if year < 1975 {
            return (isMale ? NameTables.olderMen : NameTables.olderWomen).draw(&random)
        }
        if isMale { return NameTables.men.draw(&random) }
        return (year > 2005 ? NameTables.girls : NameTables.women).draw(&random)
    }
}
