import Causality
import TestSupport
import Testing

/// Laws of version vectors, checked against the plain set of dots that a vector stands for.
///
/// Broken on purpose once, and what noticed: `contains` with `>` for `>=` (the model), `advance`
/// that takes a smaller number (commutative, monotone), `advance` that always appends (order),
/// `dominates` that looks at common logs only (order relation), `forks` without the comparison of
/// numbers (histories).
@Suite struct VersionVectorTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `merging is idempotent, commutative and associative`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b, c) = (random.vector(), random.vector(), random.vector())
        #expect(a.merging(a) == a)
        #expect(a.merging(b) == b.merging(a))
        #expect(a.merging(b).merging(c) == a.merging(b.merging(c)))
        #expect(a.merging(.empty) == a)
        #expect(VersionVector.empty.merging(a) == a)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `merging holds exactly what either side held`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b) = (random.vector(), random.vector())
        let merged = a.merging(b)
        #expect(merged.dots == a.dots.union(b.dots))
        #expect(merged.dominates(a))
        #expect(merged.dominates(b))
        // The least of all that dominate both.
        let above = random.vector().merging(b).merging(a)
        #expect(above.dominates(merged))
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `the order of vectors is inclusion of what they hold`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b, c) = (random.vector(), random.vector(), random.vector())
        #expect(a.dominates(b) == a.dots.isSuperset(of: b.dots))
        #expect(a.dominates(a))
        #expect(!(a.dominates(b) && b.dominates(c)) || a.dominates(c))
        #expect((a.dominates(b) && b.dominates(a)) == (a == b))
        #expect((b.dominates(a) && a != b) == a.dots.isStrictSubset(of: b.dots))
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `equal vectors are equal arrays, in whatever order they were built`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let vector = random.vector()
        #expect(VersionVector(vector.elements.shuffled(using: &random)) == vector)
        #expect(zip(vector.elements, vector.elements.dropFirst()).allSatisfy { $0.log < $1.log })
        #expect(vector.isEmpty == vector.dots.isEmpty)
        for dot in SplitMix64.allDots {
            #expect(vector.contains(dot) == vector.dots.contains(dot))
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `advancing never goes back and never moves another log`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var vector = random.vector()
        for _ in 0..<20 {
            let before = vector
            guard let step = random.vector().elements.first else { continue }
            vector.advance(to: step)
            #expect(vector.dominates(before))
            #expect(vector.dots == before.dots.union(VersionVector([step]).dots))
        }
    }

    @Test func `removing a log leaves the others`() {
        var vector = VersionVector([1, 2, 3].map { SplitMix64.element($0, 4) })
        vector.remove(LogID(2))
        vector.remove(LogID(9))
        #expect(vector == VersionVector([1, 3].map { SplitMix64.element($0, 4) }))
        #expect(vector.seq(of: LogID(2)) == 0)
        #expect(vector.element(for: LogID(2)) == nil)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a fork is two hashes at one number, seen from either side`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b) = (random.vector(), random.vector())
        #expect(a.forks(from: b).isEmpty, "vectors of one history")
        let other = VersionVector(
            a.elements.map { .init(log: $0.log, seq: $0.seq, hash: $0.hash ^ 1) }
        )
        #expect(a.forks(from: other) == a.elements.map(\.log))
        let mixed = other.merging(b)
        #expect(a.forks(from: mixed) == mixed.forks(from: a))
        for log in a.forks(from: mixed) {
            #expect(a.seq(of: log) == mixed.seq(of: log))
            #expect(a.element(for: log)?.hash != mixed.element(for: log)?.hash)
        }
    }
}

extension VersionVector {
    /// The entries that the vector says are held.
    var dots: Set<Dot> {
        Set(elements.flatMap { one in (1...one.seq).map { Dot(log: one.log, seq: $0) } })
    }
}

extension SplitMix64 {
    static let logs: Range<UInt64> = 1..<7
    static let seqMax = 4

    static let allDots = logs.flatMap { log in
        (1...UInt64(seqMax)).map { Dot(log: LogID(log), seq: $0) }
    }

    /// The element that stands for this much of a log in the one history of these tests.
    static func element(_ log: UInt64, _ seq: UInt64) -> VersionVector.Element {
        VersionVector.Element(log: LogID(log), seq: seq, hash: log &* 1_000_003 &+ seq)
    }

    /// A small vector: few logs and numbers, so that all relations between two are frequent.
    mutating func vector() -> VersionVector {
        let share = below(101)
        var elements: [VersionVector.Element] = []
        for log in Self.logs where percent(share) {
            elements.append(Self.element(log, UInt64(1 + below(Self.seqMax))))
        }
        return VersionVector(elements)
    }
}
