/// How numbers are written for people.
package enum NumberFormat: Hashable, Sendable {
    /// `1.234` and `87,5%`.
    case vietnamese
    /// `1,234` and `87.5%`.
    case english

    package init(_ language: Language) {
        self = language == .vi ? .vietnamese : .english
    }

    private var group: String { self == .vietnamese ? "." : "," }
    private var decimal: String { self == .vietnamese ? "," : "." }

    /// A whole number with its thousands set apart.
    package func integer(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number.magnitude))
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += group }
            result.append(digit)
        }
        return result
    }

    /// The share in percent, cut after one decimal; a dash where there is nothing to divide by.
    ///
    /// Cut and never rounded up: 79.96 % has not reached a target of 80 %.
    package func percent(_ part: Int, of whole: Int) -> String {
        precondition(part >= 0 && whole >= 0, "counts are not negative")
        guard whole > 0 else { return "–" }
        // Quotient and remainder apart, so that no product overflows.
        let (rest, overflow) = (part % whole).multipliedReportingOverflow(by: 1000)
        guard !overflow else { return "–" }
        let tenths = rest / whole
        let percent = part / whole * 100 + tenths / 10
        return integer(percent) + decimal + String(tenths % 10) + "%"
    }
}
