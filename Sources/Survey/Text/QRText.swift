/// What the QR text of an identity card says, read into values; the text itself is never kept.
///
/// Fields by `|`: number, old number, name, birth `DDMMYYYY`, sex, residence, date of issue; cards of
/// 2024 append more, whose order no source states: they are ignored (`identifiers.md` section 3).
package struct QRText: Hashable, Sendable {
    package let personalID: PersonalNumber
    /// Nine digits of the paper before, where the card names it.
    package let oldPersonalID: String?
    /// As on the card, in normal form C, case kept.
    package let fullName: String
    /// Title case for a name in capitals: to be offered, not applied.
    package let nameProposal: String?
    package let birth: PartialDate
    /// `male` or `female`.
    package let sex: String
    /// Place names may be those of before the mergers of 2025: not an error.
    package let residence: String
    package let issuedOn: CalendarDay?
    /// The scanner or an input method altered the letters: type the name from the card.
    package let isNameDoubtful: Bool

    /// Longest text read; a card's text has some 200 bytes.
    package static let bytesMax = 1024

    /// Why a text is not that of an identity card.
    package enum Refusal: String, Error, CaseIterable, CustomStringConvertible {
        case tooLong = "qr_too_long"
        case fieldCount = "qr_field_count"
        case number = "qr_number"
        case name = "qr_name"
        case birth = "qr_birth"
        case sex = "qr_sex"

        package var label: Label {
            switch self {
            case .tooLong, .fieldCount:
                Label(
                    "Không phải mã QR trên thẻ căn cước; quét lại",
                    "Not the QR code of an identity card; scan again"
                )
            case .number:
                Label(
                    "Mã QR không có số định danh 12 chữ số",
                    "The QR code holds no personal number of 12 digits"
                )
            case .name: Label("Mã QR không có họ tên", "The QR code holds no name")
            case .birth:
                Label(
                    "Ngày sinh trong mã QR không đúng",
                    "The birth date of the QR code is no date"
                )
            case .sex:
                Label("Giới tính trong mã QR không đúng", "The sex in the QR code is unreadable")
            }
        }

        package var description: String { label.en }
    }

    /// Reads what a scanner, a camera or the clipboard gave.
    package init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= Self.bytesMax else { throw .tooLong }
        let fields = text.split(separator: "|", omittingEmptySubsequences: false)
            .map { Self.repaired(String($0)) }
        guard (6...16).contains(fields.count) else { throw .fieldCount }
        guard let personalID = PersonalNumber(fields[0]) else { throw .number }
        guard !fields[2].isEmpty else { throw .name }
        guard let birth = Self.date(fields[3]) else { throw .birth }
        switch TextFold.fold(fields[4]) {
        case "nam": sex = "male"
        case "nu": sex = "female"
        default: throw .sex
        }
        self.personalID = personalID
        self.birth = birth
        oldPersonalID =
            fields[1].utf8.count == 9 && fields[1].utf8.allSatisfy(isDigit)
            ? fields[1] : nil
        fullName = fields[2]
        nameProposal = NameCase.proposal(for: fields[2])
        residence = fields[5]
        let issued = fields.count > 6 ? Self.date(fields[6]) : nil
        issuedOn = issued?.precision == .day ? issued?.firstDay : nil
        isNameDoubtful = !Self.isPlausible(fullName)
    }

    private static func repaired(_ field: String) -> String {
        let text = LegacyText.converted(field, from: .utf8AsLatin1) ?? field
        return TextFold.normalized(text)
    }

    /// `DDMMYYYY`; `00` as the day or month leaves only the year.
    private static func date(_ text: String) -> PartialDate? {
        guard text.utf8.count == 8, text.utf8.allSatisfy(isDigit), let number = Int(text) else {
            return nil
        }
        let (day, month, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000)
        return day == 0 || month == 0
            ? PartialDate(year: year) : PartialDate(year: year, month: month, day: day)
    }

    /// Letters, spaces and the marks of names only, and no letter that Vietnamese lacks.
    private static func isPlausible(_ name: String) -> Bool {
        name.unicodeScalars.allSatisfy { scalar in
            guard let letter = Letters.known(scalar.value) else { return false }
            return letter.base >= UInt8(ascii: "a") || " -'.".unicodeScalars.contains(scalar)
        } && TextFold.words(TextFold.exact(name)).allSatisfy(Syllable.isVietnamese)
    }
}
