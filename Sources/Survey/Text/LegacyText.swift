/// A column whose letters only look right in an old font or after one wrong decoding.
package enum LegacyEncoding: String, CaseIterable, Sendable {
    /// UTF-8 bytes read as Windows-1252: `HÃ²a`.
    case utf8AsLatin1 = "utf8_as_latin1"
    /// Fonts `.VnTime` and relatives (TCVN 5712, "ABC"): `Hßa`.
    case tcvn3
    /// Fonts `VNI-Times` and relatives: `Hoøa`.
    case vni
    /// Windows code page 1258, letters followed by their tones: `Hoòa` for Họa.
    case cp1258
    /// Marks typed behind their vowels in ASCII: `Va(n`; see ``VIQR``.
    case viqr

    package var label: Label {
        switch self {
        case .utf8AsLatin1:
            Label("UTF-8 bị đọc thành Latin-1", "UTF-8 read as Latin-1")
        case .tcvn3: Label("TCVN3 (phông .VnTime)", "TCVN3 (fonts .VnTime)")
        case .vni: Label("VNI (phông VNI-Times)", "VNI (fonts VNI-Times)")
        case .cp1258: Label("Windows-1258", "Windows-1258")
        case .viqr: Label("VIQR (dấu gõ sau chữ)", "VIQR (marks typed behind the letters)")
        }
    }
}

/// What detection says about one column, to be shown with before and after.
package struct LegacyFinding: Hashable, Sendable {
    package let encoding: LegacyEncoding
    /// Per mille of the words with special letters that are syllables as they stand, and converted.
    package let validBefore: Int
    package let validAfter: Int
}

/// Recognising and converting texts of the time of 8-bit fonts.
package enum LegacyText {
    /// Cells looked at; a column's encoding shows in far fewer.
    package static let cellsMax = 2000

    /// Scores a whole column; nil where it is well as it is or no conversion helps clearly.
    ///
    /// Decided per column, never per cell: `Hïng` alone could be many things.
    package static func detect(column: some Sequence<String>) -> LegacyFinding? {
        let cells = column.lazy.filter { $0.utf8.contains { $0 >= 0x80 } }.prefix(cellsMax)
        let texts = Array(cells)
        guard !texts.isEmpty else { return VIQR.detect(column: column) }
        let before = validShare(texts)
        guard before < 700 else { return nil }
        let findings = LegacyEncoding.allCases.filter { $0 != .viqr }.map { encoding in
            let converted = texts.map { Self.converted($0, from: encoding) ?? $0 }
            return LegacyFinding(
                encoding: encoding,
                validBefore: before,
                validAfter: validShare(converted)
            )
        }
        return findings.max { $0.validAfter < $1.validAfter }
            .flatMap { $0.validAfter >= max(800, before + 300) ? $0 : nil }
    }

    /// The text in Unicode; nil where it cannot have been written in that encoding.
    package static func converted(_ text: String, from encoding: LegacyEncoding) -> String? {
        switch encoding {
        case .utf8AsLatin1: fromLatin1(text)
        case .tcvn3: fromTable(text)
        case .vni: fromVNI(text)
        case .cp1258: fromCodePage1258(text)
        case .viqr: VIQR.converted(text)
        }
    }

    /// Bytes that are no UTF-8, as a Windows machine would have shown them.
    package static func windows1252(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(fromWindows1252[byte] ?? Unicode.Scalar(byte)) }
        return String(text)
    }

    private static func validShare(_ texts: [String]) -> Int {
        var words = 0
        var valid = 0
        for text in texts {
            for word in text.split(whereSeparator: { " ,;./-()".contains($0) })
            where word.utf8.contains(where: { $0 >= 0x80 }) {
                words += 1
                if Syllable.isVietnamese(String(word)) { valid += 1 }
            }
        }
        return words == 0 ? 1000 : valid * 1000 / words
    }

    private static func fromLatin1(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var isASCII = true
        for scalar in text.unicodeScalars {
            guard let byte = windows1252[scalar] ?? UInt8(exactly: scalar.value) else {
                return nil
            }
            bytes.append(byte)
            isASCII = isASCII && byte < 0x80
        }
        return isASCII ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func fromTable(_ text: String) -> String? {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.append(scalar)
            } else if let letter = tcvn3[scalar] {
                result.append(letter)
            } else {
                return nil
            }
        }
        return withFontCase(String(result), asTyped: text)
    }

    private static func fromVNI(_ text: String) -> String? {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let last = result.last, let marks = vniMarks[scalar], last.properties.isAlphabetic,
                "aeouyơưAEOUYƠƯ".unicodeScalars.contains(last)
            {
                result.append(contentsOf: marks.unicodeScalars)
            } else if scalar.isASCII {
                result.append(scalar)
            } else if let letter = vniLetters[scalar] {
                result.append(letter)
            } else {
                return nil
            }
        }
        return TextFold.string(NormalForm.composed(String(result)))
    }

    private static func fromCodePage1258(_ text: String) -> String? {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let letter = codePage1258[scalar] {
                let isTone = letter.properties.generalCategory == .nonspacingMark
                guard !isTone || result.last?.properties.isAlphabetic ?? false else { return nil }
                result.append(letter)
            } else if scalar.value <= 0xFF || windows1252[scalar] != nil {
                result.append(scalar)
            } else {
                return nil
            }
        }
        return TextFold.string(NormalForm.composed(String(result)))
    }

    /// The font decided the case of accented letters: all capitals where the plain letters are.
    private static func withFontCase(_ text: String, asTyped typed: String) -> String {
        let plain = typed.utf8.filter { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        guard plain.count > 1, plain.allSatisfy({ $0 < 0x61 }) else { return text }
        return TextFold.string(TextFold.letters(text).lazy.map(\.upperCase))
    }
}

