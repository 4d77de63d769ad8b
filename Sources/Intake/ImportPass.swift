internal import Survey

/// One pass over the rows of a file whose layout is known.
struct ImportPass {
    private let layout: Layout
    private let positions: [Column: Int]
    private let persons: PersonReader
    private var households: HouseholdAssembler
    private var report: ImportReport
    /// Blank rows whose kind is open: between households, or before the footer.
    private var blankRows: [Int] = []
    private var isBelowTable = false
    private var accents = AccentCount()
    private var numbers = RepeatedNumbers()
    /// Its people may have a row for each of what they get.
    private let isOfAgency: Bool

    init(layout: Layout, limits: IntakeLimits, policy: ImportPolicy, persons: PersonReader) {
        self.layout = layout
        self.persons = persons
        positions = Dictionary(
            layout.header.columns.enumerated().compactMap { offset, column in
                column.column.map { ($0, offset) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        isOfAgency =
            persons.isOfAgency || !persons.isOwnExport && positions[.registerDay] != nil
        households = HouseholdAssembler(
            limits: limits,
            isOwnExport: persons.isOwnExport,
            isOfAgency: isOfAgency,
            policy: policy
        )
        report = ImportReport(policy: policy, decisionsKept: limits.decisionsKept)
        report.columns = layout.header.columns
        report.header = HeaderSet(layout.header.lines)
        report.isOwnExport = persons.isOwnExport
        report.separator = layout.separator
        report.headerRow = layout.header.rows.lowerBound
        report.encoding = layout.encoding.map { encoding in
            EncodingProposal(
                encoding: encoding,
                examples: layout.examples.prefix(5).map {
                    EncodingProposal.Example(
                        before: $0,
                        after: Layout.converted($0, encoding)
                    )
                },
                isAccepted: policy.accepted.contains(.legacyEncoding)
            )
        }
    }

    mutating func run(
        _ source: CSVReader,
        _ receive: (ImportedHousehold) throws -> Void
    ) throws -> ImportReport {
        var reader = source
        while let row = try reader.next() {
            if row.number > layout.header.rows.upperBound { report.rows += 1 }
            if row.isForeignEncoded { try check(row) }
            if let finished = take(row) { try hand(finished, receive) }
        }
        for row in blankRows { add(.footerRow, .skipped, row) }
        var decisions: [ImportDecision] = []
        if let last = households.finish(&decisions) { try hand(last, receive) }
        guard !households.isWithoutHouseholds else { throw IntakeError.noHouseholds }
        for decision in decisions { report.add(decision) }
        for (column, count) in accents.missing {
            let row = layout.header.rows.lowerBound
            report.add(
                ImportDecision(
                    .accentsMissing,
                    .noted,
                    row: row,
                    column: column,
                    given: String(count)
                ),
                times: count
            )
        }
        for (row, number) in numbers.rows {
            report.add(
                ImportDecision(.idRepeated, .noted, row: row, column: .personalID, given: number)
            )
        }
        report.villages = households.villageOrder.compactMap { households.villages[$0] }
        return report
    }

    /// Such bytes are understood only as part of an encoding that the whole list is in.
    private mutating func check(_ row: CSVRow) throws(IntakeError) {
        let isUnderstood = row.cells.allSatisfy { cell in
            cell.utf8.allSatisfy { $0 < 0x80 }
                || layout.encoding.flatMap { LegacyText.converted(cell, from: $0) } != nil
        }
        guard isUnderstood else { throw .notUTF8(row: row.number) }
        add(.notUTF8, .noted, row.number)
    }

    /// Takes one row; the household that it ended.
    private mutating func take(_ row: CSVRow) -> ImportedHousehold? {
        guard !layout.header.rows.contains(row.number) else { return nil }
        guard row.number > layout.header.rows.upperBound else {
            add(.titleRow, .skipped, row.number)
            return nil
        }
        let texts = layout.converted(row)
        let cells = Cells(texts, positions)
        let filled = cells.filled
        guard !filled.isEmpty else {
            blankRows.append(row.number)
            return nil
        }
        if !tellsOfPerson(cells), let village = Codes.section(filled) {
            isBelowTable = false
            return takeSection(village, row.number)
        }
        if isFooter(cells, filled) {
            isBelowTable = true
            for blank in blankRows { add(.footerRow, .skipped, blank) }
            blankRows.removeAll()
            add(.footerRow, .skipped, row.number)
            return nil
        }
        for blank in blankRows { add(.blankRow, .skipped, blank) }
        blankRows.removeAll()
        if isHeaderAgain(texts, cells, filled) {
            add(.headerRepeated, .skipped, row.number)
            return nil
        }
        if let encoding = report.encoding, !encoding.isAccepted {
            add(.legacyEncoding, .proposed, row.number)
            report.refusedRows += 1
            return nil
        }
        isBelowTable = false
        return takePerson(cells, row.number)
    }

    /// A village's name between the rows is that of the rows below it, where no column names one.
    private mutating func takeSection(_ village: String, _ row: Int) -> ImportedHousehold? {
        for blank in blankRows { add(.blankRow, .skipped, blank) }
        blankRows.removeAll()
        add(.sectionRow, .skipped, row)
        guard positions[.village] == nil else { return nil }
        var decisions: [ImportDecision] = []
        let finished = households.beginVillage(village, row: row, &decisions)
        for decision in decisions { report.add(decision) }
        return finished
    }

    private mutating func takePerson(_ cells: Cells, _ row: Int) -> ImportedHousehold? {
        guard cells.isEmpty(.gone) else {
            add(.goneRecord, .skipped, row)
            return nil
        }
        let outcome = households.enter(cells, row: row)
        for decision in outcome.decisions { report.add(decision) }
        guard !outcome.isCopy else {
            add(.exactDuplicateRow, .skipped, row)
            return outcome.finished
        }
        accents.add(cells)
        let draft = persons.read(cells, row: row)
        for decision in draft.decisions { report.add(decision) }
        if draft.fields["full_name"] == nil {
            refuse(.emptyName, row)
        } else if draft.fields["birth"] == nil, !isOfRecorded(draft) {
            refuse(.birthMissing, row)
        } else {
            report.persons += 1
            if !isOfAgency {
                numbers.add(draft.number?.text, row: row)
                numbers.add(draft.fields["old_cmnd"], row: row)
            }
            let refusal = households.add(
                ImportedPerson(
                    row: row,
                    fields: draft.fields,
                    benefit: draft.benefit,
                    registerDay: draft.registerDay,
                    isDayRefused: draft.isDayRefused,
                    note: draft.note,
                    decisions: draft.decisions
                )
            )
            if let refusal { report.add(refusal) }
        }
        return outcome.finished
    }

    /// An agency's row finds somebody who is recorded by number and name.
    private func isOfRecorded(_ draft: PersonReader.Draft) -> Bool {
        let isOfAgency =
            persons.isOfAgency
            || !persons.isOwnExport && (draft.registerDay != nil || draft.isDayRefused)
        return isOfAgency
            && ["personal_id", "old_cmnd"].contains { draft.fields[$0] != nil }
    }

    /// Nothing about a person, and words of a signature or total, or already below the table.
    private func isFooter(_ cells: Cells, _ filled: [String]) -> Bool {
        !tellsOfPerson(cells) && (isBelowTable || filled.contains(where: Codes.isFooter))
    }

    private static let ofPerson: [Column] = [
        .sex, .personalID, .oldPersonalID, .relation, .birth, .birthOfMan, .birthOfWoman,
        .birthYear, .householdNumber, .residence,
    ]

    /// Whether a cell holds what its column is for; signatures stand in any of them.
    private func tellsOfPerson(_ cells: Cells) -> Bool {
        Self.ofPerson.contains { column in
            let text = TextFold.normalized(cells[column])
            guard !text.isEmpty, !Codes.isSignature(text) else { return false }
            guard isBelowTable else { return true }
            return switch column {
            case .sex: Codes.sex.code(text) != nil
            case .relation: Codes.relation.code(text) != nil
            case .residence: Codes.residence.code(text) != nil
            default: text.contains(where: \.isNumber)
            }
        }
    }

    /// The header printed again on the next page, or the row `(1) (2) (3)` below it.
    private func isHeaderAgain(_ texts: [String], _ cells: Cells, _ filled: [String]) -> Bool {
        // Nearly every row has a name here and is done with one look.
        if Column(header: cells[.fullName]) != nil {
            let known = Header(texts, row: 0, ColumnNames()).known
            return known >= Layout.columnsMin && known * 2 > filled.count
        }
        if layout.header.lines.count > 1, layout.header.isRepeated(in: filled) { return true }
        guard filled.count >= Layout.columnsMin, filled[0] == "1" || filled[0] == "(1)" else {
            return false
        }
        return filled.map { $0.filter { $0 != "(" && $0 != ")" } }
            == (1...filled.count).map(String.init)
    }

    private mutating func hand(
        _ household: ImportedHousehold,
        _ receive: (ImportedHousehold) throws -> Void
    ) throws {
        guard !household.members.isEmpty else { return }
        report.households += 1
        try receive(household)
    }

    private mutating func add(_ code: ImportCode, _ outcome: ImportOutcome, _ row: Int) {
        report.add(ImportDecision(code, outcome, row: row))
    }

    private mutating func refuse(_ code: ImportCode, _ row: Int) {
        add(code, .refused, row)
        report.refusedRows += 1
    }
}

/// Numbers that stand in the rows of several people: one of them at most is the bearer.
private struct RepeatedNumbers {
    private var first: [String: Int] = [:]
    private var repeated: [String: [Int]] = [:]

    /// Each row with its number, in the order of the list.
    var rows: [(row: Int, number: String)] {
        repeated.flatMap { number, rows in rows.map { ($0, number) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    mutating func add(_ number: String?, row: Int) {
        guard let number else { return }
        guard let known = first[number] else {
            first[number] = row
            return
        }
        repeated[number, default: [known]].append(row)
    }
}

/// Texts that carry no accent, by column; a column with one accent is well.
private struct AccentCount {
    private var counts: [Column: Int] = [:]
    private var marked: Set<Column> = []

    private static let columns: [Column] = [.fullName, .otherName, .address, .village]

    /// Columns of which no text has an accent, with how many texts they have.
    var missing: [(column: Column, count: Int)] {
        Self.columns.compactMap { column in counts[column].map { (column, $0) } }
    }

    mutating func add(_ cells: Cells) {
        for column in Self.columns where !marked.contains(column) {
            let text = cells[column]
            if TextFold.hasMarks(text) {
                marked.insert(column)
                counts[column] = nil
            } else if text.utf8.count(where: { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }) > 1 {
                counts[column, default: 0] += 1
            }
        }
    }
}
