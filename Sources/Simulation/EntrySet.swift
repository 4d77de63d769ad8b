/// A set of small numbers: the oracle's entries that somebody holds, or had on screen.
struct EntrySet: Hashable {
    private var words: [UInt64] = []

    func contains(_ number: Int) -> Bool {
        let index = number >> 6
        return index < words.count && words[index] & (1 << UInt64(number & 63)) != 0
    }

    mutating func insert(_ number: Int) {
        let index = number >> 6
        if index >= words.count {
            words += [UInt64](repeating: 0, count: index + 1 - words.count)
        }
        words[index] |= 1 << UInt64(number & 63)
    }

    mutating func formUnion(_ other: EntrySet) {
        if other.words.count > words.count {
            words += [UInt64](repeating: 0, count: other.words.count - words.count)
        }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }

    /// The numbers that are here and not in the other.
    func subtracting(_ other: EntrySet) -> [Int] {
        var result: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = index < other.words.count ? word & ~other.words[index] : word
            while rest != 0 {
                result.append(index << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return result
    }

    var elements: [Int] { subtracting(EntrySet()) }
}
