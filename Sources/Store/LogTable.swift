package import Causality
import Replication
import SQLite
import Sealing

/// One row of the table of logs.
struct LogRow {
    let n: Int64
    let id: LogID
    let scope: Int64
    let node: NodeID
    let certificate: [UInt8]
    var seq: UInt64
    var hash: [UInt8]
    var isOpen: Bool
    var isRefetched: Bool
}

/// Entries that are saved and not yet sealed.
struct OpenSegment {
    var count: Int
    var bytes: Int
    var last: UInt64
}

/// Logs held in memory, with all that follows from their rows.
///
/// What is known of a log is forgotten as a whole, so that no change of a row leaves half of it.
struct LogTable {
    /// Decoded segments kept for looking up values and times of single entries.
    private static let decodedMax = 4

    private var rows: [Int64: LogRow] = [:]
    private var numbers: [LogID: Int64] = [:]
    /// The log that this node writes in each scope.
    private var openLogs: [Int64: Int64] = [:]
    private var openSegments: [Int64: OpenSegment] = [:]
    private var vectors: [Int64: VersionVector] = [:]
    private var decoded: [(log: Int64, first: UInt64, entries: [Entry])] = []

    func row(_ n: Int64) -> LogRow? { rows[n] }

    func number(of id: LogID) -> Int64? { numbers[id] }

    func openLog(scope: Int64) -> Int64? { openLogs[scope] }

    func openSegment(log n: Int64) -> OpenSegment? { openSegments[n] }

    func vector(scope: Int64) -> VersionVector? { vectors[scope] }

    func entry(log n: Int64, seq: UInt64) -> Entry? {
        for one in decoded where one.log == n && seq >= one.first {
            let index = Int(seq - one.first)
            if index < one.entries.count { return one.entries[index] }
        }
        return nil
    }

    mutating func remember(_ row: LogRow) {
        rows[row.n] = row
        numbers[row.id] = row.n
        if row.isOpen, openLogs[row.scope] == nil { openLogs[row.scope] = row.n }
    }

    mutating func remember(_ open: OpenSegment, log n: Int64) {
        openSegments[n] = open
    }

    mutating func remember(_ vector: VersionVector, scope: Int64) {
        vectors[scope] = vector
    }

    mutating func remember(_ entries: [Entry], log n: Int64, first: UInt64) {
        if decoded.count == Self.decodedMax { decoded.removeFirst() }
        decoded.append((n, first, entries))
    }

    /// A segment was appended to a log: its row is this one now.
    mutating func advance(_ row: LogRow, by element: VersionVector.Element) {
        remember(row)
        vectors[row.scope]?.advance(to: element)
    }

    /// A row was changed: all that is known of the log is read again when it is needed.
    mutating func forget(_ row: LogRow) {
        rows[row.n] = nil
        openLogs[row.scope] = nil
        openSegments[row.n] = nil
        vectors[row.scope] = nil
        forgetEntries(log: row.n)
    }

    /// The content of a log's segments has changed.
    mutating func forgetEntries(log n: Int64) {
        decoded.removeAll { $0.log == n }
    }
}

// MARK: - The table of logs

extension Store {
    func log(_ n: Int64) throws -> LogRow {
        if let row = cache.logTable.row(n) { return row }
        let row = try db.cached(
            """
            SELECT n, id, scope, node, certificate, seq, hash, is_open, is_refetched
            FROM log WHERE n = ?1
            """
        ).bind(all: n).first(Self.logRow)
        guard let row else { throw StoreError.damaged(.file("log \(n)")) }
        cache.logTable.remember(row)
        return row
    }

    func log(_ id: LogID) throws -> LogRow? {
        if let n = cache.logTable.number(of: id) { return try log(n) }
        let row = try db.cached(
            """
            SELECT n, id, scope, node, certificate, seq, hash, is_open, is_refetched
            FROM log WHERE id = ?1
            """
        ).bind(all: Int64(bitPattern: id.rawValue)).first(Self.logRow)
        if let row { cache.logTable.remember(row) }
        return row
    }

    func logs(inScope scope: Int64) throws -> [LogRow] {
        let rows = try db.cached(
            """
            SELECT n, id, scope, node, certificate, seq, hash, is_open, is_refetched
            FROM log WHERE scope = ?1 ORDER BY n
            """
        ).bind(all: scope).rows(Self.logRow)
        for row in rows { cache.logTable.remember(row) }
        return rows
    }

    private static func logRow(_ row: Statement) throws(SQLiteError) -> LogRow {
        LogRow(
            n: row.integer(0),
            id: LogID(UInt64(bitPattern: row.integer(1))),
            scope: row.integer(2),
            node: NodeID(UInt64(bitPattern: row.integer(3))),
            certificate: row.blob(4),
            seq: UInt64(bitPattern: row.integer(5)),
            hash: row.blob(6),
            isOpen: row.integer(7) != 0,
            isRefetched: row.integer(8) != 0
        )
    }

