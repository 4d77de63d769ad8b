import Causality
import Foundation
import Node
import Replication
import Store
import Survey
import Testing

/// A day's plan in a village, with what its doors say, and the account of it.
final class FieldDay {
    /// Of `lan`; a colleague makes one more.
    static let visits = 20

    /// Households by what happens there.
    struct Homes {
        /// Where somebody answers.
        let asked: [String]
        let others: [String]
    }

    let village: ServedVillage
    let homes: Homes
    let today: CalendarDay
    let colleague: String
    /// Figures before anybody went out.
    let before: [String: Ledger.Count]
    private(set) var ledger: Ledger
    let pace = Pace()
    /// How many people were asked: each is told otherwise.
    private var asked = 0

    init() throws {
        village = try ServedVillage(households: 40)
        colleague = try village.addColleague()
        try village.addUser("hoa", "--role", "commune-officer", fullName: "Trần Thị Ngọc Hoa")
        today = try village.node().today
        let list = try Ledger(village, today: today)
        let members = Dictionary(grouping: list.people) { $0.value.home }
        let all = list.homes.keys.sorted()
        let small = all.filter { home in
            let people = members[home] ?? []
            return (2...4).contains(people.count)
                && people.contains { list.hasReached(18, $0.value) == true }
        }
        let paid = small.filter { home in
            members[home]?.contains { !$0.value.benefits.isEmpty } == true
        }
        let chosen = Array(paid.prefix(4)) + small.filter { !paid.prefix(4).contains($0) }
        try #require(paid.count >= 3 && chosen.count >= 10)
        // Of both kinds at the node and on the phone.
        let asked = [0, 4, 5, 6, 7, 1, 2, 8, 9, 3].map { chosen[$0] }
        homes = Homes(asked: asked, others: all.filter { !asked.contains($0) })
        let bare = Set(asked.dropLast()).union(
            homes.others.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        )
        try Self.simplify(village, bare)
        ledger = try Ledger(village, today: today)
        before = ledger.figures
        try village.hub.start()
        try village.enrol()
        try village.thon.start()
    }

