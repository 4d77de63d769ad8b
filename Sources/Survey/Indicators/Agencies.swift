extension Indicator {
    /// Targets that agencies report; the system never estimates them (indicators, section 3).
    static let agencies = [
        agency(
            "dvc-field-catalogue",
            "II.1",
            50,
            .city,
            Label("Ban hành danh mục trường thông tin", "Field catalogue issued"),
            "50% dịch vụ công, thủ tục hành chính hoàn thành việc ban hành danh mục các trường "
                + "thông tin cần cung cấp tương ứng với Hệ thống từ điển quốc gia",
            Label("thủ tục có danh mục", "procedures with a catalogue"),
            Label("thủ tục trong phạm vi", "procedures in scope")
        ),
        agency(
            "dvc-confirm-abolished",
            "II.1",
            50,
            .city,
            Label("Bãi bỏ thủ tục xác nhận thông tin", "Confirmation services abolished"),
            "50% dịch vụ công cung cấp, xác nhận thông tin được bãi bỏ thủ tục và tích hợp thông "
                + "tin, giấy tờ cần xác nhận, cung cấp trên VNeID khi đáp ứng toàn trình về dữ liệu",
            Label("dịch vụ đã bãi bỏ và tích hợp", "services abolished and integrated"),
            Label("dịch vụ xác nhận đủ dữ liệu", "confirmation services with complete data")
        ),
        agency(
            "dvc-auto-5min",
            "II.1",
            50,
            .city,
            Label("Xử lý không quá 05 phút, không cần cán bộ", "Within 5 minutes, unattended"),
            "50% dịch vụ công cần công dân xác nhận, yêu cầu được cắt giảm thời gian xử lý không "
                + "quá 05 phút và cắt giảm hoàn toàn cán bộ xử lý khi toàn trình về dữ liệu",
            Label("dịch vụ đạt", "services that do so"),
            Label("dịch vụ đủ dữ liệu", "such services with complete data")
        ),
        agency(
            "dvc-status-vneid",
            "II.1",
            50,
            .city,
            Label("Thông báo trạng thái, kết quả trên VNeID", "Status and result on VNeID"),
            "50% dịch vụ công, thủ tục hành chính được thông báo trạng thái, kết quả xử lý hồ sơ "
                + "và đồng bộ kết quả trên VNeID",
            Label("thủ tục có thông báo, đồng bộ", "procedures notifying and syncing"),
            Label("thủ tục", "procedures")
        ),
        agency(
            "dvctt-essential-full",
            "II.1",
            100,
            .city,
            Label("DVCTT thiết yếu toàn trình", "Essential services full-process"),
            "100% dịch vụ công trực tuyến thiết yếu … được cung cấp ở mức độ toàn trình",
            Label("dịch vụ toàn trình", "full-process services"),
            Label("dịch vụ thiết yếu", "essential services")
        ),
        agency(
            "dvctt-common-full",
            "II.1",
            80,
            .city,
            Label("DVCTT phổ biến khác toàn trình", "Other common services full-process"),
            "tối thiểu 80% dịch vụ công trực tuyến phổ biến khác được cung cấp ở mức độ toàn trình",
            Label("dịch vụ toàn trình", "full-process services"),
            Label("dịch vụ phổ biến khác", "other common services")
        ),
        agency(
            "dvctt-essential-data-reuse",
            "II.1",
            80,
            .city,
            Label("DVCTT thiết yếu dùng dữ liệu số hóa", "Essential services reusing data"),
            "80% dịch vụ công trực tuyến thiết yếu … sử dụng dữ liệu số hóa (tự động điền, kiểm "
                + "tra, không yêu cầu người dân nộp lại)",
            Label("dịch vụ dùng lại dữ liệu", "services reusing data"),
            Label("dịch vụ thiết yếu", "essential services")
        ),
        agency(
            "dvctt-common-data-reuse",
            "II.1",
            50,
            .city,
            Label(
                "DVCTT phổ biến dùng dữ liệu số hóa",
                "Full-process common services reusing data"
            ),
            "50% dịch vụ công trực tuyến toàn trình phổ biến sử dụng dữ liệu số hóa",
            Label("dịch vụ dùng lại dữ liệu", "services reusing data"),
            Label("dịch vụ toàn trình phổ biến", "full-process common services")
        ),
    ]

    static func agency(
        _ name: String,
        _ place: String,
        _ target: Int,
        _ level: Level,
        _ label: Label,
        _ wording: String,
        _ numerator: Label,
        _ denominator: Label
    ) -> Indicator {
        Indicator(
            name: name,
            label: label,
            wording: wording,
            place: place,
            target: target,
            level: level,
            measure: .agency(numerator: numerator, denominator: denominator)
        )
    }
}
