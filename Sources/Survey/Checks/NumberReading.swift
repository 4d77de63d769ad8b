/// Numbers as Vietnamese offices write them: `.` between thousands, `,` before decimals.
package enum NumberReading {
    /// More digits than any count of the survey has.
    private static let bytesMax = 40

    /// A whole number: `1234`, `1.234`, `1 234`; `1.234` is one thousand two hundred thirty-four.
    package static func integer(_ text: String) -> Int64? {
        var body = trimmed(text)[...]
        guard body.count <= bytesMax else { return nil }
        let isNegative = body.first == UInt8(ascii: "-")
        if isNegative { body.removeFirst() }
        let groups = body.split(omittingEmptySubsequences: false) { ". ".utf8.contains($0) }
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        if groups.count > 1 {
            guard groups[0].count <= 3, groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
                return nil
            }
        }
        let magnitude = Int64(String(decoding: groups.joined(), as: UTF8.self))
        return isNegative ? magnitude.map { -$0 } : magnitude
    }

    /// Degrees with `,` or `.` before the decimals, in millionths; further decimals are cut off.
    package static func microdegrees(_ text: String) -> Int64? {
        var body = trimmed(text)[...]
        guard body.count <= bytesMax else { return nil }
        let isNegative = body.first == UInt8(ascii: "-")
        if isNegative { body.removeFirst() }
        let parts = body.split(omittingEmptySubsequences: false) { ".,".utf8.contains($0) }
        guard (1...2).contains(parts.count), (1...3).contains(parts[0].count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) })
        else { return nil }
        let decimals = parts.count == 2 ? Array(parts[1].prefix(6)) : []
        let zeros = Array(repeating: UInt8(ascii: "0"), count: 6 - decimals.count)
        let magnitude = Int64(String(decoding: parts[0] + decimals + zeros, as: UTF8.self))
        return isNegative ? magnitude.map { -$0 } : magnitude
    }

    /// `1.234` in Vietnamese, `1,234` in English.
    package static func show(_ number: Int64, _ language: Language) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) {
                text += language == .vi ? "." : ","
            }
            text.append(digit)
        }
        return text
    }

    /// `15,3693`; trailing zeros are left out.
    package static func showDegrees(_ microdegrees: Int64, _ language: Language) -> String {
        let (whole, rest) = microdegrees.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var decimals = padded(Int(rest), 6)
        while decimals.hasSuffix("0"), decimals.utf8.count > 1 { decimals.removeLast() }
        let sign = microdegrees < 0 ? "-" : ""
        return "\(sign)\(whole)\(language == .vi ? "," : ".")\(decimals)"
    }

    private static func trimmed(_ text: String) -> [UInt8] {
        text.utf8.count <= bytesMax ? Array(TextFold.normalized(text).utf8) : Array(text.utf8)
    }
}
