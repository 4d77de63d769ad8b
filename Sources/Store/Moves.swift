package import Causality
import Replication
import SQLite
import Survey

/// Moving records to another scope, at a hub that may write both.
extension Store {
    /// Moves a record with all that belongs to it: in one transaction it is marked as moved in the
    /// old scope and asserted again, whole and under the same id, in the new one.
    ///
    /// A change in the old scope that had not seen the move comes up for review there.
    /// - Returns: the records that moved, the given one first.
    @discardableResult
    package func move(_ id: RecordID, to path: String, author: String = "") throws -> [RecordID] {
        try transaction {
            guard let found = try locate(id), found.scope != path else {
                throw StoreError.unknownRecord(id)
            }
            guard isScopePath(path) else { throw StoreError.unknownScope(path) }
            let family = try family(type: found.type, key: found.key)
            var records: [(type: String, id: RecordID, cells: [Cell])] = []
            for (type, key) in family {
                records.append(
                    (type, try recordID(key), try cells(of: key, table: try table(type)))
                )
            }
            try save(scope: found.scope, author: author) { batch in
                for record in records {
                    batch.set(
                        record.type,
                        record.id,
                        [Cell(ReservedField.movedTo, .text(path))]
                    )
                }
            }
            let target = try ensureScope(path)
            for index in records.indices {
                // A move back finds the mark of the move away in its own scope: it is cleared.
                let table = try table(records[index].type)
                let key = try key(records[index].id, scope: target)
                let isReturning = try statement("SELECT 1 FROM \"\(table.name)\" WHERE id = ?1")
                    .bind(all: key).first { _ in true }
                guard isReturning == true else { continue }
                records[index].cells.append(Cell(ReservedField.movedTo, .null))
            }
            try save(scope: path, author: author) { batch in
                for record in records { batch.set(record.type, record.id, record.cells) }
            }
            return records.map(\.id)
        }
    }

    /// A record and all live records that belong to it, parents first.
    private func family(type: String, key: Int64) throws -> [(type: String, key: Int64)] {
        var family = [(type: type, key: key)]
        var next = 0
        while next < family.count {
            let parent = family[next]
            next += 1
            for child in types {
                guard let link = child.parent, let field = child.field(link),
                    case .reference(to: parent.type) = field.kind
                else { continue }
                let keys = try statement(
                    """
                    SELECT id FROM "\(child.name)" WHERE "\(link)" = ?1 AND _flags & 8 = 0
                    ORDER BY id
                    """
                ).bind(all: parent.key).rows { $0.integer(0) }
                for key in keys where !family.contains(where: { $0.key == key }) {
                    family.append((child.name, key))
                }
            }
        }
        return family
    }

    /// The values that a record shows, without the mark of a move.
    private func cells(of key: Int64, table: TypedTable) throws -> [Cell] {
        let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let values = try statement("SELECT \(names) FROM \"\(table.name)\" WHERE id = ?1")
            .bind(all: key).first { row throws(SQLiteError) in
                var values: [SQLValue] = []
                for index in table.columns.indices { values.append(try row.value(Int32(index))) }
                return values
            }
        var cells: [Cell] = []
        for (column, value) in zip(table.columns, values ?? [])
        where value != .null && column.name != ReservedField.movedTo {
            cells.append(Cell(column.name, try self.value(value, in: column.kind)))
        }
        return cells
    }
}
