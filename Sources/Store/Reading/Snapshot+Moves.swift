import Causality
import Replication
import SQLite
import Survey

/// Records that have moved, in a snapshot by the day of observation.
///
/// A move asserts in the new scope what stood last; what was answered before that stands in the log of
/// the scope that the record has left. A moved record counts where it lives now, for the past as well.
extension Store {
    /// Rows of records that live in another scope now: by the row that lives, those it has left.
    func rowsLeft(of table: TypedTable) throws -> [Int64: [Int64]] {
        let left = try statement(
            "SELECT id FROM \"\(table.name)\" WHERE _flags & \(RecordFlags.moved) <> 0 ORDER BY id"
        ).rows { $0.integer(0) }
        var rows: [Int64: [Int64]] = [:]
        for key in left {
            guard let home = try locate(recordID(key)), home.key != key else { continue }
            rows[home.key, default: []].append(key)
        }
        return rows
    }

    /// Rows of moved records but for the first of each, in the scope where the record was made.
    func rowsMovedIn(of table: TypedTable) throws -> [Int64] {
        let groups = try rowsLeft(of: table).map { [$0.key] + $0.value }
        let places = try Dictionary(grouping: groups.flatMap(\.self)) { try origin($0).scope }
        var made: [Int64: HybridTime] = [:]
        for (scope, keys) in places {
            try forEachEntry(of: Set(keys.map { try recordID($0) }), scope: scope) { logged in
                guard logged.entry.type == table.name else { return }
                let key = try key(logged.entry.record, scope: scope)
                made[key] = min(made[key] ?? logged.entry.time, logged.entry.time)
            }
        }
        return groups.flatMap { rows in
            let first = rows.compactMap { key in made[key].map { (time: $0, key: key) } }
                .min { $0.time < $1.time }
            return rows.filter { $0 != first?.key }
        }
    }

    /// Gives each moved record the answers and states of the scopes it has left, where those of its new
    /// one are all of later days.
    func takeAlongObservations() throws {
        for type in description.types where !type.observations.isEmpty {
            let table = try table(type.name)
            for (home, left) in try rowsLeft(of: table).sorted(by: { $0.key < $1.key }) {
                for observation in type.observations {
                    try takeAlong(observation, to: home, from: left, table)
                }
            }
        }
    }

    private func takeAlong(
        _ observation: Observation,
        to home: Int64,
        from left: [Int64],
        _ table: TypedTable
    ) throws {
        let fields = observation.fields.sorted().map { "\"\($0)\"" }
        let isEmpty = fields.map { "\($0) IS NULL" }.joined(separator: " AND ")
        // Of several the latest, as texts; of those without a day the last that it has left.
        let order = observation.day.map { "\"\($0)\" DESC, id DESC" } ?? "id DESC"
        let keys = left.map(String.init).joined(separator: ", ")
        try statement(
            """
            UPDATE "\(table.name)" SET (\(fields.joined(separator: ", "))) = (
                SELECT \(fields.joined(separator: ", ")) FROM "\(table.name)"
                WHERE id IN (\(keys)) AND NOT (\(isEmpty)) ORDER BY \(order) LIMIT 1)
            WHERE id = ?1 AND \(isEmpty)
            """
        ).run(home)
    }
}
