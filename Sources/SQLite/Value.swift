/// A value as SQLite stores it.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// How SQLite stores one column of one row.
public enum ColumnType: Int32, Hashable, Sendable {
    case integer = 1
    case real = 2
    case text = 3
    case blob = 4
    case null = 5
}

/// What can be bound to a parameter of a statement.
///
/// `UInt64` is left out on purpose: SQLite's integers are signed, so callers say what they mean.
public protocol SQLBindable {
    /// Binds the value to the parameter with this index, from 1.
    func bind(to statement: Statement, at index: Int32) throws(SQLiteError)
}

extension Int64: SQLBindable {
    /// Binds the value as an INTEGER.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension Int: SQLBindable {
    /// Binds the value as an INTEGER.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(Int64(self), at: index)
    }
}

extension Bool: SQLBindable {
    /// Binds the value as the INTEGER 0 or 1.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(self ? Int64(1) : 0, at: index)
    }
}

extension Double: SQLBindable {
    /// Binds the value as a REAL.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension String: SQLBindable {
    /// Binds the value as TEXT, copied.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension [UInt8]: SQLBindable {
    /// Binds the value as a BLOB, copied.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    /// Binds the value, or NULL for nil.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        switch self {
        case .some(let value): try value.bind(to: statement, at: index)
        case .none: try statement.bindNull(at: index)
        }
    }
}

extension SQLValue: SQLBindable {
    /// Binds the value as what it is.
    @inlinable
    public func bind(to statement: Statement, at index: Int32) throws(SQLiteError) {
        switch self {
        case .null: try statement.bindNull(at: index)
        case .integer(let value): try statement.bind(value, at: index)
        case .real(let value): try statement.bind(value, at: index)
        case .text(let value): try statement.bind(value, at: index)
        case .blob(let value): try statement.bind(value, at: index)
        }
    }
}
