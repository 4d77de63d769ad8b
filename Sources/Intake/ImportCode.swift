package import Survey

/// What happened to a cell or row.
package enum ImportOutcome: String, CaseIterable, Sendable {
    /// Certain: written differently, meaning unchanged.
    case repaired
    /// Likely: taken only where the policy accepts it, else the cell stays empty.
    case proposed
    /// The cell is not taken, or the whole row where a needed value is missing.
    case refused
    /// The row is no person of its own and is left out.
    case skipped
    /// Taken as it stands, but somebody should look.
    case noted

    package var label: Label {
        switch self {
        case .repaired: Label("đã sửa", "repaired")
        case .proposed: Label("đề xuất", "proposed")
        case .refused: Label("không nhận", "refused")
        case .skipped: Label("bỏ qua", "skipped")
        case .noted: Label("lưu ý", "noted")
        }
    }
}

/// What the importer found, as a stable word for programs.
package enum ImportCode: String, CaseIterable, Sendable {
    // Rows.
    case blankRow = "blank_row"
    case titleRow = "title_row"
    case footerRow = "footer_row"
    case headerRepeated = "header_repeated"
    case sectionRow = "section_row"
    case exactDuplicateRow = "exact_duplicate_row"
    case goneRecord = "gone_record"
    case emptyName = "empty_name"
    case birthMissing = "birth_missing"
    case rowWithoutFacts = "row_without_facts"
    case rowBeforeHousehold = "row_before_household"
    // Cells in general.
    case formula = "formula_note"
    case textCut = "text_cut"
    case notUTF8 = "not_utf8"
    case legacyEncoding = "legacy_encoding"
    case accentsMissing = "accents_missing"
    // Names.
    case extraSpaces = "extra_spaces"
    case nfdName = "nfd_name"
    case upperCaseName = "upper_case_name"
    case lowerCaseName = "lower_case_name"
    case nameOneWord = "name_one_word"
    case nameCharacter = "name_character"
    // Dates of birth.
    case unpaddedDate = "unpadded_date"
    case isoDate = "iso_date"
    case dateSeparator = "date_separator"
    case midnightDate = "midnight_date"
    case yearOnly = "year_only"
    case monthOnly = "month_only"
    case birthPlaceholder = "birth_placeholder"
    case dateProposed = "date_proposed"
    case impossibleDate = "impossible_date"
    case dateUnreadable = "date_unreadable"
    case birthOutOfRange = "birth_out_of_range"
    case birthInBothColumns = "birth_in_both_columns"
    case birthFromID = "birth_from_id"
    // Numbers.
    case idMissing = "id_missing"
    case newbornWithoutID = "newborn_without_id"
    case idWithSpaces = "id_with_spaces"
    case leadingZeroLost = "leading_zero_lost"
    case oldCMND = "old_cmnd_9_digits"
    case idScientific = "id_scientific"
    case idBadCharacter = "id_bad_character"
    case idLength = "id_length"
    case idAllDigitsEqual = "id_all_digits_equal"
    case sexContradictsID = "sex_contradicts_id"
    case idBirthYear = "id_birth_year"
    case idFuture = "id_future"
    case idProvince = "id_province"
    case idRepeated = "id_repeated"
    case phoneRepaired = "phone_repaired"
    case phoneConverted = "phone_converted"
    case phoneZeroLost = "phone_zero_lost"
    case phoneRefused = "phone_refused"
    case phonePrefix = "phone_prefix"
    // Codes.
    case sexVariant = "sex_variant"
    case sexMissing = "sex_missing"
    case sexUnknown = "sex_unknown"
    case sexContradictsColumn = "sex_contradicts_column"
    case relationUnknown = "relation_unknown"
    case relationProposed = "relation_proposed"
    case residenceMissing = "residence_missing"
    case registerValueUnknown = "register_value_unknown"
    case registerDayUnusable = "register_day_unusable"
    case benefitProposed = "benefit_proposed"
    case residenceUnknown = "residence_unknown"
    case valueUnknown = "value_unknown"
    // Households.
    case villageCase = "village_case"
    case villageMissing = "village_missing"
    case householdWithoutNumber = "household_without_number"
    case noHead = "no_head"
    case twoHeads = "two_heads"
    case householdTooLarge = "household_too_large"
    case addressNotTaken = "address_not_taken"
    case householdPhoneNotTaken = "household_phone_not_taken"
}

