/// What somebody typed to find a name: words that must each begin some word of the name.
///
/// `names-and-text.md` section 3: `ng van h` finds Nguyễn Văn Hùng, so do `nvh` and any mix of typed
/// and untyped marks; whoever types marks sees the names that carry them first.
package struct NameQuery: Sendable {
    /// How well a name answers; lower is better and is listed first.
    package enum Match: Int, Comparable, Sendable {
        /// Every word as typed, tones and marks included.
        case exact
        /// Every mark that was typed is there; the name may have more.
        case marks
        /// The letters without any mark.
        case fold
        /// Initials of the words.
        case initials

        package static func < (left: Match, right: Match) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// Words without marks: for the index of folded words.
    package let foldWords: [String]
    /// At least four digits and nothing else: the end of a personal number or phone number.
    package let digits: String?
    private let words: [[Letter]]

    /// Digits below this number say too little to search personal numbers with.
    package static let digitsMin = 4

    /// Reads the typed text; nil where nothing searchable is in it.
    package init?(_ text: String) {
        let normal = TextFold.normalized(text)
        words = Self.split(normal)
        guard !words.isEmpty else { return nil }
        foldWords = TextFold.words(TextFold.fold(normal))
        let compact = normal.utf8.filter { !" .-".utf8.contains($0) }
        let isNumber = compact.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        digits =
            isNumber && compact.count >= Self.digitsMin
            ? String(decoding: compact, as: UTF8.self) : nil
    }

    /// How `name` answers the query; nil where it does not.
    package func match(_ name: String) -> Match? {
        let candidates = Self.split(name)
        var worst = Match.exact
        for word in words {
            let best = candidates.compactMap { Self.match(word, prefixOf: $0) }.min()
            guard let best else { return matchInitials(candidates) }
            worst = max(worst, best)
        }
        return worst
    }

    /// The names that answer, best first; equals keep their order.
    package func ranked(_ names: [String]) -> [String] {
        let matches = names.enumerated().compactMap { offset, name in
            match(name).map { (match: $0, offset: offset, name: name) }
        }
        return matches.sorted { ($0.match, $0.offset) < ($1.match, $1.offset) }.map(\.name)
    }

    private func matchInitials(_ candidates: [[Letter]]) -> Match? {
        guard words.count == 1, words[0].count > 1, candidates.count >= words[0].count,
            zip(words[0], candidates).allSatisfy({ Self.folds($0, $1[0]) })
        else { return nil }
        return .initials
    }

    private static func split(_ text: String) -> [[Letter]] {
        TextFold.letters(text).split { !$0.isWordPart && !TextFold.isApostrophe($0) }
            .map { $0.filter(\.isWordPart) }
            .filter { !$0.isEmpty }
    }

    private static func folds(_ typed: Letter, _ letter: Letter) -> Bool {
        typed.base == letter.base
            && (typed.base != TextFold.foreignBase
                || TextFold.lowerCase(typed) == TextFold.lowerCase(letter))
    }

    private static func match(_ typed: [Letter], prefixOf word: [Letter]) -> Match? {
        guard typed.count <= word.count, zip(typed, word).allSatisfy(folds) else { return nil }
        // The tone belongs to the word, wherever it is written: hòa begins Hoà.
        let tone = typed.first { $0.tone != .level }?.tone
        let wordTone = word.first { $0.tone != .level }?.tone
        guard tone == nil || tone == wordTone,
            zip(typed, word).allSatisfy({ $0.mark == .plain || $0.mark == $1.mark })
        else { return .fold }
        let isExact = tone == wordTone && zip(typed, word).allSatisfy { $0.mark == $1.mark }
        return isExact ? .exact : .marks
    }
}
