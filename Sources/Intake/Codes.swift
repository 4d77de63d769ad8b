internal import Survey

/// Words of lists for the survey's codes: its own names and labels, and what offices write.
///
/// Keyed by tone key first, so that `bà` (grandmother) and `ba` (father) stay apart, then by fold for
/// words typed without marks.
enum Codes {
    static let sex = Words(
        [
            ("male", ["nam", "trai", "m"]),
            ("female", ["nữ", "gái", "f"]),
            ("other", ["khác", "chưa rõ"]),
        ] + own(.sex)
    )

    static let relation = Words(relations + own(.relation))

    private static let relations: [(code: String, words: [String])] = [
        ("head", ["chủ hộ", "ch", "head", "bản thân", "head of household"]),
        ("spouse", ["vợ", "chồng", "vợ/chồng", "spouse", "wife", "husband"]),
        (
            "child",
            [
                "con", "con trai", "con gái", "con đẻ", "con nuôi", "con ruột", "con riêng",
                "child",
                "son", "daughter",
            ]
        ),
        ("child-in-law", ["con dâu", "con rể", "dâu", "rể", "child in law"]),
        (
            "parent",
            [
                "cha", "mẹ", "bố", "ba", "má", "cha đẻ", "mẹ đẻ", "bố đẻ", "cha ruột", "mẹ ruột",
                "cha/mẹ", "bố/mẹ", "parent", "father", "mother",
            ]
        ),
        (
            "parent-in-law",
            ["cha vợ", "mẹ vợ", "bố vợ", "ba vợ", "cha chồng", "mẹ chồng", "bố chồng"]
        ),
        (
            "grandparent",
            ["ông", "bà", "ông nội", "bà nội", "ông ngoại", "bà ngoại", "grandparent"]
        ),
        (
            "grandchild",
            ["cháu nội", "cháu ngoại", "grandchild"]
        ),
        (
            "sibling",
            [
                "anh", "chị", "em", "anh trai", "chị gái", "em trai", "em gái", "anh ruột",
                "chị ruột", "em ruột", "sibling", "brother", "sister",
            ]
        ),
        (
            "other-kin",
            [
                "cô", "chú", "bác", "cậu", "dì", "mợ", "thím", "dượng", "chắt", "họ hàng", "anh rể",
                "chị dâu", "em dâu", "em rể", "cháu dâu", "cháu rể", "other kin",
            ]
        ),
        ("lodger", ["ở nhờ", "ở trọ", "người ở nhờ", "người ở trọ", "ở mượn", "lodger"]),
        ("worker", ["người giúp việc", "giúp việc", "làm thuê", "worker"]),
        ("other", ["khác", "quan hệ khác", "other"]),
    ]

    /// Words that mean a grandchild or a nephew or niece: somebody who knows the family decides.
    static let likelyRelation = Words([
        ("grandchild", ["cháu", "cháu gái", "cháu trai"]),
        ("other-kin", ["cháu ruột"]),
    ])

    /// `ba` is a father, and a grandmother where her tone was not typed.
    static func isFatherOrGrandmother(_ text: String) -> Bool {
        TextFold.fold(text) == "ba" && TextFold.toneKey(text) != TextFold.toneKey("bà")
    }

    static let residence = Words(
        [
            ("permanent", ["tt", "hộ khẩu thường trú", "kt1"]),
            ("temporary", ["kt3", "kt4"]),
            ("unregistered", ["chưa đăng ký"]),
        ] + own(.residence)
    )

    /// Of columns that have no words but the survey's.
    static let survey: [Column: Words] = Dictionary(
        uniqueKeysWithValues: [
            Column.householdState, .nationality, .presence, .onList,
        ].map { ($0, Words(own($0))) }
    )