extension ImportCode {
    /// What people are told; never with a value from the list.
    package var label: Label { Self.labels[self] ?? Label(rawValue, rawValue) }

    private static let labels: [ImportCode: Label] = rows.merging(cells) { first, _ in first }
        .merging(numbers) { first, _ in first }
        .merging(households) { first, _ in first }

    private static let rows: [ImportCode: Label] = [
        .blankRow: Label("Dòng trống", "Blank row"),
        .titleRow: Label("Dòng tiêu đề phía trên bảng", "Title line above the table"),
        .footerRow: Label("Dòng cuối bảng (ký tên, tổng cộng)", "Footer (signature, total)"),
        .headerRepeated: Label("Dòng tên cột lặp lại", "Header row repeated"),
        .sectionRow: Label("Dòng tên thôn giữa bảng", "A village's name between the rows"),
        .exactDuplicateRow: Label("Dòng trùng hoàn toàn", "Exact copy of another row"),
        .goneRecord: Label(
            "Bản ghi đã xóa, đã gộp hoặc đã chuyển khi xuất",
            "Deleted, merged or moved when it was exported"
        ),
        .emptyName: Label("Thiếu họ tên: không nhận dòng", "No name: row not taken"),
        .birthMissing: Label("Thiếu ngày sinh: không nhận dòng", "No birth date: row not taken"),
        .rowWithoutFacts: Label("Dòng không có dữ liệu về người", "Row says nothing of a person"),
        .rowBeforeHousehold: Label("Dòng chưa thuộc hộ nào", "Row belongs to no household yet"),
    ]

    private static let cells: [ImportCode: Label] = [
        .formula: Label("Ô có dạng công thức, giữ như chữ", "Looks like a formula, kept as text"),
        .textCut: Label("Chữ quá dài, không nhận ô", "Text too long, cell not taken"),
        .notUTF8: Label(
            "Chữ không theo UTF-8; hãy lưu tệp dạng CSV UTF-8",
            "Not UTF-8; save the file as CSV UTF-8"
        ),
        .legacyEncoding: Label(
            "Bảng mã cũ (TCVN3, VNI, VIQR, Windows-1258 hoặc lỗi UTF-8)",
            "Old encoding (TCVN3, VNI, VIQR, Windows-1258 or broken UTF-8)"
        ),
        .accentsMissing: Label(
            "Cột không có dấu tiếng Việt, giữ nguyên (số ô)",
            "Column without accents, kept as it is (cells)"
        ),
        .extraSpaces: Label("Bỏ khoảng trắng thừa", "Extra spaces removed"),
        .nfdName: Label("Chuẩn hóa Unicode", "Unicode brought to its normal form"),
        .upperCaseName: Label("Tên viết hoa toàn bộ", "Name in capitals"),
        .lowerCaseName: Label("Tên viết thường toàn bộ", "Name without capitals"),
        .nameOneWord: Label("Tên chỉ có một chữ", "Name of a single word"),
        .nameCharacter: Label("Tên có ký tự lạ", "Unusual character in a name"),
        .unpaddedDate: Label("Ngày thiếu số 0 ở đầu", "Date without leading zeros"),
        .isoDate: Label("Ngày dạng năm-tháng-ngày", "Date as year-month-day"),
        .dateSeparator: Label("Ngày viết bằng dấu khác", "Date with other separators"),
        .midnightDate: Label("Bỏ giờ 00:00 sau ngày", "Midnight behind a date left out"),
        .yearOnly: Label("Chỉ có năm sinh", "Only the year of birth"),
        .monthOnly: Label("Chỉ có tháng và năm sinh", "Only month and year of birth"),
        .birthPlaceholder: Label(
            "Ngày 01/01 có thể chỉ thay cho năm sinh",
            "01/01 may only stand for the year"
        ),
        .dateProposed: Label("Ngày suy đoán, cần xác nhận", "Likely date, to be confirmed"),
        .impossibleDate: Label("Ngày không có trong lịch", "There is no such day"),
        .dateUnreadable: Label("Không đọc được ngày", "Not a date"),
        .birthOutOfRange: Label(
            "Ngày sinh ở tương lai hoặc trước 1900",
            "Born in the future or before 1900"
        ),
        .birthInBothColumns: Label(
            "Ghi năm sinh ở cả cột nam và cột nữ",
            "A birth in the men's and in the women's column"
        ),
        .birthFromID: Label(
            "Năm sinh suy từ số định danh",
            "Year of birth taken from the personal number"
        ),
        .sexVariant: Label("Giới tính viết khác", "Sex written differently"),
        .sexMissing: Label("Thiếu giới tính: ghi 'chưa rõ'", "No sex: kept as not known"),
        .sexUnknown: Label("Không hiểu giới tính", "Sex not understood"),
        .sexContradictsColumn: Label(
            "Giới tính khác với cột ghi năm sinh",
            "Another sex than that of the column of the birth"
        ),
        .relationUnknown: Label("Không hiểu quan hệ với chủ hộ", "Relation not understood"),
        .relationProposed: Label(
            "Quan hệ có hơn một nghĩa, cần xác nhận",
            "Relation of more than one meaning, to be confirmed"
        ),
        .residenceMissing: Label(
            "Không ghi cư trú: để trống, chưa tính là đã đăng ký (--residence nếu biết)",
            "No residence given: left open, not counted as registered (--residence if known)"
        ),
        .registerValueUnknown: Label(
            "Không hiểu giá trị của danh sách nghiệp vụ",
            "Value of the register not understood"
        ),
        .registerDayUnusable: Label(
            "Ngày của danh sách thiếu, sai hoặc chưa tới: không nhận dòng",
            "Day of the list incomplete, wrong or still to come: row not taken"
        ),
        .benefitProposed: Label(
            "Hình thức nhận có hơn một nghĩa, cần xác nhận",
            "Way of payment of more than one meaning, to be confirmed"
        ),
        .valueUnknown: Label("Không hiểu giá trị", "Value not understood"),
        .residenceUnknown: Label("Không hiểu tình trạng cư trú", "Residence not understood"),
    ]

