internal import Survey

/// The row that names a table's columns, or two where cells of the first are divided below.
struct Header {
    let rows: ClosedRange<Int>
    /// Cells by row, as read.
    let lines: [[String]]
    let columns: [ImportedColumn]
    /// Ours, not an office's.
    var isOwnExport: Bool { OwnExport.isHeader(Array(lines.joined())) }

    var known: Int { columns.count { $0.column != nil } }

    func position(of column: Column) -> Int? {
        columns.firstIndex { $0.column == column }
    }

    /// A header of one row.
    init(_ cells: [String], row: Int, _ names: ColumnNames) {
        rows = row...row
        lines = [cells]
        columns = Self.columns(
            cells,
            [Column?](repeating: nil, count: cells.count),
            names.choices(for: lines)
        )
    }

    /// A header of two rows, such as `Năm sinh` over `Nam` and `Nữ`; nil where the second row is
    /// none: something in it has digits, or too little of it names a column.
    ///
    /// Merged cells leave their neighbours empty, or repeat their text in them.
    init?(_ top: [String], over sub: [String], row: Int, _ names: ColumnNames) {
        let width = max(top.count, sub.count)
        let top = Self.padded(top, to: width)
        let sub = Self.padded(sub, to: width)
        let filled = sub.indices.filter { !sub[$0].isEmpty }
        guard filled.count >= 2, !filled.contains(where: { sub[$0].contains(where: \.isNumber) })
        else { return nil }
        let spans = Self.spans(top)
        let parts = Self.parts(top, sub, spans)
        let choices = names.choices(for: [top, sub])
        let named = filled.count { index in
            parts[index] != nil || choices[Column.key(sub[index])] != nil
                || Column(header: sub[index]) != nil
        }
        let sizes = Dictionary(grouping: spans) { $0 }.mapValues(\.count)
        let areDivided = filled.allSatisfy { sizes[spans[$0]] ?? 0 > 1 }
        guard named > 0, areDivided || named * 2 > filled.count else { return nil }
        rows = row...(row + 1)
        lines = [top, sub]
        let cells = zip(top, sub).map { $1.isEmpty ? $0 : $1 }
        columns = Self.columns(cells, parts, choices)
    }

    /// Whether what a row holds is one of the header's own rows, as on a next page.
    func isRepeated(in filled: [String]) -> Bool {
        lines.contains { line in
            line.lazy.map(TextFold.normalized).filter { !$0.isEmpty }.elementsEqual(filled)
        }
    }

    private static func padded(_ cells: [String], to width: Int) -> [String] {
        cells.map(TextFold.normalized) + [String](repeating: "", count: width - cells.count)
    }

    /// For each cell where the heading begins that stands over it.
    private static func spans(_ top: [String]) -> [Int] {
        var begun = 0
        return top.indices.map { index in
            let isSame = Column.key(top[index]) == Column.key(top[begun])
            if index > 0, !top[index].isEmpty, !isSame { begun = index }
            return begun
        }
    }

    /// What cells of the second row mean below a heading that the table knows.
    private static func parts(
        _ top: [String],
        _ sub: [String],
        _ spans: [Int]
    ) -> [Column?] {
        let filled = sub.indices.filter { !sub[$0].isEmpty }
        var result = [Column?](repeating: nil, count: sub.count)
        for (span, members) in Dictionary(grouping: filled, by: { spans[$0] }) {
            guard let heading = Column(header: top[span]) else { continue }
            let parts = Column.parts(of: heading, members.map { Column.key(sub[$0]) })
            for index in members { result[index] = parts[Column.key(sub[index])] }
        }
        return result
    }

    /// Each known column once: a second one of the same meaning is unknown.
    private static func columns(
        _ cells: [String],
        _ parts: [Column?],
        _ choices: [String: ColumnNames.Choice]
    ) -> [ImportedColumn] {
        var open = choices
        var seen = Set(choices.values.compactMap(\.column))
        let isOwnExport = OwnExport.isHeader(cells)
        let columns = zip(cells, parts).map { cell, part -> ImportedColumn in
            let header = TextFold.normalized(cell)
            if let choice = open.removeValue(forKey: Column.key(cell)) {
                return ImportedColumn(header: header, column: choice.column, origin: choice.origin)
            }
            let known = isOwnExport ? Column(ownHeader: cell) : part ?? Column(header: cell)
            guard let column = known, seen.insert(column).inserted
            else { return ImportedColumn(header: header, column: nil, origin: .table) }
            return ImportedColumn(header: header, column: column, origin: .table)
        }
        // A day belongs to what an agency says; other lists may mean any day by it.
        let isOfAgency = !seen.isDisjoint(with: Column.ofRegister + Column.ofBenefit)
        guard !isOfAgency else { return columns }
        return columns.map { column in
            guard column.column == .registerDay, column.origin == .table else { return column }
            return ImportedColumn(header: column.header, column: nil, origin: .table)
        }
    }
}