    /// The survey's own codes with their labels in both languages.
    private static func own(_ column: Column) -> [(code: String, words: [String])] {
        let field =
            Column.ofBenefit.contains(column)
            ? RecordType.benefit.field(column.benefitField) : column.field
        let choices: [Choice] =
            switch field?.kind {
            case .code(let choices): choices
            case .fourValued: Choice.fourValues
            default: []
            }
        return choices.map { ($0.code, [$0.code, $0.label.vi, $0.label.en]) }
    }

    /// First words of rows below the table.
    static let footers = [
        "nguoi lap bieu", "nguoi lap", "lap bieu", "tong cong", "tong so",
        "xac nhan", "truong cong an", "cong an xa", "chu tich", "truong thon", "can bo", "ky ten",
        "tm", "ghi chu", "danh sach nay", "nguoi lap danh sach", "prepared by", "total",
        "tam my",
    ]

    static func isFooter(_ text: String) -> Bool {
        let fold = TextFold.fold(text)
        if footers.contains(where: { begins(fold, with: $0) }) { return true }
        // Tống, Công and Ngày are names of people as well.
        let tones = TextFold.toneKey(text)
        if ["tổng", "cộng"].contains(where: { begins(tones, with: TextFold.toneKey($0)) }) {
            return true
        }
        return ["tong", "cong"].contains(fold)
            || begins(fold, with: "ngay")
                && (fold.contains("thang")
                    || fold.contains { $0.isNumber || $0 == "." || $0 == "…" })
    }

    /// Words of a footer that are nothing else: a household's number may begin with `TM` too.
    static func isSignature(_ text: String) -> Bool {
        guard isFooter(text) else { return false }
        return !text.contains(where: \.isNumber) || TextFold.fold(text).contains(" thang ")
    }

    /// The village of a row that holds its name alone, such as `II. Thôn Mẫu 2`.
    static func section(_ filled: [String]) -> String? {
        guard var text = filled.last.map({ Substring($0) }),
            filled.count == 1
                || filled.count == 2 && isOrdinal(filled[0][...])
        else { return nil }
        if let end = text.firstIndex(where: { " .)".contains($0) }), isOrdinal(text[..<end]) {
            text = text[end...].drop { " .)".contains($0) }
        }
        let name = text.prefix { !",:;(".contains($0) }
        let fold = TextFold.fold(String(name))
        guard sections.contains(where: { fold.hasPrefix($0 + " ") }) else { return nil }
        return TextFold.normalized(String(name))
    }

    /// First words of a village's name.
    private static let sections = ["thon", "khu dan cu", "kdc", "to dan pho", "khoi pho"]

    /// `II`, `2` or `B`, with signs around it or without.
    private static func isOrdinal(_ text: Substring) -> Bool {
        let core = text.filter { !" .():".contains($0) }
        guard !core.isEmpty else { return false }
        return core.count == 1 || core.allSatisfy(\.isNumber)
            || core.allSatisfy { "IVXivx".contains($0) }
    }

    private static func begins(_ text: String, with word: String) -> Bool {
        guard text.hasPrefix(word) else { return false }
        return text.dropFirst(word.count).first.map { " ,:.".contains($0) } ?? true
    }
}

extension Codes {
    /// Values of the police's lists, by column: the survey's own codes and labels, and offices' words.
    static let register: [Column: Words] = Dictionary(
        uniqueKeysWithValues: Column.ofAgencies.map { column in
            (column, Words((registerWords[column] ?? []) + own(column)))
        }
    )

