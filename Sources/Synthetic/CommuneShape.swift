import Causality
package import Survey

/// How large a synthetic commune is, where its villages lie, and the day of its data.
package struct CommuneShape: Sendable {
    package let seed: UInt64
    package let villages: [SyntheticVillage]
    /// The day at which ages are judged and the list was drawn.
    package let day: CalendarDay

    /// Villages as given; names should show that nobody lives there.
    package init(seed: UInt64, day: CalendarDay, villages: [SyntheticVillage]) {
        precondition(!villages.isEmpty, "a commune has at least one village")
        self.seed = seed
        self.day = day
        self.villages = villages
    }

    /// `villages` villages `Thôn Mẫu 1` … with `households` households in all.
    ///
    /// Sizes differ by up to a factor of four; 45 % of the villages lie in the east, 37 % in the west,
    /// the rest in the hills (sample facts, section 1).
    package init(seed: UInt64, day: CalendarDay, villages count: Int, households: Int) {
        precondition(count > 0 && households >= count, "each village has at least one household")
        var random = SplitMix64(seed: seed, stream: Stream.shape, 0)
        let weights = (0..<count).map { _ in 50 + random.below(150) }
        let total = weights.reduce(0, +)
        var left = households - count
        var sizes = weights.map { 1 + (households - count) * $0 / total }
        left = households - sizes.reduce(0, +)
        for index in 0..<left { sizes[index % count] += 1 }
        self.init(
            seed: seed,
            day: day,
            villages: sizes.enumerated().map { index, size in
                SyntheticVillage(
                    name: "Thôn Mẫu \(index + 1)",
                    area: Self.area(index, of: count),
                    households: size
                )
            }
        )
    }

    /// The commune that Tam Mỹ is taken to be: 16 villages, 4,700 households.
    package static func tamMy(seed: UInt64, day: CalendarDay) -> CommuneShape {
        CommuneShape(seed: seed, day: day, villages: 16, households: 4700)
    }

    package var households: Int { villages.reduce(0) { $0 + $1.households } }

    /// Ordinals of a village's households; ordinals count through the whole commune.
    package func ordinals(of village: Int) -> Range<Int> {
        let start = villages[..<village].reduce(0) { $0 + $1.households }
        return start..<(start + villages[village].households)
    }

    /// Precondition: `ordinal` is one of the commune's.
    func village(of ordinal: Int) -> Int {
        var end = 0
        for (index, village) in villages.enumerated() {
            end += village.households
            if ordinal < end { return index }
        }
        preconditionFailure("an ordinal beyond the last household")
    }

    private static func area(_ index: Int, of count: Int) -> SyntheticVillage.Area {
        let position = index * 100 / count
        return position < 45 ? .east : position < 82 ? .west : .hills
    }
}

/// A village that exists only in test data.
package struct SyntheticVillage: Hashable, Sendable {
    /// Where it lies decides signal, poverty and how many have what.
    package enum Area: Hashable, Sendable {
        /// Plain, road, town edge.
        case east
        case west
        /// Tam Trà: hills, weak signal, Co hamlets.
        case hills
    }

    package let name: String
    package let area: Area
    package let households: Int

    package init(name: String, area: Area, households: Int) {
        precondition(households > 0, "a village has at least one household")
        self.name = name
        self.area = area
        self.households = households
    }
}

/// Numbers of the independent random streams; never reused for another purpose.
enum Stream {
    static let shape: UInt64 = 1
    static let village: UInt64 = 2
    static let household: UInt64 = 3
    static let list: UInt64 = 4
    static let visit: UInt64 = 5
    static let unit: UInt64 = 6
    static let report: UInt64 = 7
}
