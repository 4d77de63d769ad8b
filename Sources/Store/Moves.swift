package import Causality
import Replication
import SQLite
import Survey

/// Moving records to another scope, at a hub that may write both: `sync-protocol.md` section 9.6.
extension Store {
    /// Moves a record with all that belongs to it: in one transaction it is marked as moved in the
    /// old scope and asserted again, whole and under the same id, in the new one.
    ///
    /// What is asserted comes from the log: fields of a newer version go along. A move has seen
    /// everything, so it would end what only a person may end: it is refused while something about
    /// one of the records is undecided. A change in the old scope that had not seen the move comes up
    /// for review there.
    ///
    /// - Returns: the records that moved, the given one first.
    /// - Throws: ``StoreError/undecided(_:)``; ``StoreError/newerFields(_:)`` where the undecided field is
    ///   one that this version does not know; ``StoreError/newerVersion(type:)`` where records of a
    ///   type that it does not know belong to it.
    @discardableResult
    package func move(_ id: RecordID, to path: String, author: String = "") throws -> [RecordID] {
        try transaction {
            guard let found = try locate(id), found.scope != path,
                let source = try scopeNumber(found.scope)
            else { throw StoreError.unknownRecord(id) }
            guard isScopePath(path) else { throw StoreError.unknownScope(path) }
            let family = try family(type: found.type, key: found.key)
            let said = try dismissals(of: family.map(\.id))
            let target = try ensureScope(path)
            let replays = try replay(family, in: source)
            let earlier = try earlierStay(of: family, in: target)
            let moving = try family.map { name in
                let cells = try cells(
                    of: name,
                    replays[name] ?? RecordReplay(),
                    from: source,
                    to: target,
                    where: earlier[name] ?? RecordReplay()
                )
                return (name: name, cells: cells)
            }
            try save(scope: found.scope, author: author) { batch in
                for record in moving {
                    batch.set(
                        record.name.type,
                        record.name.id,
                        [Cell(ReservedField.movedTo, .text(path))]
                    )
                }
            }
            try save(scope: path, author: author) { batch in
                batch.isOfTheLog = true
                for record in moving { batch.set(record.name.type, record.name.id, record.cells) }
            }
            try carryDismissals(said, author: author)
            return family.map(\.id)
        }
    }

    /// A record's whole name within its scope.
    private struct RecordName: Hashable {
        let type: String
        let id: RecordID
    }

    /// A record and all that belongs to it or was merged into it and has not moved, parents first.
    ///
    /// What was merged goes where the record goes that stands for it, whatever it belonged to itself.
    private func family(type: String, key: Int64) throws -> [RecordName] {
        var family = [(type: type, key: key)]
        var next = 0
        while next < family.count {
            let parent = family[next]
            next += 1
            let table = try table(parent.type)
            for key in try mergedKeys(into: parent.key, table)
            where try row(key: key, table).map({ $0.flags & RecordFlags.moved == 0 }) ?? false
                && !family.contains(where: { $0 == (table.name, key) })
            { family.append((table.name, key)) }
            for (child, link) in childTables(of: parent.type) {
                let keys = try statement(
                    """
                    SELECT id FROM "\(child.name)"
                    WHERE "\(link)" = ?1
                        AND _flags & \(RecordFlags.moved | RecordFlags.merged) = 0 ORDER BY id
                    """
                ).bind(all: parent.key).rows { $0.integer(0) }
                for key in keys where !family.contains(where: { $0 == (child.name, key) }) {
                    family.append((child.name, key))
                }
            }
        }
        return try family.map { RecordName(type: $0.type, id: try recordID($0.key)) }
    }

    /// What the log of a scope says of these records.
    private func replay(
        _ family: [RecordName],
        in scope: Int64
    ) throws -> [RecordName: RecordReplay] {
        let ids = Set(family.map(\.id))
        let names = Set(family)
        var replays: [RecordName: RecordReplay] = [:]
        try forEachEntry(of: ids, unknownTypes: true, scope: scope) { logged in
            let name = RecordName(type: logged.entry.type, id: logged.entry.record)
            guard names.contains(name) || tables[name.type] == nil else { return }
            replays[name, default: RecordReplay()].apply(logged)
        }
        for (name, replay) in replays where !names.contains(name) {
            guard replay.isHere, replay.refers(to: ids) else { continue }
            throw StoreError.newerVersion(type: name.type)
        }
        return replays
    }

    /// What the log of the new scope says of those of the records that have been there before.
    private func earlierStay(
        of family: [RecordName],
        in target: Int64
    ) throws -> [RecordName: RecordReplay] {
        let back = try family.filter { name in
            try flags(of: name, try table(name.type), in: target) != nil
        }
        guard !back.isEmpty else { return [:] }
        let names = Set(back)
        var replays: [RecordName: RecordReplay] = [:]
        try forEachEntry(of: Set(back.map(\.id)), scope: target) { logged in
            let name = RecordName(type: logged.entry.type, id: logged.entry.record)
            guard names.contains(name) else { return }
            replays[name, default: RecordReplay()].apply(logged)
        }
        return replays
    }

    /// What a record is asserted with in the new scope: a value for each field that has one.
    ///
    /// Where the record has been before (`there`), also what was cleared since, and the mark of the
    /// move away.
    private func cells(
        of name: RecordName,
        _ replay: RecordReplay,
        from source: Int64,
        to target: Int64,
        where there: RecordReplay
    ) throws -> [Cell] {
        let table = try table(name.type)
        let undecided = RecordFlags.disputed | RecordFlags.clash
        let present = try flags(of: name, table, in: source) ?? 0
        guard present & undecided == 0 else { throw StoreError.undecided(name.id) }
        let earlier = try flags(of: name, table, in: target)
        var cells: [Cell] = []
        for (field, siblings) in replay.fields where field != ReservedField.movedTo {
            let rule = table.positions[field].map { table.columns[$0].merge } ?? .review
            // The flags know nothing of a newer version's fields, and nobody can decide here.
            let isKnown = table.positions[field] != nil
            if !isKnown, replay.hasClash(of: field) || there.hasClash(of: field) {
                throw StoreError.newerFields(name.id)
            }
            if rule == .review, siblings.isConflict {
                throw isKnown ? StoreError.undecided(name.id) : .newerFields(name.id)
            }
            let value = shown(siblings, rule)
            if value != .null || earlier != nil { cells.append(Cell(field, value)) }
        }
        guard earlier != nil else { return cells }
        // What came too late to where the record was must not be replaced unseen.
        let late = try clashingFields(key(name.id, scope: target), table)
        guard !cells.contains(where: { late.contains($0.field) }) else {
            throw StoreError.undecided(name.id)
        }
        return cells + [Cell(ReservedField.movedTo, .null)]
    }

    /// A record's flags in one scope; nil where it has never been there.
    private func flags(
        of name: RecordName,
        _ table: TypedTable,
        in scope: Int64
    ) throws -> Int64? {
        try statement("SELECT _flags FROM \"\(table.name)\" WHERE id = ?1")
            .bind(all: try key(name.id, scope: scope)).first { $0.integer(0) }
    }
}

extension RecordReplay {
    /// Whether the record is neither deleted nor moved away.
    fileprivate var isHere: Bool {
        [ReservedField.deleted, ReservedField.movedTo].allSatisfy {
            fields[$0]?.winner?.value ?? .null == .null
        }
    }

    fileprivate func refers(to ids: Set<RecordID>) -> Bool {
        fields.values.contains { siblings in
            siblings.all.contains { sibling in
                if case .reference(let id) = sibling.value { ids.contains(id) } else { false }
            }
        }
    }
}
