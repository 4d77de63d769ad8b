import Causality
import Intake
import Store
import Survey

/// Finds who of the store a person of the list may be; asked about one household after the other.
///
/// Each number and each history is read once for a household, however often it is asked for: nothing
/// that an import writes for a household changes who its other people are.
final class PersonLookup {
    private let store: Store
    private(set) var reads = ListImportReport.Reads()
    private var numbered: [String: [RecordRow]] = [:]
    private var histories: [RecordID: FormerValues] = [:]
    private var names: [String: NameIndex] = [:]

    init(_ store: Store) {
        self.store = store
    }

    /// Forgets what was read for the household before.
    func begin() {
        numbered.removeAll(keepingCapacity: true)
        histories.removeAll(keepingCapacity: true)
    }

    /// Everybody of one of the person's numbers, wherever; those gone included.
    func bearers(of person: ImportedPerson, _ field: String) throws -> [RecordRow] {
        guard let text = person.fields[field] else { return [] }
        let key = "\(field) \(text)"
        if let known = numbered[key] { return known }
        reads.numbers += 1
        let rows = try store.records(of: "resident", in: nil, where: field, is: text)
        numbered[key] = rows
        return rows
    }

    /// Who bears the person's number, and name or birth, now or once.
    ///
    /// A number alone decides nothing: two people of a list may bear one by mistake.
    func recorded(_ person: ImportedPerson) throws -> [RecordRow] {
        try Self.numbers.flatMap { field in
            try bearers(of: person, field).filter {
                try FormerValues.isAnything(of: person, now: $0)
                    || former($0).isAnything(of: person)
            }
        }
    }

    /// Numbers of the person in the list that somebody else bears, who has neither name nor birth of
    /// it: `known`, who has none yet, does not get them.
    func othersNumbers(of person: ImportedPerson, who known: RecordRow) throws -> Set<String> {
        let open = Self.numbers.filter { person.fields[$0] != nil && known[$0] == .null }
        return try Set(
            open.filter { field in
                try bearers(of: person, field).contains { row in
                    try !row.isGone && store.survivor(of: row)?.id != known.id
                        && !former(row).isAnything(of: person)
                }
            }
        )
    }

    /// The households of a scope that the person may live in: by number, unless the bearer has neither
    /// name nor birth of the person, and by name and birth.
    func homes(of person: ImportedPerson, in scope: String) throws -> [RecordID] {
        var homes: [RecordID] = []
        for field in Self.numbers {
            let rows = try bearers(of: person, field).filter { $0.scope == scope }
            homes += rows.compactMap { $0["household"].record }
            if rows.contains(where: { FormerValues.isAnything(of: person, now: $0) }) {
                return homes
            }
        }
        return homes + (try index(of: scope).homes(of: person))
    }

    func former(_ row: RecordRow) throws -> FormerValues {
        if let known = histories[row.id] { return known }
        reads.histories += 1
        let former = try FormerValues(row, store)
        histories[row.id] = former
        return former
    }

    func index(of scope: String) throws -> NameIndex {
        if let known = names[scope] { return known }
        let index = try NameIndex(store, scope)
        names[scope] = index
        return index
    }

    /// Enters somebody who was made, where the names of the scope were read already.
    func add(_ person: ImportedPerson, home: RecordID, in scope: String) {
        names[scope]?.add(person, home: home)
    }

    private static let numbers = ["personal_id", "old_cmnd"]
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

    /// Whether the record has the person's name or birth as it stands, which needs no history.
    static func isAnything(of person: ImportedPerson, now row: RecordRow) -> Bool {
        let birth = row.text("birth")
        if birth != nil, birth == person.fields["birth"] { return true }
        let name = row.text("full_name").map(TextFold.fold)
        return name != nil && name == person.fields["full_name"].map(TextFold.fold)
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
    private struct Known {
        /// Nil of those of this list.
        let person: RecordID?
        let home: RecordID
        let birth: PersonBirth
    }

    /// By name and year, for what one source knows to the day another knows to the year.
    private var known: [String: [Known]] = [:]

    init(_ store: Store, _ scope: String) throws {
        var known: [String: [Known]] = [:]
        try store.forEachRecord(of: "resident", under: scope, includingGone: true) { row in
            guard row.scope == scope, let home = row["household"].record,
                let birth = PersonBirth(row), let key = Self.key(row.text("full_name"), birth)
            else { return }
            known[key, default: []].append(Known(person: row.id, home: home, birth: birth))
        }
        self.known = known
    }

    /// Of those whose birth is known just as the list has it.
    func homes(of person: ImportedPerson) -> [RecordID] {
        found(person) { $0 == $1 }.map(\.home)
    }

    /// Those whose birth is known just as the list has it, without the people of this list.
    func people(of person: ImportedPerson) -> [RecordID] {
        found(person) { $0 == $1 }.compactMap(\.person)
    }

    /// Those whose birth may be the list's, without the people of this list.
    func namesakes(of person: ImportedPerson) -> [RecordID] {
        found(person) { $0.mayBe($1) }.compactMap(\.person)
    }

    mutating func add(_ person: ImportedPerson, home: RecordID) {
        guard let birth = PersonBirth(person), let key = Self.key(person.fields["full_name"], birth)
        else { return }
        known[key, default: []].append(Known(person: nil, home: home, birth: birth))
    }

    private func found(
        _ person: ImportedPerson,
        where fits: (PersonBirth, PersonBirth) -> Bool
    ) -> [Known] {
        guard let birth = PersonBirth(person), let key = Self.key(person.fields["full_name"], birth)
        else { return [] }
        return known[key]?.filter { fits($0.birth, birth) } ?? []
    }

    private static func key(_ name: String?, _ birth: PersonBirth) -> String? {
        name.map { "\(TextFold.fold($0))|\(birth.year)" }
    }
}
