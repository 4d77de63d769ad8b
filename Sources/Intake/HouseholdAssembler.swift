internal import Survey

/// Turns rows into households: what stands only in the first member's row is carried down.
///
/// A row's number says which household it is of. Where it has none, another head, another head's name
/// or another address than the household's begins the next.
struct HouseholdAssembler {
    private let limits: IntakeLimits
    private let isOwnExport: Bool
    /// An agency's list is of people, whoever they live with.
    private let isOfAgency: Bool
    private let policy: ImportPolicy
    private var current: ImportedHousehold?
    private var state = State()
    private var notes: [String] = []
    /// Rows of the current household, to recognise copies; lists have them next to each other.
    private var rows: Set<[String]> = []
    private var lastRow: [String] = []
    /// Village of the last row that named one.
    private var village: ImportedVillage?
    private(set) var villages: [String: ImportedVillage] = [:]
    private(set) var villageOrder: [String] = []
    private var tellsHouseholds = false
    private var hasJoined = false

    /// What the rows of the current household have told, those of people included who are not taken.
    private struct State {
        var number = ""
        var record = ""
        var head = ""
        var hasHead = false
        var address = PlaceKey("")
        var group = PlaceKey("")
    }

    init(limits: IntakeLimits, isOwnExport: Bool, isOfAgency: Bool, policy: ImportPolicy) {
        self.limits = limits
        self.policy = policy
        self.isOwnExport = isOwnExport
        self.isOfAgency = isOfAgency
    }

    /// What taking a row led to.
    struct Outcome {
        /// The household that this row ended.
        var finished: ImportedHousehold?
        var decisions: [ImportDecision] = []
        var isCopy = false
    }

    /// People stand in one household only because nothing in the list tells households apart.
    var isWithoutHouseholds: Bool { !isOfAgency && hasJoined && !tellsHouseholds }

    /// Begins or continues a household with the row's number, village, head and address.
    mutating func enter(_ cells: Cells, row: Int) -> Outcome {
        var outcome = Outcome()
        let key = key(cells)
        // Right below a head's row its copy is no second head; further down it is a namesake's.
        guard key != lastRow else {
            outcome.isCopy = true
            return outcome
        }
        let signs = HouseholdSigns(cells)
        if begins(signs) {
            outcome.finished = finish(&outcome.decisions)
            begin(cells, signs, number: signs.number, row: row, &outcome.decisions)
        } else if (current?.members.count ?? 0) >= limits.membersPerHousehold {
            if !isOfAgency {
                outcome.decisions.append(ImportDecision(.householdTooLarge, .noted, row: row))
            }
            let number = state.number
            outcome.finished = finish(&outcome.decisions)
            begin(cells, signs, number: number, row: row, &outcome.decisions)
        } else if !rows.contains(key) {
            proceed(cells, signs, row: row, &outcome.decisions)
        }
        tellsHouseholds = tellsHouseholds || signs.tellsHousehold
        state.hasHead = state.hasHead || signs.isHead
        if state.head.isEmpty { state.head = signs.head }
        outcome.isCopy = !rows.insert(key).inserted
        lastRow = key
        return outcome
    }

    /// Takes a member; a refusal where the household's note has no room left for the member's.
    mutating func add(_ person: ImportedPerson) -> ImportDecision? {
        if current?.members.isEmpty == false { hasJoined = true }
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
        state = State()
        rows.removeAll(keepingCapacity: true)
        lastRow = []
        let heads = household.members.count(where: \.isHead)
        if !household.members.isEmpty, heads != 1, !isOfAgency {
            let code: ImportCode = heads == 0 ? .noHead : .twoHeads
            decisions.append(ImportDecision(code, .noted, row: household.row))
        }
        let note = notes.joined(separator: Self.noteSeparator)
        notes.removeAll()
        if !note.isEmpty { household.fields["note"] = note }
        return household
    }

    /// Ends the last household: those that follow are of a village whose name stands above them.
    mutating func beginVillage(
        _ name: String,
        row: Int,
        _ decisions: inout [ImportDecision]
    ) -> ImportedHousehold? {
        let finished = finish(&decisions)
        village = see(name, row: row, &decisions)
        return finished
    }

