package import Survey

/// Why an exchange over a line did not reach its end, in words that say what to do.
///
/// Nothing is lost by any of them: what was applied stays, and the next exchange goes on.
package enum SyncProblem: Hashable, Sendable {
    /// No address of the hub answers: no network, or the hub is switched off.
    case unreachable
    /// The hub's name leads to no address: no name server answers, or none knows it.
    case noName
    /// The line broke, or somebody between cut it.
    case cut
    /// Nothing came for too long.
    case timeout
    /// Something answers that is no hub: the sign-in page of a public network, most often.
    case portal
    /// The line ends at a machine with another key than the hub's.
    case otherKey
    /// The proxy that this machine is told to use wants a password.
    case proxyPassword
    /// That proxy does not answer, or leads to no hub.
    case proxyRefused
    /// That proxy opens the line, and shows a key of its own.
    case proxyKey
    /// The certificate that is shown is not valid by this machine's clock: one of the two is wrong.
    case certificateTime
    /// A hub answers, but it is not this node's.
    case wrongHub
    /// A node answers that is no hub.
    case noHub
    case notEnrolled
    case revoked
    /// `theirs`: the hub's version of the protocol, 0 where it has not said.
    case version(theirs: UInt64, ours: UInt64)
    /// The hub has too much to do, and has said for how many seconds.
    case busy(retryAfterSeconds: Int)
    /// This machine's disk is full, or cannot be written.
    case diskFull
    case hubDiskFull
    /// The hub failed by itself.
    case hubFailed
    /// Bytes were changed on the way, or do not follow the protocol.
    case damaged
    /// The hub takes no more at once than it was sent.
    case tooLarge
    /// The hub takes no part of some log: its writer has no right there, or it is not sound.
    case refused
    /// No address of the hub is known.
    case noAddress
    /// No invitation has this code, or it was tried too often.
    case codeWrong
    case codeExpired
    /// Another machine has used the code.
    case codeUsed
    /// The programme was stopped meanwhile.
    case stopped
    /// Anything else on this machine.
    case failed

    /// A word for programs, kept and sent.
    package var code: String {
        switch self {
        case .unreachable: "unreachable"
        case .noName: "no-name"
        case .cut: "cut"
        case .timeout: "timeout"
        case .portal: "portal"
        case .otherKey: "other-key"
        case .proxyPassword: "proxy-password"
        case .proxyRefused: "proxy-refused"
        case .proxyKey: "proxy-key"
        case .certificateTime: "certificate-time"
        case .wrongHub: "wrong-hub"
        case .noHub: "no-hub"
        case .notEnrolled: "not-enrolled"
        case .revoked: "revoked"
        case .version: "version"
        case .busy: "busy"
        case .diskFull: "disk-full"
        case .hubDiskFull: "hub-disk-full"
        case .hubFailed: "hub-failed"
        case .damaged: "damaged"
        case .tooLarge: "too-large"
        case .refused: "refused"
        case .noAddress: "no-address"
        case .codeWrong: "code-wrong"
        case .codeExpired: "code-expired"
        case .codeUsed: "code-used"
        case .stopped: "stopped"
        case .failed: "failed"
        }
    }

    /// What a code stands for; numbers that came with it are not kept.
    package init?(code: String) {
        let plain: [SyncProblem] = [
            .unreachable, .noName, .cut, .timeout, .portal, .otherKey, .proxyPassword,
            .proxyRefused, .proxyKey, .certificateTime, .wrongHub, .noHub, .notEnrolled, .revoked,
            .version(theirs: 0, ours: 0), .busy(retryAfterSeconds: 0), .diskFull, .hubDiskFull,
            .hubFailed, .damaged, .tooLarge, .refused, .noAddress, .codeWrong, .codeExpired,
            .codeUsed, .stopped,
            .failed,
        ]
        guard let found = plain.first(where: { $0.code == code }) else { return nil }
        self = found
    }

    /// Whether trying again may help without a person's doing.
    package var isHopeless: Bool {
        switch self {
        case .notEnrolled, .revoked, .version, .noAddress, .wrongHub, .noHub, .codeWrong,
            .codeExpired,
            .codeUsed:
            true
        default: false
        }
    }

    /// The same for whoever has no command line: what he does himself, or whom he tells.
    package var plainLabel: Label {
        switch self {
        case .unreachable:
            Label(
                "không tới được máy xã: kiểm tra mạng, hoặc máy xã đang tắt; nếu máy xã đã đổi địa chỉ, trưởng nhóm ghi địa chỉ mới ở trang Đồng bộ",
                "the hub cannot be reached: check the network, or the hub is switched off; if it has another address now, the lead enters it on the Sync page"
            )
        case .otherKey, .wrongHub, .noHub:
            Label(
                "máy trả lời không phải máy xã: nếu máy xã đã đổi địa chỉ, trưởng nhóm ghi địa chỉ mới ở trang Đồng bộ; nếu không, báo cán bộ xã",
                "the machine that answers is not the hub: if it has another address now, the lead enters it on the Sync page; if not, tell the commune's officer"
            )
        case .noName:
            Label(
                "không hỏi được địa chỉ của máy xã: kiểm tra mạng, hoặc báo cán bộ xã",
                "nobody tells the hub's address: check the network, or tell the commune's officer"
            )
        case .notEnrolled:
            Label(
                "máy xã chưa nhận máy này: báo cán bộ xã",
                "the hub does not know this node: tell the commune's officer"
            )
        case .noAddress:
            Label(
                "chưa biết địa chỉ máy xã: chép qua USB, hoặc báo cán bộ xã",
                "the hub's address is not known: use a USB stick, or tell the commune's officer"
            )
        case .proxyPassword, .proxyRefused, .proxyKey:
            Label(
                "\(label.untilColon.vi): chép qua USB, hoặc báo cán bộ xã",
                "\(label.untilColon.en): use a USB stick, or tell the commune's officer"
            )
        case .failed:
            Label(
                "máy này gặp lỗi: báo cán bộ xã",
                "this node failed: tell the commune's officer"
            )
        default: label
        }
    }

    /// What is wrong in a few words, without what helps.
    package var shortLabel: Label {
        switch self {
        case .portal: Label("mạng này chặn đường tới máy xã", "this network is in the way")
        case .otherKey: Label("máy trả lời không phải máy xã", "another machine answers")
        case .proxyKey: Label("proxy của mạng mở kết nối", "this network's proxy opens the line")
        case .certificateTime:
            Label("sai ngày giờ hoặc chứng thư hết hạn", "wrong clock, or an old certificate")
        case .wrongHub, .noHub: Label("sai địa chỉ máy xã", "not the hub's address")
        case .version: Label("máy xã dùng phiên bản khác", "the hub has another version")
        case .codeWrong: Label("mã không đúng", "the code is wrong")
        case .refused:
            Label("máy xã không nhận một phần thay đổi", "the hub does not take some changes")
        default: plainLabel.untilColon
        }
    }

    package var label: Label {
        switch self {
        case .unreachable:
            Label(
                "không tới được máy xã: kiểm tra mạng, hoặc máy xã đang tắt; nếu máy xã đã đổi địa chỉ, ghi 'doorstep sync --hub ĐỊA_CHỈ'",
                "the hub cannot be reached: check the network, or the hub is switched off; if it has another address now, give 'doorstep sync --hub ADDRESS'"
            )
        case .noName:
            Label(
                "không hỏi được địa chỉ của tên máy xã: kiểm tra mạng, hoặc thêm địa chỉ số bằng 'doorstep sync --hub ĐỊA_CHỈ'",
                "nobody tells the address of the hub's name: check the network, or give a number address with 'doorstep sync --hub ADDRESS'"
            )
        case .cut:
            Label(
                "đường truyền bị ngắt giữa chừng: lần sau sẽ tiếp tục từ đó",
                "the line was cut: the next sync goes on from there"
            )
        case .timeout:
            Label(
                "máy xã không trả lời kịp: sẽ thử lại",
                "the hub did not answer in time: it is tried again"
            )
        case .portal:
            Label(
                "mạng này trả lời thay máy xã (trang đăng nhập Wi-Fi?): đăng nhập mạng rồi thử lại",
                "this network answers in the hub's place (a Wi-Fi sign-in page?): sign in to it first"
            )
        case .otherKey:
            Label(
                "máy trả lời có khóa khác với máy xã: nếu máy xã đã đổi địa chỉ, ghi 'doorstep sync --hub ĐỊA_CHỈ'; nếu địa chỉ vẫn đúng, báo cán bộ",
                "the machine that answers has another key than the hub: if the hub has another address now, give 'doorstep sync --hub ADDRESS'; if the address is right, tell an officer"
            )
        case .proxyPassword:
            Label(
                "proxy của mạng này đòi tên và mật khẩu: ghi chúng trong https_proxy, hoặc ghi máy xã vào no_proxy",
                "this network's proxy wants a name and password: give them in https_proxy, or name the hub in no_proxy"
            )
        case .proxyRefused:
            Label(
                "proxy của mạng này không cho tới máy xã: kiểm tra https_proxy, hoặc ghi máy xã vào no_proxy",
                "this network's proxy does not lead to the hub: check https_proxy, or name the hub in no_proxy"
            )
        case .proxyKey:
            Label(
                "proxy của mạng này mở kết nối và đưa khóa của nó, chưa gửi gì: ghi máy xã vào no_proxy, hoặc nhờ người quản lý mạng cho máy xã đi thẳng",
                "this network's proxy opens the line and shows a key of its own, nothing was sent: name the hub in no_proxy, or ask whoever runs the network to let the hub through"
            )
        case .certificateTime:
            Label(
                "theo đồng hồ của máy này, chứng thư của máy xã chưa có hiệu lực hoặc đã hết hạn: chỉnh ngày giờ của máy; nếu đã đúng, báo cán bộ thay chứng thư",
                "by this machine's clock the hub's certificate is not valid yet, or has expired: set the date and time; if they are right, tell the officer to renew it"
            )
        case .wrongHub:
            Label(
                "đây là máy xã khác: ghi đúng địa chỉ bằng 'doorstep sync --hub ĐỊA_CHỈ'",
                "this is another commune's hub: give the right address with 'doorstep sync --hub ADDRESS'"
            )
        case .noHub:
            Label(
                "máy ở địa chỉ này không phải máy xã: ghi đúng địa chỉ bằng 'doorstep sync --hub ĐỊA_CHỈ'",
                "the machine at this address is no hub: give the right address with 'doorstep sync --hub ADDRESS'"
            )
        case .notEnrolled:
            Label(
                "máy xã chưa nhận máy này: xin mã và chạy 'doorstep enrol'",
                "the hub does not know this node: ask for a code and run 'doorstep enrol'"
            )
        case .revoked:
            Label(
                "máy này đã bị thu hồi: xin cán bộ xã mã mới và đăng ký trong thư mục mới; dữ liệu ở đây vẫn còn",
                "this node was revoked: ask the commune's officer for a new code and enrol in a new folder; the data here is kept"
            )
        case .version(let theirs, let ours):
            theirs == 0
                ? Label(
                    "máy xã dùng phiên bản khác: cập nhật máy cũ hơn",
                    "the hub has another version: update the older one"
                )
                : Label(
                    "máy xã dùng giao thức \(theirs), máy này \(ours): cập nhật máy cũ hơn",
                    "the hub speaks protocol \(theirs), this node \(ours): update the older one"
                )
        case .busy: Label("máy xã đang bận: sẽ thử lại", "the hub is busy: it is tried again")
        case .diskFull:
            Label(
                "đĩa của máy này đầy: giải phóng chỗ trống",
                "this machine's disk is full: free some space"
            )
        case .hubDiskFull:
            Label("đĩa của máy xã đầy: báo cán bộ xã", "the hub's disk is full: tell the officer")
        case .hubFailed:
            Label(
                "máy xã gặp lỗi: báo cán bộ xã xem nhật ký",
                "the hub failed: tell the officer to look at its log"
            )
        case .damaged:
            Label(
                "dữ liệu bị hỏng trên đường truyền: sẽ thử lại",
                "data was damaged on the way: it is tried again"
            )
        case .tooLarge:
            Label(
                "máy xã không nhận gói lớn như vậy: sẽ gửi từng phần",
                "the hub takes no bundle so large: it is sent in parts"
            )
        case .refused:
            Label(
                "máy xã không nhận một phần thay đổi: báo cán bộ xã; dữ liệu ở đây vẫn còn",
                "the hub does not take some of the changes: tell the officer; the data here is kept"
            )
        case .noAddress:
            Label(
                "chưa biết địa chỉ máy xã: thêm bằng 'doorstep sync --hub ĐỊA_CHỈ'",
                "no address of the hub is known: give one with 'doorstep sync --hub ADDRESS'"
            )
        case .codeWrong:
            Label(
                "mã không đúng hoặc đã bị khóa vì nhập sai nhiều lần: xin mã mới",
                "the code is wrong, or void after too many wrong tries: ask for a new one"
            )
        case .codeExpired:
            Label("mã đã hết hạn: xin mã mới", "the code has expired: ask for a new one")
        case .codeUsed:
            Label(
                "mã đã được máy khác dùng: xin mã mới và báo cán bộ",
                "another machine has used the code: ask for a new one, and tell the officer"
            )
        case .stopped:
            Label(
                "đã dừng giữa chừng: lần sau sẽ tiếp tục",
                "stopped on the way: the next sync goes on from there"
            )
        case .failed:
            Label(
                "máy này gặp lỗi: chạy 'doorstep doctor'",
                "this machine failed: run 'doorstep doctor'"
            )
        }
    }
}

extension Label {
    fileprivate var untilColon: Label {
        func head(_ text: String) -> String { String(text.prefix { $0 != ":" }) }
        return Label(head(vi), head(en))
    }
}
