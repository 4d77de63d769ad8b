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

    init(layout: Layout, limits: IntakeLimits, policy: ImportPolicy, persons: PersonReader) {
        self.layout = layout
        self.persons = persons
        positions = Dictionary(
            layout.columns.enumerated().compactMap { offset, column in column.map { ($0, offset) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        households = HouseholdAssembler(
            limits: limits,
            hasNumbers: positions[.householdNumber] != nil,
            policy: policy
        )
        report = ImportReport(policy: policy, decisionsKept: limits.decisionsKept)
        report.columns = layout.columns.compactMap(\.self)
        report.unknownColumns = layout.unknown
        report.separator = layout.separator
        report.headerRow = layout.headerRow
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
            report.rows = row.number
            if row.isForeignEncoded { try check(row) }
            if let finished = take(row) { try hand(finished, receive) }
        }
        for row in blankRows { add(.footerRow, .skipped, row) }
        var decisions: [ImportDecision] = []
        if let last = households.finish(&decisions) { try hand(last, receive) }
        for decision in decisions { report.add(decision) }
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
        guard row.number != layout.headerRow else { return nil }
        guard row.number > layout.headerRow else {
            add(.titleRow, .skipped, row.number)
            return nil
        }
        let texts = row.cells.map { Layout.converted($0, layout.encoding) }
        let cells = Cells(texts, positions)
        let filled = cells.filled
        guard !filled.isEmpty else {
            blankRows.append(row.number)
            return nil
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

    private mutating func takePerson(_ cells: Cells, _ row: Int) -> ImportedHousehold? {
        let isHead = Codes.relation.code(TextFold.normalized(cells[.relation])) == "head"
        let outcome = households.enter(cells, row: row, isHead: isHead)
        for decision in outcome.decisions { report.add(decision) }
        guard !outcome.isCopy else {
            add(.exactDuplicateRow, .skipped, row)
            return outcome.finished
        }
        let draft = persons.read(cells, row: row)
        for decision in draft.decisions { report.add(decision) }
        if draft.fields["full_name"] == nil {
            refuse(.emptyName, row)
        } else if draft.fields["birth"] == nil {
            refuse(.birthMissing, row)
        } else {
            report.persons += 1
            let refusal = households.add(
                ImportedPerson(
                    row: row,
                    fields: draft.fields,
                    note: draft.note,
                    decisions: draft.decisions
                )
            )
            if let refusal { report.add(refusal) }
        }
        return outcome.finished
    }

    /// Nothing about a person, and words of a signature or total, or already below the table.
    private func isFooter(_ cells: Cells, _ filled: [String]) -> Bool {
        guard
            cells.isEmpty(
                .sex,
                .personalID,
                .oldPersonalID,
                .relation,
                .birth,
                .householdNumber,
                .residence
            )
        else { return false }
        return isBelowTable || filled.contains(where: Codes.isFooter)
    }

    /// The header printed again on the next page, or the row `(1) (2) (3)` below it.
    private func isHeaderAgain(_ texts: [String], _ cells: Cells, _ filled: [String]) -> Bool {
        // Nearly every row has a name here and is done with one look.
        if Column(header: cells[.fullName]) != nil {
            let known = Layout.columns(texts).count { $0 != nil }
            return known >= Layout.columnsMin && known * 2 > filled.count
        }
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
