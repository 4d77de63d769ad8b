package import Causality
import Replication
import SQLite
import Survey

/// Two records that may be the same person, and what speaks for it.
package struct DuplicateCandidate: Hashable, Sendable {
    /// In the order of their weight: `names-and-text.md` section 5.
    package enum Reason: Int, CaseIterable, Comparable, Sendable {
        case personalID
        case oldNumber
        case nameAndBirth
        case nameYearAndHousehold
        case nameYearAndPhone
        /// Of one village, where both births are known to the month or year only.
        case nameAndVagueBirth

        package static func < (left: Reason, right: Reason) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The one with the smaller id.
    package let first: RecordRow
    package let second: RecordRow
    package let reason: Reason

    /// Merging works within a scope only: across two, one record is moved first.
    package var isMergeable: Bool { first.scope == second.scope }
}

extension Store {
    /// The record type that duplicates are looked for in.
    private static let personType = "resident"

    /// Pairs of living residents that are likely the same person, strongest reason first.
    ///
    /// Pairs that a person has dismissed are left out. Nothing is ever merged by this.
    package func duplicates(under scope: String? = nil) throws -> [DuplicateCandidate] {
        guard description.type(Self.personType) != nil else { return [] }
        var groups: [PersonKey: [RecordRow]] = [:]
        try forEachRecord(of: Self.personType, under: scope) { row in
            for key in PersonKey.keys(of: row) { groups[key, default: []].append(row) }
        }
        var pairs: [DismissedPair: DuplicateCandidate] = [:]
        for (key, rows) in groups where rows.count > 1 {
            for (left, right) in Self.pairs(rows)
            where key.reason == .personalID || !Self.areDistinct(left, right) {
                let pair = DismissedPair(left.id, right.id)
                if let known = pairs[pair], known.reason <= key.reason { continue }
                let isOrdered = left.id < right.id
                pairs[pair] = DuplicateCandidate(
                    first: isOrdered ? left : right,
                    second: isOrdered ? right : left,
                    reason: key.reason
                )
            }
        }
        let dismissed = try dismissedPairs()
        return pairs.filter { !dismissed.contains($0.key) }.values.sorted {
            ($0.reason, $0.first.scope, $0.first.id, $0.second.id)
                < ($1.reason, $1.first.scope, $1.first.id, $1.second.id)
        }
    }

    /// Each with each; a very large group (a common name entered often) each with the first.
    private static func pairs(_ rows: [RecordRow]) -> [(RecordRow, RecordRow)] {
        guard rows.count <= ReadingLimits.duplicateGroup else {
            return rows.dropFirst().map { (rows[0], $0) }
        }
        return rows.indices.flatMap { left in
            rows.indices.dropFirst(left + 1).map { (rows[left], rows[$0]) }
        }
    }

    /// Two different personal numbers are two persons, whatever their names.
    private static func areDistinct(_ left: RecordRow, _ right: RecordRow) -> Bool {
        guard let one = left.text("personal_id"), let other = right.text("personal_id") else {
            return false
        }
        return one != other
    }

    // MARK: Decisions

    /// Says that a record is the same as another, which stands for both from now on.
    ///
    /// Nothing else is moved or copied: readers follow the merge, children are found through it.
    @discardableResult
    package func merge(_ id: RecordID, into target: RecordID, author: String) throws -> [Dot] {
        try transaction {
            let record = try requireRecord(id)
            let survivor = try requireRecord(target)
            guard id != target, record.type == survivor.type, !record.isGone, !survivor.isGone
            else { throw StoreError.notMergeable }
            // Whether it was merged is in question: that is decided by itself, not in passing.
            let merge = record.fields.first { $0.name == ReservedField.mergedInto }
            guard merge?.isDisputed != true else { throw StoreError.undecided(id) }
            guard record.scope == survivor.scope else {
                throw StoreError.notTogether(scope: survivor.scope)
            }
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, [Cell(ReservedField.mergedInto, .reference(target))])
            }
        }
    }

    /// Says that two records are two persons; every node that holds their scope learns it.
    ///
    /// Where one was merged into the other, that ends. Of two scopes, it is written where both can read
    /// it: in the scope above.
    @discardableResult
    package func dismiss(_ left: RecordID, _ right: RecordID, author: String) throws -> [Dot] {
        try transaction {
            let records = try [left, right].sorted().map { try requireRecord($0) }
            guard left != right, records[0].type == records[1].type else {
                throw StoreError.nothingToDecide
            }
            let parted = try part(records[0], records[1], author: author)
            guard try !dismissedPairs().contains(DismissedPair(left, right)) else { return parted }
            let scope = commonScope(records[0].scope, records[1].scope)
            return try parted
                + save(scope: scope, author: author) {
                    _ = $0.add(
                        SystemTypes.dismissal.name,
                        [
                            Cell("first", .text(records[0].id.description)),
                            Cell("second", .text(records[1].id.description)),
                        ]
                    )
                }
        }
    }

    /// Takes the merge back that makes two records one, if there is one.
    private func part(
        _ left: StoredRecord,
        _ right: StoredRecord,
        author: String
    ) throws -> [Dot] {
        let table = try table(left.type.name)
        let end = try alias(of: left.key, table) ?? left.key
        guard try end == alias(of: right.key, table) ?? right.key,
            let merged = [left, right].first(where: { $0.key != end })
        else { return [] }
        let merge = merged.fields.first { $0.name == ReservedField.mergedInto }
        // Circles, and what is in question otherwise, are decided by themselves.
        guard merge?.isDisputed != true, (left.flags | right.flags) & RecordFlags.cycle == 0 else {
            throw StoreError.undecided(merged.id)
        }
        return try save(scope: merged.scope, author: author) {
            $0.set(merged.type.name, merged.id, [Cell(ReservedField.mergedInto, .null)])
        }
    }

    private func commonScope(_ left: String, _ right: String) -> String {
        let parts = zip(left.split(separator: "/"), right.split(separator: "/"))
            .prefix { $0 == $1 }.map(\.0)
        return parts.joined(separator: "/")
    }

    private func dismissedPairs() throws -> Set<DismissedPair> {
        let rows = try statement(
            """
            SELECT d.first, d.second, s.path FROM dismissal d JOIN scope s ON s.n = d._scope
            WHERE d._flags & \(RecordFlags.gone) = 0
            """
        ).rows { row throws(SQLiteError) in
            (try row.text(0), try row.text(1), try row.text(2))
        }
        return Set(
            try rows.compactMap { first, second, scope in
                guard let first = RecordID(first), let second = RecordID(second) else { return nil }
                // Whoever writes one village does not decide about the people of another.
                let isTheirs = try [first, second].allSatisfy { id in
                    try locate(id).map { $0.scope == scope || $0.scope.hasPrefix(scope + "/") }
                        ?? false
                }
                return isTheirs ? DismissedPair(first, second) : nil
            }
        )
    }
}

