import Causality
package import Intake
import Replication
package import Store
import Survey

/// Brings a population list into a node: new households and persons, and what known ones lack.
///
/// Households are found again by village and number on the list, persons in them by their number or
/// by name and birth; so running an import twice changes nothing. What somebody has recorded is never
/// replaced by a list: it is counted as different, and stays.
package struct ListImport {
    /// What an import does to the node's records.
    package struct Result: Sendable {
        package var report: ImportReport
        package var newHouseholds = 0
        package var newPersons = 0
        /// Fields that a known record lacked and the list has.
        package var filledFields = 0
        /// Fields where the list says something else than the record.
        package var differingFields = 0
        package var unchangedPersons = 0
        /// Villages of the list that the roster does not have: their households were left out.
        package var unknownVillages: [String] = []
        package var leftOutHouseholds = 0
    }

    /// Households that share a transaction.
    private static let batch = 200

    private let store: Store
    private let author: String
    private let isDryRun: Bool
    private let createsVillages: Bool
    private let defaultScope: String?

    /// - Parameters:
    ///   - defaultScope: where households without a village go: the one village of a village node.
    ///   - createsVillages: enters villages that the roster lacks (at a hub).
    package init(
        into store: Store,
        author: String,
        isDryRun: Bool = false,
        createsVillages: Bool = false,
        defaultScope: String? = nil
    ) {
        self.store = store
        self.author = author
        self.isDryRun = isDryRun
        self.createsVillages = createsVillages
        self.defaultScope = defaultScope
    }

    /// Imports a list; of a dry run everything is undone again.
    package func run(
        _ importer: Importer,
        _ source: @escaping ByteSource,
        progress: (Int) -> Void = { _ in }
    ) throws -> Result {
        if isDryRun {
            do {
                return try store.transaction {
                    let result = try read(importer, source, progress)
                    throw DryRunEnd(result: result)
                }
            } catch let end as DryRunEnd {
                return end.result
            }
        }
        return try read(importer, source, progress)
    }

    /// Undoes a dry run's transaction and carries its result out of it.
    private struct DryRunEnd: Error {
        let result: Result
    }

    private func read(
        _ importer: Importer,
        _ source: @escaping ByteSource,
        _ progress: (Int) -> Void
    ) throws -> Result {
        var matcher = try Matcher(store)
        var villages = try Villages(store)
        var counts = Counts()
        var waiting: [ImportedHousehold] = []
        var done = 0
        func flush() throws {
            guard !waiting.isEmpty else { return }
            if createsVillages {
                let names = waiting.compactMap(\.village?.name).filter {
                    villages.named($0) == nil
                }
                if !names.isEmpty {
                    var seen: Set<String> = []
                    let fresh = names.filter { seen.insert(TextFold.fold($0)).inserted }
                    try Villages.add(fresh, to: store, author: author)
                    villages = try Villages(store)
                }
            }
            try store.transaction {
                for household in waiting {
                    try take(household, villages, &matcher, &counts)
                }
            }
            done += waiting.count
            waiting = []
            progress(done)
        }
        let report = try importer.run(source) { household in
            waiting.append(household)
            if waiting.count == Self.batch { try flush() }
        }
        try flush()
        return counts.result(report)
    }

    // MARK: One household

    private func take(
        _ household: ImportedHousehold,
        _ villages: Villages,
        _ matcher: inout Matcher,
        _ counts: inout Counts
    ) throws {
        guard
            let scope = household.village.flatMap({ villages.named($0.name)?.scope })
                ?? (household.village == nil ? defaultScope : nil)
        else {
            counts.leaveOut(household)
            return
        }
        let match = matcher.household(scope, household.registerCode)
        try store.save(scope: scope, author: author) { batch in
            let wanted = cells("household", household.fields)
            let id: RecordID
            if let match {
                id = match.id
                batch.set("household", id, counts.missing(wanted, in: match))
            } else {
                id = batch.add("household", wanted)
                counts.newHouseholds += 1
                matcher.add(household: id, scope, household.registerCode, wanted)
            }
            var head: RecordID?
            for person in household.members {
                let person = take(person, of: id, &batch, &matcher, &counts)
                if person.isHead { head = person.id }
            }
            if let head, match?.values["head"] == nil {
                batch.set("household", id, [Cell("head", .reference(head))])
                matcher.note(head: head, of: id, scope, household.registerCode)
            }
        }
    }

    private func take(
        _ person: ImportedPerson,
        of household: RecordID,
        _ batch: inout SaveBatch,
        _ matcher: inout Matcher,
        _ counts: inout Counts
    ) -> (id: RecordID, isHead: Bool) {
        let wanted = cells("resident", person.fields)
        if let match = matcher.person(household, person.fields) {
            let missing = counts.missing(wanted, in: match)
            if missing.isEmpty { counts.unchangedPersons += 1 }
            batch.set("resident", match.id, missing)
            return (match.id, person.isHead)
        }
        let id = batch.add(
            "resident",
            wanted + [Cell("household", .reference(household))]
        )
        counts.newPersons += 1
        matcher.add(person: id, household, wanted)
        return (id, person.isHead)
    }

    /// Values of the list are in the stored form already; numbers stand as digits.
    private func cells(_ type: String, _ fields: [String: String]) -> [Cell] {
        guard let type = store.description.type(type) else { return [] }
        return fields.sorted { $0.key < $1.key }.compactMap { name, text in
            guard let field = type.field(name) else { return nil }
            if case .integer = field.kind {
                return Int64(text).map { Cell(name, .integer($0)) }
            }
            return Cell(name, .text(text))
        }
    }
}

