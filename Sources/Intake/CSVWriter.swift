/// Writes CSV as Excel of a Vietnamese office opens it: UTF-8 with mark, `;`, CRLF.
///
/// No cell can act as a formula, and numbers that are names (ids, phones, codes) stay text; what
/// ``CSVReader`` reads back is what was given.
package struct CSVWriter {
    /// Columns whose digits are a name, not an amount: their leading zeros must stay.
    private let textColumns: Set<Int>
    private(set) package var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init(textColumns: Set<Int> = []) {
        self.textColumns = textColumns
    }

    package mutating func append(_ cells: [String]) {
        for (column, cell) in cells.enumerated() {
            if column > 0 { bytes.append(UInt8(ascii: ";")) }
            append(Apostrophe.protected(cell, isText: textColumns.contains(column)))
        }
        bytes += "\r\n".utf8
    }

    /// Hands over what was written so far, so that a long file needs no memory.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(_ cell: String) {
        guard cell.utf8.contains(where: { ";,\"\r\n\t".utf8.contains($0) }) else {
            bytes += cell.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// The apostrophe that makes a spreadsheet take a cell as text, put on and taken off exactly once.
enum Apostrophe {
    private static let mark = UInt8(ascii: "'")

    /// Formula signs always, digits where the column is text; a cell that already looks protected
    /// gets one more apostrophe, so that taking one off always restores it.
    static func protected(_ cell: String, isText: Bool) -> String {
        let rest = cell.utf8.drop { $0 == mark }
        guard let first = rest.first else { return cell }
        let hasApostrophe = rest.startIndex != cell.utf8.startIndex
        let needsMark = isFormula(first) || isDigit(first) && (isText || hasApostrophe)
        return needsMark ? "'" + cell : cell
    }

    static func undone(_ cell: String) -> String {
        guard cell.utf8.first == mark, let first = cell.utf8.first(where: { $0 != mark }),
            isFormula(first) || isDigit(first)
        else { return cell }
        return String(cell.dropFirst())
    }

    private static func isFormula(_ byte: UInt8) -> Bool { "=+-@\t\r".utf8.contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { "0123456789".utf8.contains(byte) }
}
