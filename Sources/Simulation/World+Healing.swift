import Causality
import Replication
import SQLite
import Store

/// Everything is connected again: the world must come to rest, whole.
extension World {
    func heal() throws {
        trace.note("everything is connected again")
        let safe = try safeEntries()
        try revokeLostMachines()
        try exchangeUntilQuiet()
        try checkConverged()
        for database in living { try checkRebuild(database) }
        try checkKept(safe)
        try checkErased()
        for _ in 0..<3 { _ = try conspire() }
    }

    /// What some living database holds now, so that it may never be lost.
    private func safeEntries() throws -> EntrySet {
        var safe = EntrySet()
        for database in living {
            for scope in try database.store.scopes() {
                safe.formUnion(try view(of: database, scope).held)
            }
            safe.formUnion(try waiting(in: database))
            safe.formUnion(try setAside(in: database, reason: "branch"))
        }
        return safe
    }

    /// An officer says which machines will not come back, so that nobody waits for them.
    private func revokeLostMachines() throws {
        for node in nodes where node.isGone && !node.isRevoked {
            guard let parent = node.parent, let hub = databases.first(where: { $0.node == parent })
            else { continue }
            do {
                try hub.store.revoke(node.identity.node, on: "2026-11-24")
            } catch ExchangeError.untrusted {
                // The hub was set back to before it knew the machine.
            }
        }
    }

    private func exchangeUntilQuiet() throws {
        let limit = 8 + 4 * databases.count
        for round in 1...limit {
            let children = living.filter { nodes[$0.node].parent != nil }
                .sorted { (nodes[$0.node].depth, $0.number) > (nodes[$1.node].depth, $1.number) }
            for child in children {
                guard let parent = parent(of: child) else { continue }
                try exchange(child, parent, isRough: false)
            }
            for database in living {
                for scope in try database.store.scopes() { try database.store.seal(scope) }
            }
            if round > limit / 2 { try admitKnown() }
            if try unrest().isEmpty {
                figures.healingRoundsMax = max(figures.healingRoundsMax, round)
                return
            }
        }
        throw Violation(.progress, "not at rest after \(limit) rounds: \(try unrest())")
    }

    /// A person at a hub admits what was set aside of a revoked node and is known to have been here.
    private func admitKnown() throws {
        for hub in living where nodes.contains(where: { $0.parent == hub.node }) {
            let late = try hub.store.quarantinedEntries().filter { $0.reason == "revoked" }
            for (log, entries) in Dictionary(grouping: late, by: \.log).sorted(by: {
                $0.key < $1.key
            }) {
                let isKnown = try entries.allSatisfy { one in
                    try oracle.number(of: one.entry, dot: nil, scope: one.scope)
                        .map { reached[hub.node]?.contains($0) == true } ?? true
                }
                guard isKnown else { continue }
                figures.admissions += 1
                trace.note("\(name(hub)) admits \(log)")
                _ = try hub.store.admit(log)
                try inspect(hub)
            }
        }
    }

    /// What still differs, or waits.
    private func unrest() throws -> String {
        var vectors: [String: (VersionVector, SimulatedDatabase)] = [:]
        for database in living {
            if try !database.store.waitingEntries().isEmpty {
                return "entries wait in \(name(database))"
            }
            if try database.store.hasUnsettledBranches {
                let waiting = try database.store.quarantinedEntries()
                return "a branch waits in \(name(database)): "
                    + "\(waiting.map { "\($0.entry.type) \($0.entry.record) \($0.entry.author)" })"
            }
            let certificate = nodes[database.node].identity.certificate
            for scope in Set(nodes.flatMap(\.scopes)).sorted() where certificate.mayRead(scope) {
                let vector = try database.store.vector(scope)
                guard let (other, holder) = vectors[scope] else {
                    vectors[scope] = (vector, database)
                    continue
                }
                if other != vector {
                    return "\(scope): \(name(holder)) has \(text(other)), \(name(database)) has "
                        + text(vector)
                }
            }
        }
        return ""
    }

    private func text(_ vector: VersionVector) -> String {
        "\(vector.elements.map { "\($0.log):\($0.seq)/\($0.hash % 10_000)" })"
    }

    private func checkConverged() throws {
        var names: [Dot: Int] = [:]
        for database in living {
            for scope in try database.store.scopes() { database.views[scope]?.isChecked = false }
            try inspect(database)
            for scope in try database.store.scopes() {
                try checkNames(of: try view(of: database, scope), database, &names)
            }
        }
    }

    /// One name, one entry, wherever it is held.
    private func checkNames(
        of view: ScopeView,
        _ database: SimulatedDatabase,
        _ names: inout [Dot: Int]
    ) throws {
        for (dot, number) in view.numbers {
            let known = names.updateValue(number, forKey: dot) ?? number
            guard known == number else {
                throw Violation(
                    .singleWriter,
                    "\(dot) is \(describe(number)) in \(name(database)), elsewhere \(describe(known))"
                )
            }
        }
    }

    /// Nothing is left of whoever was erased, not even what came of him from a node that had not heard.
    ///
    /// Whom a hub has moved meanwhile that was set back to before the order waits for a person.
    private func checkErased() throws {
        for record in oracle.erased.sorted() {
            let rows = try living.compactMap { database in
                try database.store.row(of: record).map { (database, $0) }
            }
            guard try rows.allSatisfy({ try $0.store.isErased($1) }) else { continue }
            for (database, _) in rows {
                let said = try database.store.history(of: record).flatMap(\.cells).first { cell in
                    !ReservedField.all.contains(cell.field) && cell.new != .null
                        && cell.new != .erased
                }
                guard said == nil else {
                    throw Violation(
                        .durable,
                        "\(name(database)) has \(record) again, erased before"
                    )
                }
            }
        }
    }

    /// Everything that was acknowledged and still existed is in every log where it belongs.
    private func checkKept(_ safe: EntrySet) throws {
        for database in living {
            let certificate = nodes[database.node].identity.certificate
            var held = EntrySet()
            for scope in try database.store.scopes() {
                held.formUnion(try view(of: database, scope).held)
            }
            let lost = safe.subtracting(held).filter { number in
                let entry = oracle.entries[number]
                return entry.isAcknowledged && certificate.mayRead(entry.key.scope)
                    && !entry.isErased
            }
            if let first = lost.first {
                throw Violation(
                    .durable,
                    "\(name(database)) never got \(lost.count) entries, first \(describe(first))"
                )
            }
        }
    }
}
