import Causality
import Replication
import SQLite
import Store

/// What only a hub does with records.
extension World {
    private var hubs: [SimulatedDatabase] {
        databases.filter { nodes[$0.node].scopes.count > 2 }
    }

    private func villages(of hub: SimulatedDatabase) -> [String] {
        nodes[hub.node].scopes.filter { $0 != Self.communePath }
    }

    /// A household or a person moves to another village.
    func move() throws {
        guard let hub = pick(hubs), let from = pick(villages(of: hub)),
            let to = pick(villages(of: hub)), from != to,
            let record = pick(try movable(hub, from))
        else { return }
        figures.moves += 1
        try operate(hub, "m", "moves \(record.id) from \(from) to \(to)") { author in
            do {
                try hub.store.move(record.id, to: to, author: author)
            } catch StoreError.undecided {
                // Somebody has to decide first.
            }
        }
    }

    private func movable(_ hub: SimulatedDatabase, _ scope: String) throws -> [CanonicalRecord] {
        try records(of: try view(of: hub, scope)).filter { record in
            guard record.flags & RecordFlags.gone == 0 else { return false }
            return try hub.store.locate(record.id)?.scope == scope
        }
    }

    /// A person's data are erased by order.
    func erase() throws {
        // Not in the roster's own scope: there the order would come behind the segment it explains.
        guard let hub = pick(hubs),
            let scope = pick(villages(of: hub)),
            let record = pick(records(of: try view(of: hub, scope)))
        else { return }
        figures.erasures += 1
        oracle.noteErased([record.id])
        try operate(hub, "e", "erases \(record.id)") { author in
            do {
                try hub.store.redact(
                    [record.id],
                    reason: "request",
                    on: "2026-11-24",
                    author: author
                )
            } catch StoreError.nothingToDecide {
                // Everything is erased already.
            }
        }
        oracle.noteErased([record.id])
    }

    private func operate(
        _ hub: SimulatedDatabase,
        _ prefix: String,
        _ words: String,
        _ body: (String) throws -> Void
    ) throws {
        var seen = EntrySet()
        for scope in try hub.store.scopes() { seen.formUnion(try view(of: hub, scope).held) }
        let author = oracle.nextAuthor(prefix)
        oracle.expectOperation(author, seen: seen, writer: hub.node)
        trace.note("\(name(hub)) \(words) as \(author)")
        if try crashing(hub, { try body(author) }) { oracle.acknowledgeOperation(author) }
        try inspect(hub)
    }
}
