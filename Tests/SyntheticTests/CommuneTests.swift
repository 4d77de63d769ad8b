import Causality
import Survey
import Synthetic
import Testing

@Suite struct CommuneTests {
    static let day = CalendarDay(number: 20_781)  // 2026-11-24

    static func commune(
        seed: UInt64 = 1,
        villages: Int = 6,
        households: Int = 900
    ) -> SyntheticCommune {
        SyntheticCommune(
            CommuneShape(seed: seed, day: day, villages: villages, households: households)
        )
    }

    static let people: [SyntheticPerson] = {
        let commune = SyntheticCommune(.tamMy(seed: 1, day: day))
        return (0..<commune.shape.households).flatMap { commune.household($0).members }
    }()

    static func share(_ holds: (SyntheticPerson) -> Bool, of group: [SyntheticPerson]) -> Double {
        Double(group.count(where: holds)) / Double(max(1, group.count))
    }

    @Test func `the generator is the published one`() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
    }

    @Test func `a household is the same whenever it is made`() {
        let commune = Self.commune()
        let alone = commune.listed(commune.household(700))
        let all = (0..<6).flatMap { Array(commune.list(village: $0)) }
        #expect(alone.isEmpty || all.contains(alone))
        #expect(all == (0..<6).flatMap { Array(Self.commune().list(village: $0)) })
        #expect(all != (0..<6).flatMap { Array(Self.commune(seed: 2).list(village: $0)) })
    }

    @Test(arguments: [(1, 1), (1, 120), (16, 4700), (20, 76_000), (3, 10)])
    func `a shape has exactly the households asked for`(villages: Int, households: Int) {
        let shape = CommuneShape(
            seed: 7,
            day: Self.day,
            villages: villages,
            households: households
        )
        #expect(shape.households == households)
        #expect(shape.villages.count == villages)
        #expect(shape.ordinals(of: villages - 1).upperBound == households)
    }

    @Test func `sizes and ages are those of such a commune`() {
        let people = Self.people
        let mean = Double(people.count) / 4700
        #expect((3.3...3.9).contains(mean), "persons per household: \(mean)")
        let young = Self.share({ $0.age < 15 }, of: people)
        let old = Self.share({ $0.age >= 65 }, of: people)
        let adult = Self.share({ $0.age >= 18 }, of: people)
        #expect((0.18...0.26).contains(young), "under 15: \(young)")
        #expect((0.10...0.17).contains(old), "65 and over: \(old)")
        #expect((0.70...0.78).contains(adult), "18 and over: \(adult)")
        let men = Self.share(\.isMale, of: people)
        #expect((0.46...0.53).contains(men), "men: \(men)")
    }

    @Test func `names are distributed and duplicated as in life`() {
        let people = Self.people
        let nguyen = Self.share({ $0.name.hasPrefix("Nguyễn ") }, of: people)
        #expect((0.22...0.40).contains(nguyen), "Nguyễn: \(nguyen)")
        let names = Dictionary(grouping: people, by: \.name).mapValues(\.count)
        #expect(names.values.contains { $0 >= 5 })
        #expect(people.allSatisfy { TextFold.normalized($0.name) == $0.name })
        #expect(
            people.contains { $0.name == "Đinh" } && people.contains { $0.name == "Nguyễn Thị Ý" }
        )
    }

    @Test func `facts follow age and never contradict each other`() {
        for person in Self.people {
            let facts = person.digital
            #expect(!facts.isLinked || facts.isActivated && facts.hasPayment)
            #expect(!facts.isActivated || facts.level2)
            #expect(!facts.level2 || facts.hasCard)
            #expect(!facts.hasSignature || facts.isActivated)
            #expect(person.age >= 14 || !facts.level2)
        }
        let middle = Self.people.filter { (35...49).contains($0.age) }
        let oldest = Self.people.filter { $0.age >= 80 }
        #expect(Self.share(\.digital.hasCard, of: middle) > 0.97)
        #expect((0.86...0.96).contains(Self.share(\.digital.level2, of: middle)))
        #expect((0.18...0.36).contains(Self.share(\.digital.level2, of: oldest)))
        #expect((0.45...0.65).contains(Self.share(\.digital.isLinked, of: middle)))
        let benefits = Self.share({ $0.benefit != nil }, of: Self.people)
        #expect((0.06...0.13).contains(benefits), "benefits: \(benefits)")
    }

    @Test func `numbers are test numbers, unique, and fit their person`() throws {
        var seen: Set<String> = []
        for person in Self.people {
            guard let text = person.personalID else { continue }
            let number = try #require(PersonalNumber(text))
            #expect(text.utf8.dropFirst(6).starts(with: "99".utf8))
            #expect(
                number.warnings(
                    sex: person.sex,
                    birthYear: person.birth.year,
                    currentYear: 2026
                ).isEmpty
            )
            #expect(seen.insert(text).inserted)
        }
    }

    @Test(arguments: [1, 40, 900])
    func `the edges of the rules are in every commune`(households: Int) {
        let commune = Self.commune(villages: 1, households: households)
        let people = (0..<households).flatMap { commune.household($0).members }
        func isThere(_ day: CalendarDay?) -> Bool {
            people.contains { $0.birth.description == day?.description }
        }
        if households >= 40 {
            for age in [14, 18, 25, 40, 60] {
                for shift in -1...1 {
                    #expect(
                        isThere(Self.day.adding(years: -age).adding(days: shift)),
                        "\(age) \(shift)"
                    )
                }
            }
            #expect(people.contains { $0.birth.description.hasSuffix("-02-29") })
            #expect(people.contains { $0.age >= 100 })
            #expect(people.contains { $0.personalID == nil })
        }
        #expect(people.allSatisfy { $0.birth.firstDay.map { $0 <= Self.day } == true })
        #expect(
            (0..<households).allSatisfy { ordinal in
                commune.household(ordinal).members.count(where: { $0.relation == "head" }) == 1
            }
        )
    }
}
