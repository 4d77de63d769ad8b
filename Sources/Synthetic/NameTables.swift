/// Tables of names and their weights; sources in the project's sample facts, section 5.
enum NameTables {
    /// Per mille; the central and southern forms Huỳnh and Võ.
    static let kinhFamilies = Weighted(
        """
        Nguyễn 310, Trần 110, Lê 85, Phạm 70, Huỳnh 60, Võ 60, Phan 40, Bùi 30, Đặng 25, Đỗ 22,
        Trương 22, Ngô 20, Hồ 18, Lương 15, Đoàn 14, Dương 12, Châu 10, Mai 9, Đinh 8, Hà 7, Thái 6,
        Lý 5, Cao 5, Tạ 4, Trịnh 4, Ung 3, Doãn 3, Ông 2, Từ 7, Lâm 7, Tăng 7
        """
    )

    /// The Co hamlets of the hills.
    static let coFamilies = Weighted("Đinh 45, Hồ 35, Nguyễn 10, Trần 5, Phạm 5")

    static let olderMenMiddle = Weighted(
        """
        Văn 38, Đình 6, Hữu 6, Ngọc 6, Xuân 5, Quang 5, Thanh 5, Minh 5, Đức 4, Tấn 4, Công 4,
        Viết 3, Bá 2, Duy 2, Phước 2, - 3
        """
    )

    static let youngerMenMiddle = Weighted(
        """
        Văn 10, Minh 9, Quốc 8, Anh 6, Gia 6, Hoàng 8, Thanh 6, Đức 6, Ngọc 5, Hữu 4, Tấn 4, Nhật 5,
        Trung 4, Bảo 5, Thành 4, Nguyễn 4, Trần 2, Lê 2, Võ 1, Huỳnh 1
        """
    )

    static let olderWomenMiddle = Weighted(
        """
        Thị 82, Thị Thu 3, Thị Kim 2, Thị Ngọc 2, Thị Thanh 2, Thị Mỹ 2, Thị Bích 2, Thị Minh 2, - 3
        """
    )

    static let youngerWomenMiddle = Weighted(
        """
        Thị 23, Thị Thu 4, Thị Kim 4, Thị Ngọc 4, Thị Thanh 4, Thị Mỹ 3, Thị Bích 3, Ngọc 12,
        Thanh 7, Kim 6, Thùy 5, Mỹ 5, Bảo 5, Như 4, Hồng 4, Minh 3, Khánh 4
        """
    )

    /// Born 1975 to 2005, and boys since.
    static let men = Weighted(
        """
        Tuấn 2711, Hoàng 2461, Huy 2225, Anh 2050, Hiếu 1994, Hùng 1981, Nam 1975, Sơn 1902,
        Đức 1884, Dũng 1699, Thành 1618, Đạt 1560, Cường 1560, Long 1550, Trung 1549, Hải 1419,
        Nguyên 1401, Thắng 1399, Minh 1312, Duy 1154, Tiến 1142, Quang 1114, Phúc 1048,
        Trường 1017, Tài 1007, Toàn 981, Hưng 924, Phong 909, Tùng 894, Linh 866, Khánh 861,
        Bảo 858, Quân 825, Dương 790, Nghĩa 777, Lâm 776, Vinh 766, Bình 764, Mạnh 751, Việt 704,
        Thịnh 683, Hòa 683, Tâm 658, Hiệp 650, Tân 645, Phú 643, Phương 635, Thiện 623, Thái 615,
        Nhật 599, Công 594, Sang 589, Hậu 578, Quý 567, An 565, Phước 562, Quốc 547, Ngọc 535,
        Nhân 530, Vương 513, Khoa 503, Trí 497, Kiên 487, Lộc 478, Thanh 478, Thuận 476,
        Chiến 475, Trọng 452, Giang 414, Tín 383
        """
    )

