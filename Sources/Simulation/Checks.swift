import Causality
import Replication
import SQLite
import Store
import Survey

/// What a projection of a scope is derived from.
struct ProjectionKey: Hashable {
    let scope: String
    let vector: VersionVector
    /// Segments whose content redaction orders have changed.
    let redacted: [Store.HeldSegment]
    /// The data description is the later version's; nil for what all versions show alike.
    var isLater: Bool?
}

/// What nodes show alike whatever their data descriptions: siblings and clashes of fields that all know.
struct CommonContent: Hashable {
    let type: String
    let id: RecordID
    let fields: [CanonicalRecord.Field]
    let clashes: [CanonicalRecord.Clash]

    /// Nil for a record of which only later fields are set.
    init?(_ record: CanonicalRecord) {
        type = record.type
        id = record.id
        fields = record.fields.filter { $0.name != DataDescription.laterField }
        clashes = record.clashes.filter { $0.field != DataDescription.laterField }
        guard !fields.isEmpty else { return nil }
    }
}

extension World {
    /// What a database holds and shows of a scope; read anew only if something has changed.
    func view(of database: SimulatedDatabase, _ scope: String) throws -> ScopeView {
        let store = database.store
        let counts = try database.connection.cached(
            "SELECT (SELECT count(*) FROM redacted), (SELECT count(*) FROM aside_entry)"
        ).first { ($0.integer(0), $0.integer(1)) }
        let stamp = ScopeView.Stamp(
            token: try store.token(scope: scope),
            redactions: counts?.0 ?? 0,
            waiting: counts?.1 ?? 0
        )
        if let known = database.views[scope], known.stamp == stamp { return known }
        let segments = try store.heldSegments(scope: scope)
        var held = EntrySet()
        var numbers: [Dot: Int] = [:]
        for segment in segments {
            let entries = try oracle.entries(of: segment, in: store, scope: scope)
            for (index, number) in entries.enumerated() {
                guard let number else { continue }
                held.insert(number)
                numbers[Dot(log: segment.log, seq: segment.first + UInt64(index))] = number
            }
        }
        for (dot, entry) in try store.openEntries(scope: scope) {
            guard let number = try oracle.number(of: entry, dot: dot, scope: scope) else {
                continue
            }
            held.insert(number)
            numbers[dot] = number
        }
        let view = ScopeView(
            stamp: stamp,
            segments: segments,
            held: held,
            numbers: numbers,
            records: try store.canonicalProjection(scope: scope)
        )
        database.views[scope] = view
        return view
    }

    /// Checks everything that is cheap to check, where something has changed.
    func inspect(_ database: SimulatedDatabase) throws {
        // What is saved next would join it, and be acknowledged before it is on the disk.
        guard !database.connection.isInTransaction else {
            throw Violation(.durable, "\(name(database)) left a transaction open")
        }
        var held = EntrySet()
        for scope in try database.store.scopes() {
            let view = try view(of: database, scope)
            held.formUnion(view.held)
            guard !view.isChecked else { continue }
            try checkAuthority(database, scope, view)
            try checkPrefix(database, scope, view)
            try checkMerge(database, scope, view)
            try checkConvergence(database, scope, view)
            database.views[scope]?.isChecked = true
        }
        try checkDurability(database, held)
        try checkRevocation(database, held)
    }

    // MARK: Durable

    /// What a file has held once it holds for good, in the log or beside it.
    private func checkDurability(_ database: SimulatedDatabase, _ held: EntrySet) throws {
        var all = held
        if !database.everHeld.subtracting(held).isEmpty {
            all.formUnion(try waiting(in: database))
            all.formUnion(try setAside(in: database))
        }
        let lost = database.everHeld.subtracting(all).filter { !oracle.entries[$0].isErased }
        if let first = lost.first {
            throw Violation(
                .durable,
                "\(name(database)) lost \(lost.count) entries, first \(describe(first))"
            )
        }
        database.everHeld.formUnion(all)
    }

    func waiting(in database: SimulatedDatabase) throws -> EntrySet {
        var numbers = EntrySet()
        for (scope, entry) in try database.store.waitingEntries() {
            if let number = try oracle.number(of: entry, dot: nil, scope: scope) {
                numbers.insert(number)
            }
        }
        return numbers
    }

    func setAside(in database: SimulatedDatabase, reason: String? = nil) throws -> EntrySet {
        var numbers = EntrySet()
        for one in try database.store.quarantinedEntries()
        where reason == nil || one.reason == reason {
            if let number = try oracle.number(of: one.entry, dot: nil, scope: one.scope) {
                numbers.insert(number)
            }
        }
        return numbers
    }

    // MARK: Authority and prefix

