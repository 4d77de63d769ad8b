import SQLite
import Survey

/// Residents with the same personal number: one of them is counted, in each universe.
///
/// The person is counted where they live: present before absent, temporary here before permanent
/// elsewhere, then the record made first (indicators 1.5). Which one is right is for a person to decide.
struct Duplicates {
    /// Memberships that a record loses to another record of the same person.
    private(set) var lost: [Int64: Membership] = [:]

    init(_ connection: Connection, _ cutoff: Cutoff) throws(SQLiteError) {
        let sql = """
            SELECT t.personal_id, t.id, \(Presence.sql("t", cutoff)) AS presence,
            \(Residence.sql("t")) AS residence
            FROM resident t WHERE t._flags & 14 = 0 AND t.personal_id IN (
            SELECT personal_id FROM resident WHERE personal_id IS NOT NULL
            GROUP BY personal_id HAVING count(*) > 1)
            ORDER BY 1, 3, residence < 0, 4, 2
            """
        let rows = try connection.prepare(sql).rows { row throws(SQLiteError) in
            (
                number: try row.text(0), id: row.integer(1), presence: Int(row.integer(2)),
                residence: Int(row.integer(3))
            )
        }
        var number: String?
        var taken: Membership = []
        for row in rows {
            if row.number != number { taken = [] }
            number = row.number
            let presence = Presence(rawValue: row.presence) ?? .here
            let member = Membership(presence, Residence(rawValue: row.residence))
            // Somebody who is known to live elsewhere is not "not found" here.
            let claims = member.contains(.notFound) ? member.union(.defacto) : member
            let loses = claims.intersection(taken)
            if !loses.isEmpty {
                lost[row.id] = loses.contains(.defacto) ? loses.union(.notFound) : loses
            }
            taken.formUnion(member.subtracting(.notFound))
        }
    }

    static let none = Duplicates()

    private init() {}
}