    /// The commune's list is one of residents alone for the households of `bare`: without the police's and
    /// the pay office's columns; and it holds nobody twice.
    private static func simplify(_ village: ServedVillage, _ bare: Set<String>) throws {
        let node = try village.node()
        let people = try village.records(of: "resident")
        let homes = Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0["household"].record) })
        let benefits = try village.records(of: "benefit")
        let isBare = { (home: RecordID?) in home.map { bare.contains("\($0)") } == true }
        var seen: Set<[String]> = []
        try node.store.save(scope: ServedVillage.scope, author: "admin") { batch in
            for row in people {
                let home = row["household"].record
                let listed = row.type.fields.map(\.name)
                    .filter { $0.hasSuffix("_register") || $0 == "register_on" }
                var cells = isBare(home) ? listed.map { Cell($0, .null) } : []
                let isFirst = seen.insert(["\(row["household"])", row.text("birth") ?? ""]).inserted
                if !isFirst { cells.append(Cell("presence", .text("moved"))) }
                batch.set("resident", row.id, cells)
            }
            for row in benefits {
                let home = row["resident"].record.flatMap { homes[$0] ?? nil }
                guard isBare(home) else { continue }
                batch.set("benefit", row.id, [Cell("channel_register", .null)])
            }
        }
    }

    // MARK: Who goes

    func laptop(_ user: String) throws -> NodeDoors {
        let browser = try village.thon.browser(user)
        try browser.signIn(user, at: village.thon)
        return NodeDoors(browser, village.thon)
    }

    func phone() throws -> PhoneDoors {
        let phone = try Phone(village.thon)
        try phone.signIn()
        return PhoneDoors(phone)
    }

    // MARK: Visits

    /// A visit without an interview.
    func call(
        _ home: String,
        _ outcome: String,
        _ more: [(field: String, code: String)],
        _ doors: any DoorPages
    ) throws {
        try pace.measure("\(outcome), \(doors.name)", doors) {
            try doors.begin(home)
            try doors.tell(outcome, more)
            if outcome == "moved" { try leaveWith(home, doors) }
            try doors.finish()
        }
        ledger.note(outcome, at: home)
    }

    /// Everybody has moved with the household.
    private func leaveWith(_ home: String, _ doors: any DoorPages) throws {
        if try doors.step() != "members" { try doors.go(to: "members") }
        for person in people(of: home) { try move(person, doors) }
        try doors.go(to: "finish")
    }

    private func move(_ person: String, _ doors: any DoorPages) throws {
        let parts = today.parts
        let date = "\(parts.day)/\(parts.month)/\(parts.year)"
        try give(.choice(person, "presence", "moved"), of: person, doors)
        try give(.typed(person, "presence_on", date), of: person, doors)
    }

    private func give(_ answer: Answer, of record: String, _ doors: any DoorPages) throws {
        try doors.give(answer)
        ledger.note(answer, of: record)
    }

    private func people(of home: String) -> [String] {
        ledger.people.filter { $0.value.home == home }.map(\.key).sorted()
    }

    /// A visit at which somebody answers for everybody.
    ///
    /// `isOneAway`: the last of the adults is away for a while, and nobody can answer for him.
    /// `isOneMoved`: the last of the people has moved away today. `hasNewcomer`: somebody lives there who
    /// is not recorded. `pause`: what happens on a page before it is answered. `finish`: what comes behind
    /// the end, where that is not the end.
    func ask(
        _ home: String,
        _ doors: any DoorPages,
        outcome: String = "complete",
        isOneAway: Bool = false,
        isOneMoved: Bool = false,
        hasNewcomer: Bool = false,
        _ pause: (_ step: String) throws -> Void = { _ in },
        finish: () throws -> Void = {}
    ) throws {
        let kind = ["complete, \(doors.name)", "\(people(of: home).count) people"]
        try pace.measure(kind.joined(separator: ", "), doors) {
            var newcomer: String?
            var quiet: Set<String> = []
            let adults = people(of: home).filter { person in
                ledger.people[person].map { ledger.hasReached(18, $0) } == true
            }
            if isOneAway { quiet.formUnion(adults.suffix(1)) }
            try doors.begin(home)
            try doors.tell(outcome, [("respondent_kind", "other-adult")])
            ledger.note(outcome, at: home)
            try doors.interview { step in
                try pause(step)
                if step == "members" {
                    if hasNewcomer, newcomer == nil { newcomer = try add(to: home, doors) }
                    for person in quiet {
                        try give(.choice(person, "presence", "away-short"), of: person, doors)
                    }
                    if isOneMoved, let last = people(of: home).last { try move(last, doors) }
                    return []
                }
                for (answer, record) in answers(on: step, at: home, newcomer, quiet) {
                    try give(answer, of: record, doors)
                }
                return []
            }
            try doors.finish()
            try finish()
        }
    }

    /// Somebody whom no list names; returns what the pages call him.
    private func add(to home: String, _ doors: any DoorPages) throws -> String {
        let page = try doors.addPerson()
        let own = "\(home) \(page)"
        ledger.add(own, at: home)
        for answer: Answer in [
            .typed(page, "full_name", "Trịnh Thị Ví Dụ Mới"), .typed(page, "birth", "17/4/1991"),
            .choice(page, "sex", "female"), .choice(page, "relation", "other-kin"),
            .choice(page, "residence", "temporary"),
        ] {
            try give(answer, of: own, doors)
        }
        ledger.note(.typed(page, "birth", "1991-04-17"), of: own)
        try doors.go(to: "members")
        return page
    }

    private func answers(
        on step: String,
        at home: String,
        _ newcomer: String?,
        _ quiet: Set<String>
    ) -> [(Answer, String)] {
        switch step {
        case "devices":
            asked += 1
            let phones = asked.isMultiple(of: 3) ? 0 : 2
            return [(.count(home, "smartphone", phones), home), (.count(home, "tablet", 0), home)]
        case "benefits":
            return people(of: home).flatMap { person -> [(Answer, String)] in
                guard let found = ledger.people[person] else { return [] }
                return found.benefits.keys.sorted().flatMap { benefit in
                    asked += 1
                    let isListed = found.benefits[benefit]?["channel_register"] != nil
                    let isCash = isListed || asked.isMultiple(of: 2)
                    let more = isCash ? [] : [Answer.choice(benefit, "linked_vneid", "yes")]
                    let channel = isCash ? "cash-point" : "bank-own"
                    return ([.choice(benefit, "channel", channel)] + more).map { ($0, benefit) }
                }
            }
        default: break
        }
        guard step.hasPrefix("person-") else { return [] }
        let page = String(step.dropFirst("person-".count))
        let own = page == newcomer ? "\(home) \(page)" : page
        guard !quiet.contains(page), let person = ledger.people[own] else { return [] }
        asked += 1
        return profile(asked, page, person).map { ($0, own) }
    }

    /// What somebody says: of five kinds in turn.
    private func profile(_ number: Int, _ id: String, _ person: Ledger.Person) -> [Answer] {
        guard ledger.hasReached(14, person) == true else { return [] }
        let isAdult = ledger.hasReached(18, person) == true
        // Of whom the list says more, what is asked follows from that.
        let isListed = person.facts["vneid_level_register"] != nil
        let own: [Answer]
        let adult: [Answer]
        switch isListed ? 2 : number % 5 {
        case 0:
            own = [
                .section(id, "idcard", "yes"), .choice(id, "idcard_kind", "can-cuoc"),
                .section(id, "vneid", "yes"), .section(id, "official_email", "yes"),
            ]
            adult = [
                .section(id, "payment", "yes"), .section(id, "ssa", "yes"),
                .section(id, "signature", "yes"), .choice(id, "signature_where", "vneid"),
                .choice(id, "service_used_online_12m", "self"),
            ]
        case 1:
            own = [
                .section(id, "idcard", "yes"), .choice(id, "idcard_kind", "cccd-chip"),
                .section(id, "vneid", "yes"), .choice(id, "vneid_state", "issued"),
                .section(id, "official_email", "no"),
            ]
            adult = [
                .section(id, "payment", "yes"), .section(id, "ssa", "no"),
                .section(id, "signature", "no"), .choice(id, "signature_want", "yes"),
                .choice(id, "service_used_online_12m", "helped"),
            ]
        case 2:
            own = [.section(id, "idcard", "no"), .section(id, "vneid", "no")]
            adult = [
                .section(id, "payment", "no"), .section(id, "ssa", "no"),
                .choice(id, "service_used_online_12m", "no"),
            ]
        case 3:
            own = [.section(id, "idcard", "unknown"), .section(id, "vneid", "unknown")]
            adult = [.section(id, "payment", "unknown"), .section(id, "ssa", "unknown")]
        default:
            // What kind of card is not said; an account of the first level.
            own = [
                .section(id, "idcard", "yes"), .section(id, "vneid", "yes"),
                .choice(id, "vneid_level", "1"),
            ]
            adult = [
                .section(id, "payment", "yes"), .section(id, "signature", "no"),
                .choice(id, "signature_want", "no"),
            ]
        }
        return isAdult ? own + adult : own
    }
}

/// How long the kinds of visits took the machine, and how many touches.
final class Pace {
    private var kinds: [String: [(seconds: Double, taps: Int)]] = [:]

    func measure(_ kind: String, _ doors: any DoorPages, _ body: () throws -> Void) throws {
        let before = doors.taps
        let start = Date()
        try body()
        kinds[kind, default: []].append((Date().timeIntervalSince(start), doors.taps - before))
    }

    /// Printed for whoever states them; nothing is expected of a machine that may be busy.
    func tell() {
        for (kind, visits) in kinds.sorted(by: { $0.key < $1.key }) {
            let times = visits.map { String(format: "%.1f s", $0.seconds) }
            let taps = visits.map { "\($0.taps)" }
            let (all, touches) = (times.joined(separator: ", "), taps.joined(separator: ", "))
            print("visit: \(kind): \(all); taps \(touches)")
        }
    }
}
