/// Words typed for an input method that was off: `nguyeenx hungf` means Nguyễn Hùng.
///
/// Only to search with, where the words as typed find nothing: a search asks for letters without marks
/// anyway, so what is left is taken off and nothing is guessed (`names-and-text.md`, section 6).
enum TelexLeftovers {
    /// The text without the keys of tones and marks; the same text where it holds none.
    static func removed(from text: String) -> String {
        text.lowercased().split(separator: " ").map { word($0) }.joined(separator: " ")
    }

    private static func word(_ word: Substring) -> String {
        // Letters that already carry marks were typed with an input method at work.
        guard word.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else {
            return String(word)
        }
        var letters = ""
        var hasVowel = false
        for letter in word {
            // No syllable has these behind its vowel: they are keys of tones, of ư, ơ and ă.
            if hasVowel, "sfrxjzw".contains(letter) { continue }
            // aa, ee, oo, dd.
            if letter == letters.last, "aeod".contains(letter) { continue }
            hasVowel = hasVowel || "aeiouy".contains(letter)
            letters.append(letter)
        }
        return letters
    }
}
