import Causality
import Intake
import Store
import Survey

/// What a list calls a household of a village: by the record's id, of an export of ours, else by number.
struct ListedKey: Hashable {
    private let scope: String
    private let name: String

    init?(_ household: ImportedHousehold, _ scope: String) {
        guard let name = household.record ?? household.registerCode else { return nil }
        self.scope = scope
        self.name = name
    }
}

/// A household that the list has named.
struct Begun {
    /// By what; nil where the list has no numbers.
    let key: ListedKey?
    let hasHead: Bool
}

/// A person of the list who may be one of those recorded.
struct HeldPerson {
    let person: ImportedPerson
    let household: ImportedHousehold
    /// The recorded household in which the list has the person; nil where it is still to be made.
    let home: RecordID?
    let scope: String
    let same: [RecordID]
}

/// A household of the list whose number is recorded of others.
struct DisplacedHousehold {
    let household: ImportedHousehold
    let scope: String
    /// Households that bear the number here.
    let owners: [RecordID]
}

/// Offices renumber households: who lives in one tells which it is.
extension ListIntake {
    /// The recorded household that the list names by another number.
    ///
    /// Of those in which people of the list live by their personal numbers: the one whose head, or half
    /// of whose people, the list has in this household; fewer have left it for a new one. Without such
    /// numbers, the only one that has the same people by name and birth: all that the list has, or all
    /// that are recorded. A household that the list has named already is no other one.
    func renumbered(_ household: ImportedHousehold, in scope: String) throws -> RecordRow? {
        let numbered = try household.members.flatMap { person in
            try lookup.recorded(person).filter { $0.scope == scope && !$0.isGone }
                .compactMap { $0["household"].record }
        }
        let named =
            try numbered.isEmpty
            ? household.members.flatMap { person in
                try lookup.index(of: scope).homes(of: person)
            } : []
        var best: [(row: RecordRow, people: Int)] = []
        for id in Set(numbered + named).sorted() where begun[id] == nil {
            guard let known = try store.row(of: id), let row = try store.survivor(of: known),
                !row.isGone, row.scope == scope, begun[row.id] == nil
            else { continue }
            let members = try members(of: row).filter { !$0.isGone && !met.contains($0.id) }
            let found = try Self.pairs(household.members, members)
            let isSame =
                numbered.isEmpty
                ? Self.isSame(found, listed: household.members.count, recorded: members.count)
                : Self.isMost(found, of: members, head: row["head"].record)
            if isSame { best.append((row, found.count)) }
        }
        let most = best.map(\.people).max()
        let first = best.filter { $0.people == most }
        return numbered.isEmpty && first.count > 1 ? nil : first.first?.row
    }

    private typealias Pair = (person: ImportedPerson, member: RecordRow)

    private static func pairs(
        _ people: [ImportedPerson],
        _ members: [RecordRow]
    ) throws -> [Pair] {
        zip(people, try MemberMatcher(members).pairs(people)).compactMap { person, member in
            member.map { (person, $0) }
        }
    }

    private static func isMost(
        _ found: [Pair],
        of members: [RecordRow],
        head: RecordID?
    ) -> Bool {
        found.contains { $0.member.id == head || $0.member.text("relation") == "head" }
            || !found.isEmpty && found.count * 2 >= members.count
    }

    /// A name and a whole date of birth, or two people by name and what is known of their births.
    private static func isSame(_ found: [Pair], listed: Int, recorded: Int) -> Bool {
        let births = found.map { (PersonBirth($0.person), PersonBirth($0.member)) }
        guard !found.isEmpty, found.count == listed || found.count == recorded,
            births.allSatisfy({ $0.0 != nil && $0.0 == $0.1 })
        else { return false }
        return found.count > 1 || births.contains { $0.0?.isWhole ?? false }
    }

    /// Who of the village, met by no row yet, may be a person that is found nowhere: the same name, and
    /// nothing that is known of the births tells them apart.
    ///
    /// A number of the person's own speaks for somebody new unless the birth is known to the day.
    func perhaps(_ person: ImportedPerson, in scope: String) throws -> [RecordID] {
        guard !options.otherPersons.contains(person.row),
            person.fields["personal_id"] == nil || PersonBirth(person)?.isWhole ?? false
        else { return [] }
        var same: [RecordID] = []
        for id in try lookup.index(of: scope).namesakes(of: person) {
            guard let known = try store.row(of: id), let row = try store.survivor(of: known),
                !row.isGone, row.scope == scope, !met.contains(row.id), !same.contains(row.id),
                !MemberMatcher.isOther(row, person)
            else { continue }
            same.append(row.id)
        }
        return same
    }

    /// Keeps a person back who may be somebody recorded; whether it does.
    func hold(
        _ person: ImportedPerson,
        of household: ImportedHousehold,
        home: RecordID?,
        in scope: String
    ) throws -> Bool {
        let same = try perhaps(person, in: scope)
        guard !same.isEmpty else { return false }
        held.append(
            HeldPerson(person: person, household: household, home: home, scope: scope, same: same)
        )
        return true
    }

    /// Decides of all that waited for the rest of the list.
    ///
    /// A household takes the number of others that have another one now. Of those who were held back: if
    /// another row has named whoever they might be, they are somebody else and are made; else they are
    /// reported.
    func finish() throws {
        for one in displaced { try settle(one) }
        displaced.removeAll()
        var homes: [Int: RecordID] = [:]
        for one in held {
            lookup.begin()
            if let record = one.same.first(where: { !met.contains($0) }) {
                refusals.append(
                    ListRefusal(
                        row: one.person.row,
                        reason: .perhapsRecorded,
                        persons: 1,
                        record: record
                    )
                )
            } else if try livesInAnotherVillage(one.person, than: one.scope) {
                continue
            } else if let home = one.home ?? homes[one.household.row]
                ?? ListedKey(one.household, one.scope).flatMap({ listed[$0] })
            {
                try add(one.person, to: home, in: one.scope)
            } else {
                homes[one.household.row] = try make(one.household, [one.person], in: one.scope)
            }
        }
        held.removeAll()
    }

    private func settle(_ displaced: DisplacedHousehold) throws {
        let (household, scope) = (displaced.household, displaced.scope)
        lookup.begin()
        let key = ListedKey(household, scope)
        let isFree = displaced.owners.allSatisfy { begun[$0].map { $0.key != key } ?? false }
        guard isFree else { return refuse(household, .numberTaken) }
        // In a list by names, another part of it may have been settled a moment ago.
        if case .known(let row) = try match(household, in: scope) {
            try complete(row, from: household)
        } else {
            try create(household, in: scope)
        }
    }
}

/// What is known of a birth: a suspect 01/01 is its year.
struct PersonBirth: Hashable {
    private let date: PartialDate

    private init?(_ text: String?) {
        guard let date = text.flatMap({ PartialDate($0) }) else { return nil }
        self.date = date.certainPart
    }

    init?(_ person: ImportedPerson) { self.init(person.fields["birth"]) }

    init?(_ resident: RecordRow) { self.init(resident.text("birth")) }

    var isWhole: Bool { date.precision == .day }

    var year: Int { date.year }

    func mayBe(_ other: PersonBirth) -> Bool { date.mayBe(other.date) }
}
