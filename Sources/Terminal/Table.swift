/// Rows under titles, for people in a terminal and for programmes behind a pipe.
package struct Table: Sendable {
    package enum Alignment: Sendable {
        case left
        /// For numbers.
        case right
    }

    package struct Column: Sendable {
        package let title: String
        package let alignment: Alignment
        /// Whether a narrow terminal may do without it.
        package let mayBeLeftOut: Bool

        package init(
            _ title: String,
            _ alignment: Alignment = .left,
            mayBeLeftOut: Bool = false
        ) {
            self.title = withoutControls(title)
            self.alignment = alignment
            self.mayBeLeftOut = mayBeLeftOut
        }
    }

    package enum Style: Sendable {
        /// Columns aligned with spaces, a rule below the titles.
        case aligned
        /// The same with bold titles, for a terminal that shows colours.
        case coloured
        /// Cells separated by tabs, titles in the first line, no rules.
        case plain
    }

    private enum Line: Sendable {
        case cells([String])
        case rule
    }

    package let columns: [Column]
    private var lines: [Line] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Whether no row was added.
    package var isEmpty: Bool { lines.isEmpty }

    /// Adds a row with a cell for each column; control characters in it become spaces.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a cell for each column")
        lines.append(.cells(cells.map(withoutControls)))
    }

    /// Adds a line, above a total for example.
    package mutating func addRule() {
        lines.append(.rule)
    }

    var allCells: [[String]] {
        lines.compactMap { if case .cells(let cells) = $0 { cells } else { nil } }
    }

    /// Titles of columns that lines of this width have no room for.
    package func leftOut(at width: Int) -> [String] {
        fitted(to: width).leftOut.sorted().map { columns[$0].title }
    }

    /// The table; nothing is cut.
    ///
    /// With a width, titles and texts are broken between words where lines
    /// would be longer, and columns that may be left out go where that is not enough.
    package func text(_ style: Style, width: Int? = nil) -> String {
        let titles = columns.map(\.title)
        switch style {
        case .plain:
            let rows = [Line.cells(titles)] + lines
            return rows.map(plain).joined()
        case .aligned, .coloured:
            let (widths, leftOut) = fitted(to: width ?? .max)
            let kept = columns.indices.filter { !leftOut.contains($0) }
            let rules = kept.map { String(repeating: "─", count: widths[$0]) }
            // A column without a title or content ends no line.
            let rule = withoutTrailingSpaces(rules.joined(separator: "  "))
            var result = ""
            for head in aligned(titles, kept, widths) {
                result += (style == .coloured ? Emphasis.bold.around(head) : head) + "\n"
            }
            result += rule + "\n"
            for line in lines {
                switch line {
                case .cells(let cells):
                    result += aligned(cells, kept, widths).map { $0 + "\n" }.joined()
                case .rule: result += rule + "\n"
                }
            }
            return result
        }
    }

    private func plain(_ line: Line) -> String {
        guard case .cells(let cells) = line else { return "" }
        return cells.joined(separator: "\t") + "\n"
    }

    /// One row, in as many lines as its longest cell takes.
    private func aligned(_ cells: [String], _ kept: [Int], _ widths: [Int]) -> [String] {
        let wrapped = kept.map { Self.wrapped(cells[$0], to: widths[$0]) }
        return (0..<(wrapped.map(\.count).max() ?? 0)).map { number in
            var line = ""
            for (place, index) in kept.enumerated() {
                let cell = number < wrapped[place].count ? wrapped[place][number] : ""
                let space = String(
                    repeating: " ",
                    count: max(widths[index] - displayWidth(cell), 0)
                )
                line += place > 0 ? "  " : ""
                line += columns[index].alignment == .right ? space + cell : cell + space
            }
            return withoutTrailingSpaces(line)
        }
    }
}

private func withoutTrailingSpaces(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
}
