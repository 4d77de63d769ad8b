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
            uniqueKeysWithValues: try logs(inScope: scope).map { ($0.n, vector.seq(of: $0.id)) })
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first),
                stored.segment.header.last > held[n] ?? 0
            else { continue }
            try send(stored.segment, stored.isRedacted)
        }
    }
}
