package import Causality
import Node
import Store
package import Survey

/// What is said of a household that is on no list, at its door.
package struct NewHousehold: Hashable, Sendable {
    package let address: String
    package let group: String
    /// Of somebody who lives there; empty where nobody was asked yet.
    package let name: String

    package init(address: String, group: String, name: String) {
        self.address = address
        self.group = group
        self.name = name
    }
}

/// What came of beginning a household that is on no list.
package enum NewHouseholdResult: Sendable {
    case begun(VisitKey)
    /// Nothing is saved: by field of the household, or `full_name` of who lives there.
    case refused([Problem])
}

/// Households that nobody has listed, or that have parted from another.
extension VisitDesk {
    /// Households of a village that may be the one at the door: those where somebody of the name lives,
    /// and those at the address; what is both comes first.
    ///
    /// Goes to the access log.
    package func likelyHouseholds(
        _ new: NewHousehold,
        in scope: String
    ) throws -> [WorklistItem] {
        let found = try node.store.reading {
            let reader = WorklistReader(node)
            var query = WorklistQuery()
            query.scopes = [scope]
            let address = TextFold.fold(new.address)
            let there = try reader.list(query).items.filter { item in
                !address.isEmpty && TextFold.fold(item.address ?? "") == address
            }
            query.search = new.name
            let named = try new.name.isEmpty ? [] : reader.list(query).items
            let both = named.filter { item in there.contains { $0.id == item.id } }
            var known: Set<RecordID> = []
            return (both + named + there).filter { known.insert($0.id).inserted }
                .prefix(VisitingLimits.matches)
        }
        if let type = node.description.type("household") {
            node.logList(.duplicates, found.map { _ in type }, scope: scope)
        }
        return Array(found)
    }

    /// Saves a household that is on no list as the user's own, and begins its visit.
    ///
    /// Whether the user may record in the village is the caller's to ask: ``Action/record``. Who lives
    /// there is added in the visit, as its head until somebody says otherwise.
    ///
    /// - Parameters:
    ///   - new: an address at least.
    ///   - id: see ``newHouseholdID()``; what is sent twice under one id is one household.
    ///   - scope: the village's.
    /// - Returns: the visit, or why nothing is saved.
    /// - Throws: ``VisitingError`` as ``begin(_:)`` does.
    package func beginNew(
        _ new: NewHousehold,
        as id: RecordID,
        in scope: String
    ) throws -> NewHouseholdResult {
        try node.store.transaction {
            if try node.store.row(of: id) != nil { return .begun(try begin(id)) }
            if let problem = nameProblem(new.name) { return .refused([problem]) }
            let saved = try node.addRecord(
                "household",
                [
                    FieldInput("state", "occupied"), FieldInput("address", new.address),
                    FieldInput("group", new.group), FieldInput("assigned_to", node.user),
                ],
                place: scope,
                id: id
            )
            guard !saved.isRefused else {
                return .refused(saved.problems.filter { $0.severity == .blocks })
            }
            let key = try begin(id)
            guard !new.name.isEmpty else { return .begun(key) }
            try change(key) { form in
                let person = try form.addPerson()
                _ = try form.answer(QuestionID(person, "full_name"), new.name)
                _ = try form.answer(QuestionID(person, "relation"), "head")
            }
            return .begun(key)
        }
    }

    /// What the form would refuse of a name.
    private func nameProblem(_ name: String) -> Problem? {
        guard let field = node.description.type("resident")?.field("full_name") else { return nil }
        if case .refused(let problem) = field.parse(name, today: node.today) { return problem }
        return nil
    }

    /// The name of a household that is still to be saved.
    package func newHouseholdID() -> RecordID {
        // No record's origin is 0.
        RecordID(origin: max(node.store.environment.random(), 1), counter: 1)
    }
}
