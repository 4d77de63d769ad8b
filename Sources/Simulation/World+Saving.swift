import Causality
import Replication
import SQLite
import Store
import Survey

/// What one save writes, decided before it is tried.
struct Draft {
    struct Item {
        let type: String
        /// nil: the record is created by this save.
        let record: RecordID?
        let cells: [Cell]
    }

    let items: [Item]
}

/// A form or a phone's list as it was shown, with the token that goes with it.
struct Form {
    let node: Int
    let database: Int
    let generation: Int64
    let scope: String
    let token: Token
    let records: [CanonicalRecord]
    let seen: EntrySet
}

extension World {
    static let surveyTypes = Set(DataDescription.simulated.types.map(\.name))
    /// Pairs of a field and a fate that come up the other way round.
    private static let mirrored = [
        [ReservedField.deleted, ReservedField.mergedInto],
        [ReservedField.movedTo, ReservedField.deleted],
        [ReservedField.movedTo, ReservedField.mergedInto],
    ]
    static let fates = [ReservedField.deleted, ReservedField.mergedInto, ReservedField.movedTo]

    /// Whether a change of the field that missed the fate must come up.
    static func mayMiss(_ field: String, _ fate: String) -> Bool {
        field != fate && !mirrored.contains([field, fate])
    }

    // MARK: Plain saves

    /// Somebody changes something that the database shows now.
    func save() throws {
        guard let database = pick(databases), let scope = pick(nodes[database.node].scopes)
        else { return }
        let view = try view(of: database, scope)
        let author = oracle.nextAuthor("s")
        let isLater = nodes[database.node].isLater
        let draft = draft(records(of: view), author: author, isLater: isLater)
        try save(draft, author: author, in: database, scope: scope, token: nil, seen: view.held)
    }

    /// Tries the save, perhaps until the machine stops, and tells the oracle how it ended.
    private func save(
        _ draft: Draft,
        author: String,
        in database: SimulatedDatabase,
        scope: String,
        token: Token?,
        seen: EntrySet,
        mayBeClipped: Bool = false
    ) throws {
        var saved: [(Draft.Item, RecordID)] = []
        var numbers: [Int] = []
        figures.saves += 1
        trace.note(
            "\(name(database)) saves \(author) in \(scope)\(token == nil ? "" : " from a form"): "
                + "\(draft.items.map { "\($0.type) \($0.record.map(String.init(describing:)) ?? "new") \($0.cells)" })"
        )
        let isDone = try crashing(database) {
            try database.store.save(scope: scope, author: author, token: token) { batch in
                saved = []
                var created: [String: RecordID] = [:]
                for item in draft.items {
                    let cells = item.cells.map { cell in
                        // A person of a new house refers to it.
                        guard cell.field == "house", let house = created["house"] else {
                            return cell
                        }
                        return Cell("house", .reference(house))
                    }.sorted { $0.field < $1.field }
                    let id: RecordID
                    if let record = item.record {
                        id = record
                        batch.set(item.type, record, cells)
                    } else {
                        id = batch.add(item.type, cells)
                        created[item.type] = id
                    }
                    saved.append((.init(type: item.type, record: id, cells: cells), id))
                }
                // Entered before it is known whether it succeeds: it may be in the log even so.
                numbers = saved.map { item, id in
                    oracle.expect(
                        .init(author: author, record: id, scope: scope),
                        type: item.type,
                        cells: item.cells,
                        seen: seen,
                        writers: [database.node],
                        mayBeClipped: mayBeClipped
                    )
                }
            }
        }
        if isDone { for number in numbers { oracle.acknowledge(number) } }
        try inspect(database)
        guard isDone else { return }
        let held = try view(of: database, scope).held
        guard numbers.allSatisfy({ held.contains($0) }) else {
            throw Violation(.durable, "\(author) was acknowledged and is not in the log")
        }
    }

    // MARK: Forms

    func openForm() throws {
        guard let database = pick(databases), let scope = pick(nodes[database.node].scopes)
        else { return }
        forms.append(try form(of: database, scope))
        if forms.count > 4 { forms.removeFirst() }
        trace.note("\(name(database)) shows a form of \(scope)")
    }

    func form(of database: SimulatedDatabase, _ scope: String) throws -> Form {
        let view = try view(of: database, scope)
        return Form(
            node: database.node,
            database: database.number,
            generation: try database.generation(),
            scope: scope,
            token: try database.store.token(scope: scope),
            records: records(of: view),
            seen: view.held
        )
    }

