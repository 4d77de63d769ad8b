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
/// of the row or of the list. A later list replaces them, an earlier one does not.
extension ListIntake {
    /// Takes the rows of such a list; false where the household's rows are of a population list.
    func takeAgencies(_ household: ImportedHousehold) throws -> Bool {
        let told = household.members.filter {
            !$0.isDayRefused && !($0.register.isEmpty && benefit(of: $0).isEmpty)
        }
        let isAgency =
            options.registerDay != nil
            || household.members.contains { $0.registerDay != nil || $0.isDayRefused }
        guard isAgency || !told.isEmpty else { return false }
        let days = told.map { $0.registerDay ?? options.registerDay }
        guard !days.contains(nil) else { throw NodeError.registerDayNeeded }
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
        var isChanged = false
        if isRegister { isChanged = try set(person.register, day, of: row) }
        if !benefit(of: person).isEmpty {
            switch try takeBenefit(person, day, of: row) {
            case .refused(let reason):
                refuse(person, reason)
                guard isChanged else { return }
            case .changed: isChanged = true
            case .unchanged: break
            }
        }
        if isChanged { residents.completed += 1 } else { residents.unchanged += 1 }
    }

    private func refuse(_ person: ImportedPerson, _ reason: ListRefusal.Reason) {
        refusals.append(ListRefusal(row: person.row, reason: reason, persons: 1))
    }

    private struct Unfound: Error {
        let reason: ListRefusal.Reason
    }

    private func registered(
        _ person: ImportedPerson,
        village: ImportedVillage?
    ) throws -> Result<RecordRow, Unfound> {
        var found = try lookup.recorded(person)
        if found.isEmpty { found = try named(person, village: village) }
        let living = try Dictionary(
            found.compactMap { try store.survivor(of: $0) }.filter { !$0.isGone }
                .map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        guard living.count == 1, let row = living.first?.value else {
            return .failure(Unfound(reason: .personUnknown))
        }
        guard try node.certificate().mayWrite(row.scope) else {
            return .failure(Unfound(reason: .villageNotOurs))
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

    /// Sets what a list says, unless a later one has said it; whether anything changed.
    func set(_ values: [String: String], _ day: CalendarDay, of row: RecordRow) throws -> Bool {
        let dayField = RecordType.registerDay
        let isLater = row.text(dayField).map { $0 > day.description } ?? false
        guard !isLater, values.contains(where: { row.text($0.key) != $0.value }) else {
            return false
        }
        let cells = (values.map { Cell($0.key, .text($0.value)) }).sorted { $0.field < $1.field }
        try store.save(scope: row.scope, author: node.user) {
            $0.set(row.type.name, row.id, cells + [Cell(dayField, .text(day.description))])
        }
        return true
    }
}

extension ImportedPerson {
    /// What a register's list says of the person, by field.
    var register: [String: String] {
        let names = Set(Column.ofRegister.map(\.rawValue))
        return fields.filter { names.contains($0.key) }
    }
}