    private static let numbers: [ImportCode: Label] = [
        .idMissing: Label("Không có số định danh", "No personal number"),
        .newbornWithoutID: Label("Trẻ mới sinh chưa có số", "Newborn without a number"),
        .idWithSpaces: Label("Số định danh có dấu cách", "Personal number with spaces"),
        .leadingZeroLost: Label("Mất số 0 ở đầu", "Leading zero lost"),
        .oldCMND: Label("Số CMND 9 số", "Old paper's number of 9 digits"),
        .idScientific: PersonalNumberReading.Refusal.scientific.label,
        .idBadCharacter: PersonalNumberReading.Refusal.badCharacter.label,
        .idLength: PersonalNumberReading.Refusal.length.label,
        .idAllDigitsEqual: PersonalNumberReading.Refusal.allDigitsEqual.label,
        .sexContradictsID: PersonalNumber.Warning.sexDiffers.label,
        .idBirthYear: PersonalNumber.Warning.yearDiffers.label,
        .idFuture: PersonalNumber.Warning.yearInFuture.label,
        .idProvince: PersonalNumber.Warning.provinceUnknown.label,
        .idRepeated: Label(
            "Số định danh ghi cho hơn một người",
            "Number that stands beside more than one person"
        ),
        .phoneRepaired: Label("Số điện thoại viết khác", "Phone number written differently"),
        .phoneConverted: Label("Đổi đầu số 11 số cũ", "Old 11-digit prefix converted"),
        .phoneZeroLost: Label("Số điện thoại mất số 0", "Phone number lost its zero"),
        .phoneRefused: PhoneReading.refusal,
        .phonePrefix: Label("Đầu số điện thoại lạ", "Phone prefix not in use"),
    ]

    private static let households: [ImportCode: Label] = [
        .villageCase: Label("Tên thôn viết hoa, thường khác nhau", "Village name in other case"),
        .villageMissing: Label("Hộ không có thôn", "Household without a village"),
        .householdWithoutNumber: Label("Hộ không có số", "Household without a number"),
        .noHead: Label("Hộ không có chủ hộ", "Household without a head"),
        .twoHeads: Label("Hộ có hơn một chủ hộ", "Household with more than one head"),
        .householdTooLarge: Label("Hộ quá đông, tách ra", "Household too large, split"),
        .addressNotTaken: Label(
            "Khác địa chỉ đã nhận của hộ, không nhận ô",
            "Another address than the household's, cell not taken"
        ),
        .householdPhoneNotTaken: Label(
            "Khác số điện thoại đã nhận của hộ, không nhận ô",
            "Another phone than the household's, cell not taken"
        ),
    ]
}
