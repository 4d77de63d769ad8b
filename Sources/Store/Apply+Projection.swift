import Causality
import Replication
import SQLite
import Survey

/// Whole segments into the projection: new records column by column, the rest one by one.
extension Store {
    func project(_ payload: Payload, header: SegmentHeader, log: LogRow) throws {
        var positions = payload.groups.map { group in
            var positions: [Int] = []
            positions.reserveCapacity(group.count)
            return positions
        }
        for (index, group) in payload.groupIndexes.enumerated() {
            positions[Int(group)].append(index)
        }
        for (index, change) in payload.changes {
            let seq = header.first + UInt64(index)
            try db.cached(
                "INSERT OR IGNORE INTO change(client, counter, log, seq) VALUES (?1, ?2, ?3, ?4)"
            ).run(
                Int64(bitPattern: change.client),
                Int64(bitPattern: change.counter),
                log.n,
                Int64(seq)
            )
        }
        let entries = LazyEntries(payload)
        for (group, positions) in zip(payload.groups, positions) {
            guard let table = tables[group.type] else { continue }
            let loader = try GroupLoader(group, table: table, store: self, scope: log.scope)
            try loader.load { row in
                let index = positions[row]
                if try loader.insert(row, log: log.n, seq: header.first + UInt64(index)) { return }
                try self.project(entries[index], at: index, header, table, log)
            }
            try noteBulkEffects(group, table)
        }
    }

    private func project(
        _ entry: Entry,
        at index: Int,
        _ header: SegmentHeader,
        _ table: TypedTable,
        _ log: LogRow
    ) throws {
        let dot = Dot(log: log.id, seq: header.first + UInt64(index))
        try project(
            ProjectedEntry(
                table: table,
                scope: log.scope,
                key: try key(entry.record, scope: log.scope),
                log: log.n,
                dot: dot,
                time: entry.time,
                cells: entry.cells,
                context: entry.seen.map { Context(seen: $0) }
                    ?? Context(after: header.after, of: dot)
            )
        )
    }

    private func noteBulkEffects(_ group: EntryGroup, _ table: TypedTable) throws {
        if SystemTypes.all.contains(where: { $0.name == table.name }) {
            cache.isRosterDirty = true
        }
    }
}

/// Entries of a payload one by one, made only when the first of them is needed.
private final class LazyEntries {
    private let payload: Payload
    private lazy var all = payload.entries()

    init(_ payload: Payload) {
        self.payload = payload
    }

    subscript(index: Int) -> Entry { all[index] }
}

/// Inserts the rows of one group as new records, straight from the columns of the payload.
///
/// A row that exists already, or has a cell that no column can hold, is left to the caller.
@safe
private final class GroupLoader {
    private enum Source {
        case integers([Int64])
        case texts(TextColumn)
        case byteStrings(TextColumn)
        case keys([Int64])
    }

    private struct BoundColumn {
        let source: Source
        /// Index of the value for each row; -1 where the row has none; nil where all have one.
        let indexes: [Int32]?
    }

    private let store: Store
    private let group: EntryGroup
    private let scope: Int64
    private let origins: [Int64]
    private let statement: Statement
    private var columns: [BoundColumn] = []
    /// Rows that need the way of single entries.
    private var isSpecial: [Bool]
    /// Valid only inside ``load(_:)``.
    private var buffers: [UnsafeBufferPointer<UInt8>?] = unsafe []

