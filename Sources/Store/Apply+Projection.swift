import Causality
import Replication
import SQLite
import Survey

/// Whole segments into the projection: new records column by column, the rest one by one.
extension Store {
    func project(_ payload: Payload, header: SegmentHeader, log: LogRow) throws {
        var positions = payload.groups.map { group in
            var positions: [Int] = []
            positions.reserveCapacity(group.count)
            return positions
        }
        for (index, group) in payload.groupIndexes.enumerated() {
            positions[Int(group)].append(index)
        }
        for (index, change) in payload.changes {
            let seq = header.first + UInt64(index)
            try db.cached(
                "INSERT OR IGNORE INTO change(client, counter, log, seq) VALUES (?1, ?2, ?3, ?4)"
            ).run(
                Int64(bitPattern: change.client),
                Int64(bitPattern: change.counter),
                log.n,
                Int64(seq)
            )
        }
        let entries = LazyEntries(payload)
        for (group, positions) in zip(payload.groups, positions) {
            guard let table = tables[group.type] else { continue }
            let loader = try GroupLoader(
                group,
                table: table,
                store: self,
                scope: log.scope,
                log: log.n
            )
            try loader.load { row in
                let index = positions[row]
                if try loader.insert(row, seq: header.first + UInt64(index)) { return }
                try self.project(
                    LoggedEntry(
                        entry: entries[index],
                        dot: Dot(log: log.id, seq: header.first + UInt64(index)),
                        log: log.n,
                        scope: log.scope,
                        after: header.after
                    )
                )
            }
            if table.isRoster { cache.isRosterDirty = true }
        }
    }
}

/// Entries of a payload one by one, made only when the first of them is needed.
private final class LazyEntries {
    private let payload: Payload
    private lazy var all = payload.entries()

    init(_ payload: Payload) {
        self.payload = payload
    }

    subscript(index: Int) -> Entry { all[index] }
}
