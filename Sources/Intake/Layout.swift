internal import Survey

/// Where a file's table is: found from its beginning before the rows are read.
struct Layout {
    let separator: UInt8
    /// A conversion without which the header or the names make no sense.
    let encoding: LegacyEncoding?
    /// The columns whose cells are written so; nil for all.
    let encodedColumns: Set<Int>?
    /// The titles are above it.
    let header: Header
    /// Names of the beginning as they stand, for before and after.
    let examples: [String]
    /// Whether relations are written with their tones, so that `ba` is not `bà`.
    let marksRelations: Bool

    /// Fewer named columns than this are a title or data, not a header.
    static let columnsMin = 3

    /// Looks for the header in `head`, trying separators and, where nothing reads well, old encodings.
    ///
    /// The header with the most known columns wins; ties go to the earlier candidate.
    static func find(
        _ head: [UInt8],
        _ names: ColumnNames,
        _ limits: IntakeLimits
    ) throws(IntakeError) -> Layout {
        let candidates = declaredSeparator(head).map { [$0] } ?? Array(";,\t|".utf8)
        var best: (known: Int, layout: Layout)?
        for separator in candidates where head.contains(separator) {
            let rows = rows(head, separator, limits)
            for encoding in [nil] + LegacyEncoding.allCases.map(Optional.some) {
                if let header = header(rows, encoding, names, limits),
                    header.known > best?.known ?? 0
                {
                    best = (header.known, Layout(header, separator, encoding, rows))
                }
            }
        }
        guard let layout = best?.layout, layout.header.known >= columnsMin,
            layout.header.position(of: .fullName) != nil
        else { throw reasonForNoHeader(head, limits) }
        let columns = layout.header.columns
        let headers = Set(columns.map { Column.key($0.header) })
        for choice in names.given where !headers.contains(choice.header) {
            throw .noSuchColumn(
                choice.header,
                headers: columns.map(\.header).filter { !$0.isEmpty }
            )
        }
        return layout
    }

    private init(
        _ header: Header,
        _ separator: UInt8,
        _ encoding: LegacyEncoding?,
        _ rows: [CSVRow]
    ) {
        self.header = header
        self.separator = separator
        let body = rows.filter { $0.number > header.rows.upperBound }
        func cells(_ index: Int) -> [String] {
            body.compactMap { index < $0.cells.count ? $0.cells[index] : nil }
        }
        let names = header.position(of: .fullName).map(cells) ?? []
        let found = encoding ?? LegacyText.detect(column: names)?.encoding
        self.encoding = found
        // Its signs stand in any text as well: each column of it shows by itself.
        let written =
            found != .viqr
            ? nil
            : Set(
                header.columns.indices.filter {
                    LegacyText.detect(column: cells($0))?.encoding == .viqr
                }
            )
        encodedColumns = written
        examples = names.filter { !$0.isEmpty }
        let relations = header.position(of: .relation)
        marksRelations =
            relations.map { index in
                cells(index).contains { TextFold.hasMarks(Self.converted($0, found)) }
            } ?? false
    }

    /// Bytes that are no text explain more than a header that is missing.
    private static func reasonForNoHeader(_ head: [UInt8], _ limits: IntakeLimits) -> IntakeError {
        let first = head.first { !"\r\n\t ".utf8.contains($0) }
        if first == UInt8(ascii: "<") { return .notText }
        var row = 1
        for line in head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.contains(0) { return .nulByte(row: row) }
            // The last line may end in the middle of a character.
            let isWhole = line.endIndex < head.endIndex || head.count < limits.headBytes
            if isWhole, String(validating: line, as: UTF8.self) == nil { return .notUTF8(row: row) }
            row += 1
        }
        return .noHeader(rowsLookedAt: limits.headerRows)
    }

    /// Excel's own convention: a first line `sep=;`.
    static func declaredSeparator(_ head: [UInt8]) -> UInt8? {
        guard head.count >= 5, head.starts(with: "sep=".utf8) || head.starts(with: "SEP=".utf8),
            head.count == 5 || head[5] == UInt8(ascii: "\r") || head[5] == UInt8(ascii: "\n")
        else { return nil }
        return head[4]
    }

    /// The rows of the beginning; a row cut by its end is left out, an error waits for the real pass.
    private static func rows(
        _ head: [UInt8],
        _ separator: UInt8,
        _ limits: IntakeLimits
    ) -> [CSVRow] {
        var isRead = false
        var reader = CSVReader(separator: separator, limits: limits) {
            defer { isRead = true }
            return isRead ? nil : head
        }
        var rows: [CSVRow] = []
        while let row = try? reader.next() { rows.append(row) }
        return rows
    }

    private static func header(
        _ rows: [CSVRow],
        _ encoding: LegacyEncoding?,
        _ names: ColumnNames,
        _ limits: IntakeLimits
    ) -> Header? {
        var best: Header?
        let lines = rows.prefix(limits.headerRows + 1).map { row in
            row.cells.map { converted($0, encoding) }
        }
        for (offset, row) in rows.prefix(limits.headerRows).enumerated()
        where lines[offset].count >= columnsMin {
            let single = Header(lines[offset], row: row.number, names)
            if single.known > best?.known ?? 0 { best = single }
            guard offset + 1 < lines.count,
                let divided = Header(lines[offset], over: lines[offset + 1], row: row.number, names)
            else { continue }
            // A title above a header adds nothing to it.
            let below = Header(lines[offset + 1], row: row.number + 1, names)
            guard divided.known > below.known else { continue }
            let rival = best?.known ?? 0
            let isRivalDivided = best?.rows.lowerBound == row.number && divided.known == rival
            if divided.known > rival || isRivalDivided { best = divided }
        }
        return best
    }

    static func converted(_ cell: String, _ encoding: LegacyEncoding?) -> String {
        encoding.flatMap { LegacyText.converted(cell, from: $0) } ?? cell
    }

    /// A row's cells in Unicode.
    func converted(_ row: CSVRow) -> [String] {
        guard let encodedColumns else { return row.cells.map { Self.converted($0, encoding) } }
        return row.cells.enumerated().map { index, cell in
            encodedColumns.contains(index) ? Self.converted(cell, encoding) : cell
        }
    }
}
