import Causality
import Replication
import SQLite
import Survey

/// One entry on its way into the typed tables.
struct ProjectedEntry {
    let table: TypedTable
    let scope: Int64
    let key: Int64
    /// Local number of the entry's log.
    let log: Int64
    let dot: Dot
    let time: HybridTime
    let cells: [Cell]
    let context: Context
}

/// The state of one row while an entry is merged into it.
struct RowState {
    var flags: Int64
    let log: Int64
    let seq: UInt64
    var marks: [Int: CellMark]
    /// Whether the column of a field in question is not empty.
    var isFilled: [Int: Bool]
}

/// The one way into the projection, for local and for remote changes.
extension Store {
    /// Merges one entry into its record.
    func project(_ entry: ProjectedEntry) throws {
        let known = entry.cells.compactMap { cell in
            entry.table.positions[cell.field].map { ($0, cell.value) }
        }
        guard !known.isEmpty else { return }
        noteSideEffects(of: entry)
        guard var row = try readRow(entry, fields: known.map(\.0)) else {
            return try insertRow(entry, cells: known)
        }
        var columns: [(field: Int, value: Value)] = []
        var hasSiblings = row.marks.values.contains { $0.kind == .siblings }
        for (field, value) in known {
            let new = Sibling(dot: entry.dot, value: value, time: entry.time)
            let merged = try merge(new, into: field, of: row, entry)
            if merged.all.count == 1 {
                row.marks[field] = mark(field, value, entry)
            } else {
                row.marks[field] = CellMark(field: field, kind: .siblings, log: 0, seq: 0)
                hasSiblings = true
            }
            columns.append((field, shown(merged, entry.table.columns[field].merge)))
        }
        if try noteClashes(of: entry, row: row) { row.flags |= RecordFlags.clash }
        row.flags = try flags(of: row, columns: columns, entry, hasSiblings: hasSiblings)
        try updateRow(entry, row: row, columns: columns)
        if row.flags & RecordFlags.deleted != 0 { try noteLateForErased(entry) }
    }

    /// Changes whose effect reaches beyond the record itself.
    private func noteSideEffects(of entry: ProjectedEntry) {
        if entry.table.isRoster { cache.isRosterDirty = true }
        if entry.cells.contains(where: { $0.field == ReservedField.mergedInto }) {
            cache.changedMerges[entry.table.name, default: []].insert(entry.key)
        }
    }

    private func mark(_ field: Int, _ value: Value, _ entry: ProjectedEntry) -> CellMark {
        CellMark(
            field: field,
            kind: fits(value, entry.table.columns[field].kind) ? .column : .log,
            log: entry.log,
            seq: entry.dot.seq
        )
    }

    // MARK: The sibling rule

    /// Applies the rule of the merge to one field and keeps its siblings, if it has several.
    private func merge(
        _ new: Sibling,
        into field: Int,
        of row: RowState,
        _ entry: ProjectedEntry
    ) throws -> Siblings {
        let name = entry.table.columns[field].name
        let mark = row.marks[field]
        var siblings = Siblings()
        var replaced: [Dot] = []
        if mark?.kind == .siblings {
            siblings = Siblings(try self.siblings(of: entry.table, key: entry.key, field: name))
            replaced = siblings.apply(new, context: entry.context)
            try db.cached("DELETE FROM sibling WHERE type = ?1 AND record = ?2 AND field = ?3")
                .run(entry.table.name, entry.key, name)
        } else if let single = mark.map({ ($0.log, $0.seq) })
            ?? (row.isFilled[field] == true ? (row.log, row.seq) : nil)
        {
            let old = Dot(log: try log(single.0).id, seq: single.1)
            if entry.context.sees(old) {
                replaced = [old]
                siblings = Siblings([new])
            } else {
                siblings = Siblings([try sibling(old, log: single.0, field: name)])
                siblings.apply(new, context: entry.context)
            }
        } else {
            siblings = Siblings([new])
        }
        if siblings.all.count > 1 {
            try keep(siblings, of: entry, field: name)
        }
        try removeClashes(of: entry, field: name, replaced: replaced)
        return siblings
    }

