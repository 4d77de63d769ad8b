extension Table {
    /// The table narrowed to lines of `width`, as far as that goes without cutting a word.
    ///
    /// First the titles of numbers are broken between words, then the widest texts, each down to its
    /// longest word. Where that is not enough, columns that may be left out go, the last one first,
    /// and are named in the result; what is still too wide is left to the terminal.
    func fitted(to width: Int) -> (layout: [Int], leftOut: Set<Int>) {
        let cells = allCells
        var leftOut: Set<Int> = []
        while true {
            let kept = columns.indices.filter { !leftOut.contains($0) }
            let layout = narrowed(cells, kept, to: width)
            let total = kept.reduce(2 * (kept.count - 1)) { $0 + layout[$1] }
            guard total > width, let next = kept.last(where: { columns[$0].mayBeLeftOut }) else {
                return (layout, leftOut)
            }
            leftOut.insert(next)
        }
    }

    private func narrowed(_ cells: [[String]], _ kept: [Int], to width: Int) -> [Int] {
        var widths = columns.map { displayWidth($0.title) }
        var least = columns.map { Self.longestWord($0.title) }
        for row in cells {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], displayWidth(cell))
                let isNumber = columns[index].alignment == .right
                least[index] = max(
                    least[index],
                    isNumber ? displayWidth(cell) : Self.longestWord(cell)
                )
            }
        }
        func excess() -> Int { kept.reduce(2 * (kept.count - 1) - width) { $0 + widths[$1] } }
        guard excess() > 0 else { return widths }
        for index in kept where columns[index].alignment == .right { widths[index] = least[index] }
        while excess() > 0 {
            let widest = kept.filter { widths[$0] > max(least[$0], Self.readableWidth) }
                .max { widths[$0] < widths[$1] }
            guard let widest else { break }
            widths[widest] -= 1
        }
        return widths
    }

    /// Texts are not broken into a ladder of single words.
    private static let readableWidth = 16

    private static func longestWord(_ text: String) -> Int {
        text.split(separator: " ").map { displayWidth(String($0)) }.max() ?? 0
    }

    /// The text in lines of at most `width`, broken at spaces; an indentation stays on each line.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        guard displayWidth(text) > width else { return [text] }
        let indent = String(text.prefix { $0 == " " })
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? indent + word : line + " " + word
            if !line.isEmpty, displayWidth(longer) > width {
                lines.append(line)
                line = indent + word
            } else {
                line = longer
            }
        }
        return lines + [line]
    }
}
