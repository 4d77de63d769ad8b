import Causality
import Replication
import SQLite

/// Orders that did not know of each other, and what comes of somebody who was erased meanwhile: the hub
/// gives one more order, `sync-protocol.md` section 9.7.
extension Store {
    /// Says, at a hub, that an order names entries here whose values it could not erase.
    private static let unfinishedSetting = "erasure-unfinished"

    func noteUnfinishedErasure() throws {
        guard try identity()?.certificate.kind == .hub else { return }
        try set(Self.unfinishedSetting, [1])
    }

    /// Records that were erased here, and of which values have come since from a node that had not heard
    /// of it: their ids, one a line.
    private static let lateSetting = "erasure-late"

    /// Notes, at a hub, an entry that says something of a record that bears the mark of an erasure.
    func noteLateForErased(_ entry: ProjectedEntry) throws {
        let saysSomething = entry.cells.contains { cell in
            cell.value != .null && cell.value != .erased && !ReservedField.all.contains(cell.field)
        }
        guard saysSomething, try identity()?.certificate.kind == .hub,
            try statement("SELECT _deleted FROM \"\(entry.table.name)\" WHERE id = ?1")
                .bind(all: entry.key).first({ row throws(SQLiteError) in
                    row.isNull(0) ? nil : try row.text(0)
                }) == ReservedField.erasedReason
        else { return }
        var late = try lateForErased()
        guard late.insert(try recordID(entry.key)).inserted else { return }
        let text = late.sorted().map(\.description).joined(separator: "\n")
        try set(Self.lateSetting, Array(text.utf8))
    }

    private func lateForErased() throws -> Set<RecordID> {
        let text = String(decoding: try setting(Self.lateSetting) ?? [], as: UTF8.self)
        return Set(text.split(separator: "\n").compactMap { RecordID(String($0)) })
    }

    /// Whether this node may have to give an order that finishes others: see ``finishErasures()``.
    func hasErasureToFinish() throws -> Bool {
        try setting(Self.unfinishedSetting) != nil || setting(Self.lateSetting) != nil
    }

    /// Entries that an order names and that still hold values.
    static func left(
        of entries: [Entry],
        by orders: [KnownOrder],
        first: UInt64
    ) -> [Entry] {
        let named = Set(orders.flatMap(\.redaction.seqs))
        return entries.enumerated().filter {
            named.contains(first + UInt64($0.offset)) && $0.element.redacted != $0.element
        }.map(\.element)
    }

    /// Gives one more order for what two have left that did not know of each other: each applies to the
    /// payload as it was signed, and neither to what the other has made of it.
    ///
    /// So for what has come of somebody since he was erased.
    ///
    /// An order may also be about another history under the same name: only entries count whose record
    /// bears the mark of an erasure. What lies with a hub below is that hub's to finish.
    package func finishErasures() throws {
        // A hub that was set back to before an erasure waits for the order that its nodes bring again.
        guard try hasErasureToFinish(), let day = try lastErasure() else { return }
        let late = try lateForErased()
        for setting in [Self.unfinishedSetting, Self.lateSetting] { try removeSetting(setting) }
        let identity = try requireIdentity()
        let names = try db.cached(
            "SELECT log, first FROM redacted GROUP BY log, first HAVING count(*) > 1"
        ).rows { (LogID(UInt64(bitPattern: $0.integer(0))), UInt64($0.integer(1))) }
        var unfinished: Set<RecordID> = []
        for (id, first) in names {
            guard let log = try log(id), let stored = try segment(log: log.n, first: first) else {
                continue
            }
            let orders = try orders(id, first: first, in: try scopePath(log.scope))
            let left = Self.left(of: try payload(stored).entries(), by: orders, first: first)
            unfinished.formUnion(left.map(\.record))
        }
        let own = try unfinished.union(late).filter { record in
            guard let row = try row(of: record), try isErased(row) else { return false }
            return try records(everywhere: record).allSatisfy {
                try mayRecord(in: $0.scope, identity)
            }
        }
        guard !own.isEmpty else { return }
        let homes = Set(try own.flatMap { try records(everywhere: $0).map(\.scope) })
        for path in homes.sorted() { try seal(path) }
        let left = try scopes().flatMap { try redactions(of: own, in: $0) }
        try order(left, reason: "unfinished", on: day, author: "")
    }
}
