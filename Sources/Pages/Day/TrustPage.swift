import HTTP
import Node
import Survey

/// How a phone or laptop comes to trust the node's own authority.
extension Page {
    static let trust = Page(
        label: "trust",
        gate: .open,
        show: { caller, rooms in
            let say = caller.say
            var frame = caller.frame(
                say("Tin cậy máy này", "Trust this node"),
                isNarrow: true
            )
            frame.here = LocalPath("/trust")
            guard let authority = rooms.machine.authority else {
                return Replies.page(
                    frame.page {
                        element("p") {
                            say(
                                "Chứng thư của máy này do nơi khác cấp, hoặc trang chạy ngay trên máy: trình duyệt không cần cài gì.",
                                "This node's certificate is another authority's, or the page is on this very machine: browsers need nothing."
                            )
                        }
                    }
                )
            }
            return Replies.page(frame.page { TrustSteps(say: say, authority: authority).html })
        }
    )

    /// The public part of the authority, as a file.
    static let authorityFile = Page(
        label: "authority",
        gate: .open,
        show: { caller, rooms in
            guard let authority = rooms.machine.authority else { return Errors.page(404, caller) }
            return Replies.certificate(authority.pem, named: TrustSteps.fileName)
        }
    )
}

struct TrustSteps {
    static let fileName: StaticString = "doorstep.crt"

    let say: Speech
    let authority: AuthorityCertificate

    /// As systems show it: pairs of digits with colons.
    private var fingerprint: String {
        let digits = Array("0123456789ABCDEF")
        return authority.digest.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
            .joined(separator: ":")
    }

    private var madeAt: String { say.time(UInt64(max(0, authority.madeAt)) * 1000) }

    @HTMLBuilder var html: HTML {
        element("p") {
            say(
                "Máy này tự cấp chứng thư, nên trình duyệt cảnh báo ở lần đầu. Cài chứng thư gốc dưới đây một lần trên mỗi điện thoại hay máy tính; sau đó không còn cảnh báo và trang dùng được cả khi ra khỏi Wi-Fi của máy.",
                "This node certifies itself, so browsers warn at first. Install the authority below once on each phone or laptop: the warning ends, and the pages work away from the node's Wi-Fi too."
            )
        }
        Component.card(say("1. So dấu vân tay", "1. Compare the fingerprint")) {
            element("p") {
                say(
                    "Mở trang này trên chính máy chủ (hoặc hỏi người quản trị) và so dãy số này (SHA-256). Khác thì dừng lại.",
                    "Open this page on the node itself (or ask the administrator) and compare these digits (SHA-256). If they differ, stop."
                )
            }
            element("p", .class("fingerprint")) { fingerprint }
            element("p", .class("hint")) {
                say(
                    "Chứng thư gốc này tạo lúc \(madeAt). Máy nào đã cài bản trước đó thì cài lại bản này.",
                    "This authority was made at \(madeAt). Whoever has installed an earlier one needs this one as well."
                )
            }
        }
        Component.card(say("2. Tải chứng thư gốc", "2. Download the authority")) {
            Component.linkButton(
                LocalPath("/trust", "\(Self.fileName)"),
                say("Tải doorstep.crt", "Download doorstep.crt")
            )
        }
        Component.card(say("3. Cài đặt", "3. Install it")) {
            for device in devices { steps(device.name, device.steps) }
        }
    }

    private func steps(_ name: String, _ steps: [String]) -> HTML {
        element("details") {
            element("summary") { name }
            element("ol") {
                for step in steps { element("li") { step } }
            }
        }
    }

