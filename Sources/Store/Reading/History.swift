package import Causality
import Replication
import SQLite

/// What one entry did to one field.
package struct HistoryCell: Hashable, Sendable {
    package let field: String
    /// The values that its author saw and meant to replace; several after a conflict.
    ///
    /// Another change may have replaced them before this one came.
    package let old: [Value]
    package let new: Value
    /// False for a field of a newer version, which this program keeps but has no column for.
    package let isKnown: Bool
    /// Whether the value still stands, alone or beside others.
    package let stands: Bool
}

/// One change of a record, as it was written.
package struct HistoryEntry: Hashable, Sendable {
    package let dot: Dot
    package let type: String
    package let scope: String
    package let author: String
    package let node: String
    package let time: HybridTime
    /// False while it may still be only here: not in a signed segment yet.
    package let isSealed: Bool
    package let cells: [HistoryCell]

    /// Nothing of it stands any more.
    package var isSuperseded: Bool { !cells.contains(where: \.stands) }
}

extension Store {
    /// Every held entry that touched the record, oldest first, fields of newer versions included.
    ///
    /// Read from the log itself: it decodes the segments of the record's scopes.
    package func history(of id: RecordID) throws -> [HistoryEntry] {
        let known = try db.cached("SELECT scope FROM origin WHERE id = ?1")
            .bind(all: Int64(bitPattern: id.origin)).rows { $0.integer(0) }
        // An origin without a number here has written only types of a newer version, if anything.
        let scopes = known.isEmpty ? Array(try scopeNumbers(under: nil)) : known
        var history: [HistoryEntry] = []
        for scope in scopes {
            var replay = HistoryReplay()
            try forEachEntry(of: [id], scope: scope) { replay.apply($0) }
            history += try replay.found.map { try historyEntry($0, replay) }
        }
        return Self.inOrder(history)
    }

    /// By time; what one log wrote stays in its order, also where its clock was put back between.
    private static func inOrder(_ history: [HistoryEntry]) -> [HistoryEntry] {
        var next: [LogID: HybridTime] = [:]
        return history.sorted { $0.dot > $1.dot }.map { entry in
            let place = min(entry.time, next[entry.dot.log] ?? entry.time)
            next[entry.dot.log] = place
            return (place: place, entry: entry)
        }.sorted { ($0.place, $0.entry.dot) < ($1.place, $1.entry.dot) }.map(\.entry)
    }

    private func historyEntry(
        _ found: HistoryReplay.Found,
        _ replay: HistoryReplay
    ) throws -> HistoryEntry {
        let entry = found.logged.entry
        let log = try log(found.logged.log)
        let columns = tables[entry.type]?.positions
        return HistoryEntry(
            dot: found.logged.dot,
            type: entry.type,
            scope: try scopePath(found.logged.scope),
            author: entry.author,
            node: nodeName(log),
            time: entry.time,
            isSealed: found.logged.dot.seq <= log.seq,
            cells: entry.cells.map { cell in
                HistoryCell(
                    field: cell.field,
                    old: found.old[cell.field] ?? [],
                    new: cell.value,
                    isKnown: columns?[cell.field] != nil,
                    stands: replay.stands(found.logged, field: cell.field)
                )
            }
        )
    }
}

/// One record's entries with what their authors saw.
private struct HistoryReplay {
    struct Found {
        let logged: LoggedEntry
        /// Values that the author saw, by field.
        let old: [String: [Value]]
    }

    /// By record type: one id may name records of several.
    private var records: [String: RecordReplay] = [:]
    private(set) var found: [Found] = []

    mutating func apply(_ logged: LoggedEntry) {
        var record = records.removeValue(forKey: logged.entry.type) ?? RecordReplay()
        let context = logged.context
        var old: [String: [Value]] = [:]
        for cell in logged.entry.cells {
            old[cell.field] = record.values(of: cell.field, seenBy: context)
        }
        record.apply(logged)
        records[logged.entry.type] = record
        found.append(Found(logged: logged, old: old))
    }

    func stands(_ logged: LoggedEntry, field: String) -> Bool {
        records[logged.entry.type]?.fields[field]?.all.contains { $0.dot == logged.dot } ?? false
    }
}
