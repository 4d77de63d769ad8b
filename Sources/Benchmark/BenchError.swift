package import Survey
import Terminal

/// Why a measurement is not to be believed, or not to be had.
package enum BenchError: LabelledError, Hashable {
    /// No files can be made or read there.
    case folder(String)
    /// An exchange of the run did not bring all that it should.
    case notApplied
    /// The hub does not hold what plain SQLite holds.
    case differs(table: String, rows: Int)
    /// The process that measures memory did not answer.
    case child

    package var label: Label {
        switch self {
        case .folder(let path):
            Label(
                "không ghi được tệp trong \(path): chọn thư mục khác bằng --dir",
                "no files can be written in \(path): name another with --dir"
            )
        case .notApplied:
            Label(
                "một lần trao đổi của phép đo bị sai: số liệu không có giá trị",
                "an exchange of the bench went wrong: the figures are void"
            )
        case .differs(let table, let rows):
            Label(
                "\(rows) dòng của \(table) khác với SQLite thuần: số liệu không có giá trị",
                "\(rows) rows of \(table) differ from plain SQLite's: the figures are void"
            )
        case .child:
            Label(
                "tiến trình đo bộ nhớ kết thúc mà không có số liệu: chạy lại",
                "the process that measures memory ended without a figure: run it again"
            )
        }
    }
}
