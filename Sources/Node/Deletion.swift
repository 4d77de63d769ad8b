package import Causality
import Replication
import Store
import Survey

/// What came of taking a deletion back.
package struct RestoreOutcome: Hashable, Sendable {
    package let restored: [RecordID]
    /// Records that belong to these, were deleted for the same reason, and stay so.
    package let stillDeleted: Int
}

/// Deletions and what takes them back.
extension LocalNode {
    /// Deletes a record for a reason; with all that belongs to it, or only if nothing does.
    ///
    /// What was merged into it goes along: it stood for them.
    /// Nothing is lost: the record stays in the log, and a deletion is undone like any change.
    @discardableResult
    package func deleteRecord(
        _ id: RecordID,
        reason: String,
        withChildren: Bool = false
    ) throws -> [RecordID] {
        try store.transaction {
            let record = try requireSurveyRecord(id)
            guard record.flags & RecordFlags.deleted == 0 else { return [] }
            try requireLiving(record)
            try requireEmpty(id)
            let children = try belongings(of: id) { !$0.isGone }
            guard withChildren || children.isEmpty else {
                throw NodeError.hasChildren(count: children.count)
            }
            let reason = TextFold.normalized(reason)
            guard !reason.isEmpty else { throw NodeError.refused([Self.noReason]) }
            // What bears it is taken for erased by an order, and never comes back.
            guard reason != ReservedField.erasedReason else {
                throw NodeError.refused([Self.reservedReason])
            }
            let duplicates = try duplicates(of: [id] + children.map(\.id)) {
                $0.flags & RecordFlags.takenAway == 0
            }
            return try setDeleted(.text(reason), record, children + duplicates)
        }
    }

    /// All that belongs to a record, and to that in turn, as far as it is asked for.
    private func belongings(
        of id: RecordID,
        where isAsked: (RecordRow) throws -> Bool
    ) throws -> [RecordRow] {
        var found: [RecordRow] = []
        var next = 0
        var parent = id
        while true {
            found += try store.children(of: parent, includingGone: true).filter(isAsked)
            guard next < found.count else { return found }
            parent = found[next].id
            next += 1
        }
    }

    /// What was merged into these records, as far as it is asked for.
    private func duplicates(
        of ids: [RecordID],
        where isAsked: (RecordRow) throws -> Bool
    ) throws -> [RecordRow] {
        try ids.flatMap { try store.duplicates(of: $0).filter(isAsked) }
    }

    /// What an erasure of these records erases: with all that belongs to them, or only if nothing does.
    ///
    /// Of one person nothing stays, under whatever number he was recorded as well; nor do his accounts
    /// and benefits, which name him, be they deleted.
    package func recordsToErase(
        _ ids: [RecordID],
        withChildren: Bool = false
    ) throws -> [RecordID] {
        for id in ids { _ = try store.requireRecord(id) }
        let all = try store.withDuplicates(ids)
        let erased = Value.text(ReservedField.erasedReason)
        let children = try Set(all.flatMap { try belongings(of: $0) { _ in true } }.map(\.id))
            .subtracting(all)
            .filter { try store.record($0)?[ReservedField.deleted] != erased }
        guard withChildren || children.isEmpty else {
            throw NodeError.hasChildren(count: children.count)
        }
        return try store.withDuplicates(all + children.sorted())
    }

    /// Deletes a record and what goes with it, or takes that back; returns which they are.
    private func setDeleted(
        _ reason: Value,
        _ record: StoredRecord,
        _ others: [RecordRow]
    ) throws -> [RecordID] {
        try store.save(scope: record.scope, author: user) { batch in
            batch.set(record.type.name, record.id, [Cell(ReservedField.deleted, reason)])
            for other in others {
                batch.set(other.type.name, other.id, [Cell(ReservedField.deleted, reason)])
            }
        }
        return [record.id] + others.map(\.id)
    }

    private static let noReason = Problem(
        .blocks,
        nil,
        "required",
        Label("cần lý do: ghi một hai lời", "a reason is needed: say it in a word or two")
    )

    private static let reservedReason = Problem(
        .blocks,
        nil,
        "reserved",
        Label(
            "lý do '\(ReservedField.erasedReason)' chỉ dành cho việc xóa hẳn: ghi bằng lời khác",
            "the reason '\(ReservedField.erasedReason)' is kept for erasures: say it in other words"
        )
    )

    /// Takes a deletion back, with those of what was merged into it and deleted for the same reason;
    /// `withChildren` also those of all that belongs to it, as ``deleteRecord(_:reason:withChildren:)``
    /// does.
    @discardableResult
    package func restoreRecord(
        _ id: RecordID,
        withChildren: Bool = false
    ) throws -> RestoreOutcome {
        try store.transaction {
            let record = try requireSurveyRecord(id)
            guard record.flags & RecordFlags.deleted != 0 else { throw NodeError.notDeleted }
            let reason = record.text(ReservedField.deleted)
            guard reason != ReservedField.erasedReason else { throw NodeError.gone(.erased) }
            try requireFree(returning: record)
            let isAlike = { (row: RecordRow) in
                try self.store.record(row.id)?.text(ReservedField.deleted) == reason
            }
            let children = try belongings(of: id) {
                try $0.flags & RecordFlags.gone == RecordFlags.deleted && isAlike($0)
            }
            let asked = withChildren ? children : []
            let duplicates = try duplicates(of: [id] + asked.map(\.id)) {
                try $0.flags & RecordFlags.moved == 0 && isAlike($0)
            }
            return RestoreOutcome(
                restored: try setDeleted(.null, record, asked + duplicates),
                stillDeleted: withChildren ? 0 : children.count
            )
        }
    }
}
