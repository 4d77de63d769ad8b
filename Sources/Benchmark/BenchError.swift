/// Why a measurement is not to be believed, or not to be had.
package enum BenchError: Error, Hashable, CustomStringConvertible {
    /// No files can be made or read there.
    case folder(String)
    /// An exchange of the run did not bring all that it should.
    case notApplied
    /// The hub does not hold what plain SQLite holds.
    case differs(table: String, rows: Int)
    /// The process that measures memory did not answer.
    case child

    package var description: String {
        switch self {
        case .folder(let path): "no files can be written in \(path): name another with --dir"
        case .notApplied: "an exchange of the bench went wrong: the figures are void"
        case .differs(let table, let rows):
            "\(rows) rows of \(table) differ from plain SQLite's: the figures are void"
        case .child: "the process that measures memory ended without a figure: run it again"
        }
    }
}
