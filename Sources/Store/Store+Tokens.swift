package import Causality
import Replication
import SQLite
import Sealing

/// Contexts of forms and phones: what was on screen when somebody wrote.
extension Store {
    /// The token that a form is given with what it shows of a scope.
    package func token(scope path: String) throws -> Token {
        try reading { try readToken(path) }
    }

    private func readToken(_ path: String) throws -> Token {
        guard let scope = try scopeNumber(path) else { return Token(vector: .empty) }
        let own = try logs(inScope: scope).first(where: \.isOpen)
        let vector = try vector(scope)
        guard let own else { return Token(vector: vector) }
        let open = try openSegment(own)
        guard open.count > 0, let last = try entry(log: own.n, seq: open.last) else {
            return Token(vector: vector)
        }
        let dot = Dot(log: own.id, seq: open.last)
        return Token(vector: vector, own: Token.OwnEntry(dot: dot, hash: last.hash))
    }

    /// The explicit context that entries written with a token carry; nil where the ordinary one
    /// says the same.
    func context(of token: Token, log: LogRow, entries: [Entry]) throws -> VersionVector? {
        let (seen, isWhole) = try clip(token, scope: log.scope)
        let held = try vector(log.scope)
        let open = try openSegment(log)
        let isCurrent =
            seen.dominates(held) && seen.seq(of: log.id) >= open.last
        if isCurrent { return nil }
        if isWhole {
            // Nothing that these entries touch has changed since: the contexts say the same.
            let isUntouched = try entries.allSatisfy { entry in
                let key = try key(entry.record, scope: log.scope)
                let versions = try versions(of: key, table: try table(entry.type))
                // A fate touches every field: changes that it had not seen clash.
                let fields = entry.cells.map(\.field) + ReservedField.all
                let isFate = entry.cells.contains { Self.fates.contains($0.field) }
                let touched = isFate ? Array(versions.keys) : fields
                return touched.allSatisfy { field in
                    (versions[field] ?? []).allSatisfy { seen.contains($0) }
                }
            }
            if isUntouched { return nil }
        }
        return seen
    }

    /// Reduces a token to what this node holds of it; the hashes of the result are zero.
    ///
    /// A smaller context is at worst one conflict more. `isWhole` tells whether nothing was lost.
    func clip(_ token: Token, scope: Int64) throws -> (seen: VersionVector, isWhole: Bool) {
        var seen = VersionVector()
        var isWhole = true
        for element in token.vector.elements {
            if let log = try log(element.log), log.scope == scope, try holds(element, of: log) {
                seen.advance(to: .init(log: element.log, seq: element.seq, hash: 0))
            } else {
                isWhole = false
            }
        }
        if let own = token.own {
            if let dot = try held(own, scope: scope) {
                seen.advance(to: .init(log: dot.log, seq: dot.seq, hash: 0))
            } else {
                isWhole = false
            }
        }
        return (seen, isWhole)
    }

    /// The entry that a token names by hash: under its own name, or where it was written again.
    private func held(_ own: Token.OwnEntry, scope: Int64) throws -> Dot? {
        // Tokens come back from browsers and phones, whatever has become of them there.
        guard let log = try log(own.dot.log), log.scope == scope, own.dot.seq <= UInt64(Int64.max)
        else { return nil }
        if try entry(log: log.n, seq: own.dot.seq)?.hash == own.hash { return own.dot }
        let row = try db.cached(
            """
            SELECT new_log, new_seq FROM rewritten WHERE log = ?1 AND seq = ?2 AND entry_hash = ?3
            """
        ).bind(all: log.n, Int64(own.dot.seq), Int64(bitPattern: own.hash)).first {
            ($0.integer(0), $0.integer(1))
        }
        return try row.map { Dot(log: try self.log($0.0).id, seq: UInt64($0.1)) }
    }

    /// The entries whose values a record shows, by field; the version of the record.
    package func versions(of key: Int64, type: String) throws -> [String: [Dot]] {
        try versions(of: key, table: try table(type))
    }

    func versions(of key: Int64, table: TypedTable) throws -> [String: [Dot]] {
        let filled = table.columns.map { "\"\($0.name)\" IS NOT NULL" }
        let row = try statement(
            """
            SELECT _log, _seq, _cells, \(filled.joined(separator: ", "))
            FROM "\(table.name)" WHERE id = ?1
            """
        ).bind(all: key).first { row in
            (
                log: row.integer(0), seq: UInt64(row.integer(1)),
                marks: CellMarks.decode(row.blob(2)) ?? [],
                isFilled: table.columns.indices.map { row.integer(Int32($0 + 3)) != 0 }
            )
        }
        guard let row else { return [:] }
        var versions: [String: [Dot]] = [:]
        let base = Dot(log: try log(row.log).id, seq: row.seq)
        for (index, column) in table.columns.enumerated() where row.isFilled[index] {
            versions[column.name] = [base]
        }
        for mark in row.marks {
            let name = table.columns[mark.field].name
            versions[name] =
                mark.kind == .siblings
                ? try siblings(of: table, key: key, field: name).map(\.dot)
                : [Dot(log: try log(mark.log).id, seq: mark.seq)]
        }
        return versions
    }
}
