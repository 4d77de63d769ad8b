internal import Survey

/// One row of a CSV file.
package struct CSVRow: Equatable, Sendable {
    /// Counted from 1 as a spreadsheet counts: quoted line breaks do not begin a row.
    package let number: Int
    /// The cells as written; a writer's protecting apostrophe is undone.
    package let cells: [String]
    /// Some cell is no UTF-8 and was read as Windows-1252.
    package let isForeignEncoded: Bool
}

/// Reads CSV row by row from chunks: memory is bounded by the limits, whatever the file holds.
///
/// RFC 4180, and leniently: CRLF, LF or CR; a quote inside an unquoted cell stands for itself; text
/// behind a closing quote is kept.
package struct CSVReader {
    private enum State {
        case cellStart
        case plain
        case quoted
        /// Behind a quote in a quoted cell: its end, or the first half of a doubled one.
        case quoteSeen
    }

    private let source: ByteSource
    private let separator: UInt8
    private let limits: IntakeLimits
    private var chunk: [UInt8] = []
    private var position = 0
    private var skipsLineFeed = false
    private var isFinished = false
    private var rowNumber = 0

    // The row being read.
    private var state = State.cellStart
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var rowBytes = 0

    /// Reads from `source`, which gives UTF-8.
    package init(separator: UInt8, limits: IntakeLimits, source: @escaping ByteSource) {
        self.separator = separator
        self.limits = limits
        self.source = source
    }

    /// The next row, blank ones included; nil at the end.
    package mutating func next() throws(IntakeError) -> CSVRow? {
        guard !isFinished else { return nil }
        startRow()
        while true {
            if position == chunk.count {
                guard let next = try source() else { return try finish() }
                chunk = next
                position = 0
                continue
            }
            let byte = chunk[position]
            position += 1
            if skipsLineFeed {
                skipsLineFeed = false
                if byte == UInt8(ascii: "\n") { continue }
            }
            if try take(byte) { return try row() }
        }
    }

    private mutating func startRow() {
        state = .cellStart
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        rowBytes = 0
    }

    /// Takes one byte; true where it ends the row.
    private mutating func take(_ byte: UInt8) throws(IntakeError) -> Bool {
        rowBytes += 1
        guard rowBytes <= limits.rowBytes else {
            throw .rowTooLong(row: rowNumber + 1, limit: limits.rowBytes)
        }
        guard byte != 0 else { throw .nulByte(row: rowNumber + 1) }
        switch state {
        case .quoted:
            if byte == UInt8(ascii: "\"") {
                state = .quoteSeen
            } else {
                try append(byte)
            }
            return false
        case .cellStart where byte == UInt8(ascii: "\""):
            state = .quoted
            return false
        case .quoteSeen where byte == UInt8(ascii: "\""):
            try append(byte)
            state = .quoted
            return false
        case .cellStart, .plain, .quoteSeen:
            return try takePlain(byte)
        }
    }

    private mutating func takePlain(_ byte: UInt8) throws(IntakeError) -> Bool {
        switch byte {
        case separator:
            try endCell()
            state = .cellStart
            return false
        case UInt8(ascii: "\r"):
            skipsLineFeed = true
            return true
        case UInt8(ascii: "\n"):
            return true
        default:
            try append(byte)
            state = .plain
            return false
        }
    }

    private mutating func append(_ byte: UInt8) throws(IntakeError) {
        guard bytes.count - (ends.last ?? 0) < limits.fieldBytes else {
            throw .fieldTooLong(row: rowNumber + 1, limit: limits.fieldBytes)
        }
        bytes.append(byte)
    }

    private mutating func endCell() throws(IntakeError) {
        guard ends.count < limits.fieldsPerRow else {
            throw .tooManyFields(row: rowNumber + 1, limit: limits.fieldsPerRow)
        }
        ends.append(bytes.count)
    }

    private mutating func finish() throws(IntakeError) -> CSVRow? {
        isFinished = true
        guard state != .quoted else { throw .unterminatedQuote(row: rowNumber + 1) }
        return rowBytes == 0 ? nil : try row()
    }

    private mutating func row() throws(IntakeError) -> CSVRow {
        try endCell()
        rowNumber += 1
        guard rowNumber <= limits.rows else { throw .tooManyRows(limit: limits.rows) }
        var isForeignEncoded = false
        var start = 0
        var cells: [String] = []
        cells.reserveCapacity(ends.count)
        for end in ends {
            let slice = bytes[start..<end]
            start = end
            if let text = String(validating: slice, as: UTF8.self) {
                cells.append(Apostrophe.undone(text))
            } else {
                isForeignEncoded = true
                cells.append(LegacyText.windows1252(slice))
            }
        }
        return CSVRow(number: rowNumber, cells: cells, isForeignEncoded: isForeignEncoded)
    }
}
