/// Bits of the `_flags` column that those who only read the typed tables ask for.
package enum RowFlags {
    /// Some field has siblings that differ and a person decides.
    package static let disputed: Int64 = 1
    package static let deleted: Int64 = 2
    package static let merged: Int64 = 4
    package static let moved: Int64 = 8
    /// Rows that lists and figures leave out.
    package static let gone = deleted | merged | moved
}
