package import Causality
import Replication
import SQLite

/// What one entry did to one field.
package struct HistoryCell: Hashable, Sendable {
    package let field: String
    /// The values that its author had seen and so replaced; several after a conflict.
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
            try forEachEntry(of: id, scope: scope) { replay.apply($0) }
            history += try replay.found.map { try historyEntry($0, scope: scope, replay) }
        }
        return history.sorted { ($0.time, $0.dot) < ($1.time, $1.dot) }
    }

    private func historyEntry(
        _ found: HistoryReplay.Found,
        scope: Int64,
        _ replay: HistoryReplay
    ) throws -> HistoryEntry {
        let entry = found.loggedEntry.entry
        let dot = found.loggedEntry.dot
        let columns = tables[entry.type]?.positions
        return HistoryEntry(
            dot: dot,
            type: entry.type,
            scope: try scopePath(scope),
            author: entry.author,
            node: try log(dot.log).map(nodeName) ?? "",
            time: entry.time,
            isSealed: found.loggedEntry.isSealed,
            cells: entry.cells.map { cell in
                HistoryCell(
                    field: cell.field,
                    old: found.old[cell.field] ?? [],
                    new: cell.value,
                    isKnown: columns?[cell.field] != nil,
                    stands: replay.stands(dot, field: cell.field)
                )
            }
        )
    }

    /// Calls `body` for the record's entries in one scope, in causal order.
    private func forEachEntry(
        of id: RecordID,
        scope: Int64,
        _ body: (LoggedEntry) -> Void
    ) throws {
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            let payload = try payload(stored)
            guard payload.groups.contains(where: { $0.holds(id) }) else { continue }
            let header = stored.segment.header
            for (index, entry) in payload.entries().enumerated() where entry.record == id {
                let dot = Dot(log: header.log, seq: header.first + UInt64(index))
                body(LoggedEntry(entry, dot, after: header.after, isSealed: true))
            }
        }
        for log in try logs(inScope: scope) {
            var after = try vector(scope)
            after.remove(log.id)
            for (seq, entry) in try openEntries(log: log.n) where entry.record == id {
                body(LoggedEntry(entry, Dot(log: log.id, seq: seq), after: after, isSealed: false))
            }
        }
    }
}

/// An entry with its name and what its author had seen.
private struct LoggedEntry {
    let entry: Entry
    let dot: Dot
    let context: Context
    let isSealed: Bool

    init(_ entry: Entry, _ dot: Dot, after: VersionVector, isSealed: Bool) {
        self.entry = entry
        self.dot = dot
        self.isSealed = isSealed
        context = entry.seen.map { Context(seen: $0) } ?? Context(after: after, of: dot)
    }
}

/// The sibling rule over all fields of one record, known or not.
private struct HistoryReplay {
    struct Found {
        let loggedEntry: LoggedEntry
        /// Values that were replaced, by field.
        let old: [String: [Value]]
    }

    private var siblings: [String: Siblings] = [:]
    private(set) var found: [Found] = []

    mutating func apply(_ logged: LoggedEntry) {
        var old: [String: [Value]] = [:]
        for cell in logged.entry.cells {
            let before = siblings[cell.field]?.all ?? []
            let new = Sibling(dot: logged.dot, value: cell.value, time: logged.entry.time)
            let replaced = siblings[cell.field, default: Siblings()]
                .apply(new, context: logged.context)
            old[cell.field] = before.filter { replaced.contains($0.dot) }.map(\.value)
        }
        found.append(Found(loggedEntry: logged, old: old))
    }

    func stands(_ dot: Dot, field: String) -> Bool {
        siblings[field]?.all.contains { $0.dot == dot } ?? false
    }
}

extension EntryGroup {
    /// Whether one of its entries is of this record, told from the columns alone.
    fileprivate func holds(_ id: RecordID) -> Bool {
        guard let origin = records.origins.firstIndex(of: id.origin) else { return false }
        return (0..<records.count).contains {
            Int(records.originIndexes[$0]) == origin && records.counters[$0] == Int64(id.counter)
        }
    }
}