    /// A cell that is alone so far, with its value and time from the log.
    func sibling(_ dot: Dot, log n: Int64, field: String) throws -> Sibling {
        guard let entry = try entry(log: n, seq: dot.seq),
            let cell = entry.cells.first(where: { $0.field == field })
        else { throw StoreError.damaged(.payload(log: dot.log, seq: dot.seq)) }
        return Sibling(dot: dot, value: cell.value, time: entry.time)
    }

    /// All values of a field that has several.
    func siblings(of table: TypedTable, key: Int64, field: String) throws -> [Sibling] {
        let rows = try db.cached(
            """
            SELECT log, seq, time, kind, value FROM sibling
            WHERE type = ?1 AND record = ?2 AND field = ?3 ORDER BY log, seq
            """
        ).bind(all: table.name, key, field).rows { row throws(SQLiteError) in
            (
                log: row.integer(0), seq: row.integer(1), time: row.integer(2),
                kind: row.integer(3), value: try row.value(4)
            )
        }
        return try rows.map { row in
            Sibling(
                dot: Dot(log: try log(row.log).id, seq: UInt64(row.seq)),
                value: try value(row.value, kind: row.kind),
                time: HybridTime(UInt64(bitPattern: row.time))
            )
        }
    }

    private func keep(
        _ siblings: Siblings,
        of entry: ProjectedEntry,
        field: String
    ) throws {
        for one in siblings.all {
            guard let log = try log(one.dot.log) else { continue }
            try db.cached(
                """
                INSERT INTO sibling(type, record, field, log, seq, time, kind, value)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """
            ).run(
                entry.table.name,
                entry.key,
                field,
                log.n,
                Int64(one.dot.seq),
                Int64(bitPattern: one.time.rawValue),
                siblingKind(one.value),
                try sqlValue(one.value, scope: entry.scope)
            )
        }
    }

    /// What forms and reports show of a field.
    func shown(_ siblings: Siblings, _ rule: MergeRule) -> Value {
        switch rule {
        case .review, .latest:
            return siblings.winner?.value ?? .null
        case .union:
            let comma = UInt8(ascii: ",")
            let codes = siblings.all.flatMap { sibling -> [[UInt8]] in
                guard case .text(let text) = sibling.value else { return [] }
                return text.utf8.split(separator: comma).map(Array.init)
            }
            guard !codes.isEmpty else { return siblings.winner?.value ?? .null }
            let sorted = Set(codes).sorted { $0.lexicographicallyPrecedes($1) }
            let union = Array(sorted.joined(separator: [comma]))
            return .text(String(decoding: union, as: UTF8.self))
        case .maximum:
            let numbers = siblings.all.compactMap { sibling -> Int64? in
                if case .integer(let number) = sibling.value { number } else { nil }
            }
            if let greatest = numbers.max() { return .integer(greatest) }
            let texts = siblings.all.compactMap { sibling -> String? in
                if case .text(let text) = sibling.value { text } else { nil }
            }
            let greatest = texts.max { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return greatest.map(Value.text) ?? siblings.winner?.value ?? .null
        }
    }

    private func flags(
        of row: RowState,
        columns: [(field: Int, value: Value)],
        _ entry: ProjectedEntry,
        hasSiblings: Bool
    ) throws -> Int64 {
        var flags = row.flags
        for (field, value) in columns {
            let bit: Int64
            switch entry.table.columns[field].name {
            case ReservedField.deleted: bit = RecordFlags.deleted
            case ReservedField.movedTo: bit = RecordFlags.moved
            default: continue
            }
            flags = value == .null ? flags & ~bit : flags | bit
        }
        if hasSiblings || flags & RecordFlags.disputed != 0 {
            let isDisputed = try isDisputed(entry.key, entry.table, row.marks)
            flags = isDisputed ? flags | RecordFlags.disputed : flags & ~RecordFlags.disputed
        }
        guard flags & RecordFlags.clash != 0 else { return flags }
        let hasClash = try db.cached(
            "SELECT 1 FROM clash WHERE type = ?1 AND record = ?2 LIMIT 1"
        ).bind(all: entry.table.name, entry.key).first { _ in true }
        return hasClash == true ? flags : flags & ~RecordFlags.clash
    }

    private func isDisputed(
        _ key: Int64,
        _ table: TypedTable,
        _ marks: [Int: CellMark]
    ) throws -> Bool {
        for (field, mark) in marks
        where mark.kind == .siblings && table.columns[field].merge == .review {
            let name = table.columns[field].name
            if Siblings(try siblings(of: table, key: key, field: name)).isConflict {
                return true
            }
        }
        return false
    }
}

// MARK: - Rows

extension Store {
    func readRow(_ entry: ProjectedEntry, fields: [Int]) throws -> RowState? {
        let table = entry.table
        let fates = Self.fates.compactMap { table.positions[$0] }
        let wanted = fields + fates.filter { !fields.contains($0) }
        let statement = try statement(.row(table: table.name)) { table.rowSQL }
        try statement.bind(entry.key, at: 1)
        let row = try statement.first { row in
            var isFilled: [Int: Bool] = [:]
            for field in wanted { isFilled[field] = !row.isNull(Int32(field + 4)) }
            let marks = CellMarks.decode(row.blob(3)) ?? []
            return RowState(
                flags: row.integer(0),
                log: row.integer(1),
                seq: UInt64(row.integer(2)),
                marks: Dictionary(uniqueKeysWithValues: marks.map { ($0.field, $0) }),
                isFilled: isFilled
            )
        }
        return row
    }

