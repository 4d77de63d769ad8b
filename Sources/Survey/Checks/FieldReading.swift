package import Causality

/// What a typed or imported text becomes in a field.
package enum FieldReading: Hashable, Sendable {
    case empty
    /// The value as it is stored, with warnings, such as an unusual prefix.
    case value(Value, [Problem])
    /// A likely value that a person must confirm, such as an id whose leading zero a spreadsheet took.
    case proposed(Value, Problem)
    case refused(Problem)
}

extension Field {
    /// Reads a text as people type it and as lists bring it, and normalises it for storage.
    ///
    /// Codes are taken by code or by a label of either language, without regard to case and accents.
    package func parse(_ text: String, today: CalendarDay) -> FieldReading {
        guard !isSecret else {
            return .refused(blocks("secret", "không ghi bằng tay", "is not entered by hand"))
        }
        let trimmed = TextFold.normalized(text)
        guard !trimmed.isEmpty else { return .empty }
        let value: Value
        switch kind {
        case .text, .personName, .taxCode, .oldPersonalID: value = .text(trimmed)
        case .integer:
            guard let number = NumberReading.integer(trimmed) else { return .refused(notANumber) }
            value = .integer(number)
        case .microdegrees:
            guard let number = NumberReading.microdegrees(trimmed) else {
                return .refused(notANumber)
            }
            value = .integer(number)
        case .date, .partialDate: return parseDate(trimmed, today: today)
        case .localTime:
            guard let time = Self.readTime(trimmed) else { return .refused(notATime) }
            value = .text(time.description)
        case .code(let choices): return parseCode(trimmed, choices)
        case .codeSet(let choices): return parseCodes(trimmed, choices, today: today)
        case .fourValued: return parseCode(trimmed, Choice.fourValues)
        case .phone: return parsePhone(trimmed, today: today)
        case .personalID: return parsePersonalID(trimmed, today: today)
        case .reference:
            guard let record = RecordID(trimmed) else { return .refused(unknownRecord) }
            value = .reference(record)
        case .bytes: return .refused(unknownRecord)
        }
        return checked(value, today: today)
    }

    private func checked(_ value: Value, today: CalendarDay) -> FieldReading {
        let problems = check(value, today: today)
        if let blocking = problems.first(where: { $0.severity == .blocks }) {
            return .refused(blocking)
        }
        return .value(value, problems)
    }

    private var notANumber: Problem {
        blocks("not_a_number", "phải là số", "must be a number")
    }

    private var unknownRecord: Problem {
        blocks("not_a_record", "không phải mã bản ghi", "is not the id of a record")
    }

    private func parseDate(_ text: String, today: CalendarDay) -> FieldReading {
        if kind == .date, Self.neverTexts.contains(TextFold.fold(text)) {
            return checked(.text(CalendarDay.never.description), today: today)
        }
        switch Self.readDate(text, today: today) {
        case .empty: return .empty
        case .refused(let refusal):
            return .refused(
                blocks(refusal.rawValue, refusal.label.vi, refusal.label.en)
            )
        case .proposed(let date):
            let problem = warns(
                "date_proposed",
                "năm ghi hai số hoặc bảng tính đổi ngày, kiểm tra lại",
                "two-digit year or a spreadsheet's number, check it"
            )
            return .proposed(.text(date.description), problem)
        case .date(let date, _):
            if kind == .date, date.precision != .day || date.isSuspect {
                return .refused(
                    blocks("date_imprecise", "cần đủ ngày, tháng, năm", "needs day, month and year")
                )
            }
            return checked(.text(date.description), today: today)
        }
    }

    /// Besides what people write: the stored form, `?` behind a suspect date, `00` for what is not known.
    private static func readDate(_ text: String, today: CalendarDay) -> DateReading {
        if let stored = PartialDate(text) { return .date(stored, .iso) }
        let isSuspect = text.hasSuffix("?")
        var rest = isSuspect ? text.dropLast() : text[...]
        while rest.hasPrefix("00/"), rest.utf8.count > 5 { rest = rest.dropFirst(3) }
        guard case .date(let date, let form) = DateReading(String(rest), currentYear: today.year),
            isSuspect,
            let suspect = PartialDate(
                year: date.year,
                month: date.month,
                day: date.day,
                isSuspect: true
            )
        else { return DateReading(String(rest), currentYear: today.year) }
        return .date(suspect, form)
    }

    /// What cards without an end say.
    private static let neverTexts: Set = ["khong thoi han", "vo thoi han", "never", "no expiry"]

