import Causality
import Intake
import Replication
import Store
import Survey

/// Lists of the police's own system: who has which card and account (indicators 1.6).
///
/// They say nothing of households and register nobody: people are found by number and name or birth,
/// else by name and birth in the village named, and only the values of the register are set, with the
/// day of the list. A later list replaces them, an earlier one does not.
extension ListIntake {
    func takeRegister(_ household: ImportedHousehold, of day: CalendarDay) throws {
        for person in household.members where !person.register.isEmpty {
            switch try registered(person, village: household.village) {
            case .failure(let refusal):
                refusals.append(ListRefusal(row: person.row, reason: refusal.reason, persons: 1))
            case .success(let row): try set(person.register, day, of: row)
            }
        }
    }

    private struct Unfound: Error {
        let reason: ListRefusal.Reason
    }

    private func registered(
        _ person: ImportedPerson,
        village: ImportedVillage?
    ) throws -> Result<RecordRow, Unfound> {
        var found = try recorded(person)
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
        guard met.insert(row.id).inserted else { return .failure(Unfound(reason: .listedTwice)) }
        return .success(row)
    }

    /// By name and birth; who bears another number is somebody else.
    private func named(
        _ person: ImportedPerson,
        village: ImportedVillage?
    ) throws -> [RecordRow] {
        guard let scope = village.map({ scopes[$0.key] }) ?? defaultScope else { return [] }
        return try index(of: scope).people(of: person).compactMap { try store.row(of: $0) }
            .filter { row in
                let numbers = [row.text("personal_id"), person.fields["personal_id"]]
                return numbers.contains(nil) || numbers[0] == numbers[1]
            }
    }

    private func set(_ values: [String: String], _ day: CalendarDay, of row: RecordRow) throws {
        let dayField = RecordType.registerDay
        let isLater = row.text(dayField).map { $0 > day.description } ?? false
        guard !isLater, values.contains(where: { row.text($0.key) != $0.value }) else {
            residents.unchanged += 1
            return
        }
        let cells = (values.map { Cell($0.key, .text($0.value)) }).sorted { $0.field < $1.field }
        try store.save(scope: row.scope, author: node.user) {
            $0.set("resident", row.id, cells + [Cell(dayField, .text(day.description))])
        }
        residents.completed += 1
    }
}

extension ImportedPerson {
    /// What a register's list says of the person, by field.
    var register: [String: String] {
        let names = Set(Column.ofRegister.map(\.rawValue))
        return fields.filter { names.contains($0.key) }
    }
}
