package import Causality
import Replication
import SQLite
import Sealing
import Survey

/// Scopes, origins and logs have small local numbers; these functions go both ways.
extension Store {
    /// Every scope that is known here, sorted by path.
    package func scopes() throws -> [String] {
        try db.cached("SELECT path FROM scope ORDER BY path").rows { row throws(SQLiteError) in
            try row.text(0)
        }
    }

    func scopeNumber(_ path: String) throws -> Int64? {
        if let n = cache.scopes[path] { return n }
        guard
            let n = try db.cached("SELECT n FROM scope WHERE path = ?1").bind(all: path).first({
                $0.integer(0)
            })
        else { return nil }
        cache.scopes[path] = n
        cache.paths[n] = path
        return n
    }

    func ensureScope(_ path: String) throws -> Int64 {
        if let n = try scopeNumber(path) { return n }
        try db.cached("INSERT INTO scope(path) VALUES (?1)").run(path)
        return try scopeNumber(path) ?? db.lastInsertRowID
    }

    func scopePath(_ n: Int64) throws -> String {
        if let path = cache.paths[n] { return path }
        let path = try db.cached("SELECT path FROM scope WHERE n = ?1").bind(all: n).first {
            row throws(SQLiteError) in try row.text(0)
        }
        guard let path else { throw StoreError.damaged(.file("scope \(n)")) }
        cache.paths[n] = path
        cache.scopes[path] = n
        return path
    }

    /// The local key of a record in a scope; origins that are new here get a number.
    func key(_ id: RecordID, scope: Int64) throws -> Int64 {
        try originNumber(id.origin, scope: scope) << 32 | Int64(id.counter)
    }

    func originNumber(_ origin: UInt64, scope: Int64) throws -> Int64 {
        let key = OriginKey(scope: scope, id: origin)
        if let n = cache.origins[key] { return n }
        let bits = Int64(bitPattern: origin)
        var n = try db.cached("SELECT n FROM origin WHERE scope = ?1 AND id = ?2")
            .bind(all: scope, bits).first { $0.integer(0) }
        if n == nil {
            try db.cached("INSERT INTO origin(scope, id) VALUES (?1, ?2)").run(scope, bits)
            n = db.lastInsertRowID
        }
        let number = n ?? 0
        cache.origins[key] = number
        cache.originIDs[number] = key
        return number
    }

    /// The record id behind a local key.
    package func recordID(_ key: Int64) throws -> RecordID {
        RecordID(origin: try origin(key).id, counter: UInt32(truncatingIfNeeded: key))
    }

    /// The path of the scope that a local key lies in.
    package func scope(ofKey key: Int64) throws -> String {
        try scopePath(try origin(key).scope)
    }

    func origin(_ key: Int64) throws -> OriginKey {
        let n = key >> 32
        if let origin = cache.originIDs[n] { return origin }
        let origin = try db.cached("SELECT scope, id FROM origin WHERE n = ?1").bind(all: n).first {
            OriginKey(scope: $0.integer(0), id: UInt64(bitPattern: $0.integer(1)))
        }
        guard let origin else { throw StoreError.damaged(.file("origin \(n)")) }
        cache.originIDs[n] = origin
        return origin
    }

    /// The local key of a record that may live in any scope here; nil if it lives in none.
    ///
    /// Of several types that use the id, the first of the data description is meant; of several scopes
    /// in which it lives, because it was moved twice unseen, the first by its path, on every node.
    package func locate(_ id: RecordID) throws -> (type: String, key: Int64, scope: String)? {
        let keys = try db.cached(
            """
            SELECT o.n FROM origin o JOIN scope s ON s.n = o.scope WHERE o.id = ?1 ORDER BY s.path
            """
        ).bind(all: Int64(bitPattern: id.origin)).rows { $0.integer(0) << 32 | Int64(id.counter) }
        var found: (type: String, key: Int64)?
        var isLiving = false
        for type in types where !isLiving {
            for key in keys {
                let flags = try statement("SELECT _flags FROM \"\(type.name)\" WHERE id = ?1")
                    .bind(all: key).first { $0.integer(0) }
                guard let flags else { continue }
                // A moved record leaves a row in its old scope: the living one is meant.
                let isHere = flags & RecordFlags.moved == 0
                guard found == nil || isHere && !isLiving else { continue }
                found = (type.name, key)
                isLiving = isHere
            }
        }
        return try found.map { ($0.type, $0.key, try scope(ofKey: $0.key)) }
    }
}
