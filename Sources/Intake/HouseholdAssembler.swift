internal import Survey

/// Turns rows into households: what stands only in the first member's row is carried down.
struct HouseholdAssembler {
    private let limits: IntakeLimits
    private let hasNumbers: Bool
    private let isOwnExport: Bool
    private let policy: ImportPolicy
    private var current: ImportedHousehold?
    private var currentNumber = ""
    /// The id of the current household, where the list has it.
    private var currentRecord = ""
    private var notes: [String] = []
    /// Rows of the current household, to recognise copies; lists have them next to each other.
    private var rows: Set<[String]> = []
    /// Village of the last row that named one.
    private var village: ImportedVillage?
    private(set) var villages: [String: ImportedVillage] = [:]
    private(set) var villageOrder: [String] = []

    init(limits: IntakeLimits, hasNumbers: Bool, isOwnExport: Bool, policy: ImportPolicy) {
        self.limits = limits
        self.policy = policy
        self.hasNumbers = hasNumbers
        self.isOwnExport = isOwnExport
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
        let record = TextFold.normalized(cells[.household])
        if begins(number: number, record: record, village: named, isHead: isHead) {
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

    /// Takes a member; a refusal where the household's note has no room left for the member's.
    mutating func add(_ person: ImportedPerson) -> ImportDecision? {
        current?.members.append(person)
        guard let note = person.note else { return nil }
        let length = (notes + [note]).joined(separator: Self.noteSeparator).unicodeScalars.count
        guard length <= Self.noteMax else {
            return ImportDecision(.textCut, .refused, row: person.row, column: .note, given: note)
        }
        notes.append(note)
        return nil
    }

    private static let noteSeparator = "; "
    /// Characters of a household's note.
    private static let noteMax = 500
    /// Characters of a household's number.
    private static let numberMax = 20

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
        let note = notes.joined(separator: Self.noteSeparator)
        notes.removeAll()
        if !note.isEmpty { household.fields["note"] = note }
        return household
    }

    private func begins(
        number: String,
        record: String,
        village named: String,
        isHead: Bool
    ) -> Bool {
        guard let current else { return true }
        if !record.isEmpty { return record != currentRecord }
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
        currentRecord = TextFold.normalized(cells[.household])
        if !named.isEmpty { village = see(named, row: row, &decisions) }
        if number.isEmpty {
            decisions.append(ImportDecision(.householdWithoutNumber, .noted, row: row))
        }
        if village == nil { decisions.append(ImportDecision(.villageMissing, .noted, row: row)) }
        var fields = ["state": "occupied", "on_list": "yes"]
        if number.unicodeScalars.count > Self.numberMax {
            decisions.append(
                ImportDecision(
                    .textCut,
                    .refused,
                    row: row,
                    column: .householdNumber,
                    given: number
                )
            )
        } else if !number.isEmpty {
            fields["register_code"] = number
        }
        survey(cells, row, &fields, &decisions)
        place(cells[.address], .address, max: 200, row, &fields, &decisions)
        place(cells[.group], .group, max: 60, row, &fields, &decisions)
        fields["phone"] = phone(cells[.householdPhone], row, &decisions)
        current = ImportedHousehold(
            row: row,
            registerCode: fields["register_code"],
            village: village,
            record: currentRecord.isEmpty ? nil : currentRecord,
            isOwnExport: isOwnExport,
            fields: fields
        )
    }

    /// Its own code and state, of an export of ours.
    private func survey(
        _ cells: Cells,
        _ row: Int,
        _ fields: inout [String: String],
        _ decisions: inout [ImportDecision]
    ) {
        let code = TextFold.normalized(cells[.householdCode])
        if !code.isEmpty, code.unicodeScalars.count <= Self.numberMax { fields["code"] = code }
        let state = TextFold.normalized(cells[.householdState])
        guard !state.isEmpty else { return }
        if let code = Codes.survey[.householdState]?.code(state) {
            fields["state"] = code
        } else {
            decisions.append(
                ImportDecision(
                    .valueUnknown,
                    .refused,
                    row: row,
                    column: .householdState,
                    given: state
                )
            )
        }
    }

    private func phone(
        _ given: String,
        _ row: Int,
        _ decisions: inout [ImportDecision]
    ) -> String? {
        func decide(_ code: ImportCode, _ outcome: ImportOutcome, _ taken: String? = nil) {
            decisions.append(
                ImportDecision(
                    code,
                    outcome,
                    row: row,
                    column: .householdPhone,
                    given: given,
                    taken: taken
                )
            )
        }
        switch PhoneReading(given) {
        case .empty: return nil
        case .number(let phone, let isRepaired):
            if isRepaired { decide(.phoneRepaired, .repaired, phone.text) }
            return phone.text
        case .converted(let phone):
            decide(.phoneConverted, .proposed, phone.text)
            return policy.accepted.contains(.phoneConverted) ? phone.text : nil
        case .leadingZeroLost(let phone):
            decide(.phoneZeroLost, .proposed, phone.text)
            return policy.accepted.contains(.phoneZeroLost) ? phone.text : nil
        case .refused:
            decide(.phoneRefused, .refused)
            return nil
        }
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
