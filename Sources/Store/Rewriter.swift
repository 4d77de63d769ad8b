import Causality
import Replication

/// What is remembered while the entries of a lost branch are written again, one after the other.
struct Rewriter {
    /// Old numbers of a log that have a new one, ascending.
    private var rewritten: [LogID: [(old: UInt64, new: UInt64)]] = [:]
    /// How far the standing branch has the very entries of the lost one.
    private var identical: [LogID: UInt64] = [:]
    /// What the entry at hand had seen of logs before their branch was lost.
    private var whole = VersionVector.empty

    /// Notes an entry that stands in both branches under one name.
    mutating func noteIdentical(_ log: LogID, _ seq: UInt64) {
        guard rewritten[log] == nil else { return }
        identical[log] = seq
    }

    mutating func note(_ log: LogID, _ seq: UInt64, as new: UInt64) {
        rewritten[log, default: []].append((seq, new))
    }

    /// The context that stands, with what the branches have in common.
    mutating func context(_ clipped: VersionVector, whole: VersionVector) -> VersionVector {
        self.whole = whole
        var context = clipped
        for (log, seq) in identical where whole.seq(of: log) > 0 {
            context.advance(to: .init(log: log, seq: min(seq, whole.seq(of: log)), hash: 0))
        }
        return context
    }

    /// The context with the entry's own predecessors under their new names.
    func withPredecessors(_ context: VersionVector, in log: LogID) -> VersionVector {
        var context = context
        for (old, pairs) in rewritten {
            let seen = whole.seq(of: old)
            guard let last = pairs.last(where: { $0.old <= seen }) else { continue }
            context.advance(to: .init(log: log, seq: last.new, hash: 0))
        }
        return context
    }
}
