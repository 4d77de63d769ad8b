package import Causality
import SQLite
import Survey

/// One record of the projection with global names only: equal on every node that holds the same.
package struct CanonicalRecord: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package let name: String
        /// What the column shows.
        package let value: Value
        /// The entries whose values stand, sorted; more than one are siblings.
        package let dots: [Dot]
        /// The siblings' own values and times, where there are several.
        package let siblings: [Sibling]
    }

    /// A change and a deletion, or a move, that had not seen each other.
    package struct Clash: Hashable, Comparable, Sendable {
        package let field: String
        package let dot: Dot
        package let fate: String
        package let fateDot: Dot

        package static func < (left: Clash, right: Clash) -> Bool {
            (left.field, left.dot, left.fate, left.fateDot)
                < (right.field, right.dot, right.fate, right.fateDot)
        }
    }

    package let type: String
    package let id: RecordID
    package let flags: Int64
    package let fields: [Field]
    package let clashes: [Clash]
    /// The record at the end of its merges; nil where it is in none.
    package let alias: RecordID?
}

extension CanonicalRecord: CustomStringConvertible {
    /// One line: the whole state of the record.
    package var description: String {
        var line = "\(type) \(id) flags=\(flags)"
        for field in fields {
            line += " \(field.name)=\(field.value)@\(field.dots)"
            for one in field.siblings { line += "|\(one.dot)=\(one.value)@\(one.time.rawValue)" }
        }
        for clash in clashes {
            line += " clash(\(clash.field) \(clash.dot) \(clash.fate) \(clash.fateDot))"
        }
        if let alias { line += " alias=\(alias)" }
        return line
    }
}

extension Store {
    /// The projection of a scope without anything local: what `verify` and the simulator compare.
    ///
    /// Sorted by type and record; holds every value, sibling, clash, flag and alias.
    package func canonicalProjection(scope path: String) throws -> [CanonicalRecord] {
        guard let scope = try scopeNumber(path) else { return [] }
        return try types.sorted { $0.name < $1.name }.flatMap { type in
            try canonicalRecords(of: try table(type.name), scope: scope)
        }
    }

    private func canonicalRecords(
        of table: TypedTable,
        scope: Int64
    ) throws -> [CanonicalRecord] {
        let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let rows = try statement(
            "SELECT id, _flags, \(names) FROM \"\(table.name)\" WHERE _scope = ?1"
        ).bind(all: scope).rows { row throws(SQLiteError) in
            var values: [SQLValue] = []
            for index in table.columns.indices { values.append(try row.value(Int32(index + 2))) }
            return (key: row.integer(0), flags: row.integer(1), values: values)
        }
        let records = try rows.map { row in
            CanonicalRecord(
                type: table.name,
                id: try recordID(row.key),
                flags: row.flags,
                fields: try canonicalFields(row.key, row.values, table),
                clashes: try canonicalClashes(row.key, table),
                alias: try alias(of: row.key, table).map { try recordID($0) }
            )
        }
        return records.sorted { $0.id < $1.id }
    }

    private func canonicalFields(
        _ key: Int64,
        _ values: [SQLValue],
        _ table: TypedTable
    ) throws -> [CanonicalRecord.Field] {
        let versions = try versions(of: key, table: table)
        return try zip(table.columns, values).compactMap { column, value in
            guard let dots = versions[column.name] else { return nil }
            return CanonicalRecord.Field(
                name: column.name,
                value: try self.value(value, in: column.kind),
                dots: dots.sorted(),
                siblings: dots.count > 1
                    ? try siblings(of: table, key: key, field: column.name).sorted {
                        $0.dot < $1.dot
                    } : []
            )
        }
    }

    private func canonicalClashes(
        _ key: Int64,
        _ table: TypedTable
    ) throws -> [CanonicalRecord.Clash] {
        let rows = try db.cached(
            """
            SELECT field, log, seq, fate, fate_log, fate_seq FROM clash
            WHERE type = ?1 AND record = ?2
            """
        ).bind(all: table.name, key).rows { row throws(SQLiteError) in
            (
                field: try row.text(0), log: row.integer(1), seq: row.integer(2),
                fate: try row.text(3), fateLog: row.integer(4), fateSeq: row.integer(5)
            )
        }
        return try rows.map { row in
            CanonicalRecord.Clash(
                field: row.field,
                dot: Dot(log: try log(row.log).id, seq: UInt64(row.seq)),
                fate: row.fate,
                fateDot: Dot(log: try log(row.fateLog).id, seq: UInt64(row.fateSeq))
            )
        }.sorted()
    }
}
