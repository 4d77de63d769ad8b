import Survey

/// The workload of which other engines' figures are known: villages of 3,800 short records.
///
/// Generated from a seed, equal byte for byte to what the Python definition writes.
package struct Workload: Sendable {
    package let villages: [WorkloadVillage]
    /// 1 % of each kind's records of each village.
    package let edits: [WorkloadEdit]
    package let conflicts: [WorkloadConflict]

    package var recordCount: Int { villages.reduce(0) { $0 + $1.count } }

    init(villages: [WorkloadVillage], edits: [WorkloadEdit], conflicts: [WorkloadConflict]) {
        self.villages = villages
        self.edits = edits
        self.conflicts = conflicts
    }

    package init(villages count: Int, seed: Int = 1) {
        let villages = (0..<count).map { WorkloadGenerator.village($0, seed: seed) }
        self.init(
            villages: villages,
            edits: villages.flatMap { WorkloadGenerator.edits($0, seed: seed) },
            conflicts: WorkloadGenerator.conflicts(villages, seed: seed, total: 500)
        )
    }
}

/// The workload's definition.
///
/// The order in which random numbers are drawn is part of it.
enum WorkloadGenerator {
    static func village(_ number: Int, seed: Int) -> WorkloadVillage {
        var random = WorkloadRandom(seed: seed * 1_000_003 + number * 7_919 + 17)
        var sizes = [Int](repeating: 1, count: WorkloadKind.household.count)
        for _ in sizes.count..<WorkloadKind.resident.count {
            var house = random.below(sizes.count)
            while sizes[house] >= 9 { house = random.below(sizes.count) }
            sizes[house] += 1
        }
        var households: [WorkloadRecord] = []
        var residents: [WorkloadRecord] = []
        for (index, size) in sizes.enumerated() {
            let head = residents.count + 1
            residents += family(of: size, household: index + 1, village: number, &random)
            households.append(
                household(index + 1, of: size, head: residents[head - 1], head, number, &random)
            )
        }
        let accounts = (0..<WorkloadKind.account.count).map { _ in
            account(residents, number, &random)
        }
        let devices = (0..<WorkloadKind.device.count).map { _ in
            device(residents, number, &random)
        }
        return WorkloadVillage(number: number, records: [households, residents, accounts, devices])
    }

    private static func familyName(_ random: inout WorkloadRandom) -> String {
        WorkloadWords.familyNames[random.pick(WorkloadWords.familyWeights)]
    }

    private static func family(
        of size: Int,
        household: Int,
        village: Int,
        _ random: inout WorkloadRandom
    ) -> [WorkloadRecord] {
        let shared = familyName(&random)
        return (0..<size).map { member in
            let sex = random.below(2)
            let years = member < 2 ? (1950, 1990) : (1985, 2025)
            let birth = day(&random, from: years.0, to: years.1)
            let own: String
            if member >= 2, random.percent(15) {
                own = familyName(&random)
            } else {
                own = member != 1 ? shared : familyName(&random)
            }
            return resident(member, household, village, own, sex: sex, birth: birth, &random)
        }
    }

    private static func resident(
        _ member: Int,
        _ household: Int,
        _ village: Int,
        _ familyName: String,
        sex: Int,
        birth: CalendarDay,
        _ random: inout WorkloadRandom
    ) -> WorkloadRecord {
        let isFemale = sex == 1
        let isAdult = birth.year <= 2008
        let middle = random.pick(
            isFemale ? WorkloadWords.femaleMiddleNames : WorkloadWords.maleMiddleNames
        )
        let given = isFemale ? WorkloadWords.femaleNames : WorkloadWords.maleNames
        var name = "\(familyName) \(middle) \(random.pick(given))"
        if random.percent(20) { name += " " + random.pick(given) }
        let century = (birth.year < 2000 ? 0 : 2) + sex
        let personalID =
            "049\(century)\(digits(birth.year % 100, 2))\(digits(random.below(1_000_000), 6))"
        var level = 0
        if birth.year <= 2012 {
            level = random.percent(62) ? 2 : (random.percent(40) ? 1 : 0)
        }
        let phone = isAdult && random.percent(85) ? mobile(&random) : ""
        let job =
            isAdult
            ? random.pick(WorkloadWords.jobs)
            : (birth.year < 2020 ? "Học sinh" : "Chưa đi học")
        let levelDay = level > 0 ? day(&random, from: 2021, to: 2026).description : ""
        let hasHealthBook = random.percent(48)
        let hasSignature = isAdult && random.percent(22)
        let usesServices = isAdult && random.percent(35)
        return WorkloadRecord(
            kind: .resident,
            values: [
                .integer(Int64(village)), .reference(household), .text(name),
                .text(birth.description), .integer(Int64(sex)), .text(personalID), .text(phone),
                .integer(Int64(min(member, 6))), .text(job), .integer(Int64(level)),
                .text(levelDay), .integer(hasHealthBook ? 1 : 0),
                .integer(hasSignature ? 1 : 0), .integer(usesServices ? 1 : 0),
            ]
        )
    }

