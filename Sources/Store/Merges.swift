import Causality
import Replication
import SQLite

/// Records that were merged into others, each followed to the end of its merges.
extension Store {
    /// The record that stands for a merged one; nil where the record is in no merge.
    func alias(of key: Int64, _ table: TypedTable) throws -> Int64? {
        try db.cached("SELECT target FROM alias WHERE type = ?1 AND record = ?2")
            .bind(all: table.name, key).first { $0.integer(0) }
    }

    /// Follows anew the merges that have changed, and all that lead to them.
    func followMerges() throws {
        for (type, changed) in cache.changedMerges.sorted(by: { $0.key < $1.key }) {
            let table = try table(type)
            var merges = Merges(store: self, table: table)
            for record in try merges.leading(to: changed) { try follow(record, &merges, table) }
        }
        cache.changedMerges = [:]
    }

    private func follow(_ record: Int64, _ merges: inout Merges, _ table: TypedTable) throws {
        try db.cached("DELETE FROM alias WHERE type = ?1 AND record = ?2").run(table.name, record)
        var flags: Int64 = 0
        if let end = try merges.end(of: record) {
            try db.cached("INSERT INTO alias VALUES (?1, ?2, ?3, ?4)")
                .run(table.name, record, end.target, end.isCycle)
            if end.target != record { flags |= RecordFlags.merged }
            if end.isCycle { flags |= RecordFlags.cycle }
        }
        let old = RecordFlags.merged | RecordFlags.cycle
        try statement(
            "UPDATE \"\(table.name)\" SET _flags = _flags & ~\(old) | ?2 WHERE id = ?1"
        ).run(record, flags)
    }
}

/// The merges of one record type, read as they are needed.
private struct Merges {
    let store: Store
    let table: TypedTable
    private var next: [Int64: Int64?] = [:]

    init(store: Store, table: TypedTable) {
        self.store = store
        self.table = table
    }

    /// These records and all that were merged into them, however far.
    func leading(to records: Set<Int64>) throws -> [Int64] {
        let statement = try store.statement(
            """
            WITH RECURSIVE leading(id) AS (
                SELECT ?1 UNION
                SELECT t.id FROM leading l JOIN "\(table.name)" t ON t._merged_into = l.id)
            SELECT id FROM leading
            """
        )
        var all: Set<Int64> = []
        for record in records.sorted() where !all.contains(record) {
            all.formUnion(try statement.bind(all: record).rows { $0.integer(0) })
        }
        return all.sorted()
    }

    /// Where a record's merges end; nil where there is none.
    ///
    /// A circle ends at its smallest record.
    mutating func end(of record: Int64) throws -> (target: Int64, isCycle: Bool)? {
        guard try following(record) != nil else { return nil }
        var path = [record]
        var seen: Set<Int64> = [record]
        while let last = path.last, let following = try following(last) {
            guard seen.insert(following).inserted else {
                let circle = path[(path.firstIndex(of: following) ?? 0)...]
                let smallest = try circle.min { try store.recordID($0) < store.recordID($1) }
                return (smallest ?? record, circle.contains(record))
            }
            path.append(following)
        }
        return (path.last ?? record, false)
    }

    private mutating func following(_ record: Int64) throws -> Int64? {
        if let known = next[record] { return known }
        let sql = "SELECT _merged_into FROM \"\(table.name)\" WHERE id = ?1"
        let found = try store.statement(sql).bind(all: record)
            .first { $0.isNull(0) ? nil : $0.integer(0) }
        next[record] = .some(found ?? nil)
        return found ?? nil
    }
}