    private var devices: [(name: String, steps: [String])] {
        [
            (
                "Android",
                [
                    say(
                        "Tải tệp bằng Chrome. Nếu điện thoại báo chứng chỉ CA phải cài trong Cài đặt thì bấm Đóng và làm tiếp.",
                        "Download the file with Chrome. If the phone says that CA certificates are installed in Settings, close that and go on."
                    ),
                    say(
                        "Mở Cài đặt → Bảo mật (Bảo mật và quyền riêng tư) → Cài đặt bảo mật khác → Mã hóa và thông tin xác thực. Không thấy thì gõ “chứng chỉ CA” vào ô tìm kiếm của Cài đặt; điện thoại Samsung ghi là Cài đặt từ bộ nhớ điện thoại.",
                        "Open Settings → Security (and privacy) → More security settings → Encryption and credentials. If it is not there, type “CA certificate” into the search of Settings; Samsung phones call it Install from phone storage."
                    ),
                    say(
                        "Chọn Cài đặt chứng chỉ → Chứng chỉ CA → Vẫn cài đặt.",
                        "Choose Install a certificate → CA certificate → Install anyway."
                    ),
                    say(
                        "Nhập khóa màn hình (chưa có thì điện thoại bắt đặt), rồi chọn tệp doorstep.crt trong Tệp đã tải xuống.",
                        "Enter the screen lock (a phone without one asks for it first), then choose doorstep.crt among the downloads."
                    ),
                    say(
                        "Mở lại trình duyệt Chrome và vào lại trang này: không còn cảnh báo.",
                        "Open Chrome and this page again: the warning is gone."
                    ),
                ]
            ),
            (
                "iPhone, iPad",
                [
                    say(
                        "Tải tệp bằng Safari (trình duyệt khác không cài được) và chọn Cho phép hoặc Tải về; nếu tệp nằm trong ứng dụng Tệp thì chạm vào doorstep.crt.",
                        "Download the file with Safari (other browsers cannot install it) and choose Allow or Download; if it lies in the Files app, tap doorstep.crt there."
                    ),
                    say(
                        "Mở Cài đặt → Cài đặt chung → VPN & Quản lý thiết bị (máy cũ: Đã tải về hồ sơ, ở đầu trang Cài đặt) → chọn hồ sơ Doorstep → Cài đặt, nhập mật mã máy.",
                        "Open Settings → General → VPN & Device Management (older: Profile Downloaded, at the top of Settings) → the Doorstep profile → Install, and enter the passcode."
                    ),
                    say(
                        "Vào Cài đặt → Cài đặt chung → Giới thiệu → Cài đặt tin cậy chứng nhận, bật chứng thư Doorstep.",
                        "Go to Settings → General → About → Certificate Trust Settings and switch the Doorstep certificate on."
                    ),
                ]
            ),
            (
                "Windows",
                [
                    say(
                        "Bấm đúp tệp doorstep.crt → Install Certificate → Current User.",
                        "Double-click doorstep.crt → Install Certificate → Current User."
                    ),
                    say(
                        "Chọn “Place all certificates in the following store” → Trusted Root Certification Authorities → Finish.",
                        "Choose “Place all certificates in the following store” → Trusted Root Certification Authorities → Finish."
                    ),
                    say(
                        "So dấu vân tay mà Windows hiện rồi chọn Yes. Mở lại trình duyệt.",
                        "Compare the fingerprint that Windows shows and choose Yes. Open the browser again."
                    ),
                ]
            ),
            (
                "Linux",
                [
                    say(
                        "Chrome, Chromium: Cài đặt → Quyền riêng tư và bảo mật → Bảo mật → Quản lý chứng chỉ → Tổ chức phát hành → Nhập.",
                        "Chrome, Chromium: Settings → Privacy and security → Security → Manage certificates → Authorities → Import."
                    ),
                    say(
                        "Firefox: Cài đặt → Riêng tư và bảo mật → Xem chứng chỉ → Nhà chức trách → Nhập, tin cậy để nhận dạng trang web.",
                        "Firefox: Settings → Privacy and Security → View Certificates → Authorities → Import, trust it to identify websites."
                    ),
                ]
            ),
        ]
    }
}
