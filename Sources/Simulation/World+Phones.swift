import Causality
import Replication
import Store

/// A phone at the door: it shows what it loaded, writes offline, and sends off late or twice.
struct Phone {
    /// Names the phone in change ids, and is the origin of the records that it creates.
    let client: UInt64
    var form: Form?
    var changes: UInt64 = 0
    var created: UInt32 = 0
    var outbox: [PhoneChange] = []
    /// What the phone has written: it does not write a field twice before it has seen the first
    /// value come back, because one outbox holds one value of a field.
    var written: [RecordID: [(fields: [String], number: Int)]] = [:]
}

/// One save on a phone, waiting or sent.
struct PhoneChange {
    let author: String
    let form: Form
    let change: ChangeID
    let items: [Draft.Item]
    let numbers: [Int]
    var isAcknowledged = false
}

extension World {
    func newPhone() -> Phone {
        Phone(client: random.next())
    }

    /// The phone loads a village's records afresh.
    func loadPhone() throws {
        guard !phones.isEmpty, let database = pick(databases),
            let scope = pick(nodes[database.node].scopes)
        else { return }
        let index = random.below(phones.count)
        phones[index].form = try form(of: database, scope)
        trace.note("phone \(index) loads \(scope) from \(name(database))")
    }

    func writeOnPhone() {
        guard !phones.isEmpty else { return }
        let index = random.below(phones.count)
        guard let form = phones[index].form else { return }
        let author = oracle.nextAuthor("p")
        var items: [Draft.Item] = []
        for item in draft(form.records, author: author).items {
            if let record = item.record {
                let unseen = (phones[index].written[record] ?? []).filter {
                    !form.seen.contains($0.number)
                }
                // A field once, and nothing besides a deletion or a merge.
                let touched = unseen.flatMap(\.fields)
                let isFree =
                    unseen.isEmpty
                    || !item.cells.contains {
                        touched.contains($0.field) || Self.fates.contains($0.field)
                    } && !touched.contains(where: Self.fates.contains)
                if isFree { items.append(item) }
            } else {
                phones[index].created += 1
                let id = RecordID(origin: phones[index].client, counter: phones[index].created)
                let house = items.first { $0.type == "house" }?.record
                let cells = item.cells.map { cell in
                    cell.field == "house" && house != nil
                        ? Cell("house", .reference(house ?? id)) : cell
                }
                items.append(Draft.Item(type: item.type, record: id, cells: cells))
            }
        }
        guard !items.isEmpty else { return }
        phones[index].changes += 1
        let change = ChangeID(client: phones[index].client, counter: phones[index].changes)
        let numbers = items.compactMap { item -> Int? in
            guard let record = item.record else { return nil }
            let number = oracle.expect(
                .init(author: author, record: record, scope: form.scope),
                type: item.type,
                cells: item.cells.sorted { $0.field < $1.field },
                seen: form.seen,
                writers: []
            )
            phones[index].written[record, default: []].append((item.cells.map(\.field), number))
            return number
        }
        phones[index].outbox.append(
            PhoneChange(
                author: author,
                form: form,
                change: change,
                items: items,
                numbers: numbers
            )
        )
        trace.note(
            "phone \(index) writes \(author) in \(form.scope): "
                + "\(items.map { "\($0.type) \($0.record.map(String.init(describing:)) ?? "") \($0.cells)" })"
        )
        if phones[index].outbox.count > 12 { phones[index].outbox.removeFirst() }
    }

    /// Sends one change off, whether or not it was sent before, to a node that may write the scope.
    func deliverPhone() throws {
        guard !phones.isEmpty else { return }
        let index = random.below(phones.count)
        guard !phones[index].outbox.isEmpty else { return }
        let position = random.below(phones[index].outbox.count)
        let change = phones[index].outbox[position]
        let home = databases.filter { $0.node == change.form.node }
        let all = databases.filter { nodes[$0.node].scopes.contains(change.form.scope) }
        guard let database = pick(home.isEmpty || random.percent(20) ? all : home) else { return }
        if try mayBeClipped(change.form, at: database) {
            for number in change.numbers { oracle.noteClipped(number) }
        }
        for number in change.numbers { oracle.noteWriter(database.node, of: number) }
        figures.phoneChanges += 1
        trace.note("phone \(index) sends \(change.author) to \(name(database))")
        let isDone = try crashing(database) {
            try database.store.save(
                scope: change.form.scope,
                author: change.author,
                token: change.form.token,
                change: change.change
            ) { batch in
                for item in change.items {
                    guard let record = item.record else { continue }
                    batch.set(item.type, record, item.cells)
                }
            }
        }
        if isDone {
            phones[index].outbox[position].isAcknowledged = true
            for number in change.numbers { oracle.acknowledge(number) }
        }
        try inspect(database)
    }
}
