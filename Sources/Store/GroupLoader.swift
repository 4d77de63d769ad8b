import Replication
import SQLite
import Survey

/// Inserts the rows of one group as new records, straight from the columns of the payload.
///
/// A row that exists already, or has a cell that no column can hold, is left to the caller.
@safe
final class GroupLoader {
    private enum Source {
        case integers([Int64])
        case texts(TextColumn)
        case byteStrings(TextColumn)
    }

    private struct BoundColumn {
        let source: Source
        /// Index of the value for each row; -1 where the row has none; empty where all have one.
        let indexes: [Int32]
    }

    /// A column's arrays standing still in memory: the loop over rows counts no references.
    @unsafe
    private struct PinnedColumn {
        enum Kind {
            case integers
            case texts
            case byteStrings
        }

        let kind: Kind
        var indexes = unsafe UnsafeBufferPointer<Int32>(start: nil, count: 0)
        var integers = unsafe UnsafeBufferPointer<Int64>(start: nil, count: 0)
        var bytes = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var starts = unsafe UnsafeBufferPointer<Int32>(start: nil, count: 0)
        var lengths = unsafe UnsafeBufferPointer<Int32>(start: nil, count: 0)
    }

    private static let fixedColumns = 4

    private let db: Connection
    private let statement: Statement
    private let columns: [BoundColumn]
    /// The local key of each row.
    private let keys: [Int64]
    /// Rows that need the way of single entries.
    private let isSpecial: [Bool]
    /// Valid only inside ``load(_:)``.
    private var pinned: [PinnedColumn] = unsafe []

    init(
        _ group: EntryGroup,
        table: TypedTable,
        store: Store,
        scope: Int64,
        log: Int64
    ) throws {
        db = store.db
        keys = try Self.keys(group.records, store, scope)
        var isSpecial = [Bool](repeating: false, count: group.count)
        var names: [String] = []
        var columns: [BoundColumn] = []
        for column in group.columns {
            guard let position = table.positions[column.field] else { continue }
            let isPlain = column.marks.isEmpty && position < table.type.fields.count
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
        if names.isEmpty { isSpecial = [Bool](repeating: true, count: group.count) }
        self.columns = columns
        self.isSpecial = isSpecial
        let places = names.indices.map { ", ?\($0 + Self.fixedColumns + 1)" }.joined()
        let list = names.map { ", \($0)" }.joined()
        statement = try store.statement(
            """
            INSERT INTO "\(table.name)"(_scope, _log, id, _seq, _flags\(list))
            VALUES (?1, ?2, ?3, ?4, 0\(places)) ON CONFLICT DO NOTHING
            """
        )
        try statement.bind(scope, at: 1)
        try statement.bind(log, at: 2)
    }

    private static func keys(
        _ records: ReferenceColumn,
        _ store: Store,
        _ scope: Int64
    ) throws -> [Int64] {
        let origins = try records.origins.map { try store.originNumber($0, scope: scope) }
        return zip(records.originIndexes, records.counters).map { origin, counter in
            origins[Int(origin)] << 32 | counter
        }
    }

    private static func source(
        _ values: Column.Values,
        _ kind: ColumnClass,
        _ store: Store,
        _ scope: Int64
    ) throws -> Source? {
        switch (values, kind) {
        case (.integers(let numbers), .integer): .integers(numbers)
        case (.texts(let texts), .text): .texts(texts)
        case (.byteStrings(let strings), .bytes): .byteStrings(strings)
        case (.references(let references), .reference):
            .integers(try keys(references, store, scope))
        default: nil
        }
    }

    private static func indexes(_ rows: [Int64]?, _ count: Int) -> [Int32] {
        guard let rows else { return [] }
        var indexes = [Int32](repeating: -1, count: count)
        for (index, row) in rows.enumerated() { indexes[Int(row)] = Int32(index) }
        return indexes
    }

    // MARK: Loading

    /// Calls `body` for each row while all columns stand still in memory.
    func load(_ body: (Int) throws -> Void) throws {
        unsafe pinned.reserveCapacity(columns.count)
        defer {
            unsafe pinned = []
            // No statement keeps the address of a text that may move.
            statement.clearBindings()
        }
        try pin(columns[...]) {
            for row in keys.indices { try body(row) }
        }
    }

    private func pin(_ rest: ArraySlice<BoundColumn>, _ body: () throws -> Void) throws {
        guard let column = rest.first else { return try body() }
        try unsafe column.indexes.withUnsafeBufferPointer { indexes in
            switch column.source {
            case .integers(let numbers):
                try unsafe numbers.withUnsafeBufferPointer { numbers in
                    unsafe pinned.append(
                        PinnedColumn(kind: .integers, indexes: indexes, integers: numbers)
                    )
                    try pin(rest.dropFirst(), body)
                }
            case .texts(let texts):
                try unsafe pin(texts, .texts, indexes) { try pin(rest.dropFirst(), body) }
            case .byteStrings(let strings):
                try unsafe pin(strings, .byteStrings, indexes) { try pin(rest.dropFirst(), body) }
            }
        }
    }

    private func pin(
        _ texts: TextColumn,
        _ kind: PinnedColumn.Kind,
        _ indexes: UnsafeBufferPointer<Int32>,
        _ body: () throws -> Void
    ) throws {
        try unsafe texts.bytes.withUnsafeBufferPointer { bytes in
            try unsafe texts.starts.withUnsafeBufferPointer { starts in
                try unsafe texts.lengths.withUnsafeBufferPointer { lengths in
                    unsafe pinned.append(
                        PinnedColumn(
                            kind: kind,
                            indexes: indexes,
                            bytes: bytes,
                            starts: starts,
                            lengths: lengths
                        )
                    )
                    try body()
                }
            }
        }
    }

    /// Inserts a row as a new record; false if it is not one.
    func insert(_ row: Int, seq: UInt64) throws -> Bool {
        guard !isSpecial[row] else { return false }
        try statement.bind(keys[row], at: 3)
        try statement.bind(Int64(seq), at: 4)
        for index in unsafe pinned.indices {
            try unsafe bind(pinned[index], row, at: Int32(Self.fixedColumns + 1 + index))
        }
        try statement.run()
        return db.changes == 1
    }

    @inline(__always)
    private func bind(_ column: PinnedColumn, _ row: Int, at place: Int32) throws(SQLiteError) {
        let value = unsafe column.indexes.isEmpty ? row : Int(column.indexes[row])
        guard value >= 0 else { return try statement.bindNull(at: place) }
        switch unsafe column.kind {
        case .integers:
            try statement.bind(unsafe column.integers[value], at: place)
        case .texts:
            try unsafe statement.bindText(unowned: text(column, value), at: place)
        case .byteStrings:
            try unsafe statement.bindBlob(unowned: text(column, value), at: place)
        }
    }

    @inline(__always)
    private func text(_ column: PinnedColumn, _ value: Int) -> UnsafeBufferPointer<UInt8> {
        let start = unsafe Int(column.starts[value])
        let end = unsafe start + Int(column.lengths[value])
        return unsafe UnsafeBufferPointer(rebasing: column.bytes[start..<end])
    }
}
