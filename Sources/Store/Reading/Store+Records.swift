package import Causality
import Replication
import SQLite
import Survey

/// Records for people: one whole, or many in rows.
extension Store {
    /// The record, wherever it lives here; nil if it is not here.
    package func record(_ id: RecordID) throws -> StoredRecord? {
        guard let place = try locate(id) else { return nil }
        return try record(id, try table(place.type), key: place.key, scope: place.scope)
    }

    /// The record, or the error that says that it is not here.
    package func requireRecord(_ id: RecordID) throws -> StoredRecord {
        guard let record = try record(id) else { throw StoreError.unknownRecord(id) }
        return record
    }

    /// The record in every scope that has a row of it: moved ones have left one behind.
    func records(everywhere id: RecordID) throws -> [StoredRecord] {
        guard let living = try record(id) else { return [] }
        let table = try table(living.type.name)
        let others = try db.cached("SELECT n FROM origin WHERE id = ?1")
            .bind(all: Int64(bitPattern: id.origin))
            .rows { $0.integer(0) << 32 | Int64(id.counter) }
            .filter { $0 != living.key }
        return [living]
            + (try others.compactMap {
                try record(id, table, key: $0, scope: try scope(ofKey: $0))
            })
    }

    private func record(
        _ id: RecordID,
        _ table: TypedTable,
        key: Int64,
        scope: String
    ) throws -> StoredRecord? {
        let row = try statement(table.rowSQL).bind(all: key).first { row throws(SQLiteError) in
            var values: [SQLValue] = []
            for index in table.columns.indices { values.append(try row.value(Int32(index + 4))) }
            return (flags: row.integer(0), marks: row.blob(3), values: values)
        }
        guard let row else { return nil }
        let marks = Dictionary(
            uniqueKeysWithValues: (CellMarks.decode(row.marks) ?? []).map { ($0.field, $0) }
        )
        var fields: [StoredField] = []
        for (index, column) in table.columns.enumerated() {
            let mark = marks[index]
            guard mark != nil || row.values[index] != .null else { continue }
            var shown = try value(row.values[index], in: column.kind)
            var siblings: [StoredValue] = []
            if let mark, mark.kind == .log {
                let dot = Dot(log: try log(mark.log).id, seq: mark.seq)
                shown = try sibling(dot, log: mark.log, field: column.name).value
            } else if mark?.kind == .siblings {
                let all = Siblings(try self.siblings(of: table, key: key, field: column.name))
                shown = self.shown(all, column.merge)
                if all.isConflict, column.merge == .review {
                    siblings = try all.all.map { try storedValue($0) }
                }
            }
            fields.append(
                StoredField(
                    name: column.name,
                    field: table.type.field(column.name),
                    value: shown,
                    siblings: siblings
                )
            )
        }
        return StoredRecord(
            id: id,
            type: table.type,
            scope: scope,
            flags: row.flags,
            fields: fields,
            token: try token(scope: scope),
            key: key
        )
    }

    /// A sibling with what its entry says of author and node.
    func storedValue(_ sibling: Sibling) throws -> StoredValue {
        guard let log = try log(sibling.dot.log) else {
            throw StoreError.damaged(.payload(log: sibling.dot.log, seq: sibling.dot.seq))
        }
        return StoredValue(
            dot: sibling.dot,
            value: sibling.value,
            author: try entry(log: log.n, seq: sibling.dot.seq)?.author ?? "",
            node: nodeName(log),
            time: sibling.time
        )
    }

    /// The name that the node of a log was enrolled under.
    func nodeName(_ log: LogRow) -> String {
        (try? Certificate(log.certificate).name) ?? log.node.description
    }

    // MARK: Rows

    /// One record as a row of its type.
    func row(key: Int64, _ table: TypedTable) throws -> RecordRow? {
        let statement = try statement(table.shownSQL)
        try statement.bind(key, at: 1)
        defer { statement.reset() }
        return try statement.step() ? try row(statement, table) : nil
    }