    private static let registerWords: [Column: [(code: String, words: [String])]] = [
        .cardKind: [
            ("can-cuoc", ["căn cước", "thẻ căn cước", "cc"]),
            ("cccd-chip", ["cccd", "căn cước công dân", "thẻ cccd", "cccd gắn chip"]),
            ("cmnd", ["cmnd", "chứng minh nhân dân"]),
        ],
        .cardStatus: [
            ("valid", ["đã cấp", "còn giá trị", "còn hiệu lực", "đã trả thẻ", "có"]),
            ("expired", ["hết giá trị", "hết hiệu lực", "quá hạn"]),
            ("applied", ["đã thu nhận", "đã thu nhận hồ sơ", "chờ cấp", "đang cấp"]),
            ("none", ["chưa cấp", "chưa làm", "không", "chưa"]),
        ],
        .vneidLevel: [
            ("0", ["chưa", "không", "chưa đăng ký"]),
            ("1", ["mức độ 1", "m1", "định danh mức 1"]),
            ("2", ["mức độ 2", "m2", "định danh mức 2"]),
        ],
        .vneidState: [
            ("none", ["chưa đăng ký", "không", "chưa"]),
            ("applied", ["chờ duyệt", "đã đăng ký", "đang xử lý"]),
            ("issued", ["chưa kích hoạt", "đã cấp", "đã phê duyệt"]),
            ("activated", ["kích hoạt", "đang hoạt động", "hoạt động"]),
            ("locked", ["khóa", "đã khóa", "bị khóa"]),
        ],
        .socialSecurity: [
            ("none", ["chưa liên kết", "không", "chưa có"]),
            ("linked", ["liên kết", "có", "đã có"]),
            ("requested", ["chờ duyệt"]), ("rejected", ["từ chối"]),
        ],
        .benefitKind: [
            ("pension", ["hưu trí", "hưu"]),
            (
                "social-insurance-monthly",
                ["trợ cấp bhxh", "bhxh hằng tháng", "bhxh hàng tháng", "mất sức lao động"]
            ),
            ("merit", ["người có công", "ncc", "trợ cấp người có công"]),
            ("social-pension", ["hưu trí xã hội"]),
            ("social-assistance", ["bảo trợ xã hội", "btxh", "bảo trợ", "trợ cấp xã hội"]),
            ("care-allowance", ["chăm sóc", "trợ cấp chăm sóc"]),
        ],
        .benefitChannel: [
            ("bank-own", ["tài khoản cá nhân", "tài khoản của mình", "tài khoản chính chủ"]),
            (
                "bank-other",
                ["tài khoản người thân", "tài khoản người nhận thay", "tài khoản ủy quyền"]
            ),
            ("mobile-money", ["tiền di động"]),
            (
                "cash-point",
                ["điểm chi trả", "tại điểm chi trả", "bưu điện", "tiền mặt tại bưu điện"]
            ),
            ("cash-home", ["tại nhà", "tiền mặt tại nhà", "chi trả tại nhà"]),
        ],
        .benefitLinked: [
            ("yes", ["có", "đã liên kết", "rồi", "đã", "x", "yes"]),
            ("no", ["chưa", "không", "chưa liên kết", "no"]),
        ],
    ]

    /// Words that do not say whose the account is, or where the cash is handed out.
    static let likelyChannel = Words([
        (
            "bank-own",
            [
                "tài khoản", "qua tài khoản", "tài khoản ngân hàng", "qua ngân hàng", "ngân hàng",
                "chuyển khoản", "atm", "thẻ atm", "qua thẻ", "tk",
            ]
        ),
        ("cash-point", ["tiền mặt", "nhận tiền mặt", "bằng tiền mặt", "tm"]),
    ])
}

/// A list of codes with the words that mean them.
struct Words: Sendable {
    private let byToneKey: [String: String]
    private let byFold: [String: String]

    init(_ list: [(code: String, words: [String])]) {
        var byToneKey: [String: String] = [:]
        var byFold: [String: String] = [:]
        for (code, words) in list {
            for word in words {
                byToneKey[TextFold.toneKey(word)] = code
                // Words that differ only in marks stand for the one listed first.
                if byFold[TextFold.fold(word)] == nil { byFold[TextFold.fold(word)] = code }
            }
        }
        self.byToneKey = byToneKey
        self.byFold = byFold
    }

    func code(_ text: String) -> String? {
        byToneKey[TextFold.toneKey(text)] ?? byFold[TextFold.fold(text).replacing("-", with: " ")]
            ?? byFold[TextFold.fold(text)]
    }
}
