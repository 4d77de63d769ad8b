/// Proposals for names typed without capitals or in capitals only.
package enum NameCase {
    /// `NGUYỄN VĂN A` or `nguyễn văn a` → `Nguyễn Văn A`; nil where the case is mixed already.
    ///
    /// Never applied by itself: names such as `K'Rơ` or `Y Ê` have their own capitals.
    package static func proposal(for name: String) -> String? {
        let letters = TextFold.letters(TextFold.normalized(name))
        let cased = letters.filter { $0.base >= UInt8(ascii: "a") && $0.base <= UInt8(ascii: "z") }
        guard cased.count > 1 else { return nil }
        let capitals = cased.count(where: \.isUpper)
        guard capitals == 0 || capitals == cased.count else { return nil }
        var startsWord = true
        let scalars = letters.map { letter in
            defer { startsWord = !letter.isWordPart }
            return startsWord ? letter.upperCase : letter.lowerCase
        }
        let proposal = TextFold.string(scalars)
        return proposal == name ? nil : proposal
    }
}
