package import Causality

extension Field {
    /// What is wrong with a value in this field by itself; empty for a value that may be saved.
    ///
    /// A cleared field is always right here: whether it may be empty is the record's affair.
    package func check(_ value: Value, today: CalendarDay) -> [Problem] {
        switch (kind, value) {
        case (_, .null): []
        case (_, .erased):
            [blocks("erased", "giá trị đã bị xóa theo yêu cầu", "the value was erased by order")]
        case (.integer(let range), .integer(let number)),
            (.microdegrees(let range), .integer(let number)):
            checkRange(number, in: range)
        case (.reference, .reference): []
        case (.bytes(let max), .bytes(let bytes)):
            bytes.count <= max ? [] : [tooLong("")]
        case (_, .text(let text)): check(text, today: today)
        default: [wrongType]
        }
    }

    private var wrongType: Problem {
        blocks("wrong_type", "sai kiểu dữ liệu", "wrong kind of value")
    }

    /// Tells how many signs the field takes, where it holds a text.
    package func tooLong(_ text: String) -> Problem {
        switch kind {
        case .text(let max), .personName(let max):
            let count = text.unicodeScalars.count
            return blocks(
                "too_long",
                "quá dài: \(count) ký tự, tối đa \(max)",
                "too long: \(count) characters, at most \(max)"
            )
        default: return blocks("too_long", "quá dài", "too long")
        }
    }

    private func checkRange(_ number: Int64, in range: ClosedRange<Int64>) -> [Problem] {
        guard !range.contains(number) else { return [] }
        return [
            blocks(
                "out_of_range",
                "phải từ \(range.lowerBound) đến \(range.upperBound)",
                "must be from \(range.lowerBound) to \(range.upperBound)"
            )
        ]
    }

    private func check(_ text: String, today: CalendarDay) -> [Problem] {
        guard text.utf8.count <= Self.bytesMax else { return [tooLong(text)] }
        return switch kind {
        case .text(let max): checkText(text, max: max)
        case .personName(let max): checkText(text, max: max) + checkName(text)
        case .date: CalendarDay(text).map { checkDay($0, $0, today: today) } ?? [notADate]
        case .partialDate: checkPartialDate(text, today: today)
        case .localTime: LocalTime(text) == nil ? [notATime] : []
        case .code(let choices): checkCodes([text], choices)
        case .codeSet(let choices): checkCodeSet(text, choices)
        case .fourValued: checkCodes([text], Choice.fourValues)
        case .phone: checkPhone(text)
        case .personalID: checkPersonalID(text, today: today)
        case .oldPersonalID: text.utf8.count == 9 && isDigits(text) ? [] : [notNineDigits]
        case .taxCode: isTaxCode(text) ? [] : [notATaxCode]
        case .integer, .microdegrees, .reference, .bytes: [wrongType]
        }
    }

    /// More than any field of text can hold; checked before the text is looked at letter by letter.
    private static let bytesMax = 16_384

    private func checkText(_ text: String, max: Int) -> [Problem] {
        guard text.unicodeScalars.count <= max else { return [tooLong(text)] }
        guard TextFold.normalized(text).utf8.elementsEqual(text.utf8) else {
            return [
                blocks("not_normal", "chữ chưa ở dạng chuẩn", "the text is not in its normal form")
            ]
        }
        guard name == "note", holdsLongNumber(text) else { return [] }
        return [
            warns(
                "number_in_note",
                "có dãy số dài; không ghi số giấy tờ, số tài khoản ở đây",
                "holds a long number; papers' and accounts' numbers do not belong here"
            )
        ]
    }

    private func checkName(_ text: String) -> [Problem] {
        let isLetterOrMark = { (scalar: Unicode.Scalar) in
            scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
                || " -'.".unicodeScalars.contains(scalar)
        }
        if !text.unicodeScalars.allSatisfy(isLetterOrMark) {
            return [
                warns(
                    "name_characters",
                    "có ký tự không phải chữ cái",
                    "holds something other than letters"
                )
            ]
        }
        guard name == "full_name", !text.contains(" ") else { return [] }
        return [warns("name_one_word", "chỉ có một từ", "only one word")]
    }

