package import Causality
import Replication
import SQLite
package import Survey

/// A record that a person has to look at, and why.
package struct ReviewItem: Hashable, Sendable {
    package let row: RecordRow
    /// Fields with values that did not see each other.
    package let disputed: [String]
    /// Fields changed by somebody who had not seen the deletion, merge or move, or the other way round.
    package let clashing: [String]
    /// Two nodes merged in opposite directions.
    package let isCycle: Bool
    /// What became of the record that this one belongs to.
    package let orphan: Orphan?
    /// Records that it is one with by a merge, though somebody has said that they are two.
    package let contradicted: [RecordID]

    package var id: RecordID { row.id }
}

/// Why a record belongs to nothing that lives here.
package struct Orphan: Hashable, Sendable {
    package enum Link: String, Hashable, Sendable {
        /// It is part of the record, as a person is of a household.
        case parent
        /// It was merged into the record, which stood for both.
        case merge
    }

    package enum Parent: String, Hashable, Sendable {
        /// Never came here, or not yet.
        case missing
        case deleted
        /// Moved to another scope without this record.
        case moved
    }

    package let parent: RecordID
    package let state: Parent
    package let link: Link

    package init(parent: RecordID, state: Parent, link: Link) {
        self.parent = parent
        self.state = state
        self.link = link
    }
}

/// Everything that is in question about one record, with every value, its author, node and time.
package struct ConflictDetail: Sendable {
    package struct Disputed: Sendable {
        package let name: String
        /// Nil for the reserved fields.
        package let field: Field?
        /// Sorted by dot, the same on every node.
        package let values: [StoredValue]
        /// The provisional one.
        package let shown: Value
    }

    /// A change and a deletion, a merge or a move, of which neither saw the other.
    package struct Clash: Sendable {
        /// Where it lies: after a move, the scope that the record has left.
        package let scope: String
        package let field: String
        package let change: StoredValue
        /// `_deleted`, `_merged_into` or `_moved_to`.
        package let fate: String
        package let decision: StoredValue
    }

    /// A merge, and what somebody has said who had not heard of it, or of whom the other had not.
    package struct Contradicted: Sendable {
        /// The record that this one is one with by the merge, and another than by what was said.
        package let other: RecordID
        /// Nil where nothing of the merge is held any more.
        package let merge: HistoryEntry?
        package let dismissal: HistoryEntry
    }

    package let record: StoredRecord
    package let disputed: [Disputed]
    package let clashes: [Clash]
    /// Records merged in a circle, this one among them.
    package let cycle: [RecordID]
    package let orphan: Orphan?
    package let contradicted: [Contradicted]

    package var isSettled: Bool {
        disputed.isEmpty && clashes.isEmpty && cycle.isEmpty && orphan == nil
            && contradicted.isEmpty
    }
}

extension Store {
    /// The review queue: what waits for a person, in the order of scopes and records.
    ///
    /// Of one scope and those below it, or of all.
    package func conflicts(under scope: String? = nil) throws -> [ReviewItem] {
        let scopes = try scopeNumbers(under: scope)
        let allContradicted = try contradictedMerges()
        var items: [ReviewItem] = []
        for type in types where isReviewed(type.name) {
            let table = try table(type.name)
            let orphans = try orphans(table)
            let contradicted = allContradicted[table.name] ?? [:]
            let flagged = try statement(
                """
                SELECT id, _scope FROM "\(table.name)"
                WHERE _flags <> 0 AND _flags & \(Self.questionable) <> 0
                """
            ).rows { (key: $0.integer(0), scope: $0.integer(1)) }
            let keys = Set(flagged.filter { scopes.contains($0.scope) }.map(\.key))
                .union(orphans.filter { scopes.contains($0.value.scope) }.keys)
                .union(contradicted.keys)
            for key in keys.sorted() {
                guard let row = try row(key: key, table),
                    try scopes.contains(scopeNumber(row.scope) ?? 0)
                else { continue }
                let item = ReviewItem(
                    row: row,
                    disputed: try disputedFields(row, table),
                    // Of somebody who was erased there is nothing to decide: the hub erases what comes.
                    clashing: try row.flags & RecordFlags.clash == 0 || isErased(row)
                        ? [] : clashingFields(key, table),
                    isCycle: row.flags & RecordFlags.cycle != 0,
                    orphan: try orphans[key].map(orphan),
                    contradicted: contradicted[key] ?? []
                )
                if item.isQuestionable { items.append(item) }
            }
        }
        return items.sorted { ($0.row.scope, $0.id) < ($1.row.scope, $1.id) }
    }

