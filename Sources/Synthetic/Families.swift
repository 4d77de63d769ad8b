import Causality

/// Draws who lives together: sizes and compositions of the sample facts, section 2.
enum Families {
    /// A member before names and dates: age, sex, and the relation to the head.
    struct Member {
        var relation: String
        var isMale: Bool
        var age: Int
        /// Takes the head's family name.
        var isOfHeadsFamily: Bool
    }

    static func draw(_ random: inout SplitMix64, isHills: Bool) -> [Member] {
        let size = size(&random, isHills: isHills)
        switch size {
        case 1: return [single(&random)]
        case 2:
            return switch random.below(100) {
            case ..<52: couple(57...89, children: 0, &random)
            case ..<62: couple(24...45, children: 0, &random)
            case ..<84: parent(children: 1, &random)
            default: grandparents(count: 1, children: 1, &random)
            }
        case 3:
            return switch random.below(100) {
            case ..<68: family(children: 1, &random)
            case ..<80: parent(children: 2, &random)
            case ..<90: generations(size: 3, &random)
            default: grandparents(count: 2, children: 1, &random)
            }
        case 4:
            return switch random.below(100) {
            case ..<74: family(children: 2, &random)
            case ..<93: generations(size: 4, &random)
            default: grandparents(count: 2, children: 2, &random)
            }
        case 5:
            return random.percent(50)
                ? family(children: 3, &random) : generations(size: 5, &random)
        default:
            return random.percent(20)
                ? family(children: size - 2, &random) : generations(size: size, &random)
        }
    }

    private static func size(_ random: inout SplitMix64, isHills: Bool) -> Int {
        // Per mille up to each size; the hill hamlets have larger households.
        let limits =
            isHills
            ? [60, 180, 360, 610, 790, 900, 955, 1000] : [90, 280, 480, 750, 890, 960, 985, 1000]
        let point = random.below(1000)
        return (limits.firstIndex { point < $0 } ?? 0) + 1
    }

    /// Two thirds are women over 60.
    private static func single(_ random: inout SplitMix64) -> Member {
        random.percent(66)
            ? Member(
                relation: "head",
                isMale: false,
                age: random.within(61...95),
                isOfHeadsFamily: true
            )
            : Member(
                relation: "head",
                isMale: random.percent(65),
                age: random.within(25...80),
                isOfHeadsFamily: true
            )
    }

    /// A head of that age and the spouse; the head is the man in 72 of 100.
    private static func couple(
        _ ages: ClosedRange<Int>,
        children: Int,
        _ random: inout SplitMix64
    ) -> [Member] {
        let age = random.within(ages)
        let isMale = random.percent(72)
        let wife = max(18, (isMale ? age : age + 1) - random.below(6))
        return [
            Member(relation: "head", isMale: isMale, age: age, isOfHeadsFamily: true),
            Member(
                relation: "spouse",
                isMale: !isMale,
                age: isMale ? wife : age + random.below(5),
                isOfHeadsFamily: false
            ),
        ]
    }

    /// Parents and their children at home, most of them under 22.
    private static func family(children count: Int, _ random: inout SplitMix64) -> [Member] {
        let youngest = random.percent(52) ? random.below(16) : 12 + random.below(18)
        let ages = childAges(youngest: youngest, count: count, &random)
        let mother = (ages.max() ?? 0) + random.within(20...29)
        let father = mother + random.below(6)
        let headIsMan = random.percent(78)
        let parents = [
            Member(relation: "head", isMale: true, age: father, isOfHeadsFamily: true),
            Member(relation: "spouse", isMale: false, age: mother, isOfHeadsFamily: false),
        ]
        let couple =
            headIsMan
            ? parents
            : [
                Member(relation: "head", isMale: false, age: mother, isOfHeadsFamily: true),
                Member(relation: "spouse", isMale: true, age: father, isOfHeadsFamily: false),
            ]
        return couple + ages.map { child($0, ofHeadsFamily: headIsMan, &random) }
    }

    private static func parent(children count: Int, _ random: inout SplitMix64) -> [Member] {
        let ages = childAges(youngest: random.within(2...38), count: count, &random)
        let isMale = random.percent(25)
        let head = Member(
            relation: "head",
            isMale: isMale,
            age: (ages.max() ?? 0) + random.within(20...32),
            isOfHeadsFamily: true
        )
        return [head] + ages.map { child($0, ofHeadsFamily: isMale, &random) }
    }

    /// Parents work elsewhere; the grandparents keep the children.
    private static func grandparents(
        count: Int,
        children: Int,
        _ random: inout SplitMix64
    ) -> [Member] {
        let ages = childAges(youngest: random.within(2...12), count: children, &random)
        let older = couple(56...74, children: 0, &random)
        return Array(older.prefix(count))
            + ages.map {
                Member(
                    relation: "grandchild",
                    isMale: random.percent(52),
                    age: $0,
                    isOfHeadsFamily: random.percent(60)
                )
            }
    }

    private static func generations(size: Int, _ random: inout SplitMix64) -> [Member] {
        let headAge = random.within(52...84)
        let hasSpouse = size >= 5 && random.percent(65)
        let isMale = random.percent(60)
        var members = [
            Member(relation: "head", isMale: isMale, age: headAge, isOfHeadsFamily: true)
        ]
        if hasSpouse {
            members.append(
                Member(
                    relation: "spouse",
                    isMale: !isMale,
                    age: max(45, headAge + (isMale ? -random.below(6) : random.below(6))),
                    isOfHeadsFamily: false
                )
            )
        }
        let grown = max(19, headAge - random.within(24...32))
        members.append(
            Member(relation: "child", isMale: random.percent(70), age: grown, isOfHeadsFamily: true)
        )
        if size - members.count > 1 {
            let partner = members.last.map { !$0.isMale } ?? false
            members.append(
                Member(
                    relation: "child-in-law",
                    isMale: partner,
                    age: max(19, grown + (partner ? 3 : -3)),
                    isOfHeadsFamily: false
                )
            )
        }
        let left = size - members.count
        // Grown grandchildren have mostly left.
        let oldest = max(0, min(grown - 20, random.percent(65) ? 15 : 24))
        for _ in 0..<max(0, left) {
            members.append(
                Member(
                    relation: "grandchild",
                    isMale: random.percent(52),
                    age: random.below(oldest + 1),
                    isOfHeadsFamily: true
                )
            )
        }
        return members
    }

    private static func child(
        _ age: Int,
        ofHeadsFamily: Bool,
        _ random: inout SplitMix64
    ) -> Member {
        Member(
            relation: "child",
            isMale: random.percent(52),
            age: age,
            isOfHeadsFamily: ofHeadsFamily
        )
    }

    /// Two to five years apart, the youngest first.
    private static func childAges(
        youngest: Int,
        count: Int,
        _ random: inout SplitMix64
    ) -> [Int] {
        var ages: [Int] = []
        var age = youngest
        for _ in 0..<count {
            ages.append(min(age, 45))
            age += random.within(2...5)
        }
        return ages
    }
}
