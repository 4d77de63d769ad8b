import Causality

extension SplitMix64 {
    /// A stream of its own for each thing that is generated, so that any can be made alone.
    init(seed: UInt64, stream: UInt64, _ index: Int) {
        var mixer = SplitMix64(seed: seed ^ stream &* 0xD6E8_FEB8_6659_FD93)
        let mixed = mixer.next() &+ UInt64(truncatingIfNeeded: index) &* 0xA076_1D64_78BD_642F
        var first = SplitMix64(seed: mixed)
        self.init(seed: first.next())
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    mutating func perMille(_ perMille: Int) -> Bool { below(1000) < perMille }

    /// Precondition: `choices` is not empty.
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[below(choices.count)]
    }
}

/// Choices with whole-number weights, written as data: `"Nguyễn 310, Trần 110"`.
struct Weighted: Sendable {
    private let entries: [(text: String, below: Int)]
    private let total: Int

    /// Entries parted by commas; the last word is the weight, `-` stands for the empty text.
    init(_ data: String) {
        var sum = 0
        var entries: [(text: String, below: Int)] = []
        for entry in data.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
            let words = entry.split(separator: " ")
            guard let weight = words.last.flatMap({ Int($0) }), weight > 0 else { continue }
            sum += weight
            let text = words.dropLast().joined(separator: " ")
            entries.append((text == "-" ? "" : text, sum))
        }
        precondition(sum > 0, "a table of weights needs at least one entry")
        self.entries = entries
        total = sum
    }

    func draw(_ random: inout SplitMix64) -> String {
        let point = random.below(total)
        return entries.first { point < $0.below }?.text ?? ""
    }
}
