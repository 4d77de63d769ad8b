import Causality
import Intake
import Replication
import Store
import Survey

/// Pensions and allowances of a paying agency's list (indicators 4.5).
///
/// The agency knows who gets what: a benefit that nobody has recorded is made. Which of several it is,
/// the kind says, of the row or of the whole list.
extension ListIntake {
    /// What the list says of a benefit of the person, by field; nothing where it is of none.
    func benefit(of person: ImportedPerson) -> [String: String] {
        guard let kind = options.benefitKind else { return person.benefit }
        return person.benefit.merging(["kind": kind]) { listed, _ in listed }
    }

    func takeBenefit(
        _ person: ImportedPerson,
        _ day: CalendarDay,
        of resident: RecordRow
    ) throws -> Result<Told, Refused> {
        let values = benefit(of: person)
        let recorded = try store.children(of: resident.id).filter { $0.type.name == "benefit" }
        let open = recorded.filter { $0["until"] == .null }
        guard let kind = values["kind"] else {
            guard open.count == 1 else { return .failure(Refused(reason: .benefitUnclear)) }
            return try replace(open[0], with: values, day)
        }
        // One that has ended is another one.
        if let known = open.first(where: { $0.text("kind") == kind }) {
            return try replace(known, with: values, day)
        }
        let cells = values.sorted { $0.key < $1.key }.map { Cell($0.key, .text($0.value)) }
        try store.save(scope: resident.scope, author: node.user) {
            benefits.insert(
                $0.add(
                    "benefit",
                    cells + [
                        Cell("resident", .reference(resident.id)),
                        Cell(RecordType.registerDay, .text(day.description)),
                    ]
                )
            )
        }
        return .success(Told(isChanged: true))
    }

    private func replace(
        _ benefit: RecordRow,
        with values: [String: String],
        _ day: CalendarDay
    ) throws -> Result<Told, Refused> {
        guard benefits.insert(benefit.id).inserted else {
            return .failure(Refused(reason: .listedTwice))
        }
        // Since when is the agency's word only where nobody has said it.
        let told = values.filter { $0.key != "since" || benefit["since"] == .null }
        return .success(try set(told, day, of: benefit))
    }
}