/// What an import has counted so far.
private struct Counts {
    var newHouseholds = 0
    var newPersons = 0
    var filledFields = 0
    var differingFields = 0
    var unchangedPersons = 0
    var unknownVillages: [String] = []
    var leftOutHouseholds = 0

    /// The cells that the record lacks; counts those that it has otherwise.
    mutating func missing(_ wanted: [Cell], in match: ListMatch) -> [Cell] {
        var missing: [Cell] = []
        for cell in wanted {
            if let value = match.values[cell.field] {
                if value != cell.value { differingFields += 1 }
            } else {
                missing.append(cell)
                filledFields += 1
            }
        }
        return missing
    }

    mutating func leaveOut(_ household: ImportedHousehold) {
        leftOutHouseholds += 1
        let name = household.village?.name ?? ""
        if !unknownVillages.contains(name) { unknownVillages.append(name) }
    }

    func result(_ report: ImportReport) -> ListImport.Result {
        ListImport.Result(
            report: report,
            newHouseholds: newHouseholds,
            newPersons: newPersons,
            filledFields: filledFields,
            differingFields: differingFields,
            unchangedPersons: unchangedPersons,
            unknownVillages: unknownVillages,
            leftOutHouseholds: leftOutHouseholds
        )
    }
}

/// A record that an import found again, with the values that it has.
private struct ListMatch {
    let id: RecordID
    var values: [String: Value]
}

/// Finds the records that a list means, in memory: a commune's index takes a few megabytes.
private struct Matcher {
    private var households: [String: ListMatch] = [:]
    private var persons: [String: ListMatch] = [:]

    init(_ store: Store) throws {
        try store.forEachRecord(of: "household") { row in
            guard let code = row.text("register_code") else { return }
            households[Self.key(row.scope, code)] = Self.match(row)
        }
        try store.forEachRecord(of: "resident") { row in
            guard case .reference(let household) = row["household"] else { return }
            let match = Self.match(row)
            for key in Self.keys(household, match.values) where persons[key] == nil {
                persons[key] = match
            }
        }
    }

    func household(_ scope: String, _ code: String?) -> ListMatch? {
        code.flatMap { households[Self.key(scope, $0)] }
    }

    func person(_ household: RecordID, _ fields: [String: String]) -> ListMatch? {
        Self.keys(household, fields.mapValues { .text($0) }).lazy.compactMap { persons[$0] }.first
    }

    mutating func add(household id: RecordID, _ scope: String, _ code: String?, _ cells: [Cell]) {
        guard let code else { return }
        households[Self.key(scope, code)] = ListMatch(id: id, values: Self.values(cells))
    }

    mutating func note(head: RecordID, of id: RecordID, _ scope: String, _ code: String?) {
        guard let code else { return }
        households[Self.key(scope, code)]?.values["head"] = .reference(head)
    }

    mutating func add(person id: RecordID, _ household: RecordID, _ cells: [Cell]) {
        let match = ListMatch(id: id, values: Self.values(cells))
        for key in Self.keys(household, match.values) where persons[key] == nil {
            persons[key] = match
        }
    }

    private static func values(_ cells: [Cell]) -> [String: Value] {
        Dictionary(cells.map { ($0.field, $0.value) }) { first, _ in first }
    }

    private static func match(_ row: RecordRow) -> ListMatch {
        var values: [String: Value] = [:]
        for (field, value) in zip(row.type.fields, row.values) where value != .null {
            values[field.name] = value
        }
        return ListMatch(id: row.id, values: values)
    }

    private static func key(_ scope: String, _ code: String) -> String {
        scope + "\n" + code
    }

    /// A person's number, or the old one, or name and birth: the surest first.
    private static func keys(_ household: RecordID, _ values: [String: Value]) -> [String] {
        var keys: [String] = []
        for field in ["personal_id", "old_cmnd"] {
            if let number = values[field]?.text { keys.append("\(household) \(field) \(number)") }
        }
        if let name = values["full_name"]?.text, let birth = values["birth"]?.text {
            keys.append("\(household) name \(TextFold.toneKey(name)) \(birth)")
        }
        return keys
    }
}
