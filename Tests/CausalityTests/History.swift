import Causality
import TestSupport

/// A write of the one field in question, in a history of a few nodes.
struct Write: Hashable {
    let dot: Dot
    /// What its segment's header names: the writer's vector, its own log left out.
    let after: VersionVector
    /// Its explicit context, if it has one.
    var seen: VersionVector?
    let time: HybridTime

    var context: Context {
        seen.map { Context(seen: $0) } ?? Context(after: after, of: dot)
    }

    /// All that the entry could have seen: `after` and the earlier entries of its own log.
    var bound: VersionVector {
        guard dot.seq > 1 else { return after }
        return after.merging(VersionVector([.init(log: dot.log, seq: dot.seq - 1, hash: 0)]))
    }

    var sibling: Sibling {
        Sibling(dot: dot, value: .text(dot.description), time: time)
    }

    /// What its author had seen, by the words of the definition and not by the code under test.
    func hasSeen(_ other: Dot) -> Bool {
        if let seen {
            return seen.elements.contains { $0.log == other.log && $0.seq >= other.seq }
        }
        if other.log == dot.log { return other.seq < dot.seq }
        return after.elements.contains { $0.log == other.log && $0.seq >= other.seq }
    }
}

/// Writes in an order in which they could have happened.
struct History: Hashable {
    var writes: [Write] = []

    /// A cell survives if no held entry set the same field having seen it.
    func survivors(held: Set<Dot>) -> [Sibling] {
        let held = writes.filter { held.contains($0.dot) }
        return held.filter { one in !held.contains { $0.hasSeen(one.dot) } }
            .map(\.sibling).sorted { $0.dot < $1.dot }
    }

    /// Writes that may be applied where `held` is held: their dependencies are all there.
    func deliverable(held: Set<Dot>) -> [Write] {
        writes.filter { write in
            !held.contains(write.dot)
                && write.bound.elements.allSatisfy {
                    held.contains(Dot(log: $0.log, seq: $0.seq))
                }
        }
    }

    /// The vectors that a node which writes `log` next could hold of the other logs.
    ///
    /// A vector that names an entry covers what that entry depends on; a log's later entry has
    /// seen at least what its earlier ones had.
    func admissibleVectors(log: LogID) -> [VersionVector] {
        var vectors = [VersionVector.empty]
        for other in Set(writes.map(\.dot.log)) where other != log {
            let last = writes.filter { $0.dot.log == other }.map(\.dot.seq).max() ?? 0
            vectors = vectors.flatMap { vector in
                [vector]
                    + (1...last).map { seq in
                        vector.merging(VersionVector([.init(log: other, seq: seq, hash: 0)]))
                    }
            }
        }
        let own = writes.last { $0.dot.log == log }
        return vectors.filter { vector in
            (own.map { vector.dominates($0.after) } ?? true)
                && writes.allSatisfy { write in
                    guard vector.contains(write.dot) else { return true }
                    var after = write.after
                    after.remove(log)
                    return vector.dominates(after)
                }
        }
    }

    func appending(log: LogID, after: VersionVector, time: UInt64) -> History {
        let seq = UInt64(writes.count { $0.dot.log == log }) + 1
        var next = self
        next.writes.append(
            Write(dot: Dot(log: log, seq: seq), after: after, time: HybridTime(time))
        )
        return next
    }

    /// Every history of so many writes on so many logs, up to the names of the logs.
    static func all(logs: Int, writes: Int) -> [History] {
        var histories = [History()]
        for number in 0..<writes {
            var next: [History] = []
            var known: Set<[Dot: VersionVector]> = []
            for history in histories {
                let used = Set(history.writes.map(\.dot.log)).count
                for log in (1...min(used + 1, logs)).map({ LogID(UInt64($0)) }) {
                    for after in history.admissibleVectors(log: log) {
                        // Times against the order of writing: they must not decide anything.
                        let longer = history.appending(
                            log: log,
                            after: after,
                            time: UInt64(writes - number)
                        )
                        guard known.insert(longer.shape).inserted else { continue }
                        next.append(longer)
                    }
                }
            }
            histories = next
        }
        return histories
    }

    /// What tells two histories apart, whatever the order in which they are listed.
    private var shape: [Dot: VersionVector] {
        Dictionary(uniqueKeysWithValues: writes.map { ($0.dot, $0.after) })
    }

    /// The history with every combination of explicit contexts, none included.
    func withExplicitContexts() -> [History] {
        var histories = [self]
        for index in writes.indices {
            let vectors = Self.parts(of: writes[index].bound)
            histories = histories.flatMap { history in
                [history]
                    + vectors.map { vector in
                        var history = history
                        history.writes[index].seen = vector
                        return history
                    }
            }
        }
        return histories
    }

    /// Every vector that the given one dominates: clipping may leave any of them.
    static func parts(of vector: VersionVector) -> [VersionVector] {
        vector.elements.reduce([.empty]) { parts, element in
            parts.flatMap { part in
                [part]
                    + (1...element.seq).map { seq in
                        part.merging(VersionVector([.init(log: element.log, seq: seq, hash: 0)]))
                    }
            }
        }
    }
}
