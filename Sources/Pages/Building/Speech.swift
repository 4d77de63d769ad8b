import Causality
import Node
package import Survey

/// The reader's language: words, numbers and times as he is used to them.
package struct Speech: Sendable {
    package let language: Language

    package init(_ language: Language) {
        self.language = language
    }

    func callAsFunction(_ vi: String, _ en: String) -> String {
        language == .vi ? vi : en
    }

    func callAsFunction(_ label: Label) -> String { label(language) }

    func number(_ number: some BinaryInteger) -> String {
        NumberFormat(language).integer(number)
    }

    /// The minute by the local clock; empty for a time beyond all calendars.
    func time(_ milliseconds: UInt64) -> String {
        guard let local = HybridTime(milliseconds: milliseconds, counter: 0).localTime else {
            return ""
        }
        return Field("time", Label("Giờ", "Time"), .localTime)
            .words(.text(local.description), language)
    }

    /// The same without its day.
    func clock(_ milliseconds: UInt64) -> String {
        HybridTime(milliseconds: milliseconds, counter: 0).localTime?.clockText ?? ""
    }

    func date(_ text: String) -> String {
        Field("date", Label("Ngày", "Date"), .partialDate).words(.text(text), language)
    }
}
