import Causality
import Replication
import SQLite
import Sealing
import Survey

/// The projection made anew from the log.
extension Store {
    /// Creates the typed tables; makes them anew where the data description has changed.
    func prepareProjection() throws {
        let fingerprint = Hash.blake2b(Array(Schema.fingerprint(types).utf8)).bytes
        if try setting("projection") == fingerprint { return }
        try transaction {
            try dropTypedTables()
            for type in types { try db.execute(Schema.create(type)) }
            try set("projection", fingerprint)
            try set("projection-tables", Array(types.map(\.name).joined(separator: " ").utf8))
            statements = StatementCache()
            try replay()
        }
    }

    private func dropTypedTables() throws {
        let names = String(decoding: try setting("projection-tables") ?? [], as: UTF8.self)
        for name in names.split(separator: " ") where isWireName(String(name)) {
            try db.execute("DROP TABLE IF EXISTS \"\(name)\"")
        }
    }

    /// Replaces the projection by one made from the log alone.
    package func rebuild() throws {
        // One large transaction: with the usual small cache every page would be written twice.
        try db.execute("PRAGMA cache_size = -16384")
        defer { try? db.execute("PRAGMA cache_size = -2000") }
        try transaction {
            for type in types { try db.execute("DELETE FROM \"\(type.name)\"") }
            try replay()
        }
    }

    /// Applies every held entry to empty tables.
    func replay() throws {
        try db.execute("DELETE FROM sibling; DELETE FROM clash; DELETE FROM alias")
        for path in try scopes() {
            guard let scope = try scopeNumber(path) else { continue }
            try replay(scope: scope)
        }
        for type in types { try rebuildAliases(of: try table(type.name)) }
        try loadRoster()
    }

    /// Applies every held entry of one scope, in the order of arrival.
    private func replay(scope: Int64) throws {
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            try project(try payload(stored), header: stored.segment.header, log: try log(n))
        }
        for log in try logs(inScope: scope) {
            var after = try vector(scope)
            after.remove(log.id)
            for (seq, entry) in try openEntries(log: log.n) {
                guard let table = tables[entry.type] else { continue }
                let dot = Dot(log: log.id, seq: seq)
                try project(
                    ProjectedEntry(
                        table: table,
                        scope: scope,
                        key: try key(entry.record, scope: scope),
                        log: log.n,
                        dot: dot,
                        time: entry.time,
                        cells: entry.cells,
                        context: entry.seen.map { Context(seen: $0) }
                            ?? Context(after: after, of: dot)
                    )
                )
            }
        }
    }

    /// Makes one scope's part of the projection anew, after part of its log was set aside.
    func rebuild(scope: Int64) throws {
        let keys = "(SELECT n FROM origin WHERE scope = ?1)"
        for type in types {
            try statement("DELETE FROM \"\(type.name)\" WHERE _scope = ?1").run(scope)
        }
        for name in ["sibling", "clash"] {
            try statement("DELETE FROM \(name) WHERE record >> 32 IN \(keys)").run(scope)
        }
        cache.decoded = []
        try replay(scope: scope)
        for type in types { cache.dirtyAliases.insert(type.name) }
        cache.isRosterDirty = true
    }

    // MARK: Merged records

    /// Follows every merge to its end; a circle ends at its smallest record, and is flagged.
    func rebuildAliases(of table: TypedTable) throws {
        let pairs = try statement(
            "SELECT id, _merged_into FROM \"\(table.name)\" WHERE _merged_into IS NOT NULL"
        ).rows { ($0.integer(0), $0.integer(1)) }
        try statement(
            """
            DELETE FROM alias WHERE record IN (
                SELECT id FROM "\(table.name)"
                WHERE _flags <> 0 AND _flags & 36 <> 0 OR _merged_into IS NOT NULL)
            """
        ).run()
        // `_flags <> 0` is what the partial index is made for.
        try statement(
            """
            UPDATE "\(table.name)" SET _flags = _flags & ~36
            WHERE _flags <> 0 AND _flags & 36 <> 0
            """
        ).run()
        let next = Dictionary(uniqueKeysWithValues: pairs)
        for (record, _) in pairs {
            let end = try end(of: record, next)
            try db.cached(
                "INSERT OR REPLACE INTO alias(record, target, is_cycle) VALUES (?1, ?2, ?3)"
            )
            .run(record, end.target, end.isCycle)
            var flags = end.target == record ? 0 : RecordFlags.merged
            if end.isCycle { flags |= RecordFlags.cycle }
            try statement("UPDATE \"\(table.name)\" SET _flags = _flags | ?2 WHERE id = ?1")
                .run(record, flags)
        }
    }

    private func end(
        of record: Int64,
        _ next: [Int64: Int64]
    ) throws -> (target: Int64, isCycle: Bool) {
        var path = [record]
        var seen: Set<Int64> = [record]
        while let last = path.last, let following = next[last] {
            guard seen.insert(following).inserted else {
                let circle = path[(path.firstIndex(of: following) ?? 0)...]
                let smallest = try circle.min { try recordID($0) < recordID($1) }
                return (smallest ?? record, circle.contains(record))
            }
            path.append(following)
        }
        return (path.last ?? record, false)
    }
}
