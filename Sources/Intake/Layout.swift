internal import Survey

/// Where a file's table is: found from its beginning before the rows are read.
struct Layout {
    let separator: UInt8
    /// A conversion without which the header or the names make no sense.
    let encoding: LegacyEncoding?
    /// Row of the header; the titles are above it.
    let headerRow: Int
    /// What each column holds; nil for unknown ones.
    let columns: [Column?]
    let unknown: [String]
    /// Texts of the beginning as they stand, for before and after.
    let examples: [String]

    /// Fewer named columns than this are a title or data, not a header.
    static let columnsMin = 3

    /// Looks for the header in `head`, trying separators and, where nothing reads well, old encodings.
    ///
    /// The header with the most known columns wins; ties go to the earlier candidate.
    static func find(_ head: [UInt8], _ limits: IntakeLimits) throws(IntakeError) -> Layout {
        let candidates = declaredSeparator(head).map { [$0] } ?? Array(";,\t|".utf8)
        var best: Layout?
        for separator in candidates where head.contains(separator) {
            let rows = rows(head, separator, limits)
            for encoding in [nil] + LegacyEncoding.allCases.map(Optional.some) {
                if let layout = find(rows, separator, encoding, limits),
                    layout.known > best?.known ?? 0
                {
                    best = layout
                }
            }
        }
        guard let best, best.known >= columnsMin, best.columns.contains(.fullName) else {
            throw reasonForNoHeader(head, limits)
        }
        return best
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

    var known: Int { columns.count { $0 != nil } }

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

    private static func find(
        _ rows: [CSVRow],
        _ separator: UInt8,
        _ encoding: LegacyEncoding?,
        _ limits: IntakeLimits
    ) -> Layout? {
        var best: (row: CSVRow, columns: [Column?], known: Int)?
        for row in rows.prefix(limits.headerRows) where row.cells.count >= columnsMin {
            let columns = columns(row.cells.map { converted($0, encoding) })
            let known = columns.count { $0 != nil }
            if known > best?.known ?? 0 { best = (row, columns, known) }
        }
        guard let (header, columns, _) = best else { return nil }
        let body = rows.filter { $0.number > header.number }
        let names = columns.firstIndex(of: .fullName).map { index in
            body.compactMap { index < $0.cells.count ? $0.cells[index] : nil }
        }
        let found = encoding ?? names.flatMap { LegacyText.detect(column: $0)?.encoding }
        let unknown = zip(header.cells, columns)
            .filter { $1 == nil && !$0.isEmpty }
            .map { TextFold.normalized(converted($0.0, encoding)) }
        return Layout(
            separator: separator,
            encoding: found,
            headerRow: header.number,
            columns: columns,
            unknown: unknown,
            examples: (names ?? []).filter { !$0.isEmpty }
        )
    }

    static func converted(_ cell: String, _ encoding: LegacyEncoding?) -> String {
        encoding.flatMap { LegacyText.converted(cell, from: $0) } ?? cell
    }

    /// Each known column once: a second one of the same meaning is unknown.
    static func columns(_ header: [String]) -> [Column?] {
        var seen: Set<Column> = []
        let isOwnExport = header.contains(where: Column.isOwnRegisterLabel)
        return header.map { cell in
            guard let column = Column(header: cell), seen.insert(column).inserted else {
                return nil
            }
            // An export has the answers of the survey under names that the police's lists use.
            return isOwnExport && Column.ofRegister.contains(column) ? nil : column
        }
    }
}
