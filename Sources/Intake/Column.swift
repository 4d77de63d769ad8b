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
    /// Of the person's household; some lists only mark who is the head.
    case headName = "head_name"
    case village
    case group
    case address
    case phone
    case householdPhone = "household_phone"
    case residence
    case cardKind = "idcard_kind_register"
    case cardStatus = "idcard_status_register"
    case vneidLevel = "vneid_level_register"
    case vneidState = "vneid_state_register"
    case socialSecurity = "ssa_state_register"
    case note
    // A birth that the header divides: by sex, or into day, month and year.
    case birthOfMan = "birth_male"
    case birthOfWoman = "birth_female"
    case birthDay = "birth_day"
    case birthMonth = "birth_month"
    case birthYear = "birth_year"
    // A sex that is ticked in one of two columns.
    case man = "sex_male"
    case woman = "sex_female"
    // What only exports of ours tell, and lists of which somebody says so.
    case household
    case householdCode = "household_code"
    case householdState = "household_state"
    case nationality
    case presence
    case presenceOn = "presence_on"
    case onList = "on_list"
    /// Filled where the record was deleted, merged or moved: no person to take in.
    case gone
    /// The fields whose values somebody has yet to decide between: passed over.
    case disputed
    // What a paying agency knows of a pension or allowance.
    case benefitKind = "benefit_kind"
    case benefitChannel = "channel_register"
    case benefitLinked = "linked_vneid_register"
    case benefitSince = "benefit_since"
    /// The day of which an agency's list tells of this row's person.
    case registerDay = "register_on"

    /// What the police's own system knows of a person: columns of its lists (indicators 1.6).
    package static let ofRegister: [Column] = [
        .cardKind, .cardStatus, .vneidLevel, .vneidState, .socialSecurity,
    ]

    /// What the paying agencies' lists say of a pension or allowance (indicators 4.5).
    package static let ofBenefit: [Column] = [
        .benefitKind, .benefitChannel, .benefitLinked, .benefitSince,
    ]

    /// What agencies' lists say of people who are recorded.
    package static let ofAgencies = ofRegister + ofBenefit

    /// The field of `benefit` that one of ``ofBenefit`` fills.
    var benefitField: String {
        switch self {
        case .benefitKind: "kind"
        case .benefitSince: "since"
        default: rawValue
        }
    }

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
        case .headName: Label("Tên chủ hộ", "Name of the head")
        case .village: Label("Thôn", "Village")
        case .group: Label("Tổ", "Group")
        case .address: Label("Địa chỉ", "Address")
        case .phone: Label("Số điện thoại", "Phone")
        case .householdPhone: Label("Điện thoại của hộ", "Household's phone")
        case .residence: Label("Cư trú", "Residence")
        case .cardKind: Label("Loại thẻ", "Kind of card")
        case .cardStatus: Label("Tình trạng thẻ", "State of the card")
        case .vneidLevel: Label("Mức VNeID", "Level of VNeID")
        case .vneidState: Label("Trạng thái VNeID", "State of VNeID")
        case .socialSecurity: Label("Tài khoản an sinh", "Social-security account")
        case .note: Label("Ghi chú", "Note")
        case .birthOfMan: Label("Năm sinh của nam", "Birth of a man")
        case .birthOfWoman: Label("Năm sinh của nữ", "Birth of a woman")
        case .birthDay: Label("Ngày sinh: ngày", "Day of birth")
        case .birthMonth: Label("Ngày sinh: tháng", "Month of birth")
        case .birthYear: Label("Ngày sinh: năm", "Year of birth alone")
        case .man: Label("Nam (đánh dấu)", "Male, ticked")
        case .woman: Label("Nữ (đánh dấu)", "Female, ticked")
        case .benefitKind: Label("Loại trợ cấp", "Kind of benefit")
        case .benefitChannel: Label("Nhận qua", "Paid through")
        case .benefitLinked: Label("Đã liên kết VNeID", "Linked on VNeID")
        case .benefitSince: Label("Hưởng từ", "Benefit since")
        case .registerDay: Label("Ngày của danh sách", "Day of the list")
        case .gone: Label("Không còn", "Gone")
        case .disputed: Label("Đang chờ xử lý", "Disputed")
        case .household, .householdCode, .householdState, .nationality, .presence, .presenceOn,
            .onList:
            field?.label ?? Label(rawValue, rawValue)
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
            .headName,
            [
                "chu ho", "ho ten chu ho", "ho va ten chu ho", "ten chu ho", "la chu ho",
                "head name", "head of household", "head",
            ]
        ),
        (
            .village,
            [
                "thon", "khu dan cu", "thon/to", "ten thon", "to dan pho", "thon, to", "ap",
                "village", "hamlet", "place",
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
        (
            .cardKind,
            ["loai the", "loai giay to", "loai can cuoc", "idcard kind register", "kind of card"]
        ),
        (
            .cardStatus,
            [
                "tinh trang the", "tinh trang cccd", "tinh trang can cuoc", "trang thai the",
                "trang thai cccd", "trang thai can cuoc", "idcard status register",
                "state of the card", "card status",
            ]
        ),
        (
            .vneidLevel,
            [
                "muc vneid", "muc do", "muc dinh danh", "muc do dinh danh", "muc tai khoan",
                "muc do tai khoan", "muc dddt", "muc tk dddt", "vneid", "vneid level register",
                "vneid level", "level of vneid",
            ]
        ),
        (
            .vneidState,
            [
                "trang thai vneid", "trang thai tai khoan", "trang thai dinh danh",
                "trang thai kich hoat", "tinh trang tai khoan", "tinh trang kich hoat", "kich hoat",
                "vneid state register", "vneid state", "state of vneid",
            ]
        ),
        (
            .socialSecurity,
            [
                "tai khoan an sinh", "tai khoan an sinh xa hoi", "tk asxh", "an sinh xa hoi",
                "ssa state register", "social security account",
            ]
        ),
        (.note, ["ghi chu", "note", "notes", "remark", "remarks", "khac"]),
        (.birthOfMan, ["nam sinh nam", "nam sinh (nam)", "birth male"]),
        (.birthOfWoman, ["nam sinh nu", "nam sinh (nu)", "birth female"]),
        (
            .benefitKind,
            [
                "loai tro cap", "loai che do", "che do", "che do huong", "loai huong",
                "loai luong huu, tro cap", "benefit kind", "kind of benefit", "benefit",
            ]
        ),
        (
            .benefitChannel,
            [
                "nhan qua", "hinh thuc nhan", "hinh thuc chi tra", "hinh thuc linh",
                "hinh thuc lanh", "phuong thuc chi tra", "phuong thuc nhan", "kenh chi tra",
                "channel register", "paid through", "channel",
            ]
        ),
        (
            .benefitLinked,
            [
                "lien ket vneid", "da lien ket vneid", "tai khoan da lien ket vneid",
                "linked vneid register", "linked on vneid",
            ]
        ),
        (
            .benefitSince,
            ["huong tu", "tu ngay", "tu thang", "ngay huong", "thoi diem huong", "benefit since"]
        ),
        (
            .registerDay,
            [
                "ngay danh sach", "ngay cua danh sach", "ngay chot", "ngay chot du lieu",
                "ngay tra cuu", "ngay chi tra", "ngay cap nhat", "register on", "day of the list",
            ]
        ),
    ]

    /// What offices write comes first: the survey's labels are theirs too, or nobody's.
    private static let byHeader: [String: Column] = Dictionary(
        headers.flatMap { column, names in names.map { ($0, column) } }
            + allCases.filter { !ofExports.contains($0) }.flatMap { column in
                column.ownHeaders.map { ($0, column) }
            },
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

    /// The column that a person names: by its fixed name, its label, or as a header would.
    package init?(field: String) {
        let key = Self.key(field)
        let named = Self.allCases.first { column in
            [column.rawValue, column.label.vi, column.label.en].contains { Self.key($0) == key }
        }
        guard let column = named ?? Self.byHeader[key] else { return nil }
        self = column
    }

    /// What a column below a divided header cell holds, by the folds of its sisters; `nam` is a man
    /// beside `nu`, and a year beside `thang`.
    static func parts(of divided: Column, _ folds: [String]) -> [String: Column] {
        switch (divided, Set(folds)) {
        case (.birth, ["nam", "nu"]): ["nam": .birthOfMan, "nu": .birthOfWoman]
        case (.birth, ["ngay", "thang", "nam"]), (.birth, ["thang", "nam"]):
            ["ngay": .birthDay, "thang": .birthMonth, "nam": .birthYear]
        case (.sex, ["nam", "nu"]): ["nam": .man, "nu": .woman]
        case (.personalID, _), (.oldPersonalID, _), (.phone, _): ["so": divided]
        default: [:]
        }
    }

    /// What two spellings of a header have in common.
    static func key(_ header: String) -> String {
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
