import Intake
import Survey

extension IntakeError {
    var vietnamese: String {
        switch self {
        case .empty: "tệp trống: chọn tệp khác"
        case .unreadable: "không đọc được đến hết tệp; chép lại rồi làm lại"
        case .notText:
            "đây là bảng tính, PDF, trang web hoặc tệp nén; lưu thành 'CSV UTF-8' rồi nhập tệp đó"
        case .nulByte(let row):
            "dòng \(row) có byte số không, nên không phải chữ UTF-8; lưu lại thành 'CSV UTF-8'"
        case .notUTF8(let row):
            "dòng \(row) có byte không phải chữ UTF-8; lưu lại danh sách thành 'CSV UTF-8'"
        case .rowTooLong(let row, let limit):
            "dòng \(row) dài hơn \(limit) byte; có phải danh sách không, dấu ngoặc kép đã đóng chưa?"
        case .fieldTooLong(let row, let limit):
            "một ô của dòng \(row) dài hơn \(limit) byte; dấu ngoặc kép đã đóng chưa?"
        case .tooManyFields(let row, let limit):
            "dòng \(row) có hơn \(limit) ô; có phải danh sách không?"
        case .tooManyRows(let limit): "có hơn \(limit) dòng; chia danh sách theo thôn"
        case .unterminatedQuote(let row):
            "dấu ngoặc kép mở ở dòng \(row) không được đóng: sửa dòng đó"
        case .noHeader(let rows):
            "trong \(rows) dòng đầu không có dòng tiêu đề cột; cần một dòng như "
                + "'Họ và tên; Ngày sinh; Giới tính'"
        case .noHouseholds:
            "danh sách không cho biết ai ở cùng hộ; cần cột số hộ, quan hệ với chủ hộ, tên chủ hộ hoặc "
                + "địa chỉ"
        case .choiceWithoutField:
            "ghi cột bằng tay theo mẫu 'TÊN=MỤC': tên trong dòng tiêu đề, và mục mà cột ghi"
        case .unknownField(let field):
            "không có mục '\(field.prefix(60))': chọn một trong \(Self.labels), hoặc - để bỏ cột"
        case .noSuchColumn(let name, let headers):
            "danh sách không có cột '\(name.prefix(60))': có \(headers.joined(separator: ", "))"
        case .columnChosenTwice(let name):
            "'\(name.prefix(60))' ghi cho hai cột hoặc ghi hai lần: bỏ bớt một"
        }
    }

    /// The fields that a column may hold, each by its label.
    private static var labels: String {
        Column.allCases.map(\.label.vi).joined(separator: ", ")
    }
}
