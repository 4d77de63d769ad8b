extension UserError {
    var vietnamese: String {
        switch self {
        case .invalidName:
            "tên đăng nhập có 1 đến 32 ký tự a-z, 0-9, '.', '_', '-' và bắt đầu bằng chữ"
        case .exists(let name): "đã có người dùng '\(name)': chọn tên đăng nhập khác"
        case .unknown(let name): "ở đây không có người dùng '\(name)': xem 'doorstep user list'"
        case .noDisplayName: "cần họ và tên, nhiều nhất 80 ký tự: ghi bằng --full-name"
        case .villagesNeeded: "vai trò này làm ở thôn: ghi thôn bằng --village"
        case .tooManyVillages: "quá nhiều thôn cho một người: không ghi thôn là phụ trách cả xã"
        case .notAUserOf(let scope):
            "người dùng không có quyền ở \(scope) nên không đăng nhập được ở đó: thêm thôn trước"
        case .lastAdministrator:
            "đây là người quản trị cuối cùng: giao vai trò cho người khác trước"
        case .passwordTooShort: "mật khẩu cần ít nhất \(PasswordRules.lengthMin) ký tự"
        case .passwordTooLong: "mật khẩu nhiều nhất \(PasswordRules.lengthMax) ký tự"
        case .passwordTooCommon: "mật khẩu này dễ bị đoán: chọn mật khẩu khác"
        case .passwordIsName: "mật khẩu không được trùng tên đăng nhập: chọn mật khẩu khác"
        case .passwordsDiffer: "hai lần gõ mật khẩu khác nhau: gõ lại"
        case .noTerminal: "không có màn hình để hỏi: đưa mật khẩu bằng --password-stdin"
        case .calledOff: "đã hủy: không có gì thay đổi"
        case .wrongNameOrPassword: "sai tên đăng nhập hoặc mật khẩu: gõ lại"
        case .blocked: "người dùng này đã bị khóa: hỏi người quản trị của xã"
        case .codeExpired:
            "mã dùng một lần đã hết hạn, hoặc đồng hồ của máy sai: xin cán bộ xã mã mới"
        case .wait(let seconds): "sai quá nhiều lần: chờ \(seconds) giây rồi thử lại"
        case .sessionEnded: "phiên đã kết thúc: đăng nhập lại"
        case .invalidPIN: "mã PIN có 4 đến 6 chữ số: gõ lại"
        case .easyPIN: "mã PIN này dễ bị đoán: chọn mã khác"
        case .noPINForRole: "vai trò này không dùng mã PIN: đăng nhập bằng mật khẩu"
        case .accessNotLogged:
            "không xuất gì vì không ghi được nhật ký truy cập: giải phóng dung lượng đĩa trước"
        }
    }
}