    private func checkAuthority(
        _ database: SimulatedDatabase,
        _ scope: String,
        _ view: ScopeView
    ) throws {
        let node = nodes[database.node]
        guard view.segments.isEmpty || node.identity.certificate.mayRead(scope) else {
            throw Violation(.authority, "\(name(database)) holds \(scope)")
        }
        for segment in view.segments {
            let writer = nodes.first { $0.identity.node == segment.node }
            guard let writer, writer.identity.certificate.mayWrite(scope) else {
                throw Violation(
                    .authority,
                    "\(name(database)) holds \(scope) written by \(writer?.name ?? "nobody")"
                )
            }
        }
    }

    /// A hub takes nothing that a node wrote after the hub had revoked it, whoever carries it, and
    /// under whatever name it is written again.
    private func checkRevocation(_ database: SimulatedDatabase, _ held: EntrySet) throws {
        let hub = database.node
        guard nodes.contains(where: { $0.parent == hub }) else { return }
        var all = held
        if try database.store.hasUnsettledBranches {
            all.formUnion(try setAside(in: database, reason: "branch"))
        }
        for number in all.subtracting(reached[hub] ?? EntrySet()) {
            let writers = oracle.entries[number].writers
            let isAllowed = try writers.contains { writer in
                try nodes[writer].parent != hub
                    || !database.store.isRevoked(nodes[writer].identity.node)
            }
            guard isAllowed else {
                throw Violation(
                    .authority,
                    "\(name(database)) took \(describe(number)) after it had revoked its writer"
                )
            }
            reached[hub, default: EntrySet()].insert(number)
        }
    }

    /// A vector claims what is there, without gaps.
    private func checkPrefix(
        _ database: SimulatedDatabase,
        _ scope: String,
        _ view: ScopeView
    ) throws {
        var reached: [LogID: UInt64] = [:]
        for segment in view.segments.sorted(by: { ($0.log, $0.first) < ($1.log, $1.first) }) {
            guard segment.first == (reached[segment.log] ?? 0) + 1 else {
                throw Violation(
                    .prefix,
                    "\(name(database)) \(scope): log \(segment.log) has a hole"
                )
            }
            reached[segment.log] = segment.last
        }
        let claimed = view.stamp.token.vector.elements.map { ($0.log, $0.seq) }
        let isTrue = claimed.count == reached.count && claimed.allSatisfy { reached[$0] == $1 }
        guard isTrue else {
            throw Violation(.prefix, "\(name(database)) \(scope) claims \(claimed), has \(reached)")
        }
    }

    // MARK: Convergent and rebuildable

    private func checkConvergence(
        _ database: SimulatedDatabase,
        _ scope: String,
        _ view: ScopeView
    ) throws {
        guard view.stamp.token.own == nil else { return }
        var key = ProjectionKey(
            scope: scope,
            vector: view.stamp.token.vector,
            redacted: view.segments.filter { !$0.redacted.isEmpty }
                .sorted { ($0.log, $0.first) < ($1.log, $1.first) }
        )
        let content = view.records.compactMap { CommonContent($0) }
        guard commonContents[key, default: content] == content else {
            throw Violation(
                .convergent,
                "\(name(database)) \(scope) shows something else than a node of another version "
                    + "with the same vector"
            )
        }
        commonContents[key] = content
        key.isLater = nodes[database.node].isLater
        guard let known = projections[key] else {
            projections[key] = view.records
            return
        }
        guard known == view.records else {
            throw Violation(
                .convergent,
                "\(name(database)) \(scope) shows something else than another node with the same "
                    + "vector: \(difference(known, view.records))"
            )
        }
    }

    /// The projection made anew is the one that was kept.
    func checkRebuild(_ database: SimulatedDatabase) throws {
        struct Undo: Error {}
        let scopes = try database.store.scopes()
        var before: [[CanonicalRecord]] = []
        for scope in scopes { before.append(try database.store.canonicalProjection(scope: scope)) }
        var after: [[CanonicalRecord]] = []
        do {
            try database.store.transaction {
                try database.store.rebuild()
                for scope in scopes {
                    after.append(try database.store.canonicalProjection(scope: scope))
                }
                throw Undo()
            }
        } catch is Undo {
        }
        for (scope, (kept, made)) in zip(scopes, zip(before, after)) where kept != made {
            throw Violation(
                .rebuildable,
                "\(name(database)) \(scope): \(difference(kept, made))"
            )
        }
    }

    /// The first records that differ, one above the other.
    func difference(_ left: [CanonicalRecord], _ right: [CanonicalRecord]) -> String {
        let names = { (records: [CanonicalRecord]) in
            Dictionary(records.map { ("\($0.type) \($0.id)", $0) }) { $1 }
        }
        let (left, right) = (names(left), names(right))
        for id in Set(left.keys).union(right.keys).sorted() where left[id] != right[id] {
            return """

                  \(left[id].map(\.description) ?? "nothing")
                  \(right[id].map(\.description) ?? "nothing")
                """
        }
        return "nothing differs"
    }

    func describe(_ number: Int) -> String {
        let entry = oracle.entries[number]
        return "\(entry.key.author) (\(entry.type) \(entry.key.record) in \(entry.key.scope), "
            + "\(entry.cells), at \(entry.dots.sorted()))"
    }
}
