import Causality
import TestSupport
import Testing

/// The incremental rule of the merge against its definition by sets.
///
/// Broken on purpose once, and what noticed: a context that lacks the own earlier entries
/// (exhaustive), one that adds them to an explicit `seen` (explicit contexts), replacing every
/// sibling or none (both), replacing by time (both, since times run against the writes), not
/// keeping the order of dots (both), a winner by log before time (winner).
@Suite struct SiblingsTests {
    struct Size: Sendable, CustomTestStringConvertible {
        let logs: Int
        let writes: Int
        /// How many histories there are, so that the enumeration cannot silently shrink.
        let histories: Int

        var testDescription: String { "\(logs) logs, \(writes) writes" }
    }

    @Test(arguments: [
        Size(logs: 2, writes: 1, histories: 1), Size(logs: 2, writes: 2, histories: 3),
        Size(logs: 2, writes: 3, histories: 9), Size(logs: 2, writes: 4, histories: 28),
        Size(logs: 2, writes: 5, histories: 90), Size(logs: 3, writes: 3, histories: 16),
        Size(logs: 3, writes: 4, histories: 102), Size(logs: 3, writes: 5, histories: 694),
    ])
    func `every causal order of every small history yields the surviving cells`(size: Size) {
        let histories = History.all(logs: size.logs, writes: size.writes)
        #expect(histories.count == size.histories)
        #expect(histories.allSatisfy { Self.firstMismatch($0) == nil })
    }

    @Test(arguments: [
        Size(logs: 2, writes: 3, histories: 190), Size(logs: 3, writes: 3, histories: 302),
        Size(logs: 2, writes: 4, histories: 3_324), Size(logs: 3, writes: 4, histories: 10_266),
    ])
    func `every explicit context in every small history does the same`(size: Size) {
        let histories = History.all(logs: size.logs, writes: size.writes)
            .flatMap { $0.withExplicitContexts() }
        #expect(histories.count == size.histories)
        #expect(histories.allSatisfy { Self.firstMismatch($0) == nil })
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `random histories with explicit contexts do the same in random orders`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let history = random.history(logs: 2 + random.below(4), writes: 8 + random.below(12))
        let all = Set(history.writes.map(\.dot))
        for _ in 0..<3 {
            var held: Set<Dot> = []
            var siblings = Siblings()
            while held.count < history.writes.count {
                guard let next = history.deliverable(held: held).randomElement(using: &random)
                else { break }
                let before = siblings
                let replaced = siblings.apply(next.sibling, context: next.context)
                held.insert(next.dot)
                #expect(siblings.all == history.survivors(held: held))
                let gone = before.all.map(\.dot).filter { dot in
                    !siblings.all.contains { $0.dot == dot }
                }
                #expect(replaced == gone)
            }
            #expect(held == all)
        }
    }

    /// Checks every step from every set of entries that a node can come to hold.
    ///
    /// What a set yields does not depend on the way to it if each step from the defined state of
    /// one set leads to the defined state of the next; so this covers every causal order.
    private static func firstMismatch(_ history: History) -> Set<Dot>? {
        var reached: Set<Set<Dot>> = [[]]
        var waiting: [Set<Dot>] = [[]]
        while let held = waiting.popLast() {
            let state = Siblings(history.survivors(held: held))
            for next in history.deliverable(held: held) {
                var siblings = state
                siblings.apply(next.sibling, context: next.context)
                let more = held.union([next.dot])
                guard siblings.all == history.survivors(held: more) else { return more }
                if reached.insert(more).inserted { waiting.append(more) }
            }
        }
        return nil
    }

    @Test func `the latest wins, then the higher log, then the higher number`() {
        func sibling(_ log: UInt64, _ seq: UInt64, _ time: UInt64) -> Sibling {
            Sibling(
                dot: Dot(log: LogID(log), seq: seq),
                value: .integer(Int64(seq)),
                time: HybridTime(time)
            )
        }
        #expect(Siblings().winner == nil)
        let late = sibling(1, 1, 9)
        let (high, low) = (sibling(7, 1, 5), sibling(2, 8, 5))
        #expect(Siblings([low, high, late]).winner == late)
        #expect(Siblings([low, high]).winner == high)
        #expect(Siblings([sibling(7, 2, 5), high]).winner == sibling(7, 2, 5))
    }

    @Test func `equal siblings are no conflict, differing ones are`() {
        func sibling(_ log: UInt64, _ value: Value) -> Sibling {
            Sibling(dot: Dot(log: LogID(log), seq: 1), value: value, time: HybridTime(1))
        }
        #expect(!Siblings().isConflict)
        #expect(!Siblings([sibling(1, .text("a"))]).isConflict)
        #expect(!Siblings([sibling(1, .text("a")), sibling(2, .text("a"))]).isConflict)
        #expect(Siblings([sibling(1, .text("a")), sibling(2, .text("b"))]).isConflict)
        #expect(Siblings([sibling(1, .null), sibling(2, .text("b"))]).isConflict)
        #expect(Siblings([sibling(1, .integer(1)), sibling(2, .text("1"))]).isConflict)
    }
}

extension SplitMix64 {
    /// A history of nodes that write and now and then hear of each other.
    mutating func history(logs: Int, writes: Int) -> History {
        var history = History()
        for _ in 0..<writes {
            let log = LogID(UInt64(1 + below(logs)))
            let vectors = history.admissibleVectors(log: log)
            let after = vectors[below(vectors.count)]
            history = history.appending(log: log, after: after, time: UInt64(below(6)))
            guard percent(30) else { continue }
            let parts = History.parts(of: history.writes[history.writes.count - 1].bound)
            history.writes[history.writes.count - 1].seen = parts[below(parts.count)]
        }
        return history
    }
}
