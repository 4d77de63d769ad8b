import Glibc
import Pages
import Testing

/// What the style sheet promises: contrast in both themes, and room for a thumb.
@Suite struct StylesheetTests {
    private let sheet = String(decoding: Stylesheet.bytes, as: UTF8.self)

    /// The colours of a theme, by the name of their token.
    private func colours(_ theme: Substring) -> [Substring: [Double]] {
        var colours: [Substring: [Double]] = [:]
        for item in theme.split(whereSeparator: { $0 == ";" || $0 == "{" || $0 == "}" }) {
            let pair = item.drop { $0 == "\n" }.split(separator: ":")
            guard pair.count == 2, pair[0].hasPrefix("--"), pair[1].hasPrefix("#") else { continue }
            let digits = pair[1].dropFirst()
            let full = digits.count == 3 ? digits.map { "\($0)\($0)" }.joined() : String(digits)
            let value = Int(full, radix: 16) ?? 0
            colours[pair[0].dropFirst(2)] = [16, 8, 0].map { Double(value >> $0 & 255) / 255 }
        }
        return colours
    }

    /// WCAG 2.2, relative luminance.
    private func luminance(_ colour: [Double]) -> Double {
        let parts = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ one: [Double], _ other: [Double]) -> Double {
        let pair = [luminance(one), luminance(other)].sorted()
        return (pair[1] + 0.05) / (pair[0] + 0.05)
    }

    @Test func `text and edges stand out in both themes`() throws {
        let parts = sheet.split(separator: "prefers-color-scheme:dark", maxSplits: 1)
        try #require(parts.count == 2)
        let light = colours(parts[0])
        let dark = light.merging(colours(parts[1].prefix { $0 != "*" })) { $1 }
        #expect(light["ground"] != dark["ground"])
        let texts: [(Substring, Substring)] = [
            ("ink", "ground"), ("ink", "paper"), ("ink", "tint"), ("ink", "good-tint"),
            ("ink", "bad-tint"), ("soft", "ground"), ("soft", "paper"), ("main", "ground"),
            ("main", "paper"), ("main", "tint"), ("on-main", "main"), ("good", "good-tint"),
            ("bad", "bad-tint"), ("bad", "paper"), ("bad", "ground"), ("warn", "paper"),
            ("warn", "ground"),
        ]
        let edges: [(Substring, Substring)] = [
            ("edge", "paper"), ("edge", "ground"), ("ring", "paper"), ("ring", "ground"),
        ]
        for theme in [light, dark] {
            for (pairs, least) in [(texts, 4.5), (edges, 3)] {
                for (one, other) in pairs {
                    let ratio = contrast(try #require(theme[one]), try #require(theme[other]))
                    #expect(ratio >= least, "\(one) on \(other)")
                }
            }
        }
    }

    @Test func `whatever is pressed is 44 pixels high`() {
        let pressed = ["nav a", ".name", ".check", "button,.button", ".field input,select"]
        for rule in pressed {
            let body = sheet.split(separator: "\n" + rule + "{").dropFirst().first
            #expect(body?.prefix { $0 != "}" }.contains("min-height:2.75rem") == true, "\(rule)")
        }
    }
}
