import Causality
import Replication
import SQLite
import Sealing
import Survey

/// The projection made anew from the log.
extension Store {
    /// Creates the typed tables; makes them anew where the data description has changed.
    func prepareProjection() throws {
        if try hasCurrentProjection() { return }
        try transaction {
            try dropTypedTables()
            for type in types { try db.execute(Schema.create(type)) }
            try set("projection", fingerprint)
            try set("projection-tables", Array(types.map(\.name).joined(separator: " ").utf8))
            statements = StatementCache()
            try replay()
        }
    }

    /// Whether the typed tables are those of this program's data description.
    func hasCurrentProjection() throws -> Bool {
        try setting("projection") == fingerprint
    }

    private var fingerprint: [UInt8] {
        Hash.blake2b(Array(Schema.fingerprint(types).utf8)).bytes
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
        try followMerges()
        forgetRoster()
    }

    /// Applies every held entry of one scope, in the order of arrival.
    private func replay(scope: Int64) throws {
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            try project(try payload(stored), header: stored.segment.header, log: try log(n))
        }
        try forEachOpenEntry(scope: scope) { try project($0) }
    }

    /// Makes one scope's part of the projection anew, after part of its log was set aside.
    func rebuild(scope: Int64) throws {
        let keys = "(SELECT n FROM origin WHERE scope = ?1)"
        for type in types {
            try statement("DELETE FROM \"\(type.name)\" WHERE _scope = ?1").run(scope)
        }
        for name in ["sibling", "clash", "alias"] {
            try statement("DELETE FROM \(name) WHERE record >> 32 IN \(keys)").run(scope)
        }
        cache.searches = BranchSearches()
        try replay(scope: scope)
        cache.isRosterDirty = true
    }
}