    private static func household(
        _ number: Int,
        of size: Int,
        head: WorkloadRecord,
        _ headNumber: Int,
        _ village: Int,
        _ random: inout WorkloadRandom
    ) -> WorkloadRecord {
        let place =
            random.percent(60) ? "Tổ \(1 + random.below(12))" : "Số \(1 + random.below(400))"
        let street = random.pick(WorkloadWords.streets)
        let name = WorkloadWords.villages[village % WorkloadWords.villages.count]
        let headPhone = head.text(6)
        let phone = headPhone.isEmpty ? mobile(&random) : headPhone
        let poor = random.pick([0, 0, 0, 0, 0, 0, 0, 1, 1, 2])
        let net = random.below(4)
        let house = random.below(4)
        let latitude = 15_400_000 + 10_000 * (village % 5) + random.below(9000)
        let longitude = 108_550_000 + 10_000 * (village / 5) + random.below(9000)
        let visit = day(&random, from: 2026, to: 2027)
        let result = random.percent(92) ? 1 : 2 + random.below(2)
        return WorkloadRecord(
            kind: .household,
            values: [
                .integer(Int64(village)), .integer(Int64(number)), .reference(headNumber),
                .text("\(place) \(street), thôn \(name)"), .text(phone), .integer(Int64(size)),
                .integer(Int64(poor)), .integer(Int64(net)), .integer(Int64(house)),
                .integer(Int64(latitude)), .integer(Int64(longitude)),
                .text(visit.description), .integer(Int64(result)),
            ]
        )
    }

    /// The number of a resident born in that year or before.
    private static func pick(
        _ residents: [WorkloadRecord],
        bornBy year: Int,
        _ random: inout WorkloadRandom
    ) -> Int {
        while true {
            let index = random.below(residents.count)
            if let born = Int(residents[index].text(3).prefix(4)), born <= year {
                return index + 1
            }
        }
    }

    private static func account(
        _ residents: [WorkloadRecord],
        _ village: Int,
        _ random: inout WorkloadRandom
    ) -> WorkloadRecord {
        let resident = pick(residents, bornBy: 2011, &random)
        let bank = random.pick(WorkloadWords.banks)
        let kind = random.below(3)
        let number = 1_000_000_000 + random.below(9_000_000_000_000)
        let opened = day(&random, from: 2012, to: 2026)
        let isActive = random.percent(88)
        let isPayout = random.percent(30)
        return WorkloadRecord(
            kind: .account,
            values: [
                .integer(Int64(village)), .reference(resident), .text(bank),
                .integer(Int64(kind)), .text(String(number)), .text(opened.description),
                .integer(isActive ? 1 : 0), .integer(isPayout ? 1 : 0),
            ]
        )
    }

    private static func device(
        _ residents: [WorkloadRecord],
        _ village: Int,
        _ random: inout WorkloadRandom
    ) -> WorkloadRecord {
        let resident = pick(residents, bornBy: 2014, &random)
        let brand = random.pick(WorkloadWords.brands)
        let model = random.pick(brand.models)
        let net = random.below(4)
        let year = 2015 + random.below(11)
        let kind = brand.name == "Dell" ? 2 : (brand.name == "Nokia" ? 1 : 0)
        let system = brand.name == "Apple" ? 1 : (brand.name == "Dell" ? 2 : 0)
        return WorkloadRecord(
            kind: .device,
            values: [
                .integer(Int64(village)), residents[resident - 1].values[1],
                .reference(resident), .integer(Int64(kind)), .text(brand.name), .text(model),
                .integer(Int64(system)), .integer(Int64(net)), .integer(Int64(year)),
            ]
        )
    }
}

