import SQLite

/// Rows of one table, ready to be bound: numbers as they are, texts as places in one buffer.
struct PlainRows {
    /// One cell; a text's start is in the upper half of `bits`, its length in the lower one.
    private struct Value {
        enum Kind: UInt8 {
            case null
            case integer
            case text
        }

        let kind: Kind
        let bits: Int64
    }

    let kind: WorkloadKind
    private(set) var keys: [Int64] = []
    private var values: [Value] = []
    private var texts: [UInt8] = []

    init(_ kind: WorkloadKind) {
        self.kind = kind
    }

    mutating func add(key: Int64, _ record: WorkloadRecord, keyOf: (WorkloadKind, Int) -> Int64) {
        keys.append(key)
        for (column, value) in zip(kind.columns, record.values) {
            switch (value, column.kind) {
            case (.text(""), _):
                values.append(Value(kind: .null, bits: 0))
            case (.text(let text), _):
                let start = texts.count
                texts.append(contentsOf: text.utf8)
                let bits = Int64(start) << 32 | Int64(texts.count - start)
                values.append(Value(kind: .text, bits: bits))
            case (.integer(let number), _):
                values.append(Value(kind: .integer, bits: number))
            case (.reference(let number), .reference(let kind)):
                values.append(Value(kind: .integer, bits: keyOf(kind, number)))
            case (.reference, _):
                values.append(Value(kind: .null, bits: 0))
            }
        }
    }

    /// Upserts every row; texts are bound where they lie.
    func upsert(_ statement: Statement) throws {
        let width = kind.columns.count
        try unsafe texts.withUnsafeBufferPointer { texts in
            for (row, key) in keys.enumerated() {
                try statement.bind(key, at: 1)
                for column in 0..<width {
                    let value = values[row * width + column]
                    let place = Int32(column + 2)
                    switch value.kind {
                    case .null: try statement.bindNull(at: place)
                    case .integer: try statement.bind(value.bits, at: place)
                    case .text:
                        let start = Int(value.bits >> 32)
                        let end = start + Int(value.bits & 0xffff_ffff)
                        let text = unsafe UnsafeBufferPointer(rebasing: texts[start..<end])
                        try unsafe statement.bindText(unowned: text, at: place)
                    }
                }
                try statement.run()
            }
        }
    }
}

/// The same rows in plain SQLite: same columns, keys, indexes and durability, no history.
///
/// What an engine cannot beat that keeps everything besides; made as fast as SQLite allows.
final class PlainBaseline {
    let db: Connection
    private let upserts: [Statement]

    init(path: String) throws {
        db = try Connection(path: path, mode: .readWriteCreate)
        for kind in WorkloadKind.allCases { try db.execute(Self.create(kind)) }
        var upserts: [Statement] = []
        for kind in WorkloadKind.allCases { upserts.append(try db.prepare(Self.upsert(kind))) }
        self.upserts = upserts
    }

    private static func create(_ kind: WorkloadKind) -> String {
        let columns = kind.columns.map { column in
            ", \"\(column.name)\" \(column.kind == .text ? "TEXT" : "INTEGER")"
        }
        let indexes = kind.columns.filter(\.isIndexed).map { column in
            "CREATE INDEX \(kind.table)_\(column.name) ON \(kind.table)(\"\(column.name)\");"
        }
        return "CREATE TABLE \(kind.table)(id INTEGER PRIMARY KEY\(columns.joined())) STRICT;"
            + indexes.joined()
    }

    private static func upsert(_ kind: WorkloadKind) -> String {
        let names = kind.columns.map { "\"\($0.name)\"" }
        let places = names.indices.map { "?\($0 + 2)" }
        let updates = names.map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO \(kind.table)(id, \(names.joined(separator: ", ")))
            VALUES (?1, \(places.joined(separator: ", ")))
            ON CONFLICT(id) DO UPDATE SET \(updates.joined(separator: ", "))
            """
    }

    /// One village in one transaction.
    func load(_ village: [PlainRows]) throws {
        try transaction {
            for rows in village { try rows.upsert(upserts[rows.kind.rawValue]) }
        }
    }

    func transaction(_ body: () throws -> Void) throws {
        try db.cached("BEGIN IMMEDIATE").run()
        try body()
        try db.cached("COMMIT").run()
    }

    /// The statement that sets these columns of a record, for the caller to keep.
    func update(_ kind: WorkloadKind, columns: [Int]) throws -> Statement {
        let sets = columns.enumerated().map { "\"\(kind.columns[$1].name)\" = ?\($0 + 2)" }
        return try db.prepare(
            "UPDATE \(kind.table) SET \(sets.joined(separator: ", ")) WHERE id = ?1"
        )
    }
}
