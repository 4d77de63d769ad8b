import Causality
import Compression
import Replication
package import SQLite
package import Survey

/// What the store takes from outside the file, so that tests and the simulator decide it.
package struct StoreEnvironment {
    /// Wall clock, milliseconds since 1970.
    package var wall: () -> UInt64
    /// 64 random bits: names of logs.
    package var random: () -> UInt64

    package init(wall: @escaping () -> UInt64, random: @escaping () -> UInt64) {
        self.wall = wall
        self.random = random
    }
}

/// One node's file: the log, its projection, and the one way from the former to the latter.
///
/// Used by one thread at a time. Every change is one transaction; after an error the file is as
/// it was before the call.
package final class Store {
    package let db: Connection
    package let description: DataDescription
    package internal(set) var environment: StoreEnvironment
    let tables: [String: TypedTable]
    let compressor: Compressor
    let decompressor = Decompressor()
    var statements = StatementCache()
    /// What is read once and kept while no transaction is undone.
    var cache = StoreCache()
    /// SQLite's count of commits by others that ``cache`` is true for; nil while the store opens.
    var dataVersion: Int64?
    /// By scope; never goes back, whatever transactions do.
    var recordOrigins: [Int64: RecordOrigin] = [:]
    /// Entries appended since the store was opened that are worth a sync.
    ///
    /// Those that only say who has looked at whom are not. Never goes back, whatever transactions do.
    package internal(set) var savedEntries = 0

    /// Level of zstd for payloads.
    ///
    /// The bench's 76,000 records in columns, 2.58 MB: level 3 makes 1.33 MB of them in 12 ms, 6
    /// 1.27 in 36, 9 1.27 in 47, 12 1.27 in 120, 19 1.19 in 570 (`doorstep bench --layout`).
    package static let compressionLevel = 9

    /// Opens a file, brings its schema up to date, and rebuilds the projection if the survey's
    /// data description has changed since.
    ///
    /// `isReading`: on a connection that does not write. Nothing is changed before
    /// ``allowWriting()``; a file in which something is still to be done is refused with
    /// ``StoreError/needsWriting``.
    package init(
        db: Connection,
        description: DataDescription,
        environment: StoreEnvironment,
        isReading: Bool = false
    ) throws {
        self.db = db
        self.description = description
        self.environment = environment
        compressor = Compressor(level: Self.compressionLevel)
        tables = Dictionary(
            uniqueKeysWithValues: (description.types + SystemTypes.all).map {
                ($0.name, TypedTable($0))
            }
        )
        guard !isReading else {
            guard try db.userVersion == Int32(clamping: Schema.migrations.count),
                try hasCurrentProjection(), try !hasHealingToFinish(), try !hasErasedInJournal
            else { throw StoreError.needsWriting }
            dataVersion = try currentDataVersion()
            return
        }
        try Migrations.apply(Schema.migrations, to: db)
        let version = try currentDataVersion()
        try prepareProjection()
        dataVersion = version
        // A crash may have left entries that were set aside: people should see them at once.
        try finishHealing()
        try emptyAfterRedaction()
    }

    /// Goes on from reading to writing; throws where the file or its folder may only be read.
    package func allowWriting() throws {
        try db.allowWriting()
        try transaction { try finishHealing() }
        try emptyAfterRedaction()
    }

    /// All record types, the survey's own first.
    package var types: [RecordType] { description.types + SystemTypes.all }

    func table(_ type: String) throws -> TypedTable {
        guard let table = tables[type] else { throw StoreError.unknownType(type) }
        return table
    }

    /// A statement whose text is generated from the data description, kept for the next use.
    func statement(_ sql: String) throws -> Statement {
        try statements.statement(sql, of: db)
    }

    /// The same for a statement of every change: its text is made where it is not kept yet.
    func statement(_ key: StatementCache.Key, _ sql: () -> String) throws -> Statement {
        try statements.statement(key, of: db, sql: sql)
    }

    /// Runs a body as one transaction; nested calls join the outer one.
    package func transaction<R>(_ body: () throws -> R) throws -> R {
        if db.isInTransaction { return try body() }
        try begin()
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    func begin() throws {
        do {
            try db.cached("BEGIN IMMEDIATE").run()
            try forgetIfOthersWrote()
        } catch {
            rollback()
            throw error
        }
    }

    func commit() throws {
        try finishTransaction()
        try db.cached("COMMIT").run()
    }

    /// Undoes the open transaction and forgets what was read in it.
    ///
    /// After some errors, a full disk or an interruption, SQLite has undone it by itself already.
    func rollback() {
        // What fails here is undone by SQLite itself when the connection closes.
        if db.isInTransaction { try? db.execute("ROLLBACK") }
        cache = StoreCache()
    }

    /// What is derived from several records is brought up to date once, at the end.
    private func finishTransaction() throws {
        if cache.isRosterDirty {
            forgetRoster()
            try takeUpOwnCertificate()
            // The roster's own scope may be among those that were made anew.
            if try carryOutRedactions() { forgetRoster() }
            cache.isRosterDirty = false
        }
        try followMerges()
    }

    // MARK: Settings

    package func setting(_ name: String) throws -> [UInt8]? {
        try db.cached("SELECT value FROM setting WHERE name = ?1").bind(all: name).first {
            $0.blob(0)
        }
    }

    package func set(_ name: String, _ value: [UInt8]) throws {
        try db.cached("INSERT OR REPLACE INTO setting(name, value) VALUES (?1, ?2)")
            .run(name, value)
    }

    package func removeSetting(_ name: String) throws {
        try db.cached("DELETE FROM setting WHERE name = ?1").run(name)
    }
}

/// Small tables held in memory; thrown away whenever a transaction is undone.
struct StoreCache {
    var scopes: [String: Int64] = [:]
    var paths: [Int64: String] = [:]
    var origins: [OriginKey: Int64] = [:]
    var originIDs: [Int64: OriginKey] = [:]
    var logTable = LogTable()
    var clock: HybridClock?
    /// Records of each type whose merges are to be followed anew.
    var changedMerges: [String: Set<Int64>] = [:]
    var isRosterDirty = false
    var identity: Identity?
    /// Nil until it is needed: a roster that cannot be read is an error, not an empty one.
    var roster: Roster?
    /// Whether one certificate is granted by another.
    var grants: [CertificatePair: Bool] = [:]
    /// How far branches that wait were looked for in the log.
    var searches = BranchSearches()
}

struct OriginKey: Hashable {
    let scope: Int64
    let id: UInt64
}

/// A record type with the SQL of its table.
struct TypedTable {
    let type: RecordType
    /// Columns by position: the type's own, then the reserved ones.
    let columns: [(name: String, kind: ColumnClass, merge: MergeRule)]
    let positions: [String: Int]
    /// Reads a record's row, all columns: one statement a type, whichever fields a change has.
    let rowSQL: String
    /// What ``Store/row(_:_:)`` reads of a table called `t`, and of one record.
    let shownColumns: String
    let shownSQL: String
    /// Whether a change of a record of this type may change whom this node trusts.
    let isRoster: Bool

    init(_ type: RecordType) {
        self.type = type
        isRoster = SystemTypes.roster.contains(type.name)
        var columns = type.fields.map { ($0.name, $0.kind.column, $0.merge) }
        columns.append((ReservedField.deleted, .text, .review))
        columns.append((ReservedField.mergedInto, .reference, .review))
        columns.append((ReservedField.movedTo, .text, .review))
        self.columns = columns
        positions = Dictionary(
            uniqueKeysWithValues: columns.enumerated().map { ($0.element.0, $0.offset) }
        )
        let names = columns.map { "\"\($0.0)\"" }.joined(separator: ", ")
        rowSQL = """
            SELECT _flags, _log, _seq, _cells, \(names) FROM "\(type.name)" WHERE id = ?1
            """
        let fields = type.fields.map { ", t.\"\($0.name)\"" }.joined()
        shownColumns = "t.id, t._scope, t._flags\(fields)"
        shownSQL = "SELECT \(shownColumns) FROM \"\(type.name)\" t WHERE t.id = ?1"
    }

    var name: String { type.name }
}

extension Store {
    /// Whether the program keeps records of this type by itself: no form shows or changes them.
    package func isSystemType(_ name: String) -> Bool {
        SystemTypes.all.contains { $0.name == name }
    }

    /// Whether people decide about conflicts in records of this type.
    package func isReviewed(_ type: String) -> Bool { !SystemTypes.unreviewed.contains(type) }
}

/// Bits of the `_flags` column.
package enum RecordFlags {
    /// Some field has siblings that differ and a person decides.
    package static let disputed = RowFlags.disputed
    package static let deleted = RowFlags.deleted
    package static let merged = RowFlags.merged
    package static let moved = RowFlags.moved
    /// A change and a deletion, a merge or a move had not seen each other.
    package static let clash: Int64 = 16
    /// Merged in a circle: two nodes merged in opposite directions.
    package static let cycle: Int64 = 32
    /// Somebody has deleted the record, or moved it elsewhere.
    package static let takenAway = deleted | moved
    /// Rows that lists and figures leave out.
    package static let gone = RowFlags.gone
}
