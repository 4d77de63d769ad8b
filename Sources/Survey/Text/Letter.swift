/// The five tones and the level one, in the order of the Vietnamese collation (CLDR `vi`).
package enum Tone: UInt8, Sendable {
    case level
    case huyen
    case hoi
    case nga
    case sac
    case nang

    /// The digit that VNI typists know, used in keys: `hoa2` for both hòa and hoà; none for level.
    var digit: UInt8? {
        switch self {
        case .level: nil
        case .sac: UInt8(ascii: "1")
        case .huyen: UInt8(ascii: "2")
        case .hoi: UInt8(ascii: "3")
        case .nga: UInt8(ascii: "4")
        case .nang: UInt8(ascii: "5")
        }
    }
}

/// The marks that make another letter of the Vietnamese alphabet: ă, â, ơ, đ.
package enum LetterMark: UInt8, Sendable {
    case plain
    case breve
    case circumflex
    case horn
    case stroke
}

/// One scalar of a text, taken apart: what every key (fold, tone key, sort key) is made from.
struct Letter {
    /// The scalar in normal form C.
    let scalar: UInt32
    /// Lower-case ASCII letter or digit under the marks; 0 where there is none.
    let base: UInt8
    let mark: LetterMark
    let tone: Tone
    let isUpper: Bool

    var isWordPart: Bool { base != 0 }
    var isSpace: Bool { scalar == 0x20 }

    /// The same letter without its tone, lower case.
    var withoutTone: UInt32 {
        mark == .plain ? UInt32(base) : Letters.lowerCase(base: base, mark: mark, tone: .level)
    }

    var lowerCase: UInt32 {
        guard isUpper else { return scalar }
        return Letters.lowerCase(base: base, mark: mark, tone: tone)
    }

    var upperCase: UInt32 {
        guard base >= UInt8(ascii: "a"), !isUpper else { return scalar }
        return Letters.upperCase(base: base, mark: mark, tone: tone)
    }
}

/// The letters of ASCII and Vietnamese as one table, so that folding a name needs no library call.
enum Letters {
    /// Rows of the alphabet: level, huyền, hỏi, ngã, sắc, nặng.
    private static let rows: [(base: UInt8, mark: LetterMark, lower: String, upper: String)] = [
        (UInt8(ascii: "a"), .plain, "aàảãáạ", "AÀẢÃÁẠ"),
        (UInt8(ascii: "a"), .breve, "ăằẳẵắặ", "ĂẰẲẴẮẶ"),
        (UInt8(ascii: "a"), .circumflex, "âầẩẫấậ", "ÂẦẨẪẤẬ"),
        (UInt8(ascii: "d"), .stroke, "đ", "Đ"),
        (UInt8(ascii: "e"), .plain, "eèẻẽéẹ", "EÈẺẼÉẸ"),
        (UInt8(ascii: "e"), .circumflex, "êềểễếệ", "ÊỀỂỄẾỆ"),
        (UInt8(ascii: "i"), .plain, "iìỉĩíị", "IÌỈĨÍỊ"),
        (UInt8(ascii: "o"), .plain, "oòỏõóọ", "OÒỎÕÓỌ"),
        (UInt8(ascii: "o"), .circumflex, "ôồổỗốộ", "ÔỒỔỖỐỘ"),
        (UInt8(ascii: "o"), .horn, "ơờởỡớợ", "ƠỜỞỠỚỢ"),
        (UInt8(ascii: "u"), .plain, "uùủũúụ", "UÙỦŨÚỤ"),
        (UInt8(ascii: "u"), .horn, "ưừửữứự", "ƯỪỬỮỨỰ"),
        (UInt8(ascii: "y"), .plain, "yỳỷỹýỵ", "YỲỶỸÝỴ"),
    ]

    private static let tones: [Tone] = [.level, .huyen, .hoi, .nga, .sac, .nang]

    /// Basic Latin to Latin Extended-B, then Latin Extended Additional's Vietnamese half.
    private static let low: UInt32 = 0x250
    private static let high: ClosedRange<UInt32> = 0x1EA0...0x1EFF

    private static let table: [Letter?] = makeTable()
    private static let cases: [UInt32] = makeCases()

    /// The letter of a scalar that needs no library; nil for all others, controls included.
    static func known(_ scalar: UInt32) -> Letter? {
        if scalar < low { return table[Int(scalar)] }
        return high.contains(scalar) ? table[Int(low + scalar - high.lowerBound)] : nil
    }

    static func lowerCase(base: UInt8, mark: LetterMark, tone: Tone) -> UInt32 {
        cases[caseIndex(base, mark, tone)]
    }

    static func upperCase(base: UInt8, mark: LetterMark, tone: Tone) -> UInt32 {
        cases[caseIndex(base, mark, tone) + 1]
    }

    private static func caseIndex(_ base: UInt8, _ mark: LetterMark, _ tone: Tone) -> Int {
        ((Int(base) * 5 + Int(mark.rawValue)) * 6 + Int(tone.rawValue)) * 2
    }

    private static func makeTable() -> [Letter?] {
        var table = [Letter?](repeating: nil, count: Int(low) + high.count)
        for scalar in UInt32(0x20)...0x7E {
            table[Int(scalar)] = ascii(scalar)
        }
        for row in rows {
            for (isUpper, letters) in [(false, row.lower), (true, row.upper)] {
                for (tone, scalar) in zip(tones, letters.unicodeScalars.map(\.value)) {
                    let index = scalar < low ? scalar : low + scalar - high.lowerBound
                    table[Int(index)] = Letter(
                        scalar: scalar,
                        base: row.base,
                        mark: row.mark,
                        tone: tone,
                        isUpper: isUpper
                    )
                }
            }
        }
        return table
    }

    private static func ascii(_ scalar: UInt32) -> Letter {
        let byte = UInt8(scalar)
        let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        let lower = isUpper ? byte + 0x20 : byte
        let isWordPart =
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(lower)
        return Letter(
            scalar: scalar,
            base: isWordPart ? lower : 0,
            mark: .plain,
            tone: .level,
            isUpper: isUpper
        )
    }

    private static func makeCases() -> [UInt32] {
        var cases = [UInt32](repeating: 0, count: 128 * 5 * 6 * 2)
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let index = caseIndex(byte, .plain, .level)
            cases[index] = UInt32(byte)
            cases[index + 1] = UInt32(byte) - 0x20
        }
        for row in rows {
            let lower = row.lower.unicodeScalars.map(\.value)
            let upper = row.upper.unicodeScalars.map(\.value)
            for (position, tone) in tones.prefix(lower.count).enumerated() {
                let index = caseIndex(row.base, row.mark, tone)
                cases[index] = lower[position]
                cases[index + 1] = upper[position]
            }
        }
        return cases
    }
}
