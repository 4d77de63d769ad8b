import CBOR
import Compression
import Coverage
import HTTP
import Intake
import Replication
import SQLite
import Sealing
import Store
package import Survey

/// An error as users read it, in both languages: one line that says what to do.
///
/// Each module describes its errors in English; their Vietnamese is in this folder and nowhere
/// else, one exhaustive switch for each module, so that a new case does not compile without it.
///
/// One word for each idea, here and wherever the programme speaks Vietnamese:
///
/// | English | Vietnamese | | English | Vietnamese |
/// |---|---|---|---|---|
/// | node | máy | | record, record type | bản ghi, loại |
/// | commune hub | máy xã | | field, value | mục, giá trị |
/// | village, unit | thôn, đơn vị | | id, name in code | mã |
/// | scope | phạm vi | | household, resident | hộ, nhân khẩu |
/// | roster | danh mục | | visit, round | lượt đến, đợt |
/// | enrol, certificate | đăng ký, chứng thư | | change | thay đổi |
/// | key, fingerprint | khóa, dấu vân khóa | | delete, erase | xóa, xóa hẳn |
/// | revoke, admit | thu hồi, chấp nhận | | move, merge | chuyển, gộp |
/// | sync, bundle | đồng bộ, gói | | conflict, to decide | xung đột, chờ quyết định |
/// | log, segment | nhật ký, đoạn | | duplicate | trùng |
/// | hash chain, signature | chuỗi băm, chữ ký | | coverage, figure | chỉ tiêu |
/// | sealed, set aside | niêm phong, để riêng | | target | mục tiêu |
/// | backup, restore | sao lưu, khôi phục | | import, export | nhập, xuất |
/// | verify, rebuild | kiểm tra, dựng lại | | dry run, proposal | chạy thử, đề xuất |
/// | recovery key | khóa khôi phục | | refused | từ chối |
/// | verb, option | lệnh, tùy chọn | | user | người dùng |
package func words(for error: any Error) -> Label {
    switch error {
    case let error as NodeError: error.words
    case let error as StoreError: Label(error.vietnamese, error.description)
    case let error as ReplicationError: Label(error.vietnamese, error.description)
    case let error as ExchangeError: Label(error.vietnamese, error.description)
    case let error as InviteCodeError: Label(error.vietnamese, error.description)
    case let error as SyncProblem: error.label
    case let error as ClientError: Label(error.vietnamese, error.description)
    case let error as HTTPError: Label(error.vietnamese, error.description)
    case let error as IntakeError: Label(error.vietnamese, error.description)
    case let error as CoverageError: Label(error.vietnamese, error.description)
    case let error as SQLiteError: error.words
    case let error as SealingError: Label(error.vietnamese, error.description)
    case let error as CompressionError: Label(error.vietnamese, error.description)
    case let error as CBORError: Label(error.vietnamese, error.description)
    default: Label("lỗi ngoài dự kiến: \(error)", "unexpected error: \(error)")
    }
}
