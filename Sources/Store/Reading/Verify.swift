import Causality
import Replication
import SQLite
import Sealing
import Survey

/// What a verification has looked at.
package struct VerifyReport: Hashable, Sendable {
    package internal(set) var logs = 0
    package internal(set) var segments = 0
    package internal(set) var entries = 0
    package internal(set) var openEntries = 0
    package internal(set) var records = 0
    /// Everything that is wrong; empty for a sound node.
    package internal(set) var damages: [StoreError.Damage] = []
}

extension Store {
    /// Checks the whole file: its pages, every chain, signature and payload, the vectors, and the
    /// typed tables against a projection made anew from the log.
    ///
    /// Changes nothing. Needs memory for the log and a second projection. `onProgress` hears how many
    /// segments are checked of how many.
    package func verify(
        onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> VerifyReport {
        var report = VerifyReport()
        for line in try db.integrityCheck() { report.damages.append(.file(line)) }
        guard report.damages.isEmpty else { return report }
        let total = try db.cached("SELECT count(*) FROM segment").first { Int($0.integer(0)) } ?? 0
        try reading {
            for path in try scopes() {
                guard let scope = try scopeNumber(path) else { continue }
                for log in try logs(inScope: scope) {
                    report.logs += 1
                    try verify(log, &report) { onProgress($0, total) }
                }
            }
            guard report.damages.isEmpty else { return }
            try verifyProjection(&report)
        }
        return report
    }

    private func verify(
        _ log: LogRow,
        _ report: inout VerifyReport,
        _ onSegment: (_ done: Int) -> Void
    ) throws {
        let writer = try Certificate(log.certificate)
        let firsts = try db.cached("SELECT first FROM segment WHERE log = ?1 ORDER BY first")
            .bind(all: log.n).rows { UInt64(bitPattern: $0.integer(0)) }
        var next: UInt64 = 1
        var previous: Digest?
        for first in firsts {
            let stored: StoredSegment
            do {
                guard let found = try segment(log: log.n, first: first) else { continue }
                stored = found
            } catch StoreError.damaged(let damage) {
                report.damages.append(damage)
                return
            }
            let segment = stored.segment
            guard segment.header.log == log.id, segment.header.first == next,
                segment.header.previous == previous
            else {
                report.damages.append(.chain(log: log.id, seq: first))
                return
            }
            if !segment.isSigned(by: writer.signingKey) {
                report.damages.append(.signature(log: log.id, seq: first))
            }
            if (try? decode(stored)) == nil {
                report.damages.append(.payload(log: log.id, seq: first))
            }
            next = segment.header.last + 1
            previous = segment.chainHash
            report.segments += 1
            report.entries += segment.header.count
            onSegment(report.segments)
        }
        if log.seq != next - 1 || (log.seq > 0 && log.hash != previous?.bytes) {
            report.damages.append(.vector(log: log.id))
        }
        for (seq, _) in try openEntries(log: log.n) {
            if seq != next { report.damages.append(.chain(log: log.id, seq: seq)) }
            next = seq + 1
            report.openEntries += 1
        }
    }

    // MARK: The projection

    private func verifyProjection(_ report: inout VerifyReport) throws {
        let fresh = try snapshot()
        for type in types {
            let differing = try difference(from: fresh, of: type.name, by: "id", &report.records)
            if differing > 0 {
                report.damages.append(.projection(type: type.name, differing: differing))
            }
        }
        var ignored = 0
        let derived = [
            ("sibling", "type, record, field, log, seq"), ("alias", "type, record"),
            ("clash", "type, record, field, log, seq, fate, fate_log, fate_seq"),
        ]
        for (table, order) in derived {
            let differing = try difference(from: fresh, of: table, by: order, &ignored)
            if differing > 0 {
                report.damages.append(.projection(type: table, differing: differing))
            }
        }
    }

    /// How many rows of a table are not the same in the other store, compared side by side.
    private func difference(
        from other: Store,
        of table: String,
        by order: String,
        _ rows: inout Int
    ) throws -> Int {
        let sql = "SELECT * FROM \"\(table)\" ORDER BY \(order)"
        let mine = try db.prepare(sql)
        let theirs = try other.db.prepare(sql)
        var differing = 0
        var hasMine = try mine.step()
        var hasTheirs = try theirs.step()
        while hasMine || hasTheirs {
            rows += hasMine ? 1 : 0
            guard hasMine, hasTheirs else {
                differing += 1
                if hasMine { hasMine = try mine.step() } else { hasTheirs = try theirs.step() }
                continue
            }
            let isEqual = try (0..<mine.columnCount).allSatisfy {
                try mine.value($0) == theirs.value($0)
            }
            if !isEqual { differing += 1 }
            hasMine = try mine.step()
            hasTheirs = try theirs.step()
        }
        return differing
    }
}