    static let women = Weighted(
        """
        Trang 4193, Thảo 3518, Linh 3023, Anh 2462, Phương 2197, Hằng 2139, Huyền 2106,
        Hiền 2030, Hương 1719, Ngọc 1717, Dung 1697, Nhung 1685, Thủy 1648, Nhi 1622, Duyên 1554,
        Vân 1495, Quỳnh 1494, Nga 1487, Yến 1477, Trinh 1464, Thương 1340, Uyên 1336, Hạnh 1305,
        Ngân 1217, Oanh 1192, Trâm 1162, Ly 1156, Mai 1146, Phượng 1086, Thúy 1080, Hoa 1021,
        Vy 1018, Hồng 993, Tâm 961, Thu 943, My 942, Giang 928, Loan 919, Thanh 884, Ánh 838,
        Vi 836, Lan 835, Quyên 796, Chi 795, Thư 744, Tiên 727, Thùy 688, Huệ 687, Nguyệt 674,
        Như 665, Nguyên 663, Tuyết 635, Diễm 619, Liên 598, Hòa 562, Hường 557, Hoài 532,
        Kiều 514, Lệ 506, Xuân 468, Tuyền 468, Thắm 464, Diệu 399, Dương 394, Sương 383, An 377,
        Bình 366, Bích 344, Châu 342, Hậu 323
        """
    )

    /// Born after 2005.
    static let girls = Weighted(
        """
        Anh 7100, Vy 5700, Ngọc 4300, Nhi 4200, Hân 4100, Thư 4100, Linh 3500, Như 3100,
        Ngân 3000, Phương 2100, Thảo 2100, My 2100, Trân 1800, Quỳnh 1800, Nghi 1700, Trang 1700,
        Trâm 1600, An 1600, Thy 1500, Châu 1500, Trúc 1500, Uyên 1400, Yến 1400, Ý 1200,
        Tiên 1100, Mai 1100, Vân 1000, Nguyên 930, Hương 890, Quyên 780, Duyên 770
        """
    )

    /// Born before 1975; numbers were names by order of birth.
    static let olderMen = Weighted(
        """
        Hùng 1, Dũng 1, Sơn 1, Minh 1, Thành 1, Bình 1, Tâm 1, Quang 1, Long 1, Hải 1, Xuân 1,
        Thanh 1, Ba 1, Bốn 1, Năm 1, Sáu 1, Bảy 1, Tám 1, Chín 1, Mười 1, Lợi 1, Phước 1, Lộc 1,
        Thọ 1, Tấn 1, Đức 1, Cảnh 1, Chương 1, Kỳ 1, Đề 1, Lân 1, Nghi 1, Thơ 1, Tính 1, Trợ 1,
        Vân 1
        """
    )

    static let olderWomen = Weighted(
        """
        Hoa 1, Lan 1, Cúc 1, Hồng 1, Huệ 1, Mai 1, Đào 1, Liên 1, Sen 1, Hường 1, Thu 1, Xuân 1,
        Tuyết 1, Nguyệt 1, Nga 1, Hương 1, Loan 1, Phượng 1, Lài 1, Thơm 1, Lựu 1, Mận 1, Bưởi 1,
        Ba 1, Bốn 1, Năm 1, Sáu 1, Bảy 1, Tám 1, Chín 1, Út 1, Em 1, Lệ 1, Thí 1, Xí 1, Tý 1
        """
    )

    /// Whole names that break careless software; each appears in every commune.
    static let tricky: [(name: String, isMale: Bool)] = [
        ("Nguyễn Thị Ý", false), ("Trần Thị Ỷ", false), ("Lê Thị Thuỷ", false),
        ("Lê Thị Thủy", false), ("Phạm Văn Hoà", true), ("Phạm Văn Hòa", true),
        ("Nguyễn Văn Đạt", true), ("Nguyễn Văn Dạt", true), ("Huỳnh Thị Ái Nữ", false),
        ("Tôn Nữ Quý Yến", false), ("Tôn Thất Quý", true), ("Đinh", true), ("Hồ Thị K'Rơ", false),
        ("Võ Ơn", true), ("Đỗ Thị Út Em", false), ("Nguyễn Hoàng Phước-Lộc", true),
    ]

    /// What a misspelt or doubled name turns into: the other place of the tone, or i for y.
    static let respellings: [(String, String)] = [
        ("Thủy", "Thuỷ"), ("Hòa", "Hoà"), ("Thúy", "Thuý"), ("Lý", "Lí"), ("Mỹ", "Mĩ"),
        ("Vy", "Vi"), ("Quý", "Quí"), ("Kỳ", "Kì"), ("Xuân", "Suân"), ("Sương", "Xương"),
    ]
}
