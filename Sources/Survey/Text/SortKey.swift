/// Sort keys as bytes, so that SQLite sorts Vietnamese by comparing blobs.
///
/// Order of CLDR's standard Vietnamese collation, word by word: letters (ă â đ ê ô ơ ư are letters of
/// their own), then the tones of the word (ngang huyền hỏi ngã sắc nặng), then the next word; case last.
/// Runs of digits sort as numbers: `Phú Quý 2` before `Phú Quý 10`.
package enum SortKey {
    /// Files a person by the last word (tên), then the words before it from the first.
    package static func person(_ name: String) -> [UInt8] {
        let words = words(name)
        guard let given = words.last else { return [] }
        return key([given] + words.dropLast())
    }

    /// A name of a place, unit or anything else that is filed by its first word.
    package static func place(_ name: String) -> [UInt8] {
        key(words(name))
    }

    // Bytes of a key, each below the next: a shorter name, then a shorter word, comes first.
    private static let end: UInt8 = 0x01
    private static let nextWord: UInt8 = 0x02
    private static let tones: UInt8 = 0x03
    private static let number: UInt8 = 0x10
    private static let firstLetter: UInt8 = 0x20
    private static let foreign: UInt8 = 0xFE

    private static let ranks: [UInt8] = makeRanks()

    private static func makeRanks() -> [UInt8] {
        let alphabet = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
        var ranks = [UInt8](repeating: 0, count: 128 * 5)
        for (position, scalar) in alphabet.unicodeScalars.enumerated() {
            guard let letter = Letters.known(scalar.value) else { continue }
            ranks[Int(letter.base) * 5 + Int(letter.mark.rawValue)] = firstLetter + UInt8(position)
        }
        return ranks
    }

    private static func words(_ name: String) -> [[Letter]] {
        TextFold.letters(name).split { !$0.isWordPart && !TextFold.isApostrophe($0) }
            .map { $0.filter(\.isWordPart) }
            .filter { !$0.isEmpty }
    }

    private static func key(_ words: [[Letter]]) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(words.reduce(4) { $0 + $1.count + 4 })
        for (position, word) in words.enumerated() {
            if position > 0 { key.append(nextWord) }
            appendLetters(of: word, to: &key)
            key.append(tones)
            for letter in word where letter.tone != .level {
                key.append(firstLetter + letter.tone.rawValue)
            }
        }
        key.append(end)
        for word in words { key.append(caseClass(word)) }
        return key
    }

    private static func appendLetters(of word: [Letter], to key: inout [UInt8]) {
        var index = 0
        while index < word.count {
            let letter = word[index]
            if isDigit(letter) {
                let digits = word[index...].prefix(while: isDigit)
                let significant = digits.drop { $0.base == UInt8(ascii: "0") }
                // The length first: a longer number is the greater one.
                key.append(number)
                key.append(UInt8(clamping: significant.count) | 0x80)
                key += significant.map(\.base)
                index += digits.count
            } else {
                appendLetter(letter, to: &key)
                index += 1
            }
        }
    }

    private static func appendLetter(_ letter: Letter, to key: inout [UInt8]) {
        let rank =
            letter.base < 0x7F ? ranks[Int(letter.base) * 5 + Int(letter.mark.rawValue)] : 0
        if rank != 0 {
            key.append(rank)
        } else {
            key.append(foreign)
            TextFold.append(TextFold.lowerCase(letter), to: &key)
        }
    }

    private static func isDigit(_ letter: Letter) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(letter.base)
    }

    /// Lower case before a capital first letter before all capitals.
    private static func caseClass(_ word: [Letter]) -> UInt8 {
        let capitals = word.count(where: \.isUpper)
        if capitals == 0 { return 1 }
        if capitals == 1, word.first?.isUpper == true { return 2 }
        return capitals == word.count ? 4 : 3
    }
}
