package import Causality
import Replication
import Survey

/// What becomes of changes that met a deletion or a move.
package enum ClashDecision: String, Hashable, Sendable {
    /// The changes count: the record is not deleted, or they are carried to its new place.
    case keep
    /// The deletion or move counts, and the changes stay behind with it.
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
            let record = try requireRecord(id)
            guard record.fields.first(where: { $0.name == field })?.isDisputed == true else {
                throw StoreError.nothingToDecide
            }
            try requireUnchanged(id, since: seen)
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, [Cell(field, value)])
            }
        }
    }

    /// Settles every clash of a record with a deletion or a move.
    @discardableResult
    package func settle(
        _ id: RecordID,
        _ decision: ClashDecision,
        seen: ConflictStamp,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let places = try records(everywhere: id).map { ($0, try clashes(of: $0)) }
                .filter { !$0.1.isEmpty }
            guard !places.isEmpty else { throw StoreError.nothingToDecide }
            try requireUnchanged(id, since: seen)
            var dots: [Dot] = []
            for (place, clashes) in places {
                var cells: [String: Value] = [:]
                for fate in Set(clashes.map(\.fate)) {
                    let isUndone = fate == ReservedField.deleted && decision == .keep
                    cells[fate] = isUndone ? .null : place[fate]
                }
                if decision == .keep { dots += try carry(clashes, of: place, author: author) }
                dots += try save(scope: place.scope, author: author) {
                    $0.set(place.type.name, id, cells.map { Cell($0.key, $0.value) })
                }
            }
            return dots
        }
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
        for field in Set(late.map(\.field)).sorted() {
            let missed = Set(late.filter { $0.field == field }.map(\.change.dot))
            let siblings = place.fields.first { $0.name == field }?.siblings ?? []
            let values = siblings.filter { missed.contains($0.dot) }.map(\.value)
            let seen = changed.contains(field) ? Token(vector: .empty) : arrival
            for value in values.isEmpty ? [place[field]] : values {
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
            let record = try requireRecord(id)
            guard record.flags & RecordFlags.cycle != 0 else { throw StoreError.nothingToDecide }
            try requireUnchanged(id, since: seen)
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, [Cell(ReservedField.mergedInto, .null)])
            }
        }
    }
}
