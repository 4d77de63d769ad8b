package import Causality
import Replication
import SQLite

/// What the access log wants to know of records before they are shown.
extension Store {
    /// The sign-in name of whoever created the record; nil if the record is not here.
    package func recorder(of id: RecordID) throws -> String? {
        guard let place = try locate(id) else { return nil }
        let first = try statement("SELECT _log, _seq FROM \"\(place.type)\" WHERE id = ?1")
            .bind(all: place.key).first { (log: $0.integer(0), seq: UInt64($0.integer(1))) }
        return try first.flatMap { try entry(log: $0.log, seq: $0.seq)?.author }
    }

    /// The records that were merged into this one, by whatever detours.
    package func mergedInto(_ id: RecordID) throws -> [RecordID] {
        guard let place = try locate(id) else { return [] }
        return try db.cached("SELECT record FROM alias WHERE type = ?1 AND target = ?2")
            .bind(all: place.type, place.key).rows { $0.integer(0) }
            .filter { $0 != place.key }.map { try recordID($0) }
    }

    /// How many records ``forEachRecord(of:under:includingGone:_:)`` would hand out.
    package func count(
        of type: String,
        under scope: String? = nil,
        includingGone: Bool = false
    ) throws -> Int {
        let scopes = try scopeNumbers(under: scope)
        let hidden = includingGone ? 0 : RecordFlags.gone
        let rows = try statement(
            """
            SELECT _scope, count(*) FROM "\(try table(type).name)"
            WHERE _flags & \(hidden) = 0 GROUP BY _scope
            """
        ).rows { (scope: $0.integer(0), count: Int($0.integer(1))) }
        return rows.filter { scopes.contains($0.scope) }.reduce(0) { $0 + $1.count }
    }

    /// The name of the node that writes the log with this local number, as it was enrolled.
    package func nodeName(ofLog n: Int64) throws -> String { nodeName(try log(n)) }
}
