import Causality
import Replication
import SQLite

/// Deletions, merges and moves that a change had not seen, and the other way round.
extension Store {
    /// What takes a record out of lists and figures.
    static let fates = ReservedField.all

    /// Whether a cell of this field and one of that fate clash where neither saw the other.
    ///
    /// A merge is a fate of what the record says, and itself undone by a deletion or a move. A deletion,
    /// or its end, that missed a move would stay behind, and the record live on, or stay deleted, elsewhere.
    static func doClash(_ field: String, with fate: String) -> Bool {
        switch field {
        case fate, ReservedField.movedTo: false
        case ReservedField.deleted: fate == ReservedField.movedTo
        default: true
        }
    }

    /// Whether a value of a fate's field takes the record away: what is no record merges nothing.
    static func isFate(_ fate: String, _ value: Value) -> Bool {
        guard fate == ReservedField.mergedInto else { return value != .null }
        guard case .reference = value else { return false }
        return true
    }

    /// Notes every pair of a change and a fate of which neither saw the other.
    ///
    /// The entry that is applied now cannot have been seen by one that was applied before, so
    /// looking from its side is enough.
    ///
    /// - Returns: whether there was one.
    func noteClashes(of entry: ProjectedEntry, row: RowState) throws -> Bool {
        var isNoted = false
        for fate in Self.fates {
            guard let position = entry.table.positions[fate] else { continue }
            let setsFate = entry.cells.first { $0.field == fate }
            if let setsFate, Self.isFate(fate, setsFate.value) {
                for (field, dot) in try livingDots(entry, row: row, metBy: fate)
                where !entry.context.sees(dot) && dot != entry.dot {
                    try noteClash(entry, field, dot, fate, entry.dot)
                    isNoted = true
                }
            }
            // An entry may set both: its fields may have met the deletions of others all the same.
            guard row.marks[position] != nil || row.isFilled[position] == true else { continue }
            for dot in try dots(entry, row: row, field: position, where: { Self.isFate(fate, $0) })
            where !entry.context.sees(dot) && dot != entry.dot {
                // Of fields that are not known here nothing shows, whichever entry came first.
                for cell in entry.cells
                where Self.doClash(cell.field, with: fate)
                    && entry.table.positions[cell.field] != nil
                {
                    try noteClash(entry, cell.field, entry.dot, fate, dot)
                    isNoted = true
                }
            }
        }
        return isNoted
    }

    private func noteClash(
        _ entry: ProjectedEntry,
        _ field: String,
        _ dot: Dot,
        _ fate: String,
        _ fateDot: Dot
    ) throws {
        guard let log = try log(dot.log), let fateLog = try self.log(fateDot.log) else { return }
        try db.cached(
            "INSERT OR IGNORE INTO clash VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        ).run(
            entry.table.name,
            entry.key,
            field,
            log.n,
            Int64(dot.seq),
            fate,
            fateLog.n,
            Int64(fateDot.seq)
        )
    }

    func removeClashes(of entry: ProjectedEntry, field: String, replaced: [Dot]) throws {
        for dot in replaced {
            guard let log = try log(dot.log) else { continue }
            try db.cached(
                """
                DELETE FROM clash WHERE type = ?1 AND record = ?2
                    AND (field = ?3 AND log = ?4 AND seq = ?5
                        OR fate = ?3 AND fate_log = ?4 AND fate_seq = ?5)
                """
            ).run(entry.table.name, entry.key, field, log.n, Int64(dot.seq))
        }
    }

    /// Every field of the record that a fate may meet and that has a value, and by which entries.
    private func livingDots(
        _ entry: ProjectedEntry,
        row: RowState,
        metBy fate: String
    ) throws -> [(field: String, dot: Dot)] {
        let all = entry.table.columns.indices.filter {
            Self.doClash(entry.table.columns[$0].name, with: fate)
        }
        guard let whole = try readRow(entry, fields: all) else { return [] }
        return try all.flatMap { field in
            try dots(entry, row: whole, field: field, where: { _ in true })
                .map { (entry.table.columns[field].name, $0) }
        }
    }

    private func dots(
        _ entry: ProjectedEntry,
        row: RowState,
        field: Int,
        where condition: (Value) -> Bool
    ) throws -> [Dot] {
        let name = entry.table.columns[field].name
        if let mark = row.marks[field] {
            if mark.kind == .siblings {
                return try siblings(of: entry.table, key: entry.key, field: name)
                    .filter { condition($0.value) }.map(\.dot)
            }
            let dot = Dot(log: try log(mark.log).id, seq: mark.seq)
            guard mark.kind == .log else { return [dot] }
            // The row may not be written yet: an entry's own cell is not looked up.
            if dot == entry.dot { return [] }
            return condition(try sibling(dot, log: mark.log, field: name).value) ? [dot] : []
        }
        return row.isFilled[field] == true ? [Dot(log: try log(row.log).id, seq: row.seq)] : []
    }
}