// Conversion tables: what is seen, and what was meant, in the same order.
extension LegacyText {
    private static func table(
        _ seen: String,
        _ meant: String
    ) -> [Unicode.Scalar: Unicode.Scalar] {
        Dictionary(zip(seen.unicodeScalars, meant.unicodeScalars)) { first, _ in first }
    }

    /// The upper half of TCVN 5712 without its accented capitals, which the fonts do not have.
    private static let tcvn3 = table(
        """
        ¡¢£¤¥¦§¨©ª«¬\u{AD}®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×\
        ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ\u{A0}
        """,
        """
        ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệì\
        ỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ\u{20}
        """
    )

    /// Where code page 1258 differs from 1252: four letters in both cases, ₫ and the five tones.
    private static let codePage1258 = table(
        "ÃãÐðÕõÝýþÌìÒòÞ",
        "ĂăĐđƠơƯư₫\u{300}\u{301}\u{309}\u{323}\u{303}"
    )

    /// VNI letters that need no mark after them.
    private static let vniLetters = table("ñÑôÔöÖíÍìÌæÆóÓòÒîÎ\u{A0}", "đĐơƠưƯíÍìÌỉỈĩĨịỊỵỴ ")

    /// VNI marks behind a vowel, as combining marks: circumflex or breve, then the tone.
    private static let vniMarks: [Unicode.Scalar: String] = {
        let marks = "ùøûõïâáàåãäêéèúüë"
        let meant = [
            "\u{301}", "\u{300}", "\u{309}", "\u{303}", "\u{323}",
            "\u{302}", "\u{302}\u{301}", "\u{302}\u{300}", "\u{302}\u{309}",
            "\u{302}\u{303}", "\u{302}\u{323}",
            "\u{306}", "\u{306}\u{301}", "\u{306}\u{300}", "\u{306}\u{309}",
            "\u{306}\u{303}", "\u{306}\u{323}",
        ]
        var table: [Unicode.Scalar: String] = [:]
        for (mark, meaning) in zip(marks.unicodeScalars, meant) {
            table[mark] = meaning
            table[Unicode.Scalar(UInt8(mark.value - 0x20))] = meaning
        }
        return table
    }()

    private static let fromWindows1252: [UInt8: Unicode.Scalar] = Dictionary(
        uniqueKeysWithValues: windows1252.map { ($0.value, $0.key) }
    )

    /// Windows-1252 from 0x80 to 0x9F, where it is not Latin-1.
    private static let windows1252: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: zip(
            "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".unicodeScalars,
            [
                0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8E, 0x91,
                0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9E, 0x9F,
            ]
        )
    )
}