    private func begins(_ signs: HouseholdSigns) -> Bool {
        guard let current else { return true }
        if !signs.record.isEmpty { return signs.record != state.record }
        if !signs.village.isEmpty, ImportedVillage.key(signs.village) != current.village?.key {
            return true
        }
        if !signs.number.isEmpty { return signs.number != state.number }
        if signs.isHead, state.hasHead { return true }
        if !signs.head.isEmpty, !state.head.isEmpty { return signs.head != state.head }
        // A household's number stands for all rows below it that have none.
        guard state.number.isEmpty else { return false }
        return isElsewhere(signs.address, than: state.address, signs)
            || isElsewhere(signs.group, than: state.group, signs)
    }

    /// Of whom nothing else says where they belong, each address is another; a head's relative may have
    /// it written in other words.
    private func isElsewhere(
        _ place: PlaceKey,
        than known: PlaceKey,
        _ signs: HouseholdSigns
    ) -> Bool {
        guard !place.isEmpty, !known.isEmpty, place != known else { return false }
        return !(signs.isMember && state.hasHead && place.mayBe(known))
    }

    /// A copy of a household's first row repeats its number; a copy of another has none: neither
    /// column tells copies apart within a household.
    private func key(_ cells: Cells) -> [String] { cells.withoutPosition }

    private mutating func begin(
        _ cells: Cells,
        _ signs: HouseholdSigns,
        number: String,
        row: Int,
        _ decisions: inout [ImportDecision]
    ) {
        state = State(
            number: number,
            record: signs.record,
            address: signs.address,
            group: signs.group
        )
        if !signs.village.isEmpty { village = see(signs.village, row: row, &decisions) }
        if number.isEmpty, !isOfAgency {
            decisions.append(ImportDecision(.householdWithoutNumber, .noted, row: row))
        }
        if village == nil, !isOfAgency {
            decisions.append(ImportDecision(.villageMissing, .noted, row: row))
        }
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
        Self.place(cells[.address], .address, max: 200, row, &fields, &decisions)
        Self.place(cells[.group], .group, max: 60, row, &fields, &decisions)
        fields["phone"] = phone(cells[.householdPhone], row, &decisions)
        current = ImportedHousehold(
            row: row,
            registerCode: fields["register_code"],
            village: village,
            record: signs.record.isEmpty ? nil : signs.record,
            isOwnExport: isOwnExport,
            fields: fields
        )
    }

    /// Address and phone of a later row: the household's where its first rows have none, else reported
    /// where they are others.
    private mutating func proceed(
        _ cells: Cells,
        _ signs: HouseholdSigns,
        row: Int,
        _ decisions: inout [ImportDecision]
    ) {
        guard var fields = current?.fields, !isOfAgency else { return }
        func take(_ column: Column, _ given: PlaceKey, _ known: inout PlaceKey, max: Int) {
            guard !given.isEmpty, given != known else { return }
            if known.isEmpty {
                known = given
                Self.place(cells[column], column, max: max, row, &fields, &decisions)
            } else {
                decisions.append(
                    ImportDecision(
                        .addressNotTaken,
                        .refused,
                        row: row,
                        column: column,
                        given: TextFold.normalized(cells[column])
                    )
                )
            }
        }
        take(.address, signs.address, &state.address, max: 200)
        take(.group, signs.group, &state.group, max: 60)
        let given = cells[.householdPhone]
        if fields["phone"] == nil {
            fields["phone"] = phone(given, row, &decisions)
        } else {
            // Read once: what was repaired or proposed of the same number is told already.
            var unsaid: [ImportDecision] = []
            let read = phone(given, row, &unsaid)
            if read != fields["phone"], !TextFold.normalized(given).isEmpty {
                decisions.append(
                    ImportDecision(
                        .householdPhoneNotTaken,
                        .refused,
                        row: row,
                        column: .householdPhone,
                        given: given
                    )
                )
            }
        }
        current?.fields = fields
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

    private static func place(
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
