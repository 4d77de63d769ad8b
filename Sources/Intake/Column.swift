package import Survey

/// What a column of a population list holds.
package enum Column: String, CaseIterable, Sendable {
    case position
    case householdNumber = "register_code"
    case fullName = "full_name"
    case otherName = "other_name"
    case birth
    case sex
    case personalID = "personal_id"
    case oldPersonalID = "old_cmnd"
    case relation
    case village
    case group
    case address
    case phone
    case householdPhone = "household_phone"
    case residence
    case note

    /// What reports call it.
    package var label: Label {
        switch self {
        case .position: Label("Số thứ tự", "Number in the list")
        case .householdNumber: Label("Số hộ", "Household number")
        case .fullName: Label("Họ và tên", "Full name")
        case .otherName: Label("Tên gọi khác", "Other name")
        case .birth: Label("Ngày sinh", "Date of birth")
        case .sex: Label("Giới tính", "Sex")
        case .personalID: Label("Số định danh", "Personal number")
        case .oldPersonalID: Label("Số CMND", "Old number")
        case .relation: Label("Quan hệ với chủ hộ", "Relation to the head")
        case .village: Label("Thôn", "Village")
        case .group: Label("Tổ", "Group")
        case .address: Label("Địa chỉ", "Address")
        case .phone: Label("Số điện thoại", "Phone")
        case .householdPhone: Label("Điện thoại của hộ", "Household's phone")
        case .residence: Label("Cư trú", "Residence")
        case .note: Label("Ghi chú", "Note")
        }
    }

    /// Header texts of lists met in offices, and the field names of exports; compared by fold.
    ///
    /// One line each: a new sender's wording is added here.
    private static let headers: [(Column, [String])] = [
        (.position, ["stt", "tt", "so thu tu", "no", "row", "#"]),
        (
            .householdNumber,
            [
                "so ho", "ho so", "ma ho", "so ho khau", "so so ho khau", "ma so ho",
                "register code", "household", "household number", "household code", "household no",
            ]
        ),
        (
            .fullName,
            [
                "ho va ten", "ho ten", "ho, chu dem va ten", "ho chu dem va ten",
                "ho, chu dem va ten khai sinh", "ho ten nhan khau", "ten", "ten nhan khau",
                "ho va ten khai sinh", "full name", "name", "fullname",
            ]
        ),
        (.otherName, ["ten goi khac", "ten khac", "bi danh", "other name", "nickname"]),
        (
            .birth,
            [
                "ngay sinh", "nam sinh", "ngay thang nam sinh", "ngay, thang, nam sinh",
                "sinh ngay", "ngay/thang/nam sinh", "birth", "date of birth", "birth date", "dob",
                "year of birth", "birthday",
            ]
        ),
        (.sex, ["gioi tinh", "gt", "phai", "nam/nu", "sex", "gender"]),
        (
            .personalID,
            [
                "so cccd", "cccd", "so dinh danh", "so dinh danh ca nhan", "cccd/cmnd",
                "so cccd/dinh danh", "so cccd/cmnd", "ma dinh danh", "so can cuoc", "can cuoc",
                "so dinh danh/cccd", "so cccd/cc", "personal id", "id number", "national id",
                "so cmnd/cccd", "cmnd/cccd",
            ]
        ),
        (.oldPersonalID, ["cmnd", "so cmnd", "cmnd cu", "so cmnd cu", "old cmnd", "old id"]),
        (
            .relation,
            [
                "quan he", "quan he voi chu ho", "qh voi chu ho", "qh chu ho", "quan he chu ho",
                "quan he gia dinh", "relation", "relationship", "relation to head",
            ]
        ),
        (
            .village,
            [
                "thon", "khu dan cu", "thon/to", "ten thon", "to dan pho", "thon, to", "ap",
                "village", "hamlet",
            ]
        ),
        (.group, ["to", "xom", "to doan ket", "to/xom", "nhom", "group", "neighbourhood"]),
        (
            .address,
            [
                "dia chi", "noi o", "noi o hien tai", "cho o hien nay", "noi thuong tru",
                "dia chi thuong tru", "noi cu tru", "address", "residence address",
            ]
        ),
        (
            .phone,
            [
                "sdt", "so dien thoai", "dien thoai", "so dt", "dt", "di dong", "phone",
                "phone number", "mobile", "telephone",
            ]
        ),
        (.householdPhone, ["sdt ho", "dien thoai ho", "sdt chu ho", "household phone"]),
        (
            .residence,
            [
                "cu tru", "tinh trang cu tru", "thuong tru/tam tru", "loai cu tru",
                "dang ky cu tru",
                "residence", "residence status", "tt/tt",
            ]
        ),
        (.note, ["ghi chu", "note", "notes", "remark", "remarks", "khac"]),
    ]

    private static let byHeader: [String: Column] = Dictionary(
        headers.flatMap { column, names in names.map { ($0, column) } },
        uniquingKeysWith: { first, _ in first }
    )

    /// The column that a header cell names; nil for what the table does not know.
    package init?(header: String) {
        let key = Self.key(header)
        guard let column = Self.byHeader[key] ?? Self.byHeader[Self.withoutBrackets(key)] else {
            return nil
        }
        self = column
    }

    private static func key(_ header: String) -> String {
        let fold = TextFold.fold(header).utf8
            .map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 }
        return trimmed(fold[...])
    }

    /// `ngay sinh (dd/mm/yyyy)` is `ngay sinh`.
    private static func withoutBrackets(_ key: String) -> String {
        trimmed(Array(key.utf8).prefix { $0 != UInt8(ascii: "(") })
    }

    private static func trimmed(_ key: ArraySlice<UInt8>) -> String {
        let isEdge: (UInt8) -> Bool = { " :*.".utf8.contains($0) }
        let start = key.firstIndex { !isEdge($0) } ?? key.endIndex
        let end = key.lastIndex { !isEdge($0) }.map { $0 + 1 } ?? start
        return String(decoding: key[start..<end], as: UTF8.self)
    }
}