    private static let questionable = RecordFlags.disputed | RecordFlags.clash | RecordFlags.cycle

    /// Fields that a person decides; of a record that is gone only whether it is.
    private func disputedFields(_ row: RecordRow, _ table: TypedTable) throws -> [String] {
        guard row.flags & RecordFlags.disputed != 0 else { return [] }
        let names = try db.cached(
            "SELECT DISTINCT field FROM sibling WHERE type = ?1 AND record = ?2 ORDER BY 1"
        ).bind(all: table.name, row.key).rows { row throws(SQLiteError) in try row.text(0) }
        return try names.filter { name in
            guard let position = table.positions[name],
                table.columns[position].merge == .review,
                !row.isGone || ReservedField.all.contains(name)
            else { return false }
            return Siblings(try siblings(of: table, key: row.key, field: name)).isConflict
        }
    }

    /// Fields whose changes met a deletion, a merge or a move.
    func clashingFields(_ key: Int64, _ table: TypedTable) throws -> [String] {
        try db.cached("SELECT DISTINCT field FROM clash WHERE type = ?1 AND record = ?2 ORDER BY 1")
            .bind(all: table.name, key).rows { row throws(SQLiteError) in try row.text(0) }
    }

    // MARK: Orphans

    private struct OrphanRow {
        let scope: Int64
        let parent: Int64
        let state: Orphan.Parent
        let link: Orphan.Link
    }

    private func orphan(_ row: OrphanRow) throws -> Orphan {
        Orphan(parent: try recordID(row.parent), state: row.state, link: row.link)
    }

    /// Records that stand nowhere though nobody has taken them away, by key.
    private func orphans(_ table: TypedTable, key: Int64? = nil) throws -> [Int64: OrphanRow] {
        try parentless(table, key: key).merging(mergedAway(table, key: key)) { first, _ in first }
    }

