import Causality
import Replication
import SQLite

/// Between cells' values and what stands in columns.
extension Store {
    /// Whether a value can stand in a column; if not, the column is empty and the log has it.
    func fits(_ value: Value, _ kind: ColumnClass) -> Bool {
        switch (value, kind) {
        case (.text, .text), (.integer, .integer), (.reference, .reference), (.bytes, .bytes): true
        default: false
        }
    }

    func bind(
        _ value: Value,
        as kind: ColumnClass,
        to statement: Statement,
        at index: Int32,
        scope: Int64
    ) throws {
        guard fits(value, kind) else { return try statement.bindNull(at: index) }
        switch value {
        case .text(let text): try statement.bind(text, at: index)
        case .integer(let number): try statement.bind(number, at: index)
        case .bytes(let bytes): try statement.bind(bytes, at: index)
        case .reference(let id): try statement.bind(try key(id, scope: scope), at: index)
        case .null, .erased: try statement.bindNull(at: index)
        }
    }

    /// A sibling's value as its table keeps it: values of any kind, references as local keys.
    func sqlValue(_ value: Value, scope: Int64) throws -> SQLValue {
        switch value {
        case .null, .erased: .null
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .bytes(let bytes): .blob(bytes)
        case .reference(let id): .integer(try key(id, scope: scope))
        }
    }

    /// Which kind of value a sibling's row holds; the column's class alone would not tell.
    func siblingKind(_ value: Value) -> Int64 {
        switch value {
        case .null: 0
        case .integer: 1
        case .text: 2
        case .bytes: 3
        case .reference: 4
        case .erased: 5
        }
    }

    func value(_ value: SQLValue, kind: Int64) throws -> Value {
        switch (kind, value) {
        case (4, .integer(let key)): .reference(try recordID(key))
        case (5, _): .erased
        case (_, .integer(let number)): .integer(number)
        case (_, .text(let text)): .text(text)
        case (_, .blob(let bytes)): .bytes(bytes)
        default: .null
        }
    }

    /// The value behind what stands in a column of this class.
    func value(_ value: SQLValue, in column: ColumnClass) throws -> Value {
        switch value {
        case .null, .real: .null
        case .integer(let number):
            column == .reference ? .reference(try recordID(number)) : .integer(number)
        case .text(let text): .text(text)
        case .blob(let bytes): .bytes(bytes)
        }
    }
}
