package import Causality
package import Replication
import SQLite
import Survey

/// What a form is given with a record: what its user could have seen.
package struct Token: Hashable, Sendable {
    /// Sealed segments held when the record was shown.
    package var vector: VersionVector
    /// The node's own last entry, where its segment was still open.
    package var own: OwnEntry?

    package struct OwnEntry: Hashable, Sendable {
        package let dot: Dot
        /// ``Entry/hash``: the same name may stand for another entry after a restore.
        package let hash: UInt64

        package init(dot: Dot, hash: UInt64) {
            self.dot = dot
            self.hash = hash
        }
    }

    package init(vector: VersionVector, own: OwnEntry? = nil) {
        self.vector = vector
        self.own = own
    }
}

/// The changes of one save; records of one scope, one author, one moment.
package struct SaveBatch {
    package let author: String
    let change: ChangeID?
    var created: RecordOrigin
    /// How many records were created under this origin before.
    let createdBefore: UInt32
    var entries: [Entry] = []
    let time: HybridTime
    /// The cells were read from the log, so that some may be of a newer version's fields.
    var isOfTheLog = false

    /// Creates a record and returns its id.
    package mutating func add(_ type: String, _ cells: [Cell]) -> RecordID {
        let id = created.next()
        set(type, id, cells)
        return id
    }

    func hasCreated(_ id: RecordID) -> Bool {
        id.origin == created.origin && id.counter > createdBefore
    }

    /// Sets fields of a record that exists, or that a phone has created under its own origin.
    package mutating func set(_ type: String, _ id: RecordID, _ cells: [Cell]) {
        guard !cells.isEmpty else { return }
        entries.append(
            Entry(
                record: id,
                type: type,
                author: author,
                time: time,
                cells: cells.sorted { $0.field < $1.field },
                change: change
            )
        )
    }
}

/// Where the ids of the records come from that this opening of the file creates in a scope.
///
/// Not the log: two histories of one log would give one name to two records, and what others wrote
/// about the one would land on the other. A random origin of each opening never does.
struct RecordOrigin {
    let origin: UInt64
    var counter: UInt32 = 0

    mutating func next() -> RecordID {
        counter += 1
        return RecordID(origin: origin, counter: counter)
    }
}

extension Store {
    /// Bytes of entries that one save may hold, so that it fits one segment.
    static let saveBytesMax = ReplicationLimits.entryBytesMax

    /// Saves changes of one scope in one transaction; when it returns they survive a power cut.
    ///
    /// `token`: what the author had on screen, where that is not what is held now.
    /// `change`: names the save where it may be submitted twice; a repeat writes nothing, and a name
    /// that was used for something else is refused (``StoreError/changeReused``).
    /// Returns the names of the entries; of the first submission's where this one is a repeat.
    @discardableResult
    package func save(
        scope path: String,
        author: String = "",
        token: Token? = nil,
        change: ChangeID? = nil,
        _ body: (inout SaveBatch) throws -> Void
    ) throws -> [Dot] {
        try transaction {
            guard isScopePath(path) else { throw StoreError.unknownScope(path) }
            let identity = try requireIdentity()
            guard identity.certificate.mayWrite(path) else {
                throw StoreError.notAllowed(scope: path)
            }
            guard try !isOfHubBelow(path, identity) else {
                throw StoreError.ofHubBelow(scope: path)
            }
            let known = try scopeNumber(path)
            let created =
                known.flatMap { recordOrigins[$0] } ?? RecordOrigin(origin: environment.random())
            var batch = SaveBatch(
                author: author,
                change: change,
                created: created,
                createdBefore: created.counter,
                time: try tick()
            )
            try body(&batch)
            if let change, let known {
                let earlier = try earlierSave(change, scope: known, repeatedBy: batch)
                guard earlier.isEmpty else { return earlier }
            }
            guard !batch.entries.isEmpty else { return [] }
            let scope = try ensureScope(path)
            if batch.created.counter > 0 { recordOrigins[scope] = batch.created }
            return try append(batch, log: openLog(scope: scope), token: token)
        }
    }

    /// Appends entries to the open segment and projects them.
    private func append(_ batch: SaveBatch, log: LogRow, token: Token?) throws -> [Dot] {
        var entries = batch.entries
        if let token, let seen = try context(of: token, log: log, entries: entries) {
            for index in entries.indices { entries[index].seen = seen }
        }
        for entry in entries {
            try checkSize(entry)
            if !batch.isOfTheLog { try check(entry) }
        }
        let encoded = entries.map { $0.encode() }
        let bytes = encoded.reduce(0) { $0 + $1.count }
        guard entries.count <= ReplicationLimits.segmentEntriesMax, bytes <= Self.saveBytesMax
        else { throw StoreError.saveTooLarge }
        let row = try makeRoom(in: log, entries: entries.count, bytes: bytes)
        return try write(entries, encoded, log: row)
    }

    /// Seals the open segment first where the save would not fit behind it.
    func makeRoom(in log: LogRow, entries: Int, bytes: Int) throws -> LogRow {
        let open = try openSegment(log)
        guard open.count > 0,
            open.count + entries > ReplicationLimits.segmentEntriesMax
                || open.bytes + bytes > ReplicationLimits.openSegmentBytesMax
        else { return log }
        try seal(log: log)
        return try self.log(log.n)
    }

