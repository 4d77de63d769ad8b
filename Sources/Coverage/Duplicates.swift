import SQLite
import Survey

/// Residents who are not counted because another record of the same person is, in each universe.
///
/// Records with one personal number are one person, until an officer has said that they are two, unless
/// name and birth both differ: a number that was copied from the line above. The person is counted
/// where they live: present before absent, temporary here before permanent elsewhere (indicators 1.5),
/// then by the id that every node knows the record by, so that a commune and its city count the same
/// one. Which one is right is for a person to decide.
///
/// Same name and birth date alone (data model 13.12) do not make one person of two: such pairs are
/// listed for an officer and both are counted meanwhile, for leaving out somebody who exists would
/// make a rate too good, and counting somebody twice can only make it too low.
///
/// A household that is a duplicate of another counts with nobody in it: its members are in the other.
struct Duplicates {
    /// Memberships that a record loses to another record of the same person.
    private(set) var lost: [Int64: Membership] = [:]

    init(_ connection: Connection, _ cutoff: Cutoff) throws(SQLiteError) {
        try leaveOutDuplicateHouseholds(connection, cutoff)
        let sql = """
            SELECT t.personal_id, t.id, \(Presence.sql("t", cutoff)) AS presence,
            \(Residence.sql("t")) AS residence,
            printf('%016x-%d', o.id, t.id & 4294967295),
            (SELECT path FROM scope WHERE n = t._scope), t.full_name, t.birth
            FROM resident t LEFT JOIN origin o ON o.n = t.id >> 32
            WHERE t._flags & \(RowFlags.gone) = 0 AND t.personal_id IN (
            SELECT personal_id FROM resident WHERE personal_id IS NOT NULL
            GROUP BY personal_id HAVING count(*) > 1)
            ORDER BY 1, 3, residence < 0, 4, 5
            """
        let rows = try connection.prepare(sql).rows { row throws(SQLiteError) in
            (
                number: try row.text(0), id: row.integer(1), presence: Int(row.integer(2)),
                residence: Int(row.integer(3)), name: try row.text(4), scope: try row.text(5),
                person: Person(
                    name: row.isNull(6) ? nil : try row.text(6),
                    birth: row.isNull(7) ? nil : try row.text(7)
                )
            )
        }
        let dismissed = rows.isEmpty ? [:] : try Self.dismissed(connection)
        var number: String?
        var counted: [(name: String, scope: String, person: Person, member: Membership)] = []
        for row in rows where lost[row.id] == nil {
            if row.number != number { counted = [] }
            number = row.number
            let presence = Presence(rawValue: row.presence) ?? .here
            let member = Membership(presence, Residence(rawValue: row.residence))
            // Somebody who is known to live elsewhere is not "not found" here.
            let claims = member.contains(.notFound) ? member.union(.defacto) : member
            let same = counted.filter { other in
                guard !other.person.isAnother(than: row.person) else { return false }
                return !dismissed[[other.name, row.name], default: []].contains { scope in
                    [other.scope, row.scope].allSatisfy { $0 == scope || $0.hasPrefix(scope + "/") }
                }
            }
            let taken = same.reduce(into: Membership()) { $0.formUnion($1.member) }
            let loses = claims.intersection(taken)
            if !loses.isEmpty {
                lost[row.id] = loses.contains(.defacto) ? loses.union(.notFound) : loses
            }
            counted.append((row.name, row.scope, row.person, member.subtracting(.notFound)))
        }
    }

    /// Pairs of records, by the texts of their ids, that an officer has said to be two persons, with
    /// the scopes in which it was said: it counts for records there and below.
    private static func dismissed(
        _ connection: Connection
    ) throws(SQLiteError) -> [Set<String>: [String]] {
        let pairs = try connection.prepare(
            """
            SELECT d.first, d.second, s.path FROM dismissal d JOIN scope s ON s.n = d._scope
            WHERE d._flags & \(RowFlags.gone) = 0
            """
        ).rows { row throws(SQLiteError) in
            (pair: [try row.text(0), try row.text(1)] as Set, scope: try row.text(2))
        }
        return Dictionary(grouping: pairs, by: \.pair).mapValues { $0.map(\.scope) }
    }

    private mutating func leaveOutDuplicateHouseholds(
        _ connection: Connection,
        _ cutoff: Cutoff
    ) throws(SQLiteError) {
        let members = try connection.prepare(
            """
            SELECT t.id FROM household h CROSS JOIN resident t ON t.household = h.id
            WHERE h.state = 'duplicate' AND h._flags & \(RowFlags.gone) = 0
            AND ifnull(rtrim(h.state_on, '?') <= \(literal(Cutoff.bound(cutoff.day))), 1)
            """
        ).rows { $0.integer(0) }
        for member in members { lost[member] = [.everywhere, .notFound] }
    }

    /// What tells two people apart who have one number.
    private struct Person {
        /// Folded.
        let name: String?
        /// What is known of it, as a text of which a vaguer one is the beginning.
        let birth: String?

        init(name: String?, birth: String?) {
            self.name = name.map(TextFold.fold)
            let known = birth.flatMap { PartialDate($0) }?.certainPart.description
            self.birth = known.map { String($0.prefix { $0 != "?" }) }
        }

        /// Whether name and birth both differ; what is not known differs from nothing.
        func isAnother(than other: Person) -> Bool {
            guard let name, let otherName = other.name, name != otherName,
                let birth, let otherBirth = other.birth
            else { return false }
            return !birth.hasPrefix(otherBirth) && !otherBirth.hasPrefix(birth)
        }
    }

    static let none = Duplicates()

    private init() {}
}
