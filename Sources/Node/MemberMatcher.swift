import Causality
import Intake
import Store
import Survey

/// Finds people of a list among the members of one household; each member once.
struct MemberMatcher {
    private var members: [RecordRow]

    init(_ members: [RecordRow]) {
        self.members = members
    }

    /// The member that the person is, taken out so that nobody else is the same.
    mutating func take(_ person: ImportedPerson) -> RecordRow? {
        guard let found = match(person) else { return nil }
        members.removeAll { $0.id == found.id }
        return found
    }

    /// By number, else by name and birth; where the name fits several, it decides nothing.
    func match(_ person: ImportedPerson) -> RecordRow? {
        for number in ["personal_id", "old_cmnd"] {
            guard let text = person.fields[number] else { continue }
            if let found = members.first(where: { $0.text(number) == text }) { return found }
        }
        guard let name = person.fields["full_name"].map(TextFold.fold) else { return nil }
        let named = members.filter { member in
            member.text("full_name").map(TextFold.fold) == name && !isOther(member, person)
        }
        let birth = person.fields["birth"]
        let exact = named.filter { $0.text("birth") == birth }
        // Identical twins of a list, same name and day, are matched in its order.
        if let found = exact.first { return found }
        let year = birth.flatMap { PartialDate($0)?.year }
        let near = named.filter { row in
            year != nil && row.text("birth").flatMap { PartialDate($0)?.year } == year
        }
        return near.count == 1 ? near[0] : nil
    }

    /// The member that once bore the person's name and birth, taken out; for rows whose record was put
    /// right since.
    mutating func takeFormer(
        _ person: ImportedPerson,
        _ pasts: PastReader
    ) throws -> RecordRow? {
        guard let found = try formerMatch(person, pasts) else { return nil }
        members.removeAll { $0.id == found.id }
        return found
    }

    func formerMatch(_ person: ImportedPerson, _ pasts: PastReader) throws -> RecordRow? {
        try members.first {
            try !isOther($0, person) && pasts.values(of: $0).isNameAndBirth(of: person)
        }
    }

    /// Two different personal numbers are two persons.
    private func isOther(_ member: RecordRow, _ person: ImportedPerson) -> Bool {
        guard let mine = member.text("personal_id"), let other = person.fields["personal_id"]
        else { return false }
        return mine != other
    }
}

/// Reads what residents' records have said, each once: for as long as one household is looked at.
final class PastReader {
    private let store: Store
    private var known: [RecordID: FormerValues] = [:]

    init(_ store: Store) {
        self.store = store
    }

    func values(of row: RecordRow) throws -> FormerValues {
        if let values = known[row.id] { return values }
        let values = try FormerValues(row, store)
        known[row.id] = values
        return values
    }
}

/// What a resident's record has said at any time.
struct FormerValues {
    private var names: Set<String> = []
    private var births: Set<String> = []
    /// Households that the record has belonged to.
    private(set) var homes: Set<RecordID> = []

    init(_ row: RecordRow, _ store: Store) throws {
        for entry in try store.history(of: row.id) where entry.type == row.type.name {
            for cell in entry.cells {
                if cell.field == "household", let home = cell.new.record { homes.insert(home) }
                guard let text = cell.new.text else { continue }
                if cell.field == "full_name" { names.insert(TextFold.fold(text)) }
                if cell.field == "birth" { births.insert(text) }
            }
        }
    }

    func isNameAndBirth(of person: ImportedPerson) -> Bool {
        hasName(of: person) && hasBirth(of: person)
    }

    func isAnything(of person: ImportedPerson) -> Bool {
        hasName(of: person) || hasBirth(of: person)
    }

    private func hasName(of person: ImportedPerson) -> Bool {
        person.fields["full_name"].map { names.contains(TextFold.fold($0)) } ?? false
    }

    private func hasBirth(of person: ImportedPerson) -> Bool {
        person.fields["birth"].map(births.contains) ?? false
    }
}

/// Where people live by name and birth: for lists without numbers, made when first needed.
struct NameIndex {
    private var homes: [String: [RecordID]] = [:]
    /// The people themselves, those of this list left out.
    private var people: [String: [RecordID]] = [:]

    init(_ store: Store, _ scope: String) throws {
        var homes: [String: [RecordID]] = [:]
        var people: [String: [RecordID]] = [:]
        try store.forEachRecord(of: "resident", under: scope, includingGone: true) { row in
            guard row.scope == scope, let home = row["household"].record,
                let key = Self.key(row.text("full_name"), row.text("birth"))
            else { return }
            homes[key, default: []].append(home)
            people[key, default: []].append(row.id)
        }
        self.homes = homes
        self.people = people
    }

    func homes(of person: ImportedPerson) -> [RecordID] {
        Self.key(person.fields["full_name"], person.fields["birth"]).flatMap { homes[$0] } ?? []
    }

    func people(of person: ImportedPerson) -> [RecordID] {
        Self.key(person.fields["full_name"], person.fields["birth"]).flatMap { people[$0] } ?? []
    }

    mutating func add(_ person: ImportedPerson, home: RecordID) {
        guard let key = Self.key(person.fields["full_name"], person.fields["birth"]) else { return }
        homes[key, default: []].append(home)
    }

    private static func key(_ name: String?, _ birth: String?) -> String? {
        name.flatMap { name in birth.map { "\(TextFold.fold(name))|\($0)" } }
    }
}
