import Causality
internal import Survey

/// Personal and phone numbers that nobody can mistake for real ones.
///
/// The random part of a personal number is `99xxxx`. `xxxx` follows the household's ordinal, each
/// 10,000 households have provinces of their own, and two of a household with equal sex and year get
/// different provinces: numbers are unique up to some 300,000 households.
struct Numbering {
    private let ordinal: Int
    private var used: Set<String> = []

    init(ordinal: Int) {
        self.ordinal = ordinal
    }

    mutating func personalID(
        isMale: Bool,
        bornIn year: Int,
        _ random: inout SplitMix64
    ) -> String {
        let century = (year - 1900) / 100 * 2 + (isMale ? 0 : 1)
        let rest = "\(century)\(Self.digits(year % 100, 2))99\(Self.digits(ordinal % 10_000, 4))"
        let drawn = random.below(100)
        for province in provinces(drawn) {
            let number = province + rest
            if used.insert(number).inserted { return number }
        }
        return "049" + rest
    }

    /// Former Quảng Nam first, then its neighbours; other blocks of households have others.
    private func provinces(_ drawn: Int) -> [String] {
        let block = ordinal / 10_000
        guard block > 0 else {
            let main = drawn < 85 ? "049" : drawn < 93 ? "048" : "051"
            return [main, "049", "048", "051"]
        }
        let start = (block - 1) * 2 % Self.otherProvinces.count
        return [Self.otherProvinces[start], Self.otherProvinces[start + 1]]
    }

    /// 60 of the 63 codes in pairs.
    private static let otherProvinces: [String] = [
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36,
        37, 38, 40, 42, 44, 45, 46, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79,
        80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    ].map { digits($0, 3) }

    /// Digits that follow from the place in the commune, so that no list of real numbers is touched.
    static func phone(ordinal: Int, member: Int) -> String {
        let prefix = ["0905", "0914", "0935", "0987", "0368", "0779"][(ordinal + member) % 6]
        return prefix + digits((ordinal * 16 + member) % 1_000_000, 6)
    }

    static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
