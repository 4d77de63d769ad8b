/// A number to be dialled by a touch (`tel:`, RFC 3966): digits, with a plus sign before them.
package struct TelephonePath: Hashable, Sendable {
    package let text: String

    /// Nil for whatever is no number: it is shown, and leads nowhere.
    package init?(_ number: String) {
        let plain = number.filter { $0 != " " && $0 != "." && $0 != "-" }
        let digits = plain.hasPrefix("+") ? plain.dropFirst() : Substring(plain)
        guard (3...15).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        text = "tel:\(plain)"
    }
}
