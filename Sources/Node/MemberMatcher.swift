import Causality
import Intake
import Store
import Survey

/// Finds people of a list among the members of one household; each member once.
///
/// What says most goes first, for all people of the list: name and birth beside the number, then without
/// it, then the number with one of them. A number alone comes last: lists give people the number of the
/// row above, and whoever is there by name and birth is that person, whatever the number.
struct MemberMatcher {
    /// What two may have in common, strongest first.
    private enum Sign: CaseIterable {
        case numberNameAndBirth
        case nameAndBirth
        case numberAndNameOrBirth
        case nameAndYear
        /// What the record said before it was put right.
        case formerNameAndBirth
        case number
    }

    private let members: [(row: RecordRow, traits: Traits)]
    /// Personal numbers of the household.
    private let numbers: Set<String>

    init(_ members: [RecordRow]) {
        self.members = members.map { row in (row, Traits { row.text($0) }) }
        numbers = Set(self.members.compactMap(\.traits.number))
    }

    /// Of each person the member who it is, nil where there is none.
    ///
    /// `lookup`: where records that were put right since are looked for too.
    func pairs(
        _ people: [ImportedPerson],
        _ lookup: PersonLookup? = nil
    ) throws -> [RecordRow?] {
        let listed = people.map { Listed($0) }
        let repeated = Self.repeated(listed)
        var found = [RecordRow?](repeating: nil, count: people.count)
        var isTaken = [Bool](repeating: false, count: members.count)
        for sign in Sign.allCases {
            for index in people.indices where found[index] == nil {
                let member = try find(listed[index], by: sign, repeated, lookup) { !isTaken[$0] }
                guard let member else { continue }
                isTaken[member] = true
                found[index] = members[member].row
            }
        }
        return found
    }

    /// Whether the person is one of the household as it is recorded now.
    func has(_ person: ImportedPerson, byNumberAlone: Bool) throws -> Bool {
        let listed = Listed(person)
        return try Sign.allCases.contains { sign in
            guard sign != .number || byNumberAlone else { return false }
            return try find(listed, by: sign, [], nil) { _ in true } != nil
        }
    }

    /// Whether somebody of the household once bore the person's name and birth.
    func had(_ person: ImportedPerson, _ lookup: PersonLookup) throws -> Bool {
        try find(Listed(person), by: .formerNameAndBirth, [], lookup) { _ in true } != nil
    }

    private func find(
        _ listed: Listed,
        by sign: Sign,
        _ repeated: Set<String>,
        _ lookup: PersonLookup?,
        isFree: (Int) -> Bool
    ) throws -> Int? {
        func fits(_ index: Int) throws -> Bool {
            guard isFree(index) else { return false }
            return try isSame(listed, members[index], by: sign, repeated, lookup)
        }
        // Identical twins of a list, same name and day, are matched in its order.
        guard let first = try members.indices.first(where: fits) else { return nil }
        // Where name and year fit several, they decide nothing.
        if sign == .nameAndYear, try members.indices.dropFirst(first + 1).contains(where: fits) {
            return nil
        }
        return first
    }

    private func isSame(
        _ listed: Listed,
        _ member: (row: RecordRow, traits: Traits),
        by sign: Sign,
        _ repeated: Set<String>,
        _ lookup: PersonLookup?
    ) throws -> Bool {
        let (one, other) = (listed.traits, member.traits)
        switch sign {
        case .numberNameAndBirth:
            return one.hasNumber(of: other) && one.hasName(of: other) && one.hasBirth(of: other)
        case .nameAndBirth:
            return one.hasName(of: other) && one.hasBirth(of: other) && !isOther(one, other)
        case .numberAndNameOrBirth:
            return one.hasNumber(of: other) && (one.hasName(of: other) || one.hasBirth(of: other))
        case .nameAndYear:
            return one.hasName(of: other) && one.hasYear(of: other) && !isOther(one, other)
        case .formerNameAndBirth:
            guard let lookup, !isOther(one, other) else { return false }
            return try lookup.former(member.row).isNameAndBirth(of: listed.person)
        case .number:
            guard one.hasNumber(of: other) else { return false }
            // Of several rows with one number, what the record once said tells whose it is.
            guard one.numbers.contains(where: repeated.contains) else { return true }
            return try lookup?.former(member.row).isAnything(of: listed.person) ?? false
        }
    }

    /// Two different personal numbers are two persons, unless the list's is that of another member: then
    /// it was copied from the wrong row.
    private func isOther(_ listed: Traits, _ member: Traits) -> Bool {
        guard let number = listed.number, let other = member.number, number != other else {
            return false
        }
        return !numbers.contains(number)
    }

    /// Numbers that several people of the list have.
    private static func repeated(_ listed: [Listed]) -> Set<String> {
        var seen: Set<String> = []
        return Set(listed.flatMap(\.traits.numbers).filter { !seen.insert($0).inserted })
    }

    /// Two different personal numbers are two persons.
    static func isOther(_ member: RecordRow, _ person: ImportedPerson) -> Bool {
        guard let mine = member.text("personal_id"), let other = person.fields["personal_id"]
        else { return false }
        return mine != other
    }
}

/// A person of the list, read once.
private struct Listed {
    let person: ImportedPerson
    let traits: Traits

    init(_ person: ImportedPerson) {
        self.person = person
        traits = Traits { person.fields[$0] }
    }
}

/// What tells who somebody is.
private struct Traits {
    let number: String?
    let oldNumber: String?
    private let name: String?
    private let birth: String?

    init(_ text: (String) -> String?) {
        number = text("personal_id")
        oldNumber = text("old_cmnd")
        name = text("full_name").map(TextFold.fold)
        birth = text("birth")
    }

    var numbers: [String] { [number, oldNumber].compactMap(\.self) }

    func hasNumber(of other: Traits) -> Bool {
        number != nil && number == other.number
            || oldNumber != nil && oldNumber == other.oldNumber
    }

    func hasName(of other: Traits) -> Bool { name != nil && name == other.name }

    func hasBirth(of other: Traits) -> Bool { birth != nil && birth == other.birth }

    func hasYear(of other: Traits) -> Bool {
        guard let year = birth.flatMap({ PartialDate($0)?.year }) else { return false }
        return other.birth.flatMap { PartialDate($0)?.year } == year
    }
}
