/// How a word stands out on a terminal that shows colours; elsewhere it says the same without.
package enum Emphasis: String, CaseIterable, Sendable {
    case bold = "1"
    case good = "32"
    case warning = "33"
    case bad = "31"

    /// The text between the escape sequences that switch the emphasis on and off.
    func around(_ text: String) -> String { "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" }
}

extension Output {
    /// The text as this output can show it: with emphasis only where it has colours.
    package func emphasised(_ text: String, _ emphasis: Emphasis) -> String {
        isColoured ? emphasis.around(text) : text
    }
}
