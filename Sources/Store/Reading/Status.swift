package import Causality
import Replication
import SQLite
import Survey

/// What a node holds, in numbers.
package struct StoreStatus: Hashable, Sendable {
    package struct Scope: Hashable, Sendable {
        package let path: String
        /// Living records by type; types without any are left out.
        package internal(set) var records: [String: Int] = [:]
        /// Deleted, merged and moved records, of all types.
        package internal(set) var gone = 0
        package internal(set) var logs = 0
        package internal(set) var segments = 0
        /// In sealed segments.
        package internal(set) var entries = 0
        /// Saved here and not sealed yet, so not sent to anybody.
        package internal(set) var openEntries = 0
        /// Records that wait for a person.
        package internal(set) var conflicts = 0
    }

    package let scopes: [Scope]
    /// Segments set aside: of revoked nodes, and branches of forks that lost.
    package let quarantined: Int
    /// Own changes of a lost branch that this node may not write again by its certificate.
    package let waiting: Int
    /// Bytes of the database's pages.
    package let bytes: Int
}

/// A log of a revoked node of which segments came too late and wait for a person.
package struct WaitingLog: Hashable, Sendable {
    package let log: LogID
    /// The name of the node that wrote it; empty where nothing of it is held yet.
    package let node: String
    package let segments: Int
    /// When the first of them came, in milliseconds since 1970.
    package let since: UInt64
}

extension Store {
    package func status() throws -> StoreStatus {
        var scopes: [Int64: StoreStatus.Scope] = [:]
        for path in try self.scopes() {
            guard let n = try scopeNumber(path) else { continue }
            scopes[n] = StoreStatus.Scope(path: path)
        }
        for type in types {
            let rows = try statement(
                """
                SELECT _scope, sum(_flags & \(RecordFlags.gone) = 0), count(*)
                FROM "\(type.name)" GROUP BY _scope
                """
            ).rows { ($0.integer(0), Int($0.integer(1)), Int($0.integer(2))) }
            for (scope, living, all) in rows {
                if living > 0 { scopes[scope]?.records[type.name] = living }
                scopes[scope]?.gone += all - living
            }
        }
        try countLogs(&scopes)
        for item in try conflicts() {
            guard let n = try scopeNumber(item.row.scope) else { continue }
            scopes[n]?.conflicts += 1
        }
        return StoreStatus(
            scopes: scopes.values.sorted { $0.path < $1.path },
            quarantined: try number("SELECT count(*) FROM quarantine WHERE payload <> x''"),
            waiting: try number("SELECT count(*) FROM aside_entry"),
            bytes: try number("PRAGMA page_count") * (try number("PRAGMA page_size"))
        )
    }

    /// Segments of revoked nodes that wait for a person, by log, in the order of their names.
    package func waitingLogs() throws -> [WaitingLog] {
        try db.cached(
            """
            SELECT log, count(*), min(at) FROM quarantine WHERE reason = 'revoked'
                AND payload <> x'' GROUP BY log ORDER BY log
            """
        ).rows { row in
            (LogID(UInt64(bitPattern: row.integer(0))), Int(row.integer(1)), row.integer(2))
        }.map { id, segments, at in
            WaitingLog(
                log: id,
                node: try log(id).map { nodeName($0) } ?? lateNodeName(id) ?? "",
                segments: segments,
                since: UInt64(bitPattern: at)
            )
        }
    }

    private func countLogs(_ scopes: inout [Int64: StoreStatus.Scope]) throws {
        let rows = try db.cached(
            """
            SELECT l.scope, l.seq, (SELECT count(*) FROM segment s WHERE s.log = l.n),
                (SELECT count(*) FROM pending_entry p WHERE p.log = l.n)
            FROM log l
            """
        ).rows { ($0.integer(0), Int($0.integer(1)), Int($0.integer(2)), Int($0.integer(3))) }
        for (scope, entries, segments, open) in rows {
            scopes[scope]?.logs += 1
            scopes[scope]?.entries += entries
            scopes[scope]?.segments += segments
            scopes[scope]?.openEntries += open
        }
    }

    private func number(_ sql: String) throws -> Int {
        Int(try statement(sql).first { $0.integer(0) } ?? 0)
    }
}