    func write(_ entries: [Entry], _ encoded: [[UInt8]], log: LogRow) throws -> [Dot] {
        var after = try vector(log.scope)
        after.remove(log.id)
        var open = try openSegment(log)
        var dots: [Dot] = []
        let insert = try db.cached("INSERT INTO pending_entry(log, seq, entry) VALUES (?1, ?2, ?3)")
        for (entry, bytes) in zip(entries, encoded) {
            let dot = Dot(log: log.id, seq: open.last + 1)
            try insert.run(log.n, Int64(dot.seq), bytes)
            open.last = dot.seq
            open.count += 1
            open.bytes += bytes.count
            cache.logTable.remember(open, log: log.n)
            try noteChange(entry, log: log.n, seq: dot.seq)
            try project(
                LoggedEntry(entry: entry, dot: dot, log: log.n, scope: log.scope, after: after)
            )
            dots.append(dot)
            if entry.type != SystemTypes.access.name { savedEntries += 1 }
        }
        return dots
    }

    /// Refuses what could be sealed, but read by nobody, this node included.
    private func checkSize(_ entry: Entry) throws {
        guard entry.author.utf8.count <= ReplicationLimits.nameBytesMax,
            entry.cells.count <= ReplicationLimits.entryCellsMax
        else { throw StoreError.saveTooLarge }
        for cell in entry.cells where cell.value.size > ReplicationLimits.valueBytesMax {
            throw StoreError.misfit(type: entry.type, field: cell.field)
        }
    }

    /// Refuses what the data description does not know: only other nodes may write newer fields.
    private func check(_ entry: Entry) throws {
        let table = try table(entry.type)
        for cell in entry.cells {
            guard let position = table.positions[cell.field] else {
                throw StoreError.unknownField(type: entry.type, field: cell.field)
            }
            guard cell.value == .null || fits(cell.value, table.columns[position].kind) else {
                throw StoreError.misfit(type: entry.type, field: cell.field)
            }
        }
        let names = Set(entry.cells.map(\.field))
        guard names.count == entry.cells.count else {
            throw StoreError.misfit(type: entry.type, field: entry.cells.first?.field ?? "")
        }
    }

    // MARK: Changes submitted twice

    /// The entries that an earlier submission of the change wrote, here or on another node; none if
    /// there was none.
    ///
    /// A client's numbers come back where its storage was restored, and anybody can use them on
    /// purpose: only the very same content is a repeat.
    private func earlierSave(
        _ change: ChangeID,
        scope: Int64,
        repeatedBy batch: SaveBatch
    ) throws -> [Dot] {
        let earlier = try entries(of: change, scope: scope)
        guard !earlier.isEmpty else { return [] }
        var created: [RecordID: RecordID] = [:]
        for (new, old) in zip(batch.entries, earlier)
        where batch.hasCreated(new.record) && new.type == old.entry.type {
            // The ids of new records are drawn anew each time.
            created[new.record] = created[new.record] ?? old.entry.record
        }
        for new in batch.entries {
            let new = new.naming(created)
            guard earlier.contains(where: { $0.entry.isRepeated(by: new) }) else {
                throw StoreError.changeReused
            }
        }
        return earlier.map(\.dot)
    }

    private func entries(
        of change: ChangeID,
        scope: Int64
    ) throws -> [(dot: Dot, entry: Entry)] {
        let rows = try db.cached(
            """
            SELECT c.log, c.seq FROM change c JOIN log l ON l.n = c.log
            WHERE c.client = ?1 AND c.counter = ?2 AND l.scope = ?3 ORDER BY c.log, c.seq
            """
        ).bind(
            all: Int64(bitPattern: change.client),
            Int64(bitPattern: change.counter),
            scope
        ).rows { ($0.integer(0), UInt64($0.integer(1))) }
        return try rows.compactMap { n, seq in
            // What was cut off with a branch stands elsewhere, or waits to be written again.
            let candidates = [try entry(log: n, seq: seq), try asideEntry(log: n, seq: seq)]
            guard let entry = candidates.compactMap(\.self).first(where: { $0.change == change })
            else { return nil }
            return (Dot(log: try log(n).id, seq: seq), entry)
        }
    }

    private func asideEntry(log n: Int64, seq: UInt64) throws -> Entry? {
        try db.cached("SELECT entry FROM aside_entry WHERE log = ?1 AND seq = ?2")
            .bind(all: n, Int64(seq)).first { $0.blob(0) }.map { try Entry($0) }
    }

    /// Remembers a change id, whoever wrote the entry: a phone may come back to another node.
    func noteChange(_ entry: Entry, log n: Int64, seq: UInt64) throws {
        guard let change = entry.change else { return }
        try db.cached(
            "INSERT OR IGNORE INTO change(client, counter, log, seq) VALUES (?1, ?2, ?3, ?4)"
        ).run(
            Int64(bitPattern: change.client),
            Int64(bitPattern: change.counter),
            n,
            Int64(seq)
        )
    }
}

extension Value {
    /// Bytes of a text or byte string.
    fileprivate var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .null, .integer, .reference, .erased: 0
        }
    }
}

extension Entry {
    /// The entry with other ids in the place of some, wherever they stand.
    fileprivate func naming(_ ids: [RecordID: RecordID]) -> Entry {
        var entry = self
        entry.record = ids[record] ?? record
        entry.cells = cells.map { cell in
            guard case .reference(let id) = cell.value, let other = ids[id] else { return cell }
            return Cell(cell.field, .reference(other))
        }
        return entry
    }

    /// Whether another submission says the same; what was erased since may have been anything.
    fileprivate func isRepeated(by other: Entry) -> Bool {
        let erased = other.redacted.cells
        return record == other.record && type == other.type && author == other.author
            && cells.count == other.cells.count
            && cells.indices.allSatisfy { cells[$0] == other.cells[$0] || cells[$0] == erased[$0] }
    }
}
