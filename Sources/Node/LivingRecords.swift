import Causality
import Replication
import Store

extension NodeError {
    /// Why nothing may be written of a record that is still here.
    package enum RecordFate: Hashable, Sendable {
        case deleted
        case merged(into: String)
        /// The path of the scope where it lives.
        case moved(to: String)
        /// By an order of the hub.
        case erased
    }
}

extension LocalNode {
    /// Refuses to write fields of a record that is gone, or that wait for a person's decision.
    func requireOpen(_ record: StoredRecord, _ fields: [String]) throws {
        try requireLiving(record)
        let disputed = record.fields.filter { $0.isDisputed && fields.contains($0.name) }
        guard disputed.isEmpty else {
            throw NodeError.disputed(disputed.map(\.name).sorted())
        }
    }

    /// Refuses what would be saved and then seen by nobody: lists, figures and the review queue leave
    /// out a record that was deleted, merged or moved by somebody whom this node has heard of.
    ///
    /// Whoever has not heard of it writes on; that is a clash, and comes before a person.
    func requireLiving(_ record: StoredRecord) throws {
        guard record.isGone else { return }
        guard let row = try store.row(of: record.id) else { return }
        if try store.isErased(row) { throw NodeError.gone(.erased) }
        if record.flags & RecordFlags.merged != 0, let survivor = try store.survivor(of: row) {
            throw NodeError.gone(.merged(into: survivor.id.description))
        }
        if record.flags & RecordFlags.moved != 0 {
            throw NodeError.gone(.moved(to: record.text(ReservedField.movedTo) ?? ""))
        }
        throw NodeError.gone(.deleted)
    }
}
