package import Causality

extension Field {
    /// The value as people read it; empty for an empty field.
    ///
    /// - Parameters:
    ///   - value: as it is stored.
    ///   - language: of labels and of the forms of dates and numbers.
    ///   - masked: whether the middle of a personal number is hidden.
    /// - Returns: text for people, never for storing.
    package func show(_ value: Value, _ language: Language, masked: Bool = false) -> String {
        if isSecret { return value == .null ? "" : "•••" }
        return switch value {
        case .null: ""
        case .erased: language == .vi ? "(đã xóa)" : "(erased)"
        case .reference(let record): record.description
        case .bytes(let bytes): "\(bytes.count) B"
        case .integer(let number):
            switch kind {
            case .microdegrees: NumberReading.showDegrees(number, language)
            case .integer(let range) where Self.years.contains(range): String(number)
            default: NumberReading.show(number, language)
            }
        case .text(let text): show(text, language, masked: masked)
        }
    }

    /// The same for people who only read it: a day as the language writes it, `12/03/1980` or
    /// `12 Mar 1980`.
    ///
    /// What is typed, imported or exported keeps the form of ``show(_:_:masked:)`` in both languages.
    package func words(_ value: Value, _ language: Language, masked: Bool = false) -> String {
        let typed = show(value, language, masked: masked)
        guard case .text(let text) = value, text != CalendarDay.never.description else {
            return typed
        }
        return switch kind {
        case .date, .partialDate: PartialDate(text)?.words(language) ?? typed
        case .localTime:
            LocalTime(text).map { time in
                "\(PartialDate(time.day).words(language)) \(time.clockText)"
            } ?? typed
        default: typed
        }
    }

    /// A field whose range lies in these holds a year, which has no thousands.
    private static let years: ClosedRange<Int64> = 1900...2100

    private func show(_ text: String, _ language: Language, masked: Bool) -> String {
        switch kind {
        // Only what has an end may have none: of other dates this one is a day.
        case .date where text == CalendarDay.never.description:
            language == .vi ? "Không thời hạn" : "No expiry"
        case .date, .partialDate: PartialDate(text)?.words(.vi) ?? text
        case .localTime:
            LocalTime(text).map { time in
                "\(PartialDate(time.day).words(.vi)) \(time.clockText)"
            } ?? text
        case .code(let choices): Self.label(text, choices, language)
        case .fourValued: Self.label(text, Choice.fourValues, language)
        case .codeSet(let choices):
            text.split(separator: ",").map { Self.label(String($0), choices, language) }
                .joined(separator: "; ")
        case .phone: PhoneNumber(stored: text)?.display ?? text
        case .personalID, .oldPersonalID: masked ? PersonalNumber.masked(text) : text
        default: text
        }
    }

    /// A code that this program does not know yet is shown as it is.
    private static func label(_ code: String, _ choices: [Choice], _ language: Language) -> String {
        choices.first { $0.code == code }?.label(language) ?? code
    }
}
