import Survey

extension NodeError {
    /// Problems of fields carry both languages themselves; everything else is said here.
    var words: Label {
        guard case .refused(let problems) = self else { return Label(vietnamese, description) }
        let blocking = problems.filter { $0.severity == .blocks }
        return Label(blocking.map(\.text.vi).joined(separator: "; "), description)
    }

    private var vietnamese: String {
        switch self {
        case .noNode(let folder):
            "trong \(folder) không có máy nào: tạo máy bằng 'doorstep init'"
        case .noNodeInside(let database):
            "\(database) không chứa máy nào: khôi phục bản sao lưu, hoặc xóa thư mục nếu tạo dở"
        case .linked(let database):
            "\(database) còn một tên khác (liên kết cứng): dùng 'cp' để có tệp riêng"
        case .exists(let path): "\(path) đã có: chọn tên khác"
        case .foreignFile(let path):
            "\(path) là tệp khác loại: chọn tên khác, hoặc thay nó bằng --force"
        case .insideNode(let path, let folder):
            "\(path) nằm trong thư mục của máy, \(folder): chọn chỗ khác"
        case .cannotRead(let path, let code): "không đọc được \(path): \(systemReason(code).vi)"
        case .cannotWrite(let path, let code): "không ghi được \(path): \(systemReason(code).vi)"
        case .notThatFile(let path, let wanted):
            "\(path) không phải là \(wanted.vietnamese): chọn tệp khác"
        case .tooLarge(let path): "\(path) quá lớn so với loại tệp này: có đúng tệp không?"
        case .otherKeys: "chứng thư cấp cho máy khác: dùng yêu cầu của chính máy này"
        case .otherHub: "chứng thư của máy xã khác với dấu vân khóa đã cho: hỏi lại đúng máy xã"
        case .notAHub: "chỉ máy xã làm được việc này: chạy trong thư mục của máy xã"
        case .unknownNode(let word):
            "ở đây không có máy '\(word.prefix(60))' đã đăng ký: xem 'doorstep node list'"
        case .severalNodes(let name, let ids):
            "có nhiều máy tên '\(name.prefix(60))': ghi theo mã, \(ids.joined(separator: " hoặc "))"
        case .badNodeName(0): "máy cần có tên"
        case .badNodeName(let bytes):
            "tên máy quá dài: \(bytes) byte, tối đa \(NodeNames.bytesMax); "
                + "chữ có dấu là 2 hoặc 3 byte"
        case .scopeNeeded: "máy sẽ ghi thôn hay đơn vị nào? ghi bằng --scope"
        case .rosterScope(let path):
            "\(path) giữ danh mục của máy xã, không cấp cho máy nào khác: "
                + "ghi thôn hay đơn vị, ví dụ \(path)/thon-1"
        case .otherHubPath(let own):
            "máy xã này giữ \(own) và chỉ vào dưới máy khác với đúng đường dẫn ấy: xin cấp '--scope \(own) "
                + "--kind hub'; muốn đường dẫn khác thì tạo máy mới bằng 'doorstep init'"
        case .notAskedPath(let paths):
            "máy xã chỉ vào dưới máy khác với đường dẫn mà nó giữ: yêu cầu xin "
                + "'\(paths.map { "--scope \($0)" }.joined(separator: " ")) --kind hub', cấp đúng thế hoặc thôi"
        case .notBelow(let path, let own):
            "\(path) không nằm dưới \(own) mà máy này giữ: chỉ nhận những gì bắt đầu bằng đường dẫn của máy; "
                + "máy thành phố được tạo bằng phần đầu đường dẫn của các xã, ví dụ 48 cho 48/21004"
        case .noHubAddress:
            "chưa biết địa chỉ của máy xã: ghi bằng --hub, ví dụ 192.168.1.10:8443"
        case .badAddress(let word):
            "'\(word.prefix(60))' không phải địa chỉ: ghi máy:cổng, ví dụ 192.168.1.10:8443"
        case .noUnit(let path): "không có \(path): ghi tên tệp systemd bằng --unit"
        case .badUnit(let what, let word):
            "\(what.vietnamese) '\(word.prefix(60))' không đặt được trong tệp systemd: chọn tên đơn giản hơn"
        case .alreadyServed:
            "máy này đang được phục vụ: dừng 'doorstep serve' kia trước"
        case .noInvitation:
            "máy này chưa xin đăng ký: chạy 'doorstep enrol' với mã của máy xã"
        case .alreadyEnrolled: "máy này đã đăng ký: không cần làm gì thêm"
        case .revokedNode:
            "máy này đã bị thu hồi, thư mục này vẫn đọc được: xin cán bộ xã mã mới "
                + "('doorstep node replace' ở máy xã), rồi đăng ký bằng mã đó trong thư mục mới"
        case .revokedBelow(let name):
            "'\(name.prefix(60))' đã bị thu hồi, không đổi được nữa: nhận lại máy bằng 'doorstep node replace'"
        case .wrongRecoveryKey:
            "khóa khôi phục không mở được bản sao lưu này: lấy đúng khóa của bản sao lưu"
        case .noRecoveryKey:
            "chưa có khóa khôi phục: tạo bằng 'doorstep backup --new-key'"
        case .truncatedBackup: "bản sao lưu bị thiếu: dùng bản khác"
        case .unknownPlace(let name):
            "ở đây không có thôn hay phạm vi '\(name)': xem 'doorstep village list'"
        case .severalPlaces(let name, let paths):
            "có nhiều thôn tên '\(name.prefix(60))': ghi đường dẫn, \(paths.joined(separator: " hoặc "))"
        case .notForPeople(let place):
            "\(place) là phạm vi chung của xã, thôn nào cũng đọc: ghi tên thôn hoặc đơn vị, xem "
                + "'doorstep village list'"
        case .ofCommune(let type):
            "\(type) là của cả xã, ghi trong một thôn thì không được tính: bỏ --village"
        case .alreadyThere(let place): "bản ghi đã ở \(place): không có gì để chuyển"
        case .notDeleted: "bản ghi không bị xóa: không có gì để khôi phục"
        case .placeNeeded: "thôn nào? ghi bằng --village"
        case .villageExists(let name, let scope):
            "thôn \(name) đã có, là \(scope): chọn tên khác hoặc đường dẫn khác"
        case .badVillagePath(let path, let own):
            "'\(path.prefix(60))' không làm đường dẫn của thôn ở máy này được: ghi \(own)/ rồi tên gồm chữ "
                + "thường a đến z không dấu, số, gạch nối, ví dụ \(own)/thon-1"
        case .villageEnded(let name, let next?):
            "\(name) không còn là thôn: ghi \(next), nơi thôn đã nhập vào"
        case .villageEnded(let name, nil):
            "\(name) không còn là thôn: ghi thôn khác, xem 'doorstep village list'"
        case .villagePathFixed(let scope):
            "đường dẫn \(scope) giữ nguyên khi thôn còn đó, vì mọi bản ghi của thôn nằm dưới nó: thêm thôn "
                + "mới, chuyển các hộ ('doorstep record move'), rồi ghi thôn mới vào merged_into"
        case .villageInhabited(let name, let households):
            "còn \(households) hộ ở \(name): chuyển các hộ đó trước, bằng 'doorstep record move'"
        case .noPath(let name):
            "không lấy được đường dẫn từ tên '\(name)': ghi đường dẫn bằng --path"
        case .recipientNeeded: "gói cho máy nào? ghi bằng --to"
        case .unknownType(let name, let known):
            "không có loại bản ghi '\(name)': chọn một trong \(known.joined(separator: ", "))"
        case .unknownField(let name, let type):
            "\(type) không có mục '\(name)': xem 'doorstep record fields \(type)'"
        case .repeatedField(let name): "mục '\(name)' ghi hai lần: bỏ bớt một"
        case .unknownIndicator(let name):
            "không có chỉ tiêu '\(name)': xem mã trong 'doorstep coverage'"
        case .ofAgency(let name):
            "'\(name)' do cơ quan báo cáo ('doorstep figure add'), không có ai để liệt kê: xem 'doorstep "
                + "coverage --indicator \(name)'"
        case .registerDayNeeded:
            "danh sách có cột của dữ liệu nghiệp vụ: ghi ngày của danh sách bằng --register-on"
        case .noRegisterColumn:
            "danh sách không có cột nào của công an hay cơ quan chi trả: bỏ --register-on, "
                + "hoặc ghi cột bằng --column"
        case .hasChildren(let count):
            "còn \(count) bản ghi thuộc về nó: xóa cùng bằng --with-children"
        case .disputed(let fields):
            "\(fields.joined(separator: ", ")) đang chờ quyết định: xem 'doorstep conflict show', "
                + "rồi 'doorstep conflict resolve'"
        case .gone(.deleted): "bản ghi đã bị xóa: bỏ việc xóa bằng 'doorstep record restore'"
        case .gone(.merged(let id)): "bản ghi đã gộp vào \(id): ghi vào bản ghi đó"
        case .gone(.moved(let scope)):
            "bản ghi đã chuyển sang \(scope): máy của nơi đó ghi tiếp"
        case .gone(.erased): "bản ghi đã xóa theo yêu cầu: không được ghi lại"
        case .refused: description
        case .damagedBackup: "bản sao lưu bị hỏng: dùng bản khác"
        case .mistypedRecoveryKey:
            "khóa khôi phục gõ sai hoặc thiếu: so lại với bản giấy"
        case .nothingAbove:
            "máy này không có máy cấp trên: ghi thư mục USB, hoặc để các máy dưới tự đồng bộ"
        case .alreadySyncing: "máy này đang đồng bộ: chờ xong rồi làm lại"
        case .backupRunning: "đang có lần sao lưu khác của máy này: chờ xong rồi làm lại"
        case .unsoundDatabase(let path):
            "cơ sở dữ liệu \(path) bị hỏng: chạy 'doorstep doctor', rồi khôi phục bản sao lưu"
        case .recordExists:
            "mã này là của bản ghi khác: hãy ghi lại lượt đến"
        case .keptByProgram(let type):
            "\(type) không phải bản ghi khảo sát: xem 'doorstep user', 'doorstep node', 'doorstep access'"
        case .user(let error): error.vietnamese
        }
    }
}

extension NodeError.WantedFile {
    fileprivate var vietnamese: String {
        switch self {
        case .file: "một tệp"
        case .backup: "bản sao lưu của một máy Doorstep"
        }
    }
}

extension NodeError.UnitPart {
    fileprivate var vietnamese: String {
        switch self {
        case .name: "tên tệp systemd"
        case .user: "người dùng"
        case .path: "đường dẫn"
        case .word: "từ"
        }
    }
}
