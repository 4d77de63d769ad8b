import SQLite
import Survey

/// The scopes that figures are shown for, with the villages' names.
struct Places {
    let all: [Place]
    private let positions: [Int64: Int]

    /// Villages that exist at `day`, and any other scope that holds records.
    ///
    /// `names`: what places are called that another hub keeps.
    init(
        _ connection: Connection,
        under: String?,
        on day: CalendarDay,
        names: [String: String] = [:]
    ) throws(CoverageError) {
        let villages = try wrapped { () throws(SQLiteError) in
            try connection.prepare(
                """
                SELECT v.scope, v.name, v.valid_from, v.valid_to, v.merged_into
                FROM village v JOIN scope s ON s.n = v._scope
                WHERE v._flags & \(RowFlags.gone) = 0
                -- Named by whoever keeps the roster above it, not by a village of itself or another.
                AND substr(v.scope, 1, length(s.path) + 1) = s.path || '/'
                """
            ).rows { row throws(SQLiteError) in
                Village(
                    scope: try row.text(0),
                    name: try row.text(1),
                    from: try row.text(2),
                    to: try row.text(3),
                    isJoined: try !row.text(4).isEmpty
                )
            }
        }
        let scopes = try wrapped { () throws(SQLiteError) in
            try connection.prepare("SELECT n, path FROM scope").rows {
                row throws(SQLiteError) in (row.integer(0), try row.text(1))
            }
        }
        let units = try Self.units(connection)
        let isShown = { (path: String) in
            under.map { path == $0 || path.hasPrefix($0 + "/") } ?? true
        }
        let current = villages.filter { $0.exists(on: day) }
        let paths = Set(scopes.map(\.1)).union(current.map(\.scope)).filter(isShown)
        all = paths.map { path in
            let standing = current.first { $0.scope == path }
            let village = standing ?? villages.first { $0.scope == path }
            let name =
                names[path] ?? village?.name ?? units[path]
                ?? path.split(separator: "/").last.map(String.init) ?? path
            return Place(
                scope: path,
                name: name,
                isVillage: village != nil,
                isStanding: standing != nil
            )
        }.sorted { left, right in
            if left.isVillage != right.isVillage { return left.isVillage }
            let keys = (SortKey.place(left.name), SortKey.place(right.name))
            return keys.0 == keys.1
                ? left.scope < right.scope : keys.0.lexicographicallyPrecedes(keys.1)
        }
        let byPath = Dictionary(
            uniqueKeysWithValues: all.enumerated().map { ($0.element.scope, $0.offset) }
        )
        positions = Dictionary(
            uniqueKeysWithValues: scopes.compactMap { number, path in
                byPath[path].map { (number, $0) }
            }
        )
    }

    /// The name of the unit that has a scope of its own, by path.
    private static func units(_ connection: Connection) throws(CoverageError) -> [String: String] {
        let rows = try wrapped { () throws(SQLiteError) in
            try connection.prepare(
                """
                SELECT path, min(name) FROM unit JOIN scope ON n = _scope
                WHERE _flags & \(RowFlags.gone) = 0 AND name IS NOT NULL GROUP BY path HAVING count(*) = 1
                """
            ).rows { row throws(SQLiteError) in (try row.text(0), try row.text(1)) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Nil for a scope that is not shown.
    func position(_ scope: Int64) -> Int? { positions[scope] }

    private struct Village {
        let scope: String
        let name: String
        let from: String
        let to: String
        /// Into another one, at the end of its time, or at once where that has no end.
        let isJoined: Bool

        func exists(on day: CalendarDay) -> Bool {
            from <= day.description && (to.isEmpty ? !isJoined : to > day.description)
        }
    }
}