/// Two records, whichever is named first.
private struct DismissedPair: Hashable {
    let first: RecordID
    let second: RecordID

    init(_ left: RecordID, _ right: RecordID) {
        first = min(left, right)
        second = max(left, right)
    }
}

/// What two records of one person have in common.
private struct PersonKey: Hashable {
    let reason: DuplicateCandidate.Reason
    let text: String

    static func keys(of row: RecordRow) -> [PersonKey] {
        var keys: [PersonKey] = []
        if let number = row.text("personal_id") {
            keys.append(PersonKey(reason: .personalID, text: number))
        }
        if let number = row.text("old_cmnd") {
            keys.append(PersonKey(reason: .oldNumber, text: number))
        }
        guard let name = row.text("full_name").map(TextFold.fold),
            let birth = row.text("birth").flatMap({ PartialDate($0) })
        else { return keys }
        if birth.precision == .day, !birth.isSuspect {
            keys.append(PersonKey(reason: .nameAndBirth, text: "\(name)|\(birth)"))
        } else {
            let text = "\(name)|\(birth.certainPart)|\(row.scope)"
            keys.append(PersonKey(reason: .nameAndVagueBirth, text: text))
        }
        if let household = row["household"].record {
            keys.append(
                PersonKey(
                    reason: .nameYearAndHousehold,
                    text: "\(name)|\(birth.year)|\(household)"
                )
            )
        }
        if let phone = row.text("phone") {
            keys.append(
                PersonKey(reason: .nameYearAndPhone, text: "\(name)|\(birth.year)|\(phone)")
            )
        }
        return keys
    }
}
