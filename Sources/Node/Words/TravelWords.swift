import CBOR
import Compression
import Replication
import Sealing
import Store
package import Survey

extension ReplicationError {
    var vietnamese: String {
        switch self {
        case .malformed(let part, let error): "\(part.vietnamese) sai dạng: \(error.vietnamese)"
        case .invalid(.bundle, .scheme): "đây không phải gói của Doorstep: chọn tệp khác"
        case .invalid(.certificate, .scheme):
            "đây không phải chứng thư hay yêu cầu của Doorstep: chọn tệp khác"
        case .invalid(let part, let rule): "\(part.vietnamese) không hợp lệ: \(rule.vietnamese)"
        case .aboveLimit(.certificate): "tên hoặc phạm vi quá dài: rút ngắn lại"
        case .aboveLimit(let part): "\(part.vietnamese) vượt giới hạn của giao thức"
        case .badSignature(let part): "chữ ký của \(part.vietnamese) không đúng"
        case .payloadMismatch: "nội dung khác với phần đầu đã ký"
        case .notForThisNode:
            "gói niêm phong cho máy khác, hoặc bị hỏng: xin bên gửi một gói mới"
        case .damagedBundle: "gói bị hỏng trên đường: chép lại, hoặc đồng bộ lần nữa"
        case .unknownSender(let node):
            "chưa có chứng thư của máy \(node) ở đây: máy đó gửi lại kèm chứng thư"
        case .version(let theirs, let ours):
            "bên kia dùng giao thức phiên bản \(theirs), máy này \(ours): cập nhật bên cũ hơn"
        case .envelopeVersion(let theirs, let ours):
            "gói có vỏ phiên bản \(theirs), máy này đọc phiên bản \(ours): cập nhật bên cũ hơn"
        }
    }
}

extension ReplicationError.Part {
    fileprivate var vietnamese: String {
        switch self {
        case .entry: "thay đổi"
        case .payload: "nội dung"
        case .column: "cột"
        case .header: "phần đầu"
        case .certificate: "chứng thư"
        case .bundle: "gói"
        case .hello: "lời chào"
        case .frame: "khung"
        case .notice: "thông báo"
        case .order: "lệnh xóa hẳn"
        case .receipt: "giấy biên nhận"
        case .card: "thẻ của máy xã"
        case .call: "lời gọi"
        case .answer: "trả lời của máy xã"
        }
    }
}

extension ReplicationError.Rule {
    fileprivate var vietnamese: String {
        switch self {
        case .count: "số lượng không khớp với cột"
        case .range: "một số ngoài phạm vi cho phép"
        case .text: "chữ không phải UTF-8 hoặc có dạng bị cấm"
        case .scheme: "kiểu mã hóa không biết"
        case .name: "tên có dạng bị cấm"
        case .order: "các phần không theo thứ tự"
        case .duplicate: "một phần xuất hiện hai lần"
        case .position: "một vị trí nằm ngoài"
        case .unexpected: "có phần không được phép ở chỗ đó"
        }
    }
}

extension ExchangeError {
    var vietnamese: String {
        switch self {
        case .outOfOrder: "các phần của gói không theo thứ tự: tạo lại gói"
        case .wrongNode(let from, let to):
            "gói đi từ máy \(from) đến máy \(to), không phải máy này"
        case .staleWelcome: "gói trả lời một yêu cầu cũ: đồng bộ lần nữa"
        case .untrusted(let node):
            "máy \(node) chưa đăng ký ở đây: đăng ký máy, hoặc kiểm tra mã máy"
        case .revoked(let node): "máy \(node) đã bị máy xã thu hồi"
        case .rightsChanged(let node):
            "quyền của máy \(node) vừa được thay đổi: đồng bộ lần nữa"
        }
    }
}

extension ApplyOutcome.Refusal {
    /// Why one segment of a bundle was refused; the rest of the bundle goes on.
    package var words: Label { Label(vietnamese, rawValue) }

    private var vietnamese: String {
        switch self {
        case .unknownWriter: "chứng thư của máy ghi không được tin ở đây"
        case .notItsScope: "máy ghi không có quyền ghi phạm vi này"
        case .notOurScope: "máy này không được giữ phạm vi đó"
        case .notYetOurScope:
            "máy này nhận phạm vi mới khi đã gửi xong những thay đổi cuối: đồng bộ lần nữa"
        case .badSignature: "chữ ký không đúng"
        case .badContent: "nội dung khác với bản đã ký, hoặc sai dạng"
        case .tooManyLogs: "máy ghi, hoặc phạm vi của nó, đã có quá nhiều nhật ký"
        case .tooMuchLate: "đã có quá nhiều dữ liệu của máy bị thu hồi chờ người xem xét"
        case .tooManyBranches: "đã có quá nhiều lịch sử khác của nhật ký ấy chờ ở đây"
        case .badContext: "một thay đổi nhận đã thấy điều mà đoạn của nó chưa thấy"
        case .unexplained: "nội dung bị sửa mà không có lệnh xóa hẳn giải thích"
        }
    }
}

extension SealingError {
    var vietnamese: String {
        switch self {
        case .wrongLength(let part, let expected, let found):
            "\(part.vietnamese) dài \(found) byte thay vì \(expected); kiểm tra tệp có đủ không"
        case .cannotOpen: "niêm phong cho khóa khác, hoặc bị hỏng; xin bên gửi bản mới"
        case .weakKey: "khóa công khai không an toàn; xin chủ khóa một khóa mới"
        case .chunkRefused(let index): "mảnh \(index) bị hỏng hoặc thuộc tệp khác; chép lại"
        case .chunkAfterEnd: "còn dữ liệu sau chỗ kết thúc; chép lại"
        case .passwordHashRefused: "mật khẩu đã lưu không dùng được; đặt lại mật khẩu"
        case .notEnoughMemory:
            "không đủ bộ nhớ để kiểm tra mật khẩu; đóng chương trình khác rồi làm lại"
        }
    }
}

extension SealingError.Part {
    fileprivate var vietnamese: String {
        switch self {
        case .digest: "mã băm"
        case .header: "phần đầu"
        case .key: "khóa"
        case .salt: "muối"
        case .seed: "hạt giống"
        case .signature: "chữ ký"
        }
    }
}

extension CompressionError {
    var vietnamese: String {
        switch self {
        case .overLimit(let claimed, let limit):
            "dữ liệu nén tự nhận \(claimed) byte, quá mức \(limit) cho phép; bị từ chối"
        case .wrongSize(let expected): "dữ liệu nén không đủ \(expected) byte như đã ghi; chép lại"
        case .trailingBytes: "còn dữ liệu sau phần nén; chép lại"
        case .damaged: "dữ liệu nén bị hỏng; chép lại"
        }
    }
}

extension CBORError {
    var vietnamese: String {
        switch self {
        case .truncated(let offset): "dữ liệu hết quá sớm, tại byte \(offset)"
        case .unexpected(let major, let offset):
            "gặp phần kiểu \(major) không chờ đợi tại byte \(offset)"
        case .notShortest(let offset): "số tại byte \(offset) không ở dạng ngắn nhất"
        case .notText(let offset): "chữ tại byte \(offset) không phải UTF-8"
        case .aboveLimit(let offset): "độ dài hoặc số tại byte \(offset) vượt giới hạn"
        case .trailing(let offset): "còn byte thừa ở cuối, tại byte \(offset)"
        }
    }
}