    /// The row that a statement of ``TypedTable/shownColumns`` stands at.
    func row(_ statement: Statement, _ table: TypedTable) throws -> RecordRow {
        let key = statement.integer(0)
        let count = table.type.fields.count
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            let kind = table.columns[index].kind
            values.append(try value(try statement.value(Int32(index + 3)), in: kind))
        }
        return RecordRow(
            id: try recordID(key),
            type: table.type,
            scope: try scopePath(statement.integer(1)),
            flags: statement.integer(2),
            values: values,
            key: key
        )
    }

    /// Calls `body` for every record of a type, in the order of creation in each scope.
    ///
    /// Of one scope and those below it, or of all; deleted, merged and moved ones only if asked for.
    package func forEachRecord(
        of type: String,
        under scope: String? = nil,
        includingGone: Bool = false,
        _ body: (RecordRow) throws -> Void
    ) throws {
        let table = try table(type)
        let scopes = try scopeNumbers(under: scope)
        let living = includingGone ? "" : " WHERE t._flags & \(RecordFlags.gone) = 0"
        // A statement of its own: the body may read other records meanwhile.
        let statement = try db.prepare(
            "SELECT \(table.shownColumns) FROM \"\(table.name)\" t\(living) ORDER BY t.id"
        )
        while try statement.step() {
            guard scopes.contains(statement.integer(1)) else { continue }
            try body(try row(statement, table))
        }
    }

    /// The numbers of a scope and of those below it; of all scopes for nil.
    func scopeNumbers(under scope: String?) throws -> Set<Int64> {
        let paths = try scopes().filter { path in
            scope.map { path == $0 || path.hasPrefix($0 + "/") } ?? true
        }
        return Set(try paths.compactMap { try scopeNumber($0) })
    }

    /// Records that were merged into this one, however far; deleted ones too.
    package func duplicates(of id: RecordID) throws -> [RecordRow] {
        guard let place = try locate(id) else { throw StoreError.unknownRecord(id) }
        let table = try table(place.type)
        return try mergedKeys(into: place.key, table).compactMap { try row(key: $0, table) }
    }

    /// These records and all that stand for the same: what they were merged into, and what was merged
    /// into that.
    package func withDuplicates(_ ids: [RecordID]) throws -> [RecordID] {
        var all: [RecordID] = []
        for id in ids {
            for place in try records(everywhere: id) {
                let table = try table(place.type.name)
                let end = try alias(of: place.key, table) ?? place.key
                for key in try [place.key, end] + mergedKeys(into: end, table) {
                    let found = try recordID(key)
                    if !all.contains(found) { all.append(found) }
                }
            }
        }
        return all
    }

    func mergedKeys(into key: Int64, _ table: TypedTable) throws -> [Int64] {
        try db.cached(
            "SELECT record FROM alias WHERE type = ?1 AND target = ?2 AND record <> ?2 ORDER BY 1"
        ).bind(all: table.name, key).rows { $0.integer(0) }
    }

    /// Records that belong to this one, those of records merged into it included; living ones, unless
    /// the others are asked for.
    package func children(of id: RecordID, includingGone: Bool = false) throws -> [RecordRow] {
        guard let place = try locate(id) else { throw StoreError.unknownRecord(id) }
        let keys = try [place.key] + mergedKeys(into: place.key, try table(place.type))
        let hidden = includingGone ? 0 : RecordFlags.gone
        var children: [RecordRow] = []
        for (table, link) in childTables(of: place.type) {
            let statement = try db.prepare(
                """
                SELECT \(table.shownColumns) FROM "\(table.name)" t
                WHERE t."\(link)" = ?1 AND t._flags & \(hidden) = 0 ORDER BY t.id
                """
            )
            for key in keys {
                try statement.bind(key, at: 1)
                while try statement.step() { children.append(try row(statement, table)) }
            }
        }
        return children
    }

    /// Records whose field holds this text, gone ones included, of one scope or of all; quick for
    /// indexed fields.
    package func records(
        of type: String,
        in scope: String? = nil,
        where field: String,
        is text: String
    ) throws -> [RecordRow] {
        let table = try table(type)
        guard table.type.field(field) != nil else {
            throw StoreError.unknownField(type: type, field: field)
        }
        let number = try scope.map { try scopeNumber($0) ?? 0 }
        let statement = try statement(
            """
            SELECT \(table.shownColumns) FROM "\(table.name)" t
            WHERE t."\(field)" = ?1 AND (?2 IS NULL OR t._scope = ?2) ORDER BY t.id
            """
        )
        try statement.bind(all: text, number)
        var rows: [RecordRow] = []
        while try statement.step() { rows.append(try row(statement, table)) }
        return rows
    }

    /// The greatest text of a field in a scope that begins so, longer ones first; gone records included.
    package func lastText(
        of type: String,
        _ field: String,
        in scope: String,
        prefix: String
    ) throws -> String? {
        let table = try table(type)
        guard table.type.field(field) != nil else {
            throw StoreError.unknownField(type: type, field: field)
        }
        guard let scope = try scopeNumber(scope) else { return nil }
        return try statement(
            """
            SELECT "\(field)" FROM "\(table.name)"
            WHERE "\(field)" >= ?1 AND "\(field)" < ?1 || char(1114111) AND _scope = ?2
            ORDER BY length("\(field)") DESC, "\(field)" DESC LIMIT 1
            """
        ).bind(all: prefix, scope).first { row throws(SQLiteError) in try row.text(0) }
    }

    /// The record that stands for this one after merges; itself where it was never merged.
    package func survivor(of row: RecordRow) throws -> RecordRow? {
        let table = try table(row.type.name)
        guard let target = try alias(of: row.key, table) else { return row }
        return try self.row(key: target, table)
    }

    /// Whether a record was erased by an order of the hub, so that nothing may be written of it again.
    package func isErased(_ row: RecordRow) throws -> Bool {
        guard row.isGone, let record = try record(row.id) else { return false }
        return record[ReservedField.deleted] == .text(ReservedField.erasedReason)
    }

    /// Names of the record's fields with values that did not see each other, in the order of the type.
    package func disputedFields(of row: RecordRow) throws -> [String] {
        guard row.flags & RecordFlags.disputed != 0 else { return [] }
        return try record(row.id)?.fields.filter(\.isDisputed).map(\.name) ?? []
    }

    /// Whether somebody has ever set the field of a record, be it to nothing.
    package func isSet(_ field: String, of row: RecordRow) throws -> Bool {
        try versions(of: row.key, type: row.type.name)[field] != nil
    }

    /// Whether what a record shows of all these fields was written in one entry.
    package func areOfOneEntry(_ fields: [String], of row: RecordRow) throws -> Bool {
        let versions = try versions(of: row.key, type: row.type.name)
        return Set(fields.map { versions[$0] }).count == 1
    }

    /// Types whose records belong to records of this type, and the field that says to which.
    func childTables(of type: String) -> [(table: TypedTable, link: String)] {
        types.compactMap { child in
            guard let link = child.parent, child.field(link)?.kind == .reference(to: type),
                let table = tables[child.name]
            else { return nil }
            return (table, link)
        }
    }
}

extension SaveBatch {
    /// The id that a record will have which is added after so many others of this save.
    package func idAhead(_ count: Int) -> RecordID {
        RecordID(
            origin: created.origin,
            counter: created.counter + 1 + UInt32(truncatingIfNeeded: count)
        )
    }
}

extension Store {
    /// The record as a row of its type; nil if it is not here.
    package func row(of id: RecordID) throws -> RecordRow? {
        guard let place = try locate(id) else { return nil }
        return try row(key: place.key, try table(place.type))
    }
}