// MARK: - Changes

extension WorkloadGenerator {
    static func edits(_ village: WorkloadVillage, seed: Int) -> [WorkloadEdit] {
        var random = WorkloadRandom(seed: seed * 1_000_003 + village.number * 104_729 + 501)
        var edits: [WorkloadEdit] = []
        for kind in WorkloadKind.allCases {
            let records = village[kind]
            let edited = pickDistinct(max(1, records.count / 100), records.count, &random)
            for index in edited.sorted() {
                edits.append(edit(records[index], index + 1, village.number, &random))
            }
        }
        return edits
    }

    private static func pickDistinct(
        _ wanted: Int,
        _ count: Int,
        _ random: inout WorkloadRandom
    ) -> Set<Int> {
        var picked: Set<Int> = []
        while picked.count < wanted { picked.insert(random.below(count)) }
        return picked
    }

    private static func edit(
        _ record: WorkloadRecord,
        _ number: Int,
        _ village: Int,
        _ random: inout WorkloadRandom
    ) -> WorkloadEdit {
        var edit = WorkloadEdit(village: village, kind: record.kind, number: number, changes: [])
        for _ in 0..<(1 + random.below(2)) {
            let column = random.pick(record.kind.edited)
            let name = record.kind.columns[column].name
            var value = value(of: name, &random)
            while value == record.values[column] { value = self.value(of: name, &random) }
            if let place = edit.changes.firstIndex(where: { $0.column == column }) {
                edit.changes[place].value = value
            } else {
                edit.changes.append((column, value))
            }
        }
        return edit
    }

    private static func value(of column: String, _ random: inout WorkloadRandom) -> WorkloadValue {
        switch column {
        case "phone": .text(mobile(&random))
        case "job": .text(random.pick(WorkloadWords.jobs))
        case "visit", "vn_at": .text(day(&random, from: 2026, to: 2027).description)
        case "model": .text(random.pick(random.pick(WorkloadWords.brands).models))
        case "bank": .text(random.pick(WorkloadWords.banks))
        case "size": .integer(Int64(1 + random.below(8)))
        case "year": .integer(Int64(2015 + random.below(12)))
        case "vn_lv", "poor", "os", "kind": .integer(Int64(random.below(3)))
        case "net", "result", "house": .integer(Int64(random.below(4)))
        default: .integer(Int64(random.below(2)))
        }
    }

    static func conflicts(
        _ villages: [WorkloadVillage],
        seed: Int,
        total: Int
    ) -> [WorkloadConflict] {
        var random = WorkloadRandom(seed: seed * 1_000_003 + 900_001)
        let (share, extra) = total.quotientAndRemainder(dividingBy: villages.count)
        var conflicts: [WorkloadConflict] = []
        for village in villages {
            let residents = village[.resident]
            let edited = Set(
                edits(village, seed: seed).filter { $0.kind == .resident }.map { $0.number - 1 }
            )
            var picked: Set<Int> = []
            while picked.count < share + (village.number < extra ? 1 : 0) {
                let index = random.below(residents.count)
                if !edited.contains(index) { picked.insert(index) }
            }
            for index in picked.sorted() {
                guard case .integer(let level) = residents[index].values[9] else { continue }
                let phone = mobile(&random)
                conflicts.append(
                    WorkloadConflict(
                        village: village.number,
                        number: index + 1,
                        byVillage: [(6, .text(phone)), (9, .integer((level + 1) % 3))],
                        byHub: [
                            (8, .text("Đã đổi nghề \(random.below(100))")),
                            (9, .integer((level + 2) % 3)),
                        ]
                    )
                )
            }
        }
        return conflicts
    }

    private static func mobile(_ random: inout WorkloadRandom) -> String {
        random.pick(WorkloadWords.mobilePrefixes) + digits(random.below(10_000_000), 7)
    }

    /// A day from the beginning of one year to the end of the year before the other.
    private static func day(
        _ random: inout WorkloadRandom,
        from first: Int,
        to end: Int
    ) -> CalendarDay {
        guard let start = CalendarDay(year: first, month: 1, day: 1),
            let limit = CalendarDay(year: end, month: 1, day: 1)
        else { return .never }
        return start.adding(days: random.below(limit.number - start.number))
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
