internal import Survey

/// Turns rows into households: what stands only in the first member's row is carried down.
struct HouseholdAssembler {
    private let limits: IntakeLimits
    private let hasNumbers: Bool
    private var current: ImportedHousehold?
    private var currentNumber = ""
    private var notes: [String] = []
    /// Rows of the current household, to recognise copies; lists have them next to each other.
    private var rows: Set<[String]> = []
    /// Village of the last row that named one.
    private var village: ImportedVillage?
    private(set) var villages: [String: ImportedVillage] = [:]
    private(set) var villageOrder: [String] = []

    init(limits: IntakeLimits, hasNumbers: Bool) {
        self.limits = limits
        self.hasNumbers = hasNumbers
    }

    /// What taking a row led to.
    struct Outcome {
        /// The household that this row ended.
        var finished: ImportedHousehold?
        var decisions: [ImportDecision] = []
        var isCopy = false
    }

    /// Begins or continues a household with the row's number, village and address.
    mutating func enter(_ cells: Cells, row: Int, isHead: Bool) -> Outcome {
        var outcome = Outcome()
        let number = TextFold.normalized(cells[.householdNumber])
        let named = TextFold.normalized(cells[.village])
        if begins(number: number, village: named, isHead: isHead) {
            outcome.finished = finish(&outcome.decisions)
            begin(cells, number: number, village: named, row: row, &outcome.decisions)
        } else if (current?.members.count ?? 0) >= limits.membersPerHousehold {
            outcome.decisions.append(ImportDecision(.householdTooLarge, .noted, row: row))
            outcome.finished = finish(&outcome.decisions)
            begin(cells, number: currentNumber, village: named, row: row, &outcome.decisions)
        }
        outcome.isCopy = !rows.insert(key(cells)).inserted
        return outcome
    }

    mutating func add(_ person: ImportedPerson) {
        if let note = person.note { notes.append(note) }
        current?.members.append(person)
    }

    /// Ends the last household; nil where none was begun.
    mutating func finish(_ decisions: inout [ImportDecision]) -> ImportedHousehold? {
        guard var household = current else { return nil }
        current = nil
        rows.removeAll(keepingCapacity: true)
        let heads = household.members.count(where: \.isHead)
        if !household.members.isEmpty, heads != 1 {
            let code: ImportCode = heads == 0 ? .noHead : .twoHeads
            decisions.append(ImportDecision(code, .noted, row: household.row))
        }
        let note = notes.joined(separator: "; ")
        notes.removeAll()
        if !note.isEmpty { household.fields["note"] = String(note.unicodeScalars.prefix(500)) }
        return household
    }

    private func begins(number: String, village named: String, isHead: Bool) -> Bool {
        guard let current else { return true }
        let isOtherVillage =
            !named.isEmpty && ImportedVillage.key(named) != current.village?.key
        if isOtherVillage { return true }
        if hasNumbers { return !number.isEmpty && number != currentNumber }
        return isHead && current.members.contains(where: \.isHead)
    }

    /// A copy of a household's first row repeats its number; a copy of another has none: neither
    /// column tells copies apart within a household.
    private func key(_ cells: Cells) -> [String] { cells.withoutPosition }

    private mutating func begin(
        _ cells: Cells,
        number: String,
        village named: String,
        row: Int,
        _ decisions: inout [ImportDecision]
    ) {
        currentNumber = number
        if !named.isEmpty { village = see(named, row: row, &decisions) }
        if number.isEmpty {
            decisions.append(ImportDecision(.householdWithoutNumber, .noted, row: row))
        }
        if village == nil { decisions.append(ImportDecision(.villageMissing, .noted, row: row)) }
        var fields = ["state": "occupied", "on_list": "yes"]
        if !number.isEmpty, number.unicodeScalars.count <= 20 { fields["register_code"] = number }
        place(cells[.address], .address, max: 200, row, &fields, &decisions)
        place(cells[.group], .group, max: 60, row, &fields, &decisions)
        if case .number(let phone, _) = PhoneReading(cells[.householdPhone]) {
            fields["phone"] = phone.text
        }
        current = ImportedHousehold(
            row: row,
            registerCode: fields["register_code"],
            village: village,
            fields: fields
        )
    }

    private func place(
        _ given: String,
        _ column: Column,
        max: Int,
        _ row: Int,
        _ fields: inout [String: String],
        _ decisions: inout [ImportDecision]
    ) {
        let text = TextFold.normalized(given)
        guard !text.isEmpty else { return }
        if text.unicodeScalars.count <= max {
            fields[column.rawValue] = text
        } else {
            decisions.append(
                ImportDecision(.textCut, .refused, row: row, column: column, given: text)
            )
        }
    }

    /// The village of a name: the first mixed-case spelling is the one that is shown.
    private mutating func see(
        _ name: String,
        row: Int,
        _ decisions: inout [ImportDecision]
    ) -> ImportedVillage {
        let key = ImportedVillage.key(name)
        let shown = NameCase.proposal(for: name) ?? name
        if shown != name {
            decisions.append(
                ImportDecision(
                    .villageCase,
                    .repaired,
                    row: row,
                    column: .village,
                    given: name,
                    taken: shown
                )
            )
        }
        if let known = villages[key] { return known }
        let village = ImportedVillage(key: key, name: shown)
        villages[key] = village
        villageOrder.append(key)
        return village
    }
}
