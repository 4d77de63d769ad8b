import Causality
import Intake
import Replication
import Store
import Survey

/// Lists of those who know a fact best (indicators 1.6 and 4.5): of the police, who has which card and
/// account; of paying agencies, who gets which pension or allowance and how.
///
/// They say nothing of households and register nobody: people are found by number and name or birth,
/// else by name and birth in the village named, and only the values of the list are set, with the day
/// of the row or of the list. A later list replaces them, or confirms them as of its day; an earlier
/// one fills what no list has said, for lists of several kinds, of cards and of accounts, come on days
/// of their own.
extension ListIntake {
    /// Takes the rows of such a list; false where the household's rows are of a population list.
    ///
    /// An export of ours has such values beside the people themselves, each with its day.
    func takeAgencies(_ household: ImportedHousehold) throws -> Bool {
        guard !household.isOwnExport || options.registerDay != nil else { return false }
        let told = household.members.filter {
            !$0.isDayRefused && !($0.register.isEmpty && benefit(of: $0).isEmpty)
        }
        let isAgency =
            options.registerDay != nil
            || household.members.contains { $0.registerDay != nil || $0.isDayRefused }
        guard isAgency || !told.isEmpty else { return false }
        let days = told.map { $0.registerDay ?? options.registerDay }
        guard !days.contains(nil) else { throw NodeError.registerDayNeeded }
        for person in household.members where person.isDayRefused {
            refuse(person, .listDayUnusable)
        }
        for (person, day) in zip(told, days.compactMap(\.self)) {
            switch try registered(person, village: household.village) {
            case .failure(let refusal): refuse(person, refusal.reason)
            case .success(let row): try take(person, day, for: row)
            }
        }
        return true
    }

    private func take(_ person: ImportedPerson, _ day: CalendarDay, for row: RecordRow) throws {
        let isRegister = !person.register.isEmpty
        if isRegister, !met.insert(row.id).inserted { return refuse(person, .listedTwice) }
        var told = Told()
        if isRegister { told = try set(person.register, day, of: row) }
        if !benefit(of: person).isEmpty {
            switch try takeBenefit(person, day, of: row) {
            case .failure(let refusal):
                refuse(person, refusal.reason)
                guard told.isChanged else { return }
            case .success(let more): told.formUnion(more)
            }
        }
        if told.isOlder { refuse(person, .laterListRecorded) }
        if told.isChanged {
            residents.completed += 1
        } else if !told.isOlder {
            residents.unchanged += 1
        }
    }

    private func refuse(_ person: ImportedPerson, _ reason: ListRefusal.Reason) {
        refusals.append(ListRefusal(row: person.row, reason: reason, persons: 1))
    }

    struct Refused: Error {
        let reason: ListRefusal.Reason
    }

    /// What came of the values that a list tells.
    struct Told {
        var isChanged = false
        /// A later list has said something else.
        var isOlder = false

        mutating func formUnion(_ other: Told) {
            isChanged = isChanged || other.isChanged
            isOlder = isOlder || other.isOlder
        }
    }

    private func registered(
        _ person: ImportedPerson,
        village: ImportedVillage?
    ) throws -> Result<RecordRow, Refused> {
        var found = try lookup.recorded(person)
        if found.isEmpty { found = try named(person, village: village) }
        let living = try Dictionary(
            found.compactMap { try store.survivor(of: $0) }.filter { !$0.isGone }
                .map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        guard living.count == 1, let row = living.first?.value else {
            return .failure(Refused(reason: .personUnknown))
        }
        guard try node.certificate().mayWrite(row.scope) else {
            return .failure(Refused(reason: .villageNotOurs))
        }
        return .success(row)
    }

    /// By name and birth; who bears another number is somebody else.
    private func named(
        _ person: ImportedPerson,
        village: ImportedVillage?
    ) throws -> [RecordRow] {
        guard let scope = village.map({ scopes[$0.key] }) ?? defaultScope else { return [] }
        return try lookup.index(of: scope).people(of: person).compactMap { try store.row(of: $0) }
            .filter { row in
                let numbers = [row.text("personal_id"), person.fields["personal_id"]]
                return numbers.contains(nil) || numbers[0] == numbers[1]
            }
    }

    /// Sets what a list says, field by field, unless a later one has said something else.
    ///
    /// What is recorded as the list says it is written again where it is of an earlier day: it is of the
    /// list's day from now on, and no list of a day between undoes it. A figure of a day between reads
    /// the entries of its time and loses nothing.
    func set(_ values: [String: String], _ day: CalendarDay, of row: RecordRow) throws -> Told {
        let dayField = RecordType.registerDay
        let recorded = row.text(dayField)
        let later = recorded.flatMap { $0 > day.description ? $0 : nil }
        var told = Told()
        var cells: [Cell] = []
        let days = try days(of: values, day, in: row)
        for (field, value) in values.sorted(by: { $0.key < $1.key }) {
            let known = days[field] ?? ""
            if row.text(field) == value {
                let isListed = row.type.field(field).map(row.type.isRegister) ?? false
                guard isListed, known < day.description else { continue }
            } else if row[field] != .null, known > day.description {
                told.isOlder = true
                continue
            }
            cells.append(Cell(field, .text(value)))
        }
        guard !cells.isEmpty else { return told }
        told.isChanged = true
        cells.append(Cell(dayField, .text(day.description)))
        try store.save(scope: row.scope, author: node.user) { batch in
            batch.set(row.type.name, row.id, cells)
            // The history tells of which day each value is; the record, of which day the latest.
            if let later {
                batch.set(row.type.name, row.id, [Cell(dayField, .text(later))])
            }
        }
        return told
    }

    /// Of which day's list each of the values is that the record has, as far as it matters on that day.
    ///
    /// None is of a later day than the record. So a later list needs no look at the history, and a list
    /// that is taken once more none either: what it says was written in one entry with its day.
    private func days(
        of values: [String: String],
        _ day: CalendarDay,
        in row: RecordRow
    ) throws -> [String: String] {
        guard let recorded = row.text(RecordType.registerDay), recorded >= day.description else {
            return [:]
        }
        guard recorded == day.description else { return try listDays(of: row) }
        let same = values.keys.filter { row.text($0) == values[$0] }
        guard !same.isEmpty else { return [:] }
        return try store.areOfOneEntry(same + [RecordType.registerDay], of: row)
            ? Dictionary(uniqueKeysWithValues: same.map { ($0, recorded) }) : listDays(of: row)
    }

    /// Of which day's list each value of the record is: the day that was set along with it.
    private func listDays(of row: RecordRow) throws -> [String: String] {
        var days: [String: String] = [:]
        var latest = ""
        for entry in try store.history(of: row.id) where entry.type == row.type.name {
            let day = entry.cells.first { $0.field == RecordType.registerDay }
            if let day = day?.new.text { latest = day }
            for cell in entry.cells { days[cell.field] = latest }
        }
        return days
    }
}

extension ImportedPerson {
    /// What a register's list says of the person, by field.
    var register: [String: String] {
        let names = Set(Column.ofRegister.map(\.rawValue))
        return fields.filter { names.contains($0.key) }
    }
}
