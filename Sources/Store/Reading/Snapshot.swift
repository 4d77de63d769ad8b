package import Causality
import Replication
import SQLite
package import Survey

/// The state at an earlier moment, made again from the log.
extension Store {
    /// Tables that the projection is derived from, in the order of their references.
    private static let logTables = [
        "scope", "origin", "log", "segment", "pending_entry", "redacted", "redaction_done",
    ]

    /// A store in memory that shows what was known at a moment: later entries do not count.
    ///
    /// For reading only: it has no keys. Takes as much memory as the log and the tables; record
    /// ids are those of this store. Without a time all entries count. With a day, what was observed or
    /// began after it does not count either, whenever it was entered.
    package func snapshot(
        asOf time: HybridTime? = nil,
        observedBy day: CalendarDay? = nil
    ) throws -> Store {
        guard let day, time != nil else { return try replayed(asOf: time, observedBy: day) }
        // What was observed is judged by what was known then.
        return try replayed(asOf: time).replayed(asOf: time, observedBy: day)
    }

    private func replayed(
        asOf time: HybridTime?,
        observedBy day: CalendarDay? = nil
    ) throws -> Store {
        let copy = try Store(
            db: Connection(path: "", mode: .memory),
            description: description,
            environment: environment
        )
        try copy.transaction {
            try reading {
                for table in Self.logTables { try copyRows(of: table, to: copy) }
            }
            let filter = try EntryFilter(time, day.map { try ObservedBy($0, self) })
            for path in try copy.scopes() {
                guard let scope = try copy.scopeNumber(path) else { continue }
                try copy.replay(scope: scope, filter)
            }
            if day != nil { try copy.takeAlongObservations() }
            try copy.followMerges()
            copy.forgetRoster()
        }
        return copy
    }

    private func copyRows(of table: String, to copy: Store) throws {
        let source = try db.prepare("SELECT * FROM \(table)")
        let count = source.columnCount
        let places = (1...max(count, 1)).map { "?\($0)" }.joined(separator: ", ")
        let target = try copy.db.prepare("INSERT INTO \(table) VALUES (\(places))")
        while try source.step() {
            for column in 0..<count {
                try source.value(column).bind(to: target, at: column + 1)
            }
            try target.run()
        }
    }

    /// Projects what counts of the entries of one scope, in the order of arrival.
    private func replay(scope: Int64, _ filter: EntryFilter) throws {
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            let header = stored.segment.header
            let payload = try payload(stored)
            let latest = (0..<payload.count).map { payload.time($0) }.max()
            guard filter.needsEntries(latest) else {
                try project(payload, header: header, log: try log(n))
                continue
            }
            for (index, entry) in payload.entries().enumerated() {
                let dot = Dot(log: header.log, seq: header.first + UInt64(index))
                try project(
                    LoggedEntry(entry: entry, dot: dot, log: n, scope: scope, after: header.after),
                    filter
                )
            }
        }
        try forEachOpenEntry(scope: scope) { try project($0, filter) }
    }

    private func project(_ logged: LoggedEntry, _ filter: EntryFilter) throws {
        guard tables[logged.entry.type] != nil else { return }
        let key = try key(logged.entry.record, scope: logged.scope)
        let cells = filter.cells(of: logged, key: key)
        if !cells.isEmpty { try project(logged, cells: cells) }
    }
}

/// What of an entry counts in a snapshot.
private final class EntryFilter {
    private let time: HybridTime?
    private let observed: ObservedBy?

    init(_ time: HybridTime?, _ observed: ObservedBy?) {
        self.time = time
        self.observed = observed
    }

    /// Whether a segment whose latest entry is of that time must be looked at entry by entry.
    func needsEntries(_ latest: HybridTime?) -> Bool {
        if observed != nil { return true }
        return time.map { bound in latest.map { $0 > bound } ?? false } ?? false
    }

    func cells(of logged: LoggedEntry, key: Int64) -> [Cell] {
        guard time.map({ logged.entry.time <= $0 }) ?? true else { return [] }
        return observed?.cells(of: logged, key: key) ?? logged.entry.cells
    }
}
