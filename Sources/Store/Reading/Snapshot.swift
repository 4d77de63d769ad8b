package import Causality
import Replication
import SQLite
import Survey

/// The state at an earlier moment, made again from the log.
extension Store {
    /// Tables that the projection is derived from, in the order of their references.
    private static let logTables = [
        "scope", "origin", "log", "segment", "pending_entry", "redacted", "redaction_done",
    ]

    /// A store in memory that shows what was known at a moment: later entries do not count.
    ///
    /// For reading only: it has no keys. Takes as much memory as the log and the tables; record
    /// ids are those of this store. Without a time all entries count.
    package func snapshot(asOf time: HybridTime? = nil) throws -> Store {
        let copy = try Store(
            db: Connection(path: "", mode: .memory),
            description: description,
            environment: environment
        )
        try copy.transaction {
            try reading {
                for table in Self.logTables { try copyRows(of: table, to: copy) }
            }
            for path in try copy.scopes() {
                guard let scope = try copy.scopeNumber(path) else { continue }
                try copy.replay(scope: scope, asOf: time)
            }
            for type in types { try copy.rebuildAliases(of: try copy.table(type.name)) }
            try copy.loadRoster()
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

    /// Projects the entries of one scope that are not later than `time`, in the order of arrival.
    private func replay(scope: Int64, asOf time: HybridTime?) throws {
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            let header = stored.segment.header
            let payload = try payload(stored)
            let latest = (0..<payload.count).map { payload.time($0) }.max()
            if time.map({ bound in latest.map { $0 <= bound } ?? true }) ?? true {
                try project(payload, header: header, log: try log(n))
                continue
            }
            for (index, entry) in payload.entries().enumerated()
            where time.map({ entry.time <= $0 }) ?? true {
                let dot = Dot(log: header.log, seq: header.first + UInt64(index))
                try project(
                    LoggedEntry(entry: entry, dot: dot, log: n, scope: scope, after: header.after)
                )
            }
        }
        try forEachOpenEntry(scope: scope) { logged in
            guard time.map({ logged.entry.time <= $0 }) ?? true else { return }
            try project(logged)
        }
    }
}
