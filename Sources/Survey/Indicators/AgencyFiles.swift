extension Indicator {
    /// Files, results and payments that agencies count (indicators, section 3).
    static let agencyFiles = [
        agency(
            "files-fully-online",
            "II.1",
            80,
            .commune,
            Label("Hồ sơ xử lý hoàn toàn trực tuyến", "Files processed fully online"),
            "Tối thiểu 80% hồ sơ TTHC được xử lý hoàn toàn trực tuyến (trừ số ít thủ tục đặc thù "
                + "phải tương tác trực tiếp)",
            Label("hồ sơ hoàn toàn trực tuyến", "files processed fully online"),
            Label("hồ sơ nhận trong kỳ, trừ thủ tục đặc thù", "files received, special ones apart")
        ),
        agency(
            "business-once-only",
            "II.1",
            80,
            .commune,
            Label("Giấy tờ kinh doanh chỉ nộp một lần", "Business papers asked once"),
            "Tối thiểu 80% thông tin, giấy tờ, tài liệu trong các TTHC liên quan sản xuất, kinh "
                + "doanh chỉ phải cung cấp một lần cho cơ quan nhà nước",
            Label("giấy tờ chỉ nộp một lần", "items asked once"),
            Label("giấy tờ", "items")
        ),
        agency(
            "results-linked-id",
            "II.1",
            100,
            .commune,
            Label("Kết quả gắn tài khoản định danh", "Results linked to the account"),
            "100% kết quả TTHC của cá nhân đều được số hóa và kết nối với tài khoản định danh "
                + "điện tử của công dân, tổ chức",
            Label("kết quả đã số hóa, kết nối", "results digitised and linked"),
            Label("kết quả cấp cho cá nhân", "results issued to individuals")
        ),
        agency(
            "units-vneid-login",
            "II.1",
            100,
            .city,
            Label("Đăng nhập bằng VNeID", "Sign-in by VNeID"),
            "100% đơn vị sử dụng thống nhất tài khoản VNeID làm phương thức đăng nhập cho Hệ "
                + "thống thông tin giải quyết thủ tục hành chính",
            Label("đơn vị đã dùng", "units that do"),
            Label("đơn vị", "units")
        ),
        agency(
            "results-electronic",
            "II.1",
            100,
            .commune,
            Label("Kết quả trả điện tử và lưu trữ", "Results returned electronically and kept"),
            "100% kết quả giải quyết TTHC được trả cho người dân dưới dạng điện tử và lưu trữ "
                + "trong hệ thống thông tin giải quyết thủ tục hành chính (có gắn số định danh cá "
                + "nhân) phục vụ tái sử dụng",
            Label("kết quả trả và lưu điện tử", "results returned and kept"),
            Label("kết quả", "results")
        ),
        agency(
            "legacy-results-digitised",
            "II.1",
            50,
            .commune,
            Label("Số hóa kết quả cũ", "Old results digitised"),
            "Tối thiểu 50% hồ sơ kết quả giải quyết thủ tục hành chính (trước khi được lưu trữ "
                + "bằng các hệ thống thông tin) phải được số hóa, lưu trữ điện tử để tái sử dụng",
            Label("kết quả cũ đã số hóa", "old results digitised"),
            Label("kết quả cũ trên giấy còn hiệu lực", "old paper results in force")
        ),
        agency(
            "tthc-boundary-free",
            "II.1",
            100,
            .city,
            Label("TTHC không phụ thuộc địa giới", "Procedures free of boundaries"),
            "100% TTHC được thực hiện không phụ thuộc vào địa giới hành chính trong phạm vi cấp "
                + "tỉnh",
            Label("thủ tục đạt", "procedures that are"),
            Label("thủ tục", "procedures")
        ),
        agency(
            "cashless-online-services",
            "II.2",
            100,
            .commune,
            Label("Thanh toán không tiền mặt trong DVCTT", "Cashless payment in online services"),
            "100% thanh toán không dùng tiền mặt trong quá trình thực hiện dịch vụ công trực tuyến",
            Label("lượt thanh toán không tiền mặt", "cashless payments"),
            Label("lượt thanh toán", "payments")
        ),
        agency(
            "tthc-results-vneid",
            "II.4",
            50,
            .city,
            Label("TTHC có kết quả đồng bộ về VNeID", "Procedures with results on VNeID"),
            "Tối thiểu 50% thủ tục hành chính có kết quả giải quyết được tích hợp, đồng bộ về "
                + "VNeID phục vụ cắt giảm thủ tục hành chính",
            Label("thủ tục có kết quả đồng bộ", "procedures with synced results"),
            Label("thủ tục", "procedures")
        ),
        Indicator(
            name: "online-service-use-files",
            label: Label("Hồ sơ nộp trực tuyến", "Files submitted online"),
            target: 70,
            role: .reading(of: "online-service-use-person"),
            measure: .agency(
                numerator: Label("hồ sơ nộp trực tuyến", "files submitted online"),
                denominator: Label("hồ sơ", "files")
            )
        ),
    ]

    /// Targets without a number (indicators, section 3.1).
    static let milestones = [
        milestone(
            "once-only-entry",
            "II.1",
            .city,
            Label("Chỉ nhập thông tin một lần", "Information entered once"),
            "Người dân, doanh nghiệp chỉ phải nhập thông tin một lần duy nhất khi sử dụng dịch vụ "
                + "công."
        ),
        milestone(
            "fee-policy-advice",
            "II.1",
            .commune,
            Label("Góp ý chính sách miễn, giảm phí", "Advice on waiving fees"),
            "Tham mưu góp ý ban hành chính sách miễn, giảm phí, lệ phí sử dụng dịch vụ công trực "
                + "tuyến, thanh toán trực tuyến trong giai đoạn 2026-2030"
        ),
        milestone(
            "city-data-sync",
            "II.4",
            .city,
            Label("Đồng bộ kho dữ liệu dùng chung", "The city's shared data synced"),
            "Hoàn thành việc kết nối, đồng bộ Kho dữ liệu dùng chung của thành phố về Trung tâm dữ "
                + "liệu quốc gia."
        ),
        milestone(
            "broadband-link",
            "II.4",
            .city,
            Label("Kết nối băng thông rộng", "Broadband link"),
            "Đảm bảo kết nối băng thông rộng tốc độ cao, an toàn tới Trung tâm dữ liệu quốc gia về "
                + "dân cư, các hệ thống của các bộ, ngành."
        ),
        milestone(
            "security-measures",
            "II.5",
            .commune,
            Label("Biện pháp an ninh, an toàn thông tin", "Information security measures"),
            "Triển khai đồng bộ, kịp thời biện pháp quản lý Nhà nước đảm bảo an ninh, an toàn thông "
                + "tin cho các cơ quan, đơn vị trên địa bàn xã."
        ),
        milestone(
            "soc-in-operation",
            "II.5",
            .city,
            Label("Trung tâm Giám sát an ninh mạng (SOC)", "Security operations centre"),
            "Hoàn thành xây dựng và đưa vào vận hành Trung tâm Giám sát an ninh mạng (SOC)"
        ),
    ]

    private static func milestone(
        _ name: String,
        _ place: String,
        _ level: Level,
        _ label: Label,
        _ wording: String
    ) -> Indicator {
        Indicator(name: name, label: label, wording: wording, place: place, level: level)
    }
}