    func insertLog(
        _ id: LogID,
        scope: Int64,
        node: NodeID,
        certificate: [UInt8],
        isOpen: Bool
    ) throws -> LogRow {
        try db.cached(
            """
            INSERT INTO log(id, scope, node, certificate, seq, hash, is_open)
            VALUES (?1, ?2, ?3, ?4, 0, x'', ?5)
            """
        ).run(
            Int64(bitPattern: id.rawValue),
            scope,
            Int64(bitPattern: node.rawValue),
            certificate,
            isOpen
        )
        return try log(db.lastInsertRowID)
    }

    /// Whether a node may have so many more logs in a scope: their number is bounded, since every
    /// segment of the scope names all of them.
    func hasRoom(for logs: Int = 1, of node: NodeID, scope: Int64) throws -> Bool {
        let counts = try db.cached(
            "SELECT count(*), coalesce(sum(node = ?2), 0) FROM log WHERE scope = ?1"
        ).bind(all: scope, Int64(bitPattern: node.rawValue)).first {
            (all: Int($0.integer(0)), own: Int($0.integer(1)))
        }
        guard let counts else { return true }
        return counts.all + logs <= ReplicationLimits.scopeLogsMax
            && counts.own + logs <= ReplicationLimits.nodeLogsMax
    }

    /// Notes how far a log is held now.
    func advance(_ log: LogRow, to segment: Segment) throws {
        var row = log
        row.seq = segment.header.last
        row.hash = segment.chainHash.bytes
        try db.cached("UPDATE log SET seq = ?2, hash = ?3 WHERE n = ?1")
            .run(row.n, Int64(row.seq), row.hash)
        cache.logTable.advance(row, by: segment.element)
    }

    /// Makes a log the one that this node writes in its scope, or no longer so.
    func setOpen(_ log: LogRow, _ isOpen: Bool) throws {
        try db.cached("UPDATE log SET is_open = ?2 WHERE n = ?1").run(log.n, isOpen)
        cache.logTable.forget(log)
    }

    /// Cuts a log back to the end of one of its segments, or to nothing: what comes behind is gone.
    func cutBack(_ log: LogRow, to last: UInt64) throws {
        let hash = try chainHash(of: log, endingAt: last)
        cache.searches = BranchSearches()
        guard last == 0 || hash != nil else {
            throw StoreError.damaged(.chain(log: log.id, seq: last))
        }
        try db.cached("DELETE FROM segment WHERE log = ?1 AND last > ?2").run(log.n, Int64(last))
        try db.cached("UPDATE log SET seq = ?2, hash = ?3 WHERE n = ?1")
            .run(log.n, Int64(last), hash?.bytes ?? [])
        cache.logTable.forget(log)
    }

    // MARK: Where segments end

    /// The chain hash of a log's segment that ends at this number; nil if none does.
    func chainHash(of log: LogRow, endingAt seq: UInt64) throws -> Digest? {
        if seq == log.seq, seq > 0 { return try Digest(log.hash) }
        return try db.cached("SELECT header FROM segment WHERE log = ?1 AND last = ?2")
            .bind(all: log.n, Int64(seq)).first { $0.blob(0) }
            .map { Segment.chainHash(ofHeader: $0) }
    }

    /// Whether the history of a log that an element names is the one held here, up to there.
    func holds(_ element: VersionVector.Element, of log: LogRow) throws -> Bool {
        try chainHash(of: log, endingAt: element.seq)?.prefix == element.hash
    }

    /// The end of a log's last segment that ends at this number or before; 0 if none does.
    func lastEnd(of log: LogRow, upTo seq: UInt64) throws -> UInt64 {
        let last = try db.cached(
            "SELECT max(last) FROM segment WHERE log = ?1 AND last <= ?2"
        ).bind(all: log.n, Int64(seq)).first { $0.integer(0) }
        return UInt64(last ?? 0)
    }

    // MARK: Vectors

    /// What is held of a scope in sealed segments: what a peer is told.
    package func vector(_ path: String) throws -> VersionVector {
        try reading {
            guard let scope = try scopeNumber(path) else { return .empty }
            return try vector(scope)
        }
    }

    func vector(_ scope: Int64) throws -> VersionVector {
        if let vector = cache.logTable.vector(scope: scope) { return vector }
        let vector = VersionVector(
            try logs(inScope: scope).filter { $0.seq > 0 }.map { row in
                .init(log: row.id, seq: row.seq, hash: try Digest(row.hash).prefix)
            }
        )
        cache.logTable.remember(vector, scope: scope)
        return vector
    }
}
