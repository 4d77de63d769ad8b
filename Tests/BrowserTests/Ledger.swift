import Causality
import Node
import Store
import Survey
import Testing

/// What a village's figures must be: counted from what its list said before the day and what was
/// tapped at its doors, by the rules of the indicators (sections 1 and 2), with nothing of the
/// product's own counting.
struct Ledger {
    /// A fact as far as it is known.
    typealias Known = Bool?

    struct Person {
        var home: String
        var facts: [String: String]
        /// Sections of which somebody said that he does not know.
        var unsure: Set<String> = []
        /// Pensions and allowances: their facts.
        var benefits: [String: [String: String]] = [:]
    }

    /// One indicator in the village.
    struct Count: Equatable {
        var yes = 0
        var no = 0
        /// By code of the cause.
        var unknown: [String: Int] = [:]
        /// May belong, beyond the population.
        var possible = 0

        var unknownTotal: Int { unknown.values.reduce(0, +) }
        var population: Int { yes + no + unknownTotal }

        /// Thousandths, cut off; nil without a population.
        static func rate(_ part: Int, of whole: Int) -> Int? {
            whole == 0 ? nil : part * 1000 / whole
        }
    }

    private let today: (year: Int, month: Int, day: Int)
    private(set) var homes: [String: [String: String]] = [:]
    private(set) var people: [String: Person] = [:]
    /// Outcomes of a household's visits, in their order.
    private(set) var outcomes: [String: [String]] = [:]

    /// What the list said, as it stands in a file before anybody went out.
    init(_ village: ServedVillage, today: CalendarDay) throws {
        self.today = today.parts
        func facts(_ row: RecordRow) -> [String: String] {
            var facts: [String: String] = [:]
            for field in row.type.fields {
                switch row[field.name] {
                case .text(let text): facts[field.name] = text
                case .integer(let number): facts[field.name] = "\(number)"
                default: break
                }
            }
            return facts
        }
        for row in try village.records(of: "household") { homes["\(row.id)"] = facts(row) }
        for row in try village.records(of: "resident") {
            let home = try #require(row["household"].record)
            people["\(row.id)"] = Person(home: "\(home)", facts: facts(row))
        }
        for row in try village.records(of: "benefit") {
            let holder = try #require(row["resident"].record)
            people["\(holder)"]?.benefits["\(row.id)"] = facts(row)
        }
    }

    // MARK: Entering

    /// Somebody who was added at a door, under a name of the test's own.
    mutating func add(_ person: String, at home: String) {
        let facts = ["presence": "here", "nationality": "vn"]
        people[person] = Person(home: home, facts: facts)
    }

    mutating func note(_ outcome: String, at home: String) {
        outcomes[home, default: []].append(outcome)
        guard ["vacant", "moved", "not-found"].contains(outcome) else { return }
        homes[home]?["state"] = outcome
    }

    /// `record`: as the ledger calls it.
    mutating func note(_ answer: Answer, of record: String) {
        if answer.manner == .section {
            people[record]?.unsure.remove(answer.name)
            if answer.text == "unknown" { people[record]?.unsure.insert(answer.name) }
            let said = Self.buttons["\(answer.name) \(answer.text)"] ?? [:]
            people[record]?.facts.merge(said) { $1 }
        } else if homes[record] != nil {
            homes[record]?[answer.name] = answer.text
        } else if people[record] != nil {
            people[record]?.facts[answer.name] = answer.text
            people[record]?.unsure.remove(answer.name.prefix { $0 != "_" }.description)
        } else {
            let holder = people.first { $0.value.benefits[record] != nil }?.key
            people[holder ?? ""]?.benefits[record]?[answer.name] = answer.text
        }
    }

    /// What the large buttons say.
    private static let buttons = [
        "idcard yes": ["idcard_status": "valid"],
        "idcard no": ["idcard_status": "none", "idcard_kind": "none"],
        "vneid yes": ["vneid_level": "2", "vneid_state": "activated"],
        "vneid no": ["vneid_level": "0"],
        "vneid unknown": ["vneid_level": "unknown"],
        "payment yes": ["payment_has_any": "yes"], "payment no": ["payment_has_any": "no"],
        "ssa yes": ["ssa_state": "linked"], "ssa no": ["ssa_state": "none"],
        "signature yes": ["signature_state": "has"], "signature no": ["signature_state": "none"],
        "official_email yes": ["official_email_state": "used"],
        "official_email no": ["official_email_state": "none"],
    ]

    // MARK: Three values

    private func both(_ parts: Known...) -> Known {
        if parts.contains(false) { return false }
        return parts.contains(nil) ? nil : true
    }

    private func either(_ parts: Known...) -> Known {
        if parts.contains(true) { return true }
        return parts.contains(nil) ? nil : false
    }

    /// Whether a fact is one of some codes; what a list says outranks what was said at the door.
    private func fact(_ facts: [String: String], _ name: String, _ codes: String...) -> Known {
        let said = facts["\(name)_register"] ?? facts[name]
        return said == nil || said == "unknown" ? nil : codes.contains(said ?? "")
    }

    // MARK: Who is counted

    /// Whether somebody lives here: at home, or away for a short time.
    private func livesHere(_ person: Person) -> Bool {
        ["here", "away-short"].contains(person.facts["presence"] ?? "here")
    }

