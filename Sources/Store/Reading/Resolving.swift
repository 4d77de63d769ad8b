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
extension Store {
    /// Settles a disputed field with one of its values, or another.
    @discardableResult
    package func resolve(
        _ id: RecordID,
        field: String,
        value: Value,
        author: String
    ) throws -> [Dot] {
        try transaction {
            let record = try requireRecord(id)
            guard record.fields.first(where: { $0.name == field })?.isDisputed == true else {
                throw StoreError.nothingToDecide
            }
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
        author: String
    ) throws -> [Dot] {
        try transaction {
            var dots: [Dot] = []
            for place in try records(everywhere: id) {
                let clashes = try clashes(of: place)
                guard !clashes.isEmpty else { continue }
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
            guard !dots.isEmpty else { throw StoreError.nothingToDecide }
            return dots
        }
    }

    /// Writes changes that missed a move to where the record lives now.
    ///
    /// Of several late values of one field the one that the old place shows is carried.
    private func carry(
        _ clashes: [ConflictDetail.Clash],
        of place: StoredRecord,
        author: String
    ) throws -> [Dot] {
        let late = clashes.filter { $0.fate == ReservedField.movedTo }
        guard let target = place.text(ReservedField.movedTo), !late.isEmpty else { return [] }
        let fields = Set(late.map(\.field)).sorted()
        return try save(scope: target, author: author) {
            $0.set(place.type.name, place.id, fields.map { Cell($0, place[$0]) })
        }
    }

    /// Ends a circle of merges: this record stands for itself again, the others for it.
    @discardableResult
    package func breakCycle(_ id: RecordID, author: String) throws -> [Dot] {
        try transaction {
            let record = try requireRecord(id)
            guard record.flags & RecordFlags.cycle != 0 else { throw StoreError.nothingToDecide }
            return try save(scope: record.scope, author: author) {
                $0.set(record.type.name, id, [Cell(ReservedField.mergedInto, .null)])
            }
        }
    }
}
