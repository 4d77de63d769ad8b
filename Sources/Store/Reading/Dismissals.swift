package import Causality
import Replication
import SQLite
import Survey

/// What people decide about two records that look alike: that they are one, or that they are two.
extension Store {
    /// Says that a record is the same as another, which stands for both from now on.
    ///
    /// Nothing else is moved or copied: readers follow the merge, children are found through it.
    ///
    /// - Parameters:
    ///   - id: the record that is merged.
    ///   - target: the record that stands for both; a living one of the same type and scope.
    ///   - overrulesDismissal: whether it is done although somebody has said that they are two; what
    ///     he said counts no more then.
    ///   - author: sign-in name of who says so.
    /// - Returns: the entries that were written.
    /// - Throws: ``StoreError/dismissed(_:_:)`` where somebody has said that they are two.
    @discardableResult
    package func merge(
        _ id: RecordID,
        into target: RecordID,
        overrulesDismissal: Bool = false,
        author: String
    ) throws -> [Dot] {
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
            let said = try dismissals(between: record, and: survivor)
            if let first = said.first, !overrulesDismissal {
                throw StoreError.dismissed(first.pair.first, first.pair.second)
            }
            return try withdraw(said, author: author)
                + save(scope: record.scope, author: author) {
                    $0.set(
                        record.type.name,
                        id,
                        [Cell(ReservedField.mergedInto, .reference(target))]
                    )
                }
        }
    }

    /// What was said of two records, or of any that were merged into one of them and the other.
    private func dismissals(
        between left: StoredRecord,
        and right: StoredRecord
    ) throws -> [Dismissal] {
        func all(of record: StoredRecord) throws -> Set<RecordID> {
            let merged = try mergedKeys(into: record.key, try table(record.type.name))
            return Set(try merged.map { try recordID($0) } + [record.id])
        }
        let (ours, theirs) = (try all(of: left), try all(of: right))
        return try dismissals().filter { said in
            ours.contains(said.pair.first) && theirs.contains(said.pair.second)
                || theirs.contains(said.pair.first) && ours.contains(said.pair.second)
        }
    }

    private func withdraw(
        _ said: [Dismissal],
        why: String = "merged",
        author: String
    ) throws -> [Dot] {
        try said.flatMap { dismissal in
            try save(scope: dismissal.scope, author: author) {
                $0.set(
                    SystemTypes.dismissal.name,
                    dismissal.id,
                    [Cell(ReservedField.deleted, .text(why))]
                )
            }
        }
    }

    /// What was said of these records and others.
    func dismissals(of records: [RecordID]) throws -> [Dismissal] {
        let records = Set(records)
        return try dismissals().filter {
            records.contains($0.pair.first) || records.contains($0.pair.second)
        }
    }

    /// Says again, of records that have moved, what was said where one of them lives no more: there it
    /// counts for nobody.
    func carryDismissals(_ said: [Dismissal], author: String) throws {
        let standing = Set(try dismissals().map(\.id))
        for lost in said where !standing.contains(lost.id) {
            _ = try withdraw([lost], why: "moved", author: author)
            let records = try [lost.pair.first, lost.pair.second].map { try requireRecord($0) }
            _ = try say(areTwo: records, author: author)
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
            guard try !dismissedPairs().contains(RecordPair(left, right)) else { return parted }
            return try parted + say(areTwo: records, author: author)
        }
    }

    private func say(areTwo records: [StoredRecord], author: String) throws -> [Dot] {
        try save(scope: commonScope(records[0].scope, records[1].scope), author: author) {
            _ = $0.add(
                SystemTypes.dismissal.name,
                [
                    Cell("first", .text(records[0].id.description)),
                    Cell("second", .text(records[1].id.description)),
                ]
            )
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

    /// Pairs of which somebody has said that they are two.
    func dismissedPairs() throws -> Set<RecordPair> { Set(try dismissals().map(\.pair)) }

    private func dismissals() throws -> [Dismissal] {
        let rows = try statement(
            """
            SELECT d.id, d.first, d.second, s.path FROM dismissal d JOIN scope s ON s.n = d._scope
            WHERE d._flags & \(RecordFlags.gone) = 0 ORDER BY d.id
            """
        ).rows { row throws(SQLiteError) in
            (
                key: row.integer(0), first: try row.text(1), second: try row.text(2),
                scope: try row.text(3)
            )
        }
        return try rows.compactMap { row in
            guard let first = RecordID(row.first), let second = RecordID(row.second) else {
                return nil
            }
            // Whoever writes one village does not decide about the people of another.
            let isTheirs = try [first, second].allSatisfy { id in
                try locate(id).map { $0.scope == row.scope || $0.scope.hasPrefix(row.scope + "/") }
                    ?? false
            }
            guard isTheirs else { return nil }
            return Dismissal(
                id: try recordID(row.key),
                pair: RecordPair(first, second),
                scope: row.scope
            )
        }
    }

    // MARK: Merges that somebody contradicts

    /// Merged records, by type and key, each with those that it is one with though somebody has said, and
    /// nobody has taken back, that they are two.
    ///
    /// Whoever merged or said so had not heard of the other. The record named is the one that is parted
    /// where they are two; circles, and what was taken away, are in question otherwise.
    func contradictedMerges() throws -> [String: [Int64: [RecordID]]] {
        var found: [String: [Int64: [RecordID]]] = [:]
        for said in try dismissals() {
            let pair = [said.pair.first, said.pair.second]
            let places = try pair.compactMap { try locate($0) }
            guard places.count == 2, places[0].type == places[1].type else { continue }
            let table = try table(places[0].type)
            let keys = places.map(\.key)
            let ends = try keys.map { try alias(of: $0, table) ?? $0 }
            guard ends[0] == ends[1], let merged = keys.firstIndex(where: { $0 != ends[0] }) else {
                continue
            }
            let flags = try keys.compactMap { try row(key: $0, table)?.flags }
            let otherwise = RecordFlags.takenAway | RecordFlags.cycle
            guard flags.count == 2, flags.allSatisfy({ $0 & otherwise == 0 }) else { continue }
            found[table.name, default: [:]][keys[merged], default: []].append(pair[1 - merged])
        }
        return found.mapValues { $0.mapValues { Set($0).sorted() } }
    }

    /// Decides about a merge of two records of which somebody has said that they are two: that counts
    /// (`keep`), and the merge is taken back; or the merge does (`dismiss`), for good.
    ///
    /// - Parameters:
    ///   - id: the merged record, as ``conflicts(under:)`` names it.
    ///   - decision: which of the two counts.
    ///   - seen: the stamp of what was shown.
    ///   - author: sign-in name of who decides.
    /// - Returns: the entries that were written.
    /// - Throws: ``StoreError/changedSince(_:)``, ``StoreError/nothingToDecide``.
    @discardableResult
    package func settleContradicted(
        _ id: RecordID,
        _ decision: ClashDecision,
        seen: ConflictStamp,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let detail = try conflict(id)
            guard !detail.contradicted.isEmpty else { throw StoreError.nothingToDecide }
            try requireUnchanged(detail, since: seen)
            let record = detail.record
            let pairs = Set(detail.contradicted.map { RecordPair(id, $0.other) })
            let withdrawn =
                decision == .keep
                ? [] : try withdraw(dismissals().filter { pairs.contains($0.pair) }, author: author)
            // Said once more, the merge meets whoever takes it back meanwhile.
            let merge = decision == .keep ? .null : record[ReservedField.mergedInto]
            return try withdrawn
                + save(scope: record.scope, author: author) {
                    $0.set(record.type.name, id, [Cell(ReservedField.mergedInto, merge)])
                }
        }
    }

    /// Who merged the record, and who has said that it and the others are two.
    func contradicted(
        _ record: StoredRecord,
        _ others: [RecordID]
    ) throws -> [ConflictDetail.Contradicted] {
        guard !others.isEmpty else { return [] }
        let merge = try history(of: record.id).last { entry in
            entry.cells.contains { $0.field == ReservedField.mergedInto && $0.stands }
        }
        let all = try dismissals()
        return try others.compactMap { other in
            let pair = RecordPair(record.id, other)
            guard let said = all.first(where: { $0.pair == pair }),
                let entry = try history(of: said.id).first
            else { return nil }
            return ConflictDetail.Contradicted(other: other, merge: merge, dismissal: entry)
        }
    }
}

/// What somebody has said of two records.
struct Dismissal {
    let id: RecordID
    let pair: RecordPair
    let scope: String
}

/// Two records, whichever is named first.
struct RecordPair: Hashable {
    let first: RecordID
    let second: RecordID

    init(_ left: RecordID, _ right: RecordID) {
        first = min(left, right)
        second = max(left, right)
    }
}
