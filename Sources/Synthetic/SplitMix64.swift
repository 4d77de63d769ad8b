/// SplitMix64 (Steele, Lea, Flood 2014): small, exact, and the same in every language.
///
/// `state += 0x9E3779B97F4A7C15; z = (state ^ state>>30) * 0xBF58476D1CE4E5B9;
/// z = (z ^ z>>27) * 0x94D049BB133111EB; result = z ^ z>>31`. From seed 0 the first result is
/// `0xE220A8397B1DCDAF`.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A stream of its own for each thing that is generated, so that any can be made alone.
    package init(seed: UInt64, stream: UInt64, _ index: Int) {
        var mixer = SplitMix64(seed: seed ^ stream &* 0xD6E8_FEB8_6659_FD93)
        self.init(seed: mixer.next() &+ UInt64(truncatingIfNeeded: index) &* 0xA076_1D64_78BD_642F)
        state = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension SplitMix64 {
    /// A number from 0 to `limit` − 1, by remainder: the bias is below 2⁻⁴⁰ for the limits used here,
    /// and the rule is one line in any language.
    mutating func below(_ limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    mutating func percent(_ percent: Int) -> Bool { below(100) < percent }

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