    private static func readTime(_ text: String) -> LocalTime? {
        if let time = LocalTime(text) { return time }
        let parts = text.split(separator: " ")
        guard parts.count == 2,
            case .date(let date, _) = DateReading(String(parts[0]), currentYear: 9999),
            date.precision == .day, let day = date.firstDay
        else { return nil }
        let clock = parts[1].utf8.count == 4 ? "0\(parts[1])" : String(parts[1])
        return LocalTime("\(day)T\(clock)")
    }

    private func parsePhone(_ text: String, today: CalendarDay) -> FieldReading {
        switch PhoneReading(text) {
        case .empty: .empty
        case .number(let phone, repaired: _): checked(.text(phone.text), today: today)
        case .converted(let phone):
            .proposed(
                .text(phone.text),
                warns("phone_converted", "đổi từ đầu số cũ", "converted from an old prefix")
            )
        case .leadingZeroLost(let phone):
            .proposed(
                .text(phone.text),
                warns("phone_zero_lost", "bị mất số 0 đầu", "the leading 0 is missing")
            )
        case .refused: .refused(Problem(.blocks, name, "phone", PhoneReading.refusal))
        }
    }

    private func parsePersonalID(_ text: String, today: CalendarDay) -> FieldReading {
        switch PersonalNumberReading(text, currentYear: today.year) {
        case .empty: return .empty
        case .number(let number, repaired: _): return checked(.text(number.text), today: today)
        case .proposed(let number, zeros: _):
            return .proposed(
                .text(number.text),
                warns("id_zero_lost", "bị mất số 0 đầu", "the leading 0 is missing")
            )
        case .old:
            let refusal = PersonalNumberReading.Refusal.length
            return .refused(
                blocks(refusal.rawValue, refusal.label.vi, refusal.label.en)
            )
        case .refused(let refusal):
            return .refused(
                blocks(refusal.rawValue, refusal.label.vi, refusal.label.en)
            )
        }
    }
}

extension Field {
    private func parseCode(_ text: String, _ choices: [Choice]) -> FieldReading {
        guard let choice = Choice.find(text, in: choices) else {
            return .refused(unknownChoice(choices))
        }
        return .value(.text(choice.code), [])
    }

    /// Choices are parted by `;`, or by `,` where the label itself has none.
    private func parseCodes(
        _ text: String,
        _ choices: [Choice],
        today: CalendarDay
    ) -> FieldReading {
        var codes: Set<String> = []
        for piece in text.split(whereSeparator: { ";|".contains($0) }) {
            if let choice = Choice.find(String(piece), in: choices) {
                codes.insert(choice.code)
                continue
            }
            for part in piece.split(separator: ",") {
                guard let choice = Choice.find(String(part), in: choices) else {
                    return .refused(unknownChoice(choices))
                }
                codes.insert(choice.code)
            }
        }
        return checked(.text(codes.sorted().joined(separator: ",")), today: today)
    }

    private func unknownChoice(_ choices: [Choice]) -> Problem {
        let rest = choices.count > Self.choicesNamed ? ", …" : ""
        let named = choices.prefix(Self.choicesNamed).map(\.label)
        return blocks(
            "unknown_code",
            "chọn một trong danh mục (" + named.map(\.vi).joined(separator: ", ") + rest + ")",
            "choose one of (" + named.map(\.en).joined(separator: ", ") + rest + ")"
        )
    }

    /// How many choices a problem names: what is read at a glance.
    private static let choicesNamed = 12
}

extension Choice {
    /// The answers of a four-valued fact.
    package static let fourValues = [
        Choice("yes", "Có", "Yes"),
        Choice("no", "Không", "No"),
        Choice("unknown", "Không biết", "Not known"),
        notApplicable,
    ]

    static let notApplicable = Choice("na", "Không áp dụng", "Does not apply")

    /// What people write for them besides the labels, folded.
    private static let fourSpellings = [
        "chua": "no", "chua co": "no", "k": "no", "x": "yes", "c": "yes", "roi": "yes",
        "chua ro": "unknown",
    ]

    /// The choice of that code or label, without regard to case and accents.
    static func find(_ text: String, in choices: [Choice]) -> Choice? {
        let folded = TextFold.fold(text)
        if let choice = choices.first(where: { $0.code == folded }) { return choice }
        let byLabel = choices.first {
            TextFold.fold($0.label.vi) == folded || TextFold.fold($0.label.en) == folded
        }
        guard byLabel == nil, choices == fourValues, let code = fourSpellings[folded] else {
            return byLabel
        }
        return choices.first { $0.code == code }
    }
}
