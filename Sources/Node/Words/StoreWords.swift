import Coverage
import SQLite
import Store
import Survey

extension StoreError {
    var vietnamese: String {
        switch self {
        case .notEnrolled: "máy này chưa đăng ký với xã: chạy 'doorstep enrol' trước"
        case .notAllowed(let scope):
            "máy này không có quyền với phạm vi \(scope): làm ở máy xã"
        case .ofHubBelow(let scope):
            "\(scope) do máy xã của xã đó giữ: làm ở máy xã đó"
        case .notTogether(let scope):
            "bản ghi kia ở \(scope): chuyển một trong hai trước, bằng 'doorstep record move'"
        case .notMergeable:
            "chỉ gộp được một bản ghi đang còn vào bản ghi khác đang còn, cùng loại"
        case .dismissed(let one, let other):
            "đã có người xác nhận \(one) và \(other) không phải là một: hỏi lại người đó; nếu vẫn là một thì gộp với --overrule"
        case .unknownScope(let scope): "ở đây không có phạm vi \(scope): xem 'doorstep status'"
        case .unknownType(let type):
            "không có loại bản ghi '\(type)': xem 'doorstep record fields'"
        case .unknownField(let type, let field): "\(type) không có mục '\(field)'"
        case .unknownRecord(let id): "ở đây không có bản ghi \(id): tìm mã bằng 'doorstep find'"
        case .misfit(let type, let field): "giá trị không hợp với mục '\(field)' của \(type)"
        case .notErasable:
            "một đoạn nhật ký quá lớn nên không xóa được nội dung: chưa xóa gì, hãy nhờ hỗ trợ"
        case .saveTooLarge: "quá nhiều thay đổi trong một lần lưu: lưu từng phần nhỏ hơn"
        case .needsWriting:
            "tệp do phiên bản cũ ghi hoặc ghi dở: chạy 'doorstep rebuild' một lần"
        case .changeReused: "mã thay đổi này đã dùng cho thay đổi khác"
        case .damaged(let damage): damage.vietnamese
        case .tooManyLogs(let scope):
            "máy này đã được khôi phục hay sao chép quá nhiều lần cho phạm vi \(scope): ghi danh lại"
        case .tooManyInvites:
            "quá nhiều lời mời đang mở: duyệt hoặc rút bớt ('doorstep node pending')"
        case .unknownInvite: "không có lời mời nào như vậy đang chờ: xem 'doorstep node pending'"
        case .revokesItself: "đây là chính máy xã: ghi máy cần thu hồi"
        case .undecided(let id):
            "bản ghi \(id) còn chờ quyết định: xem 'doorstep conflict show', quyết định rồi làm lại"
        case .newerFields(let id):
            "bản ghi \(id) có trường mà phiên bản này không biết đang chờ quyết định: cập nhật Doorstep, quyết định rồi làm lại"
        case .newerVersion(let type):
            "có bản ghi loại '\(type)' thuộc về nó mà phiên bản này không biết: cập nhật Doorstep rồi làm lại"
        case .homeless(let parent):
            "bản ghi này thuộc về \(parent), nay đã chuyển hay bị xóa: khôi phục bản ghi đó ('doorstep record "
                + "restore'), hoặc chuyển hay xóa bản ghi này"
        case .erased:
            "bản ghi đã bị xóa hẳn theo yêu cầu, không lấy lại được: --dismiss, và nếu có giá trị đến muộn thì "
                + "ở máy xã 'doorstep record erase' lần nữa"
        case .nothingToDecide: "không còn gì để quyết định ở đây: đã có người quyết định"
        case .noLateWork(let log):
            "nhật ký \(log) không có gì chờ nhận: xem 'doorstep status'"
        case .changedSince(let id):
            "bản ghi \(id) đã thay đổi từ lúc anh/chị xem: xem lại bằng 'doorstep conflict show' rồi quyết định"
        }
    }
}

extension StoreError.Damage {
    package var vietnamese: String {
        switch self {
        case .file(let message): "tệp bị hỏng (\(message)): khôi phục bản sao lưu"
        case .chain(let log, let seq):
            "chuỗi băm của nhật ký \(log) đứt tại \(seq): khôi phục bản sao lưu"
        case .signature(let log, let seq):
            "chữ ký của nhật ký \(log) tại \(seq) không đúng: khôi phục bản sao lưu"
        case .payload(let log, let seq):
            "nội dung của nhật ký \(log) tại \(seq) khác với bản đã ký: khôi phục bản sao lưu"
        case .vector(let log):
            "vectơ ghi nhiều hơn phần nhật ký \(log) đang giữ: khôi phục bản sao lưu"
        case .projection(let type, let differing):
            "\(differing) bản ghi loại '\(type)' khác với nhật ký: chạy 'doorstep rebuild'"
        }
    }
}

extension CoverageError {
    var vietnamese: String {
        switch self {
        case .sqlite(let error): error.vietnamese
        case .unknownField(let name):
            "mô tả khảo sát dùng \(name.type).\(name.field) nhưng không định nghĩa mục đó"
        case .unknownIndicator(let name):
            "'\(name)' không phải chỉ tiêu đếm từ bản ghi: xem mã trong 'doorstep coverage'"
        }
    }
}

extension SQLiteError {
    /// For people: SQLite's own words and the statement stand in the log.
    var words: Label {
        // In English the description goes on with them.
        let english = failure.map { description.replacing(": \($0)", with: "") } ?? description
        return Label(vietnamese, english + cause)
    }

    /// SQLite's code, for whoever is asked about it.
    private var cause: String { failure.map { " (SQLite \($0.code))" } ?? "" }

    var vietnamese: String {
        switch self {
        case .busy: "chương trình khác đang khóa cơ sở dữ liệu; đóng nó rồi làm lại" + cause
        case .full:
            "ổ đĩa đầy; giải phóng dung lượng rồi làm lại, không có gì ghi dở" + cause
        case .corrupt:
            "cơ sở dữ liệu bị hỏng, hoặc không phải cơ sở dữ liệu; khôi phục bản sao lưu" + cause
        case .constraint: "dòng trái với quy tắc của bảng" + cause
        case .cannotOpen: "không mở được cơ sở dữ liệu; kiểm tra đường dẫn và quyền" + cause
        case .readOnly:
            "cơ sở dữ liệu chỉ cho đọc; kiểm tra quyền của tệp và thư mục" + cause
        case .interrupted: "câu lệnh bị ngắt và đã được hủy" + cause
        case .inputOutput:
            "đọc hoặc ghi ổ đĩa bị lỗi; kiểm tra ổ đĩa, rồi chạy 'doorstep verify'" + cause
        case .other: "cơ sở dữ liệu từ chối" + cause
        case .notUnicode(let column):
            "cột \(column) có chữ không phải UTF-8; khôi phục bản sao lưu hoặc dựng lại"
        case .newerFile(let found, let known):
            "cơ sở dữ liệu có phiên bản \(found), chương trình này chỉ biết đến \(known); cập nhật chương trình"
        }
    }
}
