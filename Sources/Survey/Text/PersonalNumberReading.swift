/// What a typed or imported text is as a personal number, and how sure that is.
package enum PersonalNumberReading: Hashable, Sendable {
    case empty
    /// Twelve digits; `repaired` where spaces, dots or hyphens were taken out, which is certain.
    case number(PersonalNumber, repaired: Bool)
    /// A spreadsheet took leading zeros; plausible with them again, but a person decides.
    case proposed(PersonalNumber, zeros: Int)
    /// Nine digits: the number of an old paper, kept as such.
    case old(String)
    case refused(Refusal)

    /// Why a text is no personal number.
    package enum Refusal: String, CaseIterable, Sendable {
        /// `4,9085E+10`: digits are lost and cannot be brought back.
        case scientific = "id_scientific"
        case badCharacter = "id_bad_character"
        case length = "id_length"
        case allDigitsEqual = "id_all_digits_equal"

        package var label: Label {
            switch self {
            case .scientific:
                Label(
                    "Bảng tính đã làm mất chữ số (dạng 4,9E+10); lấy lại số từ nguồn",
                    "The spreadsheet lost digits (like 4.9E+10); take the number from its source"
                )
            case .badCharacter:
                Label(
                    "Số định danh có ký tự không phải chữ số",
                    "The personal number holds something other than digits"
                )
            case .length:
                Label(
                    "Số định danh phải đủ 12 chữ số",
                    "A personal number has exactly 12 digits"
                )
            case .allDigitsEqual:
                Label(
                    "Số định danh có 12 chữ số giống nhau",
                    "All twelve digits of the personal number are the same"
                )
            }
        }
    }

    /// Reads a text of at most a few dozen characters.
    ///
    /// Zeros are proposed only where the number then names a year of birth up to `currentYear`.
    package init(_ text: String, currentYear: Int) {
        let trimmed = TextFold.normalized(text)
        let digits = trimmed.utf8.filter { !" .-".utf8.contains($0) }
        let compact = String(decoding: digits, as: UTF8.self)
        guard !digits.isEmpty else {
            self = trimmed.isEmpty ? .empty : .refused(.badCharacter)
            return
        }
        guard digits.allSatisfy(isDigit) else {
            self = .refused(Self.isScientific(digits) ? .scientific : .badCharacter)
            return
        }
        switch digits.count {
        case 12:
            let number = PersonalNumber(compact)
            self =
                number.map { .number($0, repaired: compact != text) }
                ?? .refused(.allDigitsEqual)
        case 10, 11:
            let zeros = 12 - digits.count
            let number = PersonalNumber(String(repeating: "0", count: zeros) + compact)
            if let number, number.isPlausible(currentYear: currentYear) {
                self = .proposed(number, zeros: zeros)
            } else {
                self = .refused(.length)
            }
        case 9: self = .old(compact)
        default: self = .refused(.length)
        }
    }

    /// Digits with one decimal sign and a power of ten, as spreadsheets write long numbers.
    private static func isScientific(_ bytes: [UInt8]) -> Bool {
        guard
            let mark = bytes.firstIndex(where: {
                $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e")
            })
        else { return false }
        let digits = bytes[..<mark].filter { $0 != UInt8(ascii: ",") }
        let power = bytes[(mark + 1)...].drop { $0 == UInt8(ascii: "+") }
        return !digits.isEmpty && digits.allSatisfy(isDigit)
            && !power.isEmpty && power.allSatisfy(isDigit)
    }
}

extension PersonalNumber {
    /// Province in the table, born in the 1900s or 2000s and not in the future.
    func isPlausible(currentYear: Int) -> Bool {
        hasKnownProvince && birthYear <= min(currentYear, 2099)
    }
}
