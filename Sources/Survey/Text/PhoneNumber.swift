/// A Vietnamese telephone number in its national form, digits only, with the leading 0.
package struct PhoneNumber: Hashable, Sendable {
    package let text: String

    /// Takes the stored form: a mobile or a landline number in national form.
    package init?(stored text: String) {
        guard text.utf8.allSatisfy(isDigit), Self.isMobile(text) || Self.isLandline(text) else {
            return nil
        }
        self.text = text
    }

    /// `0905 123 456`; landlines as area code, then 3 and 4 digits.
    package var display: String {
        let digits = Array(text)
        let groups = digits.count == 10 ? [0..<4, 4..<7, 7..<10] : [0..<4, 4..<7, 7..<11]
        return groups.map { String(digits[$0]) }.joined(separator: " ")
    }

    /// Whether the first three digits are a prefix in use; ranges change, so this only warns.
    package var hasKnownPrefix: Bool {
        Self.isLandline(text) || Self.mobilePrefixes.contains(String(text.prefix(3)))
    }

    private static func isMobile(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        return digits.count == 10 && digits[0] == UInt8(ascii: "0")
            && "35789".utf8.contains(digits[1])
    }

    /// `02…` and 11 digits: area code and seven digits.
    private static func isLandline(_ text: String) -> Bool {
        text.utf8.count == 11 && text.hasPrefix("02")
    }

    private static let mobilePrefixes: Set<String> = Set(
        [
            32...39, 52...52, 55...56, 58...59, 70...70, 76...79, 81...89, 90...94, 96...99,
        ].flatMap { range in range.map { "0\($0)" } }
    )

    /// Prefixes of the 11-digit numbers that ended on 15/09/2018, and what they became.
    fileprivate static let converted: [String: String] = [
        "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
        "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
        "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
        "0167": "037", "0168": "038", "0169": "039",
        "0186": "056", "0188": "058", "0199": "059",
    ]
}

/// What a typed or imported text is as a telephone number, and how sure that is.
package enum PhoneReading: Hashable, Sendable {
    case empty
    /// `repaired` where the country code, spaces or punctuation were taken out.
    case number(PhoneNumber, repaired: Bool)
    /// An 11-digit mobile number of before 2018 with its new prefix.
    case converted(PhoneNumber)
    /// Nine digits that are a mobile number once the lost 0 is back.
    case leadingZeroLost(PhoneNumber)
    case refused

    package static let refusal = Label(
        "Số điện thoại không đúng: di động 10 số bắt đầu 03, 05, 07, 08, 09",
        "Not a telephone number: mobiles have 10 digits and begin 03, 05, 07, 08 or 09"
    )

    /// Reads a text of at most a few dozen characters.
    package init(_ text: String) {
        let trimmed = TextFold.normalized(text)
        guard !trimmed.isEmpty else {
            self = .empty
            return
        }
        var digits = trimmed.utf8.filter { !" .-()".utf8.contains($0) }
        if digits.first == UInt8(ascii: "+") {
            guard digits.starts(with: "+84".utf8) else {
                self = .refused
                return
            }
            digits.removeFirst()
        }
        guard digits.allSatisfy(isDigit) else {
            self = .refused
            return
        }
        let hadCountryCode = Self.nationalise(&digits)
        let national = String(decoding: digits, as: UTF8.self)
        if let number = PhoneNumber(stored: national) {
            self = .number(number, repaired: national != text)
        } else if digits.count == 11,
            let prefix = PhoneNumber.converted[String(national.prefix(4))],
            let number = PhoneNumber(stored: prefix + national.dropFirst(4))
        {
            self = .converted(number)
        } else if digits.count == 9, !hadCountryCode,
            let number = PhoneNumber(stored: "0" + national)
        {
            self = .leadingZeroLost(number)
        } else {
            self = .refused
        }
    }

    /// Replaces 84 or 0084 by 0 where a whole number follows.
    private static func nationalise(_ digits: inout [UInt8]) -> Bool {
        for code in ["0084", "84"] where digits.starts(with: code.utf8) {
            let rest = digits.dropFirst(code.utf8.count)
            guard (9...10).contains(rest.count) || rest.first == UInt8(ascii: "0") else { continue }
            digits = Array(rest)
            if digits.first != UInt8(ascii: "0") { digits.insert(UInt8(ascii: "0"), at: 0) }
            return true
        }
        return false
    }
}
