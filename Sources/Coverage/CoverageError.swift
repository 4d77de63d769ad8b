package import SQLite
package import Survey

/// Why figures cannot be made.
package enum CoverageError: Error, Hashable, Sendable, WrapsSQLiteError {
    case sqlite(SQLiteError)
    /// A condition of the data description names a field that it does not have.
    case unknownField(FieldName)
    /// No indicator of that name is counted over records.
    case unknownIndicator(String)
}

extension CoverageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sqlite(let error): error.description
        case .unknownField(let name):
            "the data description reads \(name.type).\(name.field), which it does not define"
        case .unknownIndicator(let name):
            "“\(name)” is not counted over records; the indicators' names are listed by coverage"
        }
    }
}