    /// Records that were merged into one that is deleted or not here: with it they would be gone,
    /// and whoever deleted it may not have known that it stood for them.
    private func mergedAway(_ table: TypedTable, key: Int64?) throws -> [Int64: OrphanRow] {
        let rows = try statement(
            """
            SELECT c.id, c._scope, a.target, p.id FROM alias a
            JOIN "\(table.name)" c ON c.id = a.record
            LEFT JOIN "\(table.name)" p ON p.id = a.target
            WHERE a.type = '\(table.name)' AND a.record <> a.target AND c._flags & \(RecordFlags.takenAway) = 0
                AND (p.id IS NULL OR p._flags & \(RecordFlags.deleted) <> 0)
                AND (?1 IS NULL OR c.id = ?1)
            """
        ).bind(all: key).rows { row in
            let orphan = OrphanRow(
                scope: row.integer(1),
                parent: row.integer(2),
                state: row.isNull(3) ? .missing : .deleted,
                link: .merge
            )
            return (row.integer(0), orphan)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Living records whose parent is deleted, moved or not here, by key.
    private func parentless(_ table: TypedTable, key: Int64?) throws -> [Int64: OrphanRow] {
        guard let link = table.type.parent,
            case .reference(let parent) = table.type.field(link)?.kind, tables[parent] != nil
        else { return [:] }
        let rows = try statement(
            """
            SELECT c.id, c._scope, c."\(link)", p._flags FROM "\(table.name)" c
            LEFT JOIN alias a ON a.type = '\(parent)' AND a.record = c."\(link)"
            LEFT JOIN "\(parent)" p ON p.id = ifnull(a.target, c."\(link)")
            WHERE c."\(link)" IS NOT NULL AND c._flags & \(RecordFlags.gone) = 0
                AND (p.id IS NULL OR p._flags & \(RecordFlags.takenAway) <> 0) AND (?1 IS NULL OR c.id = ?1)
            """
        ).bind(all: key).rows { row in
            let flags = row.integer(3)
            let state: Orphan.Parent =
                row.isNull(3) ? .missing : flags & RecordFlags.deleted != 0 ? .deleted : .moved
            let orphan = OrphanRow(
                scope: row.integer(1),
                parent: row.integer(2),
                state: state,
                link: .parent
            )
            return (row.integer(0), orphan)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    // MARK: One record

    /// What is in question about a record; empty where somebody has decided already.
    ///
    /// Of a record that is gone, also what the queue leaves out: its disputed fields. Of one that
    /// has moved, also what came too late to where it was.
    package func conflict(_ id: RecordID) throws -> ConflictDetail {
        let places = try records(everywhere: id)
        guard let record = places.first else { throw StoreError.unknownRecord(id) }
        let table = try table(record.type.name)
        let orphan = try orphans(table, key: record.key)[record.key].map(orphan)
        return ConflictDetail(
            record: record,
            disputed: (record.fields.filter(\.isDisputed) + disputedMoves(of: places)).map {
                .init(name: $0.name, field: $0.field, values: $0.siblings, shown: $0.value)
            },
            clashes: try places.flatMap { try clashes(of: $0) },
            cycle: try cycle(of: record),
            orphan: orphan,
            contradicted: try contradicted(
                record,
                contradictedMerges()[table.name]?[record.key] ?? []
            )
        )
    }

    /// Where a record went is in question in the scope that it has left; it lives in several since.
    private func disputedMoves(of places: [StoredRecord]) -> [StoredField] {
        places.dropFirst().flatMap(\.fields).filter {
            $0.name == ReservedField.movedTo && $0.isDisputed
        }
    }

    /// What met a deletion, a merge or a move in the scope of this row.
    func clashes(of record: StoredRecord) throws -> [ConflictDetail.Clash] {
        let rows = try db.cached(
            """
            SELECT field, log, seq, fate, fate_log, fate_seq FROM clash
            WHERE type = ?1 AND record = ?2 ORDER BY field, log, seq, fate
            """
        ).bind(all: record.type.name, record.key).rows { row throws(SQLiteError) in
            (
                field: try row.text(0), log: row.integer(1), seq: UInt64(row.integer(2)),
                fate: try row.text(3), fateLog: row.integer(4), fateSeq: UInt64(row.integer(5))
            )
        }
        return try rows.map { row in
            ConflictDetail.Clash(
                scope: record.scope,
                field: row.field,
                change: try logged(row.field, log: row.log, seq: row.seq),
                fate: row.fate,
                decision: try logged(row.fate, log: row.fateLog, seq: row.fateSeq)
            )
        }
    }

    /// A cell of the log by the name of its entry.
    private func logged(_ field: String, log n: Int64, seq: UInt64) throws -> StoredValue {
        let dot = Dot(log: try log(n).id, seq: seq)
        return try storedValue(try sibling(dot, log: n, field: field))
    }

    private func cycle(of record: StoredRecord) throws -> [RecordID] {
        guard record.flags & RecordFlags.cycle != 0 else { return [] }
        return try db.cached(
            """
            SELECT b.record FROM alias a JOIN alias b ON b.type = a.type AND b.target = a.target
            WHERE a.type = ?1 AND a.record = ?2 AND b.is_cycle
            """
        ).bind(all: record.type.name, record.key).rows { $0.integer(0) }.map { try recordID($0) }
            .sorted()
    }
}

extension ReviewItem {
    fileprivate var isQuestionable: Bool {
        !disputed.isEmpty || !clashing.isEmpty || isCycle || orphan != nil
            || !contradicted.isEmpty
    }
}