    /// Whether somebody has completed some years; a year alone leaves it open.
    func hasReached(_ years: Int, _ person: Person) -> Known {
        guard let birth = person.facts["birth"] else { return nil }
        let parts = birth.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, !birth.hasSuffix("?") else {
            guard let year = Int(birth.prefix(4)), today.year - year != years else { return nil }
            return today.year - year > years
        }
        let (born, now) = ((parts[0] + years, parts[1], parts[2]), today)
        return born <= (now.year, now.month, now.day)
    }

    private func isCitizen(_ person: Person) -> Known { fact(person.facts, "nationality", "vn") }

    /// What came of a household's visits: the best of them.
    private func outcome(_ home: String) -> String? {
        let all = outcomes[home] ?? []
        for best in ["complete", "partial", "refused"] where all.contains(best) { return best }
        return all.last { $0 != "inaccessible" }
    }

    /// Why nobody knows (section 1.4).
    private func cause(_ home: String, _ section: String, _ person: Person?) -> String {
        if person?.unsure.contains(section) == true { return "dont-know" }
        switch outcome(home) {
        case "complete", "partial":
            return person?.facts["presence"] == "away-short" ? "absent-no-proxy" : "not-asked"
        case nil: return "not-visited"
        case "refused": return "refused"
        case "postponed": return "not-asked"
        default: return "no-contact"
        }
    }

    // MARK: Counting

    private func count(
        _ section: String,
        who: (Person) -> Known,
        has: (Person) -> Known
    ) -> Count {
        var count = Count()
        for person in people.values where livesHere(person) {
            switch who(person) {
            case false: continue
            case nil: count.possible += 1
            default:
                switch has(person) {
                case true: count.yes += 1
                case false: count.no += 1
                default: count.unknown[cause(person.home, section, person), default: 0] += 1
                }
            }
        }
        return count
    }

    private func citizens(_ years: Int) -> (Person) -> Known {
        { both(isCitizen($0), hasReached(years, $0)) }
    }

    private func hasAccount(_ person: Person) -> Known {
        fact(person.facts, "vneid_level", "1", "2")
    }

    /// Every figure that this day can move, by the name of its indicator.
    var figures: [String: Count] {
        let issued = { (person: Person) -> Known in
            let isOfList = person.facts["idcard_status_register"] != nil
            let has = fact(person.facts, "idcard_status", "valid", "expired", "lost", "damaged")
            let kind = fact(person.facts, "idcard_kind", "cccd-chip", "can-cuoc", "cccd-barcode")
            return isOfList ? has : both(has, kind)
        }
        let level2 = { (person: Person) -> Known in
            both(
                fact(person.facts, "vneid_level", "2"),
                fact(person.facts, "vneid_state", "issued", "activated", "locked")
            )
        }
        let active = { (person: Person) -> Known in
            both(
                fact(person.facts, "vneid_level", "2"),
                fact(person.facts, "vneid_state", "activated")
            )
        }
        let pays = { (person: Person) in fact(person.facts, "payment_has_any", "yes") }
        let linked = { (person: Person) in fact(person.facts, "ssa_state", "linked") }
        let signs = { (person: Person) in fact(person.facts, "signature_state", "has") }
        let wants = { (person: Person) -> Known in
            let wish = either(signs(person), fact(person.facts, "signature_want", "yes"))
            return both(isCitizen(person), hasAccount(person), wish)
        }
        return [
            "id-card": count("idcard", who: citizens(14), has: issued),
            "vneid-level2": count("vneid", who: citizens(14), has: level2),
            "vneid-level2-active": count("vneid", who: citizens(14), has: active),
            "epayment-account": count("payment", who: citizens(18), has: pays),
            "ssa-on-vneid": count("ssa", who: citizens(18), has: linked),
            "digital-signature": count("signature", who: wants) {
                both(signs($0), fact($0.facts, "signature_where", "vneid"))
            },
            "official-email-person": count("official_email", who: hasAccount) {
                fact($0.facts, "official_email_state", "created", "used")
            },
            "online-service-use-person": count("service", who: citizens(18)) {
                fact($0.facts, "service_used_online_12m", "self", "helped")
            },
            "benefit-bank-vneid": count("benefit", who: { !$0.benefits.isEmpty }, has: isBanked),
            "household-smart-device": devices,
        ]
    }

    /// All of somebody's benefits come through his own bank account that is linked.
    private func isBanked(_ person: Person) -> Known {
        var all: Known = true
        for benefit in person.benefits.values {
            let bank = fact(benefit, "channel", "bank-own")
            all = both(all, both(bank, fact(benefit, "linked_vneid", "yes")))
        }
        return all
    }

    private var devices: Count {
        var count = Count()
        for (home, facts) in homes where facts["state"] == "occupied" {
            let (phones, tablets) = (facts["smartphone"], facts["tablet"])
            switch either(phones.map { $0 != "0" }, tablets.map { $0 != "0" }) {
            case true: count.yes += 1
            case false: count.no += 1
            default: count.unknown[cause(home, "devices", nil), default: 0] += 1
            }
        }
        return count
    }

    /// Households that are lived in or vacant, by what came of their visits.
    var dispositions: [String: Int] {
        homes.reduce(into: [:]) { all, home in
            guard ["occupied", "vacant"].contains(home.value["state"]) else { return }
            let word =
                switch outcome(home.key) {
                case "complete", "partial": "visited"
                case nil: "not-visited"
                case "vacant": "not-there"
                case let other?: other
                }
            all[word, default: 0] += 1
        }
    }
}
