/// What the workload's names, addresses and devices are made of; every person is invented.
enum WorkloadWords {
    static let familyNames = words(
        """
        Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Tạ Trương Cao
        """
    )
    /// Positions in ``familyNames``, each as often as its name is common.
    static let familyWeights =
        [(0, 38), (1, 12), (2, 10), (3, 7), (4, 5), (5, 5), (6, 4), (7, 4)].flatMap {
            Array(repeating: $0.0, count: $0.1)
        } + Array(8..<20)
    static let maleMiddleNames = words(
        "Văn Hữu Đức Công Quang Minh Thanh Xuân Đình Quốc Ngọc Trọng Bá Viết"
    )
    static let femaleMiddleNames = words(
        "Thị Thị Thị Ngọc Thanh Thu Kim Mỹ Hồng Bích Diệu Như Phương Thị Mỹ"
    )
    static let maleNames = words(
        """
        An Bình Cường Dũng Đạt Hải Hiếu Hòa Hùng Huy Khoa Lâm Long Minh Nam Nghĩa Phong Phúc Quân \
        Sơn Tài Tâm Thắng Thịnh Toàn Trung Tuấn Việt Vinh Vũ
        """
    )
    static let femaleNames = words(
        """
        Anh Chi Dung Duyên Hà Hạnh Hiền Hoa Hồng Hương Lan Liên Linh Loan Mai My Nga Ngân Ngọc \
        Nhung Oanh Phượng Quyên Tâm Thảo Thủy Trang Trinh Vân Yến
        """
    )
    static let villages = [
        "Thuận Yên", "Tứ Hòa", "Đức Bố", "Trung Chánh", "Xuân Vinh", "Mỹ Trung", "Phú Quý",
        "An Thành", "Long Phước", "Hòa Đông", "Tân Mỹ", "Đồng Trì", "Thạnh Hòa", "Vĩnh An",
        "Phước Lộc", "Bình Sơn", "Khánh Tân", "Lộc Thượng", "Trà Tây", "Đại An",
    ]
    static let streets = [
        "Trần Phú", "Lê Lợi", "Phan Châu Trinh", "Nguyễn Văn Trỗi", "Hùng Vương",
        "Huỳnh Thúc Kháng", "Tam Mỹ 1", "Tam Mỹ 2", "ĐT 617", "Liên thôn",
    ]
    static let jobs = [
        "Nông dân", "Học sinh", "Công nhân", "Buôn bán", "Nội trợ", "Giáo viên", "Cán bộ",
        "Hưu trí", "Lao động tự do", "Ngư dân", "Chưa đi học", "Thợ xây",
    ]
    static let banks = [
        "Agribank", "Vietcombank", "BIDV", "VietinBank", "MBBank", "LPBank", "NHCSXH",
        "Sacombank", "Momo", "ViettelMoney", "VNPT Money", "ZaloPay",
    ]
    static let brands = [
        (name: "Samsung", models: ["Galaxy A05", "Galaxy A15", "Galaxy J7", "Galaxy A34"]),
        (name: "OPPO", models: ["A58", "Reno8", "A17k"]),
        (name: "Xiaomi", models: ["Redmi 12C", "Redmi Note 11"]),
        (name: "Apple", models: ["iPhone 8", "iPhone 11", "iPhone 13"]),
        (name: "Vivo", models: ["Y17s", "Y02"]),
        (name: "realme", models: ["C55", "C33"]),
        (name: "Nokia", models: ["105", "G21"]),
        (name: "Dell", models: ["Inspiron 15", "Vostro 3510"]),
    ]
    static let mobilePrefixes = ["090", "091", "097", "098", "035", "038", "077", "086"]

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }
}
