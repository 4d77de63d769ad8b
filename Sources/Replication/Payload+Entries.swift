import Causality

extension Payload {
    /// All entries one by one, as history, redaction and healing need them.
    package func entries() -> [Entry] {
        var cells = groups.map { group in Self.cells(of: group) }
        var rows = [Int](repeating: 0, count: groups.count)
        return (0..<count).map { index in
            let group = Int(groupIndexes[index])
            let row = rows[group]
            rows[group] += 1
            defer { cells[group][row] = [] }
            return Entry(
                record: groups[group].records[row],
                type: groups[group].type,
                author: author(index),
                time: time(index),
                cells: cells[group][row],
                seen: seen[index],
                change: changes[index]
            )
        }
    }

    private static func cells(of group: EntryGroup) -> [[Cell]] {
        var cells = [[Cell]](repeating: [], count: group.count)
        for column in group.columns {
            var unmarked = 0
            for position in 0..<(column.rows?.count ?? group.count) {
                let row = column.rows.map { Int($0[position]) } ?? position
                if let mark = column.marks[position] {
                    cells[row].append(Cell(column.field, mark))
                } else {
                    cells[row].append(Cell(column.field, column.value(unmarked)))
                    unmarked += 1
                }
            }
        }
        return cells
    }
}
