internal import Survey

/// Somebody whom every commune has, so that each edge of the rules is met: one per household at most.
struct SpecialPerson {
    private let index: Int
    private let member: Families.Member
    private let birth: PartialDate?
    private let name: String?

    /// Births around the ages that count, a leap day, a hundred years, a newborn, and the tricky names.
    static func all(_ day: CalendarDay) -> [SpecialPerson] {
        var births: [CalendarDay] = []
        for age in [14, 18, 25, 40, 60] {
            for shift in [-1, 0, 1] { births.append(day.adding(years: -age).adding(days: shift)) }
        }
        let leapYear = (day.year - 20) / 4 * 4
        let leapDay = CalendarDay(year: leapYear, month: 2, day: 29)
        births += [leapDay, day.adding(years: -101), day.adding(days: -5)].compactMap(\.self)
        var all = births.enumerated().map { index, birth in
            SpecialPerson(
                index: index,
                member: Families.Member(
                    relation: "other-kin",
                    isMale: index.isMultiple(of: 2),
                    age: PersonMaker.years(from: birth, to: day),
                    isOfHeadsFamily: true
                ),
                birth: PartialDate(birth),
                name: nil
            )
        }
        for (offset, tricky) in NameTables.tricky.enumerated() {
            all.append(
                SpecialPerson(
                    index: births.count + offset,
                    member: Families.Member(
                        relation: "other-kin",
                        isMale: tricky.isMale,
                        age: 20 + offset * 3,
                        isOfHeadsFamily: false
                    ),
                    birth: nil,
                    name: tricky.name
                )
            )
        }
        return all
    }

    /// Spread over the first villages; small communes have several in one household.
    func ordinal(_ shape: CommuneShape) -> Int { (index * 7 + 3) % shape.households }

    /// Takes the place of somebody of about that age, or lives with the family as kin.
    func place(in members: inout [(member: Families.Member, birth: PartialDate?, name: String?)]) {
        let taken = members.firstIndex {
            $0.birth == nil && $0.name == nil && $0.member.isMale == member.isMale
                && abs($0.member.age - member.age) <= 1
        }
        if let taken {
            members[taken].birth = birth
            members[taken].name = name
        } else {
            members.insert((member, birth, name), at: min(1, members.count))
        }
    }
}