    private func checkCodes(_ codes: [String], _ choices: [Choice]) -> [Problem] {
        guard codes.contains(where: { code in !choices.contains { $0.code == code } }) else {
            return []
        }
        return [
            blocks("unknown_code", "không có trong danh mục", "not in the list of choices")
        ]
    }

    private func checkCodeSet(_ text: String, _ choices: [Choice]) -> [Problem] {
        let codes = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard text != "" else { return [] }
        let problems = checkCodes(codes, choices)
        guard problems.isEmpty else { return problems }
        guard zip(codes, codes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            return [blocks("not_normal", "các mã chưa sắp thứ tự", "the codes are not sorted")]
        }
        guard codes.count > 1, codes.contains("none") else { return [] }
        return [
            blocks("none_excludes", "“Không” loại trừ mọi mục khác", "“None” excludes the others")
        ]
    }
}

extension Field {
    var notADate: Problem {
        blocks("not_a_date", "phải là ngày/tháng/năm", "must be day/month/year")
    }

    var notATime: Problem {
        blocks(
            "not_a_time",
            "phải là ngày và giờ, ví dụ 28/11/2026 08:30",
            "must be a day and a time, such as 28/11/2026 08:30"
        )
    }

    private var notNineDigits: Problem {
        blocks("id_nine_digits", "phải đủ 9 chữ số", "must have exactly 9 digits")
    }

    private var notATaxCode: Problem {
        blocks(
            "tax_code",
            "phải là 10 chữ số, chi nhánh thêm -3 chữ số, hoặc 12 chữ số",
            "must be 10 digits, with -3 more for a branch, or 12 digits"
        )
    }

    private func checkPartialDate(_ text: String, today: CalendarDay) -> [Problem] {
        guard let date = PartialDate(text), let first = date.firstDay, let last = date.lastDay
        else {
            return [notADate]
        }
        return checkDay(first, last, today: today)
    }

    /// `first` and `last`: the days between which the date lies.
    private func checkDay(
        _ first: CalendarDay,
        _ last: CalendarDay,
        today: CalendarDay
    ) -> [Problem] {
        switch days {
        case .any: return []
        case .past, .pastSince:
            if first > today { return [inFuture(.warns)] }
        case .pastOrBlocked:
            if first > today { return [inFuture(.blocks)] }
        case .future:
            guard last <= today else { return [] }
            return [warns("date_past", "phải sau hôm nay", "must be after today")]
        }
        guard case .pastSince(let earliest?) = days, last < earliest else { return [] }
        let first = PartialDate(earliest)
        return [
            warns(
                "date_early",
                "trước \(first.words(.vi)) pháp luật chưa có loại này",
                "before \(first.words(.en)) the law had no such thing"
            )
        ]
    }

    private func inFuture(_ severity: Problem.Severity) -> Problem {
        Problem(
            severity,
            name,
            "date_future",
            Label("\(label.vi): ở tương lai", "\(label.en): in the future")
        )
    }

    private func checkPhone(_ text: String) -> [Problem] {
        guard let phone = PhoneNumber(stored: text) else {
            return [Problem(.blocks, name, "phone", PhoneReading.refusal)]
        }
        guard !phone.hasKnownPrefix else { return [] }
        return [
            warns("phone_prefix", "đầu số lạ, kiểm tra lại", "unusual prefix, check it again")
        ]
    }

    private func checkPersonalID(_ text: String, today: CalendarDay) -> [Problem] {
        if case .number(let number, repaired: false) = PersonalNumberReading(
            text,
            currentYear: today.year
        ) {
            return number.warnings(sex: nil, birthYear: nil, currentYear: today.year).map {
                Problem(.warns, name, $0.rawValue, $0.label)
            }
        }
        let refusal = PersonalNumberReading.Refusal.length
        return [Problem(.blocks, name, refusal.rawValue, refusal.label)]
    }
}

private func isDigits(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy(isDigit)
}

private func isTaxCode(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.allSatisfy(isDigits) else { return false }
    return switch parts.map(\.utf8.count) {
    case [10], [12], [10, 3]: true
    default: false
    }
}

/// Nine to sixteen digits in a row are a paper's, card's or account's number.
private func holdsLongNumber(_ text: String) -> Bool {
    text.utf8.split { !isDigit($0) }.contains { (9...16).contains($0.count) }
}
