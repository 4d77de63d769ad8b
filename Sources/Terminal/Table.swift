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

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
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

    /// The whole table; nothing is cut or wrapped.
    package func text(_ style: Style) -> String {
        let titles = columns.map { withoutControls($0.title) }
        switch style {
        case .plain:
            let rows = [Line.cells(titles)] + lines
            return rows.map(plain).joined()
        case .aligned, .coloured:
            let widths = widths(titles)
            let rules = widths.map { String(repeating: "─", count: $0) }
            // A column without a title or content ends no line.
            let rule = withoutTrailingSpaces(rules.joined(separator: "  "))
            let head = aligned(titles, widths)
            var result = (style == .coloured ? Emphasis.bold.around(head) : head) + "\n"
            result += rule + "\n"
            for line in lines {
                switch line {
                case .cells(let cells): result += aligned(cells, widths) + "\n"
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

    private func widths(_ titles: [String]) -> [Int] {
        var widths = titles.map(displayWidth)
        for case .cells(let cells) in lines {
            for (index, cell) in cells.enumerated() {
                widths[index] = max(widths[index], displayWidth(cell))
            }
        }
        return widths
    }

    private func aligned(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let space = String(repeating: " ", count: widths[index] - displayWidth(cell))
            line += index > 0 ? "  " : ""
            line += columns[index].alignment == .right ? space + cell : cell + space
        }
        return withoutTrailingSpaces(line)
    }
}

private func withoutTrailingSpaces(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
}
