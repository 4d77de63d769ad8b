/// Normal form and search keys of Vietnamese text.
///
/// Rules: `names-and-text.md` sections 1 to 3. Stored text is only ever `normalized`; everything else
/// here makes keys, which are compared and indexed but never shown.
package enum TextFold {
    /// Normal form C on one line, as text is stored, hashed and sent.
    ///
    /// Look-alikes of Đ become Đ; any space, tab or line break becomes one space, the ends are trimmed;
    /// zero-width characters, byte order marks and controls go; curly single quotes become `'`.
    package static func normalized(_ text: String) -> String {
        isNormalized(text) ? text : string(collapsed(letters(text)).lazy.map(\.scalar))
    }

    /// Normal form C and nothing else: for passwords, where every blank counts.
    package static func composed(_ text: String) -> String {
        string(NormalForm.composed(text))
    }

    /// Normal form C, lower case: what `NGUYỄN` and `nguyễn` have in common.
    package static func exact(_ text: String) -> String {
        string(collapsed(letters(text)).lazy.map(lowerCase))
    }

    /// Lower case without tones and marks: `Nguyễn Thị Đào` → `nguyen thi dao`.
    package static func fold(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for letter in collapsed(letters(text)) {
            append(folded(letter), to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a letter has a tone or a mark; without them a word may be several.
    package static func hasMarks(_ text: String) -> Bool {
        text.utf8.contains { $0 >= 0x80 }
            && letters(text).contains { $0.tone != .level || $0.mark != .plain }
    }

    /// Lower case with the tone of each word at its end as a VNI digit: hòa and hoà are both `hoa2`.
    ///
    /// Generic over syllables, so neither trap of replacement tables exists: `quý` stays one key
    /// `quy1` and closed syllables such as `hoạch` (`hoach5`) have one key anyway.
    package static func toneKey(_ text: String) -> String {
        var bytes: [UInt8] = []
        var tones: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 4)
        for letter in collapsed(letters(text)) {
            if !letter.isWordPart, !isApostrophe(letter) {
                bytes += tones
                tones.removeAll(keepingCapacity: true)
            }
            append(letter.isWordPart ? letter.withoutTone : lowerCase(letter), to: &bytes)
            if let digit = letter.tone.digit { tones.append(digit) }
        }
        return String(decoding: bytes + tones, as: UTF8.self)
    }

    /// The words of a folded text or key: runs of letters and digits; an apostrophe joins (`k'ro`).
    package static func words(_ key: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for letter in letters(key) {
            if letter.isWordPart {
                append(lowerCase(letter), to: &word)
            } else if !isApostrophe(letter), !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }
}

extension TextFold {
    /// The text as letters in normal form C, look-alikes and invisible characters already gone.
    static func letters(_ text: String) -> [Letter] {
        var letters: [Letter] = []
        letters.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let letter = Letters.known(scalar.value) else { return slowLetters(text) }
            letters.append(letter)
        }
        return letters
    }

    private static func slowLetters(_ text: String) -> [Letter] {
        NormalForm.composed(text).compactMap { scalar in
            switch scalar {
            case 0xD0, 0x189: Letters.known(0x110)
            case 0xF0, 0x256: Letters.known(0x111)
            case 0x2018, 0x2019, 0x201B, 0x2BC, 0x2032: Letters.known(0x27)
            case 0x09...0x0D, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
                0x3000:
                Letters.known(0x20)
            case 0...0x1F, 0x7F...0x9F, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064,
                0xFEFF:
                nil
            default: Letters.known(scalar) ?? foreign(scalar)
            }
        }
    }

    /// A letter outside the Vietnamese alphabet: its base by decomposition, where that is ASCII.
    private static func foreign(_ scalar: UInt32) -> Letter {
        guard let value = Unicode.Scalar(scalar), NormalForm.isWordPart(scalar) else {
            return Letter(scalar: scalar, base: 0, mark: .plain, tone: .level, isUpper: false)
        }
        let first = NormalForm.decomposed(String(Character(value))).first ?? scalar
        let base = Letters.known(first)?.base ?? 0
        return Letter(
            scalar: scalar,
            base: base == 0 ? Self.foreignBase : base,
            mark: .plain,
            tone: .level,
            isUpper: false
        )
    }

    /// Marks a letter of another script: part of a word, sorted behind z, never folded to ASCII.
    static let foreignBase: UInt8 = 0x7F

    static func isApostrophe(_ letter: Letter) -> Bool { letter.scalar == 0x27 }

    static func collapsed(_ letters: [Letter]) -> [Letter] {
        var result: [Letter] = []
        result.reserveCapacity(letters.count)
        var pendingSpace: Letter?
        for letter in letters {
            if letter.isSpace {
                pendingSpace = result.isEmpty ? nil : letter
            } else {
                if let space = pendingSpace { result.append(space) }
                pendingSpace = nil
                result.append(letter)
            }
        }
        return result
    }

    static func lowerCase(_ letter: Letter) -> UInt32 {
        letter.scalar < 0x80 || Letters.known(letter.scalar) != nil
            ? letter.lowerCase : NormalForm.lowerCase(letter.scalar)
    }

    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        if scalar < 0x80 {
            bytes.append(UInt8(scalar))
        } else if let value = Unicode.Scalar(scalar) {
            bytes.append(contentsOf: UTF8.encode(value) ?? .init())
        }
    }

    static func string(_ scalars: some Sequence<UInt32>) -> String {
        var bytes: [UInt8] = []
        for scalar in scalars { append(scalar, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func folded(_ letter: Letter) -> UInt32 {
        letter.base == 0 || letter.base == foreignBase ? lowerCase(letter) : UInt32(letter.base)
    }

    private static func isNormalized(_ text: String) -> Bool {
        var wasSpace = true
        for scalar in text.unicodeScalars {
            guard let letter = Letters.known(scalar.value) else { return false }
            if letter.isSpace, wasSpace { return false }
            wasSpace = letter.isSpace
        }
        return !wasSpace || text.isEmpty
    }
}
