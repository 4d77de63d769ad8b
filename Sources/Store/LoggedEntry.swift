import Causality
import Replication

/// An entry as the log has it: with its name, and what its author had seen.
struct LoggedEntry {
    let entry: Entry
    let dot: Dot
    /// Local numbers.
    let log: Int64
    let scope: Int64
    /// What the writer held while its segment was open.
    let after: VersionVector

    var context: Context {
        entry.seen.map { Context(seen: $0) } ?? Context(after: after, of: dot)
    }
}

/// The sibling rule over all fields of one record, those that this version does not know included.
struct RecordReplay {
    private(set) var fields: [String: Siblings] = [:]
    /// What the authors of the entries had seen, by entry.
    private var contexts: [Dot: Context] = [:]
    /// All cells of each field, replaced ones included, in causal order.
    private var written: [String: [Sibling]] = [:]

    /// Applies one entry of the record; entries come in causal order.
    mutating func apply(_ logged: LoggedEntry) {
        let context = logged.context
        contexts[logged.dot] = context
        for cell in logged.entry.cells {
            let new = Sibling(dot: logged.dot, value: cell.value, time: logged.entry.time)
            fields[cell.field, default: Siblings()].apply(new, context: context)
            written[cell.field, default: []].append(new)
        }
    }

    /// The values of a field that stood for an entry's author, also those that somebody else had
    /// replaced unseen by him; in the order of their entries' names.
    func values(of field: String, seenBy context: Context) -> [Value] {
        siblings(of: field, seenBy: context).all.map(\.value)
    }

    /// The siblings of a field that stood for an entry's author, as ``values(of:seenBy:)`` has them.
    func siblings(of field: String, seenBy context: Context) -> Siblings {
        var seen: [Sibling] = []
        // Whatever replaced a cell comes behind it.
        for cell in (written[field] ?? []).reversed() where context.sees(cell.dot) {
            if seen.contains(where: { contexts[$0.dot]?.sees(cell.dot) ?? false }) { continue }
            seen.append(cell)
        }
        return Siblings(seen)
    }

    /// Whether a value of the field and a deletion, a merge or a move stand here of which neither's
    /// author had seen the other.
    func hasClash(of field: String) -> Bool {
        let cells = fields[field]?.all ?? []
        let fates = Store.fates.filter { Store.doClash(field, with: $0) }.flatMap { fate in
            (fields[fate]?.all ?? []).filter { Store.isFate(fate, $0.value) }
        }
        return fates.contains { fate in
            cells.contains { cell in
                cell.dot != fate.dot && !sees(cell.dot, fate.dot) && !sees(fate.dot, cell.dot)
            }
        }
    }

    private func sees(_ entry: Dot, _ other: Dot) -> Bool {
        contexts[entry]?.sees(other) ?? false
    }
}

extension Store {
    /// Calls `body` for the entries of some records in one scope, in causal order.
    ///
    /// With `unknownTypes` also for those of all records whose type this version does not know.
    func forEachEntry(
        of ids: Set<RecordID>,
        unknownTypes: Bool = false,
        scope: Int64,
        _ body: (LoggedEntry) throws -> Void
    ) throws {
        let isUnknown = { (type: String) in unknownTypes && self.tables[type] == nil }
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            let payload = try payload(stored)
            guard payload.groups.contains(where: { isUnknown($0.type) || $0.holds(ids) }) else {
                continue
            }
            let header = stored.segment.header
            for (index, entry) in payload.entries().enumerated()
            where ids.contains(entry.record) || isUnknown(entry.type) {
                let dot = Dot(log: header.log, seq: first + UInt64(index))
                try body(
                    LoggedEntry(entry: entry, dot: dot, log: n, scope: scope, after: header.after)
                )
            }
        }
        try forEachOpenEntry(scope: scope) { logged in
            guard ids.contains(logged.entry.record) || isUnknown(logged.entry.type) else { return }
            try body(logged)
        }
    }

    /// Calls `body` for the entries of one scope that are not sealed yet.
    func forEachOpenEntry(scope: Int64, _ body: (LoggedEntry) throws -> Void) throws {
        for log in try logs(inScope: scope) {
            var after = try vector(scope)
            after.remove(log.id)
            for (seq, entry) in try openEntries(log: log.n) {
                let dot = Dot(log: log.id, seq: seq)
                try body(
                    LoggedEntry(entry: entry, dot: dot, log: log.n, scope: scope, after: after)
                )
            }
        }
    }

    /// Merges an entry into its record, if this version knows the type; else the log alone has it.
    ///
    /// `cells`: what of the entry counts, where that is not all.
    func project(_ logged: LoggedEntry, cells: [Cell]? = nil) throws {
        guard let table = tables[logged.entry.type] else { return }
        try project(
            ProjectedEntry(
                table: table,
                scope: logged.scope,
                key: try key(logged.entry.record, scope: logged.scope),
                log: logged.log,
                dot: logged.dot,
                time: logged.entry.time,
                cells: cells ?? logged.entry.cells,
                context: logged.context
            )
        )
    }
}

extension EntryGroup {
    /// Whether one of its entries is of one of these records, told from the columns alone.
    func holds(_ ids: Set<RecordID>) -> Bool {
        let origins = Set(ids.map(\.origin))
        guard records.origins.contains(where: origins.contains) else { return false }
        return (0..<records.count).contains { ids.contains(records[$0]) }
    }
}
