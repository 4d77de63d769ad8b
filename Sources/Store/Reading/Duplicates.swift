package import Causality
import Replication
import SQLite
import Survey

/// Two records that may be the same person, household or village, and what speaks for it.
package struct DuplicateCandidate: Hashable, Sendable {
    /// In the order of their weight: `names-and-text.md` section 5; of places first, because who lives in
    /// one that is there twice is there twice too.
    package enum Reason: Int, CaseIterable, Comparable, Sendable {
        /// Two villages of one roster with one scope path.
        case villagePath
        /// Two households of one village with one number of the register.
        case householdNumber
        /// Two households of one village whose heads are likely one person.
        case householdHead
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

    init(_ one: RecordRow, _ other: RecordRow, _ reason: Reason) {
        first = one.id < other.id ? one : other
        second = one.id < other.id ? other : one
        self.reason = reason
    }
}

extension Store {
    /// Record types of places: a hub that was restored to before its list and was given it again has
    /// them twice, once its nodes bring the first ones back.
    private static let placeTypes = ["village", "household"]

    /// Pairs of living records that are likely the same, strongest reason first.
    ///
    /// Pairs that a person has dismissed are left out. Nothing is ever merged by this.
    package func duplicates(under scope: String? = nil) throws -> [DuplicateCandidate] {
        let dismissed = try dismissedPairs()
        var pairs: [DismissedPair: DuplicateCandidate] = [:]
        for type in Self.placeTypes + ["resident"] {
            try addDuplicates(of: type, under: scope, to: &pairs)
        }
        pairs = pairs.filter { !dismissed.contains($0.key) }
        for pair in pairs.values.filter({ $0.reason <= .nameAndBirth }) {
            guard let homes = try homes(ofHeads: pair) else { continue }
            let name = DismissedPair(homes.0.id, homes.1.id)
            guard pairs[name] == nil, !dismissed.contains(name) else { continue }
            pairs[name] = DuplicateCandidate(homes.0, homes.1, .householdHead)
        }
        return pairs.values.sorted {
            ($0.reason, $0.first.scope, $0.first.id, $0.second.id)
                < ($1.reason, $1.first.scope, $1.first.id, $1.second.id)
        }
    }

    /// How many pairs of villages and of numbered households are likely the same.
    package func doubledPlaces() throws -> Int {
        let dismissed = try dismissedPairs()
        var pairs: [DismissedPair: DuplicateCandidate] = [:]
        for type in Self.placeTypes { try addDuplicates(of: type, under: nil, to: &pairs) }
        return pairs.keys.filter { !dismissed.contains($0) }.count
    }

    private func addDuplicates(
        of type: String,
        under scope: String?,
        to pairs: inout [DismissedPair: DuplicateCandidate]
    ) throws {
        guard description.type(type) != nil else { return }
        var groups: [DuplicateKey: [RecordRow]] = [:]
        try forEachRecord(of: type, under: scope) { row in
            for key in DuplicateKey.keys(of: row) { groups[key, default: []].append(row) }
        }
        for (key, rows) in groups where rows.count > 1 {
            for (left, right) in Self.pairs(rows)
            where key.reason == .personalID || !Self.areDistinct(left, right) {
                let pair = DismissedPair(left.id, right.id)
                if let known = pairs[pair], known.reason <= key.reason { continue }
                pairs[pair] = DuplicateCandidate(left, right, key.reason)
            }
        }
    }

    /// The households of two heads who are likely one person, where they are two of one village.
    private func homes(ofHeads pair: DuplicateCandidate) throws -> (RecordRow, RecordRow)? {
        let heads = [pair.first, pair.second]
        guard heads.allSatisfy({ $0.type.name == "resident" && $0.text("relation") == "head" })
        else { return nil }
        let homes = try heads.compactMap { try $0["household"].record.flatMap { try row(of: $0) } }
        guard homes.count == 2, homes[0].id != homes[1].id, homes[0].scope == homes[1].scope,
            !homes[0].isGone, !homes[1].isGone
        else { return nil }
        return (homes[0], homes[1])
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

/// What two records of one person, household or village have in common.
private struct DuplicateKey: Hashable {
    let reason: DuplicateCandidate.Reason
    let text: String

    static func keys(of row: RecordRow) -> [DuplicateKey] {
        switch row.type.name {
        case "village":
            // What a village writes under this name in its own scope is not the roster's.
            guard let path = row.text("scope"), path.hasPrefix(row.scope + "/") else { return [] }
            return [DuplicateKey(reason: .villagePath, text: "\(row.scope)|\(path)")]
        case "household":
            guard let number = row.text("register_code") else { return [] }
            return [DuplicateKey(reason: .householdNumber, text: "\(row.scope)|\(number)")]
        default: return keys(ofPerson: row)
        }
    }

    private static func keys(ofPerson row: RecordRow) -> [DuplicateKey] {
        var keys: [DuplicateKey] = []
        if let number = row.text("personal_id") {
            keys.append(DuplicateKey(reason: .personalID, text: number))
        }
        if let number = row.text("old_cmnd") {
            keys.append(DuplicateKey(reason: .oldNumber, text: number))
        }
        guard let name = row.text("full_name").map(TextFold.fold),
            let birth = row.text("birth").flatMap({ PartialDate($0) })
        else { return keys }
        if birth.precision == .day, !birth.isSuspect {
            keys.append(DuplicateKey(reason: .nameAndBirth, text: "\(name)|\(birth)"))
        } else {
            let text = "\(name)|\(birth.certainPart)|\(row.scope)"
            keys.append(DuplicateKey(reason: .nameAndVagueBirth, text: text))
        }
        if let household = row["household"].record {
            keys.append(
                DuplicateKey(
                    reason: .nameYearAndHousehold,
                    text: "\(name)|\(birth.year)|\(household)"
                )
            )
        }
        if let phone = row.text("phone") {
            keys.append(
                DuplicateKey(reason: .nameYearAndPhone, text: "\(name)|\(birth.year)|\(phone)")
            )
        }
        return keys
    }
}
