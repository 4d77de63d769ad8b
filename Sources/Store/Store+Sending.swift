package import Causality
package import Replication
import SQLite
import Sealing

extension Store {
    /// Hands over every held segment of a scope that a vector lacks, in causal order.
    ///
    /// A log that the vector knows under another history is sent from its beginning on: the
    /// receiver finds the fork.
    package func segments(
        of path: String,
        lacking vector: VersionVector,
        _ send: (Segment, _ isRedacted: Bool) throws -> Void
    ) throws {
        guard let scope = try scopeNumber(path) else { return }
        let held = Dictionary(
            uniqueKeysWithValues: try logs(inScope: scope).map { ($0.n, try common(vector, $0)) }
        )
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first),
                stored.segment.header.last > held[n] ?? 0
            else { continue }
            try send(stored.segment, stored.redaction > 0)
        }
    }

    /// How far the receiver's history of a log is ours; 0 where it is another one.
    private func common(_ vector: VersionVector, _ log: LogRow) throws -> UInt64 {
        guard let element = vector.element(for: log.id) else { return 0 }
        if element.seq > log.seq { return element.seq }
        let header = try db.cached("SELECT header FROM segment WHERE log = ?1 AND last = ?2")
            .bind(all: log.n, Int64(element.seq)).first { $0.blob(0) }
        guard let header, Segment.chainHash(ofHeader: header).prefix == element.hash else {
            return 0
        }
        return element.seq
    }
}
