import Causality
import Replication
import Store
import Survey

/// The projection against what the authors really had on screen.
extension World {
    private struct Place: Hashable {
        let record: RecordID
        let field: String
    }

    /// No lost update, no false conflict, no deletion that hides a change which had not seen it.
    func checkMerge(
        _ database: SimulatedDatabase,
        _ scope: String,
        _ view: ScopeView
    ) throws {
        var setters: [Place: [Int]] = [:]
        for number in view.held.elements {
            let entry = oracle.entries[number]
            for cell in entry.cells
            where nodes[database.node].isLater || cell.field != DataDescription.laterField {
                setters[Place(record: entry.key.record, field: cell.field), default: []]
                    .append(number)
            }
        }
        var standing = setters.mapValues { numbers in
            numbers.filter { number in
                !numbers.contains { oracle.entries[$0].seen.contains(number) }
            }
        }
        for record in view.records where Self.surveyTypes.contains(record.type) {
            for field in record.fields {
                let place = Place(record: record.id, field: field.name)
                let expected = standing.removeValue(forKey: place) ?? []
                let shown = try numbers(field.dots, view, record)
                let label = "\(name(database)) \(scope) \(record.id).\(field.name)"
                if let lost = expected.first(where: { !shown.contains($0) }) {
                    throw Violation(
                        .noLostUpdate,
                        "\(label) lost \(describe(lost)), shows \(shown.map(describe))"
                    )
                }
                for number in shown where !expected.contains(number) {
                    let replacing = (setters[place] ?? []).filter {
                        oracle.entries[$0].seen.contains(number)
                    }
                    try excuse(number, replacedBy: replacing, label)
                }
            }
            try checkClashes(record, view, setters)
        }
        if let (place, numbers) = standing.first(where: { !$0.value.isEmpty }) {
            throw Violation(
                .noLostUpdate,
                "\(name(database)) \(scope) \(place.record).\(place.field) shows nothing, lost "
                    + "\(numbers.map(describe))"
            )
        }
    }

    private func numbers(
        _ dots: [Dot],
        _ view: ScopeView,
        _ record: CanonicalRecord
    ) throws -> [Int] {
        var numbers: [Int] = []
        for dot in dots {
            guard let number = view.numbers[dot] else {
                throw Violation(.prefix, "\(record.id) shows \(dot), which is not in the log")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A value stands although somebody who had seen it wrote another one.
    private func excuse(_ number: Int, replacedBy replacing: [Int], _ place: String) throws {
        let isExcused = replacing.allSatisfy { one in
            oracle.entries[one].mayBeClipped || oracle.entries[one].hasSeveralNames
                || oracle.entries[number].hasSeveralNames
        }
        guard isExcused else {
            throw Violation(
                .noFalseConflict,
                "\(place) still shows \(describe(number)), replaced by \(replacing.map(describe))"
            )
        }
        figures.excusedConflicts += 1
    }

    /// A change and a deletion, a merge or a move that had not seen each other are noted, for as long
    /// as both stand in the record: what shows nowhere nobody could decide.
    private func checkClashes(
        _ record: CanonicalRecord,
        _ view: ScopeView,
        _ setters: [Place: [Int]]
    ) throws {
        let noted = Set(
            record.clashes.compactMap { clash -> [Int]? in
                guard let change = view.numbers[clash.dot], let fate = view.numbers[clash.fateDot]
                else { return nil }
                return [change, fate]
            }
        )
        for clash in record.clashes {
            let stands = [(clash.field, clash.dot), (clash.fate, clash.fateDot)].allSatisfy {
                name,
                dot in
                record.fields.contains { $0.name == name && $0.dots.contains(dot) }
            }
            guard stands else {
                throw Violation(
                    .noFalseConflict,
                    "\(record.id): a clash of \(clash.field) \(clash.dot) with \(clash.fateDot), which "
                        + "nobody can end"
                )
            }
        }
        for fateField in record.fields where Self.fates.contains(fateField.name) {
            for fate in try numbers(fateField.dots, view, record) {
                let fateEntry = oracle.entries[fate]
                let value = fateEntry.cells.first { $0.field == fateField.name }?.value
                guard value != .null else { continue }
                for field in record.fields
                where Self.mayMiss(field.name, fateField.name) {
                    for change in try numbers(field.dots, view, record)
                    where change != fate && !fateEntry.seen.contains(change)
                        && !oracle.entries[change].seen.contains(fate)
                        && !noted.contains([change, fate])
                    {
                        throw Violation(
                            .noLostUpdate,
                            "\(record.id): \(describe(fate)) had not seen \(describe(change)), "
                                + "and nobody is told"
                        )
                    }
                }
            }
        }
    }
}
