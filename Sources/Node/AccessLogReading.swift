package import Causality
package import Store
import Survey

/// A record with what belongs to it, to be shown to somebody.
package struct ShownRecord: Sendable {
    package let record: StoredRecord
    package let place: String
    package let children: [RecordSummary]
}

/// A record that waits for a decision, to be shown in a list.
package struct ShownReviewItem: Sendable {
    package let item: ReviewItem
    package let record: RecordSummary
}

/// Two records that may be one person, to be shown in a list.
package struct ShownDuplicate: Sendable {
    package let candidate: DuplicateCandidate
    package let first: RecordSummary
    package let second: RecordSummary
}

/// Reading for people: every function here, ``LocalNode/find(_:)``, ``LocalNode/missing(_:_:)`` and
/// ``LocalNode/export(_:_:line:write:)`` enter in the access log what they hand out.
///
/// Pages and verbs read persons' data through these alone. None is called within a transaction.
extension LocalNode {
    package func showRecord(_ id: RecordID) throws -> ShownRecord {
        let shown = try store.reading {
            let record = try requireSurveyRecord(id)
            let names = try placeNames()
            return ShownRecord(
                record: record,
                place: names[record.scope] ?? record.scope,
                children: try store.children(of: id).map { try summary(of: $0, names) }
            )
        }
        logRecord(.show, id, type: shown.record.type, scope: shown.record.scope) {
            shown.children.map(\.id)
        }
        return shown
    }

    /// Every change of a record, oldest first.
    package func history(of id: RecordID) throws -> [HistoryEntry] {
        let all = try store.history(of: id)
        guard let last = all.last else { throw StoreError.unknownRecord(id) }
        // Passwords and nodes' certificates have a history too.
        let history = all.filter { !store.isSystemType($0.type) }
        guard let entry = history.last else { throw NodeError.keptByProgram(type: last.type) }
        // A type of a newer version may hold anything: it is not known, so nobody is named.
        if let type = description.type(entry.type) {
            logRecord(.history, id, type: type, scope: entry.scope)
        }
        return history
    }

    /// The review queue of one scope and those below it, or of all.
    package func conflicts(under scope: String? = nil) throws -> [ShownReviewItem] {
        let items = try store.reading {
            let names = try placeNames()
            return try store.conflicts(under: scope).map {
                ShownReviewItem(item: $0, record: try summary(of: $0.row, names))
            }
        }
        logList(.conflicts, items.map(\.item.row.type), scope: scope)
        return items
    }

    /// Everything that is in question about a record.
    package func conflict(_ id: RecordID) throws -> ConflictDetail {
        let detail = try store.reading { try store.conflict(id) }
        let record = detail.record
        guard store.isReviewed(record.type.name) else {
            throw NodeError.keptByProgram(type: record.type.name)
        }
        logRecord(.conflict, id, type: record.type, scope: record.scope)
        return detail
    }

    /// Every household with something open, of one scope and those below it, or of all.
    ///
    /// `onlyProblems`: not what is merely unanswered.
    package func openMatters(
        under scope: String? = nil,
        onlyProblems: Bool = false
    ) throws -> [OpenMatter] {
        var open: [OpenMatter] = []
        try store.reading {
            try forEachOpenHousehold(under: scope) { matters in
                open += matters.filter { !onlyProblems || !$0.problems.isEmpty }
            }
        }
        logList(.check, open.map(\.record.type), scope: scope)
        return open
    }

    /// Whose a record is that has no name of its own.
    private func holder(of row: RecordRow) throws -> String? {
        guard let parent = row.type.parent.flatMap({ row[$0].record }) else { return nil }
        return try store.row(of: parent)?.text("full_name")
    }

    /// Pairs of records that are likely the same person, place, unit or benefit, strongest reason first.
    package func duplicates(under scope: String? = nil) throws -> [ShownDuplicate] {
        let pairs = try store.reading {
            let names = try placeNames()
            return try store.duplicates(under: scope).map {
                ShownDuplicate(
                    candidate: $0,
                    first: try summary(of: $0.first, names, holder: holder(of: $0.first)),
                    second: try summary(of: $0.second, names, holder: holder(of: $0.second))
                )
            }
        }
        logList(
            .duplicates,
            pairs.flatMap { [$0.first.type, $0.second.type] },
            scope: scope
        )
        return pairs
    }
}