    init(_ group: EntryGroup, table: TypedTable, store: Store, scope: Int64) throws {
        self.store = store
        self.group = group
        self.scope = scope
        origins = try group.records.origins.map { try store.originNumber($0, scope: scope) }
        isSpecial = [Bool](repeating: false, count: group.count)
        var names: [String] = []
        var columns: [BoundColumn] = []
        for column in group.columns {
            guard let position = table.positions[column.field] else { continue }
            let isPlain =
                column.marks.isEmpty && position < table.type.fields.count
            guard isPlain,
                let source = try Self.source(
                    column.values,
                    table.columns[position].kind,
                    store,
                    scope
                )
            else {
                for row in column.rows ?? (0..<Int64(group.count)).map(\.self) {
                    isSpecial[Int(row)] = true
                }
                continue
            }
            names.append("\"\(column.field)\"")
            columns.append(
                BoundColumn(source: source, indexes: Self.indexes(column.rows, group.count))
            )
        }
        self.columns = columns
        let places = names.indices.map { ", ?\($0 + 5)" }.joined()
        let list = names.map { ", \($0)" }.joined()
        statement = try store.statement(
            """
            INSERT INTO "\(table.name)"(id, _scope, _flags, _log, _seq\(list))
            VALUES (?1, ?2, 0, ?3, ?4\(places)) ON CONFLICT DO NOTHING
            """
        )
        if names.isEmpty { isSpecial = [Bool](repeating: true, count: group.count) }
    }

    private static func source(
        _ values: Column.Values,
        _ kind: ColumnClass,
        _ store: Store,
        _ scope: Int64
    ) throws -> Source? {
        switch (values, kind) {
        case (.integers(let numbers), .integer): return .integers(numbers)
        case (.texts(let texts), .text): return .texts(texts)
        case (.byteStrings(let strings), .bytes): return .byteStrings(strings)
        case (.references(let references), .reference):
            let origins = try references.origins.map { try store.originNumber($0, scope: scope) }
            return .keys(
                (0..<references.count).map {
                    origins[Int(references.originIndexes[$0])] << 32 | references.counters[$0]
                }
            )
        default: return nil
        }
    }

    private static func indexes(_ rows: [Int64]?, _ count: Int) -> [Int32]? {
        guard let rows else { return nil }
        var indexes = [Int32](repeating: -1, count: count)
        for (index, row) in rows.enumerated() { indexes[Int(row)] = Int32(index) }
        return indexes
    }

    /// Calls `body` for each row while the texts of all columns stand still in memory.
    func load(_ body: (Int) throws -> Void) throws {
        unsafe buffers = Array(repeating: nil, count: columns.count)
        defer { unsafe buffers = [] }
        try pin(0) {
            for row in 0..<group.count { try body(row) }
        }
    }

    private func pin(_ column: Int, _ body: () throws -> Void) throws {
        guard column < columns.count else { return try body() }
        switch columns[column].source {
        case .texts(let texts), .byteStrings(let texts):
            try unsafe texts.bytes.withUnsafeBufferPointer { buffer in
                unsafe buffers[column] = buffer
                try pin(column + 1, body)
            }
        case .integers, .keys:
            try pin(column + 1, body)
        }
    }

    /// Inserts a row as a new record; false if it is not one.
    func insert(_ row: Int, log: Int64, seq: UInt64) throws -> Bool {
        guard !isSpecial[row] else { return false }
        let records = group.records
        let key = origins[Int(records.originIndexes[row])] << 32 | records.counters[row]
        try statement.bind(key, at: 1)
        try statement.bind(scope, at: 2)
        try statement.bind(log, at: 3)
        try statement.bind(Int64(seq), at: 4)
        for index in columns.indices {
            let value = columns[index].indexes.map { Int($0[row]) } ?? row
            try bind(index, value)
        }
        _ = try statement.step()
        statement.reset()
        return store.db.changes == 1
    }

    private func bind(_ index: Int, _ value: Int) throws {
        let place = Int32(index + 5)
        guard value >= 0 else { return try statement.bindNull(at: place) }
        switch columns[index].source {
        case .integers(let numbers), .keys(let numbers):
            try statement.bind(numbers[value], at: place)
        case .texts(let texts):
            guard let buffer = unsafe buffers[index] else { return }
            try unsafe statement.bindText(
                unowned: UnsafeBufferPointer(rebasing: buffer[texts.range(value)]),
                at: place
            )
        case .byteStrings(let strings):
            guard let buffer = unsafe buffers[index] else { return }
            try unsafe statement.bindBlob(
                unowned: UnsafeBufferPointer(rebasing: buffer[strings.range(value)]),
                at: place
            )
        }
    }
}
