/// How many cells of a terminal the text takes: marks none, Chinese characters and emoji two.
package func displayWidth(_ text: String) -> Int {
    text.reduce(0) { $0 + displayWidth($1) }
}

/// The widest part of what the reader sees as one character.
private func displayWidth(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    // U+FE0F asks for the picture of a sign that also has a narrow form.
    let isPicture = scalars.count > 1 && scalars.contains("\u{fe0f}")
    return isPicture ? 2 : scalars.reduce(0) { max($0, displayWidth($1)) }
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
    // Vietnamese letters in normal form C end at U+1EF9.
    if (0x20...0x7e).contains(scalar.value) { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control, .format: return 0
    default: return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }
}

/// The blocks that are wide or full-width throughout (Unicode Standard Annex 11), and the emoji.
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
    0xa000...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60,
    0xffe0...0xffe6, 0x1f1e6...0x1f1ff, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
    0x20000...0x3fffd,
]
