/// A personal number (số định danh cá nhân): twelve digits, `PPP G YY RRRRRR`.
///
/// There is no check digit, and the law no longer describes the structure: what it says about province,
/// sex and year is worth a warning, never a refusal (`identifiers.md` section 1).
package struct PersonalNumber: Hashable, Sendable {
    /// Twelve ASCII digits; a text, because its leading zeros count.
    package let text: String

    /// Takes exactly twelve ASCII digits that are not all the same.
    package init?(_ text: String) {
        guard text.utf8.count == 12, text.utf8.allSatisfy(isDigit), Set(text.utf8).count > 1
        else { return nil }
        self.text = text
    }

    package var province: Int { number(0..<3) }

    /// Year of birth by the number: century from the fourth digit, then two digits.
    package var birthYear: Int { 1900 + number(3..<4) / 2 * 100 + number(4..<6) }

    package var isMale: Bool { number(3..<4).isMultiple(of: 2) }

    /// Whether the first digits name one of the 63 provinces of Thông tư 07/2016/TT-BCA.
    package var hasKnownProvince: Bool { Self.provinces.contains(province) }

    /// `048•••••1234`: how lists show a number; the full one is an access that is logged.
    package var masked: String { Self.masked(text) }

    /// The same of any number of a paper, also of one that does not fit the rules.
    static func masked(_ text: String) -> String { "\(text.prefix(3))•••••\(text.suffix(4))" }

    /// `048 2 10 990003`, as it is read aloud and repeated under the field.
    package var grouped: String {
        let digits = Array(text)
        return [0..<3, 3..<4, 4..<6, 6..<12].map { String(digits[$0]) }.joined(separator: " ")
    }

    private func number(_ range: Range<Int>) -> Int {
        text.utf8.dropFirst(range.lowerBound).prefix(range.count)
            .reduce(0) { $0 * 10 + Int($1) - Int(UInt8(ascii: "0")) }
    }

    /// Province codes in personal numbers, before the mergers of 2025; they stay valid.
    static let provinces: Set<Int> = [
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36,
        37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74,
        75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    ]
}

extension PersonalNumber {
    /// Something in the number that does not fit the person or the table; never blocks saving.
    package enum Warning: String, CaseIterable, Sendable {
        case sexDiffers = "id_sex"
        case yearDiffers = "id_birth_year"
        case yearInFuture = "id_future"
        case provinceUnknown = "id_province"

        package var label: Label {
            switch self {
            case .sexDiffers:
                Label(
                    "Giới tính không khớp với số định danh",
                    "The sex does not fit the personal number"
                )
            case .yearDiffers:
                Label(
                    "Năm sinh không khớp với số định danh",
                    "The year of birth does not fit the personal number"
                )
            case .yearInFuture:
                Label(
                    "Năm sinh trong số định danh ở tương lai",
                    "The personal number names a year in the future"
                )
            case .provinceUnknown:
                Label(
                    "Ba số đầu của số định danh không có trong bảng mã tỉnh",
                    "The first three digits are in no table of provinces"
                )
            }
        }
    }

    /// What does not fit, in the order of the digits.
    ///
    /// `sex` is compared where it is the code `male` or `female`, `birthYear` where it is known;
    /// nobody is born after `currentYear`.
    package func warnings(sex: String?, birthYear: Int?, currentYear: Int) -> [Warning] {
        var warnings: [Warning] = []
        if !hasKnownProvince { warnings.append(.provinceUnknown) }
        if sex == "male" && !isMale || sex == "female" && isMale { warnings.append(.sexDiffers) }
        if self.birthYear > currentYear { warnings.append(.yearInFuture) }
        if let birthYear, birthYear != self.birthYear { warnings.append(.yearDiffers) }
        return warnings
    }
}

func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
