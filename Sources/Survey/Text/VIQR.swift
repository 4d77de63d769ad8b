/// Vietnamese in ASCII: the mark of a letter and its tone are typed behind it (RFC 1456).
///
/// `Nguye^~n Va(n Hu`ng` is Nguyễn Văn Hùng, `DDa`o` is Đào; a backslash keeps a sign as it is.
enum VIQR {
    /// Words with marks among a hundred: fewer are an apostrophe or a full stop here and there.
    private static let markedMin = 25

    /// Scores the words that carry marks, as ``LegacyText`` scores words with special letters.
    ///
    /// Only of a column without any letter beyond ASCII.
    static func detect(column: some Sequence<String>) -> LegacyFinding? {
        var words = 0
        var marked = 0
        var valid = 0
        for text in column.lazy.filter({ !$0.isEmpty }).prefix(LegacyText.cellsMax) {
            for word in text.split(whereSeparator: { " ,;/-".contains($0) })
            where word.utf8.contains(where: isLetter) {
                words += 1
                guard isMarked(word) else { continue }
                marked += 1
                if Syllable.isVietnamese(trimmed(composed(word.utf8))) { valid += 1 }
            }
        }
        guard marked > 0, marked * 100 >= words * markedMin else { return nil }
        let share = valid * 1000 / marked
        // As they stand, words with signs in them are no syllables.
        return share < 800 ? nil : LegacyFinding(encoding: .viqr, validBefore: 0, validAfter: share)
    }

    /// Nil where a letter is not of ASCII.
    static func converted(_ text: String) -> String? {
        text.utf8.allSatisfy { $0 < 0x80 } ? composed(text.utf8) : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }

    /// Without the signs around the word.
    private static func trimmed(_ word: String) -> String {
        let isSign: (Character) -> Bool = { !$0.isLetter }
        return String(word.drop(while: isSign).reversed().drop(while: isSign).reversed())
    }

    /// A stop alone ends a sentence or shortens a word, and a question mark asks: neither is a sign
    /// of the encoding by itself.
    private static func isMarked(_ word: Substring) -> Bool {
        let bytes = Array(word.utf8)
        return zip(bytes, bytes.dropFirst()).contains { letter, mark in
            (letter | 0x20 == UInt8(ascii: "d") && mark | 0x20 == UInt8(ascii: "d"))
                || mark != UInt8(ascii: ".") && mark != UInt8(ascii: "?")
                    && (letters(taking: mark).contains(letter | 0x20)
                        || tones[mark] != nil && "aeiouy".utf8.contains(letter | 0x20))
        }
    }

    /// The letters that the sign makes other letters of.
    private static func letters(taking mark: UInt8) -> String.UTF8View {
        marks[mark]?.letters.utf8 ?? "".utf8
    }

    private static let marks: [UInt8: (letters: String, mark: Unicode.Scalar)] = [
        UInt8(ascii: "^"): ("aeo", "\u{302}"), UInt8(ascii: "("): ("a", "\u{306}"),
        UInt8(ascii: "+"): ("ou", "\u{31B}"), UInt8(ascii: "*"): ("ou", "\u{31B}"),
    ]

    private static let tones: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "'"): "\u{301}", UInt8(ascii: "`"): "\u{300}", UInt8(ascii: "?"): "\u{309}",
        UInt8(ascii: "~"): "\u{303}", UInt8(ascii: "."): "\u{323}",
    ]

    private static func composed(_ text: some Sequence<UInt8>) -> String {
        let bytes = Array(text)
        var result = String.UnicodeScalarView()
        var index = 0
        /// The next byte, where `isWanted` says so.
        func take(_ isWanted: (UInt8) -> Bool) -> UInt8? {
            guard index < bytes.count, isWanted(bytes[index]) else { return nil }
            defer { index += 1 }
            return bytes[index]
        }
        while let byte = take({ _ in true }) {
            if byte == UInt8(ascii: "\\"), let kept = take({ !isLetter($0) }) {
                result.append(Unicode.Scalar(kept))
                continue
            }
            let letter = byte | 0x20
            if letter == UInt8(ascii: "d"), take({ $0 | 0x20 == letter }) != nil {
                result.append(byte == letter ? "đ" : "Đ")
                continue
            }
            result.append(Unicode.Scalar(byte))
            guard "aeiouy".utf8.contains(letter) else { continue }
            if let mark = take({ letters(taking: $0).contains(letter) }), let made = marks[mark] {
                result.append(made.mark)
            }
            if let tone = take({ tones[$0] != nil }).flatMap({ tones[$0] }) { result.append(tone) }
        }
        return TextFold.string(NormalForm.composed(String(result)))
    }
}
