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
            member.text("full_name").map(TextFold.fold) == name && !Self.isOther(member, person)
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
        _ lookup: PersonLookup
    ) throws -> RecordRow? {
        guard let found = try formerMatch(person, lookup) else { return nil }
        members.removeAll { $0.id == found.id }
        return found
    }

    func formerMatch(_ person: ImportedPerson, _ lookup: PersonLookup) throws -> RecordRow? {
        try members.first {
            try !Self.isOther($0, person) && lookup.former($0).isNameAndBirth(of: person)
        }
    }

    /// Two different personal numbers are two persons.
    static func isOther(_ member: RecordRow, _ person: ImportedPerson) -> Bool {
        guard let mine = member.text("personal_id"), let other = person.fields["personal_id"]
        else { return false }
        return mine != other
    }
}
