import HTTP
import Replication
import Survey

extension InviteCodeError {
    var vietnamese: String {
        switch self {
        case .form: "mã có mười hai chữ và số, ví dụ 4K7Q-9MPX-2HZT: gõ lại"
        case .mistyped: "mã gõ sai: so lại với màn hình của máy xã"
        case .version(let text):
            "lời mời có phiên bản \(text.prefix(20)): cập nhật chương trình này"
        }
    }
}

extension ClientError {
    var vietnamese: String {
        switch self {
        case .badURL: "không phải địa chỉ web; ghi ví dụ https://192.168.1.10:8443"
        case .noSuchHost(let host): "không có máy tên \(host); kiểm tra tên và mạng"
        case .namesSilent(let host):
            "không máy chủ tên nào trả lời về \(host); kiểm tra mạng, hoặc ghi địa chỉ số"
        case .cannotConnect(let host):
            "\(host) không trả lời; kiểm tra máy đó có chạy và mạng có thông không"
        case .proxyRefused(let status): "proxy của mạng từ chối (\(status)); kiểm tra https_proxy"
        case .proxyIntercepts:
            "proxy của mạng mở kết nối và đưa chứng thư của nó; ghi máy xã vào no_proxy; chưa gửi gì"
        case .otherServer:
            "máy khác trả lời: khóa của nó không phải khóa mong đợi; chưa gửi gì"
        case .untrusted: "chứng thư không được tin hoặc cho tên khác; chưa gửi gì"
        case .notValidNow:
            "theo đồng hồ máy này, chứng thư chưa có hiệu lực hoặc đã hết hạn; chỉnh ngày giờ; chưa gửi gì"
        case .tls(let word):
            "không nối được an toàn (\(word)); kiểm tra đồng hồ và proxy ở giữa"
        case .timedOut: "không trả lời kịp; đường truyền quá chậm hoặc đứt; thử lại sau"
        case .cut: "đường truyền đứt; thử lại"
        case .notHTTP: "nơi trả lời không phải máy chủ web; kiểm tra địa chỉ và cổng"
        case .status(let reply): "trả lời là \(reply.status) thay vì 200"
        case .cancelled: "đã hủy"
        case .abandoned(let error): words(for: error).vi
        case .failed(let code, let word): "trao đổi không thành (\(word), \(code)); thử lại"
        }
    }
}

extension HTTPError {
    var vietnamese: String {
        switch self {
        case .noThread:
            "hệ thống không cho thêm luồng; đóng chương trình khác hoặc nâng giới hạn (ulimit -u)"
        case .badAddress(let text):
            "'\(text)' không phải địa chỉ IP; ghi ví dụ 0.0.0.0, 192.168.1.10 hoặc ::"
        case .portTaken(let address, let port):
            "chương trình khác đang dùng \(address) cổng \(port); dừng nó hoặc chọn cổng khác"
        case .portNotAllowed(let address, let port):
            "không được phép dùng \(address) cổng \(port); chọn cổng từ 1024 trở lên"
        case .foreignAddress(let address):
            "máy này không có địa chỉ \(address); ghi địa chỉ của máy, hoặc 0.0.0.0 cho tất cả"
        case .cannotListen(let address, let port, let code):
            "không mở được \(address) cổng \(port) (lỗi \(code)); kiểm tra địa chỉ và mạng"
        case .plainBeyondLoopback(let address):
            "HTTP không mã hóa ở \(address) người khác đọc được; dùng TLS, mở ở 127.0.0.1, "
                + "hoặc nêu proxy ngược đứng trước"
        case .tooFewFiles(let allowed, let needed):
            "hệ thống cho mở \(allowed) tệp, cần \(needed); nâng giới hạn (ulimit -n) "
                + "hoặc cho ít kết nối hơn"
        case .serverDidNotStart:
            "máy chủ web không khởi động; kiểm tra bộ nhớ và giới hạn số tệp mở"
        case .certificate(let problem): problem.vietnamese
        }
    }
}

extension CertificateProblem {
    fileprivate var vietnamese: String {
        switch self {
        case .certificateUnreadable:
            "chứng thư không phải PEM; đưa tệp bắt đầu bằng -----BEGIN CERTIFICATE-----"
        case .keyUnreadable:
            "khóa không phải PEM; đưa tệp bắt đầu bằng -----BEGIN PRIVATE KEY-----"
        case .keyEncrypted:
            "khóa có mật khẩu; đưa khóa không mật khẩu, chỉ người dùng này đọc được"
        case .keyOfAnother: "khóa không thuộc chứng thư này; đưa hai tệp được tạo cùng nhau"
        case .expired(let time): "chứng thư hết hạn ngày \(Self.day(time)); làm chứng thư mới"
        case .notYetValid(let time):
            "chứng thư chỉ có hiệu lực từ ngày \(Self.day(time)); kiểm tra đồng hồ của máy"
        case .tooLarge:
            "chứng thư hoặc khóa lớn hơn \(CertificateLimits.pemBytes) byte hoặc "
                + "\(CertificateLimits.chainLength) chứng thư; chỉ đưa chuỗi của máy chủ"
        case .badName(let name):
            "'\(name)' không đặt được trong chứng thư; ghi tên máy hoặc địa chỉ IP"
        case .noName: "chứng thư máy chủ cần tên máy hoặc địa chỉ IP"
        case .refused(let word): "chứng thư không dùng được (\(word)); làm chứng thư mới"
        }
    }

    /// The day of a time in seconds since 1970, as people write it.
    private static func day(_ time: Int64) -> String {
        // Up to the end of the year 9999, the last that a calendar day knows.
        let seconds = UInt64(min(max(time, 0), 253_402_300_799))
        let day = CalendarDay(milliseconds: seconds * 1000)
        let (year, month, date) = day.parts
        return "\(date)/\(month)/\(year)"
    }
}