    /// A form is sent off that was opened before; the database may be another one by now.
    func saveForm() throws {
        guard !forms.isEmpty else { return }
        let form = forms.remove(at: random.below(forms.count))
        guard let database = pick(databases.filter { $0.node == form.node }) else { return }
        let author = oracle.nextAuthor("f")
        let isLater = nodes[database.node].isLater
        let draft = draft(form.records, author: author, isLater: isLater)
        try save(
            draft,
            author: author,
            in: database,
            scope: form.scope,
            token: form.token,
            seen: form.seen,
            mayBeClipped: try mayBeClipped(form, at: database)
        )
    }

    /// Whether a token may rightly be taken for less than it says.
    func mayBeClipped(_ form: Form, at database: SimulatedDatabase) throws -> Bool {
        guard form.database == database.number else { return true }
        return try database.generation() != form.generation
    }

    // MARK: What people write

    func records(of view: ScopeView) -> [CanonicalRecord] {
        view.records.filter { Self.surveyTypes.contains($0.type) }
    }

    /// Decides what somebody who sees these records writes.
    ///
    /// `isLater`: his program knows the later version's field.
    func draft(_ records: [CanonicalRecord], author: String, isLater: Bool = false) -> Draft {
        if records.isEmpty || random.percent(25) { return newHouse(author, isLater) }
        if random.percent(12), let house = pick(records.filter { $0.type == "house" }) {
            return Draft(items: [newPerson(author, house: house.id)])
        }
        guard let record = pick(records) else { return newHouse(author, isLater) }
        var items = [
            Draft.Item(
                type: record.type,
                record: record.id,
                cells: edit(record, records, author, isLater)
            )
        ]
        if random.percent(20), let other = pick(records), other.id != record.id {
            items.append(
                Draft.Item(
                    type: other.type,
                    record: other.id,
                    cells: values(other.type, author, isLater)
                )
            )
        }
        return Draft(items: items)
    }

    private func newHouse(_ author: String, _ isLater: Bool) -> Draft {
        let house = Draft.Item(type: "house", record: nil, cells: values("house", author, isLater))
        guard random.percent(50) else { return Draft(items: [house]) }
        let nobody = RecordID(origin: 0, counter: 1)
        return Draft(items: [house, newPerson(author, house: nobody)])
    }

    private func newPerson(_ author: String, house: RecordID) -> Draft.Item {
        Draft.Item(
            type: "person",
            record: nil,
            cells: [Cell("house", .reference(house)), Cell("name", .text(author))]
        )
    }

    /// Some fields of a type with values that nobody else writes.
    private func values(_ type: String, _ author: String, _ isLater: Bool) -> [Cell] {
        let number = Int64(author.dropFirst()) ?? 0
        let all =
            type == "house"
            ? [
                Cell("name", .text(author)), Cell("rooms", .integer(number)),
                Cell("tags", .text(author)), Cell("visits", .integer(number)),
            ] : [Cell("name", .text(author)), Cell("phone", .text(author))]
        let chosen = all.filter { _ in random.percent(50) }
        // Whoever knows the later field always sets it: few do.
        if isLater, type == "house" {
            return chosen + [Cell(DataDescription.laterField, .text(author))]
        }
        return chosen.isEmpty ? [all[random.below(all.count)]] : chosen
    }

    private func edit(
        _ record: CanonicalRecord,
        _ records: [CanonicalRecord],
        _ author: String,
        _ isLater: Bool
    ) -> [Cell] {
        let later = DataDescription.laterField
        switch random.below(100) {
        case 0..<10:
            // Somebody decides a conflict, for one of the values or for another one.
            if let field = record.fields.first(where: {
                $0.siblings.count > 1 && (isLater || $0.name != later)
            }),
                let chosen = pick(field.siblings), chosen.value != .erased
            {
                return [Cell(field.name, chosen.value)]
            }
        case 10..<18 where !hasVersions: return [Cell("name", .null)]
        case 10..<18: return [Cell(ReservedField.deleted, .text(author))]
        case 18..<25: return [Cell(ReservedField.deleted, .text(author))]
        case 25..<29: return [Cell(ReservedField.deleted, .null)]
        case 29..<36:
            let others = records.filter { $0.type == record.type && $0.id != record.id }
            if let other = pick(others) {
                return [Cell(ReservedField.mergedInto, .reference(other.id))]
            }
        case 36..<38: return [Cell(ReservedField.mergedInto, .null)]
        default: break
        }
        return values(record.type, author, isLater)
    }
}
