package import Causality
import Replication
import SQLite
import Survey

/// What becomes of changes that met a deletion, a merge or a move, and of a record that was merged
/// into one that is gone.
package enum ClashDecision: String, Hashable, Sendable {
    /// The changes count: the record is not deleted, or they are carried to its new place, or to the
    /// record that stands for it. Where that one is gone, the record stands for itself again.
    case keep
    /// The deletion, merge or move counts, and the changes stay behind with it. A record that was
    /// merged into one that is gone is deleted as well.
    case dismiss
}

/// Decisions of a person: each an ordinary change, whose author saw everything that is held.
///
/// So each is given the stamp of what was shown, and is refused where something else is in question
/// by now: what has come in meanwhile would be replaced unseen.
extension Store {
    /// Settles a disputed field with one of its values, or another.
    @discardableResult
    package func resolve(
        _ id: RecordID,
        field: String,
        value: Value,
        seen: ConflictStamp,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let detail = try conflict(id)
            let record = detail.record
            guard detail.disputed.contains(where: { $0.name == field }) else {
                throw StoreError.nothingToDecide
            }
            let erased = Value.text(ReservedField.erasedReason)
            let said = record.fields.first { $0.name == field }?.siblings ?? []
            let isErasure =
                field == ReservedField.deleted && said.contains { $0.value == erased }
            guard !isErasure || value == erased else { throw StoreError.erased }
            try requireUnchanged(detail, since: seen)
            if field == ReservedField.movedTo {
                return try settleMove(of: id, value, author: author)
            }
            let cells = try [Cell(field, value)] + saidAlong(with: field, value, of: record)
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, cells)
            }
        }
    }

    /// What was said along with a state that is chosen, such as the day from which it holds; what only
    /// those have said whose state is not chosen goes with that.
    private func saidAlong(
        with fact: String,
        _ chosen: Value,
        of record: StoredRecord
    ) throws -> [Cell] {
        let names = record.type.saidAlong(with: fact)
        let siblings = record.fields.first { $0.name == fact }?.siblings ?? []
        guard !names.isEmpty, !siblings.isEmpty else { return [] }
        let entries = try history(of: record.id).filter {
            $0.type == record.type.name && $0.scope == record.scope
        }
        func cells(of name: String, isChosen: Bool) -> [HistoryCell] {
            let dots = siblings.filter { ($0.value == chosen) == isChosen }.map(\.dot)
            return entries.filter { dots.contains($0.dot) }.flatMap(\.cells).filter {
                $0.field == name
            }
        }
        return names.sorted().compactMap { name in
            if let said = cells(of: name, isChosen: true).last {
                let isShown = record[name] == said.new && !record.isDisputed(name)
                return isShown ? nil : Cell(name, said.new)
            }
            let isOthers = cells(of: name, isChosen: false).contains(where: \.stands)
            return isOthers && !record.isDisputed(name) ? Cell(name, .null) : nil
        }
    }

    /// Settles every clash of a record with a deletion, a merge or a move, or what becomes of it where
    /// it was merged into a record that is gone.
    @discardableResult
    package func settle(
        _ id: RecordID,
        _ decision: ClashDecision,
        seen: ConflictStamp,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let detail = try conflict(id)
            let lost = detail.orphan.flatMap { $0.link == .merge ? $0 : nil }
            let places = try records(everywhere: id).map { ($0, try clashes(of: $0)) }
                .filter { !$0.1.isEmpty || lost != nil && $0.0.key == detail.record.key }
            guard !places.isEmpty else {
                throw detail.orphan.map { StoreError.homeless(parent: $0.parent) }
                    ?? .nothingToDecide
            }
            try requireUnchanged(detail, since: seen)
            let erased = Value.text(ReservedField.erasedReason)
            guard
                decision == .dismiss || places.allSatisfy({ $0.0[ReservedField.deleted] != erased })
            else { throw StoreError.erased }
            var dots: [Dot] = []
            for (place, clashes) in places {
                var cells: [String: Value] = [:]
                for fate in Set(clashes.map(\.fate)) {
                    let isUndone = fate == ReservedField.deleted && decision == .keep
                    cells[fate] = isUndone ? .null : place[fate]
                }
                if let lost, place.key == detail.record.key {
                    switch decision {
                    case .keep: cells[ReservedField.mergedInto] = .null
                    case .dismiss:
                        cells[ReservedField.deleted] = try reason(ofDeleted: lost.parent)
                    }
                } else {
                    dots += try settleAtSurvivor(clashes, of: place, decision, author: author)
                }
                if decision == .keep { dots += try carry(clashes, of: place, author: author) }
                dots += try save(scope: place.scope, author: author) {
                    $0.set(place.type.name, id, cells.map { Cell($0.key, $0.value) })
                }
            }
            return dots
        }
    }

    /// The reason of a duplicate that goes with the record which stood for it.
    private static let goneToo = "duplicate of a record that is gone"

    /// Why a record was deleted; that there is none, where it is not here.
    private func reason(ofDeleted id: RecordID) throws -> Value {
        let reason = try record(id)?.text(ReservedField.deleted)
        return Self.unmarked(.text(reason ?? Self.goneToo))
    }

    /// Writes changes that missed a merge to the record that stands for both now, or says there that
    /// they do not count.
    ///
    /// Where that one says otherwise, the two values stand side by side there until somebody decides.
    /// What is dismissed is said as well: somebody who keeps it elsewhere meanwhile is contradicted.
    private func settleAtSurvivor(
        _ clashes: [ConflictDetail.Clash],
        of place: StoredRecord,
        _ decision: ClashDecision,
        author: String
    ) throws -> [Dot] {
        let late = clashes.filter { $0.fate == ReservedField.mergedInto }
        guard !late.isEmpty, let row = try row(of: place.id), let survivor = try survivor(of: row),
            survivor.id != place.id, let target = try record(survivor.id)
        else { return [] }
        guard decision == .keep else {
            let stays = Set(late.map(\.field)).subtracting(ReservedField.all)
                .filter { !target.isDisputed($0) && !target.isGone }
            let cells = stays.sorted().map { Cell($0, target[$0]) }
            guard !cells.isEmpty else { return [] }
            return try save(scope: target.scope, author: author) {
                $0.set(target.type.name, target.id, cells)
            }
        }
        return try lateValues(late, of: place).flatMap { field, values in
            try lay(values, field, onto: target, author: author)
        }
    }

    /// The values of these changes that stand in the record, by field in the order of their names.
    private func lateValues(
        _ late: [ConflictDetail.Clash],
        of place: StoredRecord
    ) -> [(field: String, values: [Value])] {
        Set(late.map(\.field)).sorted().map { field in
            let missed = Set(late.filter { $0.field == field }.map(\.change.dot))
            let siblings = place.fields.first { $0.name == field }?.siblings ?? []
            let values = siblings.filter { missed.contains($0.dot) }.map(\.value)
            return (field, values.isEmpty ? [place[field]] : values)
        }
    }

    /// Writes values of a field to a record that has not seen them: beside what it says otherwise.
    private func lay(
        _ values: [Value],
        _ field: String,
        onto target: StoredRecord,
        author: String
    ) throws -> [Dot] {
        let isFree = target[field] == .null && values.count < 2
        return try values.filter { $0 != target[field] && $0 != .erased }.flatMap { value in
            let seen = isFree ? try token(scope: target.scope) : Token(vector: .empty)
            return try save(scope: target.scope, author: author, token: seen) {
                $0.set(target.type.name, target.id, [Cell(field, value)])
            }
        }
    }

    // MARK: Moves

    /// Ends a dispute about where a record went, with all that went along: it lives in the scope chosen
    /// (null for the one that it had left), and what was written in the others since lies beside that.
    private func settleMove(of id: RecordID, _ choice: Value, author: String) throws -> [Dot] {
        let places = try records(everywhere: id)
        guard let left = places.first(where: { $0.isDisputed(ReservedField.movedTo) }) else {
            return []
        }
        let path = choice.text ?? left.scope
        guard let home = places.first(where: { $0.scope == path }) else {
            throw StoreError.unknownScope(path)
        }
        var dots: [Dot] = []
        for place in places where place.scope != path {
            let isHere = place.flags & RecordFlags.moved == 0
            guard isHere || place.isDisputed(ReservedField.movedTo) else { continue }
            if isHere {
                for field in try fieldsChangedSinceArrival(of: id, in: place.scope).sorted()
                where !ReservedField.all.contains(field) {
                    dots += try lay([place[field]], field, onto: home, author: author)
                }
            }
            dots += try save(scope: place.scope, author: author) {
                $0.set(place.type.name, id, [Cell(ReservedField.movedTo, .text(path))])
            }
        }
        if home.flags & RecordFlags.moved != 0 || home.isDisputed(ReservedField.movedTo) {
            dots += try save(scope: path, author: author) {
                $0.set(home.type.name, id, [Cell(ReservedField.movedTo, .null)])
            }
        }
        for (child, link) in childTables(of: left.type.name) {
            let keys = try statement(
                "SELECT id FROM \"\(child.name)\" WHERE \"\(link)\" = ?1 ORDER BY id"
            )
            .bind(all: left.key).rows { $0.integer(0) }
            for key in keys { dots += try settleMove(of: recordID(key), choice, author: author) }
        }
        return dots
    }

    /// A reason for another record: what bears the mark of an erasure is taken for erased by an order.
    private static func unmarked(_ value: Value) -> Value {
        value == .text(ReservedField.erasedReason) ? .text(goneToo) : value
    }

    /// Writes changes that missed a move to where the record lives now.
    ///
    /// They have seen what the record brought along, and nothing that was written there since: late
    /// values that differ from each other, or from a later one of the new place, stand side by side
    /// there until somebody decides.
    private func carry(
        _ clashes: [ConflictDetail.Clash],
        of place: StoredRecord,
        author: String
    ) throws -> [Dot] {
        let late = clashes.filter { $0.fate == ReservedField.movedTo }
        guard !late.isEmpty, let moved = place.text(ReservedField.movedTo) else { return [] }
        // It may have moved on since; a node that holds the old place only may not write the new one.
        let here = try locate(place.id)?.scope
        let target = here == place.scope ? moved : here ?? moved
        let changed = try fieldsChangedSinceArrival(of: place.id, in: target)
        let arrival = try token(scope: target)
        var dots: [Dot] = []
        for (field, values) in lateValues(late, of: place) {
            let isDeletion = field == ReservedField.deleted
            for value in isDeletion ? values.map(Self.unmarked) : values {
                // A deletion is about all that the new place says of the record.
                let isMet = Store.isFate(field, value) ? !changed.isEmpty : changed.contains(field)
                let seen = isMet ? Token(vector: .empty) : arrival
                dots += try save(scope: target, author: author, token: seen) {
                    $0.set(place.type.name, place.id, [Cell(field, value)])
                }
            }
        }
        return dots
    }

    /// What somebody has written in a place behind the copy that a move has left there.
    private func fieldsChangedSinceArrival(
        of id: RecordID,
        in scope: String
    ) throws -> Set<String> {
        let entries = try history(of: id).filter { $0.scope == scope }
        let arrival = entries.lastIndex { entry in
            entry.cells.contains { $0.field == ReservedField.movedTo && $0.new == .null }
        }
        // Where it has never been before, the copy is the first that the place says of it.
        let later = entries.dropFirst((arrival ?? 0) + 1)
        return Set(later.flatMap { $0.cells.map(\.field) })
    }

    /// Ends a circle of merges: this record stands for itself again, the others for it.
    @discardableResult
    package func breakCycle(
        _ id: RecordID,
        seen: ConflictStamp,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let detail = try conflict(id)
            let record = detail.record
            guard record.flags & RecordFlags.cycle != 0 else { throw StoreError.nothingToDecide }
            try requireUnchanged(detail, since: seen)
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, [Cell(ReservedField.mergedInto, .null)])
            }
        }
    }
}
