import Causality
import Survey
import Synthetic
import Testing

/// Every record that is generated must be one that the survey would save.
@Suite struct RecordTests {
    static let today = CommuneTests.day.adding(days: 60)

    /// The records as a store would hold them.
    struct Book {
        var types: [Int: String] = [:]
        var values: [Int: [String: Value]] = [:]
        var problems: [String: Int] = [:]

        mutating func save(_ record: SyntheticRecord) {
            #expect(record.isNew == (values[record.key] == nil), "\(record.type) \(record.key)")
            #expect(record.isNew || types[record.key] == record.type)
            types[record.key] = record.type
            for field in record.fields {
                if case .reference(let key) = field.value {
                    #expect(types[key] != nil, "\(record.type).\(field.name) refers to nothing")
                }
            }
            #expect(Set(record.fields.map(\.name)).count == record.fields.count)
            let changes = record.values { RecordID(origin: 1, counter: UInt32($0)) }
            for (name, value) in changes { values[record.key, default: [:]][name] = value }
            let found = DataDescription.doorstep.check(
                record.type,
                fields: values[record.key] ?? [:],
                today: RecordTests.today,
                isNew: record.isNew
            )
            for problem in found {
                #expect(
                    problem.severity == .warns,
                    "\(record.type): \(problem.code) \(problem.field ?? "")"
                )
                problems[problem.code, default: 0] += 1
            }
        }
    }

    static func survey(_ commune: SyntheticCommune) -> (book: Book, saves: [SyntheticSave]) {
        var book = Book()
        var saves: [SyntheticSave] = []
        let work = Fieldwork(commune, FieldworkPlan(firstDay: CommuneTests.day))
        for village in commune.shape.villages.indices {
            for household in commune.list(village: village) {
                for record in household { book.save(record) }
            }
            for day in 0..<work.days(village: village) {
                for save in work.saves(village: village, day: day) {
                    saves.append(save)
                    for record in save.records { book.save(record) }
                }
            }
        }
        for record in commune.units() { book.save(record) }
        return (book, saves)
    }

    static let result = survey(CommuneTests.commune())

    @Test func `every record is saved without a refusal and few warnings`() {
        let book = Self.result.book
        #expect(book.values.count > 3000)
        // What is left are the errors of typists, the one-word names and the very old on purpose.
        let allowed: Set = [
            "id_sex", "id_birth_year", "name_one_word", "id_future",
            // Appointments lie behind the day of this check.
            "date_past",
        ]
        #expect(Set(book.problems.keys).subtracting(allowed).isEmpty, "\(book.problems)")
    }

    @Test func `all types and facts of the survey occur`() {
        let book = Self.result.book
        let types = Set(book.types.values)
        #expect(
            types == [
                "household", "resident", "benefit", "payment_account", "visit", "notice", "unit",
                "staff",
            ]
        )
        var used: [String: Set<String>] = [:]
        for (key, values) in book.values {
            used[book.types[key] ?? "", default: []].formUnion(values.keys)
        }
        let wanted: [String: [String]] = [
            "household": [
                "state", "smartphone", "tablet", "computer", "smart_tv", "feature_phone",
                "internet", "policy", "address", "group", "register_code", "head", "on_list",
            ],
            "resident": [
                "idcard_kind", "idcard_status", "vneid_level", "vneid_state", "payment_has_any",
                "ssa_state", "signature_state", "signature_where", "signature_want",
                "official_email_state", "service_used_online_12m", "service_needed_12m",
                "bhyt_insured", "bhyt_on_idcard", "vneid_obstacle", "ssa_missing_reason",
            ],
            "benefit": ["channel", "linked_vneid", "channel_register", "missing_reason"],
            "visit": ["outcome", "next_on", "refusal_scope", "respondent"],
        ]
        for (type, fields) in wanted {
            #expect(used[type, default: []].isSuperset(of: fields), "\(type)")
        }
    }

    @Test func `visits end as visits do and each household is visited in order`() {
        let saves = Self.result.saves
        let first = Dictionary(grouping: saves, by: \.household).compactMapValues {
            $0.min { $0.day < $1.day }
        }
        #expect(first.count == 900)
        let complete = first.values.count { $0.outcome == "complete" }
        #expect((600...730).contains(complete), "complete at the first visit: \(complete)")
        let days = Set(saves.map(\.day))
        #expect(days.contains(0) && days.count > 3)
        for save in saves { #expect(save.records.contains { $0.type == "visit" }) }
        let visits = Dictionary(grouping: saves, by: \.household).values
        #expect(visits.contains { $0.count == 3 })
        #expect(visits.allSatisfy { $0.dropLast().allSatisfy { $0.outcome != "complete" } })
    }

    @Test func `a day can be made without the days before it`() {
        let commune = CommuneTests.commune()
        let work = Fieldwork(commune, FieldworkPlan(firstDay: CommuneTests.day))
        let saves = work.saves(village: 1, day: 2)
        let same = Self.result.saves.filter { $0.village == 1 && $0.day == 2 }
        #expect(!saves.isEmpty)
        #expect(saves.map(\.records) == same.map(\.records))
    }

    @Test(arguments: 0..<8)
    func `small communes of any seed are faultless`(seed: UInt64) {
        let (book, saves) = Self.survey(
            CommuneTests.commune(seed: seed, villages: 2, households: 40)
        )
        #expect(saves.count >= 40)
        #expect(!book.values.isEmpty)
    }
}