    private func insertRow(
        _ entry: ProjectedEntry,
        cells: [(field: Int, value: Value)]
    ) throws {
        let table = entry.table
        var flags: Int64 = 0
        var marks: [CellMark] = []
        for (field, value) in cells {
            if !fits(value, table.columns[field].kind) { marks.append(mark(field, value, entry)) }
            guard value != .null else { continue }
            switch table.columns[field].name {
            case ReservedField.deleted: flags |= RecordFlags.deleted
            case ReservedField.movedTo: flags |= RecordFlags.moved
            default: break
            }
        }
        let statement = try statement(
            .insertion(table: table.name, columns: cells.map(\.field))
        ) {
            let names = cells.map { "\"\(table.columns[$0.field].name)\"" }
            let places = cells.indices.map { "?\($0 + 7)" }
            return """
                INSERT INTO "\(table.name)"(id, _scope, _flags, _log, _seq, _cells,
                    \(names.joined(separator: ", ")))
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, \(places.joined(separator: ", ")))
                """
        }
        try statement.bind(
            all: entry.key,
            entry.scope,
            flags,
            entry.log,
            Int64(entry.dot.seq),
            CellMarks.encode(marks)
        )
        for (index, cell) in cells.enumerated() {
            try bind(
                cell.value,
                as: table.columns[cell.field].kind,
                to: statement,
                at: Int32(index + 7),
                scope: entry.scope
            )
        }
        try statement.run()
    }

    private func updateRow(
        _ entry: ProjectedEntry,
        row: RowState,
        columns: [(field: Int, value: Value)]
    ) throws {
        let table = entry.table
        let statement = try statement(
            .update(table: table.name, columns: columns.map(\.field))
        ) {
            let sets = columns.enumerated().map { index, column in
                "\"\(table.columns[column.field].name)\" = ?\(index + 4)"
            }
            return """
                UPDATE "\(table.name)" SET _flags = ?2, _cells = ?3, \(sets.joined(separator: ", "))
                WHERE id = ?1
                """
        }
        try statement.bind(
            all: entry.key,
            row.flags,
            CellMarks.encode(Array(row.marks.values))
        )
        for (index, column) in columns.enumerated() {
            try bind(
                column.value,
                as: table.columns[column.field].kind,
                to: statement,
                at: Int32(index + 4),
                scope: entry.scope
            )
        }
        try statement.run()
    }
}
